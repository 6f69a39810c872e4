//! `/catalog`: which license grants which feature.

use std::collections::BTreeMap;

use access::authority::Action;
use access::{Feature, License};
use serde::{Deserialize, Serialize};
use service::Service;
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, tagged};
use super::call::{Call, Nothing};
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(show, edit))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().get("/api/v1/catalog", Performs::Administration(Action::ViewAccount), show).put(
        "/api/v1/catalog",
        Performs::Administration(Action::EditCatalog),
        edit,
    )
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
