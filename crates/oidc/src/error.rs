//! Errors by their codes in OAuth 2.0 and OpenID Connect.

use serde::Serialize;

/// An error as clients know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    /// Its code.
    #[serde(rename = "error")]
    pub code: Code,
    /// For the developer of the client: what was wrong, and what to do. Nothing personal, no secret.
    #[serde(rename = "error_description")]
    pub description: String,
}

/// The registered codes that Carillon answers with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// RFC 6749 sections 4.1.2.1 and 5.2.
    InvalidRequest,
    /// RFC 6749 section 5.2.
    InvalidClient,
    /// RFC 6749 section 5.2.
    InvalidGrant,
    /// RFC 6749 section 5.2.
    UnsupportedGrantType,
    /// RFC 6749 section 4.1.2.1.
    UnsupportedResponseType,
    /// RFC 6749 sections 4.1.2.1 and 5.2.
    InvalidScope,
    /// RFC 6749 section 4.1.2.1.
    AccessDenied,
    /// RFC 6749 section 4.1.2.1.
    ServerError,
    /// RFC 6749 section 4.1.2.1.
    TemporarilyUnavailable,
    /// OpenID Connect Core section 3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core section 3.1.2.6.
    ConsentRequired,
    /// OpenID Connect Core section 3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core section 3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Core section 3.1.2.6.
    RegistrationNotSupported,
    /// RFC 6750 section 3.1.
    InvalidToken,
    /// RFC 6750 section 3.1.
    InsufficientScope,
}

impl Code {
    /// The code on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
        }
    }
}

impl Error {
    /// With a code and what to do about it.
    ///
    /// The description is kept to the characters that RFC 6749 section 5.2 allows.
    pub fn new(code: Code, description: impl Into<String>) -> Self {
        let allowed = |character| match character {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => character,
            _ => '?',
        };
        Self { code, description: description.into().chars().map(allowed).collect() }
    }

    /// [`Code::InvalidRequest`].
    pub fn request(description: impl Into<String>) -> Self {
        Self::new(Code::InvalidRequest, description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_has_no_characters_that_break_a_header() {
        let error = Error::request("the parameter \"\u{7}ä\\x\r\n\" was sent twice");
        assert_eq!(error.description, "the parameter '??/x??' was sent twice");
    }
}
