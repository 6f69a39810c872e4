//! Resend: an open invitation gets a new link and its full time; the former link stops working (rule 14).

use access::authority::Action;
use access::{AccountId, Refusal, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::run::{Outcome, Scene, Verb};
use crate::{Context, Error, Outcomes, Service, UserView, targets};

const VERB: Verb = Verb { name: "invitation.resend", action: Action::Invite };

impl Service {
    /// Mails open invitations again.
    ///
    /// **Permission**: `Invite` over the account.
    pub async fn resend(&self, cx: &Context, account: AccountId, invitations: Vec<String>) -> Outcomes<UserView> {
        self.in_account_on(cx, VERB, account, Lock::Share, invitations.clone(), move |w, scene| {
            let invitations = invitations.clone();
            async move { apply(w, scene, &invitations).await }.boxed()
        })
        .await
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &mut Scene, ids: &[String]) -> Result<Vec<Outcome<UserView>>, Error> {
    let at = scene.stage.cx.at;
    let decided = targets::resolve(w, scene, ids).await?.into_iter().map(|target| {
        target.decide(
            |user| Decided::person(user, Err(Refusal::InvitationClosed)),
            |invitation| {
                let answer = change::resend(&invitation, at);
                Decided::invitation(invitation, answer, true)
            },
        )
    });
    let decided = decided.collect();
    carry_out(w, scene, decided).await
}
