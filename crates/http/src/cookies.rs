//! The cookies of browsers (RFC 6265bis). `__Host-` ties one to this very host and to TLS; where Carillon is reached by
//! plain http, on a developer's machine, that cannot be had.

use access::ApplicationId;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use url::Url;

use crate::HttpSettings;

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// A session.
    Session,
    /// A sign-in under way, or a change of how one signs in.
    SignIn,
    /// A session on the host of an application behind a reverse proxy.
    Check(ApplicationId),
    /// What a browser on such a host proves itself by when it comes back from signing in.
    CheckStart,
    /// That somebody signed in with this browser before (rule 76).
    Known,
}

impl Cookie {
    fn name(self, base_url: &Url) -> String {
        let bound = if base_url.scheme() == "https" { "__Host-" } else { "" };
        match self {
            Self::Session => format!("{bound}carillon"),
            Self::SignIn => format!("{bound}carillon-sign-in"),
            Self::Check(application) => format!("{bound}carillon-check-{application}"),
            Self::CheckStart => format!("{bound}carillon-check"),
            Self::Known => format!("{bound}carillon-known"),
        }
    }

    /// Its value, if the browser has it once.
    pub fn of<'h>(self, headers: &'h HeaderMap, settings: &HttpSettings) -> Option<&'h str> {
        self.sent_to(headers, &settings.base_url)
    }

    /// The same, where Carillon is reached under this address.
    pub fn sent_to<'h>(self, headers: &'h HeaderMap, base_url: &Url) -> Option<&'h str> {
        let name = self.name(base_url);
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
        let (Some(value), None) = (values.next(), values.next()) else { return None };
        (!value.is_empty()).then_some(value)
    }

    /// Sets it for so many seconds.
    pub fn set(self, settings: &HttpSettings, value: &str, seconds: i64) -> HeaderValue {
        let secure = if settings.base_url.scheme() == "https" { "; Secure" } else { "" };
        let name = self.name(&settings.base_url);
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        // Ours are made of letters, digits and underscores.
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }

    /// Takes it from the browser.
    pub fn clear(self, settings: &HttpSettings) -> HeaderValue {
        self.set(settings, "", 0)
    }
}

/// The same answer, which sets or takes a cookie besides.
pub(crate) fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str) -> HttpSettings {
        HttpSettings::new(Url::parse(url).expect("a URL"))
    }

    #[test]
    fn a_cookie_is_bound_to_its_host_wherever_there_is_tls() {
        let (tls, plain) = (settings("https://id.example.org/in"), settings("http://localhost:8080"));
        let set = |settings| Cookie::Session.set(settings, "cas_1", 60).to_str().expect("text").to_owned();
        assert_eq!(set(&tls), "__Host-carillon=cas_1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set(&plain), "carillon=cas_1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; __Host-carillon=cas_1; carillon=cas_2"));
        assert_eq!(Cookie::Session.of(&headers, &tls), Some("cas_1"));
        assert_eq!(Cookie::Session.of(&headers, &plain), Some("cas_2"));
        headers.append(header::COOKIE, HeaderValue::from_static("carillon=cas_3"));
        assert_eq!(Cookie::Session.of(&headers, &plain), None, "one of two is none");
    }
}
