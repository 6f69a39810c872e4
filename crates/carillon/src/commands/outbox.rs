//! `carillon outbox`: what is to be delivered, and where it stands. Nothing of it is read here: see `carillon mail`.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use serde::Serialize;
use service::{OutboxEntry, OutboxState};

use super::Host;
use super::views::Answer;
use crate::output::Done;

/// How many are listed.
const LIMIT: usize = 50;
/// How many are changed in one transaction.
const BATCH: usize = 200;

/// The outbox.
#[derive(Debug, Args)]
pub struct Outbox {
    #[command(subcommand)]
    what: Option<What>,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum What {
    /// List what is in the outbox, newest first
    List {
        /// Only what is in this state
        #[arg(long, value_enum)]
        state: Option<State>,
        /// At most so many
        #[arg(long, default_value_t = LIMIT)]
        limit: usize,
    },
    /// Show one, with what came of the last try
    Show {
        /// Its number in the list
        number: i64,
    },
    /// Send now what waits, was given up, or is kept
    Retry(Which),
    /// Give up what waits or is kept
    Discard {
        /// Their numbers in the list
        #[arg(required = true, value_name = "NUMBER")]
        numbers: Vec<i64>,
    },
}

/// Which ones.
#[derive(Debug, Args)]
struct Which {
    /// Their numbers in the list
    #[arg(required_unless_present = "all_dead", value_name = "NUMBER")]
    numbers: Vec<i64>,
    /// All that were given up
    #[arg(long, conflicts_with = "numbers")]
    all_dead: bool,
}

/// Where something stands.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum State {
    Waiting,
    Delivered,
    Dead,
    Kept,
}

impl From<State> for OutboxState {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Delivered => Self::Delivered,
            State::Dead => Self::Dead,
            State::Kept => Self::Kept,
        }
    }
}

/// A row as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    number: i64,
    receiver: String,
    kind: String,
    person: String,
    account: Option<String>,
    at: Timestamp,
    state: &'static str,
    attempts: i64,
    next: Option<Timestamp>,
    delivered: Option<Timestamp>,
    error: Option<String>,
}

impl From<OutboxEntry> for Shown {
    fn from(entry: OutboxEntry) -> Self {
        Self {
            number: entry.id,
            receiver: entry.receiver,
            kind: entry.kind,
            person: entry.person.to_string(),
            account: entry.account.map(|account| account.to_string()),
            at: entry.at,
            state: entry.state.name(),
            attempts: entry.attempts,
            next: (entry.state == OutboxState::Waiting).then_some(entry.due),
            delivered: entry.delivered,
            error: entry.error,
        }
    }
}

impl Shown {
    const HEADINGS: &[&str] = &["NUMBER", "AT", "RECEIVER", "KIND", "STATE", "TRIES", "NEXT", "LAST ERROR"];

    fn cells(&self) -> Vec<String> {
        let next = self.next.map(|next| next.to_string()).unwrap_or_default();
        let error = self.error.clone().unwrap_or_default();
        vec![
            self.number.to_string(),
            self.at.to_string(),
            self.receiver.clone(),
            self.kind.clone(),
            self.state.to_owned(),
            self.attempts.to_string(),
            next,
            error,
        ]
    }

    fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("number", Some(self.number.to_string())),
            ("receiver", Some(self.receiver.clone())),
            ("kind", Some(self.kind.clone())),
            ("person", Some(self.person.clone())),
            ("account", self.account.clone()),
            ("at", Some(self.at.to_string())),
            ("state", Some(self.state.to_owned())),
            ("tries", Some(self.attempts.to_string())),
            ("next try", self.next.map(|next| next.to_string())),
            ("delivered", self.delivered.map(|at| at.to_string())),
            ("last error", self.error.clone()),
        ]
    }
}

/// Does it.
pub async fn run(host: &mut Host, command: Outbox) -> Done {
    match command.what.unwrap_or(What::List { state: None, limit: LIMIT }) {
        What::List { state, limit } => {
            let (entries, more) = host.outbox(state.map(Into::into), limit).await?;
            let shown: Vec<Shown> = entries.into_iter().map(Shown::from).collect();
            host.output.list(&shown, Shown::HEADINGS, Shown::cells)?;
            host.more(more);
            Ok(())
        }
        What::Show { number } => {
            let shown = Shown::from(host.service.show_outbox(&host.cx, number).await?);
            host.output.one(&shown, &shown.facts())
        }
        What::Retry(which) => {
            let numbers = if which.all_dead { dead(host).await? } else { which.numbers };
            change(host, numbers, async |host, batch| host.service.retry_mails(&host.cx, batch).await).await
        }
        What::Discard { numbers } => {
            change(host, numbers, async |host, batch| host.service.discard_mails(&host.cx, batch).await).await
        }
    }
}

async fn dead(host: &Host) -> Result<Vec<i64>, crate::failure::Failure> {
    let (dead, _) = host.outbox(Some(OutboxState::Dead), usize::MAX).await?;
    Ok(dead.into_iter().map(|entry| entry.id).rev().collect())
}

async fn change(
    host: &mut Host,
    numbers: Vec<i64>,
    verb: impl AsyncFn(&Host, Vec<i64>) -> service::Outcomes<OutboxEntry>,
) -> Done {
    let mut answers = Vec::with_capacity(numbers.len());
    for batch in numbers.chunks(BATCH) {
        let outcomes = verb(host, batch.to_vec()).await?;
        answers.extend(batch.iter().zip(outcomes).map(|(number, outcome)| {
            Answer::new(&number.to_string(), outcome.map(|entry| entry.state.name().to_owned()))
        }));
    }
    host.output_answers(&answers)
}
