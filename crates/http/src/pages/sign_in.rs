//! `/signin` and below: who are you? `/signout`: no more. **Permissions**: anybody; whoever the browser's session, or
//! its sign-in under way, stands for.

use access::Email;
use axum::Extension;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use signin::attempt::{Due, LENGTH, Method, Wanted, Went};
use signin::sessions::{Began, Browser};
use uuid::Uuid;

use super::error::Error;
use super::me::{Signed, security};
use super::page::{Page, leaving};
use super::request::{OwnSite, Sent};
use super::{Pages, texts};
use crate::cookies::{Cookie, with_cookie};
use crate::frame::Origin;
use crate::route::{Performs, Routes};

pub(super) fn routes() -> Routes<Pages> {
    Routes::new()
        .get("/signin", Performs::SigningIn, get)
        .post("/signin", Performs::SigningIn, post)
        .get("/signin/step", Performs::SigningIn, step)
        .post("/signin/step", Performs::SigningIn, prove)
        .post("/signin/passkey", Performs::SigningIn, ask_passkey)
        .post("/signin/passkey/answer", Performs::SigningIn, passkey)
        .post("/signin/with/{provider}", Performs::SigningIn, provider)
        .get("/signin/upstream/{provider}", Performs::SigningIn, upstream)
        .post("/signout", Performs::SigningIn, sign_out)
}

/// Where to go once signed in, who probably signs in, and how many factors are wanted.
#[derive(Deserialize)]
pub(super) struct Then {
    then: Option<String>,
    hint: Option<String>,
    factors: Option<String>,
}

/// What the form sends: the address alone, or with the password.
#[derive(Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    address: String,
    #[serde(default)]
    password: String,
}

/// What the form of a further step sends.
#[derive(Deserialize)]
pub(super) struct Further {
    #[serde(default)]
    code: String,
    #[serde(default)]
    password: String,
}

/// What asking for a passkey sends: whether it confirms what a provider said.
#[derive(Deserialize)]
pub(super) struct Asked {
    confirms: Option<String>,
}

/// What the script sends: the passkey's answer as JSON.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub credential: String,
}

impl Then {
    fn wanted(&self) -> Wanted {
        Wanted { then: self.then.clone(), two_factors: self.factors.as_deref() == Some("2") }
    }
}

/// The path of the page, to go on from there.
pub(crate) fn sign_in_path(root: &str, then: &str, hint: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("then", then);
    query.extend_pairs(hint.map(|hint| ("hint", hint)));
    format!("{root}/signin?{}", query.finish())
}

