//! A sign-in as steps: address, first factor, a second one where it is due, session (rules 79 and 80).
//!
//! What was proved so far waits sealed in the database for ten minutes, behind a cookie of its own that never becomes the
//! session's. The last step reads the person anew: who was signed out, suspended or gave themselves another password since
//! the first one begins again.

use std::borrow::Cow;

use access::authority::Caller;
use access::decision::{Facts, may_sign_in};
use access::directory::EntryId;
use access::{AccountId, Email, Refusal, User, UserId};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{Context, Joining, Outcome, Stage, joining, single};
use store::{Provider, Record, Scope, TokenHash, Write};
use uuid::Uuid;

use crate::links::{self, NewLink};
use crate::sessions::{Began, Browser, begin};
use crate::totp::{self, Setup};
use crate::{Error, SignIn, secrets};

pub(crate) const VERB: &str = "user.sign-in";
/// How long a sign-in may take.
pub const LENGTH: SignedDuration = SignedDuration::from_mins(10);

/// What a browser wants when it begins to sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Where to go then.
    pub then: Option<String>,
    /// Two factors, if the person has them.
    pub two_factors: bool,
}

/// How people with an address prove who they are: by its domain alone, never by whether the address exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// With a password, their own or the directory's, or a passkey.
    Password,
    /// At the provider of the account that has verified the domain.
    Provider(Provider),
}

/// Where a step led.
#[derive(Clone)]
pub enum Went {
    /// They are signed in.
    In {
        /// The session.
        began: Began,
        /// Where they wanted to go.
        then: Option<String>,
        /// Recovery codes that were made on the way, to be shown once. Secret.
        codes: Vec<String>,
    },
    /// There is another step, behind this value of the attempt's cookie.
    On(String),
    /// The directory may be linked to them now; they sign in with its password once it is.
    Confirmed,
}

/// What the next step asks for.
#[derive(Clone, Debug)]
pub enum Due {
    /// A second factor that they have.
    Second {
        /// A one-time password.
        totp: bool,
        /// A passkey.
        passkey: bool,
        /// A recovery code.
        recovery_code: bool,
    },
    /// They set up a second factor first, because their account wants one.
    SetUp(Setup),
    /// A passkey answers these options, as JSON.
    Passkey(Value),
    /// They sign in with the password or passkey they have, so that the provider knows them from then on.
    Confirm {
        /// Their address. Personal.
        address: String,
        /// The name of the provider; `None` for their account's directory.
        provider: Option<String>,
    },
    /// They are at the provider.
    Away,
}

/// A sign-in under way, sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub wanted: Wanted,
    pub step: Step,
}

/// What was proved so far, and what is next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub(crate) enum Step {
    /// A second factor. `challenge`: what a passkey was asked.
    Second { proved: Proved, challenge: Option<Value> },
    /// The first second factor is set up.
    SetUp { proved: Proved, secret: Vec<u8> },
    /// A passkey alone.
    Passkey { challenge: Value },
    /// The provider's answer.
    Upstream {
        provider: Uuid,
        state: String,
        nonce: String,
        verifier: String,
        /// Who is signed in, and connects it to themselves.
        connects: Option<UserId>,
    },
    /// The person whom a provider named signs in with what they have. `challenge`: what a passkey was asked.
    Confirm { user: UserId, link: NewLink, challenge: Option<Value> },
    /// The administrator whose password the account's directory knows signs in with what they have.
    ConfirmDirectory { user: UserId },
}

/// That somebody proved who they are, by a first factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Proved {
    pub user: UserId,
    /// Their generation when they did (rule 23).
    pub epoch: i64,
    /// How, by the names of RFC 8176.
    pub methods: Vec<String>,
    pub by: By,
    /// The provider that knows them once they are signed in.
    pub link: Option<NewLink>,
}

/// What it was proved by: it must be there, unchanged, when the session begins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum By {
    /// A password, by the SHA-256 of its stored hash.
    Password([u8; 32]),
    /// A passkey by its id.
    Passkey(Vec<u8>),
    /// What a provider knows them by.
    Provider([u8; 32]),
    /// Their entry in the directory of an account.
    Directory { account: AccountId, entry: EntryId },
}

