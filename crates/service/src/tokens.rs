//! API tokens: an administrator's, on behalf of a grant, and an application's own credential.

use access::authority::{Action, Over};
use access::{AccountId, ApplicationId, Refusal};
use jiff::Timestamp;
use serde_json::json;
use store::{Record, Token, TokenHash, TokenHolder, Write};
use uuid::Uuid;

use crate::access_keys::{hidden, in_the_future, made_for_oneself};
use crate::authority::authority;
use crate::facts::Facts;
use crate::grants::{account, within_reach};
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, person, secret};

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
    /// Makes a token for a grant or an application. `name` says what it is for.
    pub async fn create_token(
        &self,
        cx: &Context,
        holder: TokenHolder,
        name: &str,
        expires: Option<Timestamp>,
    ) -> Result<NewToken, Error> {
        const VERB: &str = "token.create";
        let name = match person::name(name) {
            Ok(name) => name,
            Err(refusal) => return self.refuse(cx, VERB, refusal).await,
        };
        let created = self.run(cx, VERB, move |w, stage| {
            let name = name.clone();
            Box::pin(async move {
                let over = managed(w, stage, holder).await?;
                if let TokenHolder::Grant(id) = holder {
                    made_for_oneself(stage, &within_reach(w, stage, id).await?)?;
                    if !w.hold_grant(id).await? {
                        return Err(Refusal::UnknownCredential(id.to_string()).into());
                    }
                }
                in_the_future(expires, stage.cx.at)?;
                let prefix = match holder {
                    TokenHolder::Grant(_) => secret::ADMINISTRATOR_TOKEN,
                    TokenHolder::Application(_) => secret::APPLICATION_TOKEN,
                };
                let secret = secret::bearer(&stage.random, prefix);
                let token = Token {
                    id: fresh::id(&stage.random, stage.cx.at),
                    holder,
                    name,
                    created: stage.cx.at,
                    expires,
                    revoked: None,
                };
                w.insert_token(&token, &TokenHash::of(&secret)).await?;
                let record = stage.changed(VERB, account(over), token.id, &Facts::none(), &facts(&token));
                Ok(vec![Outcome { result: Ok(NewToken { token, secret }), audit: vec![record], notices: vec![] }])
            })
        });
        single(created.await)
    }

    /// Revokes a token; it works no longer from here on.
    pub async fn revoke_token(&self, cx: &Context, id: Uuid) -> Result<(), Error> {
        const VERB: &str = REVOKE;
        let revoked = self.run(cx, VERB, move |w, stage| {
            Box::pin(async move {
                let unknown = || Refusal::UnknownCredential(id.to_string());
                let token = w.token(id).await?.ok_or_else(unknown)?;
                let over = managed(w, stage, token.holder).await.map_err(|error| hidden(error, unknown()))?;
                if !w.revoke_token(id, stage.cx.at).await? {
                    return Err(unknown().into());
                }
                let record = ended(stage, account(over), token);
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

/// What a token's holder is over, if the caller may manage it.
async fn managed(w: &mut Write, stage: &Stage, holder: TokenHolder) -> Result<Over, Error> {
    match holder {
        TokenHolder::Grant(id) => {
            let grant = within_reach(w, stage, id).await?;
            let permit = authority(w, stage, Action::ManageGrants, grant.over).await?.permit;
            access::authority::may_act_on(permit, &[grant])?;
            Ok(grant.over)
        }
        TokenHolder::Application(id) => owner_managed(w, stage, id).await,
    }
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
pub(crate) fn ended(stage: &Stage, over: Option<AccountId>, token: Token) -> Record {
    let (id, before) = (token.id, facts(&token));
    stage.changed(REVOKE, over, id, &before, &facts(&Token { revoked: Some(stage.cx.at), ..token }))
}

/// Its name is in somebody's words.
pub(crate) fn facts(token: &Token) -> Facts {
    let (kind, holder) = match token.holder {
        TokenHolder::Grant(grant) => ("grant", grant.0),
        TokenHolder::Application(application) => ("application", application.0),
    };
    let facts = Facts {
        plain: json!({ kind: holder, "created": token.created, "expires": token.expires, "revoked": token.revoked }),
        personal: json!({ "name": token.name }),
    };
    facts.without_nulls()
}
