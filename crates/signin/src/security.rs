//! What a signed-in person does about how they sign in: second factors, passkeys, providers (rules 79 to 81). Each change
//! wants a sign-in that is minutes old, and is told by mail.

use access::authority::Caller;
use access::{Refusal, User};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use service::mail::SecurityChange;
use service::{Context, Outcome, Stage, single};
use store::{Factors, Scope, SessionFacts, TokenHash, Write};
use uuid::Uuid;

use crate::secrets::hex;
use crate::totp::{self, Setup};
use crate::{Error, SignIn, secrets};

/// How old the proof may be.
pub const FRESH: SignedDuration = SignedDuration::from_mins(15);

/// What a person signs in with.
#[derive(Clone, Debug)]
pub struct Security {
    /// Their address. Personal.
    pub address: String,
    /// Whether they have a password.
    pub password: bool,
    /// Their second factors.
    pub factors: Factors,
    /// Their passkeys.
    pub passkeys: Vec<PasskeyView>,
    /// The providers that know them.
    pub providers: Vec<ProviderView>,
    /// The providers that may get to know them, by id and name.
    pub offered: Vec<(Uuid, String)>,
    /// Whether their account wants a second factor.
    pub required: bool,
    /// Whether they administer something.
    pub administers: bool,
    /// Whether their account's directory waits until they confirm that it may be linked to them (rule 86).
    pub directory: bool,
}

/// A passkey as its owner sees it.
#[derive(Clone, Debug)]
pub struct PasskeyView {
    /// Its id, in hexadecimal digits.
    pub id: String,
    /// What they call it.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// A provider that knows a person.
#[derive(Clone, Debug)]
pub struct ProviderView {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

/// What a change wants of the person: their session, read and held in the change's transaction.
pub(crate) struct Oneself {
    pub user: User,
}

impl SignIn {
    /// What whoever this session is of signs in with.
    pub async fn security(&self, session: &SessionFacts) -> Result<Security, Error> {
        let facts = &session.person.asked.facts;
        let (public, own) =
            (self.service.store().read(Scope::Public), self.service.store().read(Scope::Oneself(facts.user)));
        let user = public.user(facts.user).await?.ok_or(Refusal::SignInAgain)?;
        let account = match user.membership {
            Some(membership) => public.account(membership.account).await?,
            None => None,
        };
        let view = |passkey: store::Passkey| PasskeyView {
            id: hex(&passkey.id),
            name: passkey.name,
            created: passkey.created,
            last_used: passkey.last_used,
        };
        let mut providers = Vec::new();
        for link in own.upstream_links().await? {
            let name = public.provider(link.provider).await?.map(|provider| provider.name);
            providers.push(ProviderView { id: link.provider, name: name.unwrap_or_default(), since: link.created });
        }
        Ok(Security {
            address: session.person.address.clone(),
            password: public.password(facts.user).await?.is_some(),
            factors: own.factors().await?,
            passkeys: own.passkeys().await?.into_iter().map(view).collect(),
            offered: self.connectable(&user, &providers).await?,
            providers,
            required: account.is_some_and(|account| account.second_factor),
            administers: own.administers().await?,
            directory: public.awaited_link(&user).await?.is_some(),
        })
    }

    /// Begins to set one-time passwords up: what an app must be told, and the value of the attempt's cookie.
    pub async fn begin_codes(&self, cx: &Context, session: &str) -> Result<(String, Setup), Error> {
        let organisation = self.service.settings().organisation.clone();
        self.as_oneself(cx, "user.add-codes", session, move |w, stage, oneself| {
            let organisation = organisation.clone();
            async move {
                let secret = totp::new_secret(&stage.random);
                let setup = totp::setup(&secret, &oneself.user.primary, &organisation)?;
                let cookie = keep(w, stage, &oneself.user, json!({ "codes": secret })).await?;
                Ok(Outcome { result: Ok((cookie, setup)), audit: vec![], notices: vec![] })
            }
            .boxed()
        })
        .await
    }

