//! `carillon catalog`: which license grants which feature.

use std::collections::BTreeMap;
use std::path::PathBuf;

use access::{Catalog as Features, Feature, License};
use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::Host;
use crate::failure::Failure;
use crate::output::Done;

/// The catalog.
#[derive(Debug, Subcommand)]
pub enum Catalog {
    /// Show which license grants which feature
    Show,
    /// Replace the catalog by a file such as `catalog show --json` prints, changed to your liking
    Edit {
        /// The file
        file: PathBuf,
    },
}

/// The file: the version that the edit started from, and all features.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    version: i64,
    features: BTreeMap<Feature, Vec<License>>,
}

/// A row of the table.
#[derive(Serialize)]
struct Row {
    feature: Feature,
    licenses: Vec<License>,
}

/// Does it.
pub async fn run(host: &mut Host, command: Catalog) -> Done {
    let catalog = match command {
        Catalog::Show => host.service.catalog(&host.cx).await?,
        Catalog::Edit { file } => {
            let text = std::fs::read_to_string(&file)
                .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
            let edit: Edit = serde_json::from_str(&text)
                .map_err(|error| Failure::usage(format!("{} is no catalog: {error}", file.display())))?;
            host.service.edit_catalog(&host.cx, edit.version, edit.features).await?
        }
    };
    show(host, &catalog)
}

fn show(host: &mut Host, catalog: &Features) -> Done {
    if host.output.is_json() {
        return host.output.one(catalog, &[]);
    }
    let rows =
        catalog.features.iter().map(|(feature, licenses)| Row { feature: feature.clone(), licenses: licenses.clone() });
    let headings: Vec<&str> = [&["FEATURE"][..], &License::ALL.map(License::name)].concat();
    host.output.list(&rows.collect::<Vec<_>>(), &headings, |row| {
        let marks = License::ALL.map(|license| if row.licenses.contains(&license) { "yes" } else { "-" }.to_owned());
        [vec![row.feature.to_string()], marks.to_vec()].concat()
    })
}
