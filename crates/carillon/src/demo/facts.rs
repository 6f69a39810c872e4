//! `demo.json`: what people and programs need to use the sample data.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::files::write_private;

/// The whole file. Only its owner may read it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    /// Where the server answers; brought up to date at each start.
    pub url: String,
    /// The operator's API token.
    pub api_token: String,
    /// The operator's access key for the Chime API.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The person who holds `FullAccess` over the deployment.
    pub operator: Operator,
    /// The sample accounts.
    pub accounts: Accounts,
    /// Their people.
    pub users: Vec<Person>,
    /// The sample application.
    pub application: Application,
}

/// The operator.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Operator {
    pub user_id: String,
    pub address: String,
    pub password: String,
}

/// The sample accounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accounts {
    pub team: Team,
    pub enterprise: Enterprise,
}

/// An account that people join by invitation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Team {
    pub id: String,
    pub name: String,
}

/// An account with a verified domain.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Enterprise {
    pub id: String,
    pub name: String,
    pub domain: String,
}

/// A sample person.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Person {
    pub id: String,
    pub address: String,
    /// Nothing for who has not registered.
    pub password: Option<String>,
    /// The account's id.
    pub account: String,
    pub license: String,
}

/// The sample application.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Application {
    pub id: String,
    pub name: String,
    /// The bearer token it asks with.
    pub credential: String,
}

/// Where the file is.
pub fn path(data: &Path) -> PathBuf {
    data.join("demo.json")
}

impl Facts {
    /// What an earlier start wrote.
    pub fn read(data: &Path) -> Result<Option<Self>, Failure> {
        let path = path(data);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::unavailable(format!("{} cannot be read: {error}", path.display()))),
        };
        let facts = serde_json::from_str(&text)
            .map_err(|error| Failure::usage(format!("{} is not as Carillon wrote it: {error}", path.display())))?;
        Ok(Some(facts))
    }

    /// Writes the file in one step: whoever looks finds all of it, or none.
    pub fn write(&self, data: &Path) -> Result<(), Failure> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(write_private(&path(data), text.as_bytes())?)
    }
}
