//! Who does a task, and when.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use carillon_worker::Task;
use carillon_worker::schedule::turn;
use jiff::SignedDuration;
use service::testing::{World, on_both_engines};
use service::{Error, Progress};
use tokio::sync::watch;
use uuid::Uuid;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// A task of three pieces that counts them.
fn counting(pieces: &Arc<AtomicU32>) -> Task {
    let pieces = Arc::clone(pieces);
    Task::new("test.count", HOUR, move |_, _| {
        let so_far = pieces.fetch_add(1, Ordering::SeqCst) + 1;
        async move { Ok(if so_far.is_multiple_of(3) { Progress::Done } else { Progress::More }) }
    })
}

async fn try_turn(world: &World, task: &Task, node: u128) -> bool {
    let (_keep, stop) = watch::channel(false);
    turn(&world.service, task, Uuid::from_u128(node), &stop).await.unwrap()
}

#[test]
fn a_task_is_done_once_when_it_is_due() {
    on_both_engines(|world| async move {
        let pieces = Arc::default();
        let task = counting(&pieces);
        assert!(try_turn(&world, &task, 1).await, "a new task is due at once");
        assert!(!try_turn(&world, &task, 2).await, "not yet again, on whatever node");
        world.later(59);
        assert!(!try_turn(&world, &task, 1).await);
        world.later(1);
        assert!(try_turn(&world, &task, 2).await);
        assert_eq!(pieces.load(Ordering::SeqCst), 6);
    });
}

#[test]
fn a_node_that_dies_loses_its_turn_by_time() {
    on_both_engines(|world| async move {
        let (pieces, lease) = (Arc::default(), SignedDuration::from_mins(5));
        let task = counting(&pieces);
        let dead = Uuid::from_u128(1);
        assert!(world.service.take_turn("test.count", dead, lease).await.unwrap());
        assert!(world.service.take_turn("test.count", dead, lease).await.unwrap(), "it keeps what it has");
        assert!(!try_turn(&world, &task, 2).await, "somebody has it");
        world.later(5);
        assert!(try_turn(&world, &task, 2).await);
        assert!(!world.service.take_turn("test.count", dead, lease).await.unwrap(), "another has done it");
        world.service.end_turn("test.count", dead, SignedDuration::ZERO).await.unwrap();
        assert!(!try_turn(&world, &task, 3).await, "who lost a turn does not end it");
    });
}

#[test]
fn a_task_that_fails_or_panics_is_tried_again_soon() {
    on_both_engines(|world| async move {
        let tries = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&tries);
        let task = Task::new("test.fail", HOUR, move |_, _| {
            let tries = counted.fetch_add(1, Ordering::SeqCst) + 1;
            async move {
                assert_ne!(tries, 2, "the second try panics");
                if tries < 3 { Err(Error::Unavailable("no".to_owned())) } else { Ok(Progress::Done) }
            }
        });
        assert!(!try_turn(&world, &task, 1).await);
        assert!(!try_turn(&world, &task, 1).await, "not at once");
        world.later(1);
        assert!(!try_turn(&world, &task, 1).await);
        world.later(1);
        assert!(try_turn(&world, &task, 1).await);
        assert_eq!(tries.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn of_many_nodes_one_does_it() {
    on_both_engines(|world| async move {
        let pieces = Arc::default();
        let task = counting(&pieces);
        let turns = (0..8).map(|node| try_turn(&world, &task, node));
        let done = futures::future::join_all(turns).await.into_iter().filter(|done| *done).count();
        assert_eq!((done, pieces.load(Ordering::SeqCst)), (1, 3));
    });
}

#[test]
fn a_stop_ends_between_two_pieces_and_another_goes_on() {
    on_both_engines(|world| async move {
        let pieces = Arc::default();
        let task = counting(&pieces);
        let (_keep, stop) = watch::channel(true);
        assert!(!turn(&world.service, &task, Uuid::from_u128(1), &stop).await.unwrap());
        assert_eq!(pieces.load(Ordering::SeqCst), 1);
        assert!(try_turn(&world, &task, 2).await, "due at once");
        assert_eq!(pieces.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn links_that_nobody_used_are_dropped_a_day_later() {
    on_both_engines(|world| async move {
        let cx = world.visitor(service::Door::Pages);
        let address = access::Email::parse("ada@example.org").unwrap();
        world.service.request_registration(&cx, &address).await.unwrap();
        let links = async || world.dump().await["registrations"].len();
        let task = carillon_worker::tasks::all(&signin::SignIn::new(world.service.clone())).into_iter().next().unwrap();
        world.later(24 * 60 - 1);
        assert!(try_turn(&world, &task, 1).await);
        assert_eq!(links().await, 1);
        world.later(60);
        assert!(try_turn(&world, &task, 1).await);
        assert_eq!(links().await, 0);
    });
}
