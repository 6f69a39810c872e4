//! `/accounts/{account}/report`: license-days of a month (rule 26).

use access::authority::Action;
use access::report::{BadMonth, Month};
use access::{AccountId, Refusal, UserId};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use futures::{StreamExt, stream};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::report::{Report, ReportRow, ReportTotals, csv_head, csv_rows};
use service::{Error, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::answer::{Answer, List, ok};
use super::call::{Call, Paging, Query};
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(totals, people, csv))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let may = Performs::Administration(Action::ViewUsers);
    Routes::new()
        .get("/api/v1/accounts/{account}/report", may, totals)
        .get("/api/v1/accounts/{account}/report/users", may, people)
        .get("/api/v1/accounts/{account}/report/users.csv", may, csv)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Of {
    /// The month, such as `2026-11`; without it, this one up to now.
    month: Option<String>,
}

impl Query for Of {}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageOf {
    /// The month, such as `2026-11`; without it, this one up to now.
    month: Option<String>,
}

impl Query for PageOf {
    const PAGED: bool = true;
}

fn month<Q, B>(call: &Call<Q, B>, text: Option<&String>) -> Result<Month, Refusal> {
    let bad = |error: BadMonth| Refusal::Invalid { member: "month", why: error.to_string() };
    text.map_or(Ok(Month::of(call.cx.at)), |text| text.parse().map_err(bad))
}

/// Days by license: each day of UTC on which somebody was a member stands in one of the columns.
#[derive(Serialize, ToSchema)]
struct Days {
    /// `Pro` was held.
    pro: u64,
    /// `Plus` was the highest license.
    plus: u64,
    /// `Basic` was the highest license.
    basic: u64,
    /// A trial ran, and no license counted beside it.
    pro_trial: u64,
    /// Suspended all day.
    suspended: u64,
}

/// An account's month.
#[derive(Serialize, ToSchema)]
struct Totals {
    #[schema(value_type = Uuid)]
    account: AccountId,
    name: String,
    month: String,
    /// Up to when: the end of the month, or now.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
    /// People who were members at some moment of it.
    people: u64,
    /// Those of them who joined in it.
    joined: u64,
    /// Those who left in it.
    left: u64,
    /// Those who were suspended in it.
    suspended: u64,
    days: Days,
}

impl From<ReportTotals> for Totals {
    fn from(of: ReportTotals) -> Self {
        let ReportTotals { month, account, name, until, people, joined, left, suspended, .. } = of;
        let (pro, plus, basic) = (of.pro_days, of.plus_days, of.basic_days);
        let days = Days { pro, plus, basic, pro_trial: of.pro_trial_days, suspended: of.suspended_days };
        Self { account, name, month, until, people, joined, left, suspended, days }
    }
}

/// Somebody's month. Of joining, leaving and being suspended the last in the month is told.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonReport)]
struct Person {
    #[schema(value_type = Uuid)]
    user: UserId,
    /// The address as typed; `null` for who is no member any more.
    address: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    joined: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    left: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    suspended: Option<Timestamp>,
    days: Days,
}

impl From<ReportRow> for Person {
    fn from(row: ReportRow) -> Self {
        let ReportRow { user, address, joined, left, suspended, .. } = row;
        let (pro, plus, basic) = (row.pro_days, row.plus_days, row.basic_days);
        let days = Days { pro, plus, basic, pro_trial: row.pro_trial_days, suspended: row.suspended_days };
        Self { user, address, joined, left, suspended, days }
    }
}

/// License-days of an account's month. Reads the history of all its members. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/report", params(("account", Path), Of),
    responses((status = 200, description = "The sums of the month", body = Totals)))]
async fn totals(call: Call<Of>) -> Answer {
    ok(&Totals::from(begun(&call).await?.totals().await?))
}

/// The same, person by person, in the order of their ids. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/report/users", params(("account", Path), PageOf, Paging),
    responses((status = 200, description = "A page of people", body = List<Person>)))]
async fn people(call: Call<PageOf>) -> Answer {
    let month = month(&call, call.query.month.as_ref())?;
    let found = call.service.report_page(&call.cx, call.account()?, month, call.page.clone()).await?;
    call.list(found, Person::from)
}

/// Everybody, as CSV (RFC 4180). A file that ends without an error is complete. **Permission**: any role over the
/// account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/report/users.csv", params(("account", Path), Of),
    responses((status = 200, description = "A line for each person", body = String, content_type = "text/csv")))]
async fn csv(call: Call<Of>) -> Answer {
    let report = begun(&call).await?;
    let (service, cx) = (call.service.clone(), call.cx.clone());
    let lines = stream::try_unfold(report, move |mut report| {
        let (service, cx) = (service.clone(), cx.clone());
        async move {
            let Some(rows) = report.next().await? else { return Ok(None) };
            // What is read later is served only to who may still look (rule 22).
            if !service.stands(&cx).await? {
                return Err(Refusal::NotPermitted { action: Action::ViewUsers }.into());
            }
            Ok::<_, Error>(Some((csv_rows(&rows)?, report)))
        }
    });
    let body = Body::from_stream(stream::iter([csv_head()]).chain(lines));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, body).into_response())
}

async fn begun(call: &Call<Of>) -> Result<Report, super::error::Problem> {
    let month = month(call, call.query.month.as_ref())?;
    Ok(call.service.report(&call.cx, call.account()?, month, None).await?)
}
