//! Remove: the end of a membership by an administrator; of an invited address, the end of the invitation (rules 14
//! and 17).

use std::collections::HashSet;

use access::authority::Action;
use access::{AccountId, Domain, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::run::{Outcome, Scene, Verb};
use crate::{Context, Error, Outcomes, Service, UserView, targets};

pub(crate) const VERB: Verb = Verb { name: "user.remove", action: Action::Remove };

impl Service {
    /// Removes members, who stay free users and are told, and cancels open invitations.
    ///
    /// **Permission**: `Remove` over the account.
    pub async fn remove(&self, cx: &Context, account: AccountId, users: Vec<String>) -> Outcomes<UserView> {
        self.in_account_on(cx, VERB, account, Lock::Share, users.clone(), move |w, scene| {
            let users = users.clone();
            async move { apply(w, scene, &users).await }.boxed()
        })
        .await
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &mut Scene, users: &[String]) -> Result<Vec<Outcome<UserView>>, Error> {
    let own = own_domains(w, scene.id).await?;
    let account = scene.account()?.clone();
    let decided = targets::resolve(w, scene, users).await?.into_iter().map(|target| {
        target.decide(
            |user| {
                let answer = change::remove(&account, &user, own.contains(&user.primary.domain()));
                Decided::person(user, answer)
            },
            |invitation| {
                let answer = change::cancel(&invitation);
                Decided::invitation(invitation, answer, false)
            },
        )
    });
    let decided = decided.collect();
    carry_out(w, scene, decided).await
}

/// The verified domains of an account.
pub(crate) async fn own_domains(w: &mut Write, account: AccountId) -> Result<HashSet<Domain>, Error> {
    let claimed = w.domains_of(account).await?;
    Ok(claimed.into_iter().filter(|claim| claim.verified.is_some()).map(|claim| claim.domain).collect())
}
