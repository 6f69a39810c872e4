//! What the Chime API calls inviting: it is offered on a Team only (rule 15).

use access::{Account, AccountId, AccountType, Email, Refusal};

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
        self.invite_if(cx, account, list, offered).await
    }
}

fn offered(account: &Account) -> Result<(), Refusal> {
    match account.kind {
        AccountType::Team => Ok(()),
        kind => {
            let instead = "people on its domains register themselves, or are created";
            Err(Refusal::NotOnThisAccount { what: "inviting here", kind, instead })
        }
    }
}
