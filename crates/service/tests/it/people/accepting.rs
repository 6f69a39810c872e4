//! Invitations as invited people meet them (rule 14).

use access::authority::{Over, Role};
use access::{BaseLicense, Refusal, UserId};

use super::world::{PASSWORD, accept, in_a_world};

#[test]
fn a_new_person_registers_and_joins_at_once() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let token = world.invite(team, "ada@example.org").await;
        let invited = world.now();
        world.pass(1);
        let view = world.service.invitation(&world.visitor(), &token).await.unwrap();
        assert_eq!((view.account_name.as_str(), view.address.as_str()), ("Engines", "ada@example.org"));
        assert_eq!((view.registered, view.leaves, view.license), (false, false, BaseLicense::Plus));
        let accepted = world.service.accept(&world.visitor(), &token, accept(PASSWORD, false)).await.unwrap();
        let user = accepted.user;
        assert!(!accepted.already && user.is_member_of(team) && user.registered == Some(world.now()));
        assert_eq!(user.display_name.as_deref(), Some("Ada Lovelace"));
        assert_eq!((user.license, accepted.account_name.as_str()), (BaseLicense::Plus, "Engines"));
        let shown = world.service.show_user(&world.host(), team, &user.id.to_string()).await;
        let shown = shown.expect("the invitation's id goes on naming the person");
        assert_eq!((shown.invited, shown.registered), (Some(invited), Some(world.now())), "rule 27");
    });
}

#[test]
fn looking_at_the_page_changes_nothing() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let token = world.invite(team, "ada@example.org").await;
        let before = world.store.dump().await.unwrap();
        for _ in 0..3 {
            world.service.invitation(&world.visitor(), &token).await.unwrap();
        }
        assert_eq!(world.store.dump().await.unwrap(), before);
    });
}

#[test]
fn a_registered_person_proves_who_they_are_by_password() {
    in_a_world(|world| async move {
        let free = world.registered("ada@example.org").await;
        let team = world.team("Engines").await;
        let token = world.invite(team, "ADA@example.org").await;
        assert!(world.service.invitation(&world.visitor(), &token).await.unwrap().registered);
        let wrong = world
            .refused(async { world.service.accept(&world.visitor(), &token, accept("another password", false)).await });
        assert_eq!(Box::pin(wrong).await, Refusal::WrongCredentials);
        let accepted = world.service.accept(&world.visitor(), &token, accept(PASSWORD, false)).await.unwrap();
        assert_eq!(accepted.user.id, free.id);
        assert_eq!(accepted.user.display_name.as_deref(), Some("Grace Hopper"), "the name they have stays");
    });
}

#[test]
fn a_member_of_another_team_consents_or_stays() {
    in_a_world(|world| async move {
        let (old, new) = (world.team("Old").await, world.team("New").await);
        let ada = world.member(old, "ada@example.org").await;
        let token = world.invite(new, "ada@example.org").await;
        let view = world.service.invitation(&world.visitor(), &token).await.unwrap();
        assert!(view.leaves);
        let stays =
            world.refused(async { world.service.accept(&world.visitor(), &token, accept(PASSWORD, false)).await });
        assert_eq!(Box::pin(stays).await, Refusal::MustLeaveTeam);
        let moved = world.service.accept(&world.visitor(), &token, accept(PASSWORD, true)).await.unwrap().user;
        assert!(moved.id == ada.id && moved.is_member_of(new));
        assert_eq!(moved.epoch, ada.epoch + 1, "sessions of the former account end (rule 17)");
    });
}

#[test]
fn a_member_of_an_enterprise_account_is_refused() {
    in_a_world(|world| async move {
        let works = world.enterprise("Works", "works.example.org").await;
        let team = world.team("Engines").await;
        // Grace was invited before she became a member of the Enterprise account: by the operator, off its domain.
        let token = world.invite(team, "grace@example.org").await;
        world.registered("grace@example.org").await;
        world.move_to("grace@example.org", works).await;
        let looks = world.refused(async { world.service.invitation(&world.visitor(), &token).await });
        assert_eq!(Box::pin(looks).await, Refusal::ManagedElsewhere, "and need not fill in the form to learn it");
        let refused =
            world.refused(async { world.service.accept(&world.visitor(), &token, accept(PASSWORD, true)).await });
        assert_eq!(Box::pin(refused).await, Refusal::ManagedElsewhere);
    });
}

