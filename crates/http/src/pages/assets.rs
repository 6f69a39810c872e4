//! The style sheet, and the one script.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// `GET /assets/pages.css`. Says nothing of anyone.
pub(super) async fn styles() -> Response {
    asset("text/css; charset=utf-8", include_str!("../../templates/pages.css"))
}

/// `GET /assets/passkey.js`: what asks the browser for a passkey.
pub(super) async fn passkey() -> Response {
    asset("text/javascript; charset=utf-8", include_str!("../../templates/passkey.js"))
}

fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, text).into_response()
}
