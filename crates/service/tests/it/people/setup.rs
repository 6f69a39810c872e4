//! How the first operator comes, and how the host lets one in again (rules 28, 57, 58).

use access::authority::{Over, Role};
use access::{Email, Refusal};
use carillon_service::{NewCredential, PageRequest, SetUp};
use store::{AuditFilter, TokenHolder};

use super::world::{PASSWORD, World, in_a_world, register};

fn answer(address: &str) -> SetUp {
    let address = Email::parse(address).expect("an address");
    SetUp { address, name: "Ada Lovelace".to_owned(), password: PASSWORD.to_owned() }
}

async fn trail(world: &World) -> Vec<(String, String, Option<String>)> {
    let page = PageRequest { after: None, limit: 100 };
    let filter = AuditFilter::default();
    let entries = world.service.audit(&world.host(), Over::Deployment, &filter, page).await.expect("the trail").items;
    entries.into_iter().map(|entry| (entry.action, entry.actor_kind, entry.refusal)).collect()
}

#[test]
fn the_first_operator_comes_once() {
    in_a_world(|world| async move {
        let (host, visitor, service) = (world.host(), world.visitor(), &world.service);
        assert!(!service.has_operator(&host).await.unwrap());
        let one = service.create_setup_link(&host, false).await.unwrap();
        let two = service.create_setup_link(&host, false).await.unwrap();
        let dump = format!("{:?}", world.store.dump().await.unwrap());
        assert!(!dump.contains(&one.token), "only its hash is kept");
        let before = world.facts().await;
        for link in [&one, &two] {
            assert_eq!(service.setup_link(&visitor, &link.token).await.unwrap(), link.expires);
        }
        assert_eq!(world.facts().await, before, "looking changes nothing");
        let weak = SetUp { password: "short".to_owned(), ..answer("ada@example.org") };
        let refused = world.refused(service.set_up(&visitor, &one.token, weak));
        assert_eq!(Box::pin(refused).await.code(), "weak-password");
        let done = service.set_up(&visitor, &one.token, answer("Ada@example.org")).await.unwrap();
        let grants = service.list_grants(&host, Over::Deployment).await.unwrap();
        assert_eq!((grants.len(), grants[0].grant.user, grants[0].grant.role), (1, done.user.id, Role::FullAccess));
        assert!(done.user.registered.is_some());
        for link in [&one, &two] {
            let refused = world.refused(service.set_up(&visitor, &link.token, answer("eve@example.org")));
            assert_eq!(Box::pin(refused).await, Refusal::LinkExpired);
            assert!(service.setup_link(&visitor, &link.token).await.is_err());
        }
        let refused = world.refused(service.create_setup_link(&host, true));
        assert_eq!(Box::pin(refused).await, Refusal::AlreadySetUp);
        assert!(service.has_operator(&host).await.unwrap());
        let holder = TokenHolder::Grant(grants[0].grant.id);
        let token = service.create_token(&host, holder, NewCredential::named("first")).await.unwrap();
        assert!(service.authenticate_token(&token.secret).await.unwrap().is_some());
        let done: Vec<_> = trail(&world).await.into_iter().filter(|entry| entry.2.is_none()).collect();
        let done: Vec<_> = done.iter().map(|(action, actor, _)| (action.as_str(), actor.as_str())).collect();
        let link = ("setup.link", "host");
        let expected =
            [link, link, ("user.register", "oneself"), ("grant.create", "oneself"), ("token.create", "host")];
        assert_eq!(done, expected);
    });
}

