//! OpenID Connect by hand: a browser that signs in and is sent around, and an application that exchanges what it gets.
//! For where many do so at once; that certified clients agree with Carillon is tested with them.

use std::time::Duration;

use serde_json::{Value, json};

use super::server::Server;
use super::web::Answer;

/// An application, by what it knows of itself.
#[derive(Clone, Debug)]
pub struct App {
    pub id: String,
    pub secret: String,
}

/// Where applications' people come back to. Nothing listens there: the test reads the address.
pub const CALLBACK: &str = "http://127.0.0.1:9/callback";

impl App {
    /// Registers one by the admin API, with further members such as `required_license`.
    pub fn register(server: &Server, name: &str, logout: Option<&str>, further: &Value) -> Self {
        let mut wish = json!({ "name": name, "audience": "anyone",
            "client": { "redirect_uris": [CALLBACK], "backchannel_logout_uri": logout } });
        let members = wish.as_object_mut().expect("an object");
        members.extend(further.as_object().cloned().unwrap_or_default());
        let made = admin(server, "POST", "/api/v1/applications", &wish);
        let id = made["id"].as_str().unwrap_or_else(|| panic!("no application: {made}")).to_owned();
        let token = admin(server, "POST", "/api/v1/tokens", &json!({ "name": "secret", "application": id }));
        Self { id, secret: token["token"].as_str().expect("a token").to_owned() }
    }

    /// Exchanges a code at a server; the tokens, or the error.
    pub fn exchange(&self, url: &str, code: &str) -> Answer {
        self.exchange_at(url, code, CALLBACK)
    }

    /// The same, where people come back to another place.
    pub fn exchange_at(&self, url: &str, code: &str, redirect_uri: &str) -> Answer {
        self.ask(url, "token", &[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)])
    }

    /// Asks for the next tokens.
    pub fn refresh(&self, url: &str, refresh_token: &str) -> Answer {
        self.ask(url, "token", &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    /// Asks what a token stands for.
    pub fn introspect(&self, url: &str, token: &str) -> Answer {
        self.ask(url, "introspect", &[("token", token)])
    }

    fn ask(&self, url: &str, endpoint: &str, form: &[(&str, &str)]) -> Answer {
        let own = [("client_id", self.id.as_str()), ("client_secret", self.secret.as_str())];
        let sent =
            agent().post(format!("{url}/oauth2/{endpoint}")).send_form(own.into_iter().chain(form.iter().copied()));
        Answer::of(sent)
    }

    /// The path and query with which it sends people to sign in.
    pub fn request(&self) -> String {
        let callback = CALLBACK.replace(':', "%3A").replace('/', "%2F");
        format!("/oauth2/authorize?response_type=code&client_id={}&scope=openid+email&redirect_uri={callback}", self.id)
    }
}

/// Sends a request to the admin API as the sample operator; what was answered.
pub fn admin(server: &Server, method: &str, path: &str, body: &Value) -> Value {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", server.url()))
        .header("authorization", format!("Bearer {}", server.demo("/api_token")))
        .header("content-type", "application/json");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = Answer::of(agent().run(request.body(body).expect("a request")));
    assert!((200..300).contains(&answer.status), "{method} {path}: {answer:?}");
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// A browser, by its session.
#[derive(Clone, Debug)]
pub struct Browser {
    pub cookie: String,
}

impl Browser {
    /// Signs in by address and password.
    pub fn sign_in(url: &str, address: &str, password: &str) -> Self {
        Self::try_sign_in(url, address, password).unwrap_or_else(|answer| panic!("{address}: {answer:?}"))
    }

    /// The same, where it may be refused.
    pub fn try_sign_in(url: &str, address: &str, password: &str) -> Result<Self, Answer> {
        let answer =
            Answer::of(agent().post(format!("{url}/signin")).send_form([("address", address), ("password", password)]));
        match answer.cookie("carillon") {
            Some(session) if answer.status == 303 => Ok(Self { cookie: format!("carillon={session}") }),
            _ => Err(answer),
        }
    }

    /// Opens a path.
    pub fn open(&self, url: &str, path: &str) -> Answer {
        Answer::of(agent().get(format!("{url}{path}")).header("cookie", &self.cookie).call())
    }

    /// Sends a form.
    pub fn send(&self, url: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = agent().post(format!("{url}{path}")).header("cookie", &self.cookie);
        Answer::of(request.send_form(fields.iter().copied()))
    }

    /// The code with which a server sends it back to the application, or where it is sent or what it is shown instead.
    pub fn code(&self, url: &str, app: &App) -> Result<String, Answer> {
        let answer = self.open(url, &app.request());
        let to = answer.header("location").unwrap_or_default();
        match to.strip_prefix(CALLBACK).and_then(|rest| rest.split(['?', '&']).find_map(|p| p.strip_prefix("code="))) {
            Some(code) => Ok(code.to_owned()),
            None => Err(answer),
        }
    }

    /// Enters an application: its tokens.
    pub fn enter(&self, url: &str, app: &App) -> Value {
        let code = self.code(url, app).unwrap_or_else(|answer| panic!("no code: {answer:?}"));
        let answer = app.exchange(url, &code);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }
}

/// Is sent nowhere: where to is the answer.
pub fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false).proxy(None);
    config.max_redirects(0).max_redirects_will_error(false).timeout_global(Some(Duration::from_secs(30))).build().into()
}
