//! `/accounts`.

use access::authority::Action;
use access::{AccountId, BaseLicense, Email};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{AccountFilter, AccountUpdate, AccountView, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::answer::{Answer, List, tagged};
use super::call::{Call, Nothing, Paging, Query};
use super::names;
use super::settings::AccountSettings;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(create, list, show, update, delete, restore))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new()
        .post("/api/v1/accounts", Performs::Administration(Action::CreateAccount), create)
        .get("/api/v1/accounts", Performs::Administration(Action::ViewAccount), list)
        .get("/api/v1/accounts/{account}", Performs::Administration(Action::ViewAccount), show)
        .patch("/api/v1/accounts/{account}", Performs::Administration(Action::UpdateAccount), update)
        .delete("/api/v1/accounts/{account}", Performs::Administration(Action::DeleteAccount), delete)
        .post("/api/v1/accounts/{account}/restore", Performs::Administration(Action::DeleteAccount), restore)
}

/// An organisation.
#[derive(Serialize, ToSchema)]
pub(super) struct Account {
    #[schema(value_type = Uuid)]
    id: AccountId,
    name: String,
    #[serde(rename = "type")]
    #[schema(value_type = names::AccountType)]
    kind: access::AccountType,
    /// What members get when they join (rule 10).
    #[schema(value_type = names::BaseLicense)]
    default_license: BaseLicense,
    /// Whether who registers here gets a trial (rule 9).
    trials: bool,
    /// Whether members prove two factors when they sign in (rule 80).
    second_factor: bool,
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// When it was deleted; it can be restored for 90 days (rule 8).
    #[schema(value_type = Option<String>, format = DateTime)]
    deleted: Option<Timestamp>,
    settings: AccountSettings,
    /// Names of the directory groups whose members may act for others (rule 59).
    delegate_groups: Vec<String>,
}

/// An organisation with its limited licenses and claimed domains.
#[derive(Serialize, ToSchema)]
struct AccountDetails {
    #[serde(flatten)]
    account: Account,
    seats: Vec<Seats>,
    domains: Vec<Domain>,
}

/// The limit of a license (rule 12).
#[derive(Serialize, ToSchema)]
struct Seats {
    #[schema(value_type = names::BaseLicense)]
    license: BaseLicense,
    limit: u32,
    used: u32,
}

/// A domain the account has claimed.
#[derive(Serialize, ToSchema)]
struct Domain {
    name: String,
    /// When the proof was seen; a pending claim has no effect.
    #[schema(value_type = Option<String>, format = DateTime)]
    verified: Option<Timestamp>,
    /// Since when the record of a verified domain is missing.
    #[schema(value_type = Option<String>, format = DateTime)]
    missing: Option<Timestamp>,
}

impl From<access::Account> for Account {
    fn from(account: access::Account) -> Self {
        let access::Account {
            id,
            name,
            kind,
            default_license,
            trials,
            second_factor,
            created,
            deleted,
            settings,
            delegate_groups,
        } = account;
        let settings = settings.into();
        Self { id, name, kind, default_license, trials, second_factor, created, deleted, settings, delegate_groups }
    }
}

impl From<AccountView> for AccountDetails {
    fn from(view: AccountView) -> Self {
        let limited = BaseLicense::ALL.into_iter().filter_map(|license| Some((license, view.seats.get(license)?)));
        let seats = limited.map(|(license, seat)| Seats { license, limit: seat.limit, used: seat.used });
        let domains = view.domains.into_iter();
        let domains = domains.map(|claim| Domain {
            name: claim.domain.to_string(),
            verified: claim.verified,
            missing: claim.missing,
        });
        Self { seats: seats.collect(), domains: domains.collect(), account: view.account.into() }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    /// 1 to 100 characters.
    name: String,
}

/// Makes a Team. **Permission**: FullAccess over the deployment.
#[utoipa::path(post, path = "/api/v1/accounts", request_body = NewAccount,
    responses((status = 201, description = "The account", body = Account)))]
async fn create(call: Call<Nothing, NewAccount>) -> Answer {
    let name = call.body.name.clone();
    call.create(|service, cx| async move { service.create_account(&cx, name).await }, Account::from).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// How the name begins, in any case.
    name: Option<String>,
    /// The account that the person with this address is a member of.
    member: Option<String>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// The accounts within the caller's reach, by name. **Permission**: any role.
#[utoipa::path(get, path = "/api/v1/accounts", params(Filter, Paging),
    responses((status = 200, description = "A page of accounts", body = List<Account>)))]
async fn list(call: Call<Filter>) -> Answer {
    let user_address = call.query.member.as_deref().map(Email::parse).transpose()?;
    let filter = AccountFilter { name_prefix: call.query.name.clone(), user_address };
    let found = call.service.list_accounts(&call.cx, filter, call.page.clone()).await?;
    call.list(found, Account::from)
}

/// One account. **Permission**: any role over it.
#[utoipa::path(get, path = "/api/v1/accounts/{account}", params(("account", Path)),
    responses((status = 200, description = "The account", body = AccountDetails, headers(("ETag" = String)))))]
async fn show(call: Call) -> Answer {
    let view = call.service.show_account(&call.cx, call.account()?).await?;
    tagged(&view.account.clone(), &AccountDetails::from(view))
}

/// What changes; what is left out stays.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Changes {
    name: Option<String>,
    #[schema(value_type = Option<names::BaseLicense>)]
    default_license: Option<BaseLicense>,
    trials: Option<bool>,
    second_factor: Option<bool>,
}

/// Changes an account; members keep what they have. **Permission**: FullAccess over it.
#[utoipa::path(patch, path = "/api/v1/accounts/{account}", params(("account", Path)), request_body = Changes,
    responses((status = 200, description = "The account", body = Account, headers(("ETag" = String)))))]
async fn update(call: Call<Nothing, Changes>) -> Answer {
    let Changes { name, default_license, trials, second_factor } = call.body.clone();
    let update = AccountUpdate { name, default_license, trials, second_factor };
    let account = call.service.update_account(&call.cx, call.account()?, update).await?;
    tagged(&account.clone(), &Account::from(account))
}

/// Deletes an account that has neither users nor verified domains; it can be restored for 90 days (rule 8).
/// **Permission**: FullAccess over the deployment.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}", params(("account", Path)),
    responses((status = 200, description = "The account", body = Account, headers(("ETag" = String)))))]
async fn delete(call: Call) -> Answer {
    let account = call.service.delete_account(&call.cx, call.account()?).await?;
    tagged(&account.clone(), &Account::from(account))
}

/// Restores a deleted account as it was (rule 8). **Permission**: FullAccess over the deployment.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/restore", params(("account", Path)),
    responses((status = 200, description = "The account", body = Account, headers(("ETag" = String)))))]
async fn restore(call: Call) -> Answer {
    let account = call.service.restore_account(&call.cx, call.account()?).await?;
    tagged(&account.clone(), &Account::from(account))
}
