//! `kill -9` under write load, again and again on the same data.

use std::sync::mpsc;
use std::thread::sleep;
use std::time::Duration;

use super::chance::Chance;
use super::door::Door;
use super::ledger::Change;
use super::load::{Client, Stopped, together, wait_for};
use super::seen;
use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};

const SEED: u64 = 1;
const ROUNDS: usize = 6;
const CLIENTS: u64 = 4;

on_both_engines!(every_acknowledged_change_survives_a_kill_and_none_is_half_done);

fn every_acknowledged_change_survives_a_kill_and_none_is_half_done(engine: Engine) {
    let mut server = Server::start_with(engine, |_| unlimited());
    let mut clients = Client::several(CLIENTS, SEED, &server);
    let mut chance = Chance::new(SEED);
    for round in 0..ROUNDS {
        let door = Door::of(&server);
        let (tell, acknowledged) = mpsc::channel();
        let tell = |_: &str, _: &Change| tell.send(()).expect("somebody counts");
        // Some changes into the load, and then at any moment of the next ones.
        let (changes, further) = (20 + chance.below(100), Duration::from_micros(chance.below(4_000) as u64));
        let stopped = together(&mut clients, &door, usize::MAX, tell, || {
            wait_for(changes, &acknowledged);
            sleep(further);
            server.kill();
        });
        assert!(stopped.iter().all(|why| *why == Stopped::Lost), "round {round}: {stopped:?}");
        server.start_again();
        let seen = seen::through_doors(&server);
        for client in &mut clients {
            client.settle(&seen).unwrap_or_else(|e| panic!("seed {SEED}, round {round}, {e}"));
        }
    }
}
