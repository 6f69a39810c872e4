//! Setting a directory up, connecting it, and the brake (rules 3, 45 and 85).

use access::authority::{Over, Role};
use access::directory::{Agreed, Command, Connection, Counts};
use access::{AccountType, BaseLicense, Refusal};
use carillon_service::directory::reach::Failed;
use carillon_service::directory::{NewDirectory, NewRun, Proposal, RunKind, RunState, Stepped};
use futures::FutureExt as _;
use jiff::ToSpan;
use uuid::Uuid;

use super::world::{NODE, anything, connection, group, mapping, new_directory, on_both, person};
use crate::world::refused;

#[test]
fn a_password_is_kept_but_never_sent_elsewhere() {
    on_both(|it| async move {
        let account = it.set_up("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        let wish = |connection: Connection, password: Option<&str>| NewDirectory {
            connection,
            password: password.map(str::to_owned),
            ..new_directory()
        };
        let elsewhere = Connection { urls: vec!["ldaps://evil.example".to_owned()], ..connection() };
        let tried = service.set_directory(&host, account, wish(elsewhere.clone(), None)).await;
        assert_eq!(refused(tried).code(), "invalid");
        let proposal = Proposal { connection: Some(elsewhere), ..Proposal::default() };
        assert_eq!(refused(service.test_directory(&host, account, proposal.clone()).await).code(), "invalid");
        assert_eq!(refused(service.preview_directory(&host, account, proposal).await).code(), "invalid");
        let same = Connection { base: "OU=Staff,DC=acme,DC=example".to_owned(), ..connection() };
        service.set_directory(&host, account, wish(same, None)).await.expect("the same server");
        let empty = service.set_directory(&host, account, wish(connection(), Some(""))).await;
        assert_eq!(refused(empty).code(), "invalid");
        let kept = format!("{:?} {:?}", it.world.dump().await, it.world.trail().await);
        assert!(!kept.contains("the reader's secret"));
        // Who may only look sees how it is set up; who administers people does not change it.
        let (_, reader) = it.world.administrator("r@acme.example", Over::Account(account), Role::ReadOnly).await;
        let (_, manager) = it.world.administrator("m@acme.example", Over::Account(account), Role::UserManagement).await;
        assert!(!service.directory(&reader, account).await.expect("shown").connected);
        for cx in [&reader, &manager] {
            let tried = service.set_directory(cx, account, new_directory()).await;
            assert_eq!(refused(tried).code(), "not-permitted");
            assert_eq!(
                refused(service.preview_directory(cx, account, Proposal::default()).await).code(),
                "not-permitted"
            );
            assert_eq!(refused(service.connect_directory(cx, account, anything()).await).code(), "not-permitted");
        }
    });
}

