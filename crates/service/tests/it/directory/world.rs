//! A directory of the tests' own, in memory, behind the trait; and what follows it, step by step.

use std::sync::{Arc, Mutex};

use access::directory::{
    Agreed, Attributes, Connection, EntryId, Group, Kind, Mapping, Member, Person, Read, Snapshot,
};
use access::{AccountId, BaseLicense, UserId};
use carillon_service::directory::reach::{
    Compared, Directories, Failed, LeftOut, Position, Reading, Since, Step, Whom,
};
use carillon_service::directory::{Begun, NewDirectory, NewRun, RunEnd, RunKind, Stepped, Turn};
use carillon_service::testing::{Zone, settings};
use carillon_service::{Clock, Service, Settings};
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use store::testing::on_both_engines;
use store::{Random, Store};
use uuid::Uuid;

use crate::world::{World, start};

/// The node that follows, where a test names no other.
pub const NODE: Uuid = Uuid::from_u128(1);

/// What is there, as a test writes it.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<State>>);

#[derive(Clone, Default)]
struct State {
    reads: Vec<Read>,
    failed: Option<Failed>,
}

impl Memory {
    pub fn holds(&self, people: Vec<Person>, groups: Vec<Group>) {
        let reads = people.into_iter().map(Read::Person).chain(groups.into_iter().map(Read::Group));
        *self.0.lock().expect("a directory") = State { reads: reads.collect(), failed: None };
    }

    pub fn fails(&self, code: &'static str) {
        let failed = Failed::new(code, "nobody answers at dc.example");
        self.0.lock().expect("a directory").failed = Some(failed);
    }

    fn read(&self) -> Result<Vec<Read>, Failed> {
        let State { reads, failed } = self.0.lock().expect("a directory").clone();
        failed.map_or(Ok(reads), Err)
    }
}

impl Directories for Memory {
    fn open<'a>(&'a self, _: &'a Connection, _: &'a str) -> BoxFuture<'a, Result<Box<dyn Reading>, Failed>> {
        async { self.read().map(|_| Box::new(self.clone()) as Box<dyn Reading>) }.boxed()
    }

    fn test<'a>(&'a self, _: &'a Connection, _: &'a str) -> BoxFuture<'a, Vec<Step>> {
        async { vec![Step { what: "reach", ok: self.read().is_ok(), why: None }] }.boxed()
    }

    fn find<'a>(&'a self, _: &'a Connection, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Option<EntryId>, Failed>> {
        async { Ok(None) }.boxed()
    }

    fn compare<'a>(
        &'a self,
        _: &'a Connection,
        _: &'a str,
        _: &'a Whom,
        _: &'a str,
    ) -> BoxFuture<'a, Result<Compared, Failed>> {
        async { Ok(Compared::Unknown) }.boxed()
    }
}

impl Reading for Memory {
    fn each<'a>(&'a mut self, take: &'a mut (dyn FnMut(Read) + Send)) -> BoxFuture<'a, Result<Position, Failed>> {
        async {
            self.read()?.into_iter().for_each(take);
            Ok(Position { server: String::new(), cookie: Vec::new() })
        }
        .boxed()
    }

    fn since<'a>(&'a mut self, _: &'a Position) -> BoxFuture<'a, Result<Since, Failed>> {
        async { Ok(Since::All) }.boxed()
    }

    fn wait<'a>(&'a mut self, _: &'a Position) -> BoxFuture<'a, Result<(), Failed>> {
        async { Ok(()) }.boxed()
    }

    fn groups<'a>(&'a mut self, prefix: &'a str, most: usize) -> BoxFuture<'a, Result<Vec<Group>, Failed>> {
        async move {
            let groups = self.read()?.into_iter().filter_map(|read| match read {
                Read::Group(group) if group.name.starts_with(prefix) => Some(Group { members: Vec::new(), ..group }),
                _ => None,
            });
            Ok(groups.take(most).collect())
        }
        .boxed()
    }

    fn left_out(&mut self) -> LeftOut {
        LeftOut::default()
    }
}

/// A deployment with a directory.
pub struct Deployment {
    pub world: World,
    pub memory: Memory,
}

pub fn on_both<F, T>(test: F)
where
    F: Fn(Deployment) -> T,
    T: Future<Output = ()>,
{
    on_both_engines(|store| test(Deployment::over(store)));
}

pub fn person(n: u128, mail: &str) -> Person {
    Person {
        id: Uuid::from_u128(n),
        dn: format!("CN=p{n},DC=acme,DC=example"),
        mail: Some(mail.to_owned()),
        name: Some(format!("Person {n}")),
        enabled: true,
        ..Person::default()
    }
}

pub fn group(n: u128, name: &str, members: &[u128]) -> Group {
    let members = members.iter().map(|member| Member::Id(Uuid::from_u128(*member))).collect();
    Group { id: Uuid::from_u128(n), dn: format!("CN={name},DC=acme,DC=example"), name: name.to_owned(), members }
}

