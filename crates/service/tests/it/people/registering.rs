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
fn a_link_of_who_is_registered_meanwhile_is_refused() {
    in_a_world(|world| async move {
        let token = link(&world, "grace@example.org").await;
        let team = world.team("Engines").await;
        world.member(team, "grace@example.org").await;
        let late = world.refused(async { world.service.register(&world.visitor(), &token, register(PASSWORD)).await });
        assert_eq!(Box::pin(late).await, Refusal::AlreadyRegistered);
    });
}

#[test]
fn an_address_has_one_link_and_three_mails_an_hour() {
    in_a_world(|world| async move {
        let first = link(&world, "grace@example.org").await;
        let second = link(&world, "grace@example.org").await;
        let old = world.refused(async { world.service.registration(&world.visitor(), &first).await });
        assert_eq!(Box::pin(old).await, Refusal::LinkExpired, "the new link replaced it");
        world.service.registration(&world.visitor(), &second).await.unwrap();
        let third = link(&world, "grace@example.org").await;

        let before = world.store.dump().await.unwrap();
        assert_eq!((before["registrations"].len(), before["person_keys"].len()), (1, 1));
        let grace = Email::parse("Grace@EXAMPLE.org").unwrap();
        for _ in 0..5 {
            world.service.request_registration(&world.visitor(), &grace).await.expect("the usual answer");
        }
        assert_eq!(world.store.dump().await.unwrap(), before, "nothing is sent, and nothing kept");
        world.service.registration(&world.visitor(), &third).await.unwrap();

        world.pass(1);
        world.service.request_registration(&world.visitor(), &grace).await.expect("the usual answer");
        assert_eq!(world.mails_to("Grace@EXAMPLE.org").await.len(), 1);

        world.registered("ada@example.org").await;
        let ada = Email::parse("ada@example.org").unwrap();
        for _ in 0..5 {
            world.service.request_registration(&world.visitor(), &ada).await.expect("the usual answer");
        }
        assert_eq!(world.mails_to("ada@example.org").await.len(), 3, "whether it is registered makes no difference");
    });
}

#[test]
fn who_is_free_on_a_verified_domain_comes_back_by_registering_again() {
    const OTHER: &str = "seven copper lanterns";
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let grace = world.member(team, "grace@works.example.org").await;
        let works = world.enterprise("Works", "works.example.org").await;
        let removed = world.service.remove(&world.host(), team, vec![grace.id.to_string()]).await.unwrap();
        assert!(removed[0].is_ok(), "a conflict of rule 5, now free and managed by nobody she can reach");

        let before = world.facts().await["passwords"].clone();
        let token = link(&world, "grace@works.example.org").await;
        let done = world.service.register(&world.visitor(), &token, register(OTHER)).await.unwrap();
        assert_eq!(done.user.id, grace.id);
        assert!(done.user.is_member_of(works) && done.user.license == BaseLicense::Plus);
        assert_eq!(done.user.epoch, grace.epoch + 2, "sessions end: by the removal, and by the new password");
        assert_eq!((done.user.registered, done.user.trial.until), (grace.registered, None), "no second trial");

        assert_ne!(world.facts().await["passwords"], before, "the new password replaces the old one");
        world.service.request_registration(&world.visitor(), &grace.primary).await.unwrap();
        let mail = world.mails_to("grace@works.example.org").await.remove(0);
        assert!(mail.text.contains("registered already"), "a member has nothing to come back to: {}", mail.text);
    });
}

#[test]
fn joining_by_the_domain_answers_the_accounts_own_invitation() {
    in_a_world(|world| async move {
        let works = world.team("Works").await;
        let old = world.invite(works, "grace@works.example.org").await;
        let ada = world.registered("ada@works.example.org").await;
        world.invite(works, "ada@works.example.org").await;
        let page = || carillon_service::PageRequest { after: None, limit: 10 };
        let listed = world.service.list_users(&world.host(), works, Default::default(), page()).await.unwrap().items;
        let wishes = listed.iter().map(|entry| (entry.id.clone(), BaseLicense::Pro.into())).collect();
        for outcome in world.service.assign_license(&world.host(), works, wishes).await.unwrap() {
            outcome.unwrap();
        }
        let domain = access::Domain::parse("works.example.org").unwrap();
        world.service.vouch_domain(&world.host(), works, domain).await.unwrap();
        let token = link(&world, "grace@works.example.org").await;
        let grace = world.service.register(&world.visitor(), &token, register(PASSWORD)).await.unwrap().user;
        assert_eq!(grace.license, BaseLicense::Pro, "chosen with the invitation");

        let listed = world.service.list_users(&world.host(), works, Default::default(), page()).await.unwrap().items;
        let ids: Vec<&str> = listed.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, [ada.id.to_string(), grace.id.to_string()], "each stands in the list once");
        assert!(listed.iter().all(|entry| entry.license == access::License::Pro), "{listed:?}");
        let late = world.refused(async { world.service.invitation(&world.visitor(), &old).await });
        assert_eq!(Box::pin(late).await, Refusal::InvitationClosed);
    });
}

#[test]
fn who_registers_or_is_invited_while_the_domain_is_verified_is_seen() {
    in_a_world(|world| async move {
        for n in 0..6 {
            let (domain, address) = (format!("d{n}.example"), format!("grace@d{n}.example"));
            let (works, team) = (world.team("Works").await, world.team("Engines").await);
            let token = link(&world, &address).await;
            let (host, visitor) = (world.host(), world.visitor());
            let verified = access::Domain::parse(&domain).unwrap();
            let list = access::address::split_list(&format!("alan@{domain}"));
            let (registered, verified, invited) = futures::join!(
                world.service.register(&visitor, &token, register(PASSWORD)).boxed(),
                world.service.vouch_domain(&host, works, verified).boxed(),
                world.service.invite(&host, team, list).boxed(),
            );
            registered.unwrap();
            verified.unwrap();
            invited.unwrap();
            let grace = world.service.find_user(&host, &address).await.unwrap();
            assert_eq!(grace.membership.map(|membership| membership.account), Some(works), "free on a verified domain");
            let page = carillon_service::PageRequest { after: None, limit: 10 };
            let open = world.service.list_users(&host, team, Default::default(), page).await.unwrap().items;
            assert!(open.is_empty(), "an invitation outlived the verification: {open:?}");
        }
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
