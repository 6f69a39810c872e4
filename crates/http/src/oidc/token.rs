//! `/oauth2/token`, `/introspect`, `/revoke`. **Permissions**: an application that says who it is, with its secret unless
//! it is public.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oidc::token::{self, Presented};
use oidc::{Code, Error as Answer, Params};
use signin::exchange::Authenticated;

use super::error::Error;
use super::{Oidc, json};
use crate::frame::{Origin, Whole};

/// What an application sent, and who it says it is.
struct Sent {
    params: Params,
    presented: Presented,
}

/// Exchanges a code or a refresh token.
pub(super) async fn exchange(
    State(door): State<Oidc>,
    Extension(origin): Extension<Origin>,
    whole: Whole,
) -> Result<Response, Error> {
    let sent = sent(&whole)?;
    let client = authenticated(&door, &sent).await?;
    let grant = token::grant(&sent.params)?;
    let issued = door.signin.exchange(&door.context(origin), client, grant).await??;
    Ok(json(StatusCode::OK, &issued))
}

/// What a token stands for now (RFC 7662).
pub(super) async fn introspect(State(door): State<Oidc>, whole: Whole) -> Result<Response, Error> {
    let sent = sent(&whole)?;
    let token = sent.params.required("token")?;
    match door.signin.introspect(&sent.presented, token).await? {
        Some(introspection) => Ok(json(StatusCode::OK, &introspection)),
        None => Err(unauthenticated().into()),
    }
}

/// A token is given back (RFC 7009). What is unknown is as good as given back.
pub(super) async fn revoke(
    State(door): State<Oidc>,
    Extension(origin): Extension<Origin>,
    whole: Whole,
) -> Result<Response, Error> {
    let sent = sent(&whole)?;
    let client = authenticated(&door, &sent).await?;
    door.signin.revoke(&door.context(origin), &client, sent.params.required("token")?).await?;
    Ok((StatusCode::OK, [super::ANY_ORIGIN]).into_response())
}

fn sent(whole: &Whole) -> Result<Sent, Answer> {
    let headers = &whole.parts.headers;
    if !is_form(headers) {
        return Err(Answer::new(Code::InvalidRequest, "send a form: application/x-www-form-urlencoded"));
    }
    let params = Params::parse(&whole.body)?;
    let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
    let (authorization, None) = (authorizations.next(), authorizations.next()) else {
        return Err(Answer::request("send one Authorization header"));
    };
    let authorization = authorization.map(|value| value.to_str().unwrap_or_default());
    let presented = token::client(authorization, &params)?;
    Ok(Sent { params, presented })
}

/// Whether the body is said to be a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

async fn authenticated(door: &Oidc, sent: &Sent) -> Result<Authenticated, Error> {
    let client = door.signin.client(&sent.presented).await?;
    client.ok_or_else(|| unauthenticated().into())
}

fn unauthenticated() -> Answer {
    Answer::new(Code::InvalidClient, "the client_id or its client_secret is wrong, or the application has stopped")
}
