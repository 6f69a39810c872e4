//! `/check`: a reverse proxy asks before each request whether it may go through to an application (nginx' `auth_request`,
//! forward authentication of Traefik and Caddy). `/.carillon/` on the application's own host, which the proxy passes on
//! to here: how a browser comes by a session there. **Permissions**: whoever the session or the access token stands for.

mod original;

use std::sync::Arc;

use access::authority::Caller;
use access::{ApplicationId, BaseLicense, Feature};
use axum::Extension;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oidc::claims::Subject;
use oidc::{Code, Error as Answer, Params};
use service::{Context, Door, fresh};
use signin::SignIn;
use signin::check::{Checked, Demand, Presented};

use crate::HttpSettings;
use crate::cookies::{Cookie, with_cookie};
use crate::frame::{Origin, Whole, bearer};
use crate::pages::{self, is_own, see};
use crate::route::{Performs, Routes};
use original::Original;

/// Where a browser comes back to on the application's host: a redirect URI that the application must have registered.
const ENTER: &str = "/.carillon/enter";
const START: &str = "/.carillon/start";
/// How long a browser may take to sign in, in seconds.
const START_TIME: i64 = 900;

/// What the door's handlers share.
#[derive(Clone)]
pub(crate) struct Check {
    pub signin: SignIn,
    pub settings: Arc<HttpSettings>,
}

pub(crate) fn routes() -> Routes<Check> {
    Routes::new().get("/check", Performs::SigningIn, check).get(START, Performs::SigningIn, start).get(
        ENTER,
        Performs::SigningIn,
        enter,
    )
}

impl Check {
    fn context(&self, origin: Origin) -> Context {
        self.signin.service().context(Caller::Visitor, Door::Oidc, origin.request, origin.remote)
    }

    fn root(&self) -> &str {
        self.settings.root()
    }
}

/// 200 with what is said of the person, 401 (or a redirect) when nobody is signed in, 403 when they may not.
async fn check(State(door): State<Check>, Whole { parts, .. }: Whole) -> Response {
    let demand = match demand(&parts) {
        Ok(demand) => demand,
        Err(wrong) => return (StatusCode::BAD_REQUEST, wrong.description + "\n").into_response(),
    };
    match answer(&door, &demand, &parts.headers).await {
        Ok(Checked::Allowed(subject)) => (StatusCode::OK, NO_STORE, identity(&subject)).into_response(),
        Ok(Checked::Refused(reason)) => {
            (StatusCode::FORBIDDEN, NO_STORE, [(REASON, reason)], "This person may not.\n").into_response()
        }
        Ok(Checked::Nobody) => match sign_in(&door, &demand, &parts).await {
            Ok(response) => response,
            Err(error) => failed(error),
        },
        Err(error) => failed(error),
    }
}

const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];
const REASON: HeaderName = HeaderName::from_static("x-carillon-reason");
const SIGN_IN: HeaderName = HeaderName::from_static("x-carillon-sign-in");

fn demand(parts: &Parts) -> Result<Demand, Answer> {
    let params = Params::parse(parts.uri.query().unwrap_or_default().as_bytes())?;
    let unreadable = |name: &str| wrong(&format!("the parameter {name} cannot be read"));
    let application = params.required("application")?.parse().map_err(|_| unreadable("application"))?;
    let feature = params.get("feature").map(|name| Feature::try_from(name.to_owned()));
    let license = params.get("license").map(str::parse::<BaseLicense>);
    Ok(Demand {
        application,
        feature: feature.transpose().map_err(|_| unreadable("feature"))?,
        license: license.transpose().map_err(|_| unreadable("license"))?,
    })
}

/// A token in the header, the session on the application's host, or Carillon's own where both are one host; each alone
/// is asked about, and the first that comes counts.
async fn answer(door: &Check, demand: &Demand, headers: &HeaderMap) -> Result<Checked, service::Error> {
    if headers.contains_key(header::AUTHORIZATION)
        && let Some(token) = bearer(headers)
    {
        return door.signin.check(demand, Presented::Token(token)).await;
    }
    if let Some(token) = Cookie::Check(demand.application).of(headers, &door.settings) {
        let checked = door.signin.check(demand, Presented::Token(token)).await?;
        if !matches!(checked, Checked::Nobody) {
            return Ok(checked);
        }
    }
    match Cookie::Session.of(headers, &door.settings) {
        Some(cookie) => door.signin.check(demand, Presented::Session(cookie)).await,
        None => Ok(Checked::Nobody),
    }
}

/// What is said of a person, in every answer the same headers: a proxy that copies them replaces what a browser made up.
fn identity(subject: &Subject) -> HeaderMap {
    let features: Vec<&str> = subject.features.iter().map(Feature::as_str).collect();
    let account = subject.account.map(|account| account.to_string()).unwrap_or_default();
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("remote-user", &*subject.sub.to_string()),
        ("remote-email", subject.email.as_deref().unwrap_or_default()),
        ("remote-name", subject.name.as_deref().unwrap_or_default()),
        ("x-carillon-license", subject.license.name()),
        ("x-carillon-features", &*features.join(",")),
        ("x-carillon-account", &*account),
    ] {
        headers.insert(HeaderName::from_static(name), line(value));
    }
    headers
}

/// A text as the value of a header, in UTF-8: what would end the line is a space in it.
fn line(text: &str) -> HeaderValue {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    HeaderValue::from_bytes(plain.trim().as_bytes()).unwrap_or(HeaderValue::from_static(""))
}

