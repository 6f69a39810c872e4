//! From settings to verbs: the data folder, the master key, the store, the service.

use std::path::PathBuf;

use service::password::Cost;
use service::{Clock, Service};
use store::{Database, Random, Sealer, Store};

use crate::failure::Failure;
use crate::files::make_folder;
use crate::master_key;
use crate::settings::Settings;

/// The file of the SQLite database.
fn database_file(settings: &Settings) -> PathBuf {
    settings.data.join("carillon.db")
}

/// The file that tells other commands where the running server answers.
pub fn url_file(settings: &Settings) -> PathBuf {
    settings.data.join("url")
}

/// A command other than `serve` works on data that is there; it does not begin an empty database by a slip of the
/// folder's name.
pub fn must_exist(settings: &Settings) -> Result<(), Failure> {
    let file = database_file(settings);
    if settings.database_url.is_some() || file.exists() {
        return Ok(());
    }
    Err(Failure::not_found(format!(
        "there is no data in {}; name the folder with --data or CARILLON_DATA, or start with `carillon serve`",
        settings.data.display()
    )))
}

/// Data at hand.
pub struct Opened {
    /// To be closed at the end.
    pub store: Store,
    /// The verbs.
    pub service: Service,
}

/// Opens everything. `url`: where this server answers; a command takes it from the settings or the running server.
pub async fn open(settings: &Settings, url: Option<String>) -> Result<Opened, Failure> {
    let folder = |error| Failure::unavailable(format!("{} cannot be made: {error}", settings.data.display()));
    make_folder(&settings.data).map_err(folder)?;
    let random = Random::system();
    let file = database_file(settings);
    let used = settings.database_url.is_none() && file.exists();
    let key = master_key::read(settings, used, || random.bytes())?;
    let database = settings.database_url.clone().map_or(Database::Sqlite(file), Database::Postgres);
    let store = Store::open(store::Settings::new(database), Sealer::new(1, key, random.clone())).await?;
    let passwords = &settings.passwords;
    let cost = Cost { memory_kib: passwords.memory_kib, passes: passwords.passes, lanes: passwords.lanes };
    let url = url.unwrap_or_else(|| base_url(settings));
    let wrong = |error| Failure::usage(format!("the setting base_url is not usable: {error}"));
    let settings = service::Settings {
        base_url: url.parse().map_err(wrong)?,
        organisation: settings.organisation.clone(),
        password_cost: cost,
        paging_key: master_key::derive(&key, "page positions"),
    };
    let service = Service::new(store.clone(), Clock::system(), random, settings)?;
    Ok(Opened { store, service })
}

fn base_url(settings: &Settings) -> String {
    let running = || std::fs::read_to_string(url_file(settings)).ok();
    let configured = settings.base_url.clone().or_else(running);
    let url = configured.unwrap_or_else(|| format!("http://{}", settings.listen));
    url.trim().trim_end_matches('/').to_owned()
}
