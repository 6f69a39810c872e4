//! What handlers answer with.

use access::Refusal;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use service::Tagged;
use utoipa::ToSchema;

use super::error::Problem;

/// A handler's answer.
pub(super) type Answer = Result<Response, Problem>;

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct List<T> {
    /// The items, in the order of the list.
    pub items: Vec<T>,
    /// Send it as `after` to get the next page; `null` on the last one.
    pub next: Option<String>,
}

/// An answer per person that was named, in their order: a refused one does not stop the others.
#[derive(Serialize, ToSchema)]
pub(super) struct Results<T> {
    results: Vec<One<T>>,
}

/// What one of them came to: `ok` or `problem`.
#[derive(Serialize, ToSchema)]
pub(super) struct One<T> {
    /// The id as it was sent.
    user: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

impl<T> Results<T> {
    /// From a verb's answers.
    pub fn new<V>(users: &[String], outcomes: Vec<Result<V, Refusal>>, shape: impl Fn(V) -> T) -> Self {
        let one = |(user, outcome): (&String, Result<V, Refusal>)| {
            let user = user.clone();
            match outcome {
                Ok(view) => One { user, ok: Some(shape(view)), problem: None },
                Err(refusal) => One { user, ok: None, problem: Some(refusal.into()) },
            }
        };
        Self { results: users.iter().zip(outcomes).map(one).collect() }
    }
}

/// 200.
pub(super) fn ok(value: &impl Serialize) -> Answer {
    json(StatusCode::OK, value)
}

/// 200 with the tag of a thing, by which a change can say what it started from.
pub(super) fn tagged(thing: &impl Tagged, value: &impl Serialize) -> Answer {
    let mut response = ok(value)?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", thing.tag())).map_err(|error| Problem::fault(&error))?;
    response.headers_mut().insert(header::ETAG, tag);
    Ok(response)
}

/// 204: it was done, and there is nothing to say.
pub(super) fn nothing() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Any status with a JSON body.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(value).map_err(|error| Problem::fault(&error))?;
    Ok(written(status, body))
}

/// The same, of a body that is JSON already.
pub(super) fn written(status: StatusCode, body: Vec<u8>) -> Response {
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    (status, [kind, (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], body).into_response()
}
