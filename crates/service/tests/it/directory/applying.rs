//! What a directory says of people is done (rules 11, 12, 19 and 83).

use access::authority::{Over, Role};
use access::directory::{Agreed, Command, Counts};
use access::{BaseLicense, Domain, Refusal};
use carillon_service::directory::{NewRun, Proposal, RunEnd, RunKind, RunState, Stepped};
use carillon_service::{Error, NewProvider, PageRequest, single};
use futures::FutureExt;
use jiff::{Timestamp, ToSpan};
use store::UpstreamLink;
use uuid::Uuid;

use super::world::{NODE, anything, group, on_both, person};
use crate::world::{ids, refused};

fn page() -> PageRequest {
    PageRequest { after: None, limit: 100 }
}

#[test]
fn groups_give_licenses_and_who_is_in_none_is_nobody() {
    on_both(|it| async move {
        it.operator().await;
        let people = vec![person(1, "ada@acme.example"), person(2, "bob@acme.example"), person(3, "eve@acme.example")];
        it.memory.holds(people, vec![group(101, "pro", &[1]), group(102, "plus", &[1, 2])]);
        let account = it.connected("Acme", "acme.example").await;
        let ada = it.world.user(it.who(account, 1).await).await;
        assert_eq!((ada.license, ada.display_name.as_deref()), (BaseLicense::Pro, Some("Person 1")));
        assert!(ada.registered.is_some() && ada.is_member_of(account));
        assert_eq!(it.world.user(it.who(account, 2).await).await.license, BaseLicense::Plus);
        assert_eq!(it.known(account, 3).await, None);
        // The same again changes nothing at all.
        let before = it.world.dump().await;
        assert_eq!(it.sync(account).await, Some(Stepped::default()));
        assert_eq!(it.world.dump().await, before);
        let run = it.service().directory_run(&it.world.host(), account, 1).await.expect("the run");
        assert_eq!((run.state, run.applied, run.refused), (RunState::Done, 2, 0));
    });
}

#[test]
fn a_lock_out_ends_sessions_and_who_is_gone_comes_back_as_they_were() {
    on_both(|it| async move {
        it.operator().await;
        let groups = || vec![group(101, "pro", &[1, 2])];
        it.memory.holds(vec![person(1, "ada@acme.example"), person(2, "bob@acme.example")], groups());
        let account = it.connected("Acme", "acme.example").await;
        let (ada, bob) = (it.who(account, 1).await, it.who(account, 2).await);
        let epoch = it.world.user(ada).await.epoch;
        let disabled = access::directory::Person { enabled: false, ..person(1, "ada@acme.example") };
        it.memory.holds(vec![disabled], groups());
        it.sync(account).await.expect("few people need no asking");
        let locked_out = it.world.user(ada).await;
        assert_eq!((locked_out.epoch, locked_out.license), (epoch + 1, BaseLicense::Pro));
        assert!(!it.world.user(bob).await.is_member_of(account), "who is gone is removed");
        let log = it.service().directory_log(&it.world.host(), account, 2, page()).await.expect("a log");
        let mut told: Vec<_> =
            log.items.iter().map(|logged| (logged.line.outcome.as_str(), logged.address.as_deref())).collect();
        told.sort_unstable();
        assert_eq!(told, [("locked-out", Some("ada@acme.example")), ("removed", None)], "no member, no address");
        it.memory.holds(vec![person(1, "ada@acme.example"), person(2, "bob@acme.example")], groups());
        it.sync(account).await.expect("done");
        assert!(it.world.user(bob).await.is_member_of(account), "by the same entry they are the same person");
        // The trail says which run it was, and names nobody in the clear.
        let trail = it.world.trail().await;
        let applied: Vec<_> = trail.iter().filter(|entry| entry.action == "directory.apply").collect();
        assert!(applied.iter().all(|entry| entry.why.as_deref().is_some_and(|why| why.starts_with("directory run "))));
        let plain = format!("{:?}", applied.iter().map(|entry| (&entry.before, &entry.after)).collect::<Vec<_>>());
        assert!(!plain.contains("acme.example") && !plain.contains("Person 1"), "{plain}");
    });
}

