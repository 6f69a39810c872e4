//! Worlds of arbitrary facts.

use access::application::{Application, Audience};
use access::authority::{Grant, Over, Role};
use access::user::{Block, LicenseOrigin, Membership, Origin, SourceLink, Suspension, Trial, Waiting};
use access::{
    Account, AccountId, AccountSettings, AccountType, ApplicationId, BaseLicense, Claim, Feature, GrantId, User,
    UserId, UserSettings,
};
use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use store::{Error, Issued, Store, Token, TokenHash, TokenHolder, Write};

use crate::fixtures::*;

/// Accounts, people, domains, applications, grants and tokens that fit together.
#[derive(Clone, Debug)]
pub struct World {
    pub accounts: Vec<Account>,
    pub domains: Vec<Claim>,
    pub users: Vec<User>,
    pub applications: Vec<Application>,
    pub grants: Vec<Grant>,
    pub tokens: Vec<(Token, TokenHash)>,
}

const ACCOUNTS: u128 = 6;

pub fn world(users: u128) -> World {
    let mut runner = TestRunner::deterministic();
    let accounts: Vec<Account> = (1..=ACCOUNTS).map(|n| one(&mut runner, &any_account(n))).collect();
    let domains = (1..=ACCOUNTS).map(|n| one(&mut runner, &any_domain(n))).collect();
    let users: Vec<User> = (0..users).map(|n| one(&mut runner, &any_user(1000 + n))).collect();
    let applications: Vec<Application> = (0..8).map(|n| one(&mut runner, &any_application(5000 + n))).collect();
    let mut grants = Vec::new();
    for (n, user) in users.iter().enumerate().take(12) {
        let over = if n % 3 == 0 { Over::Deployment } else { Over::Account(accounts[n % accounts.len()].id) };
        grants.push(Grant { id: GrantId(uuid(6000 + n as u128)), user: user.id, over, role: Role::ALL[n % 3] });
    }
    let holders = grants.iter().map(|grant| TokenHolder::Grant(grant.id));
    let holders = holders.chain(applications.iter().map(|application| TokenHolder::Application(application.id)));
    let tokens = holders.enumerate().map(|(n, holder)| {
        let id = uuid(7000 + n as u128);
        let expires = (n % 4 == 0).then(|| at(n as i64));
        let revoked = (n % 5 == 0).then(|| at(n as i64));
        let issued = Issued { expires, revoked, ..Issued::new(format!("token {n}"), at(0)) };
        let token = Token { id, holder, issued };
        (token, TokenHash::of(&format!("secret {n}")))
    });
    let tokens = tokens.collect();
    World { accounts, domains, users, applications, grants, tokens }
}

impl World {
    /// Writes all of it.
    pub async fn write(&self, store: &Store) {
        let world = self.clone();
        let written: Result<(), Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    write.insert_accounts(&world.accounts).await?;
                    for domain in &world.domains {
                        write.insert_domain(domain).await?;
                    }
                    write.insert_users(&world.users).await?;
                    for application in &world.applications {
                        write.insert_application(application, at(0)).await?;
                    }
                    for grant in &world.grants {
                        write.insert_grant(grant, at(0)).await?;
                    }
                    for (token, hash) in &world.tokens {
                        write.insert_token(token, hash).await?;
                    }
                    write.commit((), vec![record("world", None)], vec![]).await
                })
            })
            .await;
        written.expect("the world is written");
    }
}

pub fn one<S: Strategy>(runner: &mut TestRunner, strategy: &S) -> S::Value {
    strategy.new_tree(runner).expect("a value").current()
}

fn any_time() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_i64).prop_map(at)
}

fn any_license() -> impl Strategy<Value = BaseLicense> {
    prop::sample::select(&BaseLicense::ALL)
}

fn any_account(n: u128) -> impl Strategy<Value = Account> {
    let kinds = prop::sample::select(&AccountType::ALL);
    let settings = (any::<bool>(), any::<bool>()).prop_map(|(disable_remote_control, enable_dial_out)| {
        AccountSettings { disable_remote_control, enable_dial_out }
    });
    let settings = (settings, prop::collection::vec("[a-zÄ\"]{1,9}", 0..3), any::<bool>());
    (kinds, any_license(), any::<bool>(), prop::option::weighted(0.3, any_time()), "[A-Za-zÄß ]{1,20}", settings)
        .prop_map(move |(kind, default_license, trials, deleted, name, (settings, delegate_groups, second_factor))| {
            Account {
                id: AccountId(uuid(n)),
                name: format!("{name}{n}"),
                kind,
                default_license,
                trials,
                second_factor,
                created: at(0),
                deleted,
                settings,
                delegate_groups,
            }
        })
}

