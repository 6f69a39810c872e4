//! What a directory says of people is done (rules 11, 12, 19 and 83).

use access::authority::{Over, Role};
use access::directory::{Command, Counts};
use access::{BaseLicense, Domain, Refusal};
use carillon_service::directory::{RunKind, RunState, Stepped};
use carillon_service::{NewProvider, PageRequest, single};
use futures::FutureExt;
use jiff::Timestamp;
use store::UpstreamLink;
use uuid::Uuid;

use super::world::{anything, group, on_both, person};
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
        it.memory.holds(vec![person(1, "ada@acme.example"), person(2, "bob@acme.example")], groups());
        it.sync(account).await.expect("done");
        assert!(it.world.user(bob).await.is_member_of(account), "by the same entry they are the same person");
        let log = it.service().directory_log(&it.world.host(), account, 2, page()).await.expect("a log");
        let mut words: Vec<_> = log.items.iter().map(|line| line.outcome.as_str()).collect();
        words.sort_unstable();
        assert_eq!(words, ["locked-out", "removed"]);
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
        assert_eq!(log.items[0].code.as_deref(), Some("address-taken"));
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
        let begin = async || {
            service.begin_directory_run(&cx, account, RunKind::Changes, Counts::default(), &[]).await.expect("a run")
        };
        let stopped = Stepped { stopped: true, ..Stepped::default() };
        let run = begin().await;
        let cancelled = service.cancel_directory_run(&host, account, run).await.expect("cancelled");
        assert_eq!(cancelled.state, RunState::Cancelled);
        assert_eq!(service.apply_directory(&cx, account, run, lost()).await.expect("an answer"), stopped);
        assert_eq!(refused(service.cancel_directory_run(&host, account, run).await), Refusal::RunOver);
        let run = begin().await;
        service.disconnect_directory(&host, account).await.expect("disconnected");
        assert_eq!(service.apply_directory(&cx, account, run, lost()).await.expect("an answer"), stopped);
        assert!(it.world.user(ada).await.is_member_of(account));
        // Nobody but Carillon itself applies anything.
        let tried = service.apply_directory(&host, account, run, lost()).await;
        assert_eq!(refused(tried).code(), "not-permitted");
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
        service.connect_directory(&host, account, super::world::anything()).await.expect("connected");
        let stepped = it.sync(account).await.expect("done");
        assert_eq!((stepped.applied, stepped.refused), (0, 1));
        assert_eq!(it.known(account, 1).await, None);
        let log = service.directory_log(&host, account, 1, page()).await.expect("a log");
        assert_eq!(log.items[0].code.as_deref(), Some("link-unconfirmed"));
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