pub fn connection() -> Connection {
    Connection {
        kind: Kind::ActiveDirectory,
        urls: vec!["ldaps://dc.acme.example".to_owned()],
        start_tls: false,
        ca: None,
        bind: "reader@acme.example".to_owned(),
        base: "DC=acme,DC=example".to_owned(),
        people: None,
        groups: None,
        attributes: Attributes::default(),
    }
}

pub fn mapping(license: BaseLicense, group: &str) -> Mapping {
    Mapping { license, group: group.to_owned(), id: None, anew: false, nested: true }
}

pub fn new_directory() -> NewDirectory {
    NewDirectory {
        connection: connection(),
        password: Some("the reader's secret".to_owned()),
        mappings: Some(vec![mapping(BaseLicense::Pro, "pro"), mapping(BaseLicense::Plus, "plus")]),
        brake: None,
    }
}

/// Whatever it takes.
pub fn anything() -> Agreed {
    Agreed { out: 1_000_000, into: 1_000_000, ..Agreed::default() }
}

impl Deployment {
    pub fn over(store: Store) -> Self {
        let (clock, zone, memory) = (Clock::settable(start()), Zone::default(), Memory::default());
        memory.holds(Vec::new(), Vec::new());
        let settings = Settings { directories: Arc::new(memory.clone()), ..settings(&zone) };
        let service = Service::new(store.clone(), clock.clone(), Random::seeded(1), settings).expect("a service");
        Self { world: World { service, store, clock, zone }, memory }
    }

    pub fn service(&self) -> &Service {
        &self.world.service
    }

    /// An operator, so that somebody can always sign in.
    pub async fn operator(&self) {
        self.world
            .administrator("root@ops.example", access::authority::Over::Deployment, access::authority::Role::FullAccess)
            .await;
    }

    /// An Enterprise account with a directory that is set up.
    pub async fn set_up(&self, name: &str, domain: &str) -> AccountId {
        let account = self.world.enterprise(name, domain).await;
        self.service().set_directory(&self.world.host(), account, new_directory()).await.expect("a directory");
        account
    }

    /// The same, connected and read.
    pub async fn connected(&self, name: &str, domain: &str) -> AccountId {
        let account = self.set_up(name, domain).await;
        self.service().connect_directory(&self.world.host(), account, anything()).await.expect("connected");
        self.sync(account).await;
        account
    }

    /// What the program that follows a directory does after a full read. `None`: the brake asks.
    pub async fn sync(&self, account: AccountId) -> Option<Stepped> {
        let (service, cx) = (self.service(), self.service().system());
        let turn = self.turn(account, NODE).await;
        let followed = service.followed_directory(account).await.expect("a directory").expect("connected");
        let mut open = service.directories().open(&followed.connection, &followed.password).await.expect("it answers");
        let (mut snapshot, mut mappings) = (Snapshot::default(), followed.mappings.clone());
        open.each(&mut |read| snapshot.add(read, None)).await.expect("it is read");
        if snapshot.resolve(&mut mappings).changed {
            let kept = service.keep_mappings(&cx, turn, followed.version, mappings.clone()).await;
            assert_eq!(kept.expect("kept"), Some(followed.version));
        }
        let planned = service.plan_directory(&cx, account, &snapshot, &mappings, None).await;
        let (known, planned) = planned.expect("a plan");
        if planned.commands.is_empty() && planned.conflicts.is_empty() {
            service.directory_unchanged(&cx, turn, RunKind::Full).await.expect("noted");
            return Some(Stepped::default());
        }
        let new = NewRun::of(RunKind::Full, &planned, known.members);
        let Begun { number, question } = service.begin_directory_run(&cx, turn, new).await.expect("a run");
        if question.is_some() {
            return None;
        }
        let stepped = service.apply_directory(&cx, turn, number, planned.commands).await.expect("applied");
        service.end_directory_run(&cx, turn, number, RunEnd::Done { drift: 0 }).await.expect("over");
        Some(stepped)
    }

    /// A node's hand on an account's directory, which it must get.
    pub async fn turn(&self, account: AccountId, node: Uuid) -> Turn {
        let turn = Turn { account, node };
        let taken = self.service().take_turn(&turn.task(), node, SignedDuration::from_secs(30)).await;
        assert!(taken.expect("an answer"), "another node has it");
        turn
    }

    /// Who an entry is.
    pub async fn who(&self, account: AccountId, n: u128) -> UserId {
        self.known(account, n).await.expect("an entry that is somebody")
    }

    pub async fn known(&self, account: AccountId, n: u128) -> Option<UserId> {
        let known = self.service().known_in_directory(account, None).await.expect("what is known");
        let id: EntryId = Uuid::from_u128(n);
        known.entries.get(&id).map(|stored| stored.user)
    }
}