/// Nobody is signed in: the browser is sent to sign in, if the proxy is trusted and the host is one of the application's.
async fn sign_in(door: &Check, demand: &Demand, parts: &Parts) -> Result<Response, service::Error> {
    let mut response = (StatusCode::UNAUTHORIZED, NO_STORE, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    let Some(original) = Original::of(parts, &door.settings).filter(Original::can_come_back) else {
        return Ok(response);
    };
    let client = door.signin.client_of(demand.application).await?;
    let origin = original.origin();
    if !client.is_some_and(|client| client.origins().any(|registered| registered == origin)) {
        return Ok(response);
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("application", &demand.application.to_string()).append_pair("to", original.path());
    let Ok(to) = HeaderValue::try_from(format!("{origin}{START}?{}", query.finish())) else { return Ok(response) };
    if original.redirects {
        *response.status_mut() = StatusCode::FOUND;
        response.headers_mut().remove(header::WWW_AUTHENTICATE);
        response.headers_mut().insert(header::LOCATION, to.clone());
    }
    response.headers_mut().insert(SIGN_IN, to);
    Ok(response)
}

/// On the application's host: the browser is given what it proves itself by when it comes back, and sent to sign in.
async fn start(State(door): State<Check>, Whole { parts, .. }: Whole) -> Response {
    let (params, origin) = match on_host(&door, &parts) {
        Ok(both) => both,
        Err(wrong) => return wrong_request(&door, &wrong),
    };
    let application = params.get("application").and_then(|id| id.parse::<ApplicationId>().ok());
    let (Some(application), Some(to)) = (application, params.get("to").filter(|to| is_own(to))) else {
        return wrong_request(&door, &wrong("the parameters application and to are needed"));
    };
    // Several tabs may be on their way at once: they share one proof.
    let known = Cookie::CheckStart.of(&parts.headers, &door.settings).filter(|known| is_proof(known));
    let proof = known.map_or_else(|| fresh::token(door.signin.service().random()), str::to_owned);
    let state = format!("{application} {to}");
    let away = see(&door.signin.request_to_enter(application, &format!("{origin}{ENTER}"), &state, &proof));
    with_cookie(away, Cookie::CheckStart.set(&door.settings, &proof, START_TIME))
}

/// On the application's host: the code that the browser comes back with becomes a session there.
async fn enter(
    State(door): State<Check>,
    Extension(request): Extension<Origin>,
    Whole { parts, .. }: Whole,
) -> Response {
    let (params, origin) = match on_host(&door, &parts) {
        Ok(both) => both,
        Err(wrong) => return wrong_request(&door, &wrong),
    };
    let state = params.get("state").and_then(|state| state.split_once(' '));
    let state = state.and_then(|(id, to)| Some((id.parse::<ApplicationId>().ok()?, to))).filter(|(_, to)| is_own(to));
    let proof = Cookie::CheckStart.of(&parts.headers, &door.settings);
    let (Some((application, to)), Some(code), Some(proof)) = (state, params.get("code"), proof) else {
        let why = params.get("error_description").unwrap_or("signing in took too long; open the page again");
        return wrong_request(&door, &wrong(why));
    };
    let redirect_uri = format!("{origin}{ENTER}");
    match door.signin.enter(&door.context(request), application, &redirect_uri, code, proof).await {
        Ok(Ok(issued)) => {
            let session = Cookie::Check(application).set(&door.settings, &issued.access_token, issued.expires_in);
            with_cookie(see(to), session)
        }
        Ok(Err(wrong)) => wrong_request(&door, &wrong),
        Err(error) => pages::error::failed(error, door.root()),
    }
}

/// The query, and the origin of the application's host as a trusted proxy says it.
fn on_host(door: &Check, parts: &Parts) -> Result<(Params, String), Answer> {
    let params = Params::parse(parts.uri.query().unwrap_or_default().as_bytes())?;
    let untrusted = "this address is for browsers that come by a reverse proxy of the setting trusted_proxies, which \
                     sends X-Forwarded-Proto and X-Forwarded-Host";
    let original = Original::of(parts, &door.settings).ok_or_else(|| wrong(untrusted))?;
    Ok((params, original.origin()))
}

fn is_proof(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn wrong(why: &str) -> Answer {
    Answer::new(Code::InvalidRequest, why)
}

fn wrong_request(door: &Check, wrong: &Answer) -> Response {
    pages::error::wrong_request(&wrong.description).response(StatusCode::BAD_REQUEST, door.root())
}

fn failed(error: service::Error) -> Response {
    match error {
        service::Error::Refused(refusal) => (StatusCode::FORBIDDEN, format!("{refusal}\n")).into_response(),
        service::Error::Unavailable(_) | service::Error::Conflict(_) => {
            tracing::warn!(%error, "unavailable");
            (StatusCode::SERVICE_UNAVAILABLE, "Try again in a second.\n").into_response()
        }
        error => {
            tracing::error!(%error, "fault");
            (StatusCode::INTERNAL_SERVER_ERROR, "A fault of ours.\n").into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_can_be_slipped_in() {
        for (text, value) in [
            ("Grace Hopper", "Grace Hopper"),
            ("Grace\r\nX-Carillon-License: Pro", "Grace  X-Carillon-License: Pro"),
            ("Zo\u{eb}", "Zo\u{eb}"),
            ("\u{85}\0", ""),
        ] {
            assert_eq!(line(text).as_bytes(), value.as_bytes(), "{text:?}");
        }
    }
}
