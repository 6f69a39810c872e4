//! The AuthZEN door: Authorization API 1.0 (OpenID, January 2026).
//!
//! Applications ask with their own credential, administrators with an API token. Questions understood are `sign_in`
//! on a resource of type `application`, and `use` on one of type `feature`.

pub(crate) mod error;
mod evaluation;
mod evaluations;
mod metadata;
mod question;

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use service::{Answer, Question, Service};

use crate::HttpSettings;
use crate::route::{Performs, Routes};
use error::Error;

/// Who answers the questions. The product's is [`Service`]; a benchmark puts facts that never change behind the very
/// same door.
pub trait Evaluate: Clone + Send + Sync + 'static {
    /// Answers one question of whoever holds `token` about the person with this id or address; `None` when the token
    /// is no good.
    fn evaluate(
        &self,
        token: &str,
        subject: &str,
        question: &Question,
    ) -> impl Future<Output = Result<Option<Answer>, service::Error>> + Send;
}

impl Evaluate for Service {
    async fn evaluate(
        &self,
        token: &str,
        subject: &str,
        question: &Question,
    ) -> Result<Option<Answer>, service::Error> {
        Service::evaluate(self, token, subject, question).await
    }
}

/// What the door's handlers share.
#[derive(Clone)]
pub(crate) struct Authzen<E> {
    pub evaluate: E,
    pub settings: Arc<HttpSettings>,
}

pub(crate) fn routes<E: Evaluate>() -> Routes<Authzen<E>> {
    Routes::new()
        .post("/access/v1/evaluation", Performs::Evaluation, evaluation::post)
        .post("/access/v1/evaluations", Performs::Evaluation, evaluations::post)
        .get("/.well-known/authzen-configuration", Performs::Nothing, metadata::get)
}

/// A JSON answer with status 200.
fn json(value: &impl Serialize) -> Result<Response, Error> {
    let body = serde_json::to_vec(value).map_err(|error| Error::fault(&error))?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(([kind, (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], body).into_response())
}
