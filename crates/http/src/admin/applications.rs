//! `/applications`: what asks Carillon before it lets people in (rule 13).

use access::application::Audience;
use access::authority::{Action, Over};
use access::{AccountId, ApplicationId, BaseLicense, Feature, Refusal};
use serde::{Deserialize, Deserializer, Serialize};
use service::{ApplicationUpdate, NewApplication, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, tagged};
use super::call::{Call, Nothing, Paging, Query, over};
use super::error::Problem;
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(create, list, show, update))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let performs = Performs::Administration(Action::ManageApplications);
    Routes::new()
        .post("/api/v1/applications", performs, create)
        .get("/api/v1/applications", performs, list)
        .get("/api/v1/applications/{application}", performs, show)
        .patch("/api/v1/applications/{application}", performs, update)
}

/// An application.
#[derive(Serialize, ToSchema)]
struct Application {
    #[schema(value_type = Uuid)]
    id: ApplicationId,
    name: String,
    /// The owning account; `null` for the deployment.
    owner: Option<Uuid>,
    audience: Entrants,
    /// The accounts of the audience `accounts`.
    accounts: Vec<Uuid>,
    /// The least license it demands.
    #[schema(value_type = Option<names::BaseLicense>)]
    required_license: Option<BaseLicense>,
    /// The feature it demands.
    #[schema(value_type = Option<String>)]
    required_feature: Option<Feature>,
}

/// Who may enter.
#[derive(Clone, Copy, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Entrants {
    /// Whoever may sign in.
    Anyone,
    /// Members of the owner.
    Members,
    /// Members of the listed accounts.
    Accounts,
}

impl From<access::Application> for Application {
    fn from(application: access::Application) -> Self {
        let access::Application { id, name, owner, audience, required_license, required_feature } = application;
        let (audience, accounts) = match audience {
            Audience::Anyone => (Entrants::Anyone, Vec::new()),
            Audience::Members => (Entrants::Members, Vec::new()),
            Audience::Accounts(accounts) => (Entrants::Accounts, accounts),
        };
        let (owner, accounts) = (owner.map(|owner| owner.0), accounts.into_iter().map(|account| account.0).collect());
        Self { id, name, owner, audience, accounts, required_license, required_feature }
    }
}

/// The audience from its two members.
fn audience(audience: Option<Entrants>, accounts: Option<&Vec<Uuid>>) -> Result<Option<Audience>, Problem> {
    match (audience, accounts) {
        (Some(Entrants::Accounts), Some(accounts)) => {
            Ok(Some(Audience::Accounts(accounts.iter().copied().map(AccountId).collect())))
        }
        (Some(Entrants::Anyone), None) => Ok(Some(Audience::Anyone)),
        (Some(Entrants::Members), None) => Ok(Some(Audience::Members)),
        (None, None) => Ok(None),
        _ => Err(Problem::bad("send accounts with the audience \"accounts\", and only with it")),
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOne {
    /// 1 to 100 characters.
    name: String,
    /// The owning account; without it the deployment.
    owner: Option<Uuid>,
    /// Without it `members`, or `anyone` when the deployment owns it.
    audience: Option<Entrants>,
    #[schema(max_items = 1000)]
    accounts: Option<Vec<Uuid>>,
    #[schema(value_type = Option<names::BaseLicense>)]
    required_license: Option<BaseLicense>,
    #[schema(value_type = Option<String>)]
    required_feature: Option<Feature>,
}

/// Makes an application; it has no credential yet. **Permission**: FullAccess over the owner.
#[utoipa::path(post, path = "/api/v1/applications", request_body = NewOne,
    responses((status = 201, description = "The application", body = Application)))]
async fn create(call: Call<Nothing, NewOne>) -> Answer {
    let body = &call.body;
    let wish = NewApplication {
        name: body.name.clone(),
        owner: body.owner.map(AccountId),
        audience: audience(body.audience, body.accounts.as_ref())?,
        required_license: body.required_license,
        required_feature: body.required_feature.clone(),
    };
    call.create(|service, cx| async move { service.create_application(&cx, wish).await }, Application::from).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The owning account; without it all of the deployment.
    owner: Option<String>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// The applications of an account or of the deployment, oldest first. **Permission**: FullAccess there.
#[utoipa::path(get, path = "/api/v1/applications", params(Filter, Paging),
    responses((status = 200, description = "A page of applications", body = List<Application>)))]
async fn list(call: Call<Filter>) -> Answer {
    let over: Over = over(call.query.owner.as_deref())?;
    let all = call.service.list_applications(&call.cx, over).await?;
    call.list(call.part(all, |application| application.id.to_string()), Application::from)
}

/// One application. **Permission**: FullAccess over its owner.
#[utoipa::path(get, path = "/api/v1/applications/{application}", params(("application", Path)),
    responses((status = 200, description = "The application", body = Application, headers(("ETag" = String)))))]
async fn show(call: Call) -> Answer {
    let application = call.service.show_application(&call.cx, call.application()?).await?;
    tagged(&application.clone(), &Application::from(application))
}

/// What changes; what is left out stays, and `null` lifts a demand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Changed {
    name: Option<String>,
    audience: Option<Entrants>,
    #[schema(max_items = 1000)]
    accounts: Option<Vec<Uuid>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<names::BaseLicense>)]
    required_license: Option<Option<BaseLicense>>,
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<String>)]
    required_feature: Option<Option<Feature>>,
}

/// A member that was sent, be it as `null`.
fn sent<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes an application; its next question is answered accordingly. **Permission**: FullAccess over its owner.
#[utoipa::path(patch, path = "/api/v1/applications/{application}", params(("application", Path)),
    request_body = Changed,
    responses((status = 200, description = "The application", body = Application, headers(("ETag" = String)))))]
async fn update(call: Call<Nothing, Changed>) -> Answer {
    let body = &call.body;
    let update = ApplicationUpdate {
        name: body.name.clone(),
        audience: audience(body.audience, body.accounts.as_ref())?,
        required_license: body.required_license,
        required_feature: body.required_feature.clone(),
    };
    let application = call.service.update_application(&call.cx, call.application()?, update).await?;
    tagged(&application.clone(), &Application::from(application))
}

impl<Q, B> Call<Q, B> {
    /// The application of the path; an id that cannot be read is as unknown as any other (rule 28).
    fn application(&self) -> Result<ApplicationId, Problem> {
        let text = self.param("application");
        text.parse().map_err(|_| Refusal::UnknownApplication(text.to_owned()).into())
    }
}