/// Sends a browser on, to be asked for by GET.
pub(crate) fn see(to: &str) -> Response {
    let headers = [(header::LOCATION, to.to_owned()), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// Asks for the address.
pub(super) async fn get(State(door): State<Pages>, Query(then): Query<Then>) -> Response {
    match first(&door, &then, then.hint.as_deref().unwrap_or_default()).await {
        Ok(page) => page.response(StatusCode::OK, door.root()),
        Err(error) => Error::from(error).response(&door),
    }
}

/// The address says how its people prove who they are; who sends the password with it proves it at once.
pub(super) async fn post(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Query(then): Query<Then>,
    _: OwnSite,
    headers: HeaderMap,
    Sent(Proof { address: typed, password }): Sent<Proof>,
) -> Response {
    let cx = door.context(origin);
    let address = match Email::parse(&typed) {
        Ok(address) => address,
        Err(refusal) => match first(&door, &then, &typed).await {
            Ok(page) => return Error::from(service::Error::from(refusal)).on_form(&door, page),
            Err(error) => return Error::from(error).response(&door),
        },
    };
    let form = || with_password(&door, &then, &typed);
    match door.signin.method(&address).await {
        Ok(Method::Password) if password.is_empty() => form().response(StatusCode::OK, door.root()),
        Ok(Method::Password) => {
            let browser = browser(&door, &headers);
            match door.signin.with_password(&cx, &address, password, then.wanted(), browser).await {
                Ok(went) => go(&door, went),
                Err(error) => Error::from(error).on_form(&door, form()),
            }
        }
        Ok(Method::Provider(provider)) => {
            away(&door, door.signin.to_provider(&cx, provider.id, then.wanted(), Some(&address)).await)
        }
        Err(error) => Error::from(error).response(&door),
    }
}

/// Shows what the sign-in under way asks for next.
pub(super) async fn step(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Response {
    let Some(cookie) = Cookie::SignIn.of(&headers, &door.settings) else { return begin_again(&door) };
    match door.signin.due(&door.context(origin), cookie).await {
        Ok(due) => match due_page(&door, due) {
            Some(page) => page.response(StatusCode::OK, door.root()),
            None => begin_again(&door),
        },
        Err(error) => ended(&door, error),
    }
}

/// Takes a code, or the password of who confirms a provider.
pub(super) async fn prove(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    headers: HeaderMap,
    Sent(Further { code, password }): Sent<Further>,
) -> Response {
    let Some(cookie) = Cookie::SignIn.of(&headers, &door.settings) else { return begin_again(&door) };
    let (cx, browser) = (door.context(origin), browser(&door, &headers));
    let due = match door.signin.due(&cx, cookie).await {
        Ok(due) => due,
        Err(error) => return ended(&door, error),
    };
    let went = match &due {
        Due::Confirm { .. } => door.signin.confirm_with_password(&cx, cookie, password, browser).await,
        _ => door.signin.with_code(&cx, cookie, &code, browser).await,
    };
    match (went, due_page(&door, due)) {
        (Ok(went), _) => go(&door, went),
        (Err(error), Some(page)) => Error::from(error).on_form(&door, page),
        (Err(error), None) => ended(&door, error),
    }
}

/// Asks for a passkey, alone, as the second factor that is due, or to confirm a provider.
pub(super) async fn ask_passkey(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Query(then): Query<Then>,
    _: OwnSite,
    headers: HeaderMap,
    Sent(Asked { confirms }): Sent<Asked>,
) -> Response {
    let cookie = Cookie::SignIn.of(&headers, &door.settings);
    match door.signin.ask_passkey(&door.context(origin), cookie, then.wanted(), confirms.is_some()).await {
        Ok(cookie) => on(&door, &cookie),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Takes the passkey's answer.
pub(super) async fn passkey(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    headers: HeaderMap,
    Sent(Answer { credential }): Sent<Answer>,
) -> Response {
    let Some(cookie) = Cookie::SignIn.of(&headers, &door.settings) else { return begin_again(&door) };
    match door.signin.with_passkey(&door.context(origin), cookie, &credential, browser(&door, &headers)).await {
        Ok(went) => go(&door, went),
        Err(error) => ended(&door, error),
    }
}

/// Sends the browser to one of the deployment's providers.
pub(super) async fn provider(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Query(then): Query<Then>,
    _: OwnSite,
    Path(provider): Path<String>,
) -> Response {
    let cx = door.context(origin);
    match Uuid::parse_str(&provider) {
        Ok(id) => away(&door, door.signin.to_provider(&cx, id, then.wanted(), None).await),
        Err(_) => begin_again(&door),
    }
}

/// The provider sends the browser back with its answer: somebody signs in, or connects it to themselves.
pub(super) async fn upstream(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Path(provider): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    signed: Result<Signed, Response>,
) -> Response {
    let (cookie, provider) = (Cookie::SignIn.of(&headers, &door.settings), Uuid::parse_str(&provider));
    let (Some(cookie), Ok(provider)) = (cookie, provider) else { return begin_again(&door) };
    let (cx, query) = (door.context(origin), query.unwrap_or_default());
    match door.signin.connects(&cx, cookie).await {
        Ok(true) => return security::connected(&door, signed, &headers, (provider, query.as_bytes())).await,
        Ok(false) => {}
        Err(error) => return Error::from(error).response(&door),
    }
    match door.signin.from_provider(&cx, cookie, provider, query.as_bytes(), browser(&door, &headers)).await {
        Ok(went) => go(&door, went),
        Err(error) => ended(&door, error),
    }
}

/// Ends the session.
pub(super) async fn sign_out(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    headers: HeaderMap,
) -> Response {
    if let Some(cookie) = Cookie::Session.of(&headers, &door.settings)
        && let Err(error) = door.signin.sign_out(&door.context(origin), cookie).await
    {
        return Error::from(error).response(&door);
    }
    signed_out(&door, texts::signed_out())
}

/// A page for whoever has no session here any more.
pub(super) fn signed_out(door: &Pages, page: Page) -> Response {
    with_cookie(page.response(StatusCode::OK, door.root()), Cookie::Session.clear(&door.settings))
}

/// Where a step led: to the application or page they wanted, or to the next step.
fn go(door: &Pages, went: Went) -> Response {
    match went {
        Went::In { began, then, codes } => enter(door, &began, then.as_deref(), codes),
        Went::On(cookie) => on(door, &cookie),
        Went::Confirmed => {
            let page = texts::sign_in::confirmed(format!("{}/signin", door.root()));
            with_cookie(leaving(page, StatusCode::OK, door.root()), Cookie::SignIn.clear(&door.settings))
        }
    }
}

/// The session's cookie, and on to where the person wanted to go. What was there before is replaced: nobody signs in
/// under a cookie that somebody else chose (session fixation). The sign-in's own cookie is over.
fn enter(door: &Pages, began: &Began, then: Option<&str>, codes: Vec<String>) -> Response {
    let home = format!("{}/me", door.root());
    let then = then.filter(|then| is_own(then)).unwrap_or(&home);
    let response = match codes.is_empty() {
        true => see(then),
        false => leaving(texts::security::codes(codes, then.to_owned()), StatusCode::OK, door.root()),
    };
    let seconds = began.expires.as_second().saturating_sub(door.service.clock().now().as_second());
    // From now on strangers' wrong tries do not slow this browser (rule 76).
    let mark = door.signin.mark_browser(began.user, door.service.clock().now());
    let cookies = [
        Cookie::Session.set(&door.settings, &began.cookie, seconds),
        Cookie::SignIn.clear(&door.settings),
        Cookie::Known.set(&door.settings, &mark, signin::KNOWN.as_secs()),
    ];
    cookies.into_iter().fold(response, with_cookie)
}

/// The next step, behind the sign-in's cookie.
fn on(door: &Pages, cookie: &str) -> Response {
    let next = see(&format!("{}/signin/step", door.root()));
    with_cookie(next, Cookie::SignIn.set(&door.settings, cookie, LENGTH.as_secs()))
}

fn begin_again(door: &Pages) -> Response {
    see(&format!("{}/signin", door.root()))
}

/// A sign-in that came to nothing: it begins again from the page that says so.
fn ended(door: &Pages, error: service::Error) -> Response {
    use access::Refusal as R;
    let service::Error::Refused(refusal @ (R::SignInEnded | R::PasskeyRefused | R::ProviderRefused(_))) = &error else {
        return Error::from(error).response(door);
    };
    let page = texts::sign_in::ended(refusal, format!("{}/signin", door.root()));
    page.response(StatusCode::FORBIDDEN, door.root())
}

async fn first(door: &Pages, then: &Then, address: &str) -> Result<Page, service::Error> {
    let passkey = door.signin.has_passkeys().then(|| onward(door, then, "passkey"));
    let offered = door.signin.offered_providers().await?.into_iter();
    let providers = offered.map(|one| (one.name, onward(door, then, &format!("with/{}", one.id)))).collect();
    Ok(texts::sign_in::first(address, passkey, providers, door.root()).leading_away())
}

/// To the provider, behind the sign-in's cookie.
pub(in crate::pages) fn away(door: &Pages, sent: Result<(String, String), service::Error>) -> Response {
    match sent {
        Ok((to, cookie)) => with_cookie(see(&to), Cookie::SignIn.set(&door.settings, &cookie, LENGTH.as_secs())),
        Err(error) => Error::from(error).response(door),
    }
}

fn with_password(door: &Pages, then: &Then, address: &str) -> Page {
    let passkey = door.signin.has_passkeys().then(|| onward(door, then, "passkey"));
    texts::sign_in::with_password(address, passkey, door.root()).leading_away()
}

/// A path below the page's own, that knows where the person wants to go.
fn onward(door: &Pages, then: &Then, path: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(then.then.as_deref().map(|then| ("then", then)));
    query.extend_pairs(then.factors.as_deref().map(|factors| ("factors", factors)));
    format!("{}/signin/{path}?{}", door.root(), query.finish())
}

fn due_page(door: &Pages, due: Due) -> Option<Page> {
    let root = door.root();
    let page = match due {
        Due::Second { totp, passkey, recovery_code } => texts::sign_in::second(totp, passkey, recovery_code, root),
        Due::SetUp(setup) => texts::security::set_up(&setup, true, format!("{root}/signin/step")),
        Due::Passkey(options) => texts::sign_in::passkey(&options, root),
        Due::Confirm { address, provider: Some(provider) } => {
            texts::sign_in::confirm(&address, &provider, door.signin.has_passkeys(), root)
        }
        Due::Confirm { address, provider: None } => texts::sign_in::confirm_directory(&address),
        Due::Away => return None,
    };
    // Whatever is proved last leads on to where the person wanted to go, be that an application.
    Some(page.leading_away())
}

/// Whether an address is a path of our own: nobody is sent elsewhere by a link to here (open redirects).
pub(crate) fn is_own(then: &str) -> bool {
    let plain = then.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && then.starts_with('/') && !then.starts_with("//")
}

pub(in crate::pages) fn browser(door: &Pages, headers: &HeaderMap) -> Browser {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    let known = Cookie::Known.of(headers, &door.settings).map(str::to_owned);
    Browser { user_agent: agent.map(str::to_owned), known }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (then, own) in [
            ("/oauth2/authorize?client_id=x", true),
            ("/me", true),
            ("//evil.example", false),
            ("/\\evil.example", false),
            ("https://evil.example", false),
            ("javascript:alert(1)", false),
            ("/a b", false),
            ("/a\r\nSet-Cookie: x", false),
            ("", false),
        ] {
            assert_eq!(is_own(then), own, "{then}");
        }
    }
}
