//! Delivering: a mail is taken under a lease, sent outside of any transaction, and reported. A node that dies in
//! between loses the lease by time, and the mail is sent again, under the same message id.

use access::invitation::InvitationState;
use access::{Email, change};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use store::{Claimed, Lease, OutboxEntry, OutboxState, Scope, TokenHash};

use super::{change_invitation, message_id};
use crate::letters::Rendered;
use crate::mail::{Addressed, Mail};
use crate::run::Outcome;
use crate::{Error, Progress, Service};

const VERB: &str = "invitation.undelivered";
/// How long a mail is kept that was delivered, given up or only kept: it holds an address.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Mails forgotten in one piece.
const MOST: u64 = 500;

/// A mail on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The right to deliver it.
    pub lease: Lease,
    /// What it is called, without angle brackets; the same each time it is sent (RFC 5322 section 3.6.4).
    pub message_id: String,
    /// When it was made.
    pub at: Timestamp,
    /// What it is.
    pub kind: String,
    /// What is read, or why there is nothing to send.
    pub rendered: Result<Rendered, &'static str>,
}

/// Why a mail was not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// In a few words that hold nothing personal and no secret: it is kept, logged and shown.
    pub reason: String,
    /// In what time it is worth another try; `None` for never.
    pub again: Option<SignedDuration>,
}

impl Service {
    /// Completes when a change of this process made a mail. Other processes' mails are found by looking.
    pub async fn mail_made(&self) {
        self.0.mail_made.notified().await;
    }

    /// Lets one that waits in [`Service::mail_made`] go on.
    pub fn tell_of_mail(&self) {
        self.0.mail_made.notify_one();
    }

    /// Takes mails that are due, at most so many, for so long. Whoever takes one sends it and reports; each is taken by
    /// one at a time, and what one person is told is taken in order.
    pub async fn take_mails(&self, most: u64, length: SignedDuration) -> Result<Vec<Letter>, Error> {
        let now = self.clock().now();
        if self.store().next_mail().await?.is_none_or(|due| due > now) {
            return Ok(vec![]);
        }
        let until = now.saturating_add(length).unwrap_or(now);
        let taken = self.unrecorded(move |w| async move { Ok(w.take_mails(now, until, most).await?) }.boxed());
        let mut letters = Vec::new();
        for claimed in taken.await? {
            letters.push(self.letter(claimed, now).await?);
        }
        Ok(letters)
    }

    async fn letter(&self, claimed: Claimed, now: Timestamp) -> Result<Letter, Error> {
        let Claimed { lease, payload, at, kind, .. } = claimed;
        let settings = self.settings();
        let message_id = message_id::of(lease.id, &settings.mail_key, &settings.base_url);
        let rendered = match self.written(lease.id, payload) {
            Ok(Some((mail, rendered))) => match self.is_moot(&mail, now).await? {
                true => Err("the invitation is over, or was sent anew"),
                false => Ok(rendered),
            },
            Ok(None) => Err("the person was erased"),
            Err(error) => {
                tracing::error!(%error, "a mail is given up: it was made by another version, or changed");
                Err("it cannot be read")
            }
        };
        Ok(Letter { lease, message_id, at, kind, rendered })
    }

    /// Whether a mail has a link that leads nowhere any more.
    async fn is_moot(&self, mail: &Mail, now: Timestamp) -> Result<bool, Error> {
        let Mail::Invitation { token, .. } = mail else { return Ok(false) };
        let invitation = self.store().read(Scope::Public).invitation_by_token(&TokenHash::of(token)).await?;
        Ok(!invitation.is_some_and(|it| it.state == InvitationState::Pending && now < it.expires))
    }

    /// A mail to try the mail server with. It is not in the outbox.
    pub fn test_letter(&self, to: &Email) -> Result<Letter, Error> {
        let (settings, at) = (self.settings(), self.clock().now());
        // Numbers below zero are nobody's.
        let id = -1 - i64::from(u32::from_be_bytes(self.random().bytes()));
        let mail = Addressed { to: to.as_typed().to_owned(), mail: Mail::Test };
        Ok(Letter {
            lease: Lease { id, attempts: 1, tries: 1 },
            message_id: message_id::of(id, &settings.mail_key, &settings.base_url),
            at,
            kind: mail.mail.kind().to_owned(),
            rendered: Ok(self.rendered(&mail)?),
        })
    }

    /// A mail server has taken the mail. `false` when the lease was lost: then another sends, or has sent, it too.
    pub async fn mail_delivered(&self, lease: Lease) -> Result<bool, Error> {
        let now = self.clock().now();
        self.unrecorded(move |w| async move { Ok(w.delivered(lease, now).await?) }.boxed()).await
    }

    /// The mail was not delivered: it waits for another try or is given up. An invitation whose mail is given up is
    /// shown as failed (rule 65).
    pub async fn mail_failed(&self, lease: Lease, why: Undelivered) -> Result<(), Error> {
        let now = self.clock().now();
        let Undelivered { reason, again } = why;
        if let Some(again) = again {
            let due = now.saturating_add(again).unwrap_or(now);
            let waits = self.unrecorded(move |w| async move { Ok(w.due_again(lease, due, &reason).await?) }.boxed());
            return waits.await.map(drop);
        }
        let cx = self.system();
        let given_up = self.run(&cx, VERB, move |w, stage| {
            let reason = reason.clone();
            async move {
                let Some(mail) = w.mail(lease.id).await?.filter(|mail| is_held(mail, lease)) else { return Ok(vec![]) };
                // The invitation is locked before the mail, as by who renews it.
                let audit = change_invitation(w, stage, VERB, &mail, |open| change::undelivered(open, &reason)).await?;
                if w.undelivered(lease, &reason).await? {
                    Ok(vec![Outcome { result: Ok(()), audit, notices: vec![] }])
                } else {
                    // The lease was lost in between: this undoes what was done, and the next try sees it.
                    Err(Error::Conflict("the mail is delivered by another node".to_owned()))
                }
            }
            .boxed()
        });
        given_up.await.map(drop)
    }

    /// There is no mail server: what waits is kept to be read here.
    pub async fn keep_mails(&self) -> Result<u64, Error> {
        if self.store().next_mail().await?.is_none() {
            return Ok(0);
        }
        self.unrecorded(|w| async move { Ok(w.keep_mails().await?) }.boxed()).await
    }

    /// Forgets a piece of the mails and notices of a month ago that are delivered, given up or only kept.
    pub async fn forget_old_mails(&self) -> Result<Progress, Error> {
        let now = self.clock().now();
        let before = now.saturating_sub(KEPT).unwrap_or(now);
        self.unrecorded(move |w| {
            async move { Ok(Progress::after(w.drop_old_mails(before, MOST).await?, MOST)) }.boxed()
        })
        .await
    }
}

/// Whether the mail waits under this lease: whoever lost it leaves the report to who has it now.
fn is_held(mail: &OutboxEntry, lease: Lease) -> bool {
    mail.state == OutboxState::Waiting && mail.attempts == lease.attempts
}
