//! Which language an answer is given in when no door could give one.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::{admin, authzen, chime, oidc, pages};

const X_AMZ_RETRY_AFTER: HeaderName = HeaderName::from_static("x-amz-retry-after");

/// The doors' dialects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The Chime API's modelled errors.
    Chime,
    /// AuthZEN's JSON.
    Authzen,
    /// Problems (RFC 9457).
    Admin,
    /// OAuth 2.0's JSON.
    Oidc,
    /// HTML for people.
    Page,
    /// One line of text, for everything else.
    Plain,
}

/// Why a request came to nothing before or beside its door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The body has more bytes than are read.
    TooLarge {
        /// The most that are.
        most: usize,
    },
    /// The body ended early or was malformed on the wire.
    BodyBroken,
    /// The body took too long.
    BodySlow,
    /// This client asks too often.
    TooFast {
        /// When to come again.
        wait: Duration,
    },
    /// Too many requests of everybody's.
    TooBusy,
    /// The answer took too long.
    TooSlow,
    /// A panic.
    Fault,
    /// No such path.
    NotFound,
    /// The path has no such method.
    WrongMethod,
}

impl Dialect {
    /// By the first part of the path; elsewhere a signature speaks the Chime API and a browser HTML.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let mut parts = uri.path().trim_start_matches('/').split('/');
        let (first, second) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match first {
            "api" => Self::Admin,
            "access" | ".well-known" => Self::Authzen,
            "oauth2" if matches!(second, "authorize" | "consent" | "logout") => Self::Page,
            "oauth2" => Self::Oidc,
            "invitations" | "register" | "setup" | "mail" | "signin" | "signout" | "me" | "forgot" | "reset"
            | "console" => Self::Page,
            ".carillon" => Self::Page,
            "healthz" | "readyz" | "check" => Self::Plain,
            _ if chime::has_path(first) || header(header::AUTHORIZATION).starts_with("AWS4-") => Self::Chime,
            _ if header(header::ACCEPT).contains("text/html") => Self::Page,
            _ => Self::Plain,
        }
    }

    /// Says the trouble, and when to come again where that helps (RFC 9110 section 10.2.3).
    pub fn trouble(self, trouble: Trouble) -> Response {
        let mut response = match self {
            Self::Chime => chime::error::trouble(trouble),
            Self::Authzen => authzen::error::trouble(trouble),
            Self::Admin => admin::error::Problem::from(trouble).into_response(),
            Self::Oidc => oidc::trouble(trouble),
            Self::Page => pages::error::trouble(trouble),
            Self::Plain => (trouble.status(), trouble.to_string() + "\n").into_response(),
        };
        if let Some(wait) = trouble.wait() {
            let seconds = wait.as_secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            if self == Self::Chime {
                // What AWS clients look at, in milliseconds.
                response.headers_mut().insert(X_AMZ_RETRY_AFTER, HeaderValue::from(seconds * 1000));
            }
        }
        response
    }
}

impl Trouble {
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::BodySlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooFast { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::TooBusy | Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn wait(self) -> Option<Duration> {
        match self {
            Self::TooFast { wait } => Some(wait),
            Self::TooBusy | Self::TooSlow => Some(Duration::from_secs(1)),
            _ => None,
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge { most } => write!(f, "The request is too large; send at most {most} bytes."),
            Self::BodyBroken => f.write_str("The request's body did not arrive whole; send it again."),
            Self::BodySlow => f.write_str("The request's body took too long to arrive; send it again."),
            Self::TooFast { .. } => f.write_str("Too many requests; wait a moment and send fewer."),
            Self::TooBusy => f.write_str("Too much is going on at the moment; try again in a second."),
            Self::TooSlow => {
                f.write_str("The answer took too long. A change may have been made: look before you repeat it.")
            }
            Self::Fault => f.write_str("A fault of ours; it is in the log under this request's id."),
            Self::NotFound => f.write_str("There is nothing at this address."),
            Self::WrongMethod => f.write_str("This address does not take this method."),
        }
    }
}
