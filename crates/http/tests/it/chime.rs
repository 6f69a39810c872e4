//! The Chime API: the administrator's day, and what is refused.

mod refused;
mod settings;
mod work;

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use serde_json::Value;
use service::testing::World;

use crate::app::{Answer, App};
use crate::people::Key;

const HOST: &str = "carillon.example.org";

/// A client of the API with a key.
pub struct Client<'a> {
    app: &'a App,
    world: &'a World,
    key: Key,
}

impl<'a> Client<'a> {
    pub fn new(app: &'a App, world: &'a World, key: &Key) -> Self {
        Self { app, world, key: key.clone() }
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.app.send(self.signed("GET", target, None)).await
    }

    pub async fn post(&self, target: &str, body: &Value) -> Answer {
        self.app.send(self.signed("POST", target, Some(body.to_string()))).await
    }

    pub async fn put(&self, target: &str, body: &Value) -> Answer {
        self.app.send(self.signed("PUT", target, Some(body.to_string()))).await
    }

    pub async fn delete(&self, target: &str) -> Answer {
        self.app.send(self.signed("DELETE", target, None)).await
    }

    /// A request as Amazon's own signer signs it, at the time of the world.
    pub fn signed(&self, method: &str, target: &str, body: Option<String>) -> Request<Body> {
        let identity = Credentials::new(&*self.key.id, &*self.key.secret, None, None, "test").into();
        let seconds = self.world.service.clock().now().as_second().unsigned_abs();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("eu-west-1")
            .name("chime")
            .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
            .settings(SigningSettings::default())
            .build()
            .expect("parameters")
            .into();
        let content_type = body.is_some().then_some(("content-type", "application/json"));
        let headers = [("host", HOST)].into_iter().chain(content_type);
        let text = body.clone().unwrap_or_default();
        let url = format!("https://{HOST}{target}");
        let signable = SignableRequest::new(method, url, headers.clone(), SignableBody::Bytes(text.as_bytes()));
        let (instructions, _) = sign(signable.expect("a request"), &params).expect("a signature").into_parts();
        let mut request = Request::builder().method(method).uri(target);
        for (name, value) in headers.chain(instructions.headers()) {
            request = request.header(name, HeaderValue::from_str(value).expect("a value"));
        }
        request.body(body.map_or_else(Body::empty, Body::from)).expect("a request")
    }
}

impl Answer {
    /// Status and error type of a refusal.
    fn error(&self) -> (u16, &str) {
        (self.status.as_u16(), self.header("x-amzn-errortype"))
    }
}
