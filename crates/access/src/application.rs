//! Applications: relying parties that ask who may sign in and with which license.

use serde::{Deserialize, Serialize};

use crate::{AccountId, ApplicationId, BaseLicense, Feature};

/// A relying party (rule 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// What people call it.
    pub name: String,
    /// The owning account; `None` when the deployment owns it.
    pub owner: Option<AccountId>,
    /// Who may enter.
    pub audience: Audience,
    /// The least license it demands; a trial counts as `Pro`.
    pub required_license: Option<BaseLicense>,
    /// The feature it demands.
    pub required_feature: Option<Feature>,
}

/// Who may enter an application (rule 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Whoever may sign in.
    Anyone,
    /// Members of the owning account.
    Members,
    /// Members of these accounts.
    Accounts(Vec<AccountId>),
}

impl Audience {
    /// The name in the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Members => "members",
            Self::Accounts(_) => "accounts",
        }
    }
}
