//! Assign license, and seats (rules 9, 10, 12).

use access::account::Seat;
use access::{BaseLicense, License, Refusal};

use crate::world::{World, codes, ids, list, on_both, start};

#[test]
fn licenses_are_assigned_to_members_and_invitations() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let bob = world.member(team, "bob@example.net").await;
        let service = &world.service;
        let invited = service.invite(&world.host(), team, list("new@example.net")).await.expect("answers");
        let invited = invited[0].result.clone().expect("invited").expect("an invitation").id;
        let batch = vec![
            (bob.to_string(), License::Pro),
            (invited.to_string(), License::Basic),
            ("nobody".to_owned(), License::Pro),
            (bob.to_string(), License::Plus),
        ];
        let answers = service.assign_license(&world.host(), team, batch).await.expect("answers");
        assert_eq!(codes(&answers), ["ok", "ok", "unknown-user", "invalid"]);
        assert_eq!(world.user(bob).await.license, BaseLicense::Pro);
        assert_eq!(answers[1].clone().expect("assigned").license, License::Basic);
        let trial = service.assign_license(&world.host(), team, vec![(bob.to_string(), License::ProTrial)]).await;
        assert_eq!(codes(&trial.expect("answers")), ["trial-not-assignable"]);
    });
}

#[test]
fn assigning_any_license_ends_the_trial() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let bob = world.member(team, "bob@example.net").await;
        let before = world.user(bob).await;
        let with_trial = access::User {
            trial: access::user::Trial {
                started: Some(start()),
                until: Some("2027-01-01T00:00:00Z".parse().expect("a time")),
            },
            ..before.clone()
        };
        let saved = world.store.write(move |w| {
            Box::pin(async move {
                w.save_users(&[(before, with_trial)], start()).await?;
                w.commit((), vec![], vec![]).await
            })
        });
        saved.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        let same = vec![(bob.to_string(), License::Plus)];
        let answers = world.service.assign_license(&world.host(), team, same).await.expect("answers");
        assert_eq!(answers[0].clone().expect("assigned").license, License::Plus);
        assert_eq!(world.user(bob).await.trial.until, None);
    });
}

#[test]
fn a_batch_past_the_seats_is_applied_to_nobody() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let mut people = Vec::new();
        for name in ["a", "b", "c"] {
            people.push(world.create(account, &format!("{name}@acme.example")).await.id);
        }
        let service = &world.service;
        service.set_seats(&world.host(), account, BaseLicense::Pro, Some(2)).await.expect("seats");
        let before = world.dump().await;
        let mut batch: Vec<_> = people.iter().map(|id| (id.clone(), License::Pro)).collect();
        batch.push(("nobody".to_owned(), License::Pro));
        let answers = service.assign_license(&world.host(), account, batch.clone()).await.expect("answers");
        assert_eq!(codes(&answers), ["no-seats-left", "no-seats-left", "no-seats-left", "unknown-user"]);
        let Err(Refusal::NoSeatsLeft { license, left }) = answers[0] else { panic!("seats") };
        assert_eq!((license, left), (BaseLicense::Pro, 2));
        assert_eq!(world.dump().await, before);

        batch.remove(0);
        let answers = service.assign_license(&world.host(), account, batch).await.expect("answers");
        assert_eq!(codes(&answers), ["ok", "ok", "unknown-user"]);
        assert_eq!(used(&world, account).await, 2);
    });
}

#[test]
fn a_freed_seat_goes_to_the_first_who_waits() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let service = &world.service;
        service.set_seats(&world.host(), account, BaseLicense::Plus, Some(1)).await.expect("seats");
        let holder = world.create(account, "a@acme.example").await.id;
        world.later(1);
        let second = world.create(account, "b@acme.example").await.id;
        world.later(1);
        let third = world.create(account, "c@acme.example").await.id;
        let licenses = async || {
            let mut found = Vec::new();
            for id in [&holder, &second, &third] {
                let user = world.user(id.parse().expect("an id")).await;
                found.push((user.license, user.waiting.is_some()));
            }
            found
        };
        let (basic, plus, pro) = (BaseLicense::Basic, BaseLicense::Plus, BaseLicense::Pro);
        assert_eq!(licenses().await, [(plus, false), (basic, true), (basic, true)]);
        let up = vec![(holder.clone(), License::Pro)];
        service.assign_license(&world.host(), account, up).await.expect("answers");
        assert_eq!(licenses().await, [(pro, false), (plus, false), (basic, true)]);
    });
}

#[test]
fn two_administrators_at_once_never_give_more_seats_than_there_are() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let service = &world.service;
        service.set_seats(&world.host(), account, BaseLicense::Pro, Some(3)).await.expect("seats");
        let mut people = Vec::new();
        for n in 0..8 {
            people.push(world.create(account, &format!("p{n}@acme.example")).await.id);
        }
        let tasks = people.iter().map(|id| {
            let (service, cx, id) = (service.clone(), world.host(), id.clone());
            async move { service.assign_license(&cx, account, vec![(id, License::Pro)]).await.expect("an answer") }
        });
        let answers = futures::future::join_all(tasks).await;
        let answers: Vec<_> = answers.into_iter().flatten().collect();
        let mut codes = codes(&answers);
        codes.sort_unstable();
        assert_eq!(codes, [vec!["no-seats-left"; 5], vec!["ok"; 3]].concat());
        assert_eq!(used(&world, account).await, 3);
        let removed = service.remove(&world.host(), account, ids(&people)).await.expect("answers");
        assert_eq!(removed.len(), 8);
    });
}

/// Taken seats of `Pro`, which must equal the members who have it.
async fn used(world: &World, account: access::AccountId) -> u64 {
    let counted = world.store.write(move |w| {
        Box::pin(async move {
            let seats = w.seats(account).await?;
            let counts = w.count_licenses(account).await?;
            w.commit((seats, counts), vec![], vec![]).await
        })
    });
    let (seats, counts) = counted.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
    for license in BaseLicense::ALL {
        if let Some(Seat { used, .. }) = seats.get(license) {
            assert_eq!(u64::from(used), counts[license as usize], "{license}");
        }
    }
    counts[BaseLicense::Pro as usize]
}
