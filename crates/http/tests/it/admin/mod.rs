//! The admin API: the document, an administrator's day, and what is refused.

mod csv;
mod directory;
mod document;
mod domains;
mod licenses;
mod refused;
mod session;
mod settings;
mod terms;
mod work;

use access::authority::{Over, Role};
use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::Value;
use service::testing::World;
use service::{NewCredential, TokenHolder};

use crate::app::{Answer, App};
use crate::people::registered;

/// A client of the API with an administrator's token.
pub struct Client<'a> {
    app: &'a App,
    token: String,
}

impl<'a> Client<'a> {
    /// Somebody new with this role.
    pub async fn new(app: &'a App, world: &World, address: &str, over: Over, role: Role) -> Self {
        registered(world, address, "Administrator").await;
        Self::holding(app, world, address, over, role).await
    }

    /// Somebody known with this role.
    pub async fn holding(app: &'a App, world: &World, address: &str, over: Over, role: Role) -> Self {
        let grant = world.service.create_grant(&world.host(), address, over, role).await.expect("a grant");
        let made =
            world.service.create_token(&world.host(), TokenHolder::Grant(grant.id), NewCredential::named("test")).await;
        Self { app, token: made.expect("a token").secret }
    }

    pub async fn operator(app: &'a App, world: &World) -> Self {
        Self::new(app, world, "operator@carillon.example", Over::Deployment, Role::FullAccess).await
    }

    /// The same client with other words for its token.
    pub fn with_token(&self, token: &str) -> Self {
        Self { app: self.app, token: token.to_owned() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body.to_string()), &[]).await
    }

    /// Any request; a body is sent as JSON unless the headers say otherwise.
    pub async fn send(&self, method: &str, path: &str, body: Option<String>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method.parse::<Method>().unwrap()).uri(format!("/api/v1{path}"));
        request = request.header("authorization", format!("Bearer {}", self.token));
        if body.is_some() && headers.iter().all(|(name, _)| *name != "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.app.send(request.body(body.map_or_else(Body::empty, Body::from)).expect("a request")).await
    }
}

impl Answer {
    /// Status and code of a problem.
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16(), "{}", self.body);
        assert_eq!(problem["request"], self.header("x-request-id"), "{}", self.body);
        let code = problem["code"].as_str().unwrap_or_default().to_owned();
        assert_eq!(problem["type"], format!("urn:carillon:refusal:{code}"));
        (self.status.as_u16(), code)
    }
}
