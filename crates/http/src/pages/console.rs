//! `/console` and below: the administrators' console, an application of the browser that asks the admin API by the
//! session's cookie. It is built by Node.js from `console/` and embedded; a build without it says so on a page.
//! **Permissions**: who is signed in gets it, and what it then asks for is the admin API's to allow.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::Embed;

use super::me::Signed;
use super::{Pages, texts};
use crate::route::{Performs, Routes};

/// What `scripts/console` built: pages and scripts, each with a copy that is compressed already.
#[derive(Embed)]
#[folder = "../../console/dist/site"]
#[allow_missing = true]
struct Built;

pub(super) fn routes() -> Routes<Pages> {
    Routes::new().get("/console", Performs::SigningIn, page).get("/console/{*page}", Performs::SigningIn, page).get(
        "/console/assets/{file}",
        Performs::Nothing,
        asset,
    )
}

/// Loaded is what we built, and asked is our own API: nothing from elsewhere, and nothing written into the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// `GET /console` and every address that the console gives its pages: it finds its place itself. Whoever is not signed
/// in is sent to do so and then comes back.
async fn page(State(door): State<Pages>, _: Signed) -> Response {
    let built = Built::get("index.html");
    let Some(text) = built.as_ref().and_then(|file| std::str::from_utf8(&file.data).ok()) else {
        return texts::no_console().response(StatusCode::NOT_FOUND, door.root());
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, Html(under(door.root(), text))).into_response()
}

/// The page where Carillon is mounted under a path.
fn under(root: &str, text: &str) -> String {
    text.replace("\"/console", &format!("\"{root}/console"))
}

/// `GET /console/assets/{file}`. Its name changes with what is in it (but for the licenses of what the console is made
/// of), so it is kept for as long as a browser likes.
async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let name = format!("assets/{file}");
    let compressed = accepts_gzip(&headers).then(|| Built::get(&format!("{name}.gz"))).flatten();
    let encoding = compressed.is_some().then_some((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    let (Some(found), Some(kind)) = (compressed.or_else(|| Built::get(&name)), kind(&name)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    let mut response = (headers, found.data).into_response();
    response.headers_mut().extend(encoding);
    response
}

/// The types of what a build consists of.
fn kind(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

/// Whether `Accept-Encoding` names gzip (RFC 9110 section 12.5.3) and does not forbid it.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut codings = values.flat_map(|value| value.split(',')).map(|coding| coding.replace(' ', ""));
    codings.any(|coding| match coding.split_once(';') {
        Some((name, weight)) => name == "gzip" && weight.trim_start_matches("q=").parse().is_ok_and(|q: f32| q > 0.0),
        None => coding == "gzip",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_who_can_read_it() {
        for (accepted, sent) in [
            ("gzip, deflate, br", true),
            ("br, gzip;q=0.5", true),
            ("gzip; q=0", false),
            ("identity", false),
            ("xgzip", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            assert_eq!(accepts_gzip(&headers), sent, "{accepted}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn a_console_under_a_path_loads_from_there() {
        let text = r#"<script src="/console/assets/index.js"></script>"#;
        assert_eq!(under("", text), text);
        assert_eq!(under("/carillon", text), r#"<script src="/carillon/console/assets/index.js"></script>"#);
    }
}
