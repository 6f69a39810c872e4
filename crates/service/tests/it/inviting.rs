//! Invite, resend, cancel, create user (rules 14 to 16).

use access::Refusal;
use access::authority::{Over, Role};
use access::invitation::InvitationState;
use access::user::Status;

use crate::world::{codes, email, ids, list, on_both, refused};

#[test]
fn each_address_has_its_answer_and_a_bad_one_stops_no_other() {
    on_both(|world| async move {
        let team = world.team("Acme").await;
        world.enterprise("Claimed", "claimed.example").await;
        world.member(team, "own@example.org").await;
        world.free_user("known@example.org").await;
        let pasted = "ada@example.org; Bob <bob@example.net>, nonsense known@example.org\nADA@example.org \
                      own@example.org x@claimed.example";
        let answers = world.service.invite(&world.host(), team, list(pasted)).await.expect("answers");
        let codes = codes(&answers.iter().map(|answer| answer.result.clone()).collect::<Vec<_>>());
        let refused = "address-not-supported";
        assert_eq!(codes, ["ok", "ok", refused, "ok", "ok", "already-member", "domain-claimed"]);
        assert_eq!(answers[2].text, "nonsense");
        assert_eq!(answers[0].result, answers[4].result, "the same address twice is one invitation");
        assert_eq!(world.count("invitations").await, 3);
        assert_eq!(world.count("outbox").await, 3, "one mail for each invited address, none for the refused");
    });
}

#[test]
fn inviting_again_renews_the_invitation_under_its_id() {
    on_both(|world| async move {
        let team = world.team("Acme").await;
        let invite = async || {
            let answers = world.service.invite(&world.host(), team, list("ada@example.org")).await.expect("answers");
            answers[0].result.clone().expect("invited").expect("an invitation")
        };
        let first = invite().await;
        world.later(24);
        let second = invite().await;
        assert_eq!(first.id, second.id);
        assert!(second.expires > first.expires);
        assert_eq!((world.count("invitations").await, world.count("outbox").await), (1, 2));
    });
}

#[test]
fn an_invitation_is_sent_again_and_taken_back() {
    on_both(|world| async move {
        let (team, other) = (world.team("Acme").await, world.team("Other").await);
        let answers = world.service.invite(&world.host(), team, list("ada@example.org")).await.expect("answers");
        let invitation = answers[0].result.clone().expect("invited").expect("an invitation");
        let id = || ids(&[invitation.id]);

        let foreign = world.service.resend(&world.host(), other, id()).await.expect("answers");
        assert_eq!(codes(&foreign), ["unknown-user"], "another account's invitation is unknown");
        let links = world.store.dump().await.expect("a dump")["invitations"].clone();
        assert_eq!(codes(&world.service.resend(&world.host(), team, id()).await.expect("answers")), ["ok"]);
        assert_ne!(world.store.dump().await.expect("a dump")["invitations"], links, "the former link stopped");
        assert_eq!(world.count("outbox").await, 2);

        let cancelled = world.service.cancel(&world.host(), team, id()).await.expect("answers");
        let view = cancelled[0].clone().expect("cancelled");
        assert_eq!((view.invitation, view.status), (Some(InvitationState::Cancelled), Status::Unregistered));
        let again = world.service.cancel(&world.host(), team, id()).await.expect("answers");
        assert_eq!(codes(&again), ["unknown-user"], "it is not in the list any more");
    });
}

#[test]
fn an_enterprise_account_mails_how_to_register_and_keeps_nothing() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let answers = world
            .service
            .invite(&world.host(), account, list("ada@acme.example bob@else.example"))
            .await
            .expect("some");
        assert_eq!(answers[0].result, Ok(None));
        assert_eq!(answers[1].result.clone().expect_err("refused").code(), "not-on-own-domain");
        assert_eq!((world.count("invitations").await, world.count("users").await), (0, 0));
        assert_eq!(world.count("outbox").await, 1);
    });
}

#[test]
fn creating_a_user_makes_an_unregistered_member_or_on_a_team_an_invitation() {
    on_both(|world| async move {
        let (team, account) = (world.team("Team").await, world.enterprise("Acme", "acme.example").await);
        let made = world.create(account, "ada@acme.example").await;
        assert_eq!((made.status, made.invitation, made.registered), (Status::Unregistered, None, None));
        assert_eq!(made.license, access::License::Plus, "the account's default (rule 10)");
        let invited = world.create(team, "bob@example.net").await;
        assert_eq!(invited.invitation, Some(InvitationState::Pending));

        let service = &world.service;
        for (account, address) in [(account, "ADA@acme.example"), (team, "bob@example.net")] {
            let again = service.create_user(&world.host(), account, email(address)).await;
            assert_eq!(refused(again).code(), "already-exists");
        }
        let elsewhere = service.create_user(&world.host(), account, email("x@else.example")).await;
        assert_eq!(refused(elsewhere).code(), "not-on-own-domain");
    });
}

#[test]
fn an_accounts_administrators_cause_so_many_mails_a_day_and_the_host_more() {
    on_both(|world| async move {
        let (team, other) = (world.team("Acme").await, world.team("Other").await);
        let (_, cx) = world.administrator("admin@example.net", Over::Account(team), Role::FullAccess).await;
        let people = |from: u32, to: u32| {
            let addresses: Vec<String> = (from..to).map(|n| format!("person{n}@example.org")).collect();
            list(&addresses.join(" "))
        };
        world.service.invite(&cx, team, people(0, 50)).await.expect("as many as a day takes");
        let before = world.dump().await;
        let refusal = refused(world.service.invite(&cx, team, people(50, 51)).await);
        assert_eq!(refusal, Refusal::MailLimit { limit: 50 });
        assert_eq!(world.dump().await, before, "nothing of it was done");
        let invited = world.service.invite(&world.host(), team, people(50, 60)).await.expect("the host may");
        assert_eq!(invited.len(), 10);
        let (_, elsewhere) = world.administrator("boss@example.net", Over::Account(other), Role::FullAccess).await;
        world.service.invite(&elsewhere, other, people(0, 50)).await.expect("another account's are its own");
        world.later(24);
        world.service.invite(&world.cx(cx.caller), team, people(60, 110)).await.expect("another day");
    });
}
