//! Settings: defaults, `carillon.toml`, `CARILLON_*`, flags; the later wins. `table` names and explains them all.

mod flags;
mod layers;
mod table;

use std::net::SocketAddr;
use std::path::PathBuf;

use figment::Figment;
use serde::{Deserialize, Deserializer, Serialize};

use crate::failure::Failure;
pub use flags::{Everywhere, Flags};
pub use table::{Show, TABLE};

/// Everything that can be set. The meaning of each is in [`TABLE`]. Without `Debug`: there are
/// secrets among them.
#[derive(Clone, Serialize, Deserialize)]
pub struct Settings {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub base_url: Option<String>,
    pub database_url: Option<String>,
    pub allow_losing_changes: bool,
    pub master_key: Option<String>,
    pub master_key_file: Option<PathBuf>,
    pub organisation: String,
    #[serde(deserialize_with = "separated_by_commas")]
    pub trusted_proxies: Vec<String>,
    pub dns: Dns,
    pub public_mail_domains: Option<PathBuf>,
    pub outgoing_private: Option<bool>,
    pub directories_private: Option<bool>,
    pub log: Log,
    pub passwords: Passwords,
    pub limits: Limits,
    pub smtp: Smtp,
    pub metrics: Metrics,
    pub mailbox: bool,
}

/// Where TXT records are looked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dns {
    #[serde(deserialize_with = "separated_by_commas")]
    pub servers: Vec<String>,
    pub timeout_seconds: u64,
}

/// How the log looks and how much it says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Log {
    pub format: LogFormat,
    pub level: String,
}

/// A log for people or for machines.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

/// The cost of one argon2id hash (OWASP's password storage cheat sheet).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Passwords {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

/// How the server tells those who run it how it is doing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Metrics {
    pub listen: Option<SocketAddr>,
}

/// What one client may ask of the server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Limits {
    pub body_bytes: usize,
    pub head_seconds: u64,
    pub body_seconds: u64,
    pub answer_seconds: u64,
    pub drain_seconds: u64,
    pub shutdown_seconds: u64,
    pub connections: usize,
    pub connections_per_address: usize,
    pub requests: usize,
    pub per_credential: u32,
    pub per_address: u32,
    pub forms_per_minute: u32,
    pub sign_in_forms_per_minute: u32,
    pub mails_per_account_per_day: u32,
}

/// The mail server. Without `Debug`: it holds a password.
#[derive(Clone, Serialize, Deserialize)]
pub struct Smtp {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub tls: SmtpTls,
    pub ca_file: Option<PathBuf>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub from: Option<String>,
    pub bounces: Option<String>,
    pub hello: Option<String>,
    pub timeout_seconds: u64,
    pub attempts: u32,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpTls {
    StartTls,
    Implicit,
    None,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: PathBuf::from("data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            base_url: None,
            database_url: None,
            allow_losing_changes: false,
            master_key: None,
            master_key_file: None,
            organisation: "Carillon".to_owned(),
            trusted_proxies: Vec::new(),
            dns: Dns { servers: Vec::new(), timeout_seconds: 6 },
            public_mail_domains: None,
            outgoing_private: None,
            directories_private: None,
            log: Log { format: LogFormat::Pretty, level: "info".to_owned() },
            passwords: Passwords { memory_kib: 19 * 1024, passes: 2, lanes: 1 },
            limits: Limits {
                body_bytes: 1024 * 1024,
                head_seconds: 30,
                body_seconds: 20,
                answer_seconds: 30,
                drain_seconds: 0,
                shutdown_seconds: 10,
                connections: 800,
                connections_per_address: 400,
                requests: 512,
                per_credential: 2_000,
                per_address: 4_000,
                forms_per_minute: 30,
                sign_in_forms_per_minute: 300,
                mails_per_account_per_day: 2_000,
            },
            smtp: Smtp {
                host: None,
                port: None,
                tls: SmtpTls::StartTls,
                ca_file: None,
                user: None,
                password: None,
                from: None,
                bounces: None,
                hello: None,
                timeout_seconds: 30,
                attempts: 18,
            },
            metrics: Metrics { listen: None },
            mailbox: false,
        }
    }
}

/// The settings of this run, and where each came from.
pub struct Loaded {
    /// The values.
    pub settings: Settings,
    sources: Figment,
}

/// One setting as `carillon config` shows it.
#[derive(Debug, Serialize)]
pub struct Shown {
    pub setting: &'static str,
    pub value: Option<String>,
    pub origin: String,
    pub doc: &'static str,
}

impl Loaded {
    /// Reads them all. `config` names the file; without it `carillon.toml` in the data folder is read if it is there.
    pub fn read(config: Option<&std::path::Path>, flags: &Flags) -> Result<Self, Failure> {
        let sources = layers::read(config, flags)?;
        let settings: Settings = sources.extract_lossy().map_err(|error| layers::explain(&error))?;
        Ok(Self { settings, sources })
    }

    /// Every setting in the order of the table; secrets are masked.
    pub fn shown(&self) -> Vec<Shown> {
        let row = |row: &'static table::Row| Shown {
            setting: row.key,
            value: self
                .sources
                .find_value(row.key)
                .ok()
                .and_then(|value| layers::text(&value))
                .map(|v| mask(row.show, v)),
            origin: self.sources.find_metadata(row.key).map_or("default".to_owned(), layers::origin),
            doc: row.doc,
        };
        TABLE.iter().map(row).collect()
    }
}

fn mask(show: Show, value: String) -> String {
    match show {
        Show::Plainly => value,
        Show::Never => "(secret)".to_owned(),
        Show::WithoutPassword => {
            let Some((scheme, rest)) = value.split_once("://") else { return "(secret)".to_owned() };
            let Some((user, host)) = rest.rsplit_once('@') else { return value };
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:***@{host}")
        }
    }
}

/// A list in TOML, or a text with commas from the environment or a flag.
fn separated_by_commas<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum List {
        Items(Vec<String>),
        Text(String),
    }
    Ok(match List::deserialize(deserializer)? {
        List::Items(items) => items,
        List::Text(text) => text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect(),
    })
}
