//! `carillon catalog`: which license grants which feature.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use access::license::LicenseChange;
use access::{Catalog as Features, Feature, License};
use clap::Subcommand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::MOST_COUNTED;

use super::Host;
use super::host::collect;
use super::views::time;
use crate::failure::Failure;
use crate::output::Done;

/// The catalog.
#[derive(Debug, Subcommand)]
pub enum Catalog {
    /// Show which license grants which feature
    Show {
        /// A former version, by its number
        #[arg(long, value_name = "NUMBER")]
        at: Option<i64>,
    },
    /// List the versions there have been, the newest first
    Versions {
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Replace the catalog by a file such as `catalog show --json` prints, changed to your liking
    Edit {
        /// The file
        file: PathBuf,
        /// Only show who would gain and lose which features
        #[arg(long)]
        preview: bool,
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

/// A version.
#[derive(Serialize)]
struct Version {
    version: i64,
    since: Timestamp,
}

/// What an edit does to those who have a license.
#[derive(Serialize)]
struct Effect {
    license: License,
    gains: Vec<Feature>,
    loses: Vec<Feature>,
    /// How many have it; the largest number stands for that many or more.
    people: u64,
}

/// Does it.
pub async fn run(host: &mut Host, command: Catalog) -> Done {
    let catalog = match command {
        Catalog::Show { at: None } => host.service.catalog(&host.cx).await?,
        Catalog::Show { at: Some(version) } => host.service.catalog_version(&host.cx, version).await?,
        Catalog::Versions { limit } => return versions(host, limit).await,
        Catalog::Edit { file, preview } => {
            let edit = read(&file)?;
            if preview {
                return effects(host, &edit.features).await;
            }
            host.service.edit_catalog(&host.cx, edit.version, edit.features).await?
        }
    };
    show(host, &catalog)
}

fn read(file: &Path) -> Result<Edit, Failure> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))?;
    serde_json::from_str(&text).map_err(|error| Failure::usage(format!("{} is no catalog: {error}", file.display())))
}

async fn versions(host: &mut Host, limit: usize) -> Done {
    let (found, more) = collect(limit, async |page| host.service.catalog_versions(&host.cx, page).await).await?;
    let shown = found.into_iter().map(|version| Version { version: version.version, since: version.since });
    host.output.list(&shown.collect::<Vec<_>>(), &["VERSION", "SINCE"], |version| {
        vec![version.version.to_string(), time(Some(version.since))]
    })?;
    host.more(more);
    Ok(())
}

async fn effects(host: &mut Host, features: &BTreeMap<Feature, Vec<License>>) -> Done {
    let effects = host.service.compare_catalog(&host.cx, features).await?.into_iter().map(|effect| {
        let LicenseChange { license, gains, loses } = effect.change;
        Effect { license, gains, loses, people: effect.people }
    });
    let names = |features: &[Feature]| features.iter().map(Feature::as_str).collect::<Vec<_>>().join(", ");
    host.output.list(&effects.collect::<Vec<_>>(), &["LICENSE", "PEOPLE", "GAINS", "LOSES"], |effect| {
        let more = if effect.people == MOST_COUNTED { " or more" } else { "" };
        let people = format!("{}{more}", effect.people);
        vec![effect.license.to_string(), people, names(&effect.gains), names(&effect.loses)]
    })
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
