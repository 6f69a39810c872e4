//! `carillon audit`: the trail, with names for people and complete for programs.

mod change;
mod names;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use service::PageRequest;
use store::{AuditEntry, AuditFilter};
use uuid::Uuid;

use super::{Host, user::moment};
use crate::failure::Failure;
use crate::output::Done;
use names::Names;

/// How many records are read at once.
const PAGE: u64 = 500;

/// What was changed, when, by whom, and why. The newest comes last.
#[derive(Debug, Args)]
pub struct Audit {
    /// Only in this account: its id or name
    #[arg(long)]
    account: Option<String>,
    /// Only about this person: an id or address
    #[arg(long)]
    user: Option<String>,
    /// Only by this person: an id or address
    #[arg(long)]
    by: Option<String>,
    /// Only this verb, such as user.suspend
    #[arg(long)]
    action: Option<String>,
    /// Only what was refused
    #[arg(long)]
    refused: bool,
    /// Only since: a date, or a moment such as 2027-01-31T12:00:00Z
    #[arg(long, value_parser = moment)]
    since: Option<Timestamp>,
    /// Only before: a date, or a moment
    #[arg(long, value_parser = moment)]
    until: Option<Timestamp>,
    /// The newest so many
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// A record as programs get it.
#[derive(Debug, Serialize)]
struct Shown {
    seq: i64,
    at: Timestamp,
    door: String,
    request: Uuid,
    actor: Actor,
    action: String,
    account: Option<access::AccountId>,
    subject: Option<Uuid>,
    /// The refusal's code; nothing when it was done.
    refusal: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
    why: Option<String>,
    personal: Option<Value>,
}

/// Who did it.
#[derive(Debug, Serialize)]
struct Actor {
    kind: String,
    id: Option<Uuid>,
    personal: Option<Value>,
}

impl From<AuditEntry> for Shown {
    fn from(entry: AuditEntry) -> Self {
        Self {
            seq: entry.seq,
            at: entry.at,
            door: entry.door,
            request: entry.request,
            actor: Actor { kind: entry.actor_kind, id: entry.actor, personal: entry.actor_personal },
            action: entry.action,
            account: entry.account,
            subject: entry.subject,
            refusal: entry.refusal,
            before: entry.before,
            after: entry.after,
            why: entry.why,
            personal: entry.personal,
        }
    }
}

/// Reads it.
pub async fn run(host: &mut Host, asked: Audit) -> Done {
    let mut records = newest(host, &asked).await?;
    records.reverse();
    if host.output.is_json() {
        let shown: Vec<Shown> = records.into_iter().map(Shown::from).collect();
        return host.output.json_lines(&shown);
    }
    let mut names = Names::default();
    let mut rows = Vec::with_capacity(records.len());
    for record in records {
        rows.push(cells(host, &mut names, record).await);
    }
    host.output.list(&rows, &["SEQ", "AT (UTC)", "WHO", "DID", "TO", "WHAT CHANGED"], Vec::clone)
}

/// The newest records that were asked for, the newest first.
async fn newest(host: &Host, asked: &Audit) -> Result<Vec<AuditEntry>, Failure> {
    let over = host.over(asked.account.as_deref()).await?;
    let (mut subject, mut actor) = (None, None);
    for (text, id) in [(&asked.user, &mut subject), (&asked.by, &mut actor)] {
        if let Some(text) = text {
            *id = Some(host.person(text).await?.id.0);
        }
    }
    let filter = AuditFilter {
        subject,
        actor,
        action: asked.action.clone(),
        refused: asked.refused,
        since: asked.since,
        until: asked.until,
        newest_first: true,
    };
    let (mut records, mut after) = (Vec::new(), None);
    loop {
        let limit = PAGE.min((asked.limit - records.len()) as u64);
        let page = host.service.audit(&host.cx, over, &filter, PageRequest { after, limit }).await?;
        records.extend(page.items);
        after = page.next;
        if after.is_none() || records.len() >= asked.limit {
            return Ok(records);
        }
    }
}

async fn cells(host: &Host, names: &mut Names, record: AuditEntry) -> Vec<String> {
    let who = match record.actor {
        Some(id) => names.of(host, id, None).await,
        None => record.actor_kind.clone(),
    };
    let whom = match record.subject.filter(|id| !id.is_nil()) {
        Some(id) => names.of(host, id, record.personal.as_ref()).await,
        None => String::new(),
    };
    let what = match &record.refusal {
        Some(code) => format!("refused: {code}"),
        None => names.within(host, &change::text(&record)).await,
    };
    let why = record.why.as_ref().map_or(String::new(), |why| format!(" ({why})"));
    vec![
        record.seq.to_string(),
        super::views::time(Some(record.at)),
        format!("{who} by {}", record.door),
        record.action,
        whom,
        format!("{what}{why}"),
    ]
}