impl Attempt {
    /// `None` for what is no sign-in: the same cookie stands for a change on `/me/security` that takes two steps.
    pub fn open(state: Value) -> Option<Self> {
        serde_json::from_value(state).ok()
    }

    /// The same sign-in, further on. It takes no longer for that.
    pub async fn go_on(&self, w: &mut Write, cookie: &TokenHash) -> Result<(), Error> {
        Ok(w.change_sign_in(cookie, &self.state()?).await?)
    }

    fn state(&self) -> Result<Value, Error> {
        serde_json::to_value(self).map_err(|error| Error::Internal(error.to_string()))
    }

    /// A new one, behind a new cookie.
    pub async fn begin(&self, w: &mut Write, stage: &Stage) -> Result<String, Error> {
        let cookie = secrets::new(&stage.random, secrets::ATTEMPT);
        let expires = stage.cx.at.saturating_add(LENGTH).unwrap_or(stage.cx.at);
        w.save_sign_in(&TokenHash::of(&cookie), &self.state()?, expires).await?;
        Ok(cookie)
    }

    /// The one behind a cookie, locked.
    pub async fn locked(w: &mut Write, cookie: &TokenHash, at: Timestamp) -> Result<Self, Error> {
        let state = w.sign_in(cookie, at).await?;
        Ok(state.and_then(Self::open).ok_or(Refusal::SignInEnded)?)
    }
}

impl Proved {
    /// Whether two factors were proved.
    fn two_factors(&self) -> bool {
        self.methods.iter().any(|method| method == "mfa")
    }

    /// The same with another factor.
    pub fn and(mut self, method: &str) -> Self {
        self.methods.extend([method.to_owned(), "mfa".to_owned()]);
        self
    }

    /// Whether it is worth as much as it was. `user`: as they are now, and held.
    async fn holds(&self, w: &mut Write, user: &User) -> Result<bool, Error> {
        Ok(match &self.by {
            By::Password(hash) => w.password(self.user).await?.is_some_and(|stored| TokenHash::of(&stored).0 == *hash),
            By::Passkey(id) => w.passkey(id).await?.is_some_and(|passkey| passkey.user == self.user),
            By::Provider(hash) => links::is_enough(w, &TokenHash(*hash), self.link.as_ref(), user).await?,
            By::Directory { account, entry } => {
                let entries = w.directory_entries(*account, &[*entry]).await?;
                entries.get(entry).is_some_and(|stored| stored.present && stored.user == self.user)
            }
        })
    }
}

impl SignIn {
    /// How people with this address prove who they are.
    pub async fn method(&self, address: &Email) -> Result<Method, Error> {
        let provider = self.service.store().read(Scope::Public).provider_of(&address.domain()).await?;
        Ok(provider.map_or(Method::Password, Method::Provider))
    }

    /// Whether somebody has a second factor: who asks for two gets them then.
    pub async fn has_second_factor(&self, user: UserId) -> Result<bool, Error> {
        Ok(self.service.store().read(Scope::Oneself(user)).factors().await?.any())
    }

    /// What the sign-in behind a cookie asks for next. [`Refusal::SignInEnded`] when there is none.
    pub async fn due(&self, cx: &Context, cookie: &str) -> Result<Due, Error> {
        let read = self.service.store().read(Scope::Public);
        let state = read.sign_in(&TokenHash::of(cookie), cx.at).await?;
        let attempt = state.and_then(Attempt::open).ok_or(Refusal::SignInEnded)?;
        Ok(match attempt.step {
            Step::Second { proved, challenge: None } => {
                let factors = self.service.store().read(Scope::Oneself(proved.user)).factors().await?;
                Due::Second {
                    totp: factors.totp,
                    passkey: factors.passkeys > 0 && self.passkeys.is_some(),
                    recovery_code: factors.recovery_codes > 0,
                }
            }
            Step::Second { challenge: Some(challenge), .. }
            | Step::Confirm { challenge: Some(challenge), .. }
            | Step::Passkey { challenge } => Due::Passkey(challenge.get("options").cloned().unwrap_or_default()),
            Step::SetUp { proved, secret } => {
                let user = read.user(proved.user).await?.ok_or(Refusal::SignInEnded)?;
                Due::SetUp(totp::setup(&secret, &user.primary, &self.service.settings().organisation)?)
            }
            Step::Upstream { .. } => Due::Away,
            Step::Confirm { user, link, challenge: None } => {
                let user = read.user(user).await?.ok_or(Refusal::SignInEnded)?;
                Due::Confirm { address: user.primary.as_typed().to_owned(), provider: Some(link.name) }
            }
            Step::ConfirmDirectory { user } => {
                let user = read.user(user).await?.ok_or(Refusal::SignInEnded)?;
                Due::Confirm { address: user.primary.as_typed().to_owned(), provider: None }
            }
        })
    }

