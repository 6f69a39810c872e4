//! `/accounts/{account}/seats`, `waiting` and `trials` (rules 9 and 12).

use access::authority::Action;
use access::{BaseLicense, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{LONGEST_TRIAL, Page, SeatView, Service, TrialView, WaitingView};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::answer::{Answer, List, ok};
use super::call::{Call, Nothing, Paging, Query};
use super::names;
use super::users::User;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(show, set, waiting, trials))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let may = Performs::Administration;
    Routes::new()
        .get("/api/v1/accounts/{account}/seats", may(Action::ViewAccount), show)
        .put("/api/v1/accounts/{account}/seats/{license}", may(Action::UpdateAccount), set)
        .get("/api/v1/accounts/{account}/waiting", may(Action::ViewUsers), waiting)
        .get("/api/v1/accounts/{account}/trials", may(Action::ViewUsers), trials)
}

/// The seats of a license.
#[derive(Serialize, ToSchema)]
struct SeatsOf {
    #[schema(value_type = names::BaseLicense)]
    license: BaseLicense,
    /// The most that joins and assignments may fill; `null` without a limit.
    limit: Option<u32>,
    /// Members who hold it, suspended ones too. May exceed the limit after that was lowered.
    used: u64,
    /// How many more may be taken; `null` without a limit.
    left: Option<u32>,
    /// Members who should have it and wait, with `Basic` meanwhile.
    waiting: u64,
}

impl From<SeatView> for SeatsOf {
    fn from(view: SeatView) -> Self {
        let SeatView { license, limit, used, left, waiting } = view;
        Self { license, limit, used, left, waiting }
    }
}

/// The seats of each license, lowest first, on one page. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/seats", params(("account", Path)),
    responses((status = 200, description = "The seats", body = List<SeatsOf>)))]
async fn show(call: Call) -> Answer {
    let items = call.service.seats(&call.cx, call.account()?).await?;
    call.list(Page { items, next: None }, SeatsOf::from)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Limit {
    /// How many may hold the license; `null` lifts the limit.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required = true, value_type = Option<i64>, minimum = 0, maximum = 4_294_967_295i64)]
    limit: Option<u32>,
}

/// The limit of a license as it is set; `null` for a license without one.
#[derive(Serialize, ToSchema)]
struct SeatLimit {
    #[schema(value_type = names::BaseLicense)]
    license: BaseLicense,
    limit: Option<u32>,
    /// Members who hold it, suspended ones too.
    used: Option<u32>,
    /// How many more may be taken.
    left: Option<u32>,
}

/// Limits a license; lowering it takes from nobody, and who waits gets what came free. **Permission**: FullAccess over
/// the account.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/seats/{license}",
    params(("account", Path), ("license" = inline(names::BaseLicense), Path)), request_body = Limit,
    responses((status = 200, description = "The limit", body = SeatLimit)))]
async fn set(call: Call<Nothing, Limit>) -> Answer {
    let unknown =
        |error: access::license::UnknownLicense| Refusal::Invalid { member: "license", why: error.to_string() };
    let license: BaseLicense = call.param("license").parse().map_err(unknown)?;
    let seats = call.service.set_seats(&call.cx, call.account()?, license, call.body.limit).await?;
    let (seat, left) = (seats.get(license), seats.left(license));
    ok(&SeatLimit { license, limit: seat.map(|seat| seat.limit), used: seat.map(|seat| seat.used), left })
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only those who wait for this license.
    #[param(value_type = Option<String>)]
    license: Option<BaseLicense>,
}

impl Query for Wanted {
    const PAGED: bool = true;
}

/// Somebody who waits for a seat.
#[derive(Serialize, ToSchema)]
struct Waiting {
    /// The place in the list of the license, from 1.
    place: u64,
    #[schema(value_type = names::BaseLicense)]
    license: BaseLicense,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    user: User,
}

impl From<WaitingView> for Waiting {
    fn from(view: WaitingView) -> Self {
        let WaitingView { place, license, since, user } = view;
        Self { place, license, since, user: user.into() }
    }
}

/// Who waits for a seat, in the order in which they get one. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/waiting", params(("account", Path), Wanted, Paging),
    responses((status = 200, description = "A page of the waiting list", body = List<Waiting>)))]
async fn waiting(call: Call<Wanted>) -> Answer {
    let found = call.service.waiting(&call.cx, call.account()?, call.query.license, call.page.clone()).await?;
    call.list(found, Waiting::from)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Soon {
    /// Only those that end within so many days.
    #[param(minimum = 1, maximum = 30, default = 30)]
    days: Option<u32>,
}

impl Query for Soon {
    const PAGED: bool = true;
}

/// A member on trial.
#[derive(Serialize, ToSchema)]
struct Trial {
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// What they have from then on.
    #[schema(value_type = names::BaseLicense)]
    then: BaseLicense,
    user: User,
}

impl From<TrialView> for Trial {
    fn from(view: TrialView) -> Self {
        let TrialView { until, then, user } = view;
        Self { until, then, user: user.into() }
    }
}

/// Whose trial ends soon, the first to end first. A page may be shorter than asked for and have another after it.
/// **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/trials", params(("account", Path), Soon, Paging),
    responses((status = 200, description = "A page of trials", body = List<Trial>)))]
async fn trials(call: Call<Soon>) -> Answer {
    let days = call.query.days.unwrap_or(LONGEST_TRIAL);
    let found = call.service.trials(&call.cx, call.account()?, days, call.page.clone()).await?;
    call.list(found, Trial::from)
}
