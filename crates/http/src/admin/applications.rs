//! `/applications`: what asks Carillon before it lets people in (rule 13).

use access::application::{self, AccessTokenFormat, Audience, SigningAlgorithm};
use access::authority::{Action, Over};
use access::{AccountId, ApplicationId, BaseLicense, Feature, Refusal};
use serde::{Deserialize, Deserializer, Serialize};
use service::{ApplicationUpdate, NewApplication, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, nothing, tagged};
use super::call::{Call, Nothing, Paging, Query, over};
use super::error::Problem;
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(create, list, show, update, delete))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let performs = Performs::Administration(Action::ManageApplications);
    Routes::new()
        .post("/api/v1/applications", performs, create)
        .get("/api/v1/applications", performs, list)
        .get("/api/v1/applications/{application}", performs, show)
        .patch("/api/v1/applications/{application}", performs, update)
        .delete("/api/v1/applications/{application}", performs, delete)
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
    /// How it signs people in by OpenID Connect; `null` when it only asks.
    client: Option<Client>,
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
        let access::Application { id, name, owner, audience, required_license, required_feature, client } = application;
        let (audience, accounts) = match audience {
            Audience::Anyone => (Entrants::Anyone, Vec::new()),
            Audience::Members => (Entrants::Members, Vec::new()),
            Audience::Accounts(accounts) => (Entrants::Accounts, accounts),
        };
        let (owner, accounts) = (owner.map(|owner| owner.0), accounts.into_iter().map(|account| account.0).collect());
        let client = client.map(Client::from);
        Self { id, name, owner, audience, accounts, required_license, required_feature, client }
    }
}

/// An application as a client of OpenID Connect; its `client_id` is its id, its secret one of its tokens.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Client {
    /// It can keep no secret.
    #[serde(default)]
    public: bool,
    /// Where people may be sent back to; https, or http on this machine.
    #[schema(max_items = 50)]
    redirect_uris: Vec<String>,
    /// Where people may be sent after they signed out.
    #[serde(default)]
    #[schema(max_items = 50)]
    post_logout_redirect_uris: Vec<String>,
    /// Where it is told that sessions ended.
    backchannel_logout_uri: Option<String>,
    /// Somebody else's: people are asked before it learns of them.
    #[serde(default)]
    third_party: bool,
    /// What its access tokens are.
    #[serde(default)]
    access_tokens: AccessTokens,
    /// What its ID tokens are signed with.
    #[serde(default)]
    id_token_algorithm: Algorithm,
}

/// What access tokens are.
#[derive(Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum AccessTokens {
    /// References: what they stand for is asked.
    #[default]
    Opaque,
    /// Signed statements, believed for five minutes whatever happens meanwhile.
    Jwt,
}

/// How ID tokens are signed.
#[derive(Clone, Copy, Default, Deserialize, Serialize, ToSchema)]
enum Algorithm {
    /// ECDSA with P-256 and SHA-256.
    #[default]
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
}

impl From<application::Client> for Client {
    fn from(client: application::Client) -> Self {
        Self {
            public: client.public,
            redirect_uris: client.redirect_uris,
            post_logout_redirect_uris: client.post_logout_redirect_uris,
            backchannel_logout_uri: client.backchannel_logout_uri,
            third_party: client.third_party,
            access_tokens: match client.access_tokens {
                AccessTokenFormat::Opaque => AccessTokens::Opaque,
                AccessTokenFormat::Jwt => AccessTokens::Jwt,
            },
            id_token_algorithm: match client.id_token_algorithm {
                SigningAlgorithm::ES256 => Algorithm::ES256,
                SigningAlgorithm::RS256 => Algorithm::RS256,
            },
        }
    }
}

impl From<Client> for application::Client {
    fn from(client: Client) -> Self {
        Self {
            public: client.public,
            redirect_uris: client.redirect_uris,
            post_logout_redirect_uris: client.post_logout_redirect_uris,
            backchannel_logout_uri: client.backchannel_logout_uri,
            third_party: client.third_party,
            access_tokens: match client.access_tokens {
                AccessTokens::Opaque => AccessTokenFormat::Opaque,
                AccessTokens::Jwt => AccessTokenFormat::Jwt,
            },
            id_token_algorithm: match client.id_token_algorithm {
                Algorithm::ES256 => SigningAlgorithm::ES256,
                Algorithm::RS256 => SigningAlgorithm::RS256,
            },
        }
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
#[schema(as = NewApplication)]
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
    /// How it signs people in by OpenID Connect; without it, it only asks.
    client: Option<Client>,
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
        client: body.client.clone().map(Into::into),
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
    /// All of it anew; `null` and it only asks from now on.
    #[serde(default, deserialize_with = "sent")]
    #[schema(value_type = Option<Client>)]
    client: Option<Option<Client>>,
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
        client: body.client.clone().map(|client| client.map(Into::into)),
    };
    let application = call.service.update_application(&call.cx, call.application()?, update).await?;
    tagged(&application.clone(), &Application::from(application))
}

/// Deletes an application with its tokens and everything that was made for it; there is no way back. **Permission**:
/// FullAccess over its owner.
#[utoipa::path(delete, path = "/api/v1/applications/{application}", params(("application", Path)),
    responses((status = 204, description = "There is no such application any more")))]
async fn delete(call: Call) -> Answer {
    call.service.delete_application(&call.cx, call.application()?).await?;
    nothing()
}

impl<Q, B> Call<Q, B> {
    /// The application of the path; an id that cannot be read is as unknown as any other (rule 28).
    pub(super) fn application(&self) -> Result<ApplicationId, Problem> {
        let text = self.param("application");
        text.parse().map_err(|_| Refusal::UnknownApplication(text.to_owned()).into())
    }
}
