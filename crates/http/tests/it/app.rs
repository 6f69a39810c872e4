//! All doors in process, and requests to them.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use carillon_http::{Evaluate, HttpSettings, router_asking};
use http_body_util::BodyExt;
use serde_json::Value;
use service::testing::World;
use signin::SignIn;
use tower::ServiceExt;

pub use service::testing::{on_both_engines, on_sqlite};

/// The doors.
pub struct App {
    router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl App {
    pub fn new(world: &World) -> Self {
        Self::with(world, |_| {})
    }

    pub fn with(world: &World, change: impl FnOnce(&mut HttpSettings)) -> Self {
        Self::asking(world.service.clone(), world, change)
    }

    /// With somebody else to answer AuthZEN's questions.
    pub fn asking<E: Evaluate>(evaluate: E, world: &World, change: impl FnOnce(&mut HttpSettings)) -> Self {
        Self::over(evaluate, SignIn::new(world.service.clone()), change)
    }

    /// With flows that the test looks into.
    pub fn over<E: Evaluate>(evaluate: E, signin: SignIn, change: impl FnOnce(&mut HttpSettings)) -> Self {
        let mut settings = HttpSettings::new(signin.service().settings().base_url.clone());
        change(&mut settings);
        Self { router: router_asking(evaluate, signin, settings) }
    }

    /// Sends a request from another machine.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        self.send_from("192.0.2.7:4711", request).await
    }

    pub async fn send_from(&self, peer: &str, mut request: Request<Body>) -> Answer {
        let peer: SocketAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8(body.to_vec()).expect("UTF-8") }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(get(path)).await
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

pub fn form(path: &str, fields: &[(&str, &str)]) -> Request<Body> {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
    request.body(Body::from(body)).expect("a request")
}

pub fn json(path: &str, token: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(path).header("content-type", "application/json");
    request.header("authorization", format!("Bearer {token}")).body(body.into()).expect("a request")
}
