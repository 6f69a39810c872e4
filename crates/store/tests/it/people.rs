//! People and their addresses.

use std::collections::HashMap;

use access::{User, UserId};
use proptest::test_runner::TestRunner;
use store::testing::on_both_engines;
use store::{Error, Store, Write};

use crate::fixtures::*;
use crate::world::{any_user, one, world};

async fn load(store: &Store, ids: Vec<UserId>) -> Vec<User> {
    let found: Result<Vec<User>, Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                let found = write.users(&ids).await?;
                write.commit(found, vec![], vec![]).await
            })
        })
        .await;
    found.expect("the people are read")
}

/// Equality that sees how addresses are typed.
fn spelled(users: &[User]) -> Vec<String> {
    users.iter().map(|user| format!("{user:?}")).collect()
}

#[test]
fn arbitrary_people_come_back_as_they_were_written_and_as_they_were_changed() {
    on_both_engines(|store| async move {
        let world = world(300);
        world.write(&store).await;
        let mut ids: Vec<UserId> = world.users.iter().map(|user| user.id).collect();
        ids.reverse();
        ids.push(UserId(uuid(42)));
        assert_eq!(spelled(&load(&store, ids.clone()).await), spelled(&world.users));

        // Each becomes somebody else, under the same id and often with other addresses.
        let mut runner = TestRunner::deterministic();
        let changes: Vec<(User, User)> = world
            .users
            .iter()
            .rev()
            .map(|user| (user.clone(), one(&mut runner, &any_user(user.id.0.as_u128()))))
            .collect();
        let mut after: Vec<User> = changes.iter().map(|(_, after)| after.clone()).collect();
        let saved: Result<(), Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    write.save_users(&changes, at(7)).await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(saved, Ok(()));
        after.sort_by_key(|user| user.id);
        assert_eq!(spelled(&load(&store, ids).await), spelled(&after));
    });
}

#[test]
fn people_are_found_by_any_of_their_addresses() {
    on_both_engines(|store| async move {
        let world = world(40);
        world.write(&store).await;
        let mut owners = HashMap::new();
        for user in &world.users {
            for address in std::iter::once(&user.primary).chain(&user.secondary) {
                owners.insert(address.key().to_owned(), user.id);
            }
        }
        let mut keys: Vec<String> = owners.keys().cloned().collect();
        keys.push("nobody@example.org".to_owned());
        let found: Result<_, Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    let found = (write.users_by_address(&keys).await?, write.address_owners(&keys).await?);
                    write.commit(found, vec![], vec![]).await
                })
            })
            .await;
        let (people, by_address) = found.expect("an answer");
        assert_eq!(spelled(&people), spelled(&world.users));
        assert_eq!(by_address, owners);
    });
}
