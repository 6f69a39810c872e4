//! Whoever is signed in, at every door that a session or a token of theirs opens: what they may follows each change, and
//! once their sessions end all of it is dead for good (rules 22 and 23).

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::story::{Door, Step, Story};
use super::{Changer, Stage};
use crate::harness::oidc::{App, Browser, agent};
use crate::harness::server::Server;
use crate::harness::web::{Answer, Round};

/// A person of the sample data who is entered everywhere, and the application they are entered in.
pub struct Entered {
    id: String,
    address: String,
    password: String,
    account: String,
    license: String,
    app: App,
    browser: Browser,
    tokens: Vec<Value>,
}

impl Entered {
    /// Signs them in, and lets them enter the application once for each door that needs tokens of its own.
    pub fn by(server: &Server, address: &str, app: &App) -> Self {
        let person = server.demo_user(address);
        let text = |member: &str| person[member].as_str().expect("text").to_owned();
        let (address, password) = (address.to_owned(), text("password"));
        let browser = Browser::sign_in(server.url(), &address, &password);
        let tokens = (0..5).map(|_| browser.enter(server.url(), app)).collect();
        let (id, account, license) = (text("id"), text("account"), text("license"));
        Self { id, address, password, account, license, app: app.clone(), browser, tokens }
    }

    fn token(&self, number: usize, kind: &str) -> String {
        self.tokens[number][kind].as_str().expect("a token").to_owned()
    }
}

/// What is said of who is entered, and of who is not any more.
const DEAD: &str = "dead";
/// What is said to who tries their password: whoever is not suspended gets a new session by it.
const WELCOME: &str = "welcome";
const TURNED_AWAY: &str = "turned-away";

fn alive(license: &Value) -> String {
    format!("{} alive", license.as_str().expect("a license"))
}

impl<'a> Stage<'a> {
    /// Licenses to and fro; then the sessions end by a suspension, and nothing brings them back.
    pub fn signed_in(&self, entered: &Entered, rounds: usize, by: Changer<'a>) -> Story<'a> {
        let licenses = ["Plus", "Pro", "Basic"].iter().cycle().take(3 * rounds);
        let make = |what: &str| by(self, &entered.account, &entered.id, what);
        let state = |said: &str, by_password: &str| format!("{said} {by_password}");
        let changed =
            licenses.map(|license| Step { make: make(license), after: state(&alive(&json!(license)), WELCOME) });
        let ended = ["suspend", "unsuspend", "Pro", "suspend", "unsuspend"];
        let over = ended.iter().map(|what| {
            let by_password = if *what == "suspend" { TURNED_AWAY } else { WELCOME };
            Step { make: make(what), after: state(DEAD, by_password) }
        });
        let steps = changed.chain(over).collect();
        let first = state(&alive(&json!(entered.license)), WELCOME);
        Story { name: "somebody signed in", first, steps, doors: self.doors_of(entered) }
    }

    fn doors_of(&self, entered: &Entered) -> Vec<Door<'a>> {
        let round = || Round::new(self.urls());
        vec![
            at_check("a session at /check", round(), &entered.app, ("cookie", entered.browser.cookie.clone())),
            at_check(
                "an access token at /check",
                round(),
                &entered.app,
                ("authorization", format!("Bearer {}", entered.token(0, "access_token"))),
            ),
            at_me(round(), entered.browser.clone()),
            by_writing(round(), entered.browser.clone()),
            at_userinfo(round(), &entered.token(1, "access_token")),
            by_introspection(
                "an access token by introspection",
                round(),
                &entered.app,
                entered.token(2, "access_token"),
            ),
            by_introspection(
                "a refresh token by introspection",
                round(),
                &entered.app,
                entered.token(3, "refresh_token"),
            ),
            by_refreshing(round(), &entered.app, entered.token(4, "refresh_token")),
            by_code(round(), &entered.app, entered.browser.clone()),
            by_password(round(), entered),
        ]
    }
}