#[test]
fn connecting_needs_a_preview_that_was_agreed_to_and_an_administrator_who_can_sign_in() {
    on_both(|it| async move {
        let account = it.set_up("Acme", "acme.example").await;
        let people: Vec<_> = (1..=30).map(|n| person(n, &format!("p{n}@acme.example"))).collect();
        it.memory.holds(people, vec![group(101, "pro", &(1..=30).collect::<Vec<_>>())]);
        let member = it.world.member(account, "p1@acme.example").await;
        it.world.member(account, "left@acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        let seen = service.preview_directory(&host, account, Proposal::default()).await.expect("a preview");
        assert_eq!((seen.counts.join, seen.counts.pro, seen.counts.unlinked), (30, 30, 1));
        assert_eq!((seen.stopped, seen.missing), (true, vec!["plus".to_owned()]));
        assert!(seen.people.iter().all(|one| one.what == "join" && one.license == Some(BaseLicense::Pro)));
        let before = it.world.dump().await;
        let refusal = refused(service.connect_directory(&host, account, Agreed::default()).await);
        assert_eq!(refusal, Refusal::DirectoryAsks { into: 30, out: 1, administrators: 0 });
        let refusal = refused(service.connect_directory(&host, account, seen.asks.clone()).await);
        assert_eq!(refusal, Refusal::NoAdministratorLeft);
        it.memory.fails("unreachable");
        let refusal = refused(service.connect_directory(&host, account, seen.asks.clone()).await);
        assert_eq!(refusal.code(), "directory-unavailable");
        assert_eq!(it.world.dump().await, before, "refusals change nothing");
        it.memory.holds(
            (1..=30).map(|n| person(n, &format!("p{n}@acme.example"))).collect(),
            vec![group(101, "pro", &(1..=30).collect::<Vec<_>>())],
        );
        // Who does not sign in afterwards is agreed to as well, and administrators among them one by one.
        it.world.granted(member, Over::Account(account), Role::FullAccess).await;
        let refusal = refused(service.connect_directory(&host, account, seen.asks.clone()).await);
        assert_eq!(refusal, Refusal::DirectoryAsks { into: 29, out: 2, administrators: 1 });
        // An administrator in a mapped group counts once they have confirmed that they are that entry.
        let all = Agreed { out: 2, administrators: [member].into(), ..seen.asks.clone() };
        let refusal = refused(service.connect_directory(&host, account, all).await);
        assert_eq!(refusal, Refusal::NoAdministratorLeft);
        let oneself = it.world.cx(access::authority::Caller::Oneself(member));
        service.confirm_directory_link(&oneself).await.expect("confirmed");
        service.connect_directory(&host, account, seen.asks).await.expect("connected");
        assert_eq!(it.world.account(account).await.kind, AccountType::EnterpriseDirectory);
        let stepped = it.sync(account).await.expect("what was agreed to is not asked again");
        assert_eq!(stepped, Stepped { applied: 30, refused: 0, stopped: false });
        assert_eq!(it.who(account, 1).await, member);
    });
}

/// One that refuses the password would be tried again and again for one wish, until the account that reads is locked.
#[test]
fn a_wish_is_one_try_of_a_directory_that_does_not_answer() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(1_001, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        let turn = it.turn(account, NODE).await;
        let mut since = Vec::new();
        for _ in 0..2 {
            service.sync_directory(&host, account).await.expect("a wish");
            assert!(service.directory_wishes(account).await.expect("wishes").expect("connected").wanted);
            service.note_directory(turn, Err(&Failed::new("credentials", "refused"))).await.expect("noted");
            assert!(!service.directory_wishes(account).await.expect("wishes").expect("connected").wanted);
            since.push(service.directory(&host, account).await.expect("shown").directory.heard);
        }
        assert_eq!(since[0], since[1], "it is down since the first try");
        assert!(since[0].is_some());
    });
}

