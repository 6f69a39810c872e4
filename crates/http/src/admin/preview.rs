//! `?preview=true` on a change: the verb runs and is rolled back. The answer is what it would have been; the header
//! `Carillon-Preview` counts what would have happened to people.

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::{Counted, Effects};
use url::form_urlencoded;

use super::error::Problem;

/// The member of the query.
pub(super) const PREVIEW: &str = "preview";

const CARILLON_PREVIEW: HeaderName = HeaderName::from_static("carillon-preview");

/// Around every route: who only looks gets its member refused by the route itself.
pub(crate) async fn layer(mut request: Request, next: Next) -> Response {
    if request.method() == Method::GET {
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let asked = form_urlencoded::parse(query).find(|(name, _)| name == PREVIEW).map(|(_, value)| value.into_owned());
    match asked.as_deref() {
        None => return next.run(request).await,
        Some("true") => {}
        Some(_) => return Problem::bad("preview is not \"true\"; leave it out to make the change").into_response(),
    }
    let counted = Counted::default();
    request.extensions_mut().insert(counted.clone());
    let mut response = next.run(request).await;
    if response.status().is_success()
        && let Ok(value) = HeaderValue::from_str(&text(&counted.effects()))
    {
        response.headers_mut().insert(CARILLON_PREVIEW, value);
    }
    response
}

/// A dictionary of integers (RFC 9651 section 3.2).
fn text(effects: &Effects) -> String {
    let Effects { joined, left, signed_out, mails } = effects;
    let mut text = format!("joined={joined}, left={left}, signed-out={signed_out}");
    for (kind, count) in mails {
        text.push_str(&format!(", mail-{kind}={count}"));
    }
    text
}