    /// The second factor of a sign-in: a one-time password, or a recovery code.
    ///
    /// [`Refusal::WrongCode`], [`Refusal::CodesPaused`]; [`Refusal::SignInEnded`] when there is no such sign-in.
    pub async fn with_code(&self, cx: &Context, cookie: &str, code: &str, browser: Browser) -> Result<Went, Error> {
        let (cookie, code) = (TokenHash::of(cookie), code.to_owned());
        let cx = self.as_whom(cx, &cookie).await?;
        let user = match cx.person() {
            Some(user) => self.service.store().read(Scope::Public).user(user).await?,
            None => None,
        };
        let Some(user) = user else { return self.service.refuse(&cx, VERB, Refusal::SignInEnded).await };
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let (user, code, browser) = (user.clone(), code.clone(), browser.clone());
            async move { Ok(vec![second(w, stage, (&cookie, &user), &code, &browser).await?]) }.boxed()
        });
        single(went.await)
    }

    /// Begins a step of somebody's sign-in; the value of its cookie.
    pub(crate) async fn begun(&self, cx: &Context, attempt: Attempt) -> Result<String, Error> {
        let began = self.service.run(cx, VERB, move |w, stage| {
            let attempt = attempt.clone();
            async move {
                let cookie = attempt.begin(w, stage).await?;
                Ok(vec![Outcome { result: Ok(cookie), audit: vec![], notices: vec![] }])
            }
            .boxed()
        });
        single(began.await)
    }

    /// Where somebody's first factor leads, in a transaction of its own.
    pub(crate) async fn first_proved(
        &self,
        cx: &Context,
        user: User,
        proved: Proved,
        wanted: Wanted,
        browser: Browser,
    ) -> Result<Went, Error> {
        let cx = Context { caller: Caller::Oneself(user.id), ..cx.clone() };
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let (user, proved, wanted, browser) = (user.clone(), proved.clone(), wanted.clone(), browser.clone());
            async move { Ok(vec![first_proved(w, stage, &user, proved, (&wanted, &browser)).await?]) }.boxed()
        });
        single(went.await)
    }

    /// The request, as that of whom the sign-in behind a cookie is of; what the trail keeps is theirs.
    pub(crate) async fn as_whom(&self, cx: &Context, cookie: &TokenHash) -> Result<Context, Error> {
        let state = self.service.store().read(Scope::Public).sign_in(cookie, cx.at).await?;
        let whom = match state.and_then(Attempt::open).map(|attempt| attempt.step) {
            Some(Step::Second { proved, .. } | Step::SetUp { proved, .. }) => Some(proved.user),
            Some(Step::Confirm { user, .. } | Step::ConfirmDirectory { user }) => Some(user),
            Some(Step::Passkey { .. } | Step::Upstream { .. }) | None => None,
        };
        Ok(whom.map_or_else(|| cx.clone(), |user| Context { caller: Caller::Oneself(user), ..cx.clone() }))
    }
}

/// Who proved who they are, as they are now, if what they proved is worth as much and their sessions were not ended.
async fn still(w: &mut Write, proved: &Proved) -> Result<Option<(User, Facts)>, Error> {
    let standing = w.standing(proved.user).await?;
    let Some((user, facts)) = standing.filter(|(_, facts)| facts.epoch == proved.epoch) else { return Ok(None) };
    Ok(proved.holds(w, &user).await?.then_some((user, facts)))
}

