//! Suspend: an Enterprise account's members sign in nowhere, for a while or for good (rule 18).

use access::authority::Action;
use access::user::Suspension;
use access::{AccountId, Invitation, Refusal, change};
use futures::FutureExt;
use jiff::Timestamp;
use store::{Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::reason::usable;
use crate::run::{Outcome, Scene, Verb};
use crate::{Context, Error, Outcomes, Service, UserView, targets};

pub(crate) const VERB: Verb = Verb { name: "user.suspend", action: Action::Suspend };

impl Service {
    /// Suspends members, also unregistered ones; sessions and keys end. Suspending again replaces reason and end.
    ///
    /// **Permission**: `Suspend` over the account.
    pub async fn suspend(
        &self,
        cx: &Context,
        account: AccountId,
        users: Vec<String>,
        reason: Option<String>,
        until: Option<Timestamp>,
    ) -> Outcomes<UserView> {
        self.in_account_on(cx, VERB, account, Lock::Share, users.clone(), move |w, scene| {
            let (users, reason) = (users.clone(), reason.clone());
            async move { apply(w, scene, &users, reason, until).await }.boxed()
        })
        .await
    }
}

pub(crate) async fn apply(
    w: &mut Write,
    scene: &mut Scene,
    users: &[String],
    reason: Option<String>,
    until: Option<Timestamp>,
) -> Result<Vec<Outcome<UserView>>, Error> {
    let suspension = Suspension { by: scene.stage.cx.person(), at: scene.stage.cx.at, reason: usable(reason)?, until };
    let account = scene.account()?.clone();
    let decided = targets::resolve(w, scene, users).await?.into_iter().map(|target| {
        target.decide(
            |user| {
                let answer = change::suspend(&account, &user, suspension.clone());
                Decided::person(user, answer)
            },
            |invitation| nobody_yet(invitation, account.kind),
        )
    });
    let decided = decided.collect();
    carry_out(w, scene, decided).await
}

/// There is nobody yet to suspend.
fn nobody_yet(invitation: Invitation, kind: access::AccountType) -> Decided {
    let refusal = match kind {
        access::AccountType::Team => Refusal::TeamCannotSuspend,
        _ => crate::targets::only_invited(),
    };
    Decided::invitation(invitation, Err(refusal), false)
}
