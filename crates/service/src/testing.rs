//! For the tests of doors: a service on a fresh store, at a time that stands still until it is set.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use access::Domain;
use access::authority::Caller;
use access::domain::{Seen, shipped_public_mail};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;
use store::testing::{Engine, Fresh, on_engine};
use store::{Random, Store};
use uuid::Uuid;

use crate::directory::reach::Nowhere;
use crate::dns::Dns;
use crate::password::Cost;
use crate::{Clock, Context, Door, Service, Settings};

/// A service and its store.
#[derive(Clone)]
pub struct World {
    /// The verbs.
    pub service: Service,
    /// What its DNS says.
    pub zone: Zone,
}

/// DNS as a test writes it. A name that nobody wrote does not exist.
#[derive(Clone, Debug, Default)]
pub struct Zone(Arc<Mutex<BTreeMap<Domain, Seen>>>);

impl Zone {
    /// From now on this is what is seen at a domain.
    pub fn says(&self, domain: &Domain, seen: Seen) {
        self.0.lock().expect("a zone").insert(domain.clone(), seen);
    }
}

impl Dns for Zone {
    fn txt<'a>(&'a self, domain: &'a Domain) -> BoxFuture<'a, Seen> {
        let seen = self.0.lock().expect("a zone").get(domain).cloned().unwrap_or(Seen::NoSuchName);
        async move { seen }.boxed()
    }
}

/// Settings that cost little and limit nothing, with the shipped list of public mail domains.
pub fn settings(zone: &Zone) -> Settings {
    Settings {
        base_url: "https://carillon.example.org".parse().expect("a URL"),
        organisation: "Example".to_owned(),
        password_cost: Cost { memory_kib: 8, passes: 1, lanes: 1 },
        passwords_waiting: usize::MAX,
        door_key: [7; 32],
        mails_a_day: 0,
        mail_key: [9; 32],
        dns: Arc::new(zone.clone()),
        directories: Arc::new(Nowhere),
        public_mail: Arc::new(shipped_public_mail()),
    }
}

/// A prepared world on SQLite, of which every test gets its own copy: cheaper than preparing it each time.
pub struct Template {
    fresh: Fresh,
    at: Timestamp,
}

impl Template {
    /// Prepares one.
    pub async fn new<T>(prepare: impl AsyncFnOnce(&World) -> T) -> (Self, T) {
        let fresh = Fresh::new(Engine::Sqlite).await;
        let store = fresh.open().await;
        let world = World::over(store.clone(), Clock::system().now());
        let prepared = prepare(&world).await;
        let at = world.service.clock().now();
        store.close().await;
        (Self { fresh, at }, prepared)
    }

    /// Runs something on a copy.
    pub async fn copied<T>(&self, test: impl AsyncFnOnce(World) -> T) -> T {
        let fresh = self.fresh.copy();
        let store = fresh.open().await;
        let done = test(World::over(store.clone(), self.at)).await;
        store.close().await;
        fresh.remove().await;
        done
    }
}

impl World {
    fn over(store: Store, at: Timestamp) -> Self {
        let zone = Zone::default();
        let service = Service::new(store, Clock::settable(at), Random::system(), settings(&zone)).expect("a service");
        Self { service, zone }
    }

    /// A request of somebody on the host.
    pub fn host(&self) -> Context {
        self.service.context(Caller::Host, Door::Cli, Uuid::nil(), None)
    }

    /// A request of somebody nobody knows.
    pub fn visitor(&self, door: Door) -> Context {
        self.service.context(Caller::Visitor, door, Uuid::nil(), None)
    }

    /// Everything that is stored, but for the audit trail, where refusals are kept (rule 24), and the keys of persons
    /// that seal it.
    pub async fn dump(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut dump = self.service.store().dump().await.expect("a dump");
        dump.retain(|table, _| !["audit", "person_keys"].contains(table));
        dump
    }

    /// Sets the clock on by so many minutes.
    pub fn later(&self, minutes: i64) {
        let clock = self.service.clock();
        clock.set(clock.now() + jiff::SignedDuration::from_mins(minutes));
    }
}

/// Runs a test over each engine.
pub fn on_both_engines<F: Fn(World) -> T, T: Future<Output = ()>>(test: F) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        on(engine, &test);
    }
}

/// Runs a test that has nothing to do with the engine.
pub fn on_sqlite<F: Fn(World) -> T, T: Future<Output = ()>>(test: F) {
    on(Engine::Sqlite, &test);
}

fn on<F: Fn(World) -> T, T: Future<Output = ()>>(engine: Engine, test: &F) {
    on_engine(engine, |fresh| async move {
        let store = fresh.open().await;
        // The clock of a PostgreSQL server is the machine's: a node that is off is not ready (rule 22).
        test(World::over(store.clone(), Clock::system().now())).await;
        store.close().await;
        fresh
    });
}
