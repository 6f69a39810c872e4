//! Rows to facts and back.

use access::decision::{AccountFacts, Facts, SourceFacts, SuspensionFacts};
use access::user::{Block, LicenseOrigin, Membership, Origin, SourceLink, Suspension, Trial, Waiting};
use access::{
    Account, AccountId, AccountType, ApplicationId, BaseLicense, Claim, Domain, Email, GrantId, Invitation,
    InvitationId, User, UserId,
    application::{Application, Audience},
    authority::{Grant, Over, Role},
    invitation::InvitationState,
};
use jiff::Timestamp;
use sea_orm::IntoActiveModel;

use crate::Error;
use crate::entity::{accounts, addresses, applications, domains, grants, invitations, users};

/// Milliseconds, as every time in the database.
pub(crate) fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A time from its milliseconds.
pub(crate) fn time(ms: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(ms).map_err(|_| Error::corrupt("a time out of range"))
}

/// An optional time.
pub(crate) fn times(ms: Option<i64>) -> Result<Option<Timestamp>, Error> {
    ms.map(time).transpose()
}

/// What names are searched by: lower case in Rust, as the engines' own `lower()` differ.
pub(crate) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// One of a closed set by its name in the database.
pub(crate) fn named<T: Copy>(all: &[T], name: fn(T) -> &'static str, text: &str) -> Result<T, Error> {
    let found = all.iter().copied().find(|one| name(*one) == text);
    found.ok_or_else(|| Error::corrupt(format!("unknown word `{text}`")))
}

pub(crate) fn license(text: &str) -> Result<BaseLicense, Error> {
    named(&BaseLicense::ALL, BaseLicense::name, text)
}

pub(crate) fn kind(text: &str) -> Result<AccountType, Error> {
    named(&AccountType::ALL, AccountType::name, text)
}

pub(crate) fn role(text: &str) -> Result<Role, Error> {
    named(&Role::ALL, Role::name, text)
}

pub(crate) fn license_origin_name(origin: LicenseOrigin) -> &'static str {
    match origin {
        LicenseOrigin::Free => "Free",
        LicenseOrigin::Default => "Default",
        LicenseOrigin::Administrator => "Administrator",
        LicenseOrigin::Group => "Group",
    }
}

pub(crate) fn license_origin(text: &str) -> Result<LicenseOrigin, Error> {
    let all = [LicenseOrigin::Free, LicenseOrigin::Default, LicenseOrigin::Administrator, LicenseOrigin::Group];
    named(&all, license_origin_name, text)
}

pub(crate) fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Invitation => "Invitation",
        Origin::Domain => "Domain",
        Origin::Directory => "Directory",
        Origin::Scim => "Scim",
        Origin::Administrator => "Administrator",
    }
}

fn origin(text: &str) -> Result<Origin, Error> {
    let all = [Origin::Invitation, Origin::Domain, Origin::Directory, Origin::Scim, Origin::Administrator];
    named(&all, origin_name, text)
}

pub(crate) fn email(typed: &str) -> Result<Email, Error> {
    Email::parse(typed).map_err(|_| Error::corrupt("an address that is none"))
}

pub(crate) fn domain(name: &str) -> Result<Domain, Error> {
    Domain::parse(name).map_err(|_| Error::corrupt("a domain that is none"))
}

pub(crate) fn claim(row: domains::Model) -> Result<Claim, Error> {
    Ok(Claim {
        account: AccountId(row.account_id),
        domain: domain(&row.name)?,
        token: row.txt_value,
        since: time(row.created)?,
        verified: times(row.verified)?,
        missing: times(row.missing)?,
        checked: times(row.checked)?,
        vouched: row.vouched,
    })
}

pub(crate) fn claim_row(claim: &Claim) -> domains::ActiveModel {
    domains::Model {
        account_id: claim.account.0,
        name: claim.domain.to_string(),
        state: if claim.verified.is_some() { "Verified" } else { "Pending" }.to_owned(),
        txt_value: claim.token.clone(),
        created: ms(claim.since),
        verified: claim.verified.map(ms),
        missing: claim.missing.map(ms),
        checked: claim.checked.map(ms),
        vouched: claim.vouched,
    }
    .into_active_model()
}

