//! Suspend, activate, remove, leave, log out, block (rules 17, 18, 23).

use access::authority::{Caller, Over, Role};
use access::user::Status;
use jiff::ToSpan;

use crate::world::{codes, email, ids, list, on_both, refused, start};

#[test]
fn suspending_ends_sessions_and_activating_does_not_bring_them_back() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let ada = world.member(account, "ada@acme.example").await;
        let service = &world.service;
        let reason = Some("  lost phone ".to_owned());
        let until = Some(start() + 48.hours());
        let answers = service.suspend(&world.host(), account, ids(&[ada]), reason, until).await.expect("answers");
        assert_eq!(answers[0].clone().expect("suspended").status, Status::Suspended);
        let suspended = world.user(ada).await;
        assert_eq!(suspended.epoch, 1);
        let suspension = suspended.suspension.expect("a suspension");
        assert_eq!((suspension.reason.as_deref(), suspension.until), (Some("lost phone"), until));

        assert_eq!(codes(&service.activate(&world.host(), account, ids(&[ada])).await.expect("answers")), ["ok"]);
        let active = world.user(ada).await;
        assert_eq!((active.epoch, active.suspension), (1, None));
        let again = service.activate(&world.host(), account, ids(&[ada])).await.expect("answers");
        assert_eq!(codes(&again), ["not-suspended"]);
    });
}

#[test]
fn a_list_names_each_person_once_however_often_they_are_listed() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let ada = world.member(account, "ada@acme.example").await;
        let users = vec![ada.to_string(), "nobody".to_owned(), ada.to_string()];
        let answers = world.service.suspend(&world.host(), account, users, None, None).await.expect("answers");
        assert_eq!(codes(&answers), ["ok", "unknown-user", "ok"]);
        assert_eq!(world.user(ada).await.epoch, 1);
    });
}

#[test]
fn a_team_cannot_suspend_and_nobody_suspends_themselves_or_into_the_past() {
    on_both(|world| async move {
        let (team, account) = (world.team("Team").await, world.enterprise("Acme", "acme.example").await);
        let (bob, ada) = (world.member(team, "bob@example.net").await, world.member(account, "ada@acme.example").await);
        let service = &world.service;
        let invited = service.invite(&world.host(), team, list("new@example.net")).await.expect("answers");
        let invited = invited[0].result.clone().expect("invited").expect("an invitation").id;
        let on_team = vec![bob.to_string(), invited.to_string()];
        let answers = service.suspend(&world.host(), team, on_team, None, None).await.expect("answers");
        assert_eq!(codes(&answers), ["team-cannot-suspend", "team-cannot-suspend"]);

        let cx = world.granted(ada, Over::Account(account), Role::FullAccess).await;
        let oneself = service.suspend(&cx, account, ids(&[ada]), None, None).await.expect("answers");
        assert_eq!(codes(&oneself), ["cannot-suspend-yourself"]);
        let past = service.suspend(&world.host(), account, ids(&[ada]), None, Some(start())).await.expect("answers");
        assert_eq!(codes(&past), ["end-in-the-past"]);
        let endless = Some("x".repeat(501));
        assert_eq!(
            refused(service.suspend(&world.host(), account, ids(&[ada]), endless, None).await).code(),
            "invalid"
        );
    });
}

#[test]
fn removing_leaves_a_free_user_who_is_told_and_cancels_invitations() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let bob = world.member(team, "bob@example.net").await;
        let service = &world.service;
        let invited = service.invite(&world.host(), team, list("new@example.net")).await.expect("answers");
        let invited = invited[0].result.clone().expect("invited").expect("an invitation").id;
        let both = vec![bob.to_string(), invited.to_string()];
        let answers = service.remove(&world.host(), team, both.clone()).await.expect("answers");
        assert_eq!(codes(&answers), ["ok", "ok"]);
        let removed = world.user(bob).await;
        assert_eq!((removed.membership, removed.license, removed.epoch), (None, access::BaseLicense::Basic, 1));
        assert_eq!(world.count("outbox").await, 2, "the invitation, and the letter to who was removed");
        let again = service.remove(&world.host(), team, both).await.expect("answers");
        assert_eq!(codes(&again), ["unknown-user", "unknown-user"]);
    });
}

