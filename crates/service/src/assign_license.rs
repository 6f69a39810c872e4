//! Assign license: to members and open invitations, one or many; if the seats do not suffice, to none (rules 9, 10
//! and 12).

use access::authority::Action;
use access::change::{self, Assigned, Assignee};
use access::{Account, AccountId, License, Refusal, Seats};
use futures::FutureExt;
use store::{Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::run::{Outcome, Scene, Verb};
use crate::targets::{self, Target};
use crate::{Context, Error, Outcomes, Service, UserView};

const VERB: Verb = Verb { name: "license.assign", action: Action::AssignLicense };

impl Service {
    /// Assigns licenses. Refusals of single items affect those only; if the others exceed the seats, none is applied
    /// and each of them says how many are left.
    ///
    /// **Permission**: `AssignLicense` over the account.
    pub async fn assign_license(
        &self,
        cx: &Context,
        account: AccountId,
        assignments: Vec<(String, License)>,
    ) -> Outcomes<UserView> {
        let named = assignments.iter().map(|(id, _)| id.clone()).collect();
        self.in_account_on(cx, VERB, account, Lock::Share, named, move |w, scene| {
            let assignments = assignments.clone();
            async move { apply(w, scene, &assignments).await }.boxed()
        })
        .await
    }
}

pub(crate) async fn apply(
    w: &mut Write,
    scene: &mut Scene,
    assignments: &[(String, License)],
) -> Result<Vec<Outcome<UserView>>, Error> {
    let ids: Vec<String> = assignments.iter().map(|(id, _)| id.clone()).collect();
    let targets = targets::resolve(w, scene, &ids).await?;
    let licenses: Vec<License> = assignments.iter().map(|(_, license)| *license).collect();
    let decided = decide(scene.account()?, &mut scene.seats()?, targets, &licenses)?;
    carry_out(w, scene, decided).await
}

/// Decides about each target and the license beside it. Who is named again is refused, so that no order decides
/// (rule 49).
pub(crate) fn decide(
    account: &Account,
    seats: &mut Seats,
    targets: Vec<Target>,
    licenses: &[License],
) -> Result<Vec<Decided>, Error> {
    let asked: Vec<(Assignee<'_>, License)> = targets
        .iter()
        .zip(licenses)
        .filter_map(|(target, license)| match target {
            Target::Member(user) => Some((Assignee::User(user), *license)),
            Target::Invited(invitation) => Some((Assignee::Invitation(invitation), *license)),
            Target::Again(_) | Target::Refused { .. } => None,
        })
        .collect();
    let mut answers = change::assign_license(account, seats, &asked).into_iter();
    let mut decided = Vec::with_capacity(targets.len());
    for target in targets {
        decided.push(match target {
            Target::Member(user) => Decided::person(
                user,
                match answers.next() {
                    Some(Ok(Assigned::User(transition))) => Ok(transition),
                    Some(Err(refusal)) => Err(refusal),
                    Some(Ok(Assigned::Invitation(_))) | None => return Err(unpaired()),
                },
            ),
            Target::Invited(invitation) => Decided::invitation(
                invitation,
                match answers.next() {
                    Some(Ok(Assigned::Invitation(after))) => Ok(after),
                    Some(Err(refusal)) => Err(refusal),
                    Some(Ok(Assigned::User(_))) | None => return Err(unpaired()),
                },
                false,
            ),
            Target::Again(_) => Decided::Refused { subject: None, refusal: listed_twice() },
            Target::Refused { subject, refusal } => Decided::Refused { subject, refusal },
        });
    }
    Ok(decided)
}

fn unpaired() -> Error {
    Error::Internal("the rule answers for each item, in order".to_owned())
}

fn listed_twice() -> Refusal {
    Refusal::Invalid { member: "user", why: "it is listed twice; name each user once".to_owned() }
}
