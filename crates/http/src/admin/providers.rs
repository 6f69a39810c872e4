//! `/providers`: OpenID providers that people sign in with (rule 81).

use access::Domain;
use access::authority::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{NewProvider, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, nothing};
use super::call::{Call, Nothing, Paging, Query, over};
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(add, list, remove))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let performs = Performs::Administration(Action::ManageProviders);
    Routes::new().post("/api/v1/providers", performs, add).get("/api/v1/providers", performs, list).delete(
        "/api/v1/providers/{provider}",
        performs,
        remove,
    )
}

/// A provider that people sign in with. Its secret is not shown.
#[derive(Serialize, ToSchema)]
struct Provider {
    id: Uuid,
    /// The account whose people sign in with it; `null` for the deployment's, which is offered to everybody.
    account: Option<Uuid>,
    name: String,
    issuer: String,
    client_id: String,
    /// The verified domains whose people are sent to it.
    domains: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
}

impl From<service::Provider> for Provider {
    fn from(provider: service::Provider) -> Self {
        let service::Provider { id, account, name, issuer, client_id, domains, created } = provider;
        let domains = domains.iter().map(ToString::to_string).collect();
        Self { id, account: account.map(|account| account.0), name, issuer, client_id, domains, created }
    }
}

/// A provider that is to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProvider)]
struct NewOne {
    /// The account whose people sign in with it; left out for the deployment's.
    account: Option<String>,
    /// What people call it: 1 to 100 characters.
    name: String,
    /// Its issuer (OpenID Connect Discovery): https, or http on this machine.
    issuer: String,
    /// What it knows this server by.
    client_id: String,
    /// What this server proves that with; left out for a public client.
    client_secret: Option<String>,
    /// Verified domains of the account, at least one; left out for the deployment's.
    #[serde(default)]
    domains: Vec<String>,
}

/// Adds a provider: people on the domains are sent to it when they sign in, and a deployment's is offered to everybody.
/// It must send people back to `/signin/upstream/{provider}` below the base URL. **Permission**: FullAccess over the account,
/// or the deployment.
#[utoipa::path(post, path = "/api/v1/providers", request_body = NewOne,
    responses((status = 201, description = "The provider", body = Provider)))]
async fn add(call: Call<Nothing, NewOne>) -> Answer {
    let NewOne { account, name, issuer, client_id, client_secret, domains } = &call.body;
    let over = over(account.as_deref())?;
    let wish = NewProvider {
        name: name.clone(),
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        secret: client_secret.clone(),
        domains: domains.iter().map(|domain| Domain::named(domain)).collect::<Result<_, _>>()?,
    };
    call.create(|service, cx| async move { service.add_provider(&cx, over, wish).await }, Provider::from).await
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The account; left out for the deployment's.
    account: Option<String>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

/// The providers of an account or of the deployment, oldest first. **Permission**: FullAccess there.
#[utoipa::path(get, path = "/api/v1/providers", params(Filter, Paging),
    responses((status = 200, description = "A page of providers", body = List<Provider>)))]
async fn list(call: Call<Filter>) -> Answer {
    let over = over(call.query.account.as_deref())?;
    let all = call.service.list_providers(&call.cx, over).await?;
    call.list(call.part(all, |provider| provider.id.to_string()), Provider::from)
}

/// Nobody signs in with this provider any more; sessions go on. **Permission**: FullAccess over its account, or the
/// deployment.
#[utoipa::path(delete, path = "/api/v1/providers/{provider}", params(("provider", Path)),
    responses((status = 204, description = "It is removed")))]
async fn remove(call: Call) -> Answer {
    let text = call.param("provider");
    let unknown = || access::Refusal::UnknownProvider(text.to_owned());
    call.service.remove_provider(&call.cx, Uuid::parse_str(text).map_err(|_| unknown())?).await?;
    nothing()
}
