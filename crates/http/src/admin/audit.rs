//! `/audit`: what was changed, when, by whom, and why (rules 24 and 25).

use access::authority::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{AuditEntry, AuditFilter, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List};
use super::call::{Call, Paging, Query, over};
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(list))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().get("/api/v1/audit", Performs::Administration(Action::ReadAudit), list)
}

/// One record.
#[derive(Serialize, ToSchema)]
struct Record {
    /// Grows with each record.
    seq: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `cli`, `admin`, `chime`, `authzen`, `pages` or `system`.
    door: String,
    /// The request's id.
    request: Uuid,
    actor: Actor,
    /// The verb, such as `user.suspend`.
    action: String,
    account: Option<Uuid>,
    /// The thing changed.
    subject: Option<Uuid>,
    /// The refusal's code; `null` when it was done.
    refusal: Option<String>,
    /// The changed facts as they were.
    before: Option<Value>,
    /// A merge patch to the facts after (RFC 7396).
    after: Option<Value>,
    /// The cause, when it is not the request itself.
    why: Option<String>,
    /// What is personal; `null` also when the person was erased.
    personal: Option<Value>,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
struct Actor {
    /// What sort of caller: `administrator`, `host` and so on.
    kind: String,
    id: Option<Uuid>,
    personal: Option<Value>,
}

impl From<AuditEntry> for Record {
    fn from(entry: AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at,
            door: entry.door,
            request: entry.request,
            actor: Actor { kind: entry.actor_kind, id: entry.actor, personal: entry.actor_personal },
            action: entry.action,
            account: entry.account.map(|account| account.0),
            subject: entry.subject,
            refusal: entry.refusal,
            before: entry.before,
            after: entry.after,
            why: entry.why,
            personal: entry.personal,
        }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only of this account; without it of the whole deployment.
    account: Option<String>,
    /// Only about this person or thing, by id.
    subject: Option<Uuid>,
    /// Only by this person or application, by id.
    actor: Option<Uuid>,
    /// Only this verb, such as `user.suspend`.
    action: Option<String>,
    /// Only what was refused.
    #[serde(default)]
    refused: bool,
    /// Only what happened then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Only what happened before.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// The oldest first; otherwise the newest.
    #[serde(default)]
    oldest_first: bool,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// The records of an account or of the deployment. **Permission**: any role there.
#[utoipa::path(get, path = "/api/v1/audit", params(Filter, Paging),
    responses((status = 200, description = "A page of records", body = List<Record>)))]
async fn list(call: Call<Filter>) -> Answer {
    let asked = &call.query;
    let filter = AuditFilter {
        subject: asked.subject,
        actor: asked.actor,
        action: asked.action.clone(),
        refused: asked.refused,
        since: asked.since,
        until: asked.until,
        newest_first: !asked.oldest_first,
    };
    let over = over(asked.account.as_deref())?;
    let found = call.service.audit(&call.cx, over, &filter, call.page.clone()).await?;
    call.list(found, Record::from)
}
