//! The id of a request, in the answer, the logs and the audit trail.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use crate::dialect::Dialect;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const X_AMZN_REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
/// Longer ones are not echoed.
const LONGEST: usize = 128;

/// Our own id of a request, and what its client calls it.
pub(crate) struct RequestId {
    uuid: Uuid,
    sent: Option<HeaderValue>,
}

impl RequestId {
    /// The id is ours, whatever the client sends: nobody chooses what the trail names a change by, or names two alike.
    pub fn of(headers: &HeaderMap, new: Uuid) -> Self {
        let sent = headers.get(X_REQUEST_ID);
        let sane = |value: &&HeaderValue| value.to_str().is_ok_and(|text| (1..=LONGEST).contains(&text.len()));
        Self { uuid: new, sent: sent.filter(sane).cloned() }
    }

    pub fn uuid(&self) -> Uuid {
        self.uuid
    }

    /// The client's `X-Request-ID`, where it is a UUID, to be noted in the log beside ours. Other words of a stranger's do
    /// not belong there.
    pub fn client(&self) -> Option<Uuid> {
        Uuid::parse_str(self.sent.as_ref()?.to_str().ok()?).ok()
    }

    /// Adds it to an answer, to the Chime API's also by the name its clients read. AuthZEN wants the client's own back
    /// (Authorization API 1.0, section 10.1.1).
    pub fn put(self, headers: &mut HeaderMap, dialect: Dialect) {
        let mut text = Uuid::encode_buffer();
        let own = HeaderValue::from_str(self.uuid.hyphenated().encode_lower(&mut text)).ok();
        if let (Dialect::Chime, Some(own)) = (dialect, &own) {
            headers.insert(X_AMZN_REQUEST_ID, own.clone());
        }
        let echoed = self.sent.filter(|_| dialect == Dialect::Authzen);
        if let Some(value) = echoed.or(own) {
            headers.insert(X_REQUEST_ID, value);
        }
    }
}
