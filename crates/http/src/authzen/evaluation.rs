//! `POST /access/v1/evaluation` (Authorization API 1.0, section 6). **Permissions**: an application's credential, or
//! an administrator's API token.

use axum::extract::State;
use axum::response::Response;

use super::error::{Error, token};
use super::question::{self, Asked, Decision};
use super::{Authzen, Evaluate};
use crate::frame::Whole;

/// Answers one question.
pub(super) async fn post<E: Evaluate>(
    State(door): State<Authzen<E>>,
    Whole { parts, body }: Whole,
) -> Result<Response, Error> {
    let token = token(&parts.headers)?;
    let asked: Asked<'_> = question::read(&parts.headers, &body)?;
    super::json(&one(&door, token, &asked).await?)
}

/// Asks, and renders the answer as an Access Evaluation Response (section 6.2).
pub(super) async fn one<E: Evaluate>(door: &Authzen<E>, token: &str, asked: &Asked<'_>) -> Result<Decision, Error> {
    let (subject, question) = asked.question()?;
    let answer = door.evaluate.evaluate(token, subject, &question).await?.ok_or_else(Error::unauthorized)?;
    if let Some(metrics) = &door.settings.metrics {
        metrics.decided(answer.allowed, &answer.reasons);
    }
    Ok(Decision::from(answer))
}
