//! `/explain`: may this person sign in, and why? (rule 21)

use access::authority::Action;
use access::{ApplicationId, Feature, License, Refusal};
use serde::{Deserialize, Serialize};
use service::{Explained, Explanation, Service};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, ok};
use super::call::{Call, Nothing};
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(explain))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().post("/api/v1/explain", Performs::Administration(Action::Explain), explain)
}

/// A question. It is sent, not asked for in an address: addresses end in logs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    /// An id or an address.
    user: String,
    /// An application's id.
    application: Option<String>,
    /// A feature, such as `meetings.host`.
    #[schema(value_type = Option<String>)]
    feature: Option<Feature>,
}

/// A decision, told to an administrator.
#[derive(Serialize, ToSchema)]
struct Decision {
    user: Uuid,
    address: String,
    name: Option<String>,
    account: Option<Uuid>,
    /// Yes or no, to all that was asked.
    allowed: bool,
    /// The effective license, also when the answer is no.
    #[schema(value_type = names::License)]
    license: License,
    /// What it grants; empty for who may not sign in.
    #[schema(value_type = Vec<String>)]
    features: Vec<Feature>,
    /// The chain, in the order the rules were applied.
    reasons: Vec<Reason>,
    /// The licenses that grant the feature in question.
    #[schema(value_type = Vec<names::License>)]
    granted_by: Vec<License>,
}

/// One link of the chain.
#[derive(Serialize, ToSchema)]
struct Reason {
    code: &'static str,
    sentence: String,
}

impl From<Explanation> for Decision {
    fn from(explanation: Explanation) -> Self {
        let Explanation { user, allowed, license, features, reasons, granted_by } = explanation;
        let reason = |Explained { code, sentence }| Reason { code, sentence };
        Self {
            user: user.id.0,
            address: user.primary.as_typed().to_owned(),
            name: user.display_name,
            account: user.membership.map(|membership| membership.account.0),
            allowed,
            license,
            features,
            reasons: reasons.into_iter().map(reason).collect(),
            granted_by,
        }
    }
}

/// Explains the decision about a person, now. **Permission**: any role over their account.
#[utoipa::path(post, path = "/api/v1/explain", request_body = Asked,
    responses((status = 200, description = "The decision and its reasons", body = Decision)))]
async fn explain(call: Call<Nothing, Asked>) -> Answer {
    let Asked { user, application, feature } = &call.body;
    let id = |text: &String| text.parse::<ApplicationId>().map_err(|_| Refusal::UnknownApplication(text.clone()));
    let application = application.as_ref().map(id).transpose()?;
    let explanation = call.service.explain(&call.cx, user, application, feature.clone()).await?;
    ok(&Decision::from(explanation))
}
