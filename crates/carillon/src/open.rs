//! From settings to verbs: the data folder, the master key, the store, the service.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use access::Domain;
use access::application::is_loopback;
use access::domain::shipped_public_mail;
use service::password::Cost;
use service::{Clock, Service};
use store::{Database, Random, Sealer, Store};

use crate::dns::Servers;
use crate::failure::Failure;
use crate::master_key;
use crate::settings::Settings;

fn database(settings: &Settings) -> Database {
    let file = || Database::Sqlite(database_file(settings));
    settings.database_url.clone().map_or_else(file, Database::Postgres)
}

/// The file of the facts, where they are in SQLite.
pub fn database_file(settings: &Settings) -> PathBuf {
    settings.data.join("carillon.db")
}

/// The file that tells other commands where the running server answers.
pub fn url_file(settings: &Settings) -> PathBuf {
    settings.data.join("url")
}

/// Data at hand.
pub struct Opened {
    /// To be closed at the end.
    pub store: Store,
    /// The verbs.
    pub service: Service,
}

/// For the server, which answers at `url`: an empty database begins here.
pub async fn open(settings: &Settings, url: String) -> Result<Opened, Failure> {
    let used = Store::begun(&database(settings)).await?;
    open_with(settings, url, used).await
}

/// For a command, which works on data that is there: it does not begin an empty database, nor make a master key, by a
/// slip of a folder's or a database's name.
pub async fn open_existing(settings: &Settings) -> Result<Opened, Failure> {
    if Store::begun(&database(settings)).await? {
        return open_with(settings, base_url(settings), true).await;
    }
    Err(Failure::not_found(match &settings.database_url {
        Some(_) => "there is no data in the database that database_url names; \
                    correct the setting, or start with `carillon serve`"
            .to_owned(),
        None => format!(
            "there is no data in {}; name the folder with --data or CARILLON_DATA, or start with `carillon serve`",
            settings.data.display()
        ),
    }))
}

async fn open_with(settings: &Settings, url: String, used: bool) -> Result<Opened, Failure> {
    let random = Random::system();
    let key = master_key::read(settings, used, || random.bytes())?;
    let database = store::Settings {
        allow_losing_changes: settings.allow_losing_changes,
        ..store::Settings::new(database(settings))
    };
    let store = Store::open(database, Sealer::new(1, key, random.clone())).await?;
    let passwords = &settings.passwords;
    let cost = Cost { memory_kib: passwords.memory_kib, passes: passwords.passes, lanes: passwords.lanes };
    let wrong = |error| Failure::usage(format!("the setting base_url is not usable: {error}"));
    let time = Duration::from_secs(settings.dns.timeout_seconds);
    let dns = Arc::new(Servers::new(&settings.dns.servers, time)?);
    let public_mail = Arc::new(public_mail(settings)?);
    let base_url = url.parse().map_err(wrong)?;
    let private = settings.directories_private.unwrap_or_else(|| is_loopback(&base_url));
    let directories = Arc::new(directory::Network::new(private));
    let settings = service::Settings {
        base_url,
        organisation: settings.organisation.clone(),
        password_cost: cost,
        // The places of requests are never all taken by who waits (rule 76).
        passwords_waiting: settings.limits.requests / 4,
        mails_a_day: settings.limits.mails_per_account_per_day,
        mail_key: master_key::derive(&key, "message ids"),
        door_key: master_key::derive(&key, "page positions"),
        dns,
        directories,
        public_mail,
    };
    let service = Service::new(store.clone(), Clock::system(), random, settings)?;
    Ok(Opened { store, service })
}

/// The list in force of mail domains that nobody may claim.
pub fn public_mail(settings: &Settings) -> Result<BTreeSet<Domain>, Failure> {
    let Some(file) = &settings.public_mail_domains else { return Ok(shipped_public_mail()) };
    let wrong =
        |why: String| Failure::usage(format!("the setting public_mail_domains names {}, which {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    access::domain::public_mail(&text).map_err(|line| wrong(format!("has a line that is no domain: {line}")))
}

fn base_url(settings: &Settings) -> String {
    let running = || std::fs::read_to_string(url_file(settings)).ok();
    let configured = settings.base_url.clone().or_else(running);
    let url = configured.unwrap_or_else(|| format!("http://{}", settings.listen));
    url.trim().trim_end_matches('/').to_owned()
}
