//! `/me/security`: what one signs in with (rules 79 to 81). Each change wants a sign-in that is minutes old.

use access::Refusal;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use signin::security::FRESH;
use uuid::Uuid;

use super::{Done, Signed, back, framed, shown, wrong};
use crate::cookies::{Cookie, with_cookie};
use crate::pages::error::Error;
use crate::pages::page::Page;
use crate::pages::request::Sent;
use crate::pages::sign_in::{Answer, away, see, sign_in_path};
use crate::pages::{Pages, texts};
use crate::route::{Performs, Routes};

const HERE: &str = "/me/security";

pub(super) fn routes() -> Routes<Pages> {
    Routes::new()
        .get("/me/security", Performs::SigningIn, get)
        .post("/me/security/codes", Performs::SigningIn, begin_codes)
        .post("/me/security/codes/confirm", Performs::SigningIn, add_codes)
        .post("/me/security/codes/remove", Performs::SigningIn, remove_codes)
        .post("/me/security/recovery", Performs::SigningIn, renew_recovery_codes)
        .post("/me/security/passkeys", Performs::SigningIn, begin_passkey)
        .post("/me/security/passkeys/answer", Performs::SigningIn, add_passkey)
        .post("/me/security/passkeys/remove", Performs::SigningIn, remove_passkey)
        .post("/me/security/providers", Performs::SigningIn, connect)
        .post("/me/security/providers/remove", Performs::SigningIn, unlink)
        .post("/me/security/directory", Performs::SigningIn, confirm_directory)
}

/// The first code of an app.
#[derive(Deserialize)]
pub(in crate::pages) struct Code {
    #[serde(default)]
    code: String,
}

/// What a new passkey is called.
#[derive(Deserialize)]
pub(in crate::pages) struct Named {
    #[serde(default)]
    name: String,
}

/// The passkey that is to go.
#[derive(Deserialize)]
pub(in crate::pages) struct WhichPasskey {
    passkey: String,
}

/// The provider that is to know one, or no more.
#[derive(Deserialize)]
pub(in crate::pages) struct WhichProvider {
    provider: Uuid,
}

async fn get(State(door): State<Pages>, signed: Signed, done: Query<Done>) -> Response {
    match page(&door, &signed).await {
        Ok(page) => shown(&door, HERE, page, Some(&done)),
        Err(error) => Error::from(error).response(&door),
    }
}

async fn begin_codes(State(door): State<Pages>, signed: Signed, headers: HeaderMap) -> Response {
    match door.signin.begin_codes(&signed.cx, session(&door, &headers)).await {
        Ok((attempt, setup)) => {
            let page = texts::security::set_up(&setup, false, confirm_path(&door));
            with_attempt(&door, &attempt, framed(&door, HERE, page))
        }
        Err(error) => refused(&door, &signed, error),
    }
}

async fn add_codes(
    State(door): State<Pages>,
    signed: Signed,
    headers: HeaderMap,
    Sent(Code { code }): Sent<Code>,
) -> Response {
    let (session, attempt) = (session(&door, &headers), attempt(&door, &headers));
    let error = match door.signin.add_codes(&signed.cx, session, attempt, &code).await {
        Ok(codes) => return show_codes(&door, codes),
        Err(error) => error,
    };
    if !matches!(error, service::Error::Refused(Refusal::WrongCode)) {
        return refused(&door, &signed, error);
    }
    match door.signin.codes_setup(&signed.cx, session, attempt).await {
        Ok(setup) => wrong(&door, error, HERE, texts::security::set_up(&setup, false, confirm_path(&door))),
        Err(error) => refused(&door, &signed, error),
    }
}

async fn remove_codes(State(door): State<Pages>, signed: Signed, headers: HeaderMap) -> Response {
    let removed = door.signin.remove_codes(&signed.cx, session(&door, &headers)).await;
    removed.map_or_else(|error| refused(&door, &signed, error), |()| back(&door, HERE, "codes-removed"))
}

async fn renew_recovery_codes(State(door): State<Pages>, signed: Signed, headers: HeaderMap) -> Response {
    match door.signin.renew_recovery_codes(&signed.cx, session(&door, &headers)).await {
        Ok(codes) => show_codes(&door, codes),
        Err(error) => refused(&door, &signed, error),
    }
}

async fn begin_passkey(
    State(door): State<Pages>,
    signed: Signed,
    headers: HeaderMap,
    Sent(Named { name }): Sent<Named>,
) -> Response {
    match door.signin.begin_passkey(&signed.cx, session(&door, &headers), &name).await {
        Ok((attempt, options)) => {
            let page = texts::security::new_passkey(&options, door.root());
            with_attempt(&door, &attempt, framed(&door, HERE, page))
        }
        Err(error @ service::Error::Refused(Refusal::Invalid { .. })) => match page(&door, &signed).await {
            Ok(page) => wrong(&door, error, HERE, page),
            Err(error) => Error::from(error).response(&door),
        },
        Err(error) => refused(&door, &signed, error),
    }
}

