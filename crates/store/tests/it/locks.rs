//! Changes at the same time: none is lost, none waits for ever.

use access::account::Seat;
use access::{AccountId, BaseLicense, Seats, UserId};
use futures::StreamExt as _;
use store::testing::on_both_engines;
use store::{Error, Lock, Store, Write};

use crate::fixtures::*;

/// Loads people in the order given, counts each up by one, and saves them.
async fn bump(store: &Store, account: AccountId, ids: Vec<UserId>) -> Result<(), Error> {
    store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.accounts(&[account], Lock::Share).await?;
                let mut seats = write.seats(account).await?;
                let people = write.users(&ids).await?;
                tokio::task::yield_now().await;
                let changes = people.into_iter().map(|before| {
                    seats.overdraw(BaseLicense::Plus);
                    let after = access::User { epoch: before.epoch + 1, ..before.clone() };
                    (before, after)
                });
                let changes: Vec<_> = changes.collect();
                write.save_users(&changes, at(1)).await?;
                write.save_seats(account, &seats).await?;
                write.commit((), vec![record("bump", None)], vec![]).await
            })
        })
        .await
}

#[test]
fn overlapping_changes_in_any_order_all_count() {
    on_both_engines(|store| async move {
        let home = account(1);
        let people: Vec<_> = (10..18).map(|n| member(n, home.id)).collect();
        given(&store, vec![home.clone()], people).await;
        let id = home.id;
        let limited: Result<(), Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    let account = write.account(id, Lock::Exclusive).await?;
                    assert!(account.is_some());
                    let mut seats = Seats::default();
                    let [_, plus, _] = write.count_licenses(id).await?;
                    seats.set(BaseLicense::Plus, Some(Seat { limit: 1_000, used: u32::try_from(plus).expect("few") }));
                    write.save_seats(id, &seats).await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(limited, Ok(()));
        let changes = (0..64_u128).map(|n| {
            let (store, id) = (store.clone(), home.id);
            let mut ids: Vec<UserId> = (0..4).map(|k| UserId(uuid(10 + (n * 3 + k * 5) % 8))).collect();
            if n % 2 == 0 {
                ids.reverse();
            }
            async move { bump(&store, id, ids).await }
        });
        // As many at a time as the tests' stores have connections: how long one waits for a connection has a bound of its own.
        let answers: Vec<_> = futures::stream::iter(changes).buffer_unordered(6).collect().await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");

        let id = home.id;
        let total: Result<(i64, Option<Seat>), Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    let seats = write.seats(id).await?;
                    let ids: Vec<UserId> = (10..18).map(|n| UserId(uuid(n))).collect();
                    let people = write.users(&ids).await?;
                    let epochs = people.iter().map(|user| user.epoch).sum();
                    write.commit((epochs, seats.get(BaseLicense::Plus)), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(total, Ok((64 * 4, Some(Seat { limit: 1_000, used: 8 + 64 * 4 }))));
    });
}

#[test]
fn whoever_waits_for_a_seat_is_next_in_order_of_time_and_id() {
    on_both_engines(|store| async move {
        let home = account(1);
        let waits = |n: u128, since: i64, license| {
            let mut person = member(n, home.id);
            person.license = BaseLicense::Basic;
            person.waiting = Some(access::user::Waiting { license, since: at(since) });
            person
        };
        let (plus, pro) = (BaseLicense::Plus, BaseLicense::Pro);
        let people = vec![
            waits(14, 2, pro),
            waits(13, 2, pro),
            waits(12, 1, plus),
            waits(11, 9, pro),
            waits(10, 3, pro),
            member(9, home.id),
        ];
        let id = home.id;
        given(&store, vec![home.clone()], people).await;
        let waiting: Result<Vec<UserId>, Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    let waiting = write.waiting(id, pro, 3).await?;
                    write.commit(waiting.iter().map(|user| user.id).collect(), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(waiting, Ok([13, 14, 10].map(|n| UserId(uuid(n))).to_vec()));
    });
}
