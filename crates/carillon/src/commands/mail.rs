//! `carillon mail`: the mails that are kept here because none are sent out.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use service::MailView;

use super::Host;
use crate::failure::Failure;
use crate::output::Done;

/// How many are listed.
const LIMIT: usize = 50;

/// Mails.
#[derive(Debug, Args)]
pub struct Mail {
    #[command(subcommand)]
    what: Option<What>,
}

/// Which.
#[derive(Debug, Subcommand)]
enum What {
    /// List mails, newest first
    List {
        /// At most so many
        #[arg(long, default_value_t = LIMIT)]
        limit: usize,
    },
    /// Show one mail, with its link
    Show {
        /// Its number in the list
        number: i64,
    },
}

/// A mail as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    number: i64,
    at: Timestamp,
    kind: String,
    to: String,
    subject: String,
    text: String,
}

impl From<MailView> for Shown {
    fn from(view: MailView) -> Self {
        let MailView { id, at, kind, mail, .. } = view;
        Self { number: id, at, kind, to: mail.to, subject: mail.subject, text: mail.text }
    }
}

/// Does it.
pub async fn run(host: &mut Host, command: Mail) -> Done {
    match command.what.unwrap_or(What::List { limit: LIMIT }) {
        What::List { limit } => {
            let (mails, more) = host.mails(limit).await?;
            let shown: Vec<Shown> = mails.into_iter().map(Shown::from).collect();
            host.output.list(&shown, &["NUMBER", "AT", "TO", "SUBJECT"], |mail| {
                vec![mail.number.to_string(), mail.at.to_string(), mail.to.clone(), mail.subject.clone()]
            })?;
            host.more(more);
            Ok(())
        }
        What::Show { number } => {
            let missing = |error| match error {
                service::Error::Refused(refusal) => Failure::not_found(refusal.to_string()),
                other => other.into(),
            };
            let shown = Shown::from(host.service.show_mail(&host.cx, number).await.map_err(missing)?);
            if host.output.is_json() {
                return host.output.one(&shown, &[]);
            }
            host.output
                .text(&format!("To: {}\nSubject: {}\nDate: {}\n\n{}", shown.to, shown.subject, shown.at, shown.text))
        }
    }
}
