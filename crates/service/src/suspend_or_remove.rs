//! What the Chime API calls suspending: on a Team, which cannot suspend, it is the removal (rule 18).

use access::{AccountId, AccountType};
use futures::FutureExt;
use store::Lock;

use crate::{Context, Outcomes, Service, UserView, remove, suspend};

impl Service {
    /// Removes members of a Team and cancels its open invitations; suspends members of other accounts, without end.
    ///
    /// **Permission**: `Suspend` over the account, which whoever may remove has.
    pub async fn suspend_or_remove(&self, cx: &Context, account: AccountId, users: Vec<String>) -> Outcomes<UserView> {
        self.in_account_on(cx, suspend::VERB, account, Lock::Share, users.clone(), move |w, scene| {
            let users = users.clone();
            async move {
                if scene.account()?.kind == AccountType::Team {
                    scene.verb = remove::VERB;
                    return remove::apply(w, scene, &users).await;
                }
                suspend::apply(w, scene, &users, None, None).await
            }
            .boxed()
        })
        .await
    }
}
