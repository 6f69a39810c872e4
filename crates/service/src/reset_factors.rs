//! Reset second factor: a member who lost theirs signs in with what else they have, and sets a new one up (rule 80).

use access::authority::Action;
use access::{AccountId, User, UserId, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::mail::SecurityChange;
use crate::run::{Outcome, Scene, Verb};
use crate::targets::{self, Target, only_invited};
use crate::{Context, Error, Outcomes, Service, UserView};

const VERB: Verb = Verb { name: "user.reset-second-factor", action: Action::ResetSecondFactor };

impl Service {
    /// Takes the second factors and passkeys of these members away and ends their sessions; they are told. Whoever does it
    /// learns nothing of them.
    ///
    /// **Permission**: `ResetSecondFactor` over the account.
    pub async fn reset_second_factor(
        &self,
        cx: &Context,
        account: AccountId,
        users: Vec<String>,
    ) -> Outcomes<UserView> {
        self.in_account_on(cx, VERB, account, Lock::Share, users.clone(), move |w, scene| {
            let users = users.clone();
            async move { apply(w, scene, &users).await }.boxed()
        })
        .await
    }
}

async fn apply(w: &mut Write, scene: &mut Scene, users: &[String]) -> Result<Vec<Outcome<UserView>>, Error> {
    let targets = targets::resolve(w, scene, users).await?;
    let person = |target: &Target| match target {
        Target::Member(user) => Some(user.clone()),
        Target::Invited(_) | Target::Again(_) | Target::Refused { .. } => None,
    };
    let people: Vec<Option<User>> = targets.iter().map(person).collect();
    let ids: Vec<UserId> = people.iter().flatten().map(|user| user.id).collect();
    let decided = targets.into_iter().map(|target| {
        target.decide(
            |user| {
                let transition = change::log_out(&user);
                Decided::person(user, Ok(transition))
            },
            |invitation| Decided::invitation(invitation, Err(only_invited()), false),
        )
    });
    let decided = decided.collect();
    let mut outcomes = carry_out(w, scene, decided).await?;
    w.delete_factors(&ids).await?;
    for (outcome, user) in outcomes.iter_mut().zip(people) {
        if let (Ok(_), Some(user)) = (&outcome.result, user) {
            outcome.notices.push(scene.stage.security_changed(&user, SecurityChange::Reset)?);
        }
    }
    Ok(outcomes)
}
