//! The catalog: which license grants which feature. Each edit is a new version; a version never changes.

use std::collections::BTreeMap;

use access::authority::{Action, Caller, Over};
use access::license::LicenseChange;
use access::{Catalog, Feature, License, Refusal};
use jiff::Timestamp;
use store::{Read, Scope};
use uuid::Uuid;

use crate::authority::authority;
use crate::facts::Facts;
use crate::run::{Outcome, single};
use crate::{Context, Error, Page, PageRequest, Service};

/// The most features a catalog may have.
const MOST: usize = 1_000;
/// The most people that are counted for each license.
pub const MOST_COUNTED: u64 = 10_000;

/// A version of the catalog, which never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogVersion {
    /// Its number.
    pub version: i64,
    /// Since when it was in force.
    pub since: Timestamp,
}

/// What an edit would do to the people who have a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseEffect {
    /// The license, and the features it gains and loses.
    pub change: LicenseChange,
    /// How many people have it now, registered or not; [`MOST_COUNTED`] stands for that many or more.
    pub people: u64,
}

impl Service {
    /// The catalog in force, for the host and any administrator: what licenses mean is no secret among them.
    pub async fn catalog(&self, cx: &Context) -> Result<Catalog, Error> {
        Ok(self.catalogs(cx)?.current_catalog().await?)
    }

    /// A former version of the catalog, or the one in force.
    pub async fn catalog_version(&self, cx: &Context, version: i64) -> Result<Catalog, Error> {
        let unknown = || {
            let why = format!("there is no catalog {version}; list the versions to see their numbers");
            Refusal::Invalid { member: "version", why }
        };
        Ok(self.catalogs(cx)?.catalog_version(version).await?.ok_or_else(unknown)?)
    }

    /// A page of the catalog's versions, the newest first.
    pub async fn catalog_versions(&self, cx: &Context, page: PageRequest) -> Result<Page<CatalogVersion>, Error> {
        let found = self.catalogs(cx)?.catalog_versions(page.position()?, page.sought()).await?;
        Ok(page.page(found, |(version, _)| *version).map(|(version, since)| CatalogVersion { version, since }))
    }

    /// What putting these features in force would do, license by license; licenses to which nothing happens are left
    /// out. Changes nothing.
    ///
    /// **Permission**: `EditCatalog` over the deployment.
    pub async fn compare_catalog(
        &self,
        cx: &Context,
        features: &BTreeMap<Feature, Vec<License>>,
    ) -> Result<Vec<LicenseEffect>, Error> {
        few_enough(features)?;
        let read = self.permitted(cx, Action::EditCatalog, Over::Deployment)?;
        let mut effects = Vec::new();
        for change in read.current_catalog().await?.changes(features) {
            let people = read.count_effective(change.license, cx.at, MOST_COUNTED).await?;
            effects.push(LicenseEffect { change, people });
        }
        Ok(effects)
    }

    fn catalogs(&self, cx: &Context) -> Result<Read, Error> {
        match &cx.caller {
            Caller::Host | Caller::System | Caller::Administrator { .. } => Ok(self.store().read(Scope::Public)),
            Caller::Oneself(_) | Caller::Visitor | Caller::Application(_) => {
                Err(Refusal::NotPermitted { action: Action::EditCatalog }.into())
            }
        }
    }

    /// Replaces the catalog by a new version. `version` is the one the edit started from: if it is not in force any
    /// more, someone else was faster ([`Refusal::Changed`]).
    pub async fn edit_catalog(
        &self,
        cx: &Context,
        version: i64,
        features: BTreeMap<Feature, Vec<License>>,
    ) -> Result<Catalog, Error> {
        const VERB: &str = "catalog.edit";
        if let Err(refusal) = few_enough(&features) {
            return self.refuse(cx, VERB, refusal).await;
        }
        let edited = self.run(cx, VERB, move |w, stage| {
            let features = features.clone();
            Box::pin(async move {
                authority(w, stage, Action::EditCatalog, Over::Deployment).await?;
                let before = w.current_catalog().await?;
                stage.cx.terms.found(&before)?;
                if before.version != version {
                    return Err(Refusal::Changed.into());
                }
                let after = Catalog { version: version + 1, features: tidy(features) };
                w.insert_catalog(&after, stage.cx.at).await?;
                let record = stage.changed(VERB, None, Uuid::nil(), &Facts::of(&before), &Facts::of(&after));
                Ok(vec![Outcome { result: Ok(after), audit: vec![record], notices: vec![] }])
            })
        });
        single(edited.await)
    }
}

fn few_enough(features: &BTreeMap<Feature, Vec<License>>) -> Result<(), Refusal> {
    let why = || format!("at most {MOST} features fit into a catalog");
    if features.len() > MOST { Err(Refusal::Invalid { member: "features", why: why() }) } else { Ok(()) }
}

/// Each license once, in the order of the documentation.
fn tidy(features: BTreeMap<Feature, Vec<License>>) -> BTreeMap<Feature, Vec<License>> {
    let tidied = features.into_iter().map(|(feature, mut licenses)| {
        licenses.sort_unstable();
        licenses.dedup();
        (feature, licenses)
    });
    tidied.collect()
}