/// What a person who proved a first factor comes to: a session, or another step. `user`: as they were when they did; what
/// they proved must be as it was. The sign-in that led here, if there was one, is over.
pub(crate) async fn first_proved(
    w: &mut Write,
    stage: &Stage,
    user: &User,
    proved: Proved,
    (wanted, browser): (&Wanted, &Browser),
) -> Result<Outcome<Went>, Error> {
    let joining = joining(w, user, stage.cx.at).await?;
    let Some((user, facts)) = still(w, &proved).await? else {
        return Err(Refusal::WrongCredentials.into());
    };
    let account = user.membership.map(|membership| membership.account);
    let account = account.or(joining.as_ref().map(Joining::account));
    let step = next(w, stage, (&user, account), &proved, wanted).await?;
    let may = joining.is_some() || may_sign_in(&facts, stage.cx.at);
    // Who has a second factor hears it after that: whoever knows the password alone is not told.
    if !matches!(step, Some(Step::Second { .. })) && !may {
        let audit = vec![refused(stage, &user, &Refusal::MayNotSignIn)];
        return Ok(Outcome { result: Err(Refusal::MayNotSignIn), audit, notices: vec![] });
    }
    if let Some(step) = step {
        let attempt = Attempt { wanted: wanted.clone(), step };
        let went = Went::On(attempt.begin(w, stage).await?);
        return Ok(Outcome { result: Ok(went), audit: vec![], notices: vec![] });
    }
    all_proved(w, stage, (user, facts), (&proved, joining), (wanted, browser)).await
}

/// Who has proved every factor joins the account that they join by signing in, and the session begins. `user` and `facts`:
/// as [`still`] found them in this transaction.
async fn all_proved(
    w: &mut Write,
    stage: &Stage,
    (mut user, mut facts): (User, Facts),
    (proved, joining): (&Proved, Option<Joining>),
    (wanted, browser): (&Wanted, &Browser),
) -> Result<Outcome<Went>, Error> {
    let (mut audit, mut notices) = (vec![], vec![]);
    if let Some(joining) = joining {
        (audit, notices) = joining.join(w, stage).await?;
        // They are somebody else's now, and what they proved must hold of them as they are.
        (user, facts) = still(w, proved).await?.ok_or(Refusal::SignInEnded)?;
    }
    let mut outcome = enter(w, stage, (&user, &facts), proved, (wanted, browser)).await?;
    audit.append(&mut outcome.audit);
    notices.append(&mut outcome.notices);
    Ok(Outcome { audit, notices, ..outcome })
}

/// What is due after a first factor (rule 80). `account`: theirs, or the one they are about to join.
async fn next(
    w: &mut Write,
    stage: &Stage,
    (user, account): (&User, Option<AccountId>),
    proved: &Proved,
    wanted: &Wanted,
) -> Result<Option<Step>, Error> {
    if proved.two_factors() {
        return Ok(None);
    }
    let factors = w.factors(user.id).await?;
    let required = match account {
        Some(account) => w.second_factor_required(account).await?,
        None => false,
    };
    let proved = || proved.clone();
    if factors.totp || (factors.any() && (required || wanted.two_factors)) {
        return Ok(Some(Step::Second { proved: proved(), challenge: None }));
    }
    Ok(required.then(|| Step::SetUp { proved: proved(), secret: totp::new_secret(&stage.random) }))
}

/// The session begins, if it may now, and what was to follow from it is done.
async fn enter(
    w: &mut Write,
    stage: &Stage,
    (user, facts): (&User, &Facts),
    proved: &Proved,
    (wanted, browser): (&Wanted, &Browser),
) -> Result<Outcome<Went>, Error> {
    let (began, record) = match begin(w, stage, (user, facts), &proved.methods.join(" "), browser).await? {
        Ok(began) => began,
        Err(refusal) => {
            let audit = vec![refused(stage, user, &refusal)];
            return Ok(Outcome { result: Err(refusal), audit, notices: vec![] });
        }
    };
    let (mut audit, mut notices) = (vec![record], vec![]);
    if let Some(link) = &proved.link {
        let (records, told) = links::know(w, stage, user, link).await?;
        audit.extend(records);
        notices.extend(told);
    }
    let went = Went::In { began, then: wanted.then.clone(), codes: vec![] };
    Ok(Outcome { result: Ok(went), audit, notices })
}

