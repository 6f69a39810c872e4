//! How changes commit: alone, together, and not at all.

use std::sync::Arc;
use std::time::Duration;

use access::AccountId;
use store::testing::{Engine, on_both_engines, on_engine};
use store::{Committed, Error, Scope, Store, Write};
use tokio::sync::Notify;

use crate::fixtures::*;

/// A change that adds an account and a record of it, and then ends as told.
async fn add(store: &Store, n: u128, end: End) -> Result<u128, Refused> {
    store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.insert_accounts(&[account(n)]).await?;
                let committed: Committed<u128> = write.commit(n, vec![record("add", Some(uuid(n)))], vec![]).await?;
                match end {
                    End::Well => Ok(committed),
                    End::Refused => Err(Refused::No),
                    End::Panic => panic!("the rules are broken"),
                }
            })
        })
        .await
}

#[derive(Clone, Copy)]
enum End {
    Well,
    Refused,
    Panic,
}

#[derive(Debug, PartialEq)]
enum Refused {
    No,
    Store(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Store(error)
    }
}

async fn exists(store: &Store, n: u128) -> bool {
    store.read(Scope::Public).account(AccountId(uuid(n))).await.expect("an answer").is_some()
}

/// Keeps SQLite's writer busy, so that what comes meanwhile is committed together afterwards.
async fn hold(store: &Store) -> (Arc<Notify>, tokio::task::JoinSet<()>) {
    let (held, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let mut holding = tokio::task::JoinSet::new();
    let (store, entered, until) = (store.clone(), Arc::clone(&held), Arc::clone(&release));
    holding.spawn(async move {
        let done: Result<(), Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    entered.notify_one();
                    until.notified().await;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        done.expect("the holder commits");
    });
    held.notified().await;
    (release, holding)
}

#[test]
fn a_refusal_or_a_panic_undoes_only_its_own_change() {
    on_both_engines(|store| async move {
        let (release, mut holding) = hold(&store).await;
        let (well, refused, panicked, also_well) =
            tokio::join!(add(&store, 1, End::Well), add(&store, 2, End::Refused), add(&store, 3, End::Panic), async {
                release.notify_one();
                add(&store, 4, End::Well).await
            },);
        holding.join_next().await;
        assert_eq!(well, Ok(1));
        assert_eq!(refused, Err(Refused::No));
        assert_eq!(panicked, Err(Refused::Store(Error::Panicked("the rules are broken".to_owned()))));
        assert_eq!(also_well, Ok(4));
        let mut found = Vec::new();
        for n in 1..=4 {
            found.push(exists(&store, n).await);
        }
        assert_eq!(found, [true, false, false, true]);
        let dump = store.dump().await.expect("a dump");
        assert_eq!(dump["audit"].len(), 2, "no record without its change, no change without its record");
    });
}

#[test]
fn a_failed_statement_undoes_only_its_own_change() {
    on_both_engines(|store| async move {
        assert_eq!(add(&store, 1, End::Well).await, Ok(1));
        let twice = add(&store, 1, End::Well).await;
        assert!(matches!(twice, Err(Refused::Store(Error::Conflict(_)))), "{twice:?}");
        assert_eq!(add(&store, 2, End::Well).await, Ok(2));
    });
}

#[test]
fn a_commit_that_fails_is_told_to_every_change_in_it() {
    on_engine(Engine::Sqlite, |fresh| async move {
        let store = fresh.open().await;
        let mut together = false;
        // On a slow machine one may be in another commit, and is told of that; then it is set up anew.
        for n in (1..100).step_by(2) {
            let answers = around_a_broken_one(&store, n).await;
            for (n, answer) in [n, n + 1].into_iter().zip(&answers) {
                assert!(matches!(answer, Ok(_) | Err(Refused::Store(_))), "{answer:?}");
                assert_eq!(exists(&store, n).await, answer.is_ok());
            }
            together = answers.iter().all(Result::is_err);
            if together {
                break;
            }
        }
        assert!(together, "changes that come together are committed together");
        assert_eq!(add(&store, 200, End::Well).await, Ok(200), "the writer goes on");
        store.close().await;
        fresh
    });
}

/// What is told to the changes that add the accounts `n` and `n + 1`, with one between them that leaves a user whose account
/// does not exist; SQLite notices when it commits.
async fn around_a_broken_one(store: &Store, n: u128) -> [Result<u128, Refused>; 2] {
    let (release, mut holding) = hold_quietly(store).await;
    let broken = async {
        let done: Result<(), Error> = store
            .write(|write: &mut Write| {
                Box::pin(async move {
                    write.raw("PRAGMA defer_foreign_keys = ON").await?;
                    write.insert_users(&[member(10, AccountId(uuid(404)))]).await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        done
    };
    let (one, broken, two, ()) = tokio::join!(add(store, n, End::Well), broken, add(store, n + 1, End::Well), async {
        release.notify_one();
    });
    holding.join_next().await;
    assert!(broken.is_err());
    [one, two]
}

/// Like [`hold`], for a commit that is going to fail.
async fn hold_quietly(store: &Store) -> (Arc<Notify>, tokio::task::JoinSet<()>) {
    let (held, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let mut holding = tokio::task::JoinSet::new();
    let (store, entered, until) = (store.clone(), Arc::clone(&held), Arc::clone(&release));
    holding.spawn(async move {
        let _: Result<(), Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    entered.notify_one();
                    until.notified().await;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
    });
    held.notified().await;
    (release, holding)
}

#[test]
fn callers_who_go_away_neither_wedge_the_writer_nor_leave_half_a_change() {
    on_both_engines(|store| async move {
        for n in 0..40_u128 {
            // Given up at some moment: before, while or after it runs.
            let patience = Duration::from_micros(50 * (n as u64 % 20));
            let _ = tokio::time::timeout(patience, add(&store, 100 + n, End::Well)).await;
        }
        assert_eq!(add(&store, 1, End::Well).await, Ok(1));
        let dump = store.dump().await.expect("a dump");
        assert_eq!(dump["audit"].len(), dump["accounts"].len(), "each change with its record, or neither");
    });
}

#[test]
fn many_changes_at_once_are_all_there_in_the_end() {
    on_both_engines(|store| async move {
        let changes = (1..=200).map(|n| {
            let store = store.clone();
            async move { add(&store, n, End::Well).await }
        });
        let answers = futures::future::join_all(changes).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(store.dump().await.expect("a dump")["accounts"].len(), 200);
    });
}

#[test]
fn what_waits_is_committed_before_the_store_closes_and_nothing_after() {
    on_engine(Engine::Sqlite, |fresh| async move {
        let store = fresh.open().await;
        let (release, mut holding) = hold(&store).await;
        let mut waiting = tokio::task::JoinSet::new();
        for n in 1..=5 {
            let store = store.clone();
            waiting.spawn(async move { add(&store, n, End::Well).await });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let closing = store.clone().close();
        release.notify_one();
        closing.await;
        holding.join_next().await;
        let answers = waiting.join_all().await;
        let late = add(&store, 6, End::Well).await;
        assert!(matches!(late, Err(Refused::Store(Error::Unavailable(_)))), "{late:?}");
        let again = fresh.open().await;
        let accounts = again.dump().await.expect("a dump")["accounts"].len();
        assert_eq!(accounts, answers.iter().filter(|answer| answer.is_ok()).count());
        again.close().await;
        fresh
    });
}
