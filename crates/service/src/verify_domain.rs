//! Verify domain: the proof is looked for in DNS, and the account owns the domain from then on (rules 3 to 5).

use access::authority::Action;
use access::domain::{Proof, Seen};
use access::{AccountId, Domain, Refusal, change};
use futures::FutureExt;
use store::Write;

use crate::check_domain::Look;
use crate::ownership::{Verification, claimed, own};
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service};

const VERB: Verb = Verb { name: "domain.verify", action: Action::ManageDomains };

impl Service {
    /// Verifies a claim, with all that follows for people, in one transaction. A preview needs the proof too: how many
    /// people are on a domain is only its owner's business.
    ///
    /// **Permission**: `ManageDomains` over the account.
    pub async fn verify_domain(&self, cx: &Context, account: AccountId, domain: Domain) -> Result<Verification, Error> {
        let Look { claim, seen, owner } = match self.look(cx, VERB.action, account, &domain).await {
            Err(Error::Refused(refusal)) => return self.refuse_in(cx, VERB.name, Some(account), refusal).await,
            look => look?,
        };
        // Without a proof nobody's account is locked: strangers cannot make the owner wait.
        let refusal = match claim.proof(&seen) {
            _ if owner.is_some_and(|owner| owner != account) => Some(Refusal::DomainClaimed),
            Proof::Found => None,
            Proof::Unknown { why } => Some(Refusal::DnsUnavailable { why }),
            missing => Some(Refusal::ProofMissing(missing)),
        };
        if let Some(refusal) = refusal {
            return self.refuse_in(cx, VERB.name, Some(account), refusal).await;
        }
        let outcomes = self.in_account_on_domain(cx, VERB, account, domain.clone(), move |w, scene| {
            let (domain, seen) = (domain.clone(), seen.clone());
            async move { Ok(vec![apply(w, scene, &domain, &seen).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

async fn apply(w: &mut Write, scene: &mut Scene, domain: &Domain, seen: &Seen) -> Result<Outcome<Verification>, Error> {
    let claim = claimed(w, scene, domain).await?;
    let owner = w.owning_claim(domain).await?;
    let verified = change::verify_domain(scene.account()?, &claim, owner.as_ref(), seen, scene.stage.cx.at)?;
    own(w, scene, Some(&claim), verified).await
}