    /// The first code shows that the app was told right. Returns the recovery codes, which are shown once.
    pub async fn add_codes(
        &self,
        cx: &Context,
        session: &str,
        attempt: &str,
        code: &str,
    ) -> Result<Vec<String>, Error> {
        let (attempt, code) = (TokenHash::of(attempt), code.to_owned());
        self.as_oneself(cx, "user.add-codes", session, move |w, stage, oneself| {
            let code = code.clone();
            async move {
                let kept = kept(w, stage, &oneself.user, &attempt).await?;
                let secret: Vec<u8> =
                    serde_json::from_value(kept["codes"].clone()).map_err(|_| Refusal::SignInEnded)?;
                let Some(step) = totp::matching(&secret, &code, stage.cx.at)? else {
                    return Err(Refusal::WrongCode.into());
                };
                w.delete_sign_in(&attempt).await?;
                let added = totp::add(w, stage, &oneself.user, secret, step).await?;
                Ok(Outcome { result: Ok(added.codes), audit: vec![added.record], notices: vec![added.notice] })
            }
            .boxed()
        })
        .await
    }

    /// What the app must be told once more, after a wrong code.
    pub async fn codes_setup(&self, cx: &Context, session: &str, attempt: &str) -> Result<Setup, Error> {
        let (attempt, organisation) = (TokenHash::of(attempt), self.service.settings().organisation.clone());
        self.as_oneself(cx, "user.add-codes", session, move |w, stage, oneself| {
            let organisation = organisation.clone();
            async move {
                let kept = kept(w, stage, &oneself.user, &attempt).await?;
                let secret: Vec<u8> =
                    serde_json::from_value(kept["codes"].clone()).map_err(|_| Refusal::SignInEnded)?;
                let setup = totp::setup(&secret, &oneself.user.primary, &organisation)?;
                Ok(Outcome { result: Ok(setup), audit: vec![], notices: vec![] })
            }
            .boxed()
        })
        .await
    }

    /// One-time passwords are asked for no more; recovery codes go with them unless a passkey is left.
    pub async fn remove_codes(&self, cx: &Context, session: &str) -> Result<(), Error> {
        self.as_oneself(cx, "user.remove-codes", session, |w, stage, oneself| {
            async move {
                let user = &oneself.user;
                if !w.factors(user.id).await?.totp {
                    return Ok(done(vec![], vec![]));
                }
                w.delete_totp(user.id).await?;
                without_factors(w, user).await?;
                told(stage, user, "user.remove-codes", json!({}), SecurityChange::CodesRemoved)
            }
            .boxed()
        })
        .await
    }

    /// New recovery codes; those of before are void. Shown once.
    pub async fn renew_recovery_codes(&self, cx: &Context, session: &str) -> Result<Vec<String>, Error> {
        self.as_oneself(cx, "user.renew-recovery-codes", session, |w, stage, oneself| {
            async move {
                let user = &oneself.user;
                if !w.factors(user.id).await?.any() {
                    return Err(
                        Refusal::Invalid { member: "codes", why: "add a second factor first".to_owned() }.into()
                    );
                }
                let codes = totp::new_recovery_codes(w, stage, user).await?;
                let change = SecurityChange::RecoveryCodes;
                let outcome = told(stage, user, "user.renew-recovery-codes", json!({}), change)?;
                Ok(Outcome { result: Ok(codes), audit: outcome.audit, notices: outcome.notices })
            }
            .boxed()
        })
        .await
    }