#[test]
fn addresses_that_somebody_has_stay_theirs_and_are_tried_again() {
    on_both(|it| async move {
        it.operator().await;
        let groups = || vec![group(101, "plus", &[1, 2])];
        it.memory.holds(vec![person(1, "ada@acme.example"), person(2, "bob@acme.example")], groups());
        let account = it.connected("Acme", "acme.example").await;
        let (ada, bob) = (it.who(account, 1).await, it.who(account, 2).await);
        // A further address that is hers, and a rename to hers: neither moves it.
        let bob_wants = access::directory::Person {
            others: vec!["ada@acme.example".to_owned(), "robert@acme.example".to_owned()],
            ..person(2, "bob@acme.example")
        };
        it.memory.holds(vec![person(1, "ada@acme.example"), bob_wants], groups());
        it.sync(account).await.expect("done");
        let now = it.world.user(bob).await;
        assert_eq!(now.secondary.iter().map(|one| one.key()).collect::<Vec<_>>(), ["robert@acme.example"]);
        let log = it.service().directory_log(&it.world.host(), account, 2, page()).await.expect("a log");
        assert_eq!(log.items[0].line.code.as_deref(), Some("address-taken"));
        assert_eq!(log.items[0].address.as_deref(), Some("bob@acme.example"));
        // She lets it go: the next full run gives it to him.
        let bob_wants =
            access::directory::Person { others: vec!["ada@acme.example".to_owned()], ..person(2, "bob@acme.example") };
        it.memory.holds(vec![person(1, "countess@acme.example"), bob_wants], groups());
        it.sync(account).await.expect("done");
        it.sync(account).await.expect("done");
        assert_eq!(it.world.user(ada).await.primary.key(), "countess@acme.example");
        assert_eq!(it.world.user(bob).await.secondary[0].key(), "ada@acme.example");
    });
}

#[test]
fn who_a_directory_takes_over_has_no_other_way_to_sign_in() {
    on_both(|it| async move {
        it.operator().await;
        let account = it.set_up("Acme", "acme.example").await;
        let ada = it.world.member(account, "ada@acme.example").await;
        let wish = NewProvider {
            name: "Acme login".to_owned(),
            issuer: "https://login.example".to_owned(),
            client_id: "us".to_owned(),
            secret: None,
            domains: vec![Domain::parse("acme.example").expect("a domain")],
        };
        let provider = it.service().add_provider(&it.world.host(), Over::Account(account), wish).await;
        let provider = provider.expect("a provider").id;
        let linked = it.world.store.write(move |w| {
            async move {
                let link = UpstreamLink { provider, user: ada, confirmed: true, created: Timestamp::UNIX_EPOCH };
                w.insert_upstream_link(&UpstreamLink::hash(provider, "ada"), &link).await?;
                w.commit((), vec![], vec![]).await
            }
            .boxed()
        });
        linked.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        assert_eq!(it.world.count("upstream_links").await, 1);
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        it.service().connect_directory(&it.world.host(), account, anything()).await.expect("connected");
        it.sync(account).await.expect("done");
        assert_eq!(it.who(account, 1).await, ada);
        assert_eq!(it.world.count("upstream_links").await, 0);
    });
}

#[test]
fn another_entry_with_an_address_is_another_person() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "plus", &[1, 2])]);
        let account = it.connected("Acme", "acme.example").await;
        let former = it.who(account, 1).await;
        it.memory.holds(vec![person(2, "ada@acme.example")], vec![group(101, "plus", &[1, 2])]);
        it.sync(account).await.expect("done");
        let next = it.who(account, 2).await;
        assert_ne!(former, next);
        let former = it.world.user(former).await;
        assert!(former.primary.key().ends_with("@former.invalid") && !former.is_member_of(account));
        assert_eq!(it.world.user(next).await.primary.key(), "ada@acme.example");
    });
}

