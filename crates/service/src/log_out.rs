//! Log out: every session of a person ends; nothing else changes (rule 23).

use access::authority::Action;
use access::{AccountId, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::run::{Outcome, Scene, Verb};
use crate::targets::{self, only_invited};
use crate::{Context, Error, Outcomes, Service, UserView};

const VERB: Verb = Verb { name: "user.log-out", action: Action::LogOut };

impl Service {
    /// Ends every session of these members.
    ///
    /// **Permission**: `LogOut` over the account.
    pub async fn log_out(&self, cx: &Context, account: AccountId, users: Vec<String>) -> Outcomes<UserView> {
        self.in_account_on(cx, VERB, account, Lock::Share, users.clone(), move |w, scene| {
            let users = users.clone();
            async move { apply(w, scene, &users).await }.boxed()
        })
        .await
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &mut Scene, users: &[String]) -> Result<Vec<Outcome<UserView>>, Error> {
    let decided = targets::resolve(w, scene, users).await?.into_iter().map(|target| {
        target.decide(
            |user| {
                let transition = change::log_out(&user);
                Decided::person(user, Ok(transition))
            },
            |invitation| Decided::invitation(invitation, Err(only_invited()), false),
        )
    });
    let decided = decided.collect();
    carry_out(w, scene, decided).await
}
