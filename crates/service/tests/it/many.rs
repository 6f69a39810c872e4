//! Verbs are set-shaped: thousands of people in one call are a handful of statements. `bench/` times ten thousand.

use access::user::{Membership, Origin};
use access::{BaseLicense, License, User, UserId};
use futures::FutureExt;

use crate::world::{email, ids, on_both, start};

/// More than one statement holds.
const PEOPLE: u64 = 1_500;

#[test]
fn thousands_of_people_in_one_call() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        let membership = Membership { account, origin: Origin::Domain, since: start(), invited: None };
        let people: Vec<User> = (0..PEOPLE)
            .map(|n| User {
                membership: Some(membership),
                license: BaseLicense::Plus,
                ..User::new(
                    UserId(access::id::uuid_v7(n, world.service.random().bytes())),
                    email(&format!("p{n}@acme.example")),
                    start(),
                )
            })
            .collect();
        let all: Vec<String> = ids(&people.iter().map(|user| user.id).collect::<Vec<_>>());
        let put = world.store.write(move |w| {
            async move {
                w.insert_users(&people).await?;
                w.commit((), vec![], vec![]).await
            }
            .boxed()
        });
        put.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        let batch = all.iter().map(|id| (id.clone(), License::Pro)).collect();
        let answers = world.service.assign_license(&world.host(), account, batch).await.expect("answers");
        assert!(answers.iter().all(Result::is_ok));
        let answers = world.service.suspend(&world.host(), account, all, None, None).await.expect("answers");
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count() as u64, PEOPLE);
    });
}
