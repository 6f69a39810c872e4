//! A browser's session: an opaque cookie, whose row holds while its epoch is the person's (rule 23).

use access::decision::{Facts, may_sign_in};
use access::{ApplicationId, Refusal, User, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use service::{Context, Stage};
pub use store::SessionFacts;
use store::{Record, Session, TokenHash, Write};

use crate::{Error, SignIn, secrets};

/// How long a session lasts at most.
pub const LENGTH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What is known of the browser that signs in. Personal.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What it says of itself.
    pub user_agent: Option<String>,
    /// What it has of an earlier sign-in ([`SignIn::mark_browser`]).
    pub known: Option<String>,
}

/// A session that began, and the cookie that stands for it.
#[derive(Clone)]
pub struct Began {
    /// The cookie's value. Secret.
    pub cookie: String,
    /// When it ends at the latest.
    pub expires: Timestamp,
    /// Whose it is.
    pub user: UserId,
}

impl SignIn {
    /// Whose browser this is now, with regard to an application. `None` when the session holds no more, or never did.
    pub async fn session(
        &self,
        cookie: &str,
        application: Option<ApplicationId>,
    ) -> Result<Option<SessionFacts>, Error> {
        let at = self.service.clock().now();
        let found = self.known.session(TokenHash::of(cookie), application).await?;
        let held = found.filter(|session| session.holds(at));
        if let Some(session) = &held {
            self.service.used_session(session.id, at);
        }
        Ok(held)
    }

    /// The session ends, and with it what was made in it; applications that were entered in it are told.
    pub async fn sign_out(&self, cx: &Context, cookie: &str) -> Result<(), Error> {
        self.service.end_session(cx, TokenHash::of(cookie)).await
    }
}

/// A session begins for a person who proved who they are, if they may sign in now. The refusal is for them, after the
/// proof: it may say more than a stranger hears.
pub(crate) async fn begin(
    w: &mut Write,
    stage: &Stage,
    (user, facts): (&User, &Facts),
    methods: &str,
    browser: &Browser,
) -> Result<Result<(Began, Record), Refusal>, Error> {
    let at = stage.cx.at;
    if !may_sign_in(facts, at) {
        return Ok(Err(Refusal::MayNotSignIn));
    }
    let cookie = secrets::new(&stage.random, secrets::SESSION);
    let expires = at.saturating_add(LENGTH).unwrap_or(Timestamp::MAX);
    let session = Session {
        id: service::fresh::id(&stage.random, at),
        user: user.id,
        epoch: facts.epoch,
        created: at,
        authenticated: at,
        methods: methods.to_owned(),
        expires,
        last_used: at,
        device: Some(device(&stage.cx, browser)),
    };
    w.insert_session(&session, &TokenHash::of(&cookie)).await?;
    let account = user.membership.map(|membership| membership.account);
    let record = stage.noted("user.sign-in", account, user.id.0, json!({ "methods": methods, "session": session.id }));
    Ok(Ok((Began { cookie, expires, user: user.id }, record)))
}

/// The longest that is kept of what a browser says of itself.
const LONGEST_AGENT: usize = 300;

fn device(cx: &Context, browser: &Browser) -> Value {
    let agent = browser.user_agent.as_ref().map(|agent| agent.chars().take(LONGEST_AGENT).collect::<String>());
    json!({ "user_agent": agent, "remote": cx.remote.map(|remote| remote.to_string()) })
}
