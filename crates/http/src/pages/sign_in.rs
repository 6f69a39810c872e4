//! `/signin`: who are you? `/signout`: no more. **Permissions**: anybody; whoever the browser's
//! session stands for.

use access::Email;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use signin::sessions::{Began, Browser};

use super::error::Error;
use super::page::{Link, leaving};
use super::request::{OwnSite, Sent};
use super::{Pages, texts};
use crate::cookies::Cookie;
use crate::frame::Origin;

/// Where to go once signed in, and who probably signs in.
#[derive(Deserialize)]
pub(super) struct Then {
    then: Option<String>,
    hint: Option<String>,
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Proof {
    #[serde(default)]
    address: String,
    #[serde(default)]
    password: String,
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

/// Shows the form.
pub(super) async fn get(State(door): State<Pages>, Query(then): Query<Then>) -> Response {
    let page = texts::sign_in(then.hint.as_deref().unwrap_or_default(), links(&door));
    leaving(page, StatusCode::OK, door.root())
}

/// Signs in by address and password.
pub(super) async fn post(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Query(then): Query<Then>,
    _: OwnSite,
    headers: HeaderMap,
    Sent(Proof { address: typed, password }): Sent<Proof>,
) -> Response {
    let cx = door.context(origin);
    let began = match Email::parse(&typed) {
        Ok(address) => door.signin.with_password(&cx, &address, password, browser(&headers)).await,
        Err(refusal) => Err(refusal.into()),
    };
    match began {
        Ok(began) => enter(&door, &began, then.then.as_deref()),
        Err(error) => Error::from(error).on_form(&door, texts::sign_in(&typed, links(&door))),
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
    let mut response = texts::signed_out().response(StatusCode::OK, door.root());
    response.headers_mut().append(header::SET_COOKIE, Cookie::Session.clear(&door.settings));
    response
}

/// The session's cookie, and on to where the person wanted to go. What was there before is replaced: nobody signs in
/// under a cookie that somebody else chose (session fixation).
fn enter(door: &Pages, began: &Began, then: Option<&str>) -> Response {
    let home = format!("{}/me", door.root());
    let mut response = see(then.filter(|then| is_own(then)).unwrap_or(&home));
    let seconds = began.expires.as_second().saturating_sub(door.service.clock().now().as_second());
    response.headers_mut().append(header::SET_COOKIE, Cookie::Session.set(&door.settings, &began.cookie, seconds));
    response
}

/// Whether an address is a path of our own: nobody is sent elsewhere by a link to here (open redirects).
fn is_own(then: &str) -> bool {
    let plain = then.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && then.starts_with('/') && !then.starts_with("//")
}

fn browser(headers: &HeaderMap) -> Browser {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Browser { user_agent: agent.map(str::to_owned) }
}

fn links(door: &Pages) -> Vec<Link> {
    let link = |label: &str, path: &str| Link { label: label.to_owned(), to: format!("{}{path}", door.root()) };
    vec![link("Forgot your password?", "/forgot"), link("Register", "/register")]
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
