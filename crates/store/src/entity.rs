//! The tables as SeaORM sees them. What they mean is written in `migrations/`.

/// A table: its module, its name in the database and its columns.
macro_rules! table {
    ($module:ident, $name:literal, { $($(#[$attribute:meta])* $column:ident: $type:ty),* $(,)? }) => {
        pub(crate) mod $module {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $name)]
            pub struct Model {
                $($(#[$attribute])* pub $column: $type,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

mod of_directories;

pub(crate) use of_directories::{
    directories, directory_confirmations, directory_entries, directory_log, directory_runs,
};

table!(deployment_settings, "deployment_settings", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: i64,
    business_calling_bucket: Option<String>,
    voice_connector_bucket: Option<String>,
});

table!(accounts, "accounts", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    name: String,
    name_key: String,
    kind: String,
    default_license: String,
    trials: bool,
    second_factor: bool,
    created: i64,
    deleted: Option<i64>,
    settings: String,
    delegate_groups: String,
});

table!(domains, "domains", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    name: String,
    state: String,
    txt_value: String,
    created: i64,
    verified: Option<i64>,
    missing: Option<i64>,
    checked: Option<i64>,
    vouched: bool,
});

table!(former_owners, "former_owners", {
    #[sea_orm(primary_key, auto_increment = false)]
    name: String,
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    released: i64,
});

table!(seats, "seats", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    license: String,
    capacity: i64,
    used: i64,
});

table!(users, "users", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    address: String,
    address_key: String,
    domain: String,
    display_name: Option<String>,
    name_key: Option<String>,
    registered: Option<i64>,
    account_id: Option<Uuid>,
    member_origin: Option<String>,
    member_since: Option<i64>,
    member_invited: Option<i64>,
    suspended_by: Option<Uuid>,
    suspended_at: Option<i64>,
    suspended_reason: Option<String>,
    suspended_until: Option<i64>,
    blocked_by: Option<Uuid>,
    blocked_at: Option<i64>,
    blocked_reason: Option<String>,
    source_id: Option<String>,
    source_enabled: Option<bool>,
    source_license: Option<String>,
    license: String,
    license_origin: String,
    waiting_license: Option<String>,
    waiting_since: Option<i64>,
    trial_started: Option<i64>,
    trial_until: Option<i64>,
    private: bool,
    pin: Option<String>,
    settings: Option<String>,
    created: i64,
    epoch: i64,
});

table!(addresses, "addresses", {
    #[sea_orm(primary_key, auto_increment = false)]
    key: String,
    user_id: Uuid,
    typed: String,
    domain: String,
    is_primary: bool,
});

table!(invitations, "invitations", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    account_id: Uuid,
    address: String,
    address_key: String,
    domain: String,
    invited_by: Option<Uuid>,
    created: i64,
    expires: i64,
    license: Option<String>,
    state: String,
    accepted_by: Option<Uuid>,
    undelivered: Option<String>,
    token_hash: Vec<u8>,
});

table!(registrations, "registrations", {
    #[sea_orm(primary_key, auto_increment = false)]
    token_hash: Vec<u8>,
    id: Uuid,
    address: String,
    address_key: String,
    mailed: bool,
    created: i64,
    expires: i64,
});

table!(unproved_addresses, "unproved_addresses", {
    #[sea_orm(primary_key, auto_increment = false)]
    user_id: Uuid,
    address_key: String,
});

table!(link_mails, "link_mails", {
    #[sea_orm(primary_key, auto_increment = false)]
    kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    address_key: String,
    since: i64,
    sent: i64,
});

table!(passwords, "passwords", {
    #[sea_orm(primary_key, auto_increment = false)]
    user_id: Uuid,
    hash: String,
    changed: i64,
});

table!(license_history, "license_history", {
    #[sea_orm(primary_key)]
    id: i64,
    user_id: Uuid,
    account_id: Uuid,
    at: i64,
    license: Option<String>,
    origin: Option<String>,
    suspended: bool,
    suspended_until: Option<i64>,
    trial_until: Option<i64>,
    source_license: Option<String>,
});

table!(trial_notices, "trial_notices", {
    #[sea_orm(primary_key, auto_increment = false)]
    user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    days: i64,
    at: i64,
});

table!(catalogs, "catalogs", {
    #[sea_orm(primary_key, auto_increment = false)]
    version: i64,
    features: String,
    at: i64,
});

table!(applications, "applications", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    name: String,
    owner_account: Option<Uuid>,
    audience: String,
    required_license: Option<String>,
    required_feature: Option<String>,
    client: Option<String>,
    created: i64,
});