#[test]
fn another_tenants_directory_changes_nobody_here() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let ada = it.who(account, 1).await;
        let before = it.world.user(ada).await;
        // The same entry id with an address of theirs, her address, and her as a further address.
        let others = vec!["ada@acme.example".to_owned()];
        let claims =
            vec![access::directory::Person { others, ..person(1, "ada@rival.example") }, person(2, "ada@acme.example")];
        it.memory.holds(claims, vec![group(101, "plus", &[1, 2])]);
        let rival = it.connected("Rival", "rival.example").await;
        assert_eq!(it.world.user(ada).await, before);
        let theirs = it.who(rival, 1).await;
        assert_ne!(theirs, ada);
        assert!(it.world.user(theirs).await.secondary.is_empty());
        assert_eq!(it.known(rival, 2).await, None, "an address on a domain that is not theirs makes nobody");
        // Nor does losing the entry there.
        it.memory.holds(Vec::new(), vec![group(101, "plus", &[])]);
        it.sync(rival).await;
        assert_eq!(it.world.user(ada).await, before);
        assert_eq!(it.who(account, 1).await, ada);
    });
}

#[test]
fn a_cancelled_run_and_a_disconnected_account_stop() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let ada = it.who(account, 1).await;
        let (service, host, cx) = (it.service(), it.world.host(), it.service().system());
        let lost = || vec![Command::Lost { id: Uuid::from_u128(1), user: ada }];
        let turn = it.turn(account, NODE).await;
        let begin = async || service.begin_directory_run(&cx, turn, nothing()).await.expect("a run").number;
        let stopped = Stepped { stopped: true, ..Stepped::default() };
        let run = begin().await;
        let cancelled = service.cancel_directory_run(&host, account, run).await.expect("cancelled");
        assert_eq!(cancelled.state, RunState::Cancelled);
        assert_eq!(service.apply_directory(&cx, turn, run, lost()).await.expect("an answer"), stopped);
        assert_eq!(refused(service.cancel_directory_run(&host, account, run).await), Refusal::RunOver);
        let run = begin().await;
        service.disconnect_directory(&host, account).await.expect("disconnected");
        assert_eq!(service.apply_directory(&cx, turn, run, lost()).await.expect("an answer"), stopped);
        assert!(it.world.user(ada).await.is_member_of(account));
        // Nobody but Carillon itself applies anything.
        let tried = service.apply_directory(&host, turn, run, lost()).await;
        assert_eq!(refused(tried).code(), "not-permitted");
    });
}

/// A run of some changes, for which nobody is asked.
fn nothing() -> NewRun {
    NewRun {
        kind: RunKind::Changes,
        counts: Counts::default(),
        asks: Agreed::default(),
        conflicts: Vec::new(),
        members: 0,
    }
}

