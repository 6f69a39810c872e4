//! PostgreSQL ends every connection of a server under load, as a restart or a failover would.

use std::sync::mpsc;

use serde_json::json;

use super::chance::Chance;
use super::door::{Answer, Door};
use super::ledger::Change;
use super::load::{Client, Stopped, together, wait_for};
use super::seen;
use crate::harness::Engine;
use crate::harness::server::{Server, unlimited};

const SEED: u64 = 2;
const ROUNDS: usize = 4;
const CLIENTS: u64 = 4;
/// More than a pool of a server has connections, each of which may be found dead once.
const CONNECTIONS: usize = 16;
/// Every connection to the server's database but the one that asks.
const END_ALL: &str = "select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()";

#[test]
fn a_server_whose_connections_are_all_ended_loses_nothing_and_recovers_by_itself() {
    let server = Server::start_with(Engine::Postgres, |_| unlimited());
    let mut clients = Client::several(CLIENTS, SEED, &server);
    let mut chance = Chance::new(SEED);
    for round in 0..ROUNDS {
        let door = Door::of(&server);
        let (tell, acknowledged) = mpsc::channel();
        let changes = 20 + chance.below(60);
        let tell = |_: &str, _: &Change| tell.send(()).expect("somebody counts");
        let stopped = together(&mut clients, &door, 100, tell, || {
            wait_for(changes, &acknowledged);
            server.in_postgres(END_ALL);
        });
        assert!(!stopped.contains(&Stopped::Lost), "round {round}: {stopped:?}");
        recovers(&door, round);
        let seen = seen::through_doors(&server);
        for client in &mut clients {
            client.settle(&seen).unwrap_or_else(|e| panic!("seed {SEED}, round {round}, {e}"));
        }
    }
}

/// Nobody restarts anything: after at most one 503 for each dead connection the server answers again and changes again.
fn recovers(door: &Door, round: usize) {
    let mut answered = 0;
    for n in 0..4 * CONNECTIONS {
        let read = door.get("/accounts?max-results=1");
        let changed = door.post("/accounts", &json!({ "Name": format!("After {round}, {n}") }));
        answered = match (read, changed) {
            (Answer::Done(_), Answer::Done(_)) => answered + 1,
            (Answer::Lost, _) | (_, Answer::Lost) => panic!("round {round}: the server is gone"),
            _ => 0,
        };
        if answered == CONNECTIONS {
            return;
        }
    }
    panic!("round {round}: the server still answers 503");
}