/// The last step of a sign-in whose factors are all proved: the person is read anew, and the sign-in is over. `joining`:
/// what was locked before the person was.
pub(crate) async fn finish(
    w: &mut Write,
    stage: &Stage,
    (cookie, joining): (&TokenHash, Option<Joining>),
    proved: &Proved,
    wish: (&Wanted, &Browser),
) -> Result<Outcome<Went>, Error> {
    w.delete_sign_in(cookie).await?;
    let whom = still(w, proved).await?.ok_or(Refusal::SignInEnded)?;
    all_proved(w, stage, whom, (proved, joining), wish).await
}

async fn second(
    w: &mut Write,
    stage: &Stage,
    (cookie, whom): (&TokenHash, &User),
    code: &str,
    browser: &Browser,
) -> Result<Outcome<Went>, Error> {
    let Attempt { wanted, step } = Attempt::locked(w, cookie, stage.cx.at).await?;
    let joining = joining(w, whom, stage.cx.at).await?;
    match step {
        Step::Second { proved, .. } => {
            let user = w.user(proved.user).await?.ok_or(Refusal::SignInEnded)?;
            let (record, notices) = match totp::used(w, stage, &user, code).await? {
                Ok(used) => used,
                Err(refusal) => {
                    let audit = vec![refused(stage, &user, &refusal)];
                    return Ok(Outcome { result: Err(refusal), audit, notices: vec![] });
                }
            };
            let mut outcome = finish(w, stage, (cookie, joining), &proved.and("otp"), (&wanted, browser)).await?;
            outcome.audit.extend(record);
            outcome.notices.extend(notices);
            Ok(outcome)
        }
        Step::SetUp { proved, secret } => {
            let user = w.user(proved.user).await?.ok_or(Refusal::SignInEnded)?;
            // Set up meanwhile, elsewhere: it is proved, not replaced by whoever knows the first factor.
            if w.factors(user.id).await?.any() {
                return Err(Refusal::SignInEnded.into());
            }
            let Some(step) = totp::matching(&secret, code, stage.cx.at)? else {
                let audit = vec![refused(stage, &user, &Refusal::WrongCode)];
                return Ok(Outcome { result: Err(Refusal::WrongCode), audit, notices: vec![] });
            };
            let mut outcome = finish(w, stage, (cookie, joining), &proved.and("otp"), (&wanted, browser)).await?;
            if let Ok(Went::In { codes, .. }) = &mut outcome.result {
                let user = w.user(user.id).await?.ok_or(Refusal::SignInEnded)?;
                let added = totp::add(w, stage, &user, secret, step).await?;
                *codes = added.codes;
                outcome.audit.push(added.record);
                outcome.notices.push(added.notice);
            }
            Ok(outcome)
        }
        Step::Passkey { .. } | Step::Upstream { .. } | Step::Confirm { .. } | Step::ConfirmDirectory { .. } => {
            Err(Refusal::SignInEnded.into())
        }
    }
}

pub(crate) fn refused(stage: &Stage, user: &User, refusal: &Refusal) -> Record {
    let account = user.membership.map(|membership| membership.account);
    stage.refused(VERB, account, Some(user.id.0), refusal)
}

/// The methods by the names of RFC 8176 that a provider may say of its own sign-in.
pub(crate) fn known_methods<'m>(said: impl Iterator<Item = Cow<'m, str>>) -> Vec<String> {
    const NAMES: &[&str] = &[
        "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd", "rba", "retina", "sc",
        "sms", "swk", "tel", "user", "vbm", "wia",
    ];
    said.filter(|name| NAMES.contains(&name.as_ref())).map(Cow::into_owned).collect()
}
