//! Re-check domains: the schedule looks again for the records of verified domains. A record that is gone is a warning
//! with the moment it was first missed, never a release (rule 4).

use access::authority::{Action, Over};
use access::domain::{Proof, Seen};
use access::{Claim, Refusal, change};
use futures::{FutureExt, StreamExt, stream};
use jiff::SignedDuration;
use store::{Lock, Write};

use crate::facts::Facts;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Progress, Service};

const VERB: &str = "domain.recheck";

/// How many domains are looked for at once, and in one piece.
const AT_ONCE: usize = 8;
const PIECE: u64 = 50;

/// What a round of looking came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rechecked {
    /// Domains looked at.
    pub looked: u64,
    /// Records that are missing, also those that were missing before.
    pub missing: u64,
    /// Records that are back.
    pub back: u64,
    /// Domains of which nothing is known, because DNS gave no usable answer.
    pub unknown: u64,
    /// Whether there are more to look at now.
    pub progress: Progress,
}

impl Service {
    /// Looks again at a piece of the verified domains whose record was last looked for so long ago, the longest ago
    /// first. For the schedule; repeating it does no harm.
    ///
    /// **Permission**: `ManageDomains` over the deployment.
    pub async fn recheck_domains(&self, cx: &Context, older_than: SignedDuration) -> Result<Rechecked, Error> {
        let before = cx.at.checked_sub(older_than).map_err(|_| Refusal::Invalid {
            member: "older_than",
            why: "it reaches back before the beginning of time".to_owned(),
        })?;
        let read = self.permitted(cx, Action::ManageDomains, Over::Deployment)?;
        let due = read.due_domains(before, PIECE).await?;
        let progress = Progress::after(due.len() as u64, PIECE);
        if due.is_empty() {
            return Ok(Rechecked { looked: 0, missing: 0, back: 0, unknown: 0, progress });
        }
        let dns = self.settings().dns.clone();
        let look = |claim: Claim| {
            let dns = dns.clone();
            async move {
                let seen = dns.txt(&claim.domain).await;
                (claim, seen)
            }
        };
        let looked: Vec<(Claim, Seen)> = stream::iter(due).map(look).buffer_unordered(AT_ONCE).collect().await;
        let noted = self.run(cx, VERB, move |w, stage| {
            let looked = looked.clone();
            async move { Ok(vec![note(w, stage, &looked, progress).await?]) }.boxed()
        });
        single(noted.await)
    }
}

/// Notes what was seen, of claims that are still what was looked for.
async fn note(
    w: &mut Write,
    stage: &Stage,
    looked: &[(Claim, Seen)],
    progress: Progress,
) -> Result<Outcome<Rechecked>, Error> {
    let names: Vec<_> = looked.iter().map(|(claim, _)| claim.domain.clone()).collect();
    w.lock_domains(&names, Lock::Exclusive).await?;
    let mut round = Rechecked { looked: 0, missing: 0, back: 0, unknown: 0, progress };
    let mut audit = Vec::new();
    for (looked_for, seen) in looked {
        let now = w.claim(looked_for.account, &looked_for.domain).await?;
        let same = |claim: &Claim| claim.token == looked_for.token && claim.verified.is_some() && !claim.vouched;
        let Some(before) = now.filter(same) else { continue };
        let after = change::recheck_domain(&before, seen, stage.cx.at);
        round.looked += 1;
        round.missing += u64::from(after.missing.is_some());
        round.back += u64::from(before.missing.is_some() && after.missing.is_none());
        round.unknown += u64::from(matches!(before.proof(seen), Proof::Unknown { .. }));
        if before.missing != after.missing {
            let (facts, then) = (Facts::of_domain(Some(&before)), Facts::of_domain(Some(&after)));
            audit.push(stage.changed(VERB, Some(after.account), after.account.0, &facts, &then));
        }
        w.save_domain(&after).await?;
    }
    Ok(Outcome { result: Ok(round), audit, notices: vec![] })
}
