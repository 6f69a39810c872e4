//! Who looked is asked once more, between reading and answering, whether they may still: a token that was revoked in
//! between must not be served what came after (rule 22). Changes look by themselves, inside their transactions.

use std::sync::{Arc, OnceLock};

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use service::{Context, Service};

use super::error::Problem;

/// Where a handler leaves who asked.
#[derive(Clone, Default)]
pub(super) struct Asker(Arc<OnceLock<Context>>);

impl Asker {
    /// Leaves it.
    pub fn set(&self, cx: &Context) {
        let _ = self.0.set(cx.clone());
    }
}

/// What only looks although it is sent by POST.
const QUESTIONS: [&str; 2] = ["/explain", "/compare"];

/// Around every route.
pub(super) async fn layer(State(service): State<Service>, mut request: Request, next: Next) -> Response {
    if request.method() != Method::GET && !QUESTIONS.iter().any(|end| request.uri().path().ends_with(end)) {
        return next.run(request).await;
    }
    let asker = Asker::default();
    request.extensions_mut().insert(asker.clone());
    let response = next.run(request).await;
    match asker.0.get() {
        Some(cx) if response.status().is_success() => match service.stands(cx).await {
            Ok(true) => response,
            Ok(false) => Problem::unauthenticated().into_response(),
            Err(error) => Problem::from(error).into_response(),
        },
        Some(_) | None => response,
    }
}
