//! Registering by a mailed link (rules 7, 9 and 15).

use access::user::Origin;
use access::{BaseLicense, Email, Refusal};
use futures::FutureExt;

use super::world::{PASSWORD, World, in_a_world, register};

async fn link(world: &World, address: &str) -> String {
    let email = Email::parse(address).expect("an address");
    world.service.request_registration(&world.visitor(), &email).await.expect("the usual answer");
    world.mailed_token(address).await
}

#[test]
fn nothing_of_a_person_exists_before_the_link_is_used() {
    in_a_world(|world| async move {
        let empty = world.store.dump().await.unwrap();
        let token = link(&world, "grace@example.org").await;
        let asked = world.store.dump().await.unwrap();
        for table in ["users", "addresses", "passwords", "invitations"] {
            assert_eq!(asked[table], empty[table], "{table}");
        }
        let view = world.service.registration(&world.visitor(), &token).await.unwrap();
        assert_eq!((view.address.as_str(), view.account_name), ("grace@example.org", None));
        assert_eq!(world.store.dump().await.unwrap(), asked, "looking changes nothing");
        let grace = world.service.register(&world.visitor(), &token, register(PASSWORD)).await.unwrap().user;
        assert_eq!(grace.registered, Some(world.now()));
        assert!(grace.membership.is_none() && grace.trial.until.is_some(), "free, with the trial of rule 9");
        let again = world.refused(async { world.service.register(&world.visitor(), &token, register(PASSWORD)).await });
        assert_eq!(Box::pin(again).await, Refusal::LinkExpired);
    });
}

#[test]
fn whoever_is_registered_hears_so_by_mail_only() {
    in_a_world(|world| async move {
        world.registered("grace@example.org").await;
        let links = world.facts().await["registrations"].len();
        let grace = Email::parse("GRACE@example.org").unwrap();
        let answer = world.service.request_registration(&world.visitor(), &grace).await;
        answer.expect("the same answer as for anyone");
        assert_eq!(world.facts().await["registrations"].len(), links);
        let mail = world.mails_to("grace@example.org").await.remove(0);
        assert!(mail.text.contains("registered already"), "{}", mail.text);
    });
}

#[test]
fn a_second_link_of_who_is_registered_meanwhile_is_refused() {
    in_a_world(|world| async move {
        let first = link(&world, "grace@example.org").await;
        let second = link(&world, "grace@example.org").await;
        world.service.register(&world.visitor(), &first, register(PASSWORD)).await.unwrap();
        let late = world.refused(async { world.service.register(&world.visitor(), &second, register(PASSWORD)).await });
        assert_eq!(Box::pin(late).await, Refusal::AlreadyRegistered);
    });
}

#[test]
fn an_address_on_a_verified_domain_joins() {
    in_a_world(|world| async move {
        let works = world.enterprise("Works", "works.example.org").await;
        let token = link(&world, "grace@works.example.org").await;
        let view = world.service.registration(&world.visitor(), &token).await.unwrap();
        assert_eq!(view.account_name.as_deref(), Some("Works"));
        let done = world.service.register(&world.visitor(), &token, register(PASSWORD)).await.unwrap();
        assert_eq!(done.account_name.as_deref(), Some("Works"));
        let membership = done.user.membership.expect("a member");
        assert_eq!((membership.account, membership.origin), (works, Origin::Domain));
        assert_eq!(done.user.license, BaseLicense::Plus);
    });
}

#[test]
fn who_was_created_registers_as_themselves_and_who_is_suspended_does_not() {
    in_a_world(|world| async move {
        let works = world.enterprise("Works", "works.example.org").await;
        for address in ["grace@works.example.org", "alan@works.example.org"] {
            let email = Email::parse(address).unwrap();
            world.service.create_user(&world.host(), works, email).await.unwrap();
        }
        let token = link(&world, "grace@works.example.org").await;
        world.service.register(&world.visitor(), &token, register(PASSWORD)).await.unwrap();
        let alan = world.service.find_user(&world.host(), "alan@works.example.org").await.unwrap();
        let suspended = world.service.suspend(&world.host(), works, vec![alan.id.to_string()], None, None).await;
        suspended.unwrap().remove(0).unwrap();
        let token = link(&world, "alan@works.example.org").await;
        let refused =
            world.refused(async { world.service.register(&world.visitor(), &token, register(PASSWORD)).await });
        assert_eq!(Box::pin(refused).await, Refusal::PersonSuspended);
    });
}

#[test]
fn bad_answers_leave_the_link_usable() {
    in_a_world(|world| async move {
        let token = link(&world, "grace@example.org").await;
        for weak in ["", "grace", "gracehopper1906", "123456789012345", "aaaaaaaaaaaaaaaa"] {
            let refused =
                world.refused(async { world.service.register(&world.visitor(), &token, register(weak)).await });
            assert_eq!(Box::pin(refused).await.code(), "weak-password", "{weak}");
        }
        for name in ["", "two\nlines", &"x".repeat(101)] {
            let answer = carillon_service::Register { name: name.to_owned(), ..register(PASSWORD) };
            let refused = world.refused(async { world.service.register(&world.visitor(), &token, answer).await });
            assert_eq!(Box::pin(refused).await.code(), "invalid", "{name}");
        }
        world.service.register(&world.visitor(), &token, register(PASSWORD)).await.unwrap();
    });
}

#[test]
fn a_link_works_for_a_day_and_for_one() {
    in_a_world(|world| async move {
        let token = link(&world, "grace@example.org").await;
        world.pass(24);
        let late = world.refused(async { world.service.register(&world.visitor(), &token, register(PASSWORD)).await });
        assert_eq!(Box::pin(late).await, Refusal::LinkExpired);
        let late = world.refused(async { world.service.registration(&world.visitor(), &token).await });
        assert_eq!(Box::pin(late).await, Refusal::LinkExpired);

        let token = link(&world, "grace@example.org").await;
        let visitor = world.visitor();
        let click = || world.service.register(&visitor, &token, register(PASSWORD)).boxed();
        let (one, two) = futures::join!(click(), click());
        assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1);
        assert_eq!(world.facts().await["users"].len(), 1);
    });
}
