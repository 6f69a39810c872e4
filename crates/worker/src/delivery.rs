//! Delivery (rule 65). A lane takes one mail at a time under a lease, sends it outside of any transaction, and reports.
//! At least once: who dies between sending and reporting leaves a mail that is sent again, under the same message id.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use service::{Error, Letter, Service, Undelivered};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::back_off::BackOff;

/// How often a lane looks for mails that another process made, or whose time has come.
const LOOK: Duration = Duration::from_secs(5);
/// How long a lane has a mail without reporting. Longer than [`SEND`].
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// The most that sending one mail may take in all.
const SEND: Duration = Duration::from_mins(4);
/// Between tries of a mail.
const WAITS: BackOff = BackOff { first: SignedDuration::from_secs(30), longest: SignedDuration::from_hours(6) };

/// Something that hands mails on.
pub trait Mailer: Send + Sync {
    /// Hands one on. Once it answers that it did, the mail is somebody else's.
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<(), Refused>>;

    /// How many are sent at a time.
    fn lanes(&self) -> usize;

    /// How often a mail is tried before it is given up.
    fn attempts(&self) -> u32;

    /// Nothing more is sent for now.
    fn rest(&self) -> BoxFuture<'_, ()>;
}

/// Why a mail was not handed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// In words that hold nothing personal and no secret.
    pub reason: String,
    /// Who it is about.
    pub about: About,
}

/// What a failure tells of further tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The mail, for good: no such mailbox, too large, taken for spam.
    MailForGood,
    /// The mail, for now: mailbox full, greylisted.
    MailForNow,
    /// The mail server, whatever the mail: out of reach, wrong password. Other mails would fare no better now.
    Server,
}

/// Delivers until told to stop.
pub(crate) async fn keep(service: Service, mailer: Arc<dyn Mailer>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let wait = match AssertUnwindSafe(deliver_one(&service, &*mailer)).catch_unwind().await {
            Ok(Ok(Delivery::Sent)) => {
                // There may be more than one lane has hands for.
                service.tell_of_mail();
                continue;
            }
            Ok(Ok(Delivery::Nothing)) => {
                mailer.rest().await;
                true
            }
            Ok(Ok(Delivery::ServerFailed)) => false,
            Ok(Err(error)) => {
                tracing::warn!(%error, "mails could not be taken from the outbox; it is tried again");
                false
            }
            Err(_) => {
                tracing::error!("delivering a mail panicked; it is tried again when its lease ends");
                false
            }
        };
        tokio::select! {
            () = sleep(LOOK) => {}
            () = service.mail_made(), if wait => {}
            _ = stop.changed() => {}
        }
    }
    mailer.rest().await;
}

/// What came of looking for a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// There was none.
    Nothing,
    /// One was sent, or failed by its own fault.
    Sent,
    /// The mail server failed.
    ServerFailed,
}

/// Takes one mail that is due, if there is one, sends it and reports.
pub async fn deliver_one(service: &Service, mailer: &dyn Mailer) -> Result<Delivery, Error> {
    let Some(letter) = service.take_mails(1, LEASE).await?.pop() else { return Ok(Delivery::Nothing) };
    let (mail, kind, attempt) = (letter.lease.id, letter.kind.as_str(), letter.lease.tries);
    let sent = match &letter.rendered {
        Err(why) => Err(Refused { reason: (*why).to_owned(), about: About::MailForGood }),
        Ok(_) => timeout(SEND, mailer.send(&letter)).await.unwrap_or_else(|_| {
            Err(Refused { reason: "the mail server took too long".to_owned(), about: About::Server })
        }),
    };
    let Err(Refused { reason, about }) = sent else {
        let ours = service.mail_delivered(letter.lease).await?;
        tracing::info!(mail, kind, attempt, twice = !ours, "a mail was delivered");
        return Ok(Delivery::Sent);
    };
    let last = attempt >= i64::from(mailer.attempts());
    let again = (about != About::MailForGood && !last).then(|| WAITS.after(attempt, service.random().bytes()));
    tracing::warn!(mail, kind, attempt, reason, given_up = again.is_none(), "a mail was not delivered");
    service.mail_failed(letter.lease, Undelivered { reason, again }).await?;
    Ok(if about == About::Server { Delivery::ServerFailed } else { Delivery::Sent })
}

/// Without a mail server: what was made is kept here.
pub(crate) async fn keep_here(service: Service, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = service.keep_mails().await {
            tracing::warn!(%error, "mails could not be put aside; it is tried again");
        }
        tokio::select! {
            () = sleep(LOOK) => {}
            () = service.mail_made() => {}
            _ = stop.changed() => {}
        }
    }
}
