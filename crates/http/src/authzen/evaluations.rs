//! `POST /access/v1/evaluations` (Authorization API 1.0, section 7). **Permissions**: as for one evaluation.
//!
//! Each question is decided on a snapshot of its own (rule 22): a change between two of them shows in the later one.

use axum::extract::State;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::error::{Error, token};
use super::evaluation::one;
use super::question::{self, Action, Asked, Context, Decision, Entity};
use super::{Authzen, Evaluate};
use crate::frame::Whole;
use crate::object::{self, Object};

/// The most questions in one request.
const MOST: usize = 100;

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(borrow, default, deserialize_with = "object::optional")]
    subject: Option<Entity<'a>>,
    #[serde(borrow, default, deserialize_with = "object::optional")]
    action: Option<Action<'a>>,
    #[serde(borrow, default, deserialize_with = "object::optional")]
    resource: Option<Entity<'a>>,
    #[serde(borrow)]
    evaluations: Option<Vec<Object<Asked<'a>>>>,
    #[serde(default, deserialize_with = "object::optional")]
    options: Option<Options>,
}

#[derive(Deserialize)]
struct Options {
    evaluations_semantic: Option<Semantic>,
}

/// When to stop (section 7.1.2).
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

#[derive(Serialize)]
struct Decisions {
    evaluations: Vec<Decision>,
}

/// Answers many questions, in their order. Without `evaluations` the request is a single question.
pub(super) async fn post<E: Evaluate>(
    State(door): State<Authzen<E>>,
    Whole { parts, body }: Whole,
) -> Result<Response, Error> {
    let token = token(&parts.headers)?;
    let batch: Batch<'_> = question::read(&parts.headers, &body)?;
    let defaults = Asked { subject: batch.subject, action: batch.action, resource: batch.resource };
    let asked = batch.evaluations.unwrap_or_default();
    if asked.is_empty() {
        return super::json(&one(&door, token, &defaults).await?);
    }
    if asked.len() > MOST {
        return Err(Error::bad(format!("evaluations has {} questions; send at most {MOST} at once", asked.len())));
    }
    let semantic = batch.options.and_then(|options| options.evaluations_semantic).unwrap_or(Semantic::ExecuteAll);
    let mut evaluations = Vec::with_capacity(asked.len());
    for Object(asked) in asked {
        let asked = with_defaults(asked, &defaults);
        let decision = match one(&door, token, &asked).await {
            Ok(decision) => decision,
            Err(error) => Decision { decision: false, context: Context::Error { error: error.within_batch()? } },
        };
        let stop = match semantic {
            Semantic::ExecuteAll => false,
            Semantic::DenyOnFirstDeny => !decision.decision,
            Semantic::PermitOnFirstPermit => decision.decision,
        };
        evaluations.push(decision);
        if stop {
            break;
        }
    }
    super::json(&Decisions { evaluations })
}

/// What a question leaves out comes from the top (section 7.1.1).
fn with_defaults<'a>(asked: Asked<'a>, defaults: &Asked<'a>) -> Asked<'a> {
    Asked {
        subject: asked.subject.or_else(|| defaults.subject.clone()),
        action: asked.action.or_else(|| defaults.action.clone()),
        resource: asked.resource.or_else(|| defaults.resource.clone()),
    }
}