#[test]
fn who_lost_the_lease_changes_nothing_and_whose_run_was_ended_plans_again() {
    on_both(|it| async move {
        it.operator().await;
        it.memory.holds(vec![person(1, "ada@acme.example")], vec![group(101, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let ada = it.who(account, 1).await;
        let (service, cx) = (it.service(), it.service().system());
        let lost = || vec![Command::Lost { id: Uuid::from_u128(1), user: ada }];
        let asleep = it.turn(account, NODE).await;
        let run = service.begin_directory_run(&cx, asleep, nothing()).await.expect("a run").number;
        // It slept for longer than its lease; another node goes on, with a run of its own.
        it.world.clock.set(it.world.clock.now() + 31.seconds());
        let awake = it.turn(account, Uuid::from_u128(2)).await;
        let another = service.begin_directory_run(&cx, awake, nothing()).await.expect("a run").number;
        let before = it.world.dump().await;
        let over = RunEnd::Done { drift: 0 };
        for tried in [
            service.begin_directory_run(&cx, asleep, nothing()).await.map(drop),
            service.apply_directory(&cx, asleep, run, lost()).await.map(drop),
            service.apply_directory(&cx, asleep, another, lost()).await.map(drop),
            service.end_directory_run(&cx, asleep, another, over.clone()).await,
            service.keep_mappings(&cx, asleep, 1, Vec::new()).await.map(drop),
        ] {
            assert!(matches!(tried, Err(Error::Unavailable(_))), "{tried:?}");
        }
        assert_eq!(it.world.dump().await, before);
        // A run that was ended by another is no run that an administrator stopped.
        let tried = service.apply_directory(&cx, awake, run, lost()).await;
        assert!(matches!(tried, Err(Error::Unavailable(_))), "{tried:?}");
        assert!(service.has_turn(&awake.task(), awake.node).await.expect("an answer"));
        assert!(!service.has_turn(&asleep.task(), asleep.node).await.expect("an answer"));
        service.apply_directory(&cx, awake, another, lost()).await.expect("applied");
        service.end_directory_run(&cx, awake, another, over).await.expect("over");
        assert!(!it.world.user(ada).await.is_member_of(account));
    });
}

#[test]
fn people_who_change_addresses_with_each_other_have_them_after_one_run() {
    on_both(|it| async move {
        it.operator().await;
        let named = |names: [&str; 5]| {
            (1..).zip(names).map(|(n, name)| person(n, &format!("{name}@acme.example"))).collect::<Vec<_>>()
        };
        let groups = || vec![group(101, "plus", &[1, 2, 3, 4, 5])];
        it.memory.holds(named(["ada", "bob", "eve", "kim", "zoe"]), groups());
        let account = it.connected("Acme", "acme.example").await;
        let mut people = Vec::new();
        for n in 1..=5 {
            people.push(it.who(account, n).await);
        }
        // Two with each other, and a chain whose end is free.
        it.memory.holds(named(["bob", "ada", "kim", "zoe", "lea"]), groups());
        assert_eq!(it.sync(account).await.expect("done"), Stepped { applied: 5, refused: 0, stopped: false });
        for (user, name) in people.iter().zip(["bob", "ada", "kim", "zoe", "lea"]) {
            assert_eq!(it.world.user(*user).await.primary.key(), format!("{name}@acme.example"));
        }
        assert_eq!(it.sync(account).await, Some(Stepped::default()), "nothing is left to be tried again");
        // Who wants the address of somebody who keeps it does not get it, nor does who wants theirs.
        it.memory.holds(named(["ada", "kim", "kim", "zoe", "lea"]), groups());
        it.sync(account).await.expect("done");
        assert_eq!(it.world.user(people[1]).await.primary.key(), "ada@acme.example");
        assert_eq!(it.world.user(people[0]).await.primary.key(), "bob@acme.example");
    });
}

#[test]
fn who_changes_addresses_with_somebody_far_off_in_a_run_has_it_too() {
    on_both(|it| async move {
        it.operator().await;
        const MANY: u128 = 700;
        let groups = || vec![group(5_000, "plus", &(1..=MANY).collect::<Vec<_>>())];
        let all = |swapped: bool, name: &str| {
            let one = |n: u128| {
                let address = if swapped && (n == 1 || n == MANY) { MANY + 1 - n } else { n };
                let name = Some(format!("{name} {n}"));
                access::directory::Person { name, ..person(n, &format!("p{address}@acme.example")) }
            };
            (1..=MANY).map(one).collect::<Vec<_>>()
        };
        it.memory.holds(all(false, "Person"), groups());
        let account = it.connected("Acme", "acme.example").await;
        let (first, last) = (it.who(account, 1).await, it.who(account, MANY).await);
        it.memory.holds(all(true, "Another"), groups());
        let stepped = it.sync(account).await.expect("done");
        assert_eq!(stepped, Stepped { applied: 700, refused: 0, stopped: false });
        assert_eq!(it.world.user(first).await.primary.key(), "p700@acme.example");
        assert_eq!(it.world.user(last).await.primary.key(), "p1@acme.example");
    });
}

#[test]
fn an_account_that_ends_is_locked_out_by_a_plan_of_its_moment() {
    on_both(|it| async move {
        it.operator().await;
        let now = it.world.clock.now();
        let expires = Some(now + 1.hour());
        let ends = access::directory::Person { expires, ..person(1, "ada@acme.example") };
        it.memory.holds(vec![ends], vec![group(101, "pro", &[1])]);
        let account = it.connected("Acme", "acme.example").await;
        let ada = it.who(account, 1).await;
        let source = async || it.world.user(ada).await.source.expect("a source").enabled;
        assert!(source().await);
        let epoch = it.world.user(ada).await.epoch;
        it.world.clock.set(it.world.clock.now() + 1.hour());
        it.sync(account).await.expect("done");
        assert!(!source().await);
        assert_eq!(it.world.user(ada).await.epoch, epoch + 1);
        assert_eq!(it.sync(account).await, Some(Stepped::default()));
    });
}

#[test]
fn a_person_with_a_grant_confirms_the_link_themselves() {
    on_both(|it| async move {
        it.operator().await;
        let account = it.set_up("Acme", "acme.example").await;
        let boss = it.world.member(account, "boss@acme.example").await;
        it.world.granted(boss, Over::Account(account), Role::FullAccess).await;
        it.memory.holds(vec![person(1, "boss@acme.example")], vec![group(101, "pro", &[1])]);
        let (service, host) = (it.service(), it.world.host());
        let agreed = Agreed { administrators: [boss].into(), ..anything() };
        service.connect_directory(&host, account, agreed).await.expect("connected");
        // It is known before anything is done, and does not count as somebody who is let in.
        let seen = service.preview_directory(&host, account, Proposal::default()).await.expect("a preview");
        assert_eq!((seen.counts.join, seen.counts.conflicts, seen.asks.into), (0, 1, 0));
        assert_eq!((seen.people[0].what, seen.people[0].code), ("conflict", Some("link-unconfirmed")));
        let stepped = it.sync(account).await.expect("done");
        assert_eq!((stepped.applied, stepped.refused), (0, 0));
        assert_eq!(it.known(account, 1).await, None);
        let log = service.directory_log(&host, account, 1, page()).await.expect("a log");
        assert_eq!(log.items[0].line.code.as_deref(), Some("link-unconfirmed"));
        let oneself = it.world.cx(access::authority::Caller::Oneself(boss));
        assert_eq!(service.awaited_link(&oneself).await.expect("an answer"), Some(account));
        assert_eq!(refused(service.confirm_directory_link(&host).await).code(), "not-permitted");
        service.confirm_directory_link(&oneself).await.expect("confirmed");
        assert_eq!(service.awaited_link(&oneself).await.expect("an answer"), None);
        it.sync(account).await.expect("done");
        assert_eq!(it.who(account, 1).await, boss);
        assert_eq!(it.world.count("directory_confirmations").await, 0, "it is used up");
    });
}

#[test]
fn administrators_act_between_and_seats_are_waited_for() {
    on_both(|it| async move {
        it.operator().await;
        let people = (1..=1_100).map(|n| person(n, &format!("p{n}@acme.example"))).collect();
        it.memory.holds(people, vec![group(5_000, "pro", &(1..=1_100).collect::<Vec<_>>())]);
        let account = it.set_up("Acme", "acme.example").await;
        let (service, host) = (it.service(), it.world.host());
        service.set_seats(&host, account, BaseLicense::Pro, Some(1_000)).await.expect("a limit");
        service.connect_directory(&host, account, super::world::anything()).await.expect("connected");
        let stepped = it.sync(account).await.expect("done");
        assert_eq!(stepped, Stepped { applied: 1_100, refused: 0, stopped: false });
        let seats = service.seats(&host, account).await.expect("seats");
        let pro = seats.iter().find(|seat| seat.license == BaseLicense::Pro).expect("Pro");
        assert_eq!((pro.used, pro.waiting), (1_000, 100));
        // Suspended here, they stay so whatever the directory says.
        let one = it.who(account, 1).await;
        single(service.suspend(&host, account, ids(&[one]), None, None).await).expect("suspended");
        it.sync(account).await.expect("done");
        assert!(it.world.user(one).await.suspension.is_some());
    });
}
