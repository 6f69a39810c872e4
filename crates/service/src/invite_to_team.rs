//! What the Chime API calls inviting: it is offered on a Team only (rule 15).

use access::{AccountId, AccountType, Email, Refusal};
use futures::FutureExt;
use store::Lock;

use crate::invite::{self, beside};
use crate::{Context, Error, InviteOutcome, Service};

impl Service {
    /// Invites like [`Service::invite`]; refused as a whole where people register themselves.
    ///
    /// **Permission**: `Invite` over the account.
    pub async fn invite_to_team(
        &self,
        cx: &Context,
        account: AccountId,
        list: Vec<(String, Result<Email, Refusal>)>,
    ) -> Result<Vec<InviteOutcome>, Error> {
        let (texts, addresses): (_, Vec<_>) = list.into_iter().unzip();
        let answers = self.in_account(cx, invite::VERB, account, Lock::Share, move |w, scene| {
            let addresses = addresses.clone();
            async move {
                let kind = scene.account()?.kind;
                if kind != AccountType::Team {
                    let instead = "people on its domains register themselves, or are created";
                    return Err(Refusal::NotOnThisAccount { what: "inviting here", kind, instead }.into());
                }
                invite::apply(w, scene, &addresses).await
            }
            .boxed()
        });
        Ok(beside(texts, answers.await?))
    }
}
