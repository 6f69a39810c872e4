//! `/accounts/{account}/users`: looking at people and open invitations. What is done to them is in `people`.

use access::authority::Action;
use access::user::{LicenseOrigin, Origin, Suspension, Waiting};
use access::{AccountId, BaseLicense, Email, License, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{HistoryEntry, ListedAs, Service, UserDetails, UserFilter, UserView};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, ok};
use super::call::{Call, Paging, Query};
use super::error::Problem;
use super::names;
use super::settings::UserSettings;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(list, show), components(schemas(names::ListedAs)))]
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
    /// How they came to be a member; of an open invitation `null`, here and in what follows.
    #[schema(value_type = Option<names::Origin>)]
    origin: Option<Origin>,
    /// Where the license comes from.
    #[schema(value_type = Option<names::LicenseOrigin>)]
    license_origin: Option<LicenseOrigin>,
    waiting: Option<WaitingFor>,
    /// Whether the account's directory has them enabled; `null` for whom no directory brought (rule 19).
    enabled_in_source: Option<bool>,
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
            origin,
            license_origin,
            waiting,
            enabled_in_source,
            settings,
        } = view;
        let settings = settings.into();
        let waiting = waiting.map(|Waiting { license, since }| WaitingFor { license, since });
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
            origin,
            license_origin,
            waiting,
            enabled_in_source,
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
    /// How the address or the name begins: those whose address does come first.
    search: Option<String>,
    /// Only those with this license; of an open invitation, what acceptance will give.
    #[param(value_type = Option<names::License>)]
    license: Option<License>,
    /// Only those who stand like this.
    #[param(value_type = Option<names::ListedAs>)]
    status: Option<String>,
    /// Only members who came like this.
    #[param(value_type = Option<names::Origin>)]
    origin: Option<Origin>,
    /// Only members whose license comes from this.
    #[param(value_type = Option<names::LicenseOrigin>)]
    license_origin: Option<LicenseOrigin>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// The members and open invitations of an account, by address. A page of a list that was narrowed by more than an index
/// knows may be short, or empty, and yet have a `next`: it looks at 5,000 lines at most (rule 91). **Permission**: any
/// role over the account; PINs from UserManagement on.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/users", params(("account", Path), Filter, Paging),
    responses((status = 200, description = "A page of users", body = List<User>)))]
async fn list(call: Call<Filter>) -> Answer {
    let Filter { address, prefix, search, license, status, origin, license_origin } = &call.query;
    if search.is_some() && (address.is_some() || prefix.is_some()) {
        return Err(Problem::bad("search is one of three; send it without address and prefix"));
    }
    let filter = UserFilter {
        address: address.as_deref().map(Email::parse).transpose()?,
        prefix: prefix.clone(),
        search: search.clone(),
        license: *license,
        status: status.as_deref().map(listed_as).transpose()?,
        origin: *origin,
        license_origin: *license_origin,
    };
    let found = call.service.list_users(&call.cx, call.account()?, filter, call.page.clone()).await?;
    call.list(found, User::from)
}

fn listed_as(name: &str) -> Result<ListedAs, Problem> {
    let why = format!("give one of {}", ListedAs::ALL.map(ListedAs::name).join(", "));
    Ok(ListedAs::named(name).ok_or(Refusal::Invalid { member: "status", why })?)
}

/// One user. The id of an accepted invitation names the member. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/users/{user}", params(("account", Path), ("user", Path)),
    responses((status = 200, description = "The user", body = Details)))]
async fn show(call: Call) -> Answer {
    let details = call.service.user_details(&call.cx, call.account()?, call.param("user")).await?;
    ok(&Details::from(details))
}
