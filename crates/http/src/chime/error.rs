//! The one place where refusals, faults and troubles become errors of the Chime API.

use access::Refusal;
use access::refusal::Sort;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chime::shapes::UserError;
use chime::{Error, ErrorCode, ErrorKind};

use crate::dialect::Trouble;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// The header by which clients choose their exception, and the modelled body.
pub(crate) fn response(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = (ERROR_TYPE, HeaderValue::from_static(error.error_type()));
    (status, [kind, name], error.body()).into_response()
}

/// A refusal by its sort: the sentence, and where the docs explain it. The state of a thing that must change first
/// is `BadRequest`: `Unprocessable` is modelled for `DeleteAccount` only, and clients of the others do not know it.
pub(super) fn from_refusal(refusal: &Refusal) -> Error {
    let kind = match refusal.sort() {
        _ if matches!(refusal, Refusal::AccountNotEmpty { .. }) => ErrorKind::Unprocessable,
        Sort::Invalid | Sort::State => ErrorKind::BadRequest,
        Sort::Forbidden => ErrorKind::Forbidden,
        Sort::NotFound => ErrorKind::NotFound,
        Sort::Conflict => ErrorKind::Conflict,
    };
    Error::new(kind, format!("{refusal} (see {})", refusal.page()))
}

/// What a verb answered instead of success. Clients repeat 5xx, which is right for what was not done.
pub(super) fn from_service(error: service::Error) -> Error {
    match error {
        service::Error::Refused(refusal) => from_refusal(&refusal),
        service::Error::Unavailable(why) => {
            tracing::warn!(%why, "unavailable");
            // Rule 22: a change whose answer was lost is wholly done or wholly not.
            let message = "The store does not answer; a change was done wholly or not at all. Try again in a moment.";
            Error::new(ErrorKind::ServiceUnavailable, message)
        }
        service::Error::Conflict(_) => from_refusal(&Refusal::Changed),
        service::Error::Internal(why) => fault(&why),
        error @ service::Error::Repeated(_) => fault(&error),
    }
}

/// A fault of ours; what it was goes to the log only.
pub(super) fn fault(error: &dyn std::fmt::Display) -> Error {
    tracing::error!(%error, "fault");
    Error::new(ErrorKind::ServiceFailure, Trouble::Fault.to_string())
}

/// The refused ones of a batch, each under the id it was asked for.
pub(super) fn user_errors<T>(ids: Vec<String>, outcomes: &[Result<T, Refusal>]) -> Vec<UserError> {
    let refused = |(id, outcome): (String, &Result<T, Refusal>)| {
        let refusal = outcome.as_ref().err()?;
        let error = UserError::new(id, from_refusal(refusal));
        Some(match refusal {
            // The one refusal for which a batch has a code of its own.
            Refusal::NoSeatsLeft { .. } => UserError { error_code: ErrorCode::ResourceLimitExceeded, ..error },
            _ => error,
        })
    };
    ids.into_iter().zip(outcomes).filter_map(refused).collect()
}

/// A trouble in this dialect.
pub(crate) fn trouble(trouble: Trouble) -> Response {
    let kind = match trouble {
        Trouble::TooLarge { .. } | Trouble::BodyBroken | Trouble::BodySlow | Trouble::WrongMethod => {
            ErrorKind::BadRequest
        }
        Trouble::TooFast { .. } => ErrorKind::Throttled,
        Trouble::TooBusy | Trouble::TooSlow => ErrorKind::ServiceUnavailable,
        Trouble::Fault => ErrorKind::ServiceFailure,
        Trouble::NotFound => ErrorKind::NotFound,
    };
    response(&Error::new(kind, trouble.to_string()))
}
