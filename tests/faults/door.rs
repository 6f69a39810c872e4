//! A client of the Chime API that signs with Amazon's own signer and tells an answer from none.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::Value;

use crate::harness::server::Server;

/// The operator's way to a server. A clone has connections of its own.
pub struct Door {
    url: String,
    credentials: Credentials,
    agent: ureq::Agent,
}

/// What came of a request.
#[derive(Debug)]
pub enum Answer {
    /// It was done; the body.
    Done(Value),
    /// `503 ServiceUnavailable`: done or not done, as with any 5xx.
    Unavailable,
    /// No answer, or half of one.
    Lost,
}

impl Door {
    pub fn of(server: &Server) -> Self {
        let (id, secret) = (server.demo("/access_key_id"), server.demo("/secret_access_key"));
        Self {
            url: server.url().to_owned(),
            credentials: Credentials::new(id, secret, None, None, "demo.json"),
            agent: agent(),
        }
    }

    /// Another client with the same credentials.
    pub fn another(&self) -> Self {
        Self { url: self.url.clone(), credentials: self.credentials.clone(), agent: agent() }
    }

    /// A change.
    pub fn post(&self, target: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let mut request = self.agent.post(format!("{}{target}", self.url)).content_type("application/json");
        for (name, value) in self.signature("POST", target, body.as_bytes()) {
            request = request.header(name, value);
        }
        answer(target, request.send(&body))
    }

    /// A question.
    pub fn get(&self, target: &str) -> Answer {
        let mut request = self.agent.get(format!("{}{target}", self.url));
        for (name, value) in self.signature("GET", target, b"") {
            request = request.header(name, value);
        }
        answer(target, request.call())
    }

    #[expect(clippy::disallowed_methods, reason = "a signature carries the real time")]
    fn signature(&self, method: &str, target: &str, body: &[u8]) -> Vec<(String, String)> {
        let identity = self.credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("chime")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .expect("everything is given");
        let kind = (!body.is_empty()).then_some(("content-type", "application/json"));
        let url = format!("{}{target}", self.url);
        let request = SignableRequest::new(method, url, kind.into_iter(), SignableBody::Bytes(body));
        let signed = sign(request.expect("a request"), &params.into()).expect("a signature");
        let (instructions, _) = signed.into_parts();
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// Each server start gets new connections: those to the former one are dead.
fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(30))).proxy(None).build().into()
}

/// These requests are all permitted and well-formed: any other answer than success or 503 is a fault.
fn answer(target: &str, sent: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let Ok(mut response) = sent else { return Answer::Lost };
    let status = response.status().as_u16();
    let Ok(body) = response.body_mut().read_to_string() else { return Answer::Lost };
    match status {
        200..300 => Answer::Done(serde_json::from_str(&body).unwrap_or_else(|e| panic!("{target}: {e} in {body}"))),
        503 => Answer::Unavailable,
        _ => panic!("{target} was answered {status}: {body}"),
    }
}