fn any_domain(n: u128) -> impl Strategy<Value = Claim> {
    prop::option::weighted(0.7, any_time())
        .prop_map(move |verified| claim(AccountId(uuid(n)), &format!("d{n}.example"), verified))
}

/// A user with every combination of facts.
pub fn any_user(n: u128) -> impl Strategy<Value = User> {
    let origins = [Origin::Invitation, Origin::Domain, Origin::Directory, Origin::Scim, Origin::Administrator];
    let license_origins =
        [LicenseOrigin::Free, LicenseOrigin::Default, LicenseOrigin::Administrator, LicenseOrigin::Group];
    let by = prop::option::of((1000..1010_u128).prop_map(|n| UserId(uuid(n))));
    let reason = prop::option::of("\\PC{0,20}");
    let membership = (1..=ACCOUNTS, prop::sample::select(origins.to_vec()), any_time(), prop::option::of(any_time()))
        .prop_map(|(account, origin, since, invited)| Membership {
            account: AccountId(uuid(account)),
            origin,
            since,
            invited,
        });
    let suspension = (by.clone(), any_time(), reason.clone(), prop::option::of(any_time()))
        .prop_map(|(by, at, reason, until)| Suspension { by, at, reason, until });
    let block = (by, any_time(), reason).prop_map(|(by, at, reason)| Block { by, at, reason });
    let source = (any::<bool>(), prop::option::of(any_license())).prop_map(move |(enabled, license)| SourceLink {
        id: format!("guid-{n}"),
        enabled,
        license,
    });
    let waiting = (any_license(), any_time()).prop_map(|(license, since)| Waiting { license, since });
    let trial = (prop::option::of(any_time()), prop::option::of(any_time()))
        .prop_map(|(started, until)| Trial { started, until });
    let person = (1..=ACCOUNTS + 1, 0..3_usize, prop::option::of("[\\PC&&[^ ]]{1,12}"), prop::option::of(any_time()));
    let facts = (prop::option::of(membership), prop::option::of(suspension), prop::option::weighted(0.2, block));
    let licenses = (any_license(), prop::sample::select(license_origins.to_vec()), prop::option::of(waiting), trial);
    let calling = (any::<bool>(), any::<bool>(), any::<bool>());
    let rest = (prop::option::of(source), any::<bool>(), any::<bool>(), calling, 0..100_i64);
    (person, facts, licenses, rest).prop_map(move |(person, facts, licenses, rest)| {
        let (domain, secondary, display_name, registered) = person;
        let (membership, suspension, block) = facts;
        let (license, license_origin, waiting, trial) = licenses;
        let (source, private, pin, (inbound_calling, outbound_calling, sms), epoch) = rest;
        let secondary = (0..secondary).map(|k| email(&format!("User.{n}+{k}@d{domain}.Example"))).collect();
        User {
            id: UserId(uuid(n)),
            primary: email(&format!("User{n}@D{domain}.example")),
            secondary,
            display_name,
            registered,
            membership,
            suspension,
            block,
            source,
            license,
            license_origin,
            waiting,
            trial,
            private,
            pin: pin.then(|| format!("{n:010}")),
            settings: UserSettings { inbound_calling, outbound_calling, sms },
            created: at(0),
            epoch,
        }
    })
}

fn any_application(n: u128) -> impl Strategy<Value = Application> {
    let accounts = prop::collection::btree_set((1..=ACCOUNTS).prop_map(|n| AccountId(uuid(n))), 0..4);
    let audience = prop_oneof![
        Just(Audience::Anyone),
        Just(Audience::Members),
        accounts.prop_map(|accounts| Audience::Accounts(accounts.into_iter().collect())),
    ];
    let owner = prop::option::of((1..=ACCOUNTS).prop_map(|n| AccountId(uuid(n))));
    let feature = prop::option::of(Just(Feature::parse("meetings.host").expect("a feature")));
    (owner, audience, prop::option::of(any_license()), feature).prop_map(
        move |(owner, audience, required_license, required_feature)| Application {
            id: ApplicationId(uuid(n)),
            name: format!("Application {n}"),
            owner,
            audience,
            required_license,
            required_feature,
            client: None,
        },
    )
}
