//! Claim domain: an account says that it owns a domain, and is told the TXT record that proves it (rule 4).

use access::authority::Action;
use access::{AccountId, Claim, Domain, Refusal, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::facts::Facts;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, fresh};

const VERB: Verb = Verb { name: "domain.claim", action: Action::ManageDomains };

/// The most domains of one account, pending ones too.
const MOST: usize = 1_000;

impl Service {
    /// Claims a domain, which has no effect until it is verified. Claiming again answers with the claim there is
    /// (rule 42).
    ///
    /// **Permission**: `ManageDomains` over the account.
    pub async fn claim_domain(&self, cx: &Context, account: AccountId, domain: Domain) -> Result<Claim, Error> {
        let public = self.settings().public_mail.clone();
        let outcomes = self.in_account(cx, VERB, account, Lock::Exclusive, move |w, scene| {
            let (domain, public) = (domain.clone(), public.clone());
            async move {
                let existing = w.domains_of(scene.id).await?;
                let mine = existing.iter().find(|claim| claim.domain == domain);
                if mine.is_none() && existing.len() >= MOST {
                    let why = format!("the account has {MOST} domains already; withdraw claims that nobody needs");
                    return Err(Refusal::Invalid { member: "domain", why }.into());
                }
                let token = fresh::token(&scene.stage.random);
                let claim = change::claim_domain(scene.account()?, &domain, mine, &public, token, scene.stage.cx.at)?;
                Ok(vec![save(w, scene, mine, claim).await?])
            }
            .boxed()
        });
        single(outcomes.await)
    }
}

async fn save(w: &mut Write, scene: &Scene, before: Option<&Claim>, claim: Claim) -> Result<Outcome<Claim>, Error> {
    let (facts, then) = (Facts::of_domain(before), Facts::of_domain(Some(&claim)));
    let record = scene.stage.changed(VERB.name, Some(scene.id), scene.id.0, &facts, &then);
    w.save_domain(&claim).await?;
    Ok(Outcome { result: Ok(claim), audit: vec![record], notices: vec![] })
}
