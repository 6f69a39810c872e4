//! Settings of accounts, people and the deployment, delegate groups and PINs (rules 59 and 60). Settings are kept and
//! shown: there is no telephony here.

use access::authority::Action;
use access::change::{AccountSettingsChange, DeploymentSettingsChange};
use serde::{Deserialize, Deserializer, Serialize};
use service::Service;
use utoipa::{OpenApi, ToSchema};

use super::accounts::Account;
use super::answer::{Answer, Results, ok, tagged};
use super::call::{Call, Nothing};
use super::people::{Ids, Users, each};
use super::users::User;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(
    update,
    add_groups,
    remove_groups,
    reset_pin,
    reset_second_factor,
    update_users,
    deployment,
    update_deployment
))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let performs = Performs::Administration;
    Routes::new()
        .patch("/api/v1/accounts/{account}/settings", performs(Action::UpdateAccount), update)
        .post("/api/v1/accounts/{account}/delegate-groups/add", performs(Action::UpdateAccount), add_groups)
        .post("/api/v1/accounts/{account}/delegate-groups/remove", performs(Action::UpdateAccount), remove_groups)
        .post("/api/v1/accounts/{account}/users/reset-pin", performs(Action::ResetPin), reset_pin)
        .post(
            "/api/v1/accounts/{account}/users/reset-second-factor",
            performs(Action::ResetSecondFactor),
            reset_second_factor,
        )
        .post("/api/v1/accounts/{account}/users/settings", performs(Action::UpdateUserSettings), update_users)
        .get("/api/v1/deployment/settings", performs(Action::ViewDeployment), deployment)
        .patch("/api/v1/deployment/settings", performs(Action::UpdateDeployment), update_deployment)
}

/// What an account has set about calls.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountSettings {
    /// Nobody may be given control of another's screen.
    disable_remote_control: bool,
    /// Meetings may call people on the telephone.
    enable_dial_out: bool,
}

impl From<access::AccountSettings> for AccountSettings {
    fn from(settings: access::AccountSettings) -> Self {
        let access::AccountSettings { disable_remote_control, enable_dial_out } = settings;
        Self { disable_remote_control, enable_dial_out }
    }
}

/// What changes; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AccountSettingsChanges {
    disable_remote_control: Option<bool>,
    enable_dial_out: Option<bool>,
}

/// Changes the settings of an account. **Permission**: FullAccess over it.
#[utoipa::path(patch, path = "/api/v1/accounts/{account}/settings", params(("account", Path)),
    request_body = AccountSettingsChanges, responses((status = 200, description = "The account", body = Account, headers(("ETag" = String)))))]
async fn update(call: Call<Nothing, AccountSettingsChanges>) -> Answer {
    let AccountSettingsChanges { disable_remote_control, enable_dial_out } = call.body;
    let wanted = AccountSettingsChange { disable_remote_control, enable_dial_out };
    let account = call.service.update_account_settings(&call.cx, call.account()?, wanted).await?;
    tagged(&account.clone(), &Account::from(account))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Groups {
    /// Names, compared exactly.
    groups: Vec<String>,
}

/// Adds delegate groups; one that is there already stays once. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/delegate-groups/add", params(("account", Path)),
    request_body = Groups, responses((status = 200, description = "The account", body = Account, headers(("ETag" = String)))))]
async fn add_groups(call: Call<Nothing, Groups>) -> Answer {
    let account = call.service.add_delegate_groups(&call.cx, call.account()?, call.body.groups.clone()).await?;
    tagged(&account.clone(), &Account::from(account))
}

/// Takes delegate groups away; one that is not there is gone already. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/delegate-groups/remove", params(("account", Path)),
    request_body = Groups, responses((status = 200, description = "The account", body = Account, headers(("ETag" = String)))))]
async fn remove_groups(call: Call<Nothing, Groups>) -> Answer {
    let account = call.service.remove_delegate_groups(&call.cx, call.account()?, call.body.groups.clone()).await?;
    tagged(&account.clone(), &Account::from(account))
}

/// Gives people new PINs, which the answer shows; the former ones are nobody's. **Permission**: UserManagement over the
/// account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/reset-pin", params(("account", Path)),
    request_body = Users, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn reset_pin(call: Call<Nothing, Users>) -> Answer {
    let verb = |service: Service, cx, account, ids| async move { service.reset_pin(&cx, account, ids).await };
    each(&call, &call.body.users, verb).await
}

/// Takes people's second factors and passkeys away and signs them out everywhere; they are told by mail.
/// **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/reset-second-factor", params(("account", Path)),
    request_body = Users, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn reset_second_factor(call: Call<Nothing, Users>) -> Answer {
    let verb = |service: Service, cx, account, ids| async move { service.reset_second_factor(&cx, account, ids).await };
    each(&call, &call.body.users, verb).await
}

/// What people may do on the telephone.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserSettings {
    /// Be called.
    inbound_calling: bool,
    /// Call.
    outbound_calling: bool,
    /// Send and receive text messages.
    sms: bool,
}

impl From<access::UserSettings> for UserSettings {
    fn from(settings: access::UserSettings) -> Self {
        let access::UserSettings { inbound_calling, outbound_calling, sms } = settings;
        Self { inbound_calling, outbound_calling, sms }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UsersSettings {
    #[schema(inline)]
    users: Ids,
    settings: UserSettings,
}

/// Sets what people may do on the telephone. **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/settings", params(("account", Path)),
    request_body = UsersSettings, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn update_users(call: Call<Nothing, UsersSettings>) -> Answer {
    let UserSettings { inbound_calling, outbound_calling, sms } = call.body.settings;
    let wanted = access::UserSettings { inbound_calling, outbound_calling, sms };
    let verb = |service: Service, cx, account, ids| async move {
        service.update_user_settings(&cx, account, ids, wanted).await
    };
    each(&call, &call.body.users, verb).await
}

/// Where records of calls would go.
#[derive(Serialize, ToSchema)]
struct DeploymentSettings {
    business_calling_bucket: Option<String>,
    voice_connector_bucket: Option<String>,
}

impl From<access::DeploymentSettings> for DeploymentSettings {
    fn from(settings: access::DeploymentSettings) -> Self {
        let access::DeploymentSettings { business_calling_bucket, voice_connector_bucket } = settings;
        Self { business_calling_bucket, voice_connector_bucket }
    }
}

/// What is set for the whole deployment. **Permission**: any role over it.
#[utoipa::path(get, path = "/api/v1/deployment/settings",
    responses((status = 200, description = "The settings", body = DeploymentSettings)))]
async fn deployment(call: Call) -> Answer {
    ok(&DeploymentSettings::from(call.service.deployment_settings(&call.cx).await?))
}

/// What changes; what is left out stays, and `null` takes a bucket away.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeploymentSettingsChanges {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    business_calling_bucket: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    voice_connector_bucket: Option<Option<String>>,
}

/// A member that is there, be it null.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes what is set for the whole deployment. **Permission**: FullAccess over it.
#[utoipa::path(patch, path = "/api/v1/deployment/settings", request_body = DeploymentSettingsChanges,
    responses((status = 200, description = "The settings", body = DeploymentSettings)))]
async fn update_deployment(call: Call<Nothing, DeploymentSettingsChanges>) -> Answer {
    let DeploymentSettingsChanges { business_calling_bucket, voice_connector_bucket } = &call.body;
    let wanted = DeploymentSettingsChange {
        business_calling_bucket: business_calling_bucket.clone(),
        voice_connector_bucket: voice_connector_bucket.clone(),
    };
    ok(&DeploymentSettings::from(call.service.update_deployment_settings(&call.cx, wanted).await?))
}
