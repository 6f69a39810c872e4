//! What is about runs.

use access::UserId;
use access::directory::{Agreed, Counts};
use serde::Serialize;
use service::directory::{DirectoryLine, DirectoryRun, LoggedLine};
use uuid::Uuid;

use super::views::agreeing;
use super::{Directory, OneRun};
use crate::commands::Host;
use crate::commands::host::collect;
use crate::commands::views::time;
use crate::output::Done;

/// Does it.
pub(super) async fn run(host: &mut Host, command: Directory) -> Done {
    match command {
        Directory::Runs { account, limit } => list(host, &account, limit).await,
        Directory::Log { run, limit } => log(host, &run, limit).await,
        Directory::Run(OneRun { account, number }) => {
            let account = host.account(&account).await?;
            let run = host.service.directory_run(&host.cx, account, number).await?;
            one(host, run)
        }
        Directory::Cancel(OneRun { account, number }) => {
            let account = host.account(&account).await?;
            let run = host.service.cancel_directory_run(&host.cx, account, number).await?;
            one(host, run)
        }
        Directory::Confirm { run: OneRun { account, number }, agreed } => {
            let account = host.account(&account).await?;
            let run = host.service.confirm_directory_run(&host.cx, account, number, agreed.into()).await?;
            one(host, run)
        }
        _ => Ok(()),
    }
}

/// A run as it is shown.
#[derive(Serialize)]
struct ShownRun {
    number: i64,
    kind: &'static str,
    state: &'static str,
    started: jiff::Timestamp,
    ended: Option<jiff::Timestamp>,
    counts: Counts,
    question: Option<Agreed>,
    agreed: Option<Agreed>,
    applied: u64,
    refused: u64,
    drift: u64,
    error: Option<String>,
}

impl From<DirectoryRun> for ShownRun {
    fn from(run: DirectoryRun) -> Self {
        Self {
            number: run.number,
            kind: run.kind.name(),
            state: run.state.name(),
            started: run.started,
            ended: run.ended,
            counts: run.counts,
            question: run.question,
            agreed: run.agreed,
            applied: run.applied,
            refused: run.refused,
            drift: run.drift,
            error: run.error,
        }
    }
}

fn one(host: &mut Host, run: DirectoryRun) -> Done {
    let run = ShownRun::from(run);
    let number = |number: u64| Some(number.to_string());
    let Counts { join, unlock, license, lock_out, remove, other, conflicts, .. } = run.counts;
    host.output.one(
        &run,
        &[
            ("number", Some(run.number.to_string())),
            ("kind", Some(run.kind.to_owned())),
            ("state", Some(run.state.to_owned())),
            ("began", Some(time(Some(run.started)))),
            ("ended", run.ended.map(|at| time(Some(at)))),
            ("to join", number(join)),
            ("to be let in again", number(unlock)),
            ("to get another license", number(license)),
            ("to be locked out", number(lock_out)),
            ("to be removed", number(remove)),
            ("to change otherwise", number(other)),
            ("cannot be taken over", number(conflicts)),
            ("applied", number(run.applied)),
            ("refused", number(run.refused)),
            ("drift", number(run.drift).filter(|_| run.drift > 0)),
            ("to agree to it", run.question.as_ref().filter(|_| run.state == "asking").map(agreeing)),
            ("why", run.error.clone()),
        ],
    )
}

async fn list(host: &mut Host, account: &str, limit: usize) -> Done {
    let account = host.account(account).await?;
    let (found, more) =
        collect(limit, async |page| host.service.list_directory_runs(&host.cx, account, page).await).await?;
    let runs: Vec<ShownRun> = found.into_iter().map(ShownRun::from).collect();
    host.output.list(&runs, &["RUN", "KIND", "STATE", "BEGAN", "APPLIED", "REFUSED"], |run| {
        let (began, number) = (time(Some(run.started)), run.number.to_string());
        let (kind, state) = (run.kind.to_owned(), run.state.to_owned());
        vec![number, kind, state, began, run.applied.to_string(), run.refused.to_string()]
    })?;
    host.more(more);
    Ok(())
}

/// A line of a log.
#[derive(Serialize)]
struct Line {
    serial: i64,
    outcome: String,
    code: Option<String>,
    user: Option<UserId>,
    /// Their address now; nothing for who is no member any more.
    address: Option<String>,
    entry: Uuid,
}

async fn log(host: &mut Host, OneRun { account, number }: &OneRun, limit: usize) -> Done {
    let account = host.account(account).await?;
    let (found, more) =
        collect(limit, async |page| host.service.directory_log(&host.cx, account, *number, page).await).await?;
    let line = |LoggedLine { line: DirectoryLine { serial, entry, user, outcome, code }, address }| Line {
        serial,
        outcome,
        code,
        user,
        address,
        entry,
    };
    let lines: Vec<Line> = found.into_iter().map(line).collect();
    host.output.list(&lines, &["OUTCOME", "WHY", "USER", "ENTRY"], |line| {
        let user = line.user.map(|user| user.to_string());
        let user = line.address.clone().or(user).unwrap_or_default();
        vec![line.outcome.clone(), line.code.clone().unwrap_or_default(), user, line.entry.to_string()]
    })?;
    host.more(more);
    Ok(())
}
