//! The catalog: which license grants which feature. Each edit is a new version; a version never changes.

use std::collections::BTreeMap;

use access::authority::{Action, Caller, Over};
use access::{Catalog, Feature, License, Refusal};
use store::Scope;
use uuid::Uuid;

use crate::authority::authority;
use crate::facts::Facts;
use crate::run::{Outcome, single};
use crate::{Context, Error, Service};

/// The most features a catalog may have.
const MOST: usize = 1_000;

impl Service {
    /// The catalog in force, for the host and any administrator: what licenses mean is no secret among them.
    pub async fn catalog(&self, cx: &Context) -> Result<Catalog, Error> {
        match &cx.caller {
            Caller::Host | Caller::System | Caller::Administrator { .. } => {
                Ok(self.store().read(Scope::Public).current_catalog().await?)
            }
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
        if features.len() > MOST {
            let why = format!("at most {MOST} features fit into a catalog");
            return self.refuse(cx, VERB, Refusal::Invalid { member: "features", why }).await;
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

/// Each license once, in the order of the documentation.
fn tidy(features: BTreeMap<Feature, Vec<License>>) -> BTreeMap<Feature, Vec<License>> {
    let tidied = features.into_iter().map(|(feature, mut licenses)| {
        licenses.sort_unstable();
        licenses.dedup();
        (feature, licenses)
    });
    tidied.collect()
}