#[test]
fn who_leaves_is_a_free_user_and_is_told() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let bob = world.member(team, "bob@example.net").await;
        let left = world.service.leave(&world.cx(Caller::Oneself(bob))).await.expect("a free user");
        assert_eq!((left.membership, left.epoch), (None, 1));
        assert_eq!(world.user(bob).await, left);
        let mail = world.mails(1).await.remove(0);
        assert_eq!((&mail["kind"], &mail["to"]), (&"left".into(), &"bob@example.net".into()), "{mail}");
    });
}

#[test]
fn who_is_on_an_own_domain_is_neither_removed_nor_leaves() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let (ada, eve) =
            (world.member(account, "ada@acme.example").await, world.member(account, "eve@else.example").await);
        let service = &world.service;
        let answers = service.remove(&world.host(), account, ids(&[ada, eve])).await.expect("answers");
        assert_eq!(codes(&answers), ["managed-by-domain", "ok"]);
        assert_eq!(refused(service.leave(&world.cx(Caller::Oneself(ada))).await).code(), "managed-by-domain");
        assert_eq!(refused(service.leave(&world.cx(Caller::Oneself(eve))).await).code(), "not-a-member");
        assert_eq!(refused(service.leave(&world.host()).await).code(), "not-permitted");
    });
}

#[test]
fn logging_out_only_ends_sessions() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let bob = world.member(team, "bob@example.net").await;
        let before = world.user(bob).await;
        assert_eq!(codes(&world.service.log_out(&world.host(), team, ids(&[bob])).await.expect("answers")), ["ok"]);
        assert_eq!(world.user(bob).await, access::User { epoch: before.epoch + 1, ..before });
    });
}

#[test]
fn the_operator_blocks_anybody_and_an_administrator_nobody() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let (bob, free) = (world.member(team, "bob@example.net").await, world.free_user("free@example.net").await);
        let service = &world.service;
        let users = vec![bob.to_string(), free.to_string(), "nobody".to_owned(), bob.to_string()];
        let answers = service.block(&world.host(), users, Some("abuse".to_owned())).await.expect("answers");
        assert_eq!(codes(&answers), ["ok", "ok", "unknown-user", "ok"]);
        assert_eq!((world.user(bob).await.epoch, world.user(bob).await.block.is_some()), (1, true));
        let (_, cx) = world.administrator("admin@example.net", Over::Account(team), Role::FullAccess).await;
        assert_eq!(refused(service.unblock(&cx, ids(&[bob])).await).code(), "not-permitted");
        let answers = service.unblock(&world.host(), ids(&[bob, bob])).await.expect("answers");
        assert_eq!(codes(&answers), ["ok", "ok"]);
        assert_eq!(codes(&service.unblock(&world.host(), ids(&[bob])).await.expect("answers")), ["not-blocked"]);
        assert_eq!(email("bob@example.net"), world.user(bob).await.primary);
    });
}

#[test]
fn lists_in_any_order_at_once_do_not_stand_in_each_others_way() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let service = &world.service;
        service.set_seats(&world.host(), account, access::BaseLicense::Plus, Some(2)).await.expect("seats");
        let mut people = Vec::new();
        for n in 0..6 {
            people.push(world.create(account, &format!("p{n}@acme.example")).await.id);
        }
        let backwards: Vec<String> = people.iter().rev().cloned().collect();
        let rounds = (0..4).map(|_| async {
            let (one, two) = (people.clone(), backwards.clone());
            let basic = people.iter().map(|id| (id.clone(), access::License::Basic)).collect();
            let cx = world.host();
            let (a, b, c, d) = futures::join!(
                service.log_out(&cx, account, one.clone()),
                service.log_out(&cx, account, two.clone()),
                service.block(&cx, two, None),
                service.assign_license(&cx, account, basic),
            );
            a.expect("answers");
            b.expect("answers");
            c.expect("answers");
            d.expect("answers");
        });
        futures::future::join_all(rounds).await;
        for id in people {
            assert_eq!(world.user(id.parse().expect("an id")).await.epoch, 12, "nothing was lost or done twice");
        }
    });
}
