//! Delivering to applications: a notice is taken under a lease, sent outside of any transaction, and reported, many in
//! one transaction.

use std::collections::BTreeSet;

use access::{ApplicationId, UserId};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use store::{Claimed, Lease, Receiver};
use uuid::Uuid;

use super::Undelivered;
use crate::notices::SID;
use crate::{Error, Service};

/// How long an application that does not answer may be told late. What is older is given up: sessions do not last
/// forever, and an application that was away for so long must look at them anew.
const OLDEST: SignedDuration = SignedDuration::from_hours(24);

/// Sessions of a person ended: what an application is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The right to tell it. Its number grows with each notice about a person.
    pub lease: Lease,
    /// Who is told.
    pub application: ApplicationId,
    /// Whose sessions.
    pub user: UserId,
    /// The one session; all of theirs without.
    pub session: Option<Uuid>,
    /// When they ended.
    pub at: Timestamp,
}

/// What came of telling an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// What it was told.
    pub ended: Ended,
    /// Why not, if it was not.
    pub failed: Option<Undelivered>,
    /// It did not answer: nothing else would have arrived either.
    pub out_of_reach: bool,
}

impl Service {
    /// Completes when a change of this process made a notice to an application. Other processes' are found by looking.
    pub async fn notice_made(&self) {
        self.0.notice_made.notified().await;
    }

    /// Lets one that waits in [`Service::notice_made`] go on.
    pub fn tell_of_notices(&self) {
        self.0.notice_made.notify_one();
    }

    /// Lets those go on who deliver to these.
    pub(crate) fn tell_of(&self, receivers: &BTreeSet<Receiver>) {
        if receivers.contains(&Receiver::Mail) {
            self.tell_of_mail();
        }
        if receivers.iter().any(|receiver| matches!(receiver, Receiver::Application(_))) {
            self.tell_of_notices();
        }
    }

    /// The applications that are to be told something now.
    pub async fn applications_to_tell(&self) -> Result<Vec<ApplicationId>, Error> {
        Ok(self.store().applications_to_tell(self.clock().now()).await?)
    }

    /// Takes what these are to be told, at most so much each, for so long. Each notice is taken by one node at a time,
    /// and what one application is told about one person is taken in order.
    pub async fn take_notices(
        &self,
        applications: Vec<(ApplicationId, u64)>,
        length: SignedDuration,
    ) -> Result<Vec<Ended>, Error> {
        let now = self.clock().now();
        let until = now.saturating_add(length).unwrap_or(now);
        let taken =
            self.unrecorded(move |w| async move { Ok(w.take_notices(&applications, now, until).await?) }.boxed());
        taken.await?.into_iter().map(ended).collect()
    }

    /// Writes down what came of it.
    pub async fn applications_told(&self, mut told: Vec<Told>) -> Result<(), Error> {
        let now = self.clock().now();
        // In one order, as by other nodes.
        told.sort_by_key(|told| told.ended.lease.id);
        self.unrecorded(move |w| {
            async move {
                for Told { ended: Ended { lease, application, .. }, failed, out_of_reach } in told {
                    match failed {
                        None => drop(w.delivered(lease, now).await?),
                        Some(Undelivered { reason, again: None }) => drop(w.undelivered(lease, &reason).await?),
                        Some(Undelivered { reason, again: Some(again) }) => {
                            let due = now.saturating_add(again).unwrap_or(now);
                            w.due_again(lease, due, &reason).await?;
                            if out_of_reach {
                                let oldest = now.saturating_sub(OLDEST).unwrap_or(now);
                                w.put_off(application, due, oldest, &reason).await?;
                            }
                        }
                    }
                }
                Ok(())
            }
            .boxed()
        })
        .await
    }
}

fn ended(claimed: Claimed) -> Result<Ended, Error> {
    let Receiver::Application(application) = claimed.receiver else {
        return Err(Error::Internal("a mail is no notice to an application".to_owned()));
    };
    let session = claimed.payload.and_then(|payload| payload.get(SID).and_then(Value::as_str)?.parse().ok());
    Ok(Ended { lease: claimed.lease, application, user: UserId(claimed.person), session, at: claimed.at })
}
