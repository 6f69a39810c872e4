//! The request that a reverse proxy asks about, as it says. Only proxies that are trusted are believed: everybody else
//! could write such headers too.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use url::{Position, Url};

use crate::HttpSettings;

/// The request of a browser to an application's host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Original {
    url: Url,
    method: Method,
    /// Whether the proxy passes a redirect on to the browser: Traefik and Caddy do, nginx does not.
    pub redirects: bool,
}

impl Original {
    /// What the proxy says of it; `None` when it says nothing that can be read, or is not to be believed.
    pub fn of(parts: &Parts, settings: &HttpSettings) -> Option<Self> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
        if !settings.trusts(peer.0.ip().to_canonical()) {
            return None;
        }
        let method = |name| header(&parts.headers, name).and_then(|method| method.parse().ok()).unwrap_or(Method::GET);
        if let Some(url) = header(&parts.headers, "x-original-url") {
            let method = method("x-original-method");
            return Some(Self { url: whole(url)?, method, redirects: false });
        }
        let path = header(&parts.headers, "x-forwarded-uri");
        let url = format!("{}{}", host(&parts.headers)?, path.unwrap_or("/"));
        Some(Self { url: whole(&url)?, method: method("x-forwarded-method"), redirects: path.is_some() })
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Path and query.
    pub fn path(&self) -> &str {
        &self.url[Position::BeforePath..Position::AfterQuery]
    }

    /// Whether a browser can be sent away and come back to the same: not with what it sent along.
    pub fn can_come_back(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD)
    }
}

/// Scheme and host, as the proxy was asked.
fn host(headers: &HeaderMap) -> Option<String> {
    let (scheme, host) = (header(headers, "x-forwarded-proto")?, header(headers, "x-forwarded-host")?);
    let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte));
    plain.then(|| format!("{scheme}://{host}"))
}

fn whole(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    (plain && matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// A header that was sent once.
fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn read(peer: &str, headers: &[(&str, &str)]) -> Option<Original> {
        let mut settings = HttpSettings::new(Url::parse("https://id.example.org").expect("a URL"));
        settings.trusted_proxies.push("10.0.0.0/8".parse().expect("a network"));
        let mut request = Request::get("/check");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).expect("a request").into_parts();
        parts.extensions.insert(ConnectInfo(format!("{peer}:1").parse::<SocketAddr>().expect("an address")));
        Original::of(&parts, &settings)
    }

    #[test]
    fn a_trusted_proxy_says_what_was_asked() {
        let nginx = [("x-original-url", "https://wiki.example.org/page?a=b&c=d"), ("x-original-method", "GET")];
        let read_from = read("10.0.0.1", &nginx).expect("a request");
        assert_eq!((read_from.origin(), read_from.path()), ("https://wiki.example.org".to_owned(), "/page?a=b&c=d"));
        assert!(!read_from.redirects && read_from.can_come_back());
        let traefik = [
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "wiki.example.org:8443"),
            ("x-forwarded-uri", "/page"),
            ("x-forwarded-method", "POST"),
        ];
        let read_from = read("10.0.0.1", &traefik).expect("a request");
        assert_eq!((read_from.origin(), read_from.path()), ("https://wiki.example.org:8443".to_owned(), "/page"));
        assert!(read_from.redirects && !read_from.can_come_back());
        assert_eq!(read("192.0.2.1", &nginx), None, "anybody could say so");
    }

    #[test]
    fn what_could_lead_elsewhere_is_not_read() {
        for url in ["javascript:alert(1)", "https://ada@wiki.example.org/", "//wiki.example.org/", "/page", ""] {
            assert_eq!(read("10.0.0.1", &[("x-original-url", url)]), None, "{url}");
        }
        for host in ["wiki.example.org/x", "a@evil.example", "wiki.example.org?", "wiki.example.org#", "a b", ""] {
            let headers = [("x-forwarded-proto", "https"), ("x-forwarded-host", host), ("x-forwarded-uri", "/")];
            assert_eq!(read("10.0.0.1", &headers), None, "{host}");
        }
        let twice = [("x-original-url", "https://a.example/"), ("x-original-url", "https://b.example/")];
        assert_eq!(read("10.0.0.1", &twice), None);
    }
}
