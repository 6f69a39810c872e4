//! Whether a request was sent from our own site, as far as the browser says: its cookie comes with whatever any site makes
//! it ask for.

use axum::http::{HeaderMap, header};
use url::Url;

/// Browsers say it in `Sec-Fetch-Site`, older ones in `Origin`. `surely`: only a browser that says so counts. Else what says
/// nothing does too: a form of our own pages, which have `no-referrer`, may say `null`, and an address that was typed `none`.
pub(crate) fn from_own_site(base_url: &Url, headers: &HeaderMap, surely: bool) -> bool {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (value("sec-fetch-site"), value(header::ORIGIN.as_str())) {
        (Some("same-origin"), _) => true,
        (Some("none"), _) | (None, None | Some("null")) => !surely,
        (Some(_), _) => false,
        (None, Some(origin)) => origin == base_url.origin().ascii_serialization(),
    }
}
