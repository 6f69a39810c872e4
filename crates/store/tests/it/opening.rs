//! Opening a database: new, old, newer, by two at once; gone and back.

use std::time::Duration;

use access::{AccountId, UserId};
use store::testing::{Engine, on_both_databases, on_both_engines, on_engine, sealer};
use store::{Database, Error, Settings, Store, Subject, Write};
use tokio_postgres::NoTls;

use crate::fixtures::*;

#[test]
fn opening_again_changes_nothing() {
    on_both_databases(|fresh| async move {
        let store = fresh.open().await;
        given(&store, vec![account(1)], vec![member(2, AccountId(uuid(1)))]).await;
        let before = store.dump().await.expect("a dump");
        store.close().await;
        let store = fresh.open().await;
        assert_eq!(store.dump().await.expect("a dump"), before);
        store.close().await;
        fresh
    });
}

#[test]
fn a_database_has_begun_once_it_was_opened() {
    on_both_databases(|fresh| async move {
        let database = &fresh.settings.database;
        assert_eq!(Store::begun(database).await, Ok(false));
        assert_eq!(Store::begun(database).await, Ok(false), "looking begins nothing");
        fresh.open().await.close().await;
        assert_eq!(Store::begun(database).await, Ok(true));
        fresh
    });
}

#[test]
fn nodes_that_start_together_all_start() {
    on_both_databases(|fresh| async move {
        let starting = (0..4).map(|_| Store::open(fresh.settings.clone(), sealer()));
        for store in futures::future::join_all(starting).await {
            store.expect("it opens").close().await;
        }
        fresh
    });
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    on_both_databases(|fresh| async move {
        let store = fresh.open().await;
        let newer: Result<(), Error> = store
            .write(|write: &mut Write| {
                Box::pin(async move {
                    write.raw("INSERT INTO seaql_migrations (version, applied_at) VALUES ('9999_later', 0)").await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(newer, Ok(()));
        store.close().await;
        let refused = Store::open(fresh.settings.clone(), sealer()).await.err();
        assert_eq!(refused, Some(Error::NewerDatabase("9999_later".to_owned())));
        fresh
    });
}

#[test]
fn a_node_is_ready_unless_its_clock_is_off_the_databases() {
    on_both_engines(|store| async move {
        let far = store.ready(at(0)).await;
        match store.ready(jiff::Timestamp::MAX).await {
            Ok(()) => assert_eq!(far, Ok(()), "SQLite has this node's clock"),
            Err(Error::Clock(off)) => {
                assert!(off > 1_000);
                let Err(Error::Clock(behind)) = far else { panic!("{far:?}") };
                let now = jiff::Timestamp::from_millisecond(at(0).as_millisecond() - behind).expect("a time");
                assert_eq!(store.ready(now).await, Ok(()));
            }
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_database_that_was_gone_and_is_back_is_used_again() {
    on_engine(Engine::Postgres, |fresh| async move {
        let Database::Postgres(url) = &fresh.settings.database else { panic!("this is PostgreSQL") };
        let (server, _) = url.split_once('?').expect("options");
        let (client, connection) = tokio_postgres::connect(server, NoTls).await.expect("a connection");
        let mut driver = tokio::task::JoinSet::new();
        driver.spawn(async move { drop(connection.await) });
        // A database of its own, so that only this store's connections can be cut.
        let name = format!("t_gone_{}", std::process::id());
        client.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
        let (base, _) = server.rsplit_once('/').expect("a database");
        let settings = Settings { write_connections: 4, ..Settings::new(Database::Postgres(format!("{base}/{name}"))) };
        let store = Store::open(settings, sealer()).await.expect("it opens");
        given(&store, vec![], vec![user(1)]).await;
        let subject = Subject::Id(UserId(uuid(1)));
        for round in 0..3 {
            for _ in 0..8 {
                let known = store.facts(&subject, None).await.expect("an answer");
                assert!(known.is_some());
            }
            given(&store, vec![], vec![user(10 + round)]).await;
            let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
            client.batch_execute(&cut).await.expect("they are cut");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        client.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await.expect("it is closed");
        assert!(matches!(store.facts(&subject, None).await, Err(Error::Unavailable(_))));
        client.batch_execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")).await.expect("it is open");
        assert!(store.facts(&subject, None).await.expect("an answer").is_some());
        given(&store, vec![], vec![user(20)]).await;
        store.close().await;
        client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("it goes");
        fresh
    });
}
