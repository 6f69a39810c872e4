//! What this program runs as a process of its own, so that its processor time and its syncs are counted alone.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use service::directory::reach::Directories;
use service::dns::Nowhere;
use service::{Clock, Service, Settings, password};
use store::{Random, Store};
use url::Url;

use crate::answer::{Facts, answer};
use crate::writes::Way;
use crate::{Outcome, database, print, template, writes};

/// A process of its own.
#[derive(Subcommand)]
pub enum Child {
    /// Answers questions over HTTP; prints its address, ends with its input
    #[command(hide = true)]
    Answer {
        #[arg(long)]
        database: String,
        #[arg(long)]
        facts: Facts,
    },
    /// Changes people; prints what that came to as JSON
    #[command(hide = true)]
    Change {
        #[arg(long)]
        database: String,
        #[arg(long)]
        users: u64,
        #[arg(long)]
        clients: u64,
        #[arg(long)]
        seconds: u64,
        #[arg(long)]
        way: Way,
        /// Where the preloaded library counts syncs
        #[arg(long)]
        syncs: Option<PathBuf>,
    },
}

impl Child {
    /// Runs it to its end.
    pub fn run(self) -> Outcome<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match self {
            Self::Answer { database: argument, facts } => {
                let database = database(&argument);
                runtime.block_on(async { answer(service(template::open(&database).await?)?, facts).await })
            }
            Self::Change { database: argument, users, clients, seconds, way, syncs } => {
                let load = writes::Load { way, users, clients, time: Duration::from_secs(seconds), syncs };
                let changed = match way {
                    Way::Bare => writes::bare(&database(&argument), &load)?,
                    Way::Service | Way::OneByOne => {
                        runtime.block_on(writes::through_the_service(&database(&argument), load))?
                    }
                };
                print(&serde_json::to_string(&changed)?);
                Ok(())
            }
        }
    }
}

/// The verbs over a store, as the product has them.
pub fn service(store: Store) -> Outcome<Service> {
    service_reaching(store, Arc::new(service::directory::reach::Nowhere))
}

/// The same, with directories in reach.
pub fn service_reaching(store: Store, directories: Arc<dyn Directories>) -> Outcome<Service> {
    let settings = Settings {
        base_url: base_url()?,
        organisation: "Benchmark".to_owned(),
        password_cost: password::Cost::default(),
        passwords_waiting: usize::MAX,
        door_key: [7; 32],
        mails_a_day: 0,
        mail_key: [9; 32],
        dns: Arc::new(Nowhere),
        directories,
        public_mail: Arc::default(),
    };
    Service::new(store, Clock::system(), Random::system(), settings).map_err(|error| format!("{error:?}").into())
}

/// Nothing is reached by it here.
pub fn base_url() -> Outcome<Url> {
    Ok(Url::parse("http://127.0.0.1")?)
}
