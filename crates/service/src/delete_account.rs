//! Delete account: one without members and verified domains; it can be restored for 90 days (rules 8 and 44).

use access::authority::Action;
use access::{Account, AccountId, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, update_account};

const VERB: Verb = Verb { name: "account.delete", action: Action::DeleteAccount };

impl Service {
    /// Deletes an account. Its keys and applications stop with that, and nothing is lost: a restoration brings them
    /// back as they were.
    ///
    /// **Permission**: `DeleteAccount`.
    pub async fn delete_account(&self, cx: &Context, account: AccountId) -> Result<Account, Error> {
        let outcomes = self.in_account(cx, VERB, account, Lock::Exclusive, move |w, scene| {
            async move { Ok(vec![apply(w, scene).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &Scene) -> Result<Outcome<Account>, Error> {
    let before = update_account::found(scene)?;
    let users = w.count_licenses(scene.id).await?.iter().sum();
    let domains = w.domains_of(scene.id).await?.iter().filter(|domain| domain.verified.is_some()).count() as u64;
    let after = change::delete_account(before, users, domains, scene.stage.cx.at)?;
    update_account::write(w, scene, after).await
}
