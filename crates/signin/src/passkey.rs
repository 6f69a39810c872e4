//! Passkeys (WebAuthn Level 3): discoverable credentials that verify who uses them, so that one is two factors and needs
//! no address (rule 79).

use std::sync::Arc;

use access::authority::Caller;
use access::{Refusal, User, UserId};
use futures::FutureExt;
use serde_json::{Value, json};
use service::{Context, Outcome, Stage, joining, single};
use store::{Passkey, Scope, TokenHash, Write};
use url::Url;
use webauthn_rs::prelude::{
    AuthenticationResult, CreationChallengeResponse, DiscoverableAuthentication, PasskeyRegistration,
    PublicKeyCredential, RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use crate::attempt::{Attempt, By, Proved, Step, VERB, Wanted, Went, finish, first_proved};
use crate::sessions::Browser;
use crate::{Error, SignIn};

/// What a passkey is, to whoever reads the methods (RFC 8176): a key that its device keeps, or one that is copied from
/// device to device.
fn method(verified: &AuthenticationResult) -> &'static str {
    if verified.backup_eligible() { "swk" } else { "hwk" }
}

/// Passkeys for whoever comes to this address; `None` where browsers have none, as with an IP address.
pub(crate) fn relying_party(base_url: &Url, organisation: &str) -> Option<Arc<Webauthn>> {
    let host = base_url.domain()?;
    let built = WebauthnBuilder::new(host, base_url).and_then(|builder| builder.rp_name(organisation).build());
    built.map(Arc::new).inspect_err(|error| tracing::warn!(%error, "no passkeys at this address")).ok()
}

impl SignIn {
    /// Whether there are passkeys here.
    pub fn has_passkeys(&self) -> bool {
        self.passkeys.is_some()
    }

    /// Asks for a passkey: as the second factor of the sign-in behind a cookie where one is due, to confirm a provider
    /// where that is what the person `confirms`, and else alone. Returns the value of the attempt's cookie.
    pub async fn ask_passkey(
        &self,
        cx: &Context,
        cookie: Option<&str>,
        wanted: Wanted,
        confirms: bool,
    ) -> Result<String, Error> {
        let Some(webauthn) = &self.passkeys else {
            return self.service.refuse(cx, VERB, Refusal::PasskeyRefused).await;
        };
        let (options, state) = webauthn.start_discoverable_authentication().map_err(fault)?;
        let challenge = json!({ "options": options.public_key, "state": state });
        let cookie = cookie.map(str::to_owned);
        let asked = self.service.run(cx, VERB, move |w, stage| {
            let (challenge, cookie, wanted) = (challenge.clone(), cookie.clone(), wanted.clone());
            async move {
                let cookie = ask(w, stage, (cookie, confirms), wanted, challenge).await?;
                Ok(vec![Outcome { result: Ok(cookie), audit: vec![], notices: vec![] }])
            }
            .boxed()
        });
        single(asked.await)
    }

    /// The passkey's answer to what it was asked, as JSON.
    ///
    /// [`Refusal::PasskeyRefused`] when it proves nothing; [`Refusal::SignInEnded`] when nothing was asked, or it was
    /// answered already.
    pub async fn with_passkey(
        &self,
        cx: &Context,
        cookie: &str,
        answer: &str,
        browser: Browser,
    ) -> Result<Went, Error> {
        let cookie = TokenHash::of(cookie);
        let read = self.service.store().read(Scope::Public);
        let state = read.sign_in(&cookie, cx.at).await?.and_then(Attempt::open);
        let Some(attempt) = state else { return self.service.refuse(cx, VERB, Refusal::SignInEnded).await };
        let cx = self.as_whom(cx, &cookie).await?;
        let Some((passkey, user, verified)) = self.verified(&attempt, answer).await? else {
            return self.service.refuse(&cx, VERB, Refusal::PasskeyRefused).await;
        };
        let cx = Context { caller: Caller::Oneself(user.id), ..cx };
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let answered = Answered {
                cookie,
                attempt: attempt.clone(),
                user: user.clone(),
                passkey: passkey.clone(),
                verified: verified.clone(),
            };
            let browser = browser.clone();
            async move { Ok(vec![answered.carry_on(w, stage, &browser).await?]) }.boxed()
        });
        single(went.await)
    }

    /// Whose passkey answered, and what it said, if that is right.
    async fn verified(
        &self,
        attempt: &Attempt,
        answer: &str,
    ) -> Result<Option<(Passkey, User, AuthenticationResult)>, Error> {
        let (Some(webauthn), Some(challenge)) = (&self.passkeys, challenge(attempt)) else { return Ok(None) };
        let state = challenge.get("state").cloned().unwrap_or_default();
        let state: DiscoverableAuthentication = serde_json::from_value(state).map_err(fault)?;
        let Ok(answer) = serde_json::from_str::<PublicKeyCredential>(answer) else { return Ok(None) };
        let Ok((owner, id)) = webauthn.identify_discoverable_authentication(&answer) else { return Ok(None) };
        let read = self.service.store().read(Scope::Public);
        let Some(passkey) = read.passkey(id).await?.filter(|passkey| passkey.user.0 == owner) else { return Ok(None) };
        let Some(user) = read.user(passkey.user).await? else { return Ok(None) };
        let key = key(&passkey)?;
        let verified = webauthn.finish_discoverable_authentication_v2(&answer, state, &key);
        Ok(verified.ok().filter(AuthenticationResult::user_verified).map(|verified| (passkey, user, verified)))
    }

    /// What a browser needs to make a passkey of a person, and what must be remembered of it.
    pub(crate) fn ask_new_passkey(&self, user: &User, known: &[Passkey]) -> Result<(Value, Value), Error> {
        let webauthn = self.passkeys.as_ref().ok_or(Refusal::PasskeyRefused)?;
        let mut others = Vec::with_capacity(known.len());
        for passkey in known {
            others.push(key(passkey)?.cred_id().clone());
        }
        let address = user.primary.as_typed();
        let name = user.display_name.as_deref().unwrap_or(address);
        let started = webauthn.start_passkey_registration(user.id.0, address, name, Some(others));
        let (options, state) = started.map_err(fault)?;
        Ok((discoverable(options)?, serde_json::to_value(state).map_err(fault)?))
    }

    /// The passkey that a browser made.
    pub(crate) fn made_passkey(
        &self,
        state: Value,
        answer: &str,
        user: UserId,
        name: &str,
        at: jiff::Timestamp,
    ) -> Result<Passkey, Error> {
        let webauthn = self.passkeys.as_ref().ok_or(Refusal::PasskeyRefused)?;
        let state: PasskeyRegistration = serde_json::from_value(state).map_err(fault)?;
        let answer: RegisterPublicKeyCredential =
            serde_json::from_str(answer).map_err(|_| Error::from(Refusal::PasskeyRefused))?;
        let made = webauthn.finish_passkey_registration(&answer, &state);
        let made = made.map_err(|_| Error::from(Refusal::PasskeyRefused))?;
        Ok(Passkey {
            id: made.cred_id().to_vec(),
            user,
            name: name.to_owned(),
            credential: serde_json::to_value(&made).map_err(fault)?,
            version: 0,
            created: at,
            last_used: None,
        })
    }
}

