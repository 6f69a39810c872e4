//! `/oauth2/userinfo`: who an access token's person is now (OpenID Connect Core section 5.3). **Permissions**: whoever
//! has the token.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oidc::{Code, Error as Answer, Params};

use super::error::Error;
use super::token::is_form;
use super::{ANY_ORIGIN, Oidc, json};
use crate::frame::{Whole, bearer};

/// With the token in the header.
pub(super) async fn get(State(door): State<Oidc>, headers: HeaderMap) -> Result<Response, Error> {
    answer(&door, bearer(&headers)).await
}

/// With the token in the header, or in a form (RFC 6750 section 2.2).
pub(super) async fn post(State(door): State<Oidc>, whole: Whole) -> Result<Response, Error> {
    let headers = &whole.parts.headers;
    let form = if is_form(headers) { Params::parse(&whole.body)? } else { Params::default() };
    match (bearer(headers), form.get("access_token")) {
        (Some(_), Some(_)) => Err(Answer::request("send the access token once: in the header, or in the form").into()),
        (header, form) => answer(&door, header.or(form)).await,
    }
}

async fn answer(door: &Oidc, token: Option<&str>) -> Result<Response, Error> {
    let Some(token) = token else {
        // Who sent no token is told no more than how to (RFC 6750 section 3.1).
        let challenge = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"carillon\""));
        return Ok((StatusCode::UNAUTHORIZED, [challenge, ANY_ORIGIN]).into_response());
    };
    match door.signin.userinfo(token).await? {
        Some((_, scope)) if !scope.has("openid") => {
            Err(Answer::new(Code::InsufficientScope, "the token was made without the scope openid").into())
        }
        Some((subject, _)) => Ok(json(StatusCode::OK, &subject)),
        None => Err(Answer::new(Code::InvalidToken, "the token stands for nothing any more").into()),
    }
}
