//! A service on a fresh store with a clock that is set by hand, and the people the tests need in it.

use std::collections::BTreeMap;

use access::address::split_list;
use access::authority::{Caller, Grant, Over, Role};
use access::user::{Membership, Origin};
use access::{AccountId, BaseLicense, Domain, Email, Refusal, User};
use carillon_service::letters::Rendered;
use carillon_service::password::Cost;
use carillon_service::testing::{Zone, settings};
use carillon_service::{Accept, Clock, Context, Door, Error, NewCredential, PageRequest, Register, Service, Settings};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use store::{Random, Store, TokenHolder};
use uuid::Uuid;

/// A password that is taken.
pub const PASSWORD: &str = "a brass kettle, twice";

pub struct World {
    pub service: Service,
    pub store: Store,
    pub clock: Clock,
}

/// Runs a test in a fresh world on each engine.
pub fn in_a_world<T: Future<Output = ()>>(test: impl Fn(World) -> T) {
    store::testing::on_both_engines(|store| {
        let world = World::on(store);
        test(world)
    });
}

impl World {
    fn on(store: Store) -> Self {
        let clock = Clock::settable("2026-12-01T12:00:00Z".parse().expect("a time"));
        let settings = Settings {
            base_url: "https://id.example.org".parse().expect("a URL"),
            password_cost: Cost { memory_kib: 64, passes: 1, lanes: 1 },
            passwords_waiting: usize::MAX,
            ..settings(&Zone::default())
        };
        let service = Service::new(store.clone(), clock.clone(), Random::seeded(7), settings).expect("a service");
        Self { service, store, clock }
    }

    pub fn host(&self) -> Context {
        self.service.context(Caller::Host, Door::Cli, Uuid::nil(), None)
    }

    pub fn visitor(&self) -> Context {
        self.service.context(Caller::Visitor, Door::Pages, Uuid::nil(), None)
    }

    pub fn administrator(&self, grant: Grant) -> Context {
        let caller = Caller::Administrator { user: grant.user, grants: vec![grant] };
        self.service.context(caller, Door::Chime, Uuid::nil(), None)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn pass(&self, hours: i64) {
        self.clock.set(self.now() + SignedDuration::from_hours(hours));
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

    /// Invites and returns the mailed link's token.
    pub async fn invite(&self, account: AccountId, address: &str) -> String {
        let outcomes = self.service.invite(&self.host(), account, split_list(address)).await.expect("outcomes");
        outcomes.into_iter().for_each(|outcome| {
            outcome.result.expect("an invitation");
        });
        self.mailed_token(address).await
    }

    pub async fn mails_to(&self, address: &str) -> Vec<Rendered> {
        let page = PageRequest { after: None, limit: 100 };
        let mails = self.service.list_mails(&self.host(), page).await.expect("mails").items;
        mails.into_iter().map(|view| view.mail).filter(|mail| mail.to == address).collect()
    }

    /// The last part of the link in the newest mail.
    pub async fn mailed_token(&self, address: &str) -> String {
        let mail = self.mails_to(address).await.into_iter().next().expect("a mail");
        let link = mail.text.lines().map(str::trim).find(|line| line.starts_with("http")).expect("a link");
        link.rsplit('/').next().expect("a token").to_owned()
    }

    /// A new member of a Team, by invitation.
    pub async fn member(&self, account: AccountId, address: &str) -> User {
        let token = self.invite(account, address).await;
        self.service.accept(&self.visitor(), &token, accept(PASSWORD, false)).await.expect("a member").user
    }

    /// Somebody who registers by themselves.
    pub async fn registered(&self, address: &str) -> User {
        let email = Email::parse(address).expect("an address");
        self.service.request_registration(&self.visitor(), &email).await.expect("the usual answer");
        let token = self.mailed_token(address).await;
        self.service.register(&self.visitor(), &token, register(PASSWORD)).await.expect("a person").user
    }

    pub async fn grant(&self, user: &User, over: Over, role: Role) -> Grant {
        self.service.create_grant(&self.host(), &user.id.to_string(), over, role).await.expect("a grant")
    }

    pub async fn token(&self, holder: TokenHolder) -> String {
        self.service.create_token(&self.host(), holder, NewCredential::named("test")).await.expect("a token").secret
    }

    pub async fn assign(&self, account: AccountId, user: &User, license: BaseLicense) {
        let wish = vec![(user.id.to_string(), license.into())];
        let done = self.service.assign_license(&self.host(), account, wish).await.expect("outcomes");
        done.into_iter().for_each(|outcome| drop(outcome.expect("assigned")));
    }

    /// Makes somebody a member as no verb of today does: a directory will.
    pub async fn move_to(&self, address: &str, account: AccountId) {
        let key = address.to_owned();
        let moved = self.store.write(move |w| {
            async move {
                let before = w.users_by_address(&[key]).await?.pop().expect("a person");
                let mut after = before.clone();
                let since = before.created;
                after.membership = Some(Membership { account, origin: Origin::Directory, since, invited: None });
                w.save_users(&[(before, after)], since).await?;
                w.commit((), vec![], vec![]).await
            }
            .boxed()
        });
        moved.await.expect("moved");
    }

    /// Everything but the audit trail and the keys it is sealed under: what a refused request must leave alone.
    pub async fn facts(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut dump = self.store.dump().await.expect("a dump");
        dump.retain(|table, _| !["audit", "person_keys"].contains(table));
        dump
    }

    /// Does something that must be refused, and shows that nothing changed.
    pub async fn refused<T>(&self, doing: impl Future<Output = Result<T, Error>>) -> Refusal {
        let before = self.facts().await;
        let Err(Error::Refused(refusal)) = doing.await else { panic!("it was not refused") };
        assert_eq!(self.facts().await, before, "{refusal} changed something");
        refusal
    }
}

pub fn accept(password: &str, leave: bool) -> Accept {
    Accept { name: "Ada Lovelace".to_owned(), password: password.to_owned(), leave }
}

pub fn register(password: &str) -> Register {
    Register { name: "Grace Hopper".to_owned(), password: password.to_owned() }
}