/// A passkey's answer that was verified outside of the transaction.
struct Answered {
    cookie: TokenHash,
    attempt: Attempt,
    user: User,
    passkey: Passkey,
    verified: AuthenticationResult,
}

impl Answered {
    async fn carry_on(self, w: &mut Write, stage: &Stage, browser: &Browser) -> Result<Outcome<Went>, Error> {
        let Self { cookie, attempt, user, passkey, verified } = self;
        if Attempt::locked(w, &cookie, stage.cx.at).await? != attempt {
            return Err(Refusal::SignInEnded.into());
        }
        let joining = match attempt.step {
            Step::Second { .. } => joining(w, &user, stage.cx.at).await?,
            _ => None,
        };
        // What was verified outside must be what is there: removed or used meanwhile, it proves nothing.
        let Some(mut now) = w.passkey(&passkey.id).await?.filter(|now| now.version == passkey.version) else {
            return Err(Refusal::PasskeyRefused.into());
        };
        let mut credential = key(&now)?;
        credential.update_credential(&verified);
        now.credential = serde_json::to_value(&credential).map_err(fault)?;
        (now.version, now.last_used) = (now.version + 1, Some(stage.cx.at));
        w.save_passkey(&now).await?;
        let link = match attempt.step {
            Step::Second { proved, .. } if proved.user == now.user => {
                let proved = proved.and(method(&verified));
                return finish(w, stage, (&cookie, joining), &proved, (&attempt.wanted, browser)).await;
            }
            Step::Passkey { .. } => None,
            Step::Confirm { user, link, .. } if user == now.user => Some(link),
            _ => return Err(Refusal::PasskeyRefused.into()),
        };
        w.delete_sign_in(&cookie).await?;
        let methods = vec![method(&verified).to_owned(), "mfa".to_owned()];
        let proved = Proved { user: user.id, epoch: user.epoch, methods, by: By::Passkey(now.id), link };
        first_proved(w, stage, &user, proved, (&attempt.wanted, browser)).await
    }
}

async fn ask(
    w: &mut Write,
    stage: &Stage,
    (cookie, confirms): (Option<String>, bool),
    wanted: Wanted,
    challenge: Value,
) -> Result<String, Error> {
    if let Some(cookie) = cookie {
        let hash = TokenHash::of(&cookie);
        let open = w.sign_in(&hash, stage.cx.at).await?.and_then(Attempt::open);
        let carried_on = match open {
            Some(Attempt { wanted, step: Step::Second { proved, .. } }) => {
                Some((wanted, Step::Second { proved, challenge: Some(challenge.clone()) }))
            }
            // Whoever asks elsewhere wants to sign in, not to confirm what some provider said before.
            Some(Attempt { wanted, step: Step::Confirm { user, link, .. } }) if confirms => {
                Some((wanted, Step::Confirm { user, link, challenge: Some(challenge.clone()) }))
            }
            _ => None,
        };
        if let Some((wanted, step)) = carried_on {
            Attempt { wanted, step }.go_on(w, &hash).await?;
            return Ok(cookie);
        }
    }
    Attempt { wanted, step: Step::Passkey { challenge } }.begin(w, stage).await
}

fn challenge(attempt: &Attempt) -> Option<&Value> {
    match &attempt.step {
        Step::Second { challenge, .. } | Step::Confirm { challenge, .. } => challenge.as_ref(),
        Step::Passkey { challenge } => Some(challenge),
        Step::SetUp { .. } | Step::Upstream { .. } | Step::ConfirmDirectory { .. } => None,
    }
}

fn key(passkey: &Passkey) -> Result<webauthn_rs::prelude::Passkey, Error> {
    serde_json::from_value(passkey.credential.clone()).map_err(fault)
}

/// The options for a credential that its device finds by itself: signing in needs no address then.
fn discoverable(options: CreationChallengeResponse) -> Result<Value, Error> {
    let mut options = serde_json::to_value(options.public_key).map_err(fault)?;
    if let Some(selection) = options.get_mut("authenticatorSelection").and_then(Value::as_object_mut) {
        selection.insert("residentKey".to_owned(), "required".into());
        selection.insert("requireResidentKey".to_owned(), true.into());
    }
    Ok(options)
}

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("a passkey: {error}"))
}
