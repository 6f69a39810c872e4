//! What a token stands for now (RFC 7662, OpenID Connect Core section 5.3), and giving it back (RFC 7009). Each answer is
//! one statement on current facts and one decision.

use access::authority::Caller;
use futures::FutureExt;
use jiff::Timestamp;
use oidc::Scope;
use oidc::claims::{Active, Introspection, Proof, Subject};
use oidc::token::Presented;
use serde_json::json;
use service::{Context, Outcome};
use store::{IssuedToken, TokenHash, TokenKind, Write};
use uuid::Uuid;

use crate::exchange::Authenticated;
use crate::{Error, SignIn};

const REVOKE: &str = "application.revoke";

impl SignIn {
    /// What a token stands for now, to the application it was made for or to another of the same owner; to others it
    /// stands for nothing. `None` when the one who asks is not who they say.
    pub async fn introspect(&self, presented: &Presented, token: &str) -> Result<Option<Introspection>, Error> {
        let at = self.service().clock().now();
        let Some(secret) = &presented.secret else { return Ok(None) };
        let found = self.known.bearer(Some(TokenHash::of(secret)), TokenHash::of(token)).await?;
        let client = found.client.filter(|client| client.works(at) && presented.id.parse() == Ok(client.id));
        let Some(client) = client else { return Ok(None) };
        self.service().used_token(client.token, at);
        let Some(issued) = found.issued.filter(|issued| issued.holds(at)) else {
            return Ok(Some(Introspection::inactive()));
        };
        let asked = &issued.person.asked;
        let made_for = asked.application.as_ref().map(|application| application.id);
        if made_for != Some(client.id) && asked.application_owner != client.owner {
            return Ok(Some(Introspection::inactive()));
        }
        let scope = Scope::parse(&issued.scope);
        let subject = self.subject(&issued.person, &scope, at).await?;
        Ok(Some(match (subject, made_for) {
            (Some(subject), Some(made_for)) => {
                let active = Active {
                    active: true,
                    iss: self.issuer().to_owned(),
                    scope: scope.to_string(),
                    client_id: made_for,
                    aud: made_for,
                    token_type: (issued.kind == TokenKind::Access).then_some("Bearer"),
                    exp: issued.expires,
                    iat: issued.created,
                    jti: issued.id,
                    sid: issued.sid,
                    username: subject.email.clone(),
                    proof: Proof::new(issued.authenticated, &issued.methods),
                    subject,
                };
                Introspection::Active(Box::new(active))
            }
            _ => Introspection::inactive(),
        }))
    }

    /// Who an access token's person is. `None` when it stands for nothing now; the scope with what it allows.
    pub async fn userinfo(&self, token: &str) -> Result<Option<(Subject, Scope)>, Error> {
        let at = self.service().clock().now();
        let Some(issued) = self.access(token, at).await? else { return Ok(None) };
        let scope = Scope::parse(&issued.scope);
        Ok(self.subject(&issued.person, &scope, at).await?.map(|subject| (subject, scope)))
    }

    pub(crate) async fn access(&self, token: &str, at: Timestamp) -> Result<Option<IssuedToken>, Error> {
        let found = self.known.bearer(None, TokenHash::of(token)).await?;
        Ok(found.issued.filter(|issued| issued.kind == TokenKind::Access && issued.holds(at)))
    }

    /// A token is given back: an access token ends; with a refresh token everything made from the same. Nothing happens
    /// to what is unknown, or another application's (RFC 7009 section 2.2).
    pub async fn revoke(&self, cx: &Context, client: &Authenticated, token: &str) -> Result<(), Error> {
        let (hash, own) = (TokenHash::of(token), client.id);
        let cx = Context { caller: Caller::Application(own), ..cx.clone() };
        let revoked = self.service().run(&cx, REVOKE, move |w, stage| {
            async move {
                let refresh = w.refresh_token(&hash).await?.map(|token| token.authorization);
                let access = w.access_token(&hash).await?;
                let Some(id) = refresh.or(access) else { return Ok(vec![]) };
                let Some(authorization) = w.authorization(id).await?.filter(|known| known.application == own) else {
                    return Ok(vec![]);
                };
                revoke(w, &hash, refresh, stage.cx.at).await?;
                let account = w.memberships(&[authorization.user]).await?.remove(&authorization.user);
                let what = json!({ "application": own });
                let record = stage.noted(REVOKE, account, authorization.user.0, what);
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            }
            .boxed()
        });
        revoked.await.map(drop)
    }
}

async fn revoke(w: &mut Write, hash: &TokenHash, refresh: Option<Uuid>, at: Timestamp) -> Result<(), Error> {
    match refresh {
        Some(authorization) => Ok(w.end_authorizations(&[authorization], at).await?),
        None => Ok(w.delete_access_token(hash).await?),
    }
}