fn at_check<'a>(name: &'static str, round: Round, app: &App, (header, value): (&'static str, String)) -> Door<'a> {
    let (agent, path) = (agent(), format!("/check?application={}", app.id));
    let ask = move || {
        let answer = Answer::of(agent.get(format!("{}{path}", round.next())).header(header, &value).call());
        match answer.status {
            200 => alive(&json!(answer.header("x-carillon-license").expect("a license"))),
            401 => DEAD.to_owned(),
            _ => panic!("{name}: {answer:?}"),
        }
    };
    Door { name, ask: Box::new(ask) }
}

/// The page tells no license in a word; it tells whether they are signed in.
fn at_me<'a>(round: Round, browser: Browser) -> Door<'a> {
    let ask = move || match browser.open(round.next(), "/me").status {
        200 => "alive".to_owned(),
        303 => DEAD.to_owned(),
        status => panic!("/me: {status}"),
    };
    Door { name: "a session at /me", ask: Box::new(ask) }
}

/// What a session changes is changed while it holds, also when its end came while the form was under way.
fn by_writing<'a>(round: Round, browser: Browser) -> Door<'a> {
    let ask = move || {
        let answer = browser.send(round.next(), "/me/name", &[("name", "Somebody Signed In")]);
        match answer.header("location") {
            Some(to) if to.contains("/me?done=") => "alive".to_owned(),
            Some(to) if to.contains("/signin?") => DEAD.to_owned(),
            _ => panic!("/me/name: {answer:?}"),
        }
    };
    Door { name: "a session that writes at /me", ask: Box::new(ask) }
}

fn at_userinfo<'a>(round: Round, token: &str) -> Door<'a> {
    let (agent, token) = (agent(), format!("Bearer {token}"));
    let ask = move || {
        let request = agent.get(format!("{}/oauth2/userinfo", round.next())).header("authorization", &token);
        let answer = Answer::of(request.call());
        match answer.status {
            200 => alive(&answer.json()["license"]),
            401 => DEAD.to_owned(),
            _ => panic!("userinfo: {answer:?}"),
        }
    };
    Door { name: "an access token at userinfo", ask: Box::new(ask) }
}

fn by_introspection<'a>(name: &'static str, round: Round, app: &App, token: String) -> Door<'a> {
    let app = app.clone();
    let ask = move || {
        let answer = app.introspect(round.next(), &token);
        assert_eq!(answer.status, 200, "{answer:?}");
        let said = answer.json();
        if said["active"] == true { alive(&said["license"]) } else { DEAD.to_owned() }
    };
    Door { name, ask: Box::new(ask) }
}

/// Each refresh token is used once, for the next.
fn by_refreshing<'a>(round: Round, app: &App, token: String) -> Door<'a> {
    let (app, current) = (app.clone(), Mutex::new(token));
    let ask = move || {
        // One refresh at a time: the askers of this door share the token.
        let mut current = current.lock().expect("not poisoned");
        said_by_tokens(&app.refresh(round.next(), &current), |tokens| {
            tokens["refresh_token"].as_str().expect("a token").clone_into(&mut current);
        })
    };
    Door { name: "a refresh token", ask: Box::new(ask) }
}

/// The browser's session for a code, and the code for tokens.
fn by_code<'a>(round: Round, app: &App, browser: Browser) -> Door<'a> {
    let app = app.clone();
    let ask = move || match browser.code(round.next(), &app) {
        Ok(code) => said_by_tokens(&app.exchange(round.next(), &code), |_| {}),
        // Sent to sign in, or refused where the change came in between.
        Err(answer) => {
            assert!(answer.status < 500, "{answer:?}");
            DEAD.to_owned()
        }
    };
    Door { name: "a session for a code for tokens", ask: Box::new(ask) }
}

/// The password for a new session.
fn by_password<'a>(round: Round, entered: &Entered) -> Door<'a> {
    let (address, password) = (entered.address.clone(), entered.password.clone());
    let ask = move || match Browser::try_sign_in(round.next(), &address, &password) {
        Ok(_) => WELCOME.to_owned(),
        Err(answer) if answer.status == 403 => TURNED_AWAY.to_owned(),
        Err(answer) => panic!("/signin: {answer:?}"),
    };
    Door { name: "a password", ask: Box::new(ask) }
}

fn said_by_tokens(answer: &Answer, mut tokens: impl FnMut(&Value)) -> String {
    let said = answer.json();
    match answer.status {
        200 => {
            tokens(&said);
            alive(&claims(said["id_token"].as_str().expect("an ID token"))["license"])
        }
        400 if said["error"] == "invalid_grant" => DEAD.to_owned(),
        _ => panic!("{answer:?}"),
    }
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// What was made before a suspension does not come back with the reactivation, and makes nothing new: neither the session,
/// nor a code, nor a refresh token, also when they are first used after it (rule 23).
pub fn nothing_comes_back(server: &Server, url: &str, entered: &Entered, rounds: usize) {
    for round in 0..rounds {
        let browser = Browser::sign_in(url, &entered.address, &entered.password);
        let tokens = browser.enter(url, &entered.app);
        let code = browser.code(url, &entered.app).unwrap_or_else(|answer| panic!("no code: {answer:?}"));
        server.carillon("user suspend").arg(&entered.id).run().ok();
        server.carillon("user activate").arg(&entered.id).run().ok();
        let refreshed = entered.app.refresh(url, tokens["refresh_token"].as_str().expect("a token"));
        let exchanged = entered.app.exchange(url, &code);
        let again = browser.code(url, &entered.app).is_ok();
        let came_back = (exchanged.status, refreshed.status, again);
        assert_eq!(came_back, (400, 400, false), "no order explains what came back in round {round}");
    }
}
