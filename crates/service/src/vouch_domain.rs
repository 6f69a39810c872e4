//! Vouch domain: who runs the host takes a domain as proved (rules 3, 4, 5 and 48).

use std::collections::BTreeSet;

use access::authority::{Action, Caller};
use access::{AccountId, Domain, Refusal, change};
use futures::FutureExt;
use store::Write;

use crate::ownership::{Verification, own};
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, fresh};

const VERB: Verb = Verb { name: "domain.vouch", action: Action::ManageDomains };

impl Service {
    /// Makes the domain a verified one of the account without a look into DNS, with all that verification means.
    ///
    /// **Permission**: the host.
    pub async fn vouch_domain(&self, cx: &Context, account: AccountId, domain: Domain) -> Result<Verification, Error> {
        let public = self.settings().public_mail.clone();
        let outcomes = self.in_account_on_domain(cx, VERB, account, domain.clone(), move |w, scene| {
            let (domain, public) = (domain.clone(), public.clone());
            async move { Ok(vec![apply(w, scene, &domain, &public).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

async fn apply(
    w: &mut Write,
    scene: &mut Scene,
    domain: &Domain,
    public: &BTreeSet<Domain>,
) -> Result<Outcome<Verification>, Error> {
    if scene.stage.cx.caller != Caller::Host {
        return Err(Refusal::NotPermitted { action: VERB.action }.into());
    }
    let (at, token) = (scene.stage.cx.at, fresh::token(&scene.stage.random));
    let existing = w.claim(scene.id, domain).await?;
    let owner = w.owning_claim(domain).await?;
    let claim = change::claim_domain(scene.account()?, domain, existing.as_ref(), public, token, at)?;
    let verified = change::vouch_domain(scene.account()?, &claim, owner.as_ref(), at)?;
    own(w, scene, existing.as_ref(), verified).await
}
