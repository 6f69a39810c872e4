//! The id of a request, in the answer, the logs and the audit trail.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::dialect::Dialect;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_AMZN_REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// Longer ones are not echoed.
const LONGEST: usize = 128;

/// The client's `X-Request-ID` if it is sane, else a new one.
pub(crate) struct RequestId {
    uuid: Uuid,
    echo: Option<HeaderValue>,
}

impl RequestId {
    /// A client's UUID is taken over. Any other short, printable text is echoed as AuthZEN demands, but logs and
    /// audit get a new UUID: a stranger's words don't belong there.
    pub fn of(headers: &HeaderMap, new: impl FnOnce() -> Uuid) -> Self {
        let sent = headers.get(X_REQUEST_ID);
        let text = sent.and_then(|value| value.to_str().ok()).filter(|text| (1..=LONGEST).contains(&text.len()));
        let uuid = text.and_then(|text| Uuid::parse_str(text).ok()).unwrap_or_else(new);
        Self { uuid, echo: text.and(sent).cloned() }
    }

    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// Adds it to an answer, to the Chime API's also by the name its clients read.
    pub fn put(self, headers: &mut HeaderMap, dialect: Dialect) {
        let mut text = Uuid::encode_buffer();
        let own = HeaderValue::from_str(self.uuid.hyphenated().encode_lower(&mut text)).ok();
        if let (Dialect::Chime, Some(own)) = (dialect, &own) {
            headers.insert(X_AMZN_REQUEST_ID, own.clone());
        }
        if let Some(value) = self.echo.or(own) {
            headers.insert(X_REQUEST_ID, value);
        }
    }
}