table!(application_accounts, "application_accounts", {
    #[sea_orm(primary_key, auto_increment = false)]
    application_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
});

table!(grants, "grants", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    user_id: Uuid,
    account_id: Option<Uuid>,
    role: String,
    created: i64,
});

table!(access_keys, "access_keys", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    grant_id: Uuid,
    secret_sealed: Vec<u8>,
    name: String,
    most: Option<String>,
    within_account: Option<Uuid>,
    created: i64,
    expires: Option<i64>,
    revoked: Option<i64>,
    last_used: Option<i64>,
});

table!(api_tokens, "api_tokens", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: Vec<u8>,
    id: Uuid,
    grant_id: Option<Uuid>,
    application_id: Option<Uuid>,
    name: String,
    most: Option<String>,
    within_account: Option<Uuid>,
    created: i64,
    expires: Option<i64>,
    revoked: Option<i64>,
    last_used: Option<i64>,
});

table!(setup_links, "setup_links", {
    #[sea_orm(primary_key, auto_increment = false)]
    token_hash: Vec<u8>,
    id: Uuid,
    created: i64,
    expires: i64,
});

table!(sessions, "sessions", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    hash: Vec<u8>,
    user_id: Uuid,
    epoch: i64,
    created: i64,
    authenticated: i64,
    methods: String,
    expires: i64,
    last_used: i64,
    device: Vec<u8>,
});

table!(totps, "totps", {
    #[sea_orm(primary_key, auto_increment = false)]
    user_id: Uuid,
    secret: Vec<u8>,
    step: i64,
    wrong: i64,
    wrong_at: i64,
    created: i64,
});

table!(recovery_codes, "recovery_codes", {
    #[sea_orm(primary_key, auto_increment = false)]
    user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    hash: Vec<u8>,
});

table!(passkeys, "passkeys", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Vec<u8>,
    user_id: Uuid,
    credential: Vec<u8>,
    version: i64,
    created: i64,
    last_used: Option<i64>,
});

table!(providers, "providers", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    account_id: Option<Uuid>,
    name: String,
    issuer: String,
    client_id: String,
    secret_sealed: Option<Vec<u8>>,
    created: i64,
});

table!(provider_domains, "provider_domains", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    name: String,
    provider_id: Uuid,
});

table!(upstream_links, "upstream_links", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: Vec<u8>,
    provider_id: Uuid,
    user_id: Uuid,
    confirmed: bool,
    created: i64,
});

table!(sign_ins, "sign_ins", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: Vec<u8>,
    state: Vec<u8>,
    expires: i64,
});

table!(links, "links", {
    #[sea_orm(primary_key, auto_increment = false)]
    token_hash: Vec<u8>,
    kind: String,
    user_id: Uuid,
    address: String,
    created: i64,
    expires: i64,
});

table!(authorizations, "authorizations", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: Uuid,
    user_id: Uuid,
    application_id: Uuid,
    session_id: Option<Uuid>,
    sid: Uuid,
    epoch: i64,
    scope: String,
    authenticated: i64,
    methods: String,
    created: i64,
    expires: i64,
    ended: Option<i64>,
});

table!(codes, "codes", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: Vec<u8>,
    session_id: Uuid,
    application_id: Uuid,
    redirect_uri: Option<String>,
    scope: String,
    nonce: Option<String>,
    challenge: Option<String>,
    expires: i64,
    authorization_id: Option<Uuid>,
});

table!(access_tokens, "access_tokens", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: Vec<u8>,
    id: Uuid,
    authorization_id: Uuid,
    scope: String,
    created: i64,
    expires: i64,
});

table!(refresh_tokens, "refresh_tokens", {
    #[sea_orm(primary_key, auto_increment = false)]
    hash: Vec<u8>,
    id: Uuid,
    authorization_id: Uuid,
    created: i64,
    expires: i64,
    used: Option<i64>,
});

table!(consents, "consents", {
    #[sea_orm(primary_key, auto_increment = false)]
    user_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    application_id: Uuid,
    scope: String,
    at: i64,
});

