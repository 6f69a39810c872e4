//! Codes and refresh tokens become tokens (RFC 6749 sections 4.1.3 and 6). What comes a second time ends everything that
//! was made from it (RFC 9700 sections 2.1.1 and 4.14).

use access::application::{AccessTokenFormat, Client};
use access::authority::Caller;
use access::{ApplicationId, Refusal, User};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use oidc::claims::{AccessToken, IdToken, Proof, Subject};
use oidc::jose::Signer;
use oidc::token::{Grant, Issued, Presented};
use oidc::{Code, Error as Answer, Scope, pkce};
use serde_json::json;
use service::{Context, Outcome, Stage, single};
use store::{Authorization, Entrance, NewIssued, TokenHash, Write};
use uuid::Uuid;

use crate::keys::sign;
use crate::subject::{may_enter, subject};
use crate::{Error, SignIn, secrets};

const VERB: &str = "application.tokens";
/// RFC 6749 section 6 has a code of its own for it: clients throw a session away on `invalid_grant`.
const TOO_WIDE: &str = "the scope is more than was granted";
const ENDED: &str = "application.authorization-end";
/// How long an opaque access token may be used; each use is decided anew.
const ACCESS: SignedDuration = SignedDuration::from_hours(1);
/// How long a JWT access token is believed (rule 22).
const JWT: SignedDuration = SignedDuration::from_mins(5);
/// How long an ID token is believed.
const ID: SignedDuration = SignedDuration::from_hours(1);
/// How long a refresh token may lie unused.
const REFRESH: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long offline access lasts at most.
const OFFLINE: SignedDuration = SignedDuration::from_hours(180 * 24);

/// An application that said who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// Which.
    pub id: ApplicationId,
    /// How it signs people in.
    pub client: Client,
    /// Whether it gets refresh tokens: a browser's session on an application's host does not.
    pub refreshes: bool,
}

/// What was minted, before it is signed.
#[derive(Clone)]
struct Minted {
    authorization: Authorization,
    scope: Scope,
    nonce: Option<String>,
    subject: Subject,
    access: NewIssued,
    access_token: String,
    refresh_token: Option<String>,
}

impl SignIn {
    /// Who an application is, by what it presents; `None` when it is not who it says.
    pub async fn client(&self, presented: &Presented) -> Result<Option<Authenticated>, Error> {
        let at = self.service().clock().now();
        let Ok(id) = presented.id.parse::<ApplicationId>() else { return Ok(None) };
        let Some(client) = self.client_of(id).await? else { return Ok(None) };
        let proved = match (&presented.secret, client.public) {
            (None, true) => true,
            (Some(_), true) | (None, false) => false,
            (Some(secret), false) => {
                let token = self.service().store().token(&TokenHash::of(secret)).await?;
                let token = token.filter(|token| token.works(at) && token.holder.application() == Some(id));
                if let Some(token) = &token {
                    self.service().used_token(token.id, at);
                }
                token.is_some()
            }
        };
        Ok(proved.then_some(Authenticated { id, client, refreshes: true }))
    }

    /// Exchanges a code or a refresh token.
    pub async fn exchange(
        &self,
        cx: &Context,
        client: Authenticated,
        grant: Grant,
    ) -> Result<Result<Issued, Answer>, Error> {
        // A JWT is signed before its hash is kept, so the key is at hand before the transaction; the ID token is signed
        // with the same one.
        let signer = self.signer(client.client.id_token_algorithm).await?;
        let kept = signer.clone();
        let issuer = self.issuer().to_owned();
        let cx = Context { caller: Caller::Application(client.id), ..cx.clone() };
        let minted = self.service().run(&cx, VERB, move |w, stage| {
            let (client, grant, issuer, signer) = (client.clone(), grant.clone(), issuer.clone(), signer.clone());
            async move {
                let hand = Hand { stage, client: &client, issuer: &issuer, signer: &signer };
                let (Grant::Code { code: presented, .. } | Grant::Refresh { token: presented, .. }) = &grant;
                // The person before what is theirs, as who signs them out does: neither waits for the other in a ring.
                if let Some(person) = w.holder(&TokenHash::of(presented)).await? {
                    w.standing(person).await?;
                }
                let outcome = match grant {
                    Grant::Code { code, redirect_uri, verifier } => {
                        hand.code(w, &code, redirect_uri.as_deref(), verifier.as_deref()).await?
                    }
                    Grant::Refresh { token, scope } => hand.refresh(w, &token, scope).await?,
                };
                Ok(vec![outcome])
            }
            .boxed()
        });
        match single(minted.await) {
            Ok(minted) => Ok(Ok(self.issued(minted, &kept)?)),
            Err(Error::Refused(Refusal::GrantInvalid(TOO_WIDE))) => Ok(Err(Answer::new(Code::InvalidScope, TOO_WIDE))),
            Err(Error::Refused(Refusal::GrantInvalid(why))) => Ok(Err(Answer::new(Code::InvalidGrant, why))),
            Err(Error::Refused(refusal @ (Refusal::MayNotEnter | Refusal::MayNotSignIn))) => {
                Ok(Err(Answer::new(Code::InvalidGrant, refusal.to_string())))
            }
            Err(error) => Err(error),
        }
    }