pub(crate) fn account(row: accounts::Model) -> Result<Account, Error> {
    Ok(Account {
        id: AccountId(row.id),
        name: row.name,
        kind: kind(&row.kind)?,
        default_license: license(&row.default_license)?,
        trials: row.trials,
        second_factor: row.second_factor,
        created: time(row.created)?,
        deleted: times(row.deleted)?,
        settings: json(&row.settings)?,
        delegate_groups: json(&row.delegate_groups)?,
    })
}

/// What was kept as JSON.
pub(crate) fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::corrupt("JSON that does not read"))
}

/// Something plain as JSON: flags and names, which cannot fail.
fn to_json(thing: &impl serde::Serialize) -> String {
    serde_json::to_string(thing).unwrap_or_default()
}

pub(crate) fn account_row(account: &Account) -> accounts::ActiveModel {
    accounts::Model {
        id: account.id.0,
        name: account.name.clone(),
        name_key: name_key(&account.name),
        kind: account.kind.name().to_owned(),
        default_license: account.default_license.name().to_owned(),
        trials: account.trials,
        second_factor: account.second_factor,
        created: ms(account.created),
        deleted: account.deleted.map(ms),
        settings: to_json(&account.settings),
        delegate_groups: to_json(&account.delegate_groups),
    }
    .into_active_model()
}

/// What a decision about a person rests on.
pub(crate) fn facts(user: &User, account: Option<&Account>, managed_by: Option<AccountId>) -> Facts {
    Facts {
        user: user.id,
        epoch: user.epoch,
        registered: user.registered.is_some(),
        suspension: user.suspension.as_ref().map(|suspension| SuspensionFacts { until: suspension.until }),
        blocked: user.block.is_some(),
        account: account.map(|own| AccountFacts { id: own.id, kind: own.kind, deleted: own.deleted.is_some() }),
        managed_by,
        source: user.source.as_ref().map(|source| SourceFacts { enabled: source.enabled, license: source.license }),
        license: user.license,
        license_origin: user.license_origin,
        waiting: user.waiting.map(|waiting| waiting.license),
        trial_until: user.trial.until,
    }
}

/// A user from their row and their further addresses.
pub(crate) fn user(row: users::Model, secondary: Vec<Email>) -> Result<User, Error> {
    let id = UserId(row.id);
    let incomplete = || Error::corrupt(format!("user {id} has half a fact"));
    let membership = match (row.account_id, row.member_origin, row.member_since) {
        (Some(account), Some(how), Some(since)) => Some(Membership {
            account: AccountId(account),
            origin: origin(&how)?,
            since: time(since)?,
            invited: times(row.member_invited)?,
        }),
        (None, None, None) => None,
        _ => return Err(incomplete()),
    };
    let suspended_until = times(row.suspended_until)?;
    let suspension = times(row.suspended_at)?.map(|at| Suspension {
        by: row.suspended_by.map(UserId),
        at,
        reason: row.suspended_reason,
        until: suspended_until,
    });
    let block =
        times(row.blocked_at)?.map(|at| Block { by: row.blocked_by.map(UserId), at, reason: row.blocked_reason });
    let source = match (row.source_id, row.source_enabled) {
        (Some(id), Some(enabled)) => {
            Some(SourceLink { id, enabled, license: row.source_license.as_deref().map(license).transpose()? })
        }
        (None, None) => None,
        _ => return Err(incomplete()),
    };
    let waiting = match (row.waiting_license, row.waiting_since) {
        (Some(wanted), Some(since)) => Some(Waiting { license: license(&wanted)?, since: time(since)? }),
        (None, None) => None,
        _ => return Err(incomplete()),
    };
    Ok(User {
        id,
        primary: email(&row.address)?,
        secondary,
        display_name: row.display_name,
        registered: times(row.registered)?,
        membership,
        suspension,
        block,
        source,
        license: license(&row.license)?,
        license_origin: license_origin(&row.license_origin)?,
        waiting,
        trial: Trial { started: times(row.trial_started)?, until: times(row.trial_until)? },
        private: row.private,
        pin: row.pin,
        settings: row.settings.as_deref().map(json).transpose()?.unwrap_or_default(),
        created: time(row.created)?,
        epoch: row.epoch,
    })
}