#[test]
fn a_wish_is_heard_by_who_begins_to_wait_only_after_it() {
    on_both(|it| async move {
        it.operator().await;
        let account = it.connected("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        let wished = service.directory_wished();
        service.sync_directory(&host, account).await.expect("a wish");
        assert!(wished.now_or_never().is_some(), "who was looking for wishes meanwhile hears of it");
        assert!(service.directory_wished().now_or_never().is_none(), "a wish of before is found by looking");
    });
}

#[test]
fn the_brake_asks_and_goes_ahead_when_somebody_agrees() {
    on_both(|it| async move {
        it.operator().await;
        let people = |to: u128| (1..=to).map(|n| person(n, &format!("p{n}@acme.example"))).collect::<Vec<_>>();
        let groups = || vec![group(1_001, "pro", &(1..=60).collect::<Vec<_>>())];
        it.memory.holds(people(60), groups());
        let account = it.connected("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        it.memory.holds(people(30), groups());
        assert_eq!(it.sync(account).await, None);
        let run = service.directory_run(&host, account, 2).await.expect("a run");
        assert_eq!((run.state, run.question.clone().map(|asked| asked.out)), (RunState::Asking, Some(30)));
        let known = service.known_in_directory(account, None).await.expect("known");
        assert_eq!(known.members, 60, "nothing happened so far");
        let less = Agreed { out: 29, ..Agreed::default() };
        let refusal = refused(service.confirm_directory_run(&host, account, 2, less).await);
        assert_eq!(refusal.code(), "directory-asks");
        let agreed = run.question.expect("a question");
        service.confirm_directory_run(&host, account, 2, agreed.clone()).await.expect("confirmed");
        assert_eq!(refused(service.confirm_directory_run(&host, account, 2, agreed).await), Refusal::RunOver);
        assert!(it.service().directory_wishes(account).await.expect("wishes").expect("connected").wanted);
        assert_eq!(it.sync(account).await.map(|stepped| stepped.applied), Some(30));
        let known = service.known_in_directory(account, None).await.expect("known");
        assert_eq!(known.members, 30);
        // What was agreed to held for that run.
        it.memory.holds(Vec::new(), groups());
        assert_eq!(it.sync(account).await, None);
        let refused_run = service.cancel_directory_run(&host, account, 4).await.expect("no");
        assert_eq!(refused_run.state, RunState::Refused);
    });
}

#[test]
fn members_whom_the_directory_does_not_have_are_agreed_to() {
    on_both(|it| async move {
        it.operator().await;
        let account = it.set_up("Acme", "acme.example").await;
        for n in 0..25 {
            it.world.member(account, &format!("left{n}@acme.example")).await;
        }
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        let (service, host) = (it.service(), it.world.host());
        let seen = service.preview_directory(&host, account, Proposal::default()).await.expect("a preview");
        assert_eq!((seen.asks.out, seen.counts.lock_out, seen.stopped), (25, 0, true));
        let agreed = Agreed { into: 1, ..Agreed::default() };
        let refusal = refused(service.connect_directory(&host, account, agreed).await);
        assert_eq!(refusal, Refusal::DirectoryAsks { into: 1, out: 25, administrators: 0 });
        service.connect_directory(&host, account, seen.asks).await.expect("connected");
        // Once it decides they are out already.
        let seen = service.preview_directory(&host, account, Proposal::default()).await.expect("a preview");
        assert_eq!((seen.asks.out, seen.counts.unlinked), (0, 25));
    });
}

#[test]
fn what_runs_of_the_last_hour_did_counts_whatever_became_of_them() {
    on_both(|it| async move {
        it.operator().await;
        let people = |from: u128| (from..=100).map(|n| person(n, &format!("p{n}@acme.example"))).collect::<Vec<_>>();
        let groups = || vec![group(1_001, "pro", &(1..=100).collect::<Vec<_>>())];
        it.memory.holds(people(1), groups());
        let account = it.connected("Acme", "acme.example").await;
        let (service, host, cx) = (it.service(), it.world.host(), it.service().system());
        // Twelve by a run that is done.
        it.memory.holds(people(13), groups());
        assert_eq!(it.sync(account).await.map(|stepped| stepped.applied), Some(12));
        // Eight by one that an administrator stopped, after it had done them.
        let turn = it.turn(account, NODE).await;
        let run = |out| NewRun {
            kind: RunKind::Changes,
            counts: Counts { remove: out, ..Counts::default() },
            asks: Agreed { out, ..Agreed::default() },
            conflicts: Vec::new(),
            members: 88,
        };
        let begun = service.begin_directory_run(&cx, turn, run(8)).await.expect("a run");
        assert_eq!(begun.question, None);
        let known = service.known_in_directory(account, None).await.expect("known").entries;
        let lost = |n| Command::Lost { id: Uuid::from_u128(n), user: known[&Uuid::from_u128(n)].user };
        service.apply_directory(&cx, turn, begun.number, (13..=20).map(lost).collect()).await.expect("applied");
        service.cancel_directory_run(&host, account, begun.number).await.expect("cancelled");
        // One that did nothing counts for nothing: it is planned again.
        let begun = service.begin_directory_run(&cx, turn, run(1)).await.expect("a run");
        assert_eq!(begun.question.map(|asked| asked.out), Some(1), "20 were put out within the hour");
        // Another node, by another service, knows it as well.
        it.world.clock.set(it.world.clock.now() + 59.minutes());
        let another = it.turn(account, Uuid::from_u128(2)).await;
        let now = service.system();
        let begun = service.begin_directory_run(&now, another, run(1)).await.expect("a run");
        assert!(begun.question.is_some());
        it.world.clock.set(it.world.clock.now() + 2.minutes());
        let another = it.turn(account, Uuid::from_u128(2)).await;
        let now = service.system();
        let begun = service.begin_directory_run(&now, another, run(20)).await.expect("a run");
        assert_eq!(begun.question, None, "an hour later it is past");
        let begun = service.begin_directory_run(&now, another, run(20)).await.expect("a run");
        assert_eq!(begun.question, None, "what was only begun did nothing");
        assert_eq!(
            service.directory_run(&host, account, begun.number - 1).await.expect("a run").state,
            RunState::Failed
        );
    });
}

#[test]
fn runs_of_the_last_hour_are_kept_however_many_they_are() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        let new = || NewRun {
            kind: RunKind::Changes,
            counts: Counts::default(),
            asks: Agreed::default(),
            conflicts: Vec::new(),
            members: 1,
        };
        let turn = it.turn(account, NODE).await;
        for _ in 0..205 {
            service.begin_directory_run(&service.system(), turn, new()).await.expect("a run");
        }
        service.directory_run(&host, account, 1).await.expect("it is there");
        it.world.clock.set(it.world.clock.now() + 61.minutes());
        let turn = it.turn(account, NODE).await;
        service.begin_directory_run(&service.system(), turn, new()).await.expect("a run");
        assert_eq!(refused(service.directory_run(&host, account, 7).await), Refusal::UnknownRun(7));
        service.directory_run(&host, account, 8).await.expect("the last 200 stay");
    });
}