    /// Begins to make a passkey: the options for the browser, as JSON, and the value of the attempt's cookie.
    pub async fn begin_passkey(&self, cx: &Context, session: &str, name: &str) -> Result<(String, Value), Error> {
        let (name, signin) = (passkey_name(name)?, self.clone());
        self.as_oneself(cx, "user.add-passkey", session, move |w, stage, oneself| {
            let (name, signin) = (name.clone(), signin.clone());
            async move {
                let known = w.passkeys_of(oneself.user.id).await?;
                let (options, state) = signin.ask_new_passkey(&oneself.user, &known)?;
                let cookie = keep(w, stage, &oneself.user, json!({ "passkey": state, "name": name })).await?;
                Ok(Outcome { result: Ok((cookie, options)), audit: vec![], notices: vec![] })
            }
            .boxed()
        })
        .await
    }

    /// The passkey that the browser made, as JSON.
    pub async fn add_passkey(&self, cx: &Context, session: &str, attempt: &str, answer: &str) -> Result<(), Error> {
        let (attempt, answer, signin) = (TokenHash::of(attempt), answer.to_owned(), self.clone());
        self.as_oneself(cx, "user.add-passkey", session, move |w, stage, oneself| {
            let (answer, signin) = (answer.clone(), signin.clone());
            async move {
                let user = &oneself.user;
                let kept = kept(w, stage, user, &attempt).await?;
                let Some(name) = kept["name"].as_str() else { return Err(Refusal::SignInEnded.into()) };
                w.delete_sign_in(&attempt).await?;
                let passkey = signin.made_passkey(kept["passkey"].clone(), &answer, user.id, name, stage.cx.at)?;
                w.insert_passkey(&passkey).await?;
                let change = SecurityChange::PasskeyAdded { name: name.to_owned() };
                told(stage, user, "user.add-passkey", json!({ "name": name }), change)
            }
            .boxed()
        })
        .await
    }

    /// One of the person's passkeys signs nobody in any more; recovery codes go with the last second factor.
    pub async fn remove_passkey(&self, cx: &Context, session: &str, id: &str) -> Result<(), Error> {
        let id = id.to_owned();
        self.as_oneself(cx, "user.remove-passkey", session, move |w, stage, oneself| {
            let id = id.clone();
            async move {
                let user = &oneself.user;
                let known = w.passkeys_of(user.id).await?;
                let Some(passkey) = known.into_iter().find(|passkey| hex(&passkey.id) == id) else {
                    return Err(Refusal::UnknownCredential(id).into());
                };
                w.delete_passkey(user.id, &passkey.id).await?;
                another_way(w, user).await?;
                without_factors(w, user).await?;
                let what = json!({ "name": passkey.name });
                told(stage, user, "user.remove-passkey", what, SecurityChange::PasskeyRemoved { name: passkey.name })
            }
            .boxed()
        })
        .await
    }

    /// A provider knows the person no more.
    pub async fn unlink_provider(&self, cx: &Context, session: &str, provider: Uuid) -> Result<(), Error> {
        self.as_oneself(cx, "user.unlink-provider", session, move |w, stage, oneself| {
            async move {
                let user = &oneself.user;
                if !w.delete_upstream_links(user.id, provider).await? {
                    return Err(Refusal::UnknownProvider(provider.to_string()).into());
                }
                another_way(w, user).await?;
                let name = w.provider(provider).await?.map(|provider| provider.name).unwrap_or_default();
                let change = SecurityChange::ProviderRemoved { name };
                told(stage, user, "user.unlink-provider", json!({ "provider": provider }), change)
            }
            .boxed()
        })
        .await
    }

