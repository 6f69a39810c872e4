//! `/outbox`: what is to be delivered, and where it stands. Nothing of it is read here: `/mails` does that.

use access::Refusal;
use access::authority::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{OutboxEntry, OutboxFilter, OutboxState, Outcomes, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, ok};
use super::call::{Call, Paging, Query};
use super::error::Problem;
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(list, deliveries, show, retry, discard))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let of_application = Performs::Administration(Action::ManageApplications);
    Routes::new()
        .get("/api/v1/applications/{application}/deliveries", of_application, deliveries)
        .get("/api/v1/outbox", Performs::Administration(Action::ViewOutbox), list)
        .get("/api/v1/outbox/{mail}", Performs::Administration(Action::ViewOutbox), show)
        .post("/api/v1/outbox/{mail}/retry", Performs::Administration(Action::ManageOutbox), retry)
        .post("/api/v1/outbox/{mail}/discard", Performs::Administration(Action::ManageOutbox), discard)
}

/// A row of the outbox. Nothing personal is in it.
#[derive(Serialize, ToSchema)]
struct Outgoing {
    /// Grows with each.
    id: i64,
    /// Who gets it: `mail`, or the id of an application.
    receiver: String,
    /// `invitation`, `registration` and so on.
    kind: String,
    /// The user, invitation or registration it concerns.
    person: Uuid,
    account: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(value_type = names::OutboxState)]
    state: &'static str,
    /// How often its delivery was begun.
    attempts: i64,
    /// While it waits: when it is tried next.
    #[schema(value_type = Option<String>, format = DateTime)]
    next: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered: Option<Timestamp>,
    /// What came of the last try, unless it was delivered.
    error: Option<String>,
}

impl From<OutboxEntry> for Outgoing {
    fn from(entry: OutboxEntry) -> Self {
        Self {
            next: (entry.state == OutboxState::Waiting).then_some(entry.due),
            id: entry.id,
            receiver: entry.receiver,
            kind: entry.kind,
            person: entry.person,
            account: entry.account.map(|account| account.0),
            at: entry.at,
            state: entry.state.name(),
            attempts: entry.attempts,
            delivered: entry.delivered,
            error: entry.error,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only what is in this state.
    #[param(value_type = Option<names::OutboxState>)]
    state: Option<String>,
    /// Only what goes there: `mail`, or the id of an application.
    receiver: Option<String>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// The outbox, the newest first. **Permission**: any role over the deployment.
#[utoipa::path(get, path = "/api/v1/outbox", params(Filter, Paging),
    responses((status = 200, description = "A page of the outbox", body = List<Outgoing>)))]
async fn list(call: Call<Filter>) -> Answer {
    let state = call.query.state.as_deref().map(state).transpose()?;
    let filter = OutboxFilter { state, receiver: call.query.receiver.clone() };
    let found = call.service.list_outbox(&call.cx, &filter, call.page.clone()).await?;
    call.list(found, Outgoing::from)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfApplication {
    /// Only what is in this state.
    #[param(value_type = Option<names::OutboxState>)]
    state: Option<String>,
}

impl Query for OfApplication {
    const PAGED: bool = true;
}

/// What is to be told to an application, or was, the newest first. **Permission**: FullAccess over its owner.
#[utoipa::path(get, path = "/api/v1/applications/{application}/deliveries",
    params(("application", Path), OfApplication, Paging),
    responses((status = 200, description = "A page of its notices", body = List<Outgoing>)))]
async fn deliveries(call: Call<OfApplication>) -> Answer {
    let state = call.query.state.as_deref().map(state).transpose()?;
    let application = call.application()?;
    let found = call.service.list_deliveries(&call.cx, application, state, call.page.clone()).await?;
    call.list(found, Outgoing::from)
}

fn state(name: &str) -> Result<OutboxState, Problem> {
    let why = "give waiting, delivered, dead or kept".to_owned();
    Ok(OutboxState::named(name).ok_or(Refusal::Invalid { member: "state", why })?)
}

/// One row of the outbox. **Permission**: any role over the deployment.
#[utoipa::path(get, path = "/api/v1/outbox/{mail}", params(("mail", Path)),
    responses((status = 200, description = "The row", body = Outgoing)))]
async fn show(call: Call) -> Answer {
    let entry = call.service.show_outbox(&call.cx, number(call.param("mail"))).await?;
    ok(&Outgoing::from(entry))
}

/// Sends it now: what waits, was given up, or is kept. **Permission**: FullAccess over the deployment.
#[utoipa::path(post, path = "/api/v1/outbox/{mail}/retry", params(("mail", Path)),
    responses((status = 200, description = "The row, which waits", body = Outgoing)))]
async fn retry(call: Call) -> Answer {
    one(call.service.retry_mails(&call.cx, vec![number(call.param("mail"))]).await)
}

/// Gives it up: what waits or is kept. **Permission**: FullAccess over the deployment.
#[utoipa::path(post, path = "/api/v1/outbox/{mail}/discard", params(("mail", Path)),
    responses((status = 200, description = "The row, which is dead", body = Outgoing)))]
async fn discard(call: Call) -> Answer {
    one(call.service.discard_mails(&call.cx, vec![number(call.param("mail"))]).await)
}

fn one(outcomes: Outcomes<OutboxEntry>) -> Answer {
    let outcome = outcomes?.into_iter().next();
    let entry = outcome.ok_or_else(|| service::Error::Internal("one mail, one answer".to_owned()))??;
    ok(&Outgoing::from(entry))
}

/// A number that cannot be read is nobody's, as zero is.
fn number(text: &str) -> i64 {
    text.parse().unwrap_or_default()
}
