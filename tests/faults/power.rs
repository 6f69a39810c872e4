//! The power fails on SQLite. A kill leaves what the system has in memory; a power failure leaves what was synced.

use std::collections::BTreeMap;
use std::fs::{self, DirEntry};
use std::path::Path;
use std::sync::{LazyLock, Mutex};

use super::chance::Chance;
use super::disk::{Disk, lay_out};
use super::door::Door;
use super::ledger::{Change, Ledger};
use super::load::{Client, Stopped, together};
use super::recording::{Recorder, events};
use super::seen;
use crate::harness::Engine;
use crate::harness::server::{Another, Server, carillon, unlimited};

const SEED: u64 = 3;
const CLIENTS: u64 = 3;
/// Changes of each client: enough for the write-ahead log to be copied and begun anew.
const CHANGES: usize = 150;
/// Moments at which the power fails; each is the moment of an acknowledgement.
const MOMENTS: usize = 100;
/// Moments of the first start at which it fails.
const STARTS: usize = 10;
const DATABASE: &str = "carillon.db";

/// A server's life under load: what it did to its files, and what it acknowledged when.
struct Life {
    log: Vec<u8>,
    /// For each client its acknowledged changes, with the position in the log by which it had the answer.
    acknowledged: BTreeMap<String, Vec<(usize, Change)>>,
    /// The folder as the server left it.
    left: Files,
}

type Files = BTreeMap<String, Vec<u8>>;

/// Lived once; the tests look at it from different sides.
static LIFE: LazyLock<Life> = LazyLock::new(|| {
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let recorder = Recorder::new(elsewhere.path());
    let mut server = Server::start_with(Engine::Sqlite, |folder| {
        recorder.environment(folder).into_iter().chain(unlimited()).collect()
    });
    let mut clients = Client::several(CLIENTS, SEED, &server);
    let acknowledged = Mutex::new(BTreeMap::<String, Vec<_>>::new());
    let note = |client: &str, change: &Change| {
        let position = recorder.position();
        acknowledged.lock().unwrap().entry(client.to_owned()).or_default().push((position, change.clone()));
    };
    let stopped = together(&mut clients, &Door::of(&server), CHANGES, note, || {});
    assert!(stopped.iter().all(|why| *why == Stopped::Finished), "{stopped:?}");
    server.kill();
    Life { log: recorder.read(), acknowledged: acknowledged.into_inner().unwrap(), left: files(server.folder()) }
});

fn files(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let files = entries.filter(|entry| entry.file_type().expect("a type").is_file());
    let name = |entry: &DirEntry| entry.file_name().into_string().expect("UTF-8");
    files.map(|entry| (name(&entry), fs::read(entry.path()).expect("a file"))).collect()
}

impl Life {
    /// Moments at which to let the power fail, in order: acknowledgements, and any others after the first of them.
    fn moments(&self, chance: &mut Chance) -> Vec<usize> {
        let acknowledged: Vec<usize> = self.acknowledged.values().flatten().map(|(position, _)| *position).collect();
        let first = *acknowledged.iter().min().expect("an acknowledgement");
        let moment = |n| match n % 2 {
            0 => *chance.pick(&acknowledged),
            _ => first + chance.below(self.log.len() - first),
        };
        let mut moments: Vec<usize> = (0..MOMENTS).map(moment).collect();
        moments.sort_unstable();
        moments
    }

    /// The disk at each of the moments.
    fn replay(&self, moments: &[usize], mut at: impl FnMut(usize, &mut Disk)) {
        let (mut disk, mut moments) = (Disk::default(), moments.iter().peekable());
        for (position, event) in events(&self.log) {
            while let Some(moment) = moments.next_if(|moment| **moment < position) {
                at(*moment, &mut disk);
            }
            disk.apply(&event);
        }
        moments.for_each(|moment| at(*moment, &mut disk));
    }

    /// What each client knew at a moment; its next change may be there or not.
    fn ledgers(&self, moment: usize) -> impl Iterator<Item = (&String, Ledger)> {
        self.acknowledged.iter().map(move |(client, changes)| {
            let mut ledger = Ledger::new(client);
            let known = changes.partition_point(|(position, _)| *position <= moment);
            changes[..known].iter().for_each(|(_, change)| ledger.acknowledged(change));
            changes.get(known).into_iter().for_each(|(_, change)| ledger.unanswered(change.clone()));
            (client, ledger)
        })
    }

