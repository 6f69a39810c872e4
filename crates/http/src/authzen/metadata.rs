//! `GET /.well-known/authzen-configuration` (Authorization API 1.0, section 9). Says nothing of anyone.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::error::Error;
use super::{Authzen, Evaluate};

pub(super) async fn get<E: Evaluate>(State(door): State<Authzen<E>>) -> Result<Response, Error> {
    super::json(&json!({
        "policy_decision_point": door.settings.url(""),
        "access_evaluation_endpoint": door.settings.url("/access/v1/evaluation"),
        "access_evaluations_endpoint": door.settings.url("/access/v1/evaluations"),
    }))
}
