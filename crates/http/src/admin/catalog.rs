//! `/catalog`: which license grants which feature.

use std::collections::BTreeMap;

use access::authority::Action;
use access::license::LicenseChange;
use access::{Feature, License, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{CatalogVersion, LicenseEffect, MOST_COUNTED, Page, Service};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, List, ok, tagged};
use super::call::{Call, Nothing, Paging, Query};
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(show, edit, compare, versions, version))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let (see, edits) = (Performs::Administration(Action::ViewAccount), Performs::Administration(Action::EditCatalog));
    Routes::new()
        .get("/api/v1/catalog", see, show)
        .put("/api/v1/catalog", edits, edit)
        .post("/api/v1/catalog/compare", edits, compare)
        .get("/api/v1/catalog/versions", see, versions)
        .get("/api/v1/catalog/versions/{version}", see, version)
}

/// A version of the catalog.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Catalog {
    /// Of an edit: the version it started from.
    version: i64,
    /// The licenses that grant each feature.
    #[schema(value_type = BTreeMap<String, Vec<names::License>>)]
    features: BTreeMap<Feature, Vec<License>>,
}

impl From<access::Catalog> for Catalog {
    fn from(catalog: access::Catalog) -> Self {
        Self { version: catalog.version, features: catalog.features }
    }
}

/// The catalog in force. **Permission**: any role.
#[utoipa::path(get, path = "/api/v1/catalog",
    responses((status = 200, description = "The catalog", body = Catalog, headers(("ETag" = String)))))]
async fn show(call: Call) -> Answer {
    let catalog = call.service.catalog(&call.cx).await?;
    tagged(&catalog.clone(), &Catalog::from(catalog))
}

/// Replaces the catalog by a new version. **Permission**: FullAccess over the deployment.
#[utoipa::path(put, path = "/api/v1/catalog", request_body = Catalog,
    responses((status = 200, description = "The catalog", body = Catalog, headers(("ETag" = String)))))]
async fn edit(call: Call<Nothing, Catalog>) -> Answer {
    let catalog = call.service.edit_catalog(&call.cx, call.body.version, call.body.features.clone()).await?;
    tagged(&catalog.clone(), &Catalog::from(catalog))
}

/// Features to compare with those in force.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Compared {
    #[schema(value_type = BTreeMap<String, Vec<names::License>>)]
    features: BTreeMap<Feature, Vec<License>>,
}

/// What an edit would do to those who have a license.
#[derive(Serialize, ToSchema)]
struct Effect {
    #[schema(value_type = names::License)]
    license: License,
    #[schema(value_type = Vec<String>)]
    gains: Vec<Feature>,
    #[schema(value_type = Vec<String>)]
    loses: Vec<Feature>,
    /// How many people have the license now, registered or not.
    people: u64,
    /// Whether there are more: people are counted to 10,000.
    more: bool,
}

impl From<LicenseEffect> for Effect {
    fn from(LicenseEffect { change, people }: LicenseEffect) -> Self {
        let LicenseChange { license, gains, loses } = change;
        Self { license, gains, loses, people, more: people == MOST_COUNTED }
    }
}

/// Who would gain and lose which features; nothing is changed. Licenses to which nothing would happen are left out.
/// **Permission**: FullAccess over the deployment.
#[utoipa::path(post, path = "/api/v1/catalog/compare", request_body = Compared,
    responses((status = 200, description = "The effects, on one page", body = List<Effect>)))]
async fn compare(call: Call<Nothing, Compared>) -> Answer {
    let items = call.service.compare_catalog(&call.cx, &call.body.features).await?;
    call.list(Page { items, next: None }, Effect::from)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct All {}

impl Query for All {
    const PAGED: bool = true;
}

/// When a version came into force.
#[derive(Serialize, ToSchema)]
struct Version {
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

impl From<CatalogVersion> for Version {
    fn from(CatalogVersion { version, since }: CatalogVersion) -> Self {
        Self { version, since }
    }
}

/// The versions there have been, the newest first. **Permission**: any role.
#[utoipa::path(get, path = "/api/v1/catalog/versions", params(Paging),
    responses((status = 200, description = "A page of versions", body = List<Version>)))]
async fn versions(call: Call<All>) -> Answer {
    let found = call.service.catalog_versions(&call.cx, call.page.clone()).await?;
    call.list(found, Version::from)
}

/// A former version, or the one in force. **Permission**: any role.
#[utoipa::path(get, path = "/api/v1/catalog/versions/{version}", params(("version", Path)),
    responses((status = 200, description = "The catalog as it was", body = Catalog)))]
async fn version(call: Call) -> Answer {
    let why = || "a version is a number; list the versions to see them".to_owned();
    let version = call.param("version").parse().map_err(|_| Refusal::Invalid { member: "version", why: why() })?;
    ok(&Catalog::from(call.service.catalog_version(&call.cx, version).await?))
}
