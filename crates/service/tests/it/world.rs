//! A deployment in a test: a service over a fresh store, a clock that stands still, and shortcuts.

use std::collections::BTreeMap;
use std::future::Future;

use access::account::Account;
use access::authority::{Action, Caller, Grant, Over, Role, permit};
use access::user::{Membership, Origin};
use access::{AccountId, BaseLicense, Domain, Email, GrantId, Refusal, User, UserId};
use carillon_service::testing::{Zone, settings};
use carillon_service::{Clock, Context, Door, Error, Service, Settings, UserView};
use futures::FutureExt;
use jiff::{Timestamp, ToSpan};
use store::testing::on_both_engines;
use store::{AuditEntry, AuditFilter, Random, Store};
use uuid::Uuid;

/// What a test has at hand.
pub struct World {
    pub service: Service,
    pub store: Store,
    pub clock: Clock,
    pub zone: Zone,
}

/// Runs a test in a fresh deployment on each engine.
pub fn on_both<F, T>(test: F)
where
    F: Fn(World) -> T,
    T: Future<Output = ()>,
{
    on_both_engines(|store| test(World::over(store)));
}

/// The moment every test begins at.
pub fn start() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().expect("a moment")
}

pub fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

/// The refusal of a request as a whole.
pub fn refused<T: std::fmt::Debug>(answer: Result<T, Error>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("refused, not {other:?}"),
    }
}

/// The stable codes of answers, `ok` for success.
pub fn codes<T>(answers: &[Result<T, Refusal>]) -> Vec<&'static str> {
    answers.iter().map(|answer| answer.as_ref().err().map_or("ok", Refusal::code)).collect()
}

impl World {
    pub fn over(store: Store) -> Self {
        let clock = Clock::settable(start());
        let zone = Zone::default();
        let settings = Settings {
            base_url: "http://localhost:8080".parse().expect("a URL"),
            organisation: "Carillon".to_owned(),
            mails_a_day: 50,
            ..settings(&zone)
        };
        let service = Service::new(store.clone(), clock.clone(), Random::seeded(1), settings).expect("a service");
        Self { service, store, clock, zone }
    }

    pub fn cx(&self, caller: Caller) -> Context {
        let request = Uuid::from_bytes(self.service.random().bytes());
        self.service.context(caller, Door::Cli, request, Some([192, 0, 2, 7].into()))
    }

    pub fn host(&self) -> Context {
        self.cx(Caller::Host)
    }

    pub fn later(&self, hours: i64) {
        self.clock.set(self.clock.now() + hours.hours());
    }

    pub async fn team(&self, name: &str) -> AccountId {
        self.service.create_account(&self.host(), name.to_owned()).await.expect("an account").id
    }

    pub async fn enterprise(&self, name: &str, domain: &str) -> AccountId {
        let id = self.team(name).await;
        let domain = Domain::parse(domain).expect("a domain");
        self.service.vouch_domain(&self.host(), id, domain).await.expect("a verified domain");
        id
    }

    /// A registered member, put there without a verb; no seat is counted.
    pub async fn member(&self, account: AccountId, address: &str) -> UserId {
        let at = self.clock.now();
        let membership = Membership { account, origin: Origin::Invitation, since: at, invited: Some(at) };
        let user = User { membership: Some(membership), license: BaseLicense::Plus, ..self.person(address) };
        self.put(user).await
    }

    /// A free user, put there without a verb.
    pub async fn free_user(&self, address: &str) -> UserId {
        self.put(self.person(address)).await
    }

    fn person(&self, address: &str) -> User {
        let at = self.clock.now();
        let id = access::id::uuid_v7(at.as_millisecond().unsigned_abs(), self.service.random().bytes());
        User { registered: Some(at), ..User::new(UserId(id), email(address), at) }
    }

    async fn put(&self, user: User) -> UserId {
        let id = user.id;
        let put = self.store.write(move |w| {
            async move {
                w.insert_users(&[user]).await?;
                w.commit((), vec![], vec![]).await
            }
            .boxed()
        });
        put.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        id
    }

    /// An administrator who is no member of anything, and the request they make.
    pub async fn administrator(&self, address: &str, over: Over, role: Role) -> (UserId, Context) {
        let user = self.free_user(address).await;
        (user, self.granted(user, over, role).await)
    }

    /// A request by somebody who gets a grant.
    pub async fn granted(&self, user: UserId, over: Over, role: Role) -> Context {
        let id = GrantId(Uuid::from_bytes(self.service.random().bytes()));
        let (grant, at) = (Grant { id, user, over, role }, self.clock.now());
        let granted = self.store.write(move |w| {
            async move {
                w.insert_grant(&grant, at).await?;
                w.commit((), vec![], vec![]).await
            }
            .boxed()
        });
        granted.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        self.cx(Caller::Administrator { user, grants: vec![grant] })
    }

    /// A person as they are stored.
    pub async fn user(&self, id: UserId) -> User {
        let found = self.store.write(move |w| {
            async move {
                let user = w.user(id).await?;
                w.commit(user, vec![], vec![]).await
            }
            .boxed()
        });
        found.await.unwrap_or_else(|error: store::Error| panic!("{error}")).expect("a person")
    }

    /// An account as it is stored.
    pub async fn account(&self, id: AccountId) -> Account {
        let found = self.store.write(move |w| {
            async move {
                let account = w.account(id, store::Lock::Share).await?;
                w.commit(account, vec![], vec![]).await
            }
            .boxed()
        });
        found.await.unwrap_or_else(|error: store::Error| panic!("{error}")).expect("an account")
    }

    /// An `Unregistered` member of an Enterprise account.
    pub async fn create(&self, account: AccountId, address: &str) -> UserView {
        self.service.create_user(&self.host(), account, email(address)).await.expect("a user")
    }

    /// Everything that is stored, but the audit trail and the keys its sealed parts need.
    pub async fn dump(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut dump = self.store.dump().await.expect("a dump");
        dump.remove("audit");
        dump.remove("person_keys");
        dump
    }

    /// The whole audit trail, oldest first.
    pub async fn trail(&self) -> Vec<AuditEntry> {
        let permit = permit(&Caller::Host, Action::ReadAudit, Over::Deployment).expect("the host");
        let read = self.store.read(permit);
        let (mut trail, mut after): (Vec<AuditEntry>, _) = (Vec::new(), None);
        loop {
            let page = read.audit(&AuditFilter::default(), after, 500).await.expect("the trail");
            let Some(last) = page.last() else { return trail };
            after = Some(last.seq);
            trail.extend(page);
        }
    }

    /// What the newest mails hold.
    pub async fn mails(&self, limit: u64) -> Vec<serde_json::Value> {
        let permit = permit(&Caller::Host, Action::ReadMail, Over::Deployment).expect("the host");
        let mails = self.store.read(permit).mails(None, limit).await.expect("mails");
        mails.into_iter().filter_map(|mail| mail.payload).collect()
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> usize {
        self.store.dump().await.expect("a dump")[table].len()
    }
}

/// A list as it is pasted.
pub fn list(text: &str) -> Vec<(String, Result<Email, Refusal>)> {
    access::address::split_list(text)
}

/// Ids as doors hand them over.
pub fn ids<T: ToString>(ids: &[T]) -> Vec<String> {
    ids.iter().map(T::to_string).collect()
}