#[test]
fn links_that_do_not_work_are_refused_and_change_nothing() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let first = world.invite(team, "ada@example.org").await;
        let second = world.invite(team, "ada@example.org").await;
        assert_ne!(first, second, "a repeated invitation brings a new link");
        for unknown in [first.as_str(), "", "x", &"f".repeat(64), "../../etc/passwd"] {
            let refusal =
                world.refused(async { world.service.accept(&world.visitor(), unknown, accept(PASSWORD, false)).await });
            assert_eq!(Box::pin(refusal).await, Refusal::LinkExpired, "{unknown}");
            let refusal = world.refused(async { world.service.decline(&world.visitor(), unknown).await });
            assert_eq!(Box::pin(refusal).await, Refusal::LinkExpired, "{unknown}");
        }
        for (password, leave) in [("short", false), ("Password2026", false), ("adalovelace1815", true)] {
            let refusal =
                world.refused(async { world.service.accept(&world.visitor(), &second, accept(password, leave)).await });
            assert_eq!(Box::pin(refusal).await.code(), "weak-password", "{password}");
        }
        let nameless = carillon_service::Accept { name: " \n ".to_owned(), ..accept(PASSWORD, false) };
        let refusal = world.refused(async { world.service.accept(&world.visitor(), &second, nameless).await });
        assert_eq!(Box::pin(refusal).await.code(), "invalid");
        world.pass(14 * 24);
        let refusal =
            world.refused(async { world.service.accept(&world.visitor(), &second, accept(PASSWORD, false)).await });
        assert_eq!(Box::pin(refusal).await, Refusal::InvitationClosed);
        let refusal = world.refused(async { world.service.invitation(&world.visitor(), &second).await });
        assert_eq!(Box::pin(refusal).await, Refusal::InvitationClosed);
    });
}

#[test]
fn a_declined_invitation_is_closed() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let token = world.invite(team, "ada@example.org").await;
        world.service.decline(&world.visitor(), &token).await.unwrap();
        for _ in 0..2 {
            let refusal = world.refused(async { world.service.decline(&world.visitor(), &token).await });
            assert_eq!(Box::pin(refusal).await, Refusal::InvitationClosed);
            let refusal =
                world.refused(async { world.service.accept(&world.visitor(), &token, accept(PASSWORD, false)).await });
            assert_eq!(Box::pin(refusal).await, Refusal::InvitationClosed);
        }
    });
}

#[test]
fn a_double_click_is_one_acceptance() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let token = world.invite(team, "ada@example.org").await;
        let click = || async {
            let visitor = world.visitor();
            world.service.accept(&visitor, &token, accept(PASSWORD, false)).await.unwrap()
        };
        let (one, two) = futures::join!(click(), click());
        assert_ne!(one.already, two.already, "one of them did it");
        assert_eq!(one.user.id, two.user.id);
        let facts = world.facts().await;
        assert!(click().await.already);
        assert_eq!(world.facts().await, facts);
        let other = world.refused(async {
            world.service.accept(&world.visitor(), &token, accept("some other person", false)).await
        });
        assert_eq!(Box::pin(other).await, Refusal::WrongCredentials);
    });
}

#[test]
fn the_first_acceptance_wins_between_two_teams() {
    in_a_world(|world| async move {
        let (one, two) = (world.team("One").await, world.team("Two").await);
        let first = world.invite(one, "ada@example.org").await;
        let second = world.invite(two, "ada@example.org").await;
        let visitor = world.visitor();
        let answer = |token: String| {
            let (world, visitor) = (&world, &visitor);
            async move { world.service.accept(visitor, &token, accept(PASSWORD, false)).await }
        };
        let (a, b) = futures::join!(answer(first), answer(second));
        let won = [&a, &b].iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "{a:?} {b:?}");
        let lost = if a.is_ok() { b } else { a };
        let Err(carillon_service::Error::Refused(refusal)) = lost else { panic!("refused") };
        assert_eq!(refusal, Refusal::MustLeaveTeam);
    });
}

#[test]
fn the_mail_says_who_invites() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let ada = world.member(team, "ada@example.org").await;
        let grant = world.grant(&ada, Over::Account(team), Role::UserManagement).await;
        let list = access::address::split_list("bob@example.net");
        world.service.invite(&world.administrator(grant), team, list).await.unwrap();
        let mail = world.mails_to("bob@example.net").await.remove(0);
        assert!(mail.text.contains("Ada Lovelace invites you to join Engines"), "{}", mail.text);
        let token = world.mailed_token("bob@example.net").await;
        let view = world.service.invitation(&world.visitor(), &token).await.unwrap();
        assert_eq!(view.invited_by.as_deref(), Some("Ada Lovelace"));
        let bob = world.service.accept(&world.visitor(), &token, accept(PASSWORD, false)).await.unwrap().user;
        assert_ne!(bob.id, UserId(ada.id.0));
    });
}