#[test]
fn a_link_ends_after_a_day_by_a_newer_one_or_with_another_operator() {
    in_a_world(|world| async move {
        let service = &world.service;
        let old = service.create_setup_link(&world.host(), false).await.unwrap();
        world.pass(24);
        let (host, visitor) = (world.host(), world.visitor());
        let late = world.refused(service.set_up(&visitor, &old.token, answer("ada@example.org")));
        assert_eq!(Box::pin(late).await, Refusal::LinkExpired);
        let one = service.create_setup_link(&host, false).await.unwrap();
        let only = service.create_setup_link(&host, true).await.unwrap();
        let replaced = world.refused(service.set_up(&visitor, &one.token, answer("ada@example.org")));
        assert_eq!(Box::pin(replaced).await, Refusal::LinkExpired);
        let grace = world.registered("grace@example.org").await;
        let refused = world.refused(service.set_up(&visitor, &only.token, answer("grace@example.org")));
        assert!(
            matches!(Box::pin(refused).await, Refusal::Invalid { member: "address", .. }),
            "no password is replaced"
        );
        world.grant(&grace, Over::Deployment, Role::FullAccess).await;
        let second = world.refused(service.set_up(&visitor, &only.token, answer("ada@example.org")));
        assert_eq!(Box::pin(second).await, Refusal::LinkExpired);
    });
}

#[test]
fn of_two_who_set_up_at_once_one_does() {
    in_a_world(|world| async move {
        let link = world.service.create_setup_link(&world.host(), true).await.unwrap();
        let visitor = world.visitor();
        let (a, b) = futures::join!(
            world.service.set_up(&visitor, &link.token, answer("ada@example.org")),
            world.service.set_up(&visitor, &link.token, answer("bob@example.org")),
        );
        assert_ne!(a.is_ok(), b.is_ok());
        assert_eq!(world.service.list_grants(&world.host(), Over::Deployment).await.unwrap().len(), 1);
    });
}

#[test]
fn the_host_lets_a_known_person_in_and_tells_the_others() {
    in_a_world(|world| async move {
        let (host, service) = (world.host(), &world.service);
        let (ada, bob) = (world.registered("ada@example.org").await, world.registered("bob@example.org").await);
        let eve = world.registered("eve@example.org").await;
        world.grant(&ada, Over::Deployment, Role::FullAccess).await;
        let low = world.grant(&bob, Over::Deployment, Role::ReadOnly).await;
        world.grant(&eve, Over::Deployment, Role::UserManagement).await;
        let address = bob.primary.clone();
        let done = service.recover_operator(&host, &address).await.unwrap();
        assert_eq!((done.user.id, done.grant.id, done.grant.role), (bob.id, low.id, Role::FullAccess));
        assert_eq!((done.before, done.may_sign_in, done.told), (Some(Role::ReadOnly), true, 1));
        assert!(done.link.is_none());
        let told = &world.mails_to("ada@example.org").await[0];
        assert!(told.subject.contains("operator") && told.text.contains("admin recover"), "{told:?}");
        assert!(world.mails_to("eve@example.org").await.iter().all(|mail| !mail.text.contains("admin recover")));
        let last = trail(&world).await.pop().unwrap();
        assert_eq!((last.0.as_str(), last.1.as_str(), last.2), ("grant.recover", "host", None));
        let again = service.recover_operator(&host, &address).await.unwrap();
        assert_eq!((again.before, again.grant), (Some(Role::FullAccess), done.grant));
        let by_ada = world.administrator(service.list_grants(&host, Over::Deployment).await.unwrap()[0].grant);
        let refused = world.refused(service.recover_operator(&by_ada, &address));
        assert_eq!(Box::pin(refused).await.code(), "not-permitted", "for the host alone");
    });
}

#[test]
fn the_host_lets_a_new_person_in_by_a_link() {
    in_a_world(|world| async move {
        let (host, service) = (world.host(), &world.service);
        let address = Email::parse("new@example.org").unwrap();
        let done = service.recover_operator(&host, &address).await.unwrap();
        assert_eq!((done.before, done.may_sign_in, done.told), (None, false, 0));
        let holder = TokenHolder::Grant(done.grant.id);
        let token = service.create_token(&host, holder, NewCredential::named("t")).await.unwrap().secret;
        assert!(service.authenticate_token(&token).await.unwrap().is_none(), "not registered yet");
        let link = done.link.expect("a link");
        let registered = service.register(&world.visitor(), &link.token, register(PASSWORD)).await.unwrap();
        assert_eq!(registered.user.id, done.user.id);
        assert!(service.authenticate_token(&token).await.unwrap().is_some());
    });
}