    fn issued(&self, minted: Minted, signer: &Signer) -> Result<Issued, Error> {
        let Minted { authorization, scope, nonce, subject, access, access_token, refresh_token } = minted;
        let id_token = if scope.has("openid") {
            let claims = IdToken {
                iss: self.issuer().to_owned(),
                aud: authorization.application,
                exp: after(access.created, ID),
                iat: access.created,
                nonce,
                sid: authorization.sid,
                proof: Proof::new(authorization.authenticated, &authorization.methods),
                subject,
            };
            Some(sign(signer, "JWT", &claims)?)
        } else {
            None
        };
        Ok(Issued {
            access_token,
            token_type: "Bearer",
            expires_in: access.expires.as_second() - access.created.as_second(),
            refresh_token,
            id_token,
            scope: scope.to_string(),
        })
    }
}

/// What minting has at hand.
struct Hand<'a> {
    stage: &'a Stage,
    client: &'a Authenticated,
    issuer: &'a str,
    signer: &'a Signer,
}

impl Hand<'_> {
    async fn code(
        &self,
        w: &mut Write,
        code: &str,
        redirect_uri: Option<&str>,
        verifier: Option<&str>,
    ) -> Result<Outcome<Minted>, Error> {
        let at = self.stage.cx.at;
        let hash = TokenHash::of(code);
        let found = w.code(&hash).await?.filter(|found| found.application == self.client.id);
        let Some(found) = found else { return Err(invalid("the code is unknown").into()) };
        if let Some(authorization) = found.authorization {
            return self.ended(w, authorization, "the code was used before; everything made from it is over").await;
        }
        if found.expires <= at {
            return Err(invalid("the code has expired").into());
        }
        if found.redirect_uri.as_deref() != redirect_uri {
            return Err(invalid("the redirect_uri is not the one of the authorization request").into());
        }
        let proved = match (&found.challenge, verifier) {
            (Some(challenge), Some(verifier)) => pkce::verify(verifier, challenge),
            (None, None) => true,
            // A verifier without a challenge may be a code that was put in another's place (RFC 9700 section 4.8.2).
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !proved {
            return Err(invalid("the code_verifier does not belong to the code_challenge").into());
        }
        let Some(session) = w.session_by_id(found.session).await?.filter(|session| at < session.expires) else {
            return Err(invalid("the session in which the code was made is over").into());
        };
        let scope = Scope::parse(&found.scope);
        let offline = scope.has("offline_access");
        let authorization = Authorization {
            id: service::fresh::id(&self.stage.random, at),
            user: session.user,
            application: self.client.id,
            session: (!offline).then_some(session.id),
            sid: session.id,
            epoch: session.epoch,
            scope: scope.to_string(),
            authenticated: session.authenticated,
            methods: session.methods,
            created: at,
            expires: if offline { after(at, OFFLINE) } else { session.expires },
            ended: None,
        };
        #[cfg(feature = "plant")]
        let authorization = crate::planted::without_epoch(w, authorization).await?;
        let (user, subject) = self.enters(w, &authorization, &scope).await?;
        w.insert_authorization(&authorization).await?;
        w.code_exchanged(&hash, authorization.id).await?;
        self.mint(w, authorization, scope, found.nonce, subject, &user).await
    }

    async fn refresh(&self, w: &mut Write, token: &str, wanted: Option<Scope>) -> Result<Outcome<Minted>, Error> {
        let at = self.stage.cx.at;
        let hash = TokenHash::of(token);
        let found = w.refresh_token(&hash).await?;
        let Some(found) = found else { return Err(invalid("the refresh token is unknown").into()) };
        let authorization = w.authorization(found.authorization).await?;
        let Some(authorization) = authorization.filter(|known| known.application == self.client.id) else {
            return Err(invalid("the refresh token is unknown").into());
        };
        if authorization.ended.is_some() || authorization.expires <= at || found.expires <= at {
            return Err(invalid("the refresh token is over").into());
        }
        if found.used.is_some() {
            let why = "the refresh token was used before; everything made from it is over";
            return self.ended(w, authorization.id, why).await;
        }
        if let Some(session) = authorization.session
            && w.session_by_id(session).await?.is_none_or(|session| session.expires <= at)
        {
            return Err(invalid("the session in which the refresh token was made is over").into());
        }
        let granted = Scope::parse(&authorization.scope);
        let scope = wanted.unwrap_or_else(|| granted.clone());
        if !scope.is_within(&granted) {
            return Err(invalid(TOO_WIDE).into());
        }
        let (user, subject) = self.enters(w, &authorization, &scope).await?;
        w.refresh_token_used(&hash, at).await?;
        self.mint(w, authorization, scope, None, subject, &user).await
    }

    /// The person, read anew (rule 23), if what is made is of their generation and they may enter.
    async fn enters(
        &self,
        w: &mut Write,
        authorization: &Authorization,
        scope: &Scope,
    ) -> Result<(User, Subject), Error> {
        let at = self.stage.cx.at;
        let over = || invalid("the session in which it was made is over");
        let (user, facts) = w.standing(authorization.user).await?.ok_or_else(over)?;
        if facts.epoch != authorization.epoch {
            return Err(over().into());
        }
        // One that signs people in no more since the request came in, too.
        let entrance = w.entrance(authorization.application, &facts).await?;
        let entrance = entrance.filter(|entrance| entrance.application.client.is_some());
        let Some(Entrance { facts: application, .. }) = entrance else { return Err(Refusal::MayNotEnter.into()) };
        let catalog = w.current_catalog().await?;
        let decision = may_enter(&facts, &application, &catalog, at);
        if !decision.allowed {
            return Err(Refusal::MayNotEnter.into());
        }
        let proved = w.is_address_proved(&user).await?;
        let (name, address) = (user.display_name.clone(), (user.primary.as_typed().to_owned(), proved));
        Ok((user, subject(&facts, decision, name, address, scope)))
    }

    async fn mint(
        &self,
        w: &mut Write,
        authorization: Authorization,
        scope: Scope,
        nonce: Option<String>,
        subject: Subject,
        user: &User,
    ) -> Result<Outcome<Minted>, Error> {
        let (at, random) = (self.stage.cx.at, &self.stage.random);
        let jwt = self.client.client.access_tokens == AccessTokenFormat::Jwt;
        let new = |length| NewIssued {
            id: service::fresh::id(random, at),
            authorization: authorization.id,
            created: at,
            expires: after(at, length).min(authorization.expires),
        };
        let access = new(if jwt { JWT } else { ACCESS });
        let access_token = match jwt {
            true => self.signed(&authorization, &access, &scope, &subject)?,
            false => secrets::new(random, secrets::ACCESS),
        };
        w.insert_access_token(&access, &scope.to_string(), &TokenHash::of(&access_token)).await?;
        let refresh_token = self.client.refreshes.then(|| secrets::new(random, secrets::REFRESH));
        if let Some(token) = &refresh_token {
            w.insert_refresh_token(&new(REFRESH), &TokenHash::of(token)).await?;
        }
        let account = user.membership.map(|membership| membership.account);
        let record = self.stage.noted(VERB, account, user.id.0, json!({ "application": self.client.id }));
        let minted = Minted { authorization, scope, nonce, subject, access, access_token, refresh_token };
        Ok(Outcome { result: Ok(minted), audit: vec![record], notices: vec![] })
    }

    fn signed(
        &self,
        authorization: &Authorization,
        access: &NewIssued,
        scope: &Scope,
        subject: &Subject,
    ) -> Result<String, Error> {
        let claims = AccessToken {
            iss: self.issuer.to_owned(),
            aud: authorization.application,
            client_id: authorization.application,
            exp: access.expires,
            iat: access.created,
            jti: access.id,
            scope: scope.to_string(),
            sid: authorization.sid,
            proof: Proof::new(authorization.authenticated, &authorization.methods),
            subject: subject.clone(),
        };
        sign(self.signer, "at+jwt", &claims)
    }

    /// Something came a second time: whoever has it, it is in two hands.
    async fn ended(&self, w: &mut Write, authorization: Uuid, why: &'static str) -> Result<Outcome<Minted>, Error> {
        w.end_authorizations(&[authorization], self.stage.cx.at).await?;
        let refusal = invalid(why);
        let record = self.stage.refused(ENDED, None, Some(authorization), &refusal);
        Ok(Outcome { result: Err(refusal), audit: vec![record], notices: vec![] })
    }
}

fn invalid(why: &'static str) -> Refusal {
    Refusal::GrantInvalid(why)
}

fn after(at: Timestamp, length: SignedDuration) -> Timestamp {
    at.saturating_add(length).unwrap_or(Timestamp::MAX)
}
