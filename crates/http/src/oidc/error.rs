//! Errors as OAuth 2.0 says them (RFC 6749 section 5.2, RFC 6750 section 3).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use oidc::{Code, Error as Answer};

use super::json;
use crate::dialect::Trouble;

/// Why a request of an application came to nothing.
pub(super) enum Error {
    /// As the protocol says it.
    Answer(Answer),
    /// A rule says no, or something does not work.
    Service(service::Error),
}

impl From<Answer> for Error {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<service::Error> for Error {
    fn from(error: service::Error) -> Self {
        Self::Service(error)
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Answer(answer) => answered(&answer),
            Self::Service(service::Error::Refused(refusal)) => {
                answered(&Answer::new(Code::InvalidRequest, refusal.to_string()))
            }
            Self::Service(service::Error::Unavailable(why)) => {
                tracing::warn!(%why, "unavailable");
                unavailable(StatusCode::SERVICE_UNAVAILABLE, Code::TemporarilyUnavailable, "try again in a second")
            }
            Self::Service(service::Error::Conflict(_)) => {
                unavailable(StatusCode::SERVICE_UNAVAILABLE, Code::TemporarilyUnavailable, "try again")
            }
            Self::Service(error) => {
                tracing::error!(%error, "fault");
                unavailable(StatusCode::INTERNAL_SERVER_ERROR, Code::ServerError, &Trouble::Fault.to_string())
            }
        }
    }
}

fn answered(answer: &Answer) -> Response {
    let status = match answer.code {
        Code::InvalidClient | Code::InvalidToken => StatusCode::UNAUTHORIZED,
        Code::InsufficientScope => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut response = json(status, answer);
    let challenge = match answer.code {
        Code::InvalidClient => Some("Basic realm=\"carillon\"".to_owned()),
        Code::InvalidToken | Code::InsufficientScope => {
            Some(format!("Bearer error=\"{}\", error_description=\"{}\"", answer.code.name(), answer.description))
        }
        _ => None,
    };
    if let Some(challenge) = challenge.and_then(|challenge| HeaderValue::try_from(challenge).ok()) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        // Otherwise browsers keep it from pages of other origins.
        let readable = HeaderValue::from_static("www-authenticate");
        response.headers_mut().insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, readable);
    }
    response
}

fn unavailable(status: StatusCode, code: Code, what: &str) -> Response {
    json(status, &Answer::new(code, what))
}

/// A trouble in this dialect.
pub(crate) fn trouble(trouble: Trouble) -> Response {
    let code = match trouble {
        Trouble::TooFast { .. } | Trouble::TooBusy | Trouble::TooSlow => Code::TemporarilyUnavailable,
        Trouble::Fault => Code::ServerError,
        _ => Code::InvalidRequest,
    };
    json(trouble.status(), &Answer::new(code, trouble.to_string()))
}
