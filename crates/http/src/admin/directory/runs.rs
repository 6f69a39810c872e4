//! `/accounts/{account}/directory/runs`.

use access::authority::Action;
use access::directory::Agreed as Numbers;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::Service;
use service::directory::{DirectoryLine, DirectoryRun, LoggedLine};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::answer::{Answer, List, nothing, ok};
use super::super::call::{Call, Nothing, Paging, Query};
use super::super::names;
use super::shapes::{Agreed, Counts};
use crate::route::{Performs, Routes};

pub(super) fn routes() -> Routes<Service> {
    let manage = Performs::Administration(Action::ManageDirectory);
    let view = Performs::Administration(Action::ViewAccount);
    Routes::new()
        .post("/api/v1/accounts/{account}/directory/runs", manage, start)
        .get("/api/v1/accounts/{account}/directory/runs", view, list)
        .get("/api/v1/accounts/{account}/directory/runs/{run}", view, show)
        .get("/api/v1/accounts/{account}/directory/runs/{run}/log", Performs::Administration(Action::ViewUsers), log)
        .post("/api/v1/accounts/{account}/directory/runs/{run}/cancel", manage, cancel)
        .post("/api/v1/accounts/{account}/directory/runs/{run}/confirm", manage, confirm)
}

/// A run of the account's directory.
#[derive(Serialize, ToSchema)]
struct Run {
    number: i64,
    #[schema(value_type = names::RunKind)]
    kind: &'static str,
    #[schema(value_type = names::RunState)]
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    started: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended: Option<Timestamp>,
    /// What it is to do.
    counts: Counts,
    /// What the brake asks (rule 85).
    question: Option<Agreed>,
    /// What was agreed to.
    agreed: Option<Agreed>,
    /// People it has applied so far.
    applied: u64,
    /// People of whom something was refused.
    refused: u64,
    /// People of whom the directory said something else than was followed: a defect to be reported.
    drift: u64,
    /// Why it failed.
    error: Option<String>,
}

impl From<DirectoryRun> for Run {
    fn from(run: DirectoryRun) -> Self {
        Self {
            number: run.number,
            kind: run.kind.name(),
            state: run.state.name(),
            started: run.started,
            ended: run.ended,
            counts: run.counts.into(),
            question: run.question.map(Agreed::from),
            agreed: run.agreed.map(Agreed::from),
            applied: run.applied,
            refused: run.refused,
            drift: run.drift,
            error: run.error,
        }
    }
}

/// What a run came to for one person.
#[derive(Serialize, ToSchema)]
struct LogLine {
    /// Its place in the log, from 1.
    serial: i64,
    /// The entry in the directory.
    entry: Uuid,
    user: Option<Uuid>,
    /// Their address now; `null` for who is no member of the account any more.
    address: Option<String>,
    #[schema(value_type = names::RunOutcome)]
    outcome: String,
    /// Why something was not done.
    code: Option<String>,
}

impl From<LoggedLine> for LogLine {
    fn from(LoggedLine { line, address }: LoggedLine) -> Self {
        let DirectoryLine { serial, entry, user, outcome, code } = line;
        Self { serial, entry, user: user.map(|user| user.0), address, outcome, code }
    }
}

/// A number that cannot be read is nobody's, as zero is.
fn number<Q, B>(call: &Call<Q, B>) -> i64 {
    call.param("run").parse().unwrap_or_default()
}

/// All of the directory is read and applied as soon as possible. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/directory/runs", params(("account", Path)),
    responses((status = 204, description = "It will be")))]
pub(super) async fn start(call: Call) -> Answer {
    call.service.sync_directory(&call.cx, call.account()?).await?;
    nothing()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pages {}

impl Query for Pages {
    const PAGED: bool = true;
}

/// The runs, the newest first; the last 200 are kept. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/directory/runs", params(("account", Path), Paging),
    responses((status = 200, description = "A page of runs", body = List<Run>)))]
pub(super) async fn list(call: Call<Pages>) -> Answer {
    let page = call.service.list_directory_runs(&call.cx, call.account()?, call.page.clone()).await?;
    call.list(page, Run::from)
}

/// One run. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/directory/runs/{run}", params(("account", Path), ("run", Path)),
    responses((status = 200, description = "The run", body = Run)))]
pub(super) async fn show(call: Call) -> Answer {
    ok(&Run::from(call.service.directory_run(&call.cx, call.account()?, number(&call)).await?))
}

/// What a run came to for single people; who only joined stands in the audit trail. **Permission**: any role over the
/// account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/directory/runs/{run}/log",
    params(("account", Path), ("run", Path), Paging),
    responses((status = 200, description = "A page of the log", body = List<LogLine>)))]
pub(super) async fn log(call: Call<Pages>) -> Answer {
    let page = call.service.directory_log(&call.cx, call.account()?, number(&call), call.page.clone()).await?;
    call.list(page, LogLine::from)
}

/// Stops a run; what was applied stays. Of one that asks, the answer is no. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/directory/runs/{run}/cancel",
    params(("account", Path), ("run", Path)), responses((status = 200, description = "The run", body = Run)))]
pub(super) async fn cancel(call: Call) -> Answer {
    ok(&Run::from(call.service.cancel_directory_run(&call.cx, call.account()?, number(&call)).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirmation {
    /// What was seen: the run's `question`.
    agreed: Agreed,
}

/// Agrees to what a run asks: a full run does it, as long as it changes no more. **Permission**: FullAccess over the
/// account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/directory/runs/{run}/confirm",
    params(("account", Path), ("run", Path)), request_body = Confirmation,
    responses((status = 200, description = "The run", body = Run)))]
pub(super) async fn confirm(call: Call<Nothing, Confirmation>) -> Answer {
    let agreed = Numbers::from(call.body.agreed.clone());
    ok(&Run::from(call.service.confirm_directory_run(&call.cx, call.account()?, number(&call), agreed).await?))
}
