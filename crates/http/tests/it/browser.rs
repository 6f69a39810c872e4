//! A browser: it keeps the cookies it is given, and says which site its forms are from.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::app::{Answer, App, form, get};
use crate::people::PASSWORD;

/// What a browser keeps.
pub struct Browser<'a> {
    app: &'a App,
    cookies: Vec<(String, String)>,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a App) -> Self {
        Self { app, cookies: Vec::new() }
    }

    /// One that somebody has signed in with.
    pub async fn signed_in(app: &'a App, address: &str) -> Self {
        let mut browser = Self::new(app);
        let answer = browser.sign_in(address, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }

    pub async fn sign_in(&mut self, address: &str, password: &str) -> Answer {
        self.post("/signin", &[("address", address), ("password", password)]).await
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(get(path)).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut request = form(path, fields);
        request.headers_mut().insert("sec-fetch-site", "same-origin".parse().expect("a value"));
        self.send(request).await
    }

    /// The cookies as a header.
    pub fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        if !self.cookies.is_empty() {
            request.headers_mut().insert("cookie", self.cookie().parse().expect("a cookie"));
        }
        let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        request.headers_mut().insert("user-agent", agent.parse().expect("a name"));
        let answer = self.app.send(request).await;
        for set in answer.headers.get_all("set-cookie") {
            let set = set.to_str().expect("ASCII");
            let (name, rest) = set.split_once('=').expect("a cookie");
            let value = rest.split(';').next().expect("a value");
            self.cookies.retain(|(known, _)| known != name);
            if !set.contains("Max-Age=0") {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }
}
