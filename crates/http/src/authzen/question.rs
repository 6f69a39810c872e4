//! The information model (Authorization API 1.0, section 5): subject, action, resource in; decision out.

use std::borrow::Cow;

use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use service::{Answer, Question};

use super::error::Error;
use crate::object::{self, Object};

/// A question as sent; each part may come from the defaults of a batch. Context and properties carry nothing that
/// decides here and are ignored.
#[derive(Clone, Default, Deserialize)]
pub(super) struct Asked<'a> {
    #[serde(borrow, default, deserialize_with = "object::optional")]
    pub subject: Option<Entity<'a>>,
    #[serde(borrow, default, deserialize_with = "object::optional")]
    pub action: Option<Action<'a>>,
    #[serde(borrow, default, deserialize_with = "object::optional")]
    pub resource: Option<Entity<'a>>,
}

/// A subject or a resource.
#[derive(Clone, Deserialize)]
pub(super) struct Entity<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
}

/// What is done to the resource.
#[derive(Clone, Deserialize)]
pub(super) struct Action<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// An Access Evaluation Response.
#[derive(Serialize)]
pub(super) struct Decision {
    pub decision: bool,
    pub context: Context,
}

/// What an application hears (rule 21): codes.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Context {
    /// Why, and with which license; no license is named of someone who looks unknown.
    Answered {
        #[serde(skip_serializing_if = "Option::is_none")]
        license: Option<&'static str>,
        reasons: Vec<&'static str>,
    },
    /// This one question of a batch could not be asked (section 7.2.1).
    Error { error: super::error::Said },
}

impl Asked<'_> {
    /// Whom and what it is about.
    pub fn question(&self) -> Result<(&str, Question), Error> {
        let (Some(subject), Some(action), Some(resource)) = (&self.subject, &self.action, &self.resource) else {
            return Err(Error::bad("subject, action and resource are all needed"));
        };
        if subject.kind != "user" {
            return Err(Error::bad("subject.type must be \"user\", with an id or an address as its id"));
        }
        let question = match (&*action.name, &*resource.kind) {
            ("sign_in", "application") => Question::SignIn { application: resource.id.to_string() },
            ("use", "feature") => Question::Use { feature: resource.id.to_string() },
            _ => {
                return Err(Error::bad(
                    "ask for action \"sign_in\" on a resource of type \"application\", or \"use\" on one of type \"feature\"",
                ));
            }
        };
        Ok((&subject.id, question))
    }
}

impl From<Answer> for Decision {
    fn from(answer: Answer) -> Self {
        let license = answer.license.map(|license| license.name());
        Self { decision: answer.allowed, context: Context::Answered { license, reasons: answer.reasons } }
    }
}

/// Reads a JSON body of this type.
pub(super) fn read<'a, T: Deserialize<'a>>(headers: &HeaderMap, body: &'a [u8]) -> Result<T, Error> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Error::not_json());
    }
    let read = serde_json::from_slice(body).map(|Object(question)| question);
    read.map_err(|error| Error::bad(format!("the body is not such a question: {error}")))
}
