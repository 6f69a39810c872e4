//! Two tenants and everybody who might ask about them.

use std::collections::BTreeMap;

use access::authority::{Over, Role};
use access::{AccountId, Domain};
use jiff::SignedDuration;
use service::testing::{Template, World};
use service::{NewCredential, Rotation, TokenHolder};

use crate::people::{self, Key};

/// The sorts of callers, as the table's columns name them.
pub const CALLERS: [&str; 10] = [
    "anonymous",
    "ended",
    "application",
    "stranger",
    "reader",
    "manager",
    "owner",
    "op-reader",
    "op-manager",
    "operator",
];

/// Ids by the name of their placeholder.
pub type Ids = BTreeMap<&'static str, String>;

/// What somebody presents.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    /// Which of several of the same sort.
    pub what: &'static str,
    /// An API token.
    pub token: Option<String>,
    /// An access key.
    pub key: Option<Key>,
}

/// Everything the test knows.
pub struct Place {
    /// The world, to be copied.
    pub template: Template,
    /// The tenant whose administrators ask.
    pub home: Ids,
    /// The other tenant.
    pub other: Ids,
    /// Nobody's.
    pub random: Ids,
    /// Who asks, in the order of [`CALLERS`].
    pub callers: Vec<Vec<Presented>>,
}

impl Place {
    /// Prepares all of it.
    pub async fn new() -> Self {
        let (template, (home, other, callers)) = Template::new(async |world: &World| {
            let home = tenant(world, "home.example").await;
            let other = tenant(world, "other.example").await;
            let callers = callers(world, &home, &other).await;
            (home, other, callers)
        })
        .await;
        let random = home.keys().map(|name| (*name, random(name))).collect();
        Self { template, home, other, random, callers }
    }
}

/// An id that nothing has.
fn random(name: &str) -> String {
    match name {
        "key" => "CARIZZZZZZZZZZZZZZZZ".to_owned(),
        "domain" => "novel.example".to_owned(),
        "license" => "Plus".to_owned(),
        "version" => "none".to_owned(),
        "address" => "eve@novel.example".to_owned(),
        name => format!("0190aaaa-bbbb-7ccc-8ddd-{:012x}", name.len()),
    }
}

/// An account with one of everything. It was a Team first, so that an invitation is open.
async fn tenant(world: &World, domain: &'static str) -> Ids {
    let (service, host) = (&world.service, world.host());
    let account = people::team(world, domain).await;
    people::invited(world, account, &format!("guest@{}", domain.replace('.', "-guests."))).await;
    let invitation = service.list_users(&host, account, Default::default(), newest()).await.expect("a list").items;
    service.vouch_domain(&host, account, Domain::parse(domain).expect("a domain")).await.expect("verified");
    let address = format!("ada@{domain}");
    let user = people::registered(world, &address, "Ada").await;
    let holder = people::registered(world, &format!("holder@{domain}"), "Holder").await;
    let grant = service.create_grant(&host, &holder, Over::Account(account), Role::ReadOnly).await.expect("a grant");
    let key = service.create_access_key(&host, grant.id, NewCredential::named("k")).await.expect("a key").key.id;
    let holder = TokenHolder::Grant(grant.id);
    let token = service.create_token(&host, holder, NewCredential::named("t")).await.expect("a token").token.id;
    let (application, _) = people::application(world, Some(account), access::Audience::Members).await;
    [
        ("account", account.to_string()),
        ("user", user),
        ("address", address),
        ("invitation", invitation[0].id.clone()),
        ("grant", grant.id.to_string()),
        ("key", key),
        ("token", token.to_string()),
        ("application", application),
        ("domain", domain.to_owned()),
        ("license", "Plus".to_owned()),
        ("version", "none".to_owned()),
    ]
    .into()
}

fn newest() -> service::PageRequest {
    service::PageRequest { after: None, limit: 1 }
}

async fn callers(world: &World, home: &Ids, other: &Ids) -> Vec<Vec<Presented>> {
    let id = |ids: &Ids| Over::Account(ids["account"].parse::<AccountId>().expect("an id"));
    let (home_id, deployment) = (id(home), Over::Deployment);
    let account = home["account"].parse().expect("an id");
    let (_, application) = people::application(world, Some(account), access::Audience::Members).await;
    let one = async |address: &str, over, role| vec![administrator(world, address, over, role).await];
    vec![
        vec![Presented::default()],
        ended(world, home_id).await,
        vec![Presented { token: Some(application), ..Presented::default() }],
        one("chief@other.example", id(other), Role::FullAccess).await,
        one("reader@home.example", home_id, Role::ReadOnly).await,
        one("manager@home.example", home_id, Role::UserManagement).await,
        one("owner@home.example", home_id, Role::FullAccess).await,
        one("reader@ops.example", deployment, Role::ReadOnly).await,
        one("manager@ops.example", deployment, Role::UserManagement).await,
        one("operator@ops.example", deployment, Role::FullAccess).await,
    ]
}

async fn administrator(world: &World, address: &str, over: Over, role: Role) -> Presented {
    let (grant, key) = people::granted(world, address, over, role).await;
    let holder = TokenHolder::Grant(grant);
    let token = world.service.create_token(&world.host(), holder, NewCredential::named("test")).await.expect("a token");
    Presented { what: "", token: Some(token.secret), key: Some(key) }
}

/// Keys and tokens that were good for everything, and are no good any more, each for another reason.
async fn ended(world: &World, over: Over) -> Vec<Presented> {
    let (service, host) = (&world.service, world.host());
    let (grant, _) = people::granted(world, "former@home.example", over, Role::FullAccess).await;
    let mut ended = Vec::new();
    for what in ["expired", "revoked", "rotated out"] {
        let expires = Some(service.clock().now() + SignedDuration::from_mins(1)).filter(|_| what == "expired");
        let wish = NewCredential { expires, ..NewCredential::named(what) };
        let token = service.create_token(&host, TokenHolder::Grant(grant), wish.clone()).await.expect("a token");
        let key = service.create_access_key(&host, grant, wish).await.expect("a key");
        let at_once = Rotation { overlap: SignedDuration::ZERO, expires: None };
        match what {
            "expired" => world.later(2),
            "revoked" => {
                service.revoke_token(&host, token.token.id).await.expect("revoked");
                service.revoke_access_key(&host, &key.key.id).await.expect("revoked");
            }
            _ => {
                service.rotate_token(&host, token.token.id, at_once).await.expect("rotated");
                service.rotate_access_key(&host, &key.key.id, at_once).await.expect("rotated");
            }
        }
        let key = Key { id: key.key.id, secret: key.secret };
        ended.push(Presented { what, token: Some(token.secret), key: Some(key) });
    }
    let suspended = administrator(world, "suspended@home.example", over, Role::FullAccess).await;
    let person = service.find_user(&host, "suspended@home.example").await.expect("a person");
    let Over::Account(account) = over else { unreachable!("an account's") };
    let users = vec![person.id.to_string()];
    service.suspend(&host, account, users, None, None).await.expect("an answer").remove(0).expect("suspended");
    ended.push(Presented { what: "suspended", ..suspended });
    ended
}