    /// Runs a change of the person behind a session, which is read and held in the change's transaction.
    pub(crate) async fn as_oneself<T, J>(
        &self,
        cx: &Context,
        verb: &'static str,
        session: &str,
        job: J,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        J: for<'a> Fn(&'a mut Write, &'a Stage, Oneself) -> futures::future::BoxFuture<'a, Result<Outcome<T>, Error>>
            + Send
            + Sync
            + 'static,
    {
        let cookie = TokenHash::of(session);
        let whose = self.service.store().session(&cookie, None).await?;
        let Some(whose) = whose.filter(|session| session.holds(cx.at)) else {
            return Err(Refusal::SignInAgain.into());
        };
        let cx = Context { caller: Caller::Oneself(whose.person.asked.facts.user), ..cx.clone() };
        let job = std::sync::Arc::new(job);
        let changed = self.service.run(&cx, verb, move |w, stage| {
            let job = std::sync::Arc::clone(&job);
            async move {
                let oneself = oneself(w, stage, &cookie).await?;
                Ok(vec![job(w, stage, oneself).await?])
            }
            .boxed()
        });
        single(changed.await)
    }
}

/// Whose session this is now, if they proved minutes ago who they are. Their row is held: what is changed of how they
/// sign in is changed by one at a time.
async fn oneself(w: &mut Write, stage: &Stage, cookie: &TokenHash) -> Result<Oneself, Error> {
    let Some(user) = stage.cx.person() else { return Err(Refusal::SignInAgain.into()) };
    let (user, session) = service::signed_in(w, stage, cookie, user).await?;
    match is_fresh(session.authenticated, stage.cx.at) {
        true => Ok(Oneself { user }),
        false => Err(Refusal::SignInAgain.into()),
    }
}

/// Whether a person proved who they are within [`FRESH`].
pub fn is_fresh(authenticated: Timestamp, at: Timestamp) -> bool {
    authenticated.saturating_add(FRESH).unwrap_or(Timestamp::MAX) > at
}

/// Something to remember of a change that takes two steps, for the same person only.
async fn keep(w: &mut Write, stage: &Stage, user: &User, what: Value) -> Result<String, Error> {
    let cookie = secrets::new(&stage.random, secrets::ATTEMPT);
    let expires = stage.cx.at.saturating_add(FRESH).unwrap_or(stage.cx.at);
    w.save_sign_in(&TokenHash::of(&cookie), &json!({ "user": user.id, "change": what }), expires).await?;
    Ok(cookie)
}

async fn kept(w: &mut Write, stage: &Stage, user: &User, cookie: &TokenHash) -> Result<Value, Error> {
    let mut kept = w.sign_in(cookie, stage.cx.at).await?.ok_or(Refusal::SignInEnded)?;
    if kept["user"] != json!(user.id) {
        return Err(Refusal::SignInEnded.into());
    }
    Ok(kept["change"].take())
}

/// Recovery codes stand in for a second factor: they go with the last one.
async fn without_factors(w: &mut Write, user: &User) -> Result<(), Error> {
    if !w.factors(user.id).await?.any() {
        w.set_recovery_codes(user.id, &[]).await?;
    }
    Ok(())
}

/// Whoever takes away a way to sign in has another one left.
async fn another_way(w: &mut Write, user: &User) -> Result<(), Error> {
    let left = w.password(user.id).await?.is_some()
        || w.factors(user.id).await?.passkeys > 0
        || !w.upstream_links(user.id).await?.is_empty();
    if left { Ok(()) } else { Err(Refusal::LastMethod.into()) }
}

fn told(
    stage: &Stage,
    user: &User,
    verb: &'static str,
    what: Value,
    change: SecurityChange,
) -> Result<Outcome<()>, Error> {
    let account = user.membership.map(|membership| membership.account);
    let record = stage.noted(verb, account, user.id.0, what);
    Ok(done(vec![record], vec![stage.security_changed(user, change)?]))
}

fn done(audit: Vec<store::Record>, notices: Vec<store::Notice>) -> Outcome<()> {
    Outcome { result: Ok(()), audit, notices }
}

/// What a passkey may be called: 1 to 100 characters in one line.
fn passkey_name(name: &str) -> Result<String, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        let why = "give the passkey a name of 1 to 100 characters, such as the device it is on".to_owned();
        return Err(Refusal::Invalid { member: "name", why });
    }
    Ok(name.to_owned())
}
