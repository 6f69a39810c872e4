//! `carillon mail`: mails as they are read, a try of the mail server, and mails that came back.

use std::io::Read;

use access::Email;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use service::MailView;
use worker::Mailer;
use worker::smtp::{Step, Trouble};

use super::Host;
use crate::failure::Failure;
use crate::mailer::mailer;
use crate::output::Done;
use crate::settings::Settings;

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
    /// Send a mail now, to see whether the settings of the mail server are right
    Test {
        /// Where to
        #[arg(long, value_name = "ADDRESS")]
        to: String,
    },
    /// Read a mail that came back from standard input; for the mail server to call, see docs/mail.md
    Bounce,
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
    html: String,
}

impl From<MailView> for Shown {
    fn from(view: MailView) -> Self {
        let MailView { id, at, kind, mail, .. } = view;
        Self { number: id, at, kind, to: mail.to, subject: mail.subject, text: mail.text, html: mail.html }
    }
}

/// Does it.
pub async fn run(host: &mut Host, settings: &Settings, command: Mail) -> Done {
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
            let shown = Shown::from(host.service.show_mail(&host.cx, number).await?);
            if host.output.is_json() {
                return host.output.one(&shown, &[]);
            }
            host.output
                .text(&format!("To: {}\nSubject: {}\nDate: {}\n\n{}", shown.to, shown.subject, shown.at, shown.text))
        }
        What::Test { to } => test(host, settings, &to).await,
        What::Bounce => bounce(host).await,
    }
}

/// The longest report that is read: mail servers return the head of a mail, or a short mail.
const REPORT: u64 = 1 << 20;

/// Tries the mail server, in the words of whoever must set it right.
async fn test(host: &mut Host, settings: &Settings, to: &str) -> Done {
    let to = Email::parse(to)?;
    let Some(smtp) = mailer(settings, &host.service.settings().base_url)? else {
        return Err(Failure::usage("no mail server is set: set smtp.host and smtp.from (docs/mail.md)"));
    };
    let letter = host.service.test_letter(&to)?;
    let handed = smtp.hand_over(&letter).await;
    smtp.rest().await;
    handed.map_err(|trouble| failed(&trouble))?;
    let server = settings.smtp.host.clone().unwrap_or_default();
    host.said(&format!("{server} took the mail to {to}; look whether it arrives", to = to.as_typed()))
}

fn failed(trouble: &Trouble) -> Failure {
    let hint = match trouble.step {
        Step::Connect => "look at smtp.host, smtp.port, smtp.tls and smtp.ca_file",
        Step::Login => "look at smtp.user and smtp.password",
        Step::Sender => "look at smtp.from and smtp.bounces, and at whom smtp.user may send as",
        Step::Receiver => "look at the address, and at whom the mail server relays for",
        Step::Content => "look at the mail server's log",
    };
    Failure::unavailable(format!("{} [{}]; {hint}", trouble.reason, trouble.words))
}

/// Takes a report from a mail server. Mails that are no reports, or not of our mails, are nobody's fault.
async fn bounce(host: &mut Host) -> Done {
    let mut report = Vec::new();
    std::io::stdin().lock().take(REPORT).read_to_end(&mut report)?;
    let report = String::from_utf8_lossy(&report);
    match host.service.mail_bounced(&host.cx, &report).await? {
        Some(mail) => host.said(&format!("mail {} came back: {}", mail.id, mail.error.unwrap_or_default())),
        None => host.said("this is no report that a mail of ours came back; nothing was done"),
    }
}
