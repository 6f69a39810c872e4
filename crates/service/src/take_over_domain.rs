//! Take over domain: an operator confirms one account's proof while another account owns the domain, whose record has
//! been gone for 7 days (rule 4).

use access::authority::Action;
use access::domain::Seen;
use access::{AccountId, Domain, Refusal, change};
use futures::FutureExt;
use store::Write;

use crate::ownership::{Verification, claimed, own};
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, release_domain};

const VERB: Verb = Verb { name: "domain.take-over", action: Action::TakeOverDomain };

impl Service {
    /// Gives a domain to the account, which must prove it now, and releases it from its owner first, in the same
    /// transaction.
    ///
    /// **Permission**: `TakeOverDomain`, an operator's.
    pub async fn take_over_domain(
        &self,
        cx: &Context,
        account: AccountId,
        domain: Domain,
    ) -> Result<Verification, Error> {
        let seen = match self.look(cx, VERB.action, account, &domain).await {
            Err(Error::Refused(refusal)) => return self.refuse_in(cx, VERB.name, Some(account), refusal).await,
            look => look?.seen,
        };
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
    let at = scene.stage.cx.at;
    let verified = change::take_over_domain(scene.account()?, &claim, owner.as_ref(), seen, at)?;
    let former = owner.ok_or(Refusal::NotOwned)?;
    let Outcome { result, mut audit, mut notices } = release_domain::let_go(w, scene, &former).await?;
    let owned = own(w, scene, Some(&claim), verified).await?;
    audit.extend(owned.audit);
    notices.extend(owned.notices);
    let result = owned.result.map(|owned| Verification { released: result.ok(), ..owned });
    Ok(Outcome { result, audit, notices })
}
