//! The people of the tests: accounts, members, administrators and applications, made by the verbs themselves.

use access::authority::{Over, Role};
use access::{AccountId, Audience, Domain, Email, GrantId};
use service::testing::World;
use service::{Accept, Door, NewApplication, NewCredential, PageRequest, Register, TokenHolder};

pub const PASSWORD: &str = "seven purple wombats sing";

/// An access key with its secret.
#[derive(Clone, Debug)]
pub struct Key {
    pub id: String,
    pub secret: String,
}

pub fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

pub async fn team(world: &World, name: &str) -> AccountId {
    world.service.create_account(&world.host(), name.to_owned()).await.expect("an account").id
}

pub async fn enterprise(world: &World, name: &str, domain: &str) -> AccountId {
    let account = team(world, name).await;
    let domain = Domain::parse(domain).expect("a domain");
    world.service.vouch_domain(&world.host(), account, domain).await.expect("verified");
    account
}

/// The link of the newest mail to this address: its path.
pub async fn link(world: &World, address: &str) -> String {
    let newest = PageRequest { after: None, limit: 100 };
    let mails = world.service.list_mails(&world.host(), newest).await.expect("mails").items;
    let mail = mails.into_iter().find(|mail| mail.mail.to == address).expect("a mail");
    let base = service::base(&world.service.settings().base_url).to_owned();
    let mut links = mail.mail.text.split_whitespace().filter_map(|word| word.strip_prefix(&*base));
    links.find(|path| path.matches('/').count() == 2).expect("a link").to_owned()
}

pub fn token(link: &str) -> &str {
    link.rsplit('/').next().expect("a token")
}

/// Somebody who registered by a mailed link.
pub async fn registered(world: &World, address: &str, name: &str) -> String {
    let visitor = world.visitor(Door::Pages);
    world.service.request_registration(&visitor, &email(address)).await.expect("a mail");
    let link = link(world, address).await;
    let register = Register { name: name.to_owned(), password: PASSWORD.to_owned() };
    let done = world.service.register(&visitor, token(&link), register).await.expect("registered");
    done.user.id.to_string()
}

/// Invites to a Team; the path of the mailed link.
pub async fn invited(world: &World, team: AccountId, address: &str) -> String {
    let list = access::address::split_list(address);
    let answers = world.service.invite(&world.host(), team, list).await.expect("answers");
    assert!(answers.iter().all(|answer| answer.result.is_ok()), "{answers:?}");
    link(world, address).await
}

/// A member of a Team who accepted an invitation.
pub async fn member(world: &World, team: AccountId, address: &str, name: &str) -> String {
    let link = invited(world, team, address).await;
    let accept = Accept { name: name.to_owned(), password: PASSWORD.to_owned(), leave: false };
    let accepted = world.service.accept(&world.visitor(Door::Pages), token(&link), accept).await.expect("accepted");
    accepted.user.id.to_string()
}

/// An access key of a new administrator.
pub async fn administrator(world: &World, address: &str, over: Over, role: Role) -> Key {
    granted(world, address, over, role).await.1
}

/// The role and an access key of a new administrator.
pub async fn granted(world: &World, address: &str, over: Over, role: Role) -> (GrantId, Key) {
    registered(world, address, "Administrator").await;
    let grant = world.service.create_grant(&world.host(), address, over, role).await.expect("a grant").id;
    let wish = NewCredential::named("test");
    let made = world.service.create_access_key(&world.host(), grant, wish).await.expect("a key");
    (grant, Key { id: made.key.id, secret: made.secret })
}

pub async fn operator(world: &World) -> Key {
    operator_named(world, "operator@carillon.example").await
}

pub async fn operator_named(world: &World, address: &str) -> Key {
    administrator(world, address, Over::Deployment, Role::FullAccess).await
}

/// An application with its credential.
pub async fn application(world: &World, owner: Option<AccountId>, audience: Audience) -> (String, String) {
    let wish = NewApplication {
        name: "Meetings".to_owned(),
        owner,
        audience: Some(audience),
        required_license: None,
        required_feature: None,
        client: None,
    };
    let application = world.service.create_application(&world.host(), wish).await.expect("an application");
    let holder = TokenHolder::Application(application.id);
    let made = world.service.create_token(&world.host(), holder, NewCredential::named("test")).await.expect("a token");
    (application.id.to_string(), made.secret)
}
