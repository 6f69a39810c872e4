//! The page behind an invitation's link: what it says, and declining (rule 14). Accepting is in `accept.rs`.

use access::{BaseLicense, Refusal, change};
use jiff::Timestamp;
use store::{Scope, TokenHash};

use crate::facts::Facts;
use crate::run::{Outcome, single};
use crate::{Context, Error, Service};

/// What an invited person sees before they answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationView {
    /// The account that invites.
    pub account_name: String,
    /// The invited address. Personal.
    pub address: String,
    /// The name or address of who invites; `None` when it was done on the host.
    pub invited_by: Option<String>,
    /// The license acceptance gives, seats permitting.
    pub license: BaseLicense,
    /// The address is registered: the password proves who answers. Otherwise they choose one.
    pub registered: bool,
    /// They would leave another Team. Which one is not said: whoever holds the link sees this.
    pub leaves: bool,
    /// When the link stops working.
    pub expires: Timestamp,
}

impl Service {
    /// What an invitation's page says. Changes nothing.
    ///
    /// [`Refusal::LinkExpired`] for an unknown or renewed link, [`Refusal::InvitationClosed`] for an invitation that
    /// was answered, taken back or is too old; or why a member of an account cannot accept it.
    pub async fn invitation(&self, cx: &Context, token: &str) -> Result<InvitationView, Error> {
        let read = self.store().read(Scope::Public);
        let found = read.invitation_by_token(&TokenHash::of(token)).await?;
        let invitation = found.ok_or(Refusal::LinkExpired)?;
        let account = read.account(invitation.account).await?.filter(|account| account.deleted.is_none());
        let account = account.filter(|_| invitation.is_open(cx.at)).ok_or(Refusal::InvitationClosed)?;
        let person = read.user_by_address(invitation.address.key()).await?;
        let current = match person.as_ref().and_then(|user| user.membership) {
            Some(membership) => read.account(membership.account).await?,
            None => None,
        };
        let leaves = change::leaves(&account, current.as_ref())?;
        let inviter = match invitation.by {
            Some(by) => read.user(by).await?,
            None => None,
        };
        Ok(InvitationView {
            account_name: account.name,
            address: invitation.address.as_typed().to_owned(),
            invited_by: inviter.map(|user| user.display_name.unwrap_or_else(|| user.primary.as_typed().to_owned())),
            license: invitation.license.unwrap_or(account.default_license),
            registered: person.is_some_and(|user| user.registered.is_some()),
            leaves,
            expires: invitation.expires,
        })
    }

    /// Declines. Whoever holds the link may: it was mailed to the address.
    pub async fn decline(&self, cx: &Context, token: &str) -> Result<(), Error> {
        const VERB: &str = "invitation.decline";
        let token = TokenHash::of(token);
        let declined = self.run(cx, VERB, move |w, stage| {
            Box::pin(async move {
                let invitation = w.invitation_by_token(&token).await?.ok_or(Refusal::LinkExpired)?;
                let declined = change::decline(&invitation, stage.cx.at)?;
                let (before, after) = (Facts::of_invitation(&invitation), Facts::of_invitation(&declined));
                let record = stage.changed(VERB, Some(invitation.account), invitation.id.0, &before, &after);
                w.save_invitations(&[(declined, None)]).await?;
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            })
        });
        single(declined.await)
    }
}
