//! `/accounts/{account}/users`: looking at people and open invitations. What is done to them is in `people`.

use access::authority::Action;
use access::user::{LicenseOrigin, Origin, Suspension, Waiting};
use access::{AccountId, BaseLicense, Email, License};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{HistoryEntry, Page, Service, UserDetails, UserFilter, UserView};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, ok};
use super::call::{Call, Paging, Query};
use super::error::Problem;
use super::names;
use super::settings::UserSettings;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(list, show))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().get("/api/v1/accounts/{account}/users", Performs::Administration(Action::ViewUsers), list).get(
        "/api/v1/accounts/{account}/users/{user}",
        Performs::Administration(Action::ViewUsers),
        show,
    )
}

/// A member or an open invitation.
#[derive(Serialize, ToSchema)]
pub(super) struct User {
    id: String,
    #[schema(value_type = Uuid)]
    account: AccountId,
    /// The address as typed.
    address: String,
    name: Option<String>,
    #[schema(value_type = names::Status)]
    status: &'static str,
    /// What counts now; of an open invitation, what acceptance will give.
    #[schema(value_type = names::License)]
    license: License,
    /// `Pending` for an open invitation, `Failed` when its mail reached nobody, `Accepted` for who joined by one.
    #[schema(value_type = Option<names::InvitationState>)]
    invitation: Option<&'static str>,
    /// Why its mail reached nobody (rule 65).
    undelivered: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    registered: Option<Timestamp>,
    /// When they were invited; `null` for who came in another way.
    #[schema(value_type = Option<String>, format = DateTime)]
    invited: Option<Timestamp>,
    /// The personal PIN; `null` for ReadOnly (rule 28).
    pin: Option<String>,
    settings: UserSettings,
}

impl From<UserView> for User {
    fn from(view: UserView) -> Self {
        let UserView {
            id,
            account,
            address,
            name,
            license,
            status,
            invitation,
            undelivered,
            registered,
            invited,
            pin,
            settings,
        } = view;
        let settings = settings.into();
        let (status, invitation) = (status.name(), invitation.map(|state| state.name()));
        Self {
            id,
            account,
            address,
            name,
            status,
            license,
            invitation,
            undelivered,
            registered,
            invited,
            pin,
            settings,
        }
    }
}

/// All that an administrator may know of a person (rule 27).
#[derive(Serialize, ToSchema)]
struct Details {
    #[serde(flatten)]
    user: User,
    further_addresses: Vec<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    joined: Option<Timestamp>,
    #[schema(value_type = Option<names::Origin>)]
    origin: Option<Origin>,
    #[schema(value_type = Option<names::LicenseOrigin>)]
    license_origin: Option<LicenseOrigin>,
    waiting: Option<WaitingFor>,
    #[schema(value_type = Option<String>, format = DateTime)]
    trial_until: Option<Timestamp>,
    suspension: Option<Suspended>,
    /// Their licenses in this account over time, oldest first.
    history: Vec<Held>,
}

/// The seat a person waits for (rule 12).
#[derive(Serialize, ToSchema)]
struct WaitingFor {
    #[schema(value_type = names::BaseLicense)]
    license: BaseLicense,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// A suspension that holds now (rule 18).
#[derive(Serialize, ToSchema)]
struct Suspended {
    /// The administrator; `null` when it was done on the host.
    by: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    reason: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// What a person held from a moment on.
#[derive(Serialize, ToSchema)]
struct Held {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    account: Uuid,
    /// `null` when the membership ended.
    #[schema(value_type = Option<names::BaseLicense>)]
    license: Option<BaseLicense>,
    #[schema(value_type = Option<names::LicenseOrigin>)]
    origin: Option<LicenseOrigin>,
    suspended: bool,
}

impl From<UserDetails> for Details {
    fn from(details: UserDetails) -> Self {
        let held = details.history.into_iter().map(|HistoryEntry { account, entry }| Held {
            at: entry.at,
            account: account.0,
            license: entry.held.map(|held| held.license),
            origin: entry.held.map(|held| held.origin),
            suspended: entry.held.is_some_and(|held| held.suspension.is_some()),
        });
        let suspended = |Suspension { by, at, reason, until }| Suspended { by: by.map(|by| by.0), at, reason, until };
        Self {
            history: held.collect(),
            user: details.view.into(),
            further_addresses: details.further_addresses.iter().map(ToString::to_string).collect(),
            joined: details.membership.map(|membership| membership.since),
            origin: details.membership.map(|membership| membership.origin),
            license_origin: details.license_origin,
            waiting: details.waiting.map(|Waiting { license, since }| WaitingFor { license, since }),
            trial_until: details.trial_until,
            suspension: details.suspension.map(suspended),
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The one with this address; a member's further addresses count.
    address: Option<String>,
    /// How the address begins.
    prefix: Option<String>,
    /// How the address or the name begins: the first 50, on one page.
    search: Option<String>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// The members and open invitations of an account, by address. **Permission**: any role over it; PINs from
/// UserManagement on.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/users", params(("account", Path), Filter, Paging),
    responses((status = 200, description = "A page of users", body = List<User>)))]
async fn list(call: Call<Filter>) -> Answer {
    let (account, Filter { address, prefix, search }) = (call.account()?, &call.query);
    if let Some(search) = search {
        if address.is_some() || prefix.is_some() || call.page.after.is_some() {
            return Err(Problem::bad("search stands alone: send it without address, prefix or after"));
        }
        let items = call.service.search_users(&call.cx, account, search).await?;
        return call.list(Page { items, next: None }, User::from);
    }
    let address = address.as_deref().map(Email::parse).transpose()?;
    let filter = UserFilter { address, prefix: prefix.clone() };
    let found = call.service.list_users(&call.cx, account, filter, call.page.clone()).await?;
    call.list(found, User::from)
}

/// One user. The id of an accepted invitation names the member. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/users/{user}", params(("account", Path), ("user", Path)),
    responses((status = 200, description = "The user", body = Details)))]
async fn show(call: Call) -> Answer {
    let details = call.service.user_details(&call.cx, call.account()?, call.param("user")).await?;
    ok(&Details::from(details))
}
