//! OAuth 2.0 and OpenID Connect for applications, and where people are sent by them.

mod authorize;
mod error;
mod logout;
mod metadata;
mod token;
mod userinfo;

use std::sync::Arc;

use access::authority::Caller;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oidc::metadata::paths;
use oidc::params;
use serde::Serialize;
use service::{Context, Door};
use signin::SignIn;

use crate::HttpSettings;
use crate::frame::Origin;
use crate::pages;
use crate::route::{Performs, Routes};

pub(crate) use error::trouble;

/// What the door's handlers share.
#[derive(Clone)]
pub(crate) struct Oidc {
    pub signin: SignIn,
    pub settings: Arc<HttpSettings>,
}

pub(crate) fn routes() -> Routes<Oidc> {
    Routes::new()
        .get("/.well-known/openid-configuration", Performs::Nothing, metadata::get)
        .get("/.well-known/oauth-authorization-server", Performs::Nothing, metadata::get)
        .get(paths::JWKS, Performs::Nothing, metadata::jwks)
        .get(paths::AUTHORIZE, Performs::SigningIn, authorize::get)
        .post(paths::AUTHORIZE, Performs::SigningIn, authorize::by_form)
        .post("/oauth2/consent", Performs::SigningIn, authorize::consent)
        .post(paths::TOKEN, Performs::Tokens, token::exchange)
        .options(paths::TOKEN, Performs::Nothing, preflight)
        .post(paths::INTROSPECT, Performs::Tokens, token::introspect)
        .post(paths::REVOKE, Performs::Tokens, token::revoke)
        .options(paths::REVOKE, Performs::Nothing, preflight)
        .get(paths::USERINFO, Performs::Tokens, userinfo::get)
        .post(paths::USERINFO, Performs::Tokens, userinfo::post)
        .options(paths::USERINFO, Performs::Nothing, preflight)
        .get(paths::LOGOUT, Performs::SigningIn, logout::get)
        .post(paths::LOGOUT, Performs::SigningIn, logout::post)
}

impl Oidc {
    fn context(&self, origin: Origin) -> Context {
        self.signin.service().context(Caller::Visitor, Door::Oidc, origin.request, origin.remote)
    }

    /// The path under which Carillon is reached, without a slash at its end.
    fn root(&self) -> &str {
        self.settings.root()
    }
}

/// The longest form that becomes a link.
const LONGEST_LINK: usize = 16 * 1024;

/// What another site's form asks, asked again by a link: browsers send the session's cookie with that.
fn by_link(door: &Oidc, path: &str, form: &[u8]) -> Response {
    if form.len() > LONGEST_LINK {
        let page = pages::error::wrong_request(&format!("the form has more than {LONGEST_LINK} bytes"));
        return page.response(StatusCode::BAD_REQUEST, door.root());
    }
    let query = params::text(params::pairs(form));
    pages::see(&format!("{}{path}?{query}", door.root()))
}

/// Any page may ask and read the answer: no cookie counts here, so there is nothing to borrow (the Fetch standard).
const ANY_ORIGIN: (HeaderName, HeaderValue) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));

/// What a browser asks before a page of another origin asks.
async fn preflight() -> Response {
    let headers = [
        ANY_ORIGIN,
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600")),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// A JSON answer that no cache keeps.
fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let headers = [
        ANY_ORIGIN,
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        // Of no use to caches of today; RFC 6749 section 5.1 asks for it.
        (header::PRAGMA, HeaderValue::from_static("no-cache")),
    ];
    (status, headers, axum::Json(value)).into_response()
}
