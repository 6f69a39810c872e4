//! The errors of the API, as the model and AWS's common errors name them.

use serde::Serialize;
use serde_json::json;

/// One refusal, ready to be sent: a header, a status and a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", kind.error_type())]
pub struct Error {
    /// Which of the API's errors this is.
    pub kind: ErrorKind,
    /// For people: what was wrong, with what, what to do.
    pub message: String,
}

/// The errors of the model, and after them the four of AWS's common errors that speak of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// 400: the request is malformed or breaks a documented limit.
    BadRequest,
    /// 401: the caller's credentials don't hold (any more).
    Unauthorized,
    /// 403: the caller may not do this, or nobody may.
    Forbidden,
    /// 404: no such account, user or operation.
    NotFound,
    /// 409: the state of the thing is against it.
    Conflict,
    /// 422: well formed, and impossible.
    Unprocessable,
    /// 429: too many requests.
    Throttled,
    /// 500: our fault.
    ServiceFailure,
    /// 503: our fault, and it will pass.
    ServiceUnavailable,
    /// 400: the Authorization header can't be read as Signature Version 4.
    IncompleteSignature,
    /// 403: the request carries no signature that is accepted here.
    MissingAuthenticationToken,
    /// 403: the signature is not the one the secret gives, or its time is over.
    SignatureDoesNotMatch,
    /// 403: the access key is not known, or a session token came with it.
    UnrecognizedClient,
}

/// The model's `ErrorCode`: the `Code` of an error and of a `UserError`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the model's, and say all there is")]
pub enum ErrorCode {
    BadRequest,
    Unauthorized,
    Forbidden,
    NotFound,
    Conflict,
    Unprocessable,
    /// No seat left; the model has no exception of this name among the administration's operations.
    ResourceLimitExceeded,
    Throttled,
    ServiceFailure,
    ServiceUnavailable,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    /// 400 `BadRequestException`.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadRequest, message)
    }

    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        self.kind.row().0
    }

    /// The value of the `x-amzn-ErrorType` header, by which clients choose their exception.
    pub fn error_type(&self) -> &'static str {
        self.kind.error_type()
    }

    /// The JSON body: `Code` and `Message` for the model's errors, `message` for the common ones.
    pub fn body(&self) -> String {
        match self.kind.code() {
            Some(code) => json!({"Code": code, "Message": self.message}),
            None => json!({"message": self.message}),
        }
        .to_string()
    }
}

impl ErrorKind {
    /// Status, shape name and code of each error.
    const fn row(self) -> (u16, &'static str, Option<ErrorCode>) {
        use ErrorCode as Code;
        match self {
            Self::BadRequest => (400, "BadRequestException", Some(Code::BadRequest)),
            Self::Unauthorized => (401, "UnauthorizedClientException", Some(Code::Unauthorized)),
            Self::Forbidden => (403, "ForbiddenException", Some(Code::Forbidden)),
            Self::NotFound => (404, "NotFoundException", Some(Code::NotFound)),
            Self::Conflict => (409, "ConflictException", Some(Code::Conflict)),
            Self::Unprocessable => (422, "UnprocessableEntityException", Some(Code::Unprocessable)),
            Self::Throttled => (429, "ThrottledClientException", Some(Code::Throttled)),
            Self::ServiceFailure => (500, "ServiceFailureException", Some(Code::ServiceFailure)),
            Self::ServiceUnavailable => (503, "ServiceUnavailableException", Some(Code::ServiceUnavailable)),
            Self::IncompleteSignature => (400, "IncompleteSignatureException", None),
            Self::MissingAuthenticationToken => (403, "MissingAuthenticationTokenException", None),
            Self::SignatureDoesNotMatch => (403, "SignatureDoesNotMatch", None),
            Self::UnrecognizedClient => (403, "UnrecognizedClientException", None),
        }
    }

    /// The shape's name, as sent in `x-amzn-ErrorType`.
    pub const fn error_type(self) -> &'static str {
        self.row().1
    }

    /// The `Code` in the body; AWS's common errors have none.
    pub const fn code(self) -> Option<ErrorCode> {
        self.row().2
    }
}
