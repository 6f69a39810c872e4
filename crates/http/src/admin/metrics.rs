//! `/metrics`: how this node is doing, in Prometheus' text format, for who administers the deployment. The same for
//! monitoring, without a login, is on an address of its own (`crate::metrics`).

use access::authority::Action;
use axum::Extension;
use service::Service;
use utoipa::OpenApi;

use super::answer::Answer;
use super::call::Call;
use crate::Metrics;
use crate::metrics::told;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(show))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().get("/api/v1/metrics", Performs::Administration(Action::ViewDeployment), show)
}

/// How the node that answers is doing: requests and decisions since it began, database, outbox, scheduled tasks. In
/// Prometheus' text format. **Permission**: any role over the deployment.
#[utoipa::path(get, path = "/api/v1/metrics",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")))]
async fn show(Extension(metrics): Extension<Option<Metrics>>, call: Call) -> Answer {
    let measures = call.service.view_measures(&call.cx).await?;
    Ok(told(metrics.as_ref(), &measures, call.cx.at))
}
