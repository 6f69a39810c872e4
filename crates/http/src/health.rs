//! `/healthz`: the process lives. `/readyz`: it may be sent requests (rule 22).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use service::Service;

use crate::Drain;
use crate::route::{Performs, Routes};

pub(crate) fn routes() -> Routes<(Service, Drain)> {
    Routes::new().get("/healthz", Performs::Nothing, healthz).get("/readyz", Performs::Nothing, readyz)
}

async fn healthz() -> &'static str {
    "alive\n"
}

/// Ready while the store answers and keeps what it acknowledges, its clock agrees with ours within a second, and nobody
/// has told us to stop.
async fn readyz(State((service, drain)): State<(Service, Drain)>) -> Response {
    if drain.begun() {
        return (StatusCode::SERVICE_UNAVAILABLE, "not ready: about to stop\n").into_response();
    }
    match service.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready: the log says why\n").into_response()
        }
    }
}
