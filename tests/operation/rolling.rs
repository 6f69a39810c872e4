//! Three processes on one PostgreSQL, replaced one after the other while clients work: what an upgrade does. Nobody
//! notices, and nothing is lost; of a process that is killed, only the requests that it was answering.

use std::sync::mpsc;
use std::thread::{scope, sleep};
use std::time::Duration;

use crate::faults::door::Door;
use crate::faults::ledger::Change;
use crate::faults::load::{Client, Stopped, together, wait_for};
use crate::faults::seen;
use crate::harness::Engine;
use crate::harness::server::{Another, Server, unlimited};
use crate::harness::web::{Balancer, Chime};

const SEED: u64 = 5;
const CLIENTS: u64 = 4;
/// Changes between two events, so that every event happens under load.
const CHANGES: usize = 20;
/// How often the processes are asked whether they are ready; the drain is many times as long.
const LOOK: Duration = Duration::from_millis(50);

#[test]
fn processes_are_replaced_under_load_and_no_request_fails() {
    let server = Server::start_with(Engine::Postgres, |_| {
        let mut environment = unlimited();
        environment.push(("CARILLON_LIMITS_DRAIN_SECONDS", "2".into()));
        environment
    });
    let mut processes: Vec<Another> = (0..3).map(|_| server.another()).collect();
    let balancer = Balancer::new(processes.iter().map(|process| process.url().to_owned()).collect());
    let door = || {
        let (id, secret) = (server.demo("/access_key_id"), server.demo("/secret_access_key"));
        Door::through(Chime::behind(&balancer, id, secret))
    };
    let mut clients = Client::several(CLIENTS, SEED, &server);

    let replacing = door();
    let stopped = under_load(&mut clients, &replacing, &balancer, |acknowledged| {
        for (number, process) in processes.iter_mut().enumerate() {
            wait_for(CHANGES, acknowledged);
            assert!(process.stop().success(), "told to stop, it ends well");
            wait_for(CHANGES, acknowledged);
            process.start_again();
            while balancer.is_down(number) {
                sleep(LOOK);
            }
        }
        wait_for(CHANGES, acknowledged);
    });
    assert!(stopped.iter().all(|why| *why == Stopped::Finished), "every request was answered: {stopped:?}");
    assert_eq!(replacing.turned_away(), 0, "nobody was sent to a closed door");
    settled(&server, &mut clients);

    // Killed, it answers no more: whoever was waiting for it knows no answer, and the others go on.
    let killing = door();
    let stopped = under_load(&mut clients, &killing, &balancer, |acknowledged| {
        wait_for(CHANGES, acknowledged);
        processes[1].kill();
        // Those who go on are enough to tell of further changes, unless all four were waiting for this one.
        sleep(4 * LOOK);
    });
    assert!(!stopped.contains(&Stopped::Unavailable), "{stopped:?}");
    settled(&server, &mut clients);
}

/// Lets the clients work through the door while `beside` happens and the balancer looks after the processes.
fn under_load(
    clients: &mut [Client],
    door: &Door,
    balancer: &Balancer,
    beside: impl FnOnce(&mpsc::Receiver<()>),
) -> Vec<Stopped> {
    let (tell, acknowledged) = mpsc::channel();
    let tell = move |_: &str, _: &Change| {
        // Nobody may count any more.
        tell.send(()).ok();
    };
    let (over, ended) = mpsc::channel::<()>();
    scope(|scope| {
        scope.spawn(move || {
            while ended.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Timeout) {
                balancer.look();
            }
        });
        let stopped = together(clients, door, usize::MAX, tell, || door.while_doing(|| beside(&acknowledged)));
        drop(over);
        stopped
    })
}

fn settled(server: &Server, clients: &mut [Client]) {
    let seen = seen::through_doors(server);
    for client in clients {
        client.settle(&seen).unwrap_or_else(|e| panic!("seed {SEED}, {e}"));
    }
}
