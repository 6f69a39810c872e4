//! API tokens: an administrator's, on behalf of a grant, and an application's own credential.

use access::authority::{Action, Grant, Over};
use access::{AccountId, ApplicationId, Refusal};
use serde_json::json;
use store::{Issued, Record, Token, TokenHash, TokenHolder, Write};
use uuid::Uuid;

use crate::authority::authority;
use crate::facts::Facts;
use crate::grants::{account, within_reach};
use crate::issue::{self, NewCredential, Rotation, hidden, made_for_oneself};
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, secret};

const REVOKE: &str = "token.revoke";

/// A new token. It is shown this once.
#[derive(Clone)]
pub struct NewToken {
    /// What is kept of it.
    pub token: Token,
    /// The token itself, to be sent as `Authorization: Bearer`.
    pub secret: String,
}

impl Service {
    /// Makes a token for a grant, or a part of one, or for an application.
    pub async fn create_token(
        &self,
        cx: &Context,
        holder: TokenHolder,
        wish: NewCredential,
    ) -> Result<NewToken, Error> {
        const VERB: &str = "token.create";
        let created = self.run(cx, VERB, move |w, stage| {
            let wish = wish.clone();
            Box::pin(async move {
                issue::restricted(w, stage, &wish).await?;
                let managed = managed(w, stage, holder).await?;
                let issued = issue::issued(&wish, managed.grant.as_ref(), stage.cx.at)?;
                let made = made(w, stage, &managed, holder, issued).await?;
                let id = made.token.id;
                let record = stage.changed(VERB, account(managed.over), id, &Facts::none(), &facts(&made.token));
                Ok(vec![Outcome { result: Ok(made), audit: vec![record], notices: vec![] }])
            })
        });
        single(created.await)
    }

    /// Makes a token in the place of another, which works for the time of the overlap still.
    pub async fn rotate_token(&self, cx: &Context, id: Uuid, rotation: Rotation) -> Result<NewToken, Error> {
        const VERB: &str = "token.rotate";
        let rotated = self.run(cx, VERB, move |w, stage| {
            Box::pin(async move {
                let (old, managed) = known(w, stage, id).await?;
                if !old.issued.works(stage.cx.at) {
                    return Err(Refusal::UnknownCredential(id.to_string()).into());
                }
                let (issued, ends) = issue::succeeded(&old.issued, rotation, stage.cx.at)?;
                let made = made(w, stage, &managed, old.holder, issued).await?;
                w.set_token_expiry(id, ends).await?;
                let (over, before) = (account(managed.over), facts(&old));
                let ending = Issued { expires: Some(ends), ..old.issued.clone() };
                let audit = vec![
                    stage.changed(VERB, over, id, &before, &facts(&Token { issued: ending, ..old })),
                    stage.changed(VERB, over, made.token.id, &Facts::none(), &facts(&made.token)),
                ];
                Ok(vec![Outcome { result: Ok(made), audit, notices: vec![] }])
            })
        });
        single(rotated.await)
    }

    /// Revokes a token; it works no longer from here on.
    pub async fn revoke_token(&self, cx: &Context, id: Uuid) -> Result<(), Error> {
        let revoked = self.run(cx, REVOKE, move |w, stage| {
            Box::pin(async move {
                let (token, managed) = known(w, stage, id).await?;
                if !w.revoke_token(id, stage.cx.at).await? {
                    return Err(Refusal::UnknownCredential(id.to_string()).into());
                }
                let record = ended(stage, account(managed.over), &token);
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            })
        });
        single(revoked.await)
    }

    /// The tokens of the grants and applications over the deployment or of an account, oldest first; revoked ones too.
    pub async fn list_tokens(&self, cx: &Context, over: Over) -> Result<Vec<Token>, Error> {
        Ok(self.permitted(cx, Action::ManageGrants, over)?.tokens().await?)
    }
}

/// What a token stands for, as far as the caller may manage it.
struct Managed {
    over: Over,
    /// The grant; `None` for an application.
    grant: Option<Grant>,
}

/// What a token's holder is over, if the caller may manage it.
async fn managed(w: &mut Write, stage: &Stage, holder: TokenHolder) -> Result<Managed, Error> {
    match holder {
        TokenHolder::Grant(id) => {
            let grant = within_reach(w, stage, id).await?;
            let permit = authority(w, stage, Action::ManageGrants, grant.over).await?.permit;
            access::authority::may_act_on(permit, &[grant])?;
            Ok(Managed { over: grant.over, grant: Some(grant) })
        }
        TokenHolder::Application(id) => Ok(Managed { over: owner_managed(w, stage, id).await?, grant: None }),
    }
}

/// A token that the caller may manage; otherwise it looks unknown.
async fn known(w: &mut Write, stage: &Stage, id: Uuid) -> Result<(Token, Managed), Error> {
    let unknown = || Refusal::UnknownCredential(id.to_string());
    let token = w.token(id).await?.ok_or_else(unknown)?;
    let managed = managed(w, stage, token.holder).await.map_err(|error| hidden(error, unknown()))?;
    Ok((token, managed))
}

/// A new token; the grant behind it is held meanwhile.
async fn made(
    w: &mut Write,
    stage: &Stage,
    managed: &Managed,
    holder: TokenHolder,
    issued: Issued,
) -> Result<NewToken, Error> {
    let mut prefix = secret::APPLICATION_TOKEN;
    if let Some(grant) = &managed.grant {
        made_for_oneself(stage, grant)?;
        if !w.hold_grant(grant.id).await? {
            return Err(Refusal::UnknownCredential(grant.id.to_string()).into());
        }
        prefix = secret::ADMINISTRATOR_TOKEN;
    }
    let secret = secret::bearer(&stage.random, prefix);
    let token = Token { id: fresh::id(&stage.random, stage.cx.at), holder, issued };
    w.insert_token(&token, &TokenHash::of(&secret)).await?;
    Ok(NewToken { token, secret })
}

/// What an application belongs to, if the caller may manage it; otherwise it looks unknown.
pub(crate) async fn owner_managed(w: &mut Write, stage: &Stage, id: ApplicationId) -> Result<Over, Error> {
    let unknown = || Refusal::UnknownApplication(id.to_string());
    let application = w.application(id).await?.ok_or_else(unknown)?;
    let over = application.owner.map_or(Over::Deployment, Over::Account);
    access::authority::permit(&stage.cx.caller, Action::ManageApplications, over).map_err(|_| unknown())?;
    authority(w, stage, Action::ManageApplications, over).await?;
    Ok(over)
}

/// The trail of a token that was revoked.
pub(crate) fn ended(stage: &Stage, over: Option<AccountId>, token: &Token) -> Record {
    let issued = issue::revoked(&token.issued, stage.cx.at);
    stage.changed(REVOKE, over, token.id, &facts(token), &facts(&Token { issued, ..token.clone() }))
}

/// Its name is in somebody's words.
pub(crate) fn facts(token: &Token) -> Facts {
    let (kind, holder) = match token.holder {
        TokenHolder::Grant(grant) => ("grant", grant.0),
        TokenHolder::Application(application) => ("application", application.0),
    };
    let mut plain = issue::plain(&token.issued);
    crate::facts::merge(&mut plain, &json!({ kind: holder }));
    Facts { plain, personal: json!({ "name": token.issued.name }) }.without_nulls()
}