table!(signing_keys, "signing_keys", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: String,
    algorithm: String,
    published: String,
    private_sealed: Vec<u8>,
    created: i64,
    signs_from: i64,
    signs_until: i64,
    published_until: i64,
});

table!(person_keys, "person_keys", {
    #[sea_orm(primary_key, auto_increment = false)]
    person: Uuid,
    sealed: Vec<u8>,
});

table!(answers, "answers", {
    #[sea_orm(primary_key, auto_increment = false)]
    caller: Vec<u8>,
    #[sea_orm(primary_key, auto_increment = false)]
    key: Vec<u8>,
    request: Vec<u8>,
    created: i64,
    sealed: Vec<u8>,
});

table!(master_key_check, "master_key_check", {
    #[sea_orm(primary_key, auto_increment = false)]
    id: i64,
    sealed: Vec<u8>,
});

table!(audit, "audit", {
    #[sea_orm(primary_key)]
    seq: i64,
    at: i64,
    door: String,
    request: Uuid,
    actor_kind: String,
    actor: Option<Uuid>,
    action: String,
    account_id: Option<Uuid>,
    subject: Option<Uuid>,
    outcome: Option<String>,
    before: Option<String>,
    after: Option<String>,
    why: Option<String>,
    subject_sealed: Option<Vec<u8>>,
    actor_sealed: Option<Vec<u8>>,
});

table!(outbox, "outbox", {
    #[sea_orm(primary_key)]
    id: i64,
    receiver: String,
    person: Uuid,
    account_id: Option<Uuid>,
    kind: String,
    created: i64,
    payload: Vec<u8>,
    state: String,
    attempts: i64,
    forgiven: i64,
    due: i64,
    leased: i64,
    delivered: Option<i64>,
    error: Option<String>,
});

table!(account_mails, "account_mails", {
    #[sea_orm(primary_key, auto_increment = false)]
    account_id: Uuid,
    day: i64,
    sent: i64,
});

table!(tasks, "tasks", {
    #[sea_orm(primary_key, auto_increment = false)]
    name: String,
    due: i64,
    holder: Option<Uuid>,
    until: i64,
});

/// Every table with its columns.
#[cfg(feature = "testing")]
pub(crate) fn tables() -> Vec<(&'static str, Vec<String>)> {
    use sea_orm::{EntityTrait, IdenStatic, Iterable};
    fn table<E: EntityTrait>() -> (&'static str, Vec<String>) {
        (E::default().table_name(), E::Column::iter().map(|column| column.as_str().to_owned()).collect())
    }
    vec![
        table::<deployment_settings::Entity>(),
        table::<accounts::Entity>(),
        table::<domains::Entity>(),
        table::<former_owners::Entity>(),
        table::<seats::Entity>(),
        table::<users::Entity>(),
        table::<addresses::Entity>(),
        table::<invitations::Entity>(),
        table::<registrations::Entity>(),
        table::<unproved_addresses::Entity>(),
        table::<link_mails::Entity>(),
        table::<passwords::Entity>(),
        table::<license_history::Entity>(),
        table::<trial_notices::Entity>(),
        table::<catalogs::Entity>(),
        table::<applications::Entity>(),
        table::<application_accounts::Entity>(),
        table::<grants::Entity>(),
        table::<access_keys::Entity>(),
        table::<api_tokens::Entity>(),
        table::<answers::Entity>(),
        table::<setup_links::Entity>(),
        table::<sessions::Entity>(),
        table::<sign_ins::Entity>(),
        table::<totps::Entity>(),
        table::<recovery_codes::Entity>(),
        table::<passkeys::Entity>(),
        table::<providers::Entity>(),
        table::<provider_domains::Entity>(),
        table::<upstream_links::Entity>(),
        table::<directories::Entity>(),
        table::<directory_entries::Entity>(),
        table::<directory_confirmations::Entity>(),
        table::<directory_runs::Entity>(),
        table::<directory_log::Entity>(),
        table::<links::Entity>(),
        table::<authorizations::Entity>(),
        table::<codes::Entity>(),
        table::<access_tokens::Entity>(),
        table::<refresh_tokens::Entity>(),
        table::<consents::Entity>(),
        table::<signing_keys::Entity>(),
        table::<person_keys::Entity>(),
        table::<master_key_check::Entity>(),
        table::<audit::Entity>(),
        table::<outbox::Entity>(),
        table::<account_mails::Entity>(),
        table::<tasks::Entity>(),
    ]
}
