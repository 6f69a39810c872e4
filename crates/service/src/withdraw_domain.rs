//! Withdraw domain: a pending claim is taken back (rule 4).

use access::authority::Action;
use access::{AccountId, Claim, Domain, change};
use futures::FutureExt;
use store::Lock;

use crate::facts::Facts;
use crate::ownership::claimed;
use crate::run::{Outcome, Verb, single};
use crate::{Context, Error, Service};

const VERB: Verb = Verb { name: "domain.withdraw", action: Action::ManageDomains };

impl Service {
    /// Takes a pending claim back; a new one gets another TXT value. Answers with the claim that was.
    ///
    /// **Permission**: `ManageDomains` over the account.
    pub async fn withdraw_domain(&self, cx: &Context, account: AccountId, domain: Domain) -> Result<Claim, Error> {
        let outcomes = self.in_account(cx, VERB, account, Lock::Exclusive, move |w, scene| {
            let domain = domain.clone();
            async move {
                let claim = claimed(w, scene, &domain).await?;
                change::withdraw_domain(&claim)?;
                w.delete_domain(&claim).await?;
                let (facts, then) = (Facts::of_domain(Some(&claim)), Facts::of_domain(None));
                let record = scene.stage.changed(VERB.name, Some(scene.id), scene.id.0, &facts, &then);
                Ok(vec![Outcome { result: Ok(claim), audit: vec![record], notices: vec![] }])
            }
            .boxed()
        });
        single(outcomes.await)
    }
}
