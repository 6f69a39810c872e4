//! `/grants`: who may administer what (rules 28, 46 and 50).

use access::authority::{Action, Over, Role};
use access::{AccountId, GrantId, Refusal};
use serde::{Deserialize, Serialize};
use service::{GrantView, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, nothing, ok};
use super::call::{Call, Nothing, Paging, Query, over};
use super::error::Problem;
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(create, list, change, revoke))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let performs = Performs::Administration(Action::ManageGrants);
    Routes::new()
        .post("/api/v1/grants", performs, create)
        .get("/api/v1/grants", performs, list)
        .patch("/api/v1/grants/{grant}", performs, change)
        .delete("/api/v1/grants/{grant}", performs, revoke)
}

/// A role of a person.
#[derive(Serialize, ToSchema)]
pub(super) struct Grant {
    #[schema(value_type = Uuid)]
    id: GrantId,
    user: Uuid,
    #[schema(value_type = names::Role)]
    role: Role,
    /// The account it is over; `null` for the deployment.
    account: Option<Uuid>,
}

/// A role, and who holds it.
#[derive(Serialize, ToSchema)]
struct GrantOf {
    #[serde(flatten)]
    grant: Grant,
    address: String,
    name: Option<String>,
}

impl From<access::authority::Grant> for Grant {
    fn from(grant: access::authority::Grant) -> Self {
        let account = match grant.over {
            Over::Deployment => None,
            Over::Account(account) => Some(account.0),
        };
        Self { id: grant.id, user: grant.user.0, role: grant.role, account }
    }
}

impl From<GrantView> for GrantOf {
    fn from(view: GrantView) -> Self {
        let GrantView { grant, user } = view;
        Self { grant: grant.into(), address: user.primary.as_typed().to_owned(), name: user.display_name }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGrant {
    /// An id or an address.
    user: String,
    #[schema(value_type = names::Role)]
    role: Role,
    /// The account it is over; without it the deployment.
    account: Option<Uuid>,
}

/// Gives a role to a person; an account's administrators give them to its members. **Permission**: FullAccess there.
#[utoipa::path(post, path = "/api/v1/grants", request_body = NewGrant,
    responses((status = 201, description = "The role", body = Grant)))]
async fn create(call: Call<Nothing, NewGrant>) -> Answer {
    let (user, role) = (call.body.user.clone(), call.body.role);
    let over = call.body.account.map_or(Over::Deployment, |account| Over::Account(AccountId(account)));
    call.create(|service, cx| async move { service.create_grant(&cx, &user, over, role).await }, Grant::from).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The account; without it the deployment and every account.
    account: Option<String>,
    /// Only what the person with this id holds.
    user: Option<Uuid>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// Who holds which role, oldest first. **Permission**: FullAccess there.
#[utoipa::path(get, path = "/api/v1/grants", params(Filter, Paging),
    responses((status = 200, description = "A page of roles", body = List<GrantOf>)))]
async fn list(call: Call<Filter>) -> Answer {
    let mut all = call.service.list_grants(&call.cx, over(call.query.account.as_deref())?).await?;
    all.retain(|view| call.query.user.is_none_or(|user| view.user.id.0 == user));
    call.list(call.part(all, |view| view.grant.id.to_string()), GrantOf::from)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    #[schema(value_type = names::Role)]
    role: Role,
}

/// Gives another role in its place; its keys and tokens carry no more than it from then on. **Permission**: FullAccess
/// there.
#[utoipa::path(patch, path = "/api/v1/grants/{grant}", params(("grant", Path)), request_body = Change,
    responses((status = 200, description = "The role", body = Grant)))]
async fn change(call: Call<Nothing, Change>) -> Answer {
    ok(&Grant::from(call.service.change_grant(&call.cx, call.grant()?, call.body.role).await?))
}

/// Takes a role; its keys and tokens end with it. **Permission**: FullAccess there.
#[utoipa::path(delete, path = "/api/v1/grants/{grant}", params(("grant", Path)),
    responses((status = 204, description = "It is gone")))]
async fn revoke(call: Call) -> Answer {
    call.service.revoke_grant(&call.cx, call.grant()?).await?;
    nothing()
}

impl<Q, B> Call<Q, B> {
    /// The grant of the path; an id that cannot be read is as unknown as any other (rule 28).
    fn grant(&self) -> Result<GrantId, Problem> {
        let text = self.param("grant");
        text.parse().map_err(|_| Refusal::UnknownCredential(text.to_owned()).into())
    }
}
