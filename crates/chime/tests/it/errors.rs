//! What a client receives as an error.

use carillon_chime::shapes::{UserError, UserErrorsOutput};
use carillon_chime::{Error, ErrorCode, ErrorKind};
use serde_json::{Value, json};

#[test]
fn each_error_has_its_shape_status_and_code() {
    use ErrorKind::*;
    let table: [(ErrorKind, u16, &str, Option<&str>); 13] = [
        (BadRequest, 400, "BadRequestException", Some("BadRequest")),
        (Unauthorized, 401, "UnauthorizedClientException", Some("Unauthorized")),
        (Forbidden, 403, "ForbiddenException", Some("Forbidden")),
        (NotFound, 404, "NotFoundException", Some("NotFound")),
        (Conflict, 409, "ConflictException", Some("Conflict")),
        (Unprocessable, 422, "UnprocessableEntityException", Some("Unprocessable")),
        (Throttled, 429, "ThrottledClientException", Some("Throttled")),
        (ServiceFailure, 500, "ServiceFailureException", Some("ServiceFailure")),
        (ServiceUnavailable, 503, "ServiceUnavailableException", Some("ServiceUnavailable")),
        (IncompleteSignature, 400, "IncompleteSignatureException", None),
        (MissingAuthenticationToken, 403, "MissingAuthenticationTokenException", None),
        (SignatureDoesNotMatch, 403, "SignatureDoesNotMatch", None),
        (UnrecognizedClient, 403, "UnrecognizedClientException", None),
    ];
    for (kind, status, error_type, code) in table {
        let error = Error::new(kind, "what \"to\" do");
        assert_eq!(error.status(), status);
        assert_eq!(error.error_type(), error_type);
        let body: Value = serde_json::from_str(&error.body()).unwrap();
        let expected = match code {
            Some(code) => json!({"Code": code, "Message": "what \"to\" do"}),
            None => json!({"message": "what \"to\" do"}),
        };
        assert_eq!(body, expected);
    }
}

#[test]
fn a_batch_says_which_user_failed_and_why() {
    let refusal = Error::new(ErrorKind::NotFound, "No such user.");
    let full = UserError {
        user_id: "v".to_owned(),
        error_code: ErrorCode::ResourceLimitExceeded,
        error_message: "No seat.".to_owned(),
    };
    let output = UserErrorsOutput { user_errors: vec![UserError::new("u".to_owned(), refusal), full] };
    let expected = json!({"UserErrors": [
        {"UserId": "u", "ErrorCode": "NotFound", "ErrorMessage": "No such user."},
        {"UserId": "v", "ErrorCode": "ResourceLimitExceeded", "ErrorMessage": "No seat."},
    ]});
    assert_eq!(serde_json::to_value(output).unwrap(), expected);
}