pub(crate) fn user_row(user: &User) -> users::ActiveModel {
    let (suspension, block, source) = (user.suspension.as_ref(), user.block.as_ref(), user.source.as_ref());
    users::Model {
        id: user.id.0,
        address: user.primary.as_typed().to_owned(),
        address_key: user.primary.key().to_owned(),
        domain: user.primary.domain().into(),
        display_name: user.display_name.clone(),
        name_key: user.display_name.as_deref().map(name_key),
        registered: user.registered.map(ms),
        account_id: user.membership.map(|membership| membership.account.0),
        member_origin: user.membership.map(|membership| origin_name(membership.origin).to_owned()),
        member_since: user.membership.map(|membership| ms(membership.since)),
        member_invited: user.membership.and_then(|membership| membership.invited).map(ms),
        suspended_by: suspension.and_then(|s| s.by).map(|by| by.0),
        suspended_at: suspension.map(|s| ms(s.at)),
        suspended_reason: suspension.and_then(|s| s.reason.clone()),
        suspended_until: suspension.and_then(|s| s.until).map(ms),
        blocked_by: block.and_then(|b| b.by).map(|by| by.0),
        blocked_at: block.map(|b| ms(b.at)),
        blocked_reason: block.and_then(|b| b.reason.clone()),
        source_id: source.map(|s| s.id.clone()),
        source_enabled: source.map(|s| s.enabled),
        source_license: source.and_then(|s| s.license).map(|license| license.name().to_owned()),
        license: user.license.name().to_owned(),
        license_origin: license_origin_name(user.license_origin).to_owned(),
        waiting_license: user.waiting.map(|waiting| waiting.license.name().to_owned()),
        waiting_since: user.waiting.map(|waiting| ms(waiting.since)),
        trial_started: user.trial.started.map(ms),
        trial_until: user.trial.until.map(ms),
        private: user.private,
        pin: user.pin.clone(),
        settings: (!user.settings.is_default()).then(|| to_json(&user.settings)),
        created: ms(user.created),
        epoch: user.epoch,
    }
    .into_active_model()
}

/// A row for each address of a user, the primary one first.
pub(crate) fn address_rows(user: &User) -> impl Iterator<Item = addresses::ActiveModel> {
    let primary = std::iter::once((&user.primary, true));
    primary.chain(user.secondary.iter().map(|address| (address, false))).map(|(address, is_primary)| {
        addresses::Model {
            key: address.key().to_owned(),
            user_id: user.id.0,
            typed: address.as_typed().to_owned(),
            domain: address.domain().into(),
            is_primary,
        }
        .into_active_model()
    })
}

pub(crate) fn invitation(row: &invitations::Model) -> Result<Invitation, Error> {
    Ok(Invitation {
        id: InvitationId(row.id),
        account: AccountId(row.account_id),
        address: email(&row.address)?,
        by: row.invited_by.map(UserId),
        created: time(row.created)?,
        expires: time(row.expires)?,
        license: row.license.as_deref().map(license).transpose()?,
        state: named(&InvitationState::ALL, InvitationState::name, &row.state)?,
        accepted_by: row.accepted_by.map(UserId),
        undelivered: row.undelivered.clone(),
    })
}

pub(crate) fn grant(row: &grants::Model) -> Result<Grant, Error> {
    Ok(Grant {
        id: GrantId(row.id),
        user: UserId(row.user_id),
        over: over(row.account_id.map(AccountId)),
        role: role(&row.role)?,
    })
}

/// What a grant reaches, from its account.
pub(crate) fn over(account: Option<AccountId>) -> Over {
    account.map_or(Over::Deployment, Over::Account)
}

/// An application from its row and the accounts listed in its audience.
pub(crate) fn application(row: applications::Model, listed: Vec<AccountId>) -> Result<Application, Error> {
    let audience = match row.audience.as_str() {
        "anyone" => Audience::Anyone,
        "members" => Audience::Members,
        "accounts" => Audience::Accounts(listed),
        other => return Err(Error::corrupt(format!("unknown audience `{other}`"))),
    };
    let required_feature = row.required_feature.map(access::Feature::try_from).transpose();
    Ok(Application {
        id: ApplicationId(row.id),
        name: row.name,
        owner: row.owner_account.map(AccountId),
        audience,
        required_license: row.required_license.as_deref().map(license).transpose()?,
        required_feature: required_feature.map_err(Error::corrupt)?,
        client: row.client.as_deref().map(serde_json::from_str).transpose().map_err(Error::corrupt)?,
    })
}