async fn add_passkey(
    State(door): State<Pages>,
    signed: Signed,
    headers: HeaderMap,
    Sent(Answer { credential }): Sent<Answer>,
) -> Response {
    let (session, attempt) = (session(&door, &headers), attempt(&door, &headers));
    let added = door.signin.add_passkey(&signed.cx, session, attempt, &credential).await;
    added.map_or_else(|error| refused(&door, &signed, error), |()| back(&door, HERE, "passkey-added"))
}

async fn remove_passkey(
    State(door): State<Pages>,
    signed: Signed,
    headers: HeaderMap,
    Sent(WhichPasskey { passkey }): Sent<WhichPasskey>,
) -> Response {
    let removed = door.signin.remove_passkey(&signed.cx, session(&door, &headers), &passkey).await;
    removed.map_or_else(|error| refused(&door, &signed, error), |()| back(&door, HERE, "passkey-removed"))
}

/// Sends the browser to a provider that is to know whoever is signed in.
async fn connect(
    State(door): State<Pages>,
    signed: Signed,
    headers: HeaderMap,
    Sent(WhichProvider { provider }): Sent<WhichProvider>,
) -> Response {
    match door.signin.connect_provider(&signed.cx, session(&door, &headers), provider).await {
        Ok(sent) => away(&door, Ok(sent)),
        Err(error) => not_connected(&door, &signed, error),
    }
}

/// The provider sends the browser of whoever connects it back with its answer.
pub(in crate::pages) async fn connected(
    door: &Pages,
    signed: Result<Signed, Response>,
    headers: &HeaderMap,
    (provider, query): (Uuid, &[u8]),
) -> Response {
    // Whose session ended meanwhile signs in, and begins again.
    let Ok(signed) = signed else {
        return see(&sign_in_path(door.root(), &format!("{}{HERE}", door.root()), None));
    };
    let (session, attempt) = (session(door, headers), attempt(door, headers));
    let response = match door.signin.connected(&signed.cx, session, (attempt, provider), query).await {
        Ok(()) => back(door, HERE, "provider-added"),
        Err(error) => not_connected(door, &signed, error),
    };
    with_cookie(response, Cookie::SignIn.clear(&door.settings))
}

fn not_connected(door: &Pages, signed: &Signed, error: service::Error) -> Response {
    match error {
        service::Error::Refused(Refusal::ProviderRefused(why)) => {
            framed(door, HERE, texts::security::not_connected(why)).response(StatusCode::FORBIDDEN, door.root())
        }
        other => refused(door, signed, other),
    }
}

async fn unlink(
    State(door): State<Pages>,
    signed: Signed,
    headers: HeaderMap,
    Sent(WhichProvider { provider }): Sent<WhichProvider>,
) -> Response {
    let removed = door.signin.unlink_provider(&signed.cx, session(&door, &headers), provider).await;
    removed.map_or_else(|error| refused(&door, &signed, error), |()| back(&door, HERE, "provider-removed"))
}

/// The directory of their account may be linked to them, though they administer something (rule 86).
async fn confirm_directory(State(door): State<Pages>, signed: Signed) -> Response {
    if let Some(again) = signed.again(&door, HERE) {
        return again;
    }
    let confirmed = door.service.confirm_directory_link(&signed.cx).await;
    confirmed.map_or_else(|error| refused(&door, &signed, error), |()| back(&door, HERE, "directory"))
}

async fn page(door: &Pages, signed: &Signed) -> Result<Page, service::Error> {
    let security = door.signin.security(&signed.session).await?;
    Ok(texts::security::page(&security, door.signin.has_passkeys(), door.root()))
}

fn session<'h>(door: &Pages, headers: &'h HeaderMap) -> &'h str {
    Cookie::Session.of(headers, &door.settings).unwrap_or_default()
}

fn attempt<'h>(door: &Pages, headers: &'h HeaderMap) -> &'h str {
    Cookie::SignIn.of(headers, &door.settings).unwrap_or_default()
}

fn confirm_path(door: &Pages) -> String {
    format!("{}{HERE}/codes/confirm", door.root())
}

/// A page that begins a change of two steps, with the cookie of the second one.
fn with_attempt(door: &Pages, attempt: &str, page: Page) -> Response {
    let cookie = Cookie::SignIn.set(&door.settings, attempt, FRESH.as_secs());
    with_cookie(page.response(StatusCode::OK, door.root()), cookie)
}

fn show_codes(door: &Pages, codes: Vec<String>) -> Response {
    let page = texts::security::codes(codes, format!("{}{HERE}", door.root()));
    framed(door, HERE, page).response(StatusCode::OK, door.root())
}

/// Who signed in too long ago signs in again, and then sees this page.
fn refused(door: &Pages, signed: &Signed, error: service::Error) -> Response {
    match error {
        service::Error::Refused(Refusal::SignInAgain) => signed.sign_in_again(door, HERE),
        other => Error::from(other).response(door),
    }
}
