//! AuthZEN's errors (Authorization API 1.0, section 10.1.11): a status and a message. A denial is none.

use access::Refusal;
use access::refusal::Sort;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;

use crate::dialect::Trouble;
use crate::frame::bearer;

/// Why a question could not be asked.
#[derive(Debug)]
pub(super) struct Error(Said);

/// As sent: in the body of an error, or in the context of one question of a batch.
#[derive(Debug, Serialize)]
pub(super) struct Said {
    #[serde(serialize_with = "number")]
    status: StatusCode,
    message: String,
}

impl Error {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self(Said { status, message: message.into() })
    }

    /// The request is malformed.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The body is of another type.
    pub fn not_json() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the question with Content-Type: application/json")
    }

    /// A fault of ours; what it was goes to the log only.
    pub fn fault(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "fault");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Trouble::Fault.to_string())
    }

    /// The error as the answer to one question of a batch, unless it is one of the whole request (section 7.2.1).
    pub fn within_batch(self) -> Result<Said, Self> {
        let whole = self.0.status == StatusCode::UNAUTHORIZED || self.0.status.is_server_error();
        if whole { Err(self) } else { Ok(self.0) }
    }

    /// The token is missing, unknown, expired or revoked: all alike.
    pub fn unauthorized() -> Self {
        let message = "send an application's credential or an API token as Authorization: Bearer ...; if you did, it \
                       is unknown, expired or revoked";
        Self::new(StatusCode::UNAUTHORIZED, message)
    }
}

/// The token of the request.
pub(super) fn token(headers: &HeaderMap) -> Result<&str, Error> {
    bearer(headers).ok_or_else(Error::unauthorized)
}

impl From<service::Error> for Error {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Refused(refusal) => refusal.into(),
            service::Error::Conflict(_) => Refusal::Changed.into(),
            service::Error::Unavailable(why) => {
                tracing::warn!(%why, "unavailable");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer; ask again in a moment")
            }
            service::Error::Internal(why) => Self::fault(&why),
            error @ service::Error::Repeated(_) => Self::fault(&error),
        }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal.sort() {
            Sort::Invalid => StatusCode::BAD_REQUEST,
            Sort::Forbidden => StatusCode::FORBIDDEN,
            Sort::NotFound => StatusCode::NOT_FOUND,
            Sort::Conflict | Sort::State => StatusCode::CONFLICT,
        };
        Self::new(status, format!("{refusal} (see {})", refusal.page()))
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.0.status;
        let mut response = (status, axum::Json(json!({ "error": self.0 }))).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"carillon\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

/// A trouble in this dialect.
pub(crate) fn trouble(trouble: Trouble) -> Response {
    Error::new(trouble.status(), trouble.to_string()).into_response()
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
