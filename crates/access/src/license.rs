//! Licenses, features and the catalog that says which license grants which feature.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// What a person effectively has at a moment. `ProTrial` is never assigned by hand (rule 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum License {
    /// Sign in, and what is free.
    Basic,
    /// The usual default of a member.
    Plus,
    /// Everything.
    Pro,
    /// Everything, for the thirty days of a person's trial.
    ProTrial,
}

/// A license that can be held: assigned by hand, by default or by group. Takes seats and is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum BaseLicense {
    /// See [`License::Basic`].
    Basic,
    /// See [`License::Plus`].
    Plus,
    /// See [`License::Pro`].
    Pro,
}

impl BaseLicense {
    /// Every base license, lowest first.
    pub const ALL: [Self; 3] = [Self::Basic, Self::Plus, Self::Pro];

    /// The name on the wire and in the database.
    pub fn name(self) -> &'static str {
        License::from(self).name()
    }
}

impl License {
    /// Every license, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Basic, Self::Plus, Self::Pro, Self::ProTrial];

    /// The name on the wire and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Plus => "Plus",
            Self::Pro => "Pro",
            Self::ProTrial => "ProTrial",
        }
    }

    /// Whether this license meets a demand for at least `required`; a trial counts as `Pro` (rule 13).
    pub fn meets(self, required: BaseLicense) -> bool {
        let rank = match self {
            Self::Basic => BaseLicense::Basic,
            Self::Plus => BaseLicense::Plus,
            Self::Pro | Self::ProTrial => BaseLicense::Pro,
        };
        rank >= required
    }

    /// The license as one that can be assigned; `None` for `ProTrial` (rule 9).
    pub fn base(self) -> Option<BaseLicense> {
        BaseLicense::ALL.into_iter().find(|base| License::from(*base) == self)
    }
}

impl From<BaseLicense> for License {
    fn from(base: BaseLicense) -> Self {
        match base {
            BaseLicense::Basic => Self::Basic,
            BaseLicense::Plus => Self::Plus,
            BaseLicense::Pro => Self::Pro,
        }
    }
}

/// A name that is none of the licenses.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no license; use Basic, Plus, Pro or ProTrial")]
pub struct UnknownLicense(pub String);

impl std::str::FromStr for License {
    type Err = UnknownLicense;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|license| license.name() == text);
        known.ok_or_else(|| UnknownLicense(text.to_owned()))
    }
}

impl std::str::FromStr for BaseLicense {
    type Err = UnknownLicense;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let license: License = text.parse()?;
        license.base().ok_or_else(|| UnknownLicense(text.to_owned()))
    }
}

impl std::fmt::Display for License {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::fmt::Display for BaseLicense {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Something an application lets a person do, named `area.verb`, for example `meetings.host`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Feature(String);

/// A text that does not name a feature.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no feature; write it as area.verb in lower case, for example meetings.host")]
pub struct BadFeature(pub String);

impl Feature {
    /// Reads `area.verb`: two lower-case words of letters, digits and `-`, 64 bytes at most.
    pub fn parse(text: &str) -> Result<Self, BadFeature> {
        let word = |w: &str| {
            w.starts_with(|c: char| c.is_ascii_lowercase())
                && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        match text.split_once('.') {
            Some((area, verb)) if text.len() <= 64 && word(area) && word(verb) => Ok(Self(text.to_owned())),
            _ => Err(BadFeature(text.chars().take(64).collect())),
        }
    }

    /// The name, `area.verb`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Feature {
    type Error = BadFeature;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Feature> for String {
    fn from(feature: Feature) -> Self {
        feature.0
    }
}

impl std::fmt::Display for Feature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Features x licenses. Data the operator edits; each edit is a new version, and a version never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// Grows by one with each edit.
    pub version: i64,
    /// The licenses that grant each feature.
    pub features: BTreeMap<Feature, Vec<License>>,
}

/// What an edit of the catalog does to those who have a license.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LicenseChange {
    /// The license.
    pub license: License,
    /// The features it will grant and does not now, in order of name.
    pub gains: Vec<Feature>,
    /// The features it grants now and will not.
    pub loses: Vec<Feature>,
}

impl Catalog {
    /// The features `license` grants, in order of name.
    pub fn features_of(&self, license: License) -> impl Iterator<Item = &Feature> {
        self.features.iter().filter(move |(_, granted_by)| granted_by.contains(&license)).map(|(feature, _)| feature)
    }

    /// What a license would gain and lose if these features were in force instead; licenses to which nothing happens
    /// are left out.
    pub fn changes(&self, features: &BTreeMap<Feature, Vec<License>>) -> Vec<LicenseChange> {
        let grants = |features: &BTreeMap<Feature, Vec<License>>, license| {
            let granted = features.iter().filter(|(_, granted_by)| granted_by.contains(&license));
            granted.map(|(feature, _)| feature.clone()).collect::<BTreeSet<Feature>>()
        };
        let change = |license| {
            let (now, then) = (grants(&self.features, license), grants(features, license));
            let (gains, loses) = (then.difference(&now).cloned().collect(), now.difference(&then).cloned().collect());
            LicenseChange { license, gains, loses }
        };
        License::ALL
            .into_iter()
            .map(change)
            .filter(|change| !(change.gains.is_empty() && change.loses.is_empty()))
            .collect()
    }

    /// The catalog a new deployment starts with, as version 1.
    pub fn shipped() -> Self {
        let rows: [(&str, &[License]); 8] = [
            ("chat.send", &License::ALL),
            ("contacts.search", &License::ALL),
            ("meetings.join", &License::ALL),
            ("meetings.share-screen", &[License::Plus, License::Pro, License::ProTrial]),
            ("chat.keep-history", &[License::Plus, License::Pro, License::ProTrial]),
            ("meetings.host", &[License::Pro, License::ProTrial]),
            ("meetings.record", &[License::Pro, License::ProTrial]),
            ("meetings.delegate", &[License::Pro, License::ProTrial]),
        ];
        let features = rows.into_iter().map(|(name, granted_by)| (Feature(name.to_owned()), granted_by.to_vec()));
        Self { version: 1, features: features.collect() }
    }
}
