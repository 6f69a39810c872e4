//! The style sheet.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

/// `GET /assets/pages.css`. Says nothing of anyone.
pub(super) async fn styles() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, include_str!("../../templates/pages.css")).into_response()
}