    /// Whether all that was acknowledged by a moment is in what a disk kept of it.
    fn check(&self, moment: usize, kept: &Files) -> Result<(), String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(kept, folder.path());
        let seen = seen::in_file(&folder.path().join(DATABASE))?;
        for (client, mut ledger) in self.ledgers(moment) {
            ledger.settle(&seen.world).map_err(|e| format!("{client}: {e}"))?;
        }
        Ok(())
    }
}

/// All that the other tests say rests on this.
#[test]
fn the_recording_holds_all_that_the_server_did_to_its_files() {
    let mut disk = Disk::default();
    events(&LIFE.log).for_each(|(_, event)| disk.apply(&event));
    let but = |files: &Files| -> Files {
        // The harness's own, and what SQLite maps.
        let kept = |name: &str| name != "server.log" && !name.ends_with("-shm");
        files.iter().filter(|(name, _)| kept(name)).map(|(name, content)| (name.clone(), content.clone())).collect()
    };
    let (recorded, left) = (but(&disk.current()), but(&LIFE.left));
    assert_eq!(recorded.keys().collect::<Vec<_>>(), left.keys().collect::<Vec<_>>());
    for (name, content) in &recorded {
        assert!(*content == left[name], "{name} differs");
    }
}

#[test]
fn every_acknowledged_change_survives_a_power_failure() {
    let mut chance = Chance::new(SEED);
    let moments = LIFE.moments(&mut chance);
    LIFE.replay(&moments, |moment, disk| {
        let check = |kept| LIFE.check(moment, &kept);
        check(disk.kept()).unwrap_or_else(|e| panic!("seed {SEED}, moment {moment}, only what was synced: {e}"));
        check(disk.torn(&mut chance)).unwrap_or_else(|e| panic!("seed {SEED}, moment {moment}, torn: {e}"));
    });
}

/// The command line opens what a disk kept: the key that unseals names and mails is there too.
#[test]
fn what_a_power_failure_leaves_can_be_read() {
    let mut chance = Chance::new(SEED + 1);
    let moments = LIFE.moments(&mut chance);
    LIFE.replay(&moments[MOMENTS / 2..MOMENTS / 2 + 2], |moment, disk| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(&disk.kept(), folder.path());
        let told = seen::trail_and_mails(|line| carillon(folder.path(), None).args(line));
        let seen = seen::in_file(&folder.path().join(DATABASE)).expect("a database").with(&told);
        for (client, mut ledger) in LIFE.ledgers(moment) {
            ledger.settle(&seen.world).unwrap_or_else(|e| panic!("moment {moment}, {client}: {e}"));
        }
    });
}

/// The power may fail before anything was acknowledged, while the key and the schema are made.
#[test]
fn a_first_start_that_lost_its_power_can_be_repeated() {
    let mut chance = Chance::new(SEED);
    let first = LIFE.acknowledged.values().flatten().map(|(position, _)| *position).min().expect("an acknowledgement");
    let mut moments: Vec<usize> = (0..STARTS).map(|_| chance.below(first)).collect();
    moments.sort_unstable();
    LIFE.replay(&moments, |moment, disk| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        lay_out(&disk.torn(&mut chance), folder.path());
        drop(Another::on(folder.path()));
        let opened = carillon(folder.path(), None).args("account list --json").run();
        assert_eq!(opened.code, Some(0), "seed {SEED}, moment {moment}: {opened:?}");
    });
}

/// Would these tests notice? The same life, had the server not synced its write-ahead log before it answered.
#[test]
fn a_server_that_answers_before_it_syncs_is_found_out() {
    let moments = LIFE.moments(&mut Chance::new(SEED));
    let (first, later) = (moments[0], &moments[MOMENTS / 4..]);
    let mut lost = 0;
    LIFE.replay(&[&[first], later].concat(), |moment, disk| match moment == first {
        true => disk.ignore_syncs_of(&format!("{DATABASE}-wal")),
        false => lost += usize::from(LIFE.check(moment, &disk.kept()).is_err()),
    });
    assert!(lost > later.len() / 2, "only {lost} of {} power failures were seen to lose something", later.len());
}
