//! Problems (RFC 9457): the one place where refusals, faults and troubles become answers of the admin API.

use access::Refusal;
use access::refusal::Sort;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::dialect::Trouble;

/// Why a request, or one item of it, came to nothing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// A name of this sort of problem: `urn:carillon:refusal:<code>`.
    #[serde(rename = "type")]
    kind: String,
    /// The status in words.
    title: &'static str,
    /// The status.
    #[serde(serialize_with = "number")]
    #[schema(value_type = u16)]
    status: StatusCode,
    /// What was wrong, with what, and what to do.
    detail: String,
    /// The stable code: docs/refusals.md and docs/admin-api.md explain each.
    code: &'static str,
    /// The request's id, also in the logs and the audit trail. Absent in the answer to one item of many.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Uuid>,
    /// Of `account-not-empty`: what the account still has.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Box<AccountRemains>>,
}

/// What an account must not have any more when it is deleted (rule 8).
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct AccountRemains {
    /// Members.
    users: u64,
    /// Verified domains.
    domains: u64,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let kind = format!("urn:carillon:refusal:{code}");
        let title = status.canonical_reason().unwrap_or_default();
        Self { kind, title, status, detail: detail.into(), code, request: None, left: None }
    }

    /// Something of the request cannot be read.
    pub fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", detail)
    }

    /// The body is of another type.
    pub fn not_json() -> Self {
        let detail = "send the body with Content-Type: application/json";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", detail)
    }

    /// The token is missing, unknown, expired, revoked or an application's: all alike.
    pub fn unauthenticated() -> Self {
        let detail = "send an administrator's API token as Authorization: Bearer ...; if you did, it is unknown, \
                      expired or revoked";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// Who signed in administers nothing.
    pub fn no_role() -> Self {
        let detail = "you are signed in and hold no administrator's role; ask an administrator for one";
        Self::new(StatusCode::FORBIDDEN, "no-role", detail)
    }

    /// A browser's session was sent along by another site.
    pub fn other_site() -> Self {
        let detail = "a browser's session is taken from our own pages only; programs send a token as Authorization: \
                      Bearer ...";
        Self::new(StatusCode::FORBIDDEN, "other-site", detail)
    }

    /// A fault of ours; what it was goes to the log only.
    pub fn fault(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "fault");
        Trouble::Fault.into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.sort() {
            _ if refusal == Refusal::Outdated => StatusCode::PRECONDITION_FAILED,
            Sort::Invalid => StatusCode::BAD_REQUEST,
            Sort::Forbidden => StatusCode::FORBIDDEN,
            Sort::NotFound => StatusCode::NOT_FOUND,
            Sort::Conflict => StatusCode::CONFLICT,
            Sort::State => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let left = match refusal {
            Refusal::AccountNotEmpty { users, domains } => Some(Box::new(AccountRemains { users, domains })),
            _ => None,
        };
        Self { left, ..Self::new(status, refusal.code(), refusal.to_string()) }
    }
}

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Refused(refusal) => refusal.into(),
            service::Error::Conflict(_) => Refusal::Changed.into(),
            service::Error::Unavailable(why) => {
                tracing::warn!(%why, "unavailable");
                // Rule 22: a change whose answer was lost is wholly done or wholly not.
                let detail = "the store does not answer; a change was done wholly or not at all. Try again in a moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail)
            }
            service::Error::Internal(why) => Self::fault(&why),
            error @ service::Error::Repeated(_) => Self::fault(&error),
        }
    }
}

impl From<Trouble> for Problem {
    fn from(trouble: Trouble) -> Self {
        let code = match trouble {
            Trouble::TooLarge { .. } => "too-large",
            Trouble::BodyBroken => "malformed",
            Trouble::BodySlow => "too-slow",
            Trouble::TooFast { .. } => "too-fast",
            Trouble::TooBusy | Trouble::TooSlow => "unavailable",
            Trouble::Fault => "fault",
            Trouble::NotFound => "no-such-address",
            Trouble::WrongMethod => "wrong-method",
        };
        Self::new(trouble.status(), code, trouble.to_string())
    }
}

/// The problem travels beside an empty body: [`finish`] writes it once the request's id is known.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"carillon\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Writes the problem of an answer, with the id of its request.
pub(crate) fn finish(mut response: Response, request: Uuid) -> Response {
    let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
    problem.request = Some(request);
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    *response.body_mut() = Body::from(serde_json::to_vec(&problem).unwrap_or_default());
    response
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
