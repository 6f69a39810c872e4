//! Trials that end soon: the list, and the notices (rule 9).

use access::authority::{Caller, Over, Role};
use access::user::Trial;
use access::{BaseLicense, License, User, UserId};
use carillon_service::PageRequest;
use futures::FutureExt;
use jiff::{Timestamp, ToSpan};

use crate::world::{World, ids, on_both, refused, start};

/// Gives somebody a trial that ends so many hours from the beginning of the test.
async fn on_trial(world: &World, id: UserId, hours: i64) -> UserId {
    trial_until(world, id, start() + hours.hours()).await
}

/// Gives somebody a trial.
pub async fn trial_until(world: &World, id: UserId, until: Timestamp) -> UserId {
    let before = world.user(id).await;
    let trial = Trial { started: Some(start()), until: Some(until) };
    let after = User { trial, ..before.clone() };
    let saved = world.store.write(move |w| {
        async move {
            w.save_users(&[(before, after)], start()).await?;
            w.commit((), vec![], vec![]).await
        }
        .boxed()
    });
    saved.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
    id
}

async fn notify(world: &World) -> u64 {
    world.service.notify_trials(&world.cx(Caller::System)).await.expect("notices")
}

/// The receivers of the newest mails, sorted.
async fn told(world: &World, newest: u64) -> Vec<String> {
    let mails = world.mails(newest).await;
    assert!(mails.iter().all(|mail| mail["kind"] == "trial-ends"), "{mails:?}");
    let mut told: Vec<String> = mails.iter().filter_map(|mail| Some(mail["to"].as_str()?.to_owned())).collect();
    told.sort();
    told
}

#[test]
fn people_are_told_a_week_and_a_day_before_once_each() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let ada = world.member(team, "ada@example.net").await;
        on_trial(&world, ada, 10 * 24).await;
        let free = world.free_user("free@example.net").await;
        on_trial(&world, free, 10 * 24 + 1).await;
        assert_eq!(notify(&world).await, 0, "ten days before");
        world.later(3 * 24);
        assert_eq!(notify(&world).await, 1, "seven days before, to the hour");
        assert_eq!(told(&world, 1).await, ["ada@example.net"]);
        assert_eq!(notify(&world).await, 0, "once");
        world.later(1);
        assert_eq!(
            (notify(&world).await, told(&world, 2).await.join(" ")),
            (1, "ada@example.net free@example.net".into())
        );
        world.later(5 * 24 + 23);
        assert_eq!(notify(&world).await, 1, "a day before");
        world.later(1);
        assert_eq!((notify(&world).await, notify(&world).await), (1, 0));
        world.later(24);
        assert_eq!(notify(&world).await, 0, "it has ended");
        let mail = &world.mails(1).await[0];
        assert_eq!((mail["license"].as_str(), mail["account_name"].as_str()), (Some("Basic"), None));
        assert_eq!(world.count("trial_notices").await, 4);
        let noted = world.trail().await.into_iter().filter(|entry| entry.action == "trial.notice");
        let noted: Vec<_> = noted.map(|entry| (entry.actor_kind, entry.why.unwrap_or_default())).collect();
        assert_eq!(
            noted.iter().filter(|(actor, why)| actor == "system" && why == "a-day-before").count(),
            2,
            "{noted:?}"
        );
    });
}

#[test]
fn nobody_is_told_of_a_trial_that_gives_them_nothing() {
    on_both(|world| async move {
        let (service, account) = (&world.service, world.enterprise("Acme", "acme.example").await);
        let mut people = Vec::new();
        for name in ["assigned", "removed", "suspended", "pro", "late"] {
            let id = world.member(account, &format!("{name}@else.example")).await;
            people.push(on_trial(&world, id, 8 * 24).await);
        }
        let host = world.host();
        let same = vec![(people[0].to_string(), License::Plus)];
        service.assign_license(&host, account, same).await.expect("assigned");
        service.remove(&host, account, ids(&people[1..2])).await.expect("removed");
        service.suspend(&host, account, ids(&people[2..3]), None, None).await.expect("suspended");
        let before = world.user(people[3]).await;
        let pro = User { license: BaseLicense::Pro, ..before.clone() };
        let saved = world.store.write(move |w| {
            async move {
                w.save_users(&[(before, pro)], start()).await?;
                w.commit((), vec![], vec![]).await
            }
            .boxed()
        });
        saved.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        // The schedule did not run for a week: of two notices only the last is given.
        world.later(7 * 24 + 1);
        assert_eq!(notify(&world).await, 1);
        assert_eq!(told(&world, 1).await, ["late@else.example"]);
        service.activate(&world.host(), account, ids(&people[2..3])).await.expect("activated");
        assert_eq!(notify(&world).await, 1, "who may sign in again is told");
        assert_eq!(told(&world, 2).await, ["late@else.example", "suspended@else.example"]);
        for cx in [world.host(), world.cx(Caller::Visitor)] {
            assert_eq!(refused(service.notify_trials(&cx).await).code(), "not-permitted");
        }
    });
}

#[test]
fn many_are_told_in_pieces_and_two_nodes_tell_nobody_twice() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        for n in 0..250 {
            let id = world.member(team, &format!("p{n}@example.net")).await;
            on_trial(&world, id, 24 + n / 10).await;
        }
        let (one, other) = (world.service.clone(), world.service.clone());
        let (first, second) = (world.cx(Caller::System), world.cx(Caller::System));
        let (one, other) = futures::future::join(one.notify_trials(&first), other.notify_trials(&second)).await;
        assert_eq!(one.expect("notices") + other.expect("notices"), 250);
        assert_eq!(world.count("trial_notices").await, 250);
        assert_eq!(world.count("outbox").await, 250);
    });
}

#[test]
fn trials_are_listed_by_their_end() {
    on_both(|world| async move {
        let (service, team) = (&world.service, world.team("Team").await);
        for (name, days) in [("c", 20), ("a", 3), ("b", 9)] {
            let id = world.member(team, &format!("{name}@example.net")).await;
            on_trial(&world, id, days * 24).await;
        }
        let other = world.team("Other").await;
        let id = world.member(other, "elsewhere@example.net").await;
        on_trial(&world, id, 24).await;
        let list = async |days: u32, limit: u64| {
            let (mut all, mut after): (Vec<(String, Timestamp)>, _) = (Vec::new(), None);
            loop {
                let page =
                    service.trials(&world.host(), team, days, PageRequest { after, limit }).await.expect("a page");
                assert!(page.items.iter().all(|trial| trial.then == BaseLicense::Plus));
                all.extend(page.items.into_iter().map(|trial| (trial.user.address, trial.until)));
                after = page.next;
                if after.is_none() {
                    return all;
                }
            }
        };
        let expected = [("a", 3), ("b", 9), ("c", 20)];
        let expected = expected.map(|(name, days)| (format!("{name}@example.net"), start() + (days * 24_i64).hours()));
        assert_eq!(list(30, 1).await, expected);
        assert_eq!(list(9, 5).await, expected[..2]);
        for days in [0, 31] {
            let page = PageRequest { after: None, limit: 5 };
            assert_eq!(refused(service.trials(&world.host(), team, days, page).await).code(), "invalid");
        }
        let (_, eve) = world.administrator("eve@example.net", Over::Account(other), Role::FullAccess).await;
        let page = PageRequest { after: None, limit: 5 };
        assert_eq!(refused(service.trials(&eve, team, 30, page).await).code(), "unknown-account");
    });
}
