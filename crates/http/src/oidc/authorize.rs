//! `/oauth2/authorize`: an application sends a person here (RFC 6749 section 4.1.1). **Permissions**: whoever the
//! browser's session stands for; others sign in first.

use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oidc::Params;
use signin::authorize::{Authorized, Consent};

use super::{Oidc, by_link};
use crate::cookies::Cookie;
use crate::frame::{Origin, Whole};
use crate::own_site::from_own_site;
use crate::pages::{self, leaving};

/// Answers a request.
pub(super) async fn get(
    State(door): State<Oidc>,
    Extension(origin): Extension<Origin>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    answer(&door, origin, &headers, query.as_deref().unwrap_or_default(), Consent::Unasked).await
}

/// The same request as a form of another site's: without the session, which comes with the next.
pub(super) async fn by_form(State(door): State<Oidc>, whole: Whole) -> Response {
    by_link(&door, AUTHORIZE, &whole.body)
}

const AUTHORIZE: &str = oidc::metadata::paths::AUTHORIZE;

/// What the person answered to being asked for their consent.
pub(super) async fn consent(
    State(door): State<Oidc>,
    Extension(origin): Extension<Origin>,
    RawQuery(query): RawQuery,
    whole: Whole,
) -> Response {
    if !from_own_site(&door.settings.base_url, &whole.parts.headers, false) {
        return pages::error::other_site(door.root());
    }
    let answer_given = Params::parse(&whole.body).ok().and_then(|form| form.get("answer").map(str::to_owned));
    let consent = if answer_given.as_deref() == Some("allow") { Consent::Given } else { Consent::Declined };
    answer(&door, origin, &whole.parts.headers, query.as_deref().unwrap_or_default(), consent).await
}

async fn answer(door: &Oidc, origin: Origin, headers: &HeaderMap, query: &str, consent: Consent) -> Response {
    let cookie = Cookie::Session.of(headers, &door.settings);
    let authorized = door.signin.authorize(&door.context(origin), cookie, query.as_bytes(), consent).await;
    let root = door.root();
    match authorized {
        Ok(Authorized::Back(to)) => away(&to),
        Ok(Authorized::SignIn { again, hint, two_factors }) => {
            let then = format!("{root}{AUTHORIZE}?{again}");
            let path = pages::sign_in_path(root, &then, hint.as_deref());
            let factors = if two_factors { "&factors=2" } else { "" };
            pages::see(&format!("{path}{factors}"))
        }
        Ok(Authorized::Consent { application, scope, address }) => {
            let action = format!("{root}/oauth2/consent?{query}");
            leaving(pages::consent(&application, &scope, &address, action), StatusCode::OK, root)
        }
        Ok(Authorized::Refused(refusal)) => pages::error::refused_entrance(&refusal, root),
        Ok(Authorized::Wrong(wrong)) => {
            pages::error::wrong_request(&wrong.description).response(StatusCode::BAD_REQUEST, root)
        }
        Err(error) => pages::error::failed(error, root),
    }
}

/// To the application, by a status that makes no browser send a form again (RFC 9700 section 4.12); nobody keeps the
/// address.
fn away(to: &str) -> Response {
    let headers = [
        (header::LOCATION, to.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}
