//! `/oauth2/logout`: an application asks that the person be signed out (OpenID Connect RP-Initiated Logout 1.0).
//! **Permissions**: whoever has the session's cookie; they confirm it, unless the application proves by an ID token that
//! it is their session.

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::{Oidc, by_link};
use crate::cookies::{Cookie, with_cookie};
use crate::frame::{Origin, Whole};
use crate::own_site::from_own_site;
use crate::pages::{self, leaving, see};

/// Asked by a link.
pub(super) async fn get(
    State(door): State<Oidc>,
    Extension(origin): Extension<Origin>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&door, origin, &headers, query.unwrap_or_default().as_bytes(), false).await
}

/// Asked by a form, of the application or of our own page that asked back.
pub(super) async fn post(
    State(door): State<Oidc>,
    Extension(origin): Extension<Origin>,
    RawQuery(query): RawQuery,
    whole: Whole,
) -> Response {
    let headers = &whole.parts.headers;
    match query {
        // Our own page posts to the address it was shown at.
        Some(query) if from_own_site(&door.settings.base_url, headers, false) => {
            answer(&door, origin, headers, query.as_bytes(), true).await
        }
        Some(_) => pages::error::other_site(door.root()),
        // Browsers keep the cookie from another site's form, and send it with the link that follows.
        None => by_link(&door, oidc::metadata::paths::LOGOUT, &whole.body),
    }
}

async fn answer(door: &Oidc, origin: Origin, headers: &HeaderMap, query: &[u8], confirmed: bool) -> Response {
    let (cookie, root) = (Cookie::Session.of(headers, &door.settings), door.root());
    let asked = match door.signin.asked_to_sign_out(cookie, query).await {
        Ok(asked) => asked,
        Err(error) => return pages::error::failed(error, root),
    };
    if let (Some(_), false, false) = (cookie, confirmed, asked.proved) {
        let text = String::from_utf8_lossy(query);
        return leaving(pages::sign_out(format!("{root}/oauth2/logout?{text}")), StatusCode::OK, root);
    }
    if let Some(cookie) = cookie
        && let Err(error) = door.signin.sign_out(&door.context(origin), cookie).await
    {
        return pages::error::failed(error, root);
    }
    let response = match asked.then {
        Some(then) => see(&then),
        None => pages::signed_out().response(StatusCode::OK, root),
    };
    with_cookie(response, Cookie::Session.clear(&door.settings))
}