#[test]
fn people_and_history_stay_when_a_directory_comes_and_goes() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        let ada = it.who(account, 1).await;
        assert_eq!(refused(service.remove_directory(&host, account).await).code(), "not-on-this-account");
        service.disconnect_directory(&host, account).await.expect("disconnected");
        assert_eq!(refused(service.sync_directory(&host, account).await), Refusal::NoSource);
        let by_hand = it.world.user(ada).await;
        assert_eq!((by_hand.license, by_hand.is_member_of(account)), (BaseLicense::Pro, true));
        // Connected again, the same entry is the same person, under another address too.
        it.memory.holds(vec![person(1, "countess@acme.example")], vec![group(102, "plus", &[1])]);
        service.connect_directory(&host, account, anything()).await.expect("connected");
        it.sync(account).await.expect("done");
        let now = it.world.user(ada).await;
        assert_eq!((now.primary.key(), now.license), ("countess@acme.example", BaseLicense::Plus));
        // Forgotten, another directory's entry is linked to her by her address.
        service.disconnect_directory(&host, account).await.expect("disconnected");
        service.remove_directory(&host, account).await.expect("removed");
        assert_eq!(refused(service.directory(&host, account).await), Refusal::NoDirectory);
        assert_eq!(it.world.user(ada).await.source, None);
        service.set_directory(&host, account, new_directory()).await.expect("another one");
        it.memory.holds(vec![person(77, "countess@acme.example")], vec![group(101, "pro", &[77])]);
        service.connect_directory(&host, account, anything()).await.expect("connected");
        it.sync(account).await.expect("done");
        assert_eq!(it.who(account, 77).await, ada);
    });
}

#[test]
fn mappings_follow_their_group_by_id() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "professionals", &[1])]);
        it.sync(account).await.expect("done");
        let view = service.directory(&host, account).await.expect("shown");
        assert_eq!(view.directory.mappings[0].group, "professionals");
        assert_eq!(service.directory_groups(&host, account, "prof").await.expect("groups").len(), 1);
        let wrong = vec![mapping(BaseLicense::Basic, "pro")];
        assert_eq!(refused(service.map_directory(&host, account, wrong).await).code(), "invalid");
        let mapped = service.map_directory(&host, account, vec![mapping(BaseLicense::Plus, "professionals")]).await;
        let mapped = mapped.expect("mapped").directory;
        assert!(mapped.mappings[0].id.is_some() && mapped.wanted, "{mapped:?}");
        it.sync(account).await.expect("done");
        assert_eq!(it.world.user(it.who(account, 1).await).await.license, BaseLicense::Plus);
        // Another group of its name counts once somebody has named it again.
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(102, "professionals", &[1])]);
        let source = async || it.world.user(it.who(account, 1).await).await.source.expect("a source").license;
        it.sync(account).await.expect("done");
        assert_eq!(source().await, None);
        let mappings = || vec![mapping(BaseLicense::Pro, "professionals")];
        let proposal = Proposal { mappings: Some(mappings()), ..Proposal::default() };
        let seen = service.preview_directory(&host, account, proposal).await.expect("a preview");
        assert_eq!((seen.counts.unlock, seen.missing), (1, vec![]));
        service.map_directory(&host, account, mappings()).await.expect("mapped");
        it.sync(account).await.expect("done");
        assert_eq!(source().await, Some(BaseLicense::Pro));
        // In another forest every id is another.
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(103, "professionals", &[1])]);
        let elsewhere = Connection { urls: vec!["ldaps://dc.other.example".to_owned()], ..connection() };
        let wish = NewDirectory { connection: elsewhere, mappings: None, ..new_directory() };
        service.set_directory(&host, account, wish).await.expect("another forest");
        assert_eq!(it.sync(account).await.expect("done"), Stepped::default());
        let now = service.directory(&host, account).await.expect("shown").directory.mappings;
        assert_eq!((now[0].id, now[0].anew), (Some(Uuid::from_u128(103)), false));
    });
}
