//! Whom a member finds (rule 20).

use access::User;
use access::authority::Caller;
use access::{BaseLicense, Refusal};
use futures::FutureExt;

use super::world::{World, in_a_world};

/// The addresses of whom a person finds.
async fn found(world: &World, by: &User, prefix: &str) -> Vec<String> {
    let cx = carillon_service::Context { caller: Caller::Oneself(by.id), ..world.host() };
    let found = world.service.contacts(&cx, prefix).await.expect("contacts");
    found.into_iter().map(|contact| contact.address).collect()
}

/// What no verb does here, written into the tables.
async fn as_if(world: &World, sql: &str) {
    let sql = sql.to_owned();
    let written = world.store.write(move |w| {
        async move {
            w.raw(&sql).await?;
            w.commit((), vec![], vec![]).await
        }
        .boxed()
    });
    written.await.expect("written");
}

#[test]
fn members_find_colleagues_who_may_be_found() {
    in_a_world(|world| async move {
        let corp = world.enterprise("Corp", "corp.example").await;
        let other = world.team("Others").await;
        let ada = world.registered("ada@corp.example").await;
        let adam = world.registered("adam@corp.example").await;
        let free = world.registered("adele@free.example").await;
        world.member(other, "adrian@other.example").await;
        let created = access::Email::parse("adnan@corp.example").unwrap();
        world.service.create_user(&world.host(), corp, created).await.expect("an unregistered member");
        assert_eq!(found(&world, &ada, "AD").await, ["ada@corp.example", "adam@corp.example"]);
        assert_eq!(found(&world, &ada, " adam").await, ["adam@corp.example"]);
        assert_eq!(found(&world, &ada, "%").await, [""; 0], "no pattern");
        assert_eq!(found(&world, &free, "ad").await, [""; 0], "free users find nobody");

        let renamed = "UPDATE users SET display_name = 'Zoe', name_key = 'zoe' WHERE address_key = 'adam@corp.example'";
        as_if(&world, renamed).await;
        assert_eq!(found(&world, &ada, "zo").await, ["adam@corp.example"], "by name");
        let further = "INSERT INTO addresses (key, user_id, typed, domain, is_primary) SELECT 'x@corp.example', id, \
                       'x@corp.example', 'corp.example', false FROM users WHERE address_key = 'adam@corp.example'";
        as_if(&world, further).await;
        assert_eq!(found(&world, &ada, "x@").await, ["adam@corp.example"], "by any address");
        as_if(&world, "UPDATE users SET private = true WHERE address_key = 'adam@corp.example'").await;
        assert_eq!(found(&world, &ada, "ad").await, ["ada@corp.example"], "private");
        assert_eq!(found(&world, &adam, "ad").await, ["ada@corp.example"], "and still finds others");
        as_if(&world, "UPDATE users SET private = false WHERE address_key = 'adam@corp.example'").await;

        let until = world.now() + jiff::SignedDuration::from_hours(2);
        let suspended = world.service.suspend(&world.host(), corp, vec![adam.id.to_string()], None, Some(until)).await;
        assert!(suspended.unwrap()[0].is_ok());
        assert_eq!(found(&world, &ada, "ad").await, ["ada@corp.example"], "suspended");
        assert_eq!(found(&world, &adam, "ad").await, [""; 0], "who is suspended looks for nobody");
        world.pass(3);
        assert_eq!(found(&world, &ada, "ad").await.len(), 2, "a suspension that has ended counts as none");
        world.assign(corp, &ada, BaseLicense::Basic).await;
        assert_eq!(found(&world, &ada, "ad").await.len(), 2, "whatever the license");
    });
}

#[test]
fn only_a_person_looks_for_contacts_and_not_for_everybody() {
    in_a_world(|world| async move {
        let ada = world.member(world.team("Engines").await, "ada@example.org").await;
        let refused = world.service.contacts(&world.host(), "a").await;
        assert!(matches!(refused, Err(carillon_service::Error::Refused(Refusal::NotPermitted { .. }))));
        let cx = carillon_service::Context { caller: Caller::Oneself(ada.id), ..world.host() };
        let refused = world.service.contacts(&cx, "  ").await;
        assert!(matches!(refused, Err(carillon_service::Error::Refused(Refusal::Invalid { member: "search", .. }))));
    });
}
