//! Restore account: within 90 days it is as it was (rules 8 and 44).

use access::authority::Action;
use access::{Account, AccountId, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, update_account};

const VERB: Verb = Verb { name: "account.restore", action: Action::DeleteAccount };

impl Service {
    /// Restores a deleted account with its settings, grants, keys, applications and open invitations.
    ///
    /// **Permission**: `DeleteAccount`.
    pub async fn restore_account(&self, cx: &Context, account: AccountId) -> Result<Account, Error> {
        let outcomes = self.in_account(cx, VERB, account, Lock::Exclusive, move |w, scene| {
            async move { Ok(vec![apply(w, scene).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &Scene) -> Result<Outcome<Account>, Error> {
    let after = change::restore_account(update_account::found(scene)?, scene.stage.cx.at)?;
    update_account::write(w, scene, after).await
}
