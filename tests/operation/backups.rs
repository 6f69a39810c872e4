//! Backups of SQLite: taken while clients work, restored elsewhere, and refused where they would harm.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Mutex, mpsc};

use crate::faults::door::Door;
use crate::faults::ledger::{Change, after_how_many};
use crate::faults::load::{Client, Stopped, together, wait_for};
use crate::faults::seen;
use crate::harness::Engine;
use crate::harness::clients::Ran;
use crate::harness::server::{Another, Server, carillon, unlimited};

const SEED: u64 = 6;
const CLIENTS: u64 = 4;
const BACKUPS: usize = 3;

/// Every change that was acknowledged before a backup began is in it, and what is in it is a moment of the past: for each
/// client its changes up to some point, and none half.
#[test]
fn a_backup_under_load_holds_everything_acknowledged_before_it() {
    let server = Server::start_with(Engine::Sqlite, |_| unlimited());
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let file = |n: usize| elsewhere.path().join(format!("backup-{n}"));
    let made = Mutex::new(BTreeMap::<String, Vec<Change>>::new());
    let (tell, acknowledged) = mpsc::channel();
    let note = |client: &str, change: &Change| {
        made.lock().unwrap().entry(client.to_owned()).or_default().push(change.clone());
        tell.send(()).ok();
    };
    let door = Door::of(&server);
    let mut clients = Client::several(CLIENTS, SEED, &server);
    let mut least = Vec::new();
    let beside = || {
        for n in 0..BACKUPS {
            wait_for(40, &acknowledged);
            least.push(made.lock().unwrap().iter().map(|(name, made)| (name.clone(), made.len())).collect());
            server.carillon("backup").arg(file(n)).run().ok();
        }
        wait_for(40, &acknowledged);
    };
    let stopped = together(&mut clients, &door, usize::MAX, note, || door.while_doing(beside));
    assert!(stopped.iter().all(|why| *why == Stopped::Finished), "{stopped:?}");

    let made = made.into_inner().unwrap();
    for (n, least) in least.iter().enumerate() {
        let least: &BTreeMap<String, usize> = least;
        let restored = elsewhere.path().join(format!("restored-{n}"));
        fs::create_dir(&restored).expect("a folder");
        fs::copy(server.folder().join("master.key"), restored.join("master.key")).expect("the key");
        carillon(&restored, None).args("restore").arg(file(n)).run().ok();
        let seen = seen::in_file(&restored.join("carillon.db")).expect("a database");
        for (client, changes) in &made {
            let held = after_how_many(changes, client, &seen.world);
            let held = held.unwrap_or_else(|| panic!("backup {n}: {client} was never like this: {:?}", seen.world));
            assert!(held >= least.get(client).copied().unwrap_or(0), "backup {n} lost changes of {client}");
        }
        if n == 0 {
            let server = Another::on(&restored);
            assert_eq!(ureq::get(format!("{}/readyz", server.url())).call().expect("an answer").status(), 200);
        }
    }
}

#[test]
fn what_would_harm_is_refused_and_nothing_is_left_behind() {
    let server = Server::start_with(Engine::Sqlite, |_| unlimited());
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let backup = elsewhere.path().join("backup");
    let taken = server.carillon("backup --json").arg(&backup).run();
    assert!(taken.stderr.contains("master key is not in it"), "{taken:?}");
    let taken = taken.json();
    let mode = fs::metadata(&backup).expect("a file").permissions().mode();
    assert_eq!((mode & 0o777, taken["bytes"].as_u64()), (0o600, Some(fs::metadata(&backup).unwrap().len())));
    assert!(taken["last_change"].is_string(), "{taken}");
    let text = fs::read(&backup).expect("a file");
    let key = fs::read_to_string(server.folder().join("master.key")).expect("a key");
    let key = key.trim().as_bytes();
    assert!(!text.windows(key.len()).any(|part| part == key), "the master key is in it");

    let again = server.carillon("backup").arg(&backup).run();
    assert_eq!(again.code, Some(1), "no backup is overwritten: {again:?}");

    let folder = elsewhere.path().join("new");
    let restore = |file: &Path| carillon(&folder, None).args("restore --json").arg(file).run();
    let refused = |ran: Ran, code: i32, word: &str| {
        assert_eq!(ran.code, Some(code), "{word}: {ran:?}");
        assert!(ran.stderr.contains(word), "{word}: {ran:?}");
        let left: Vec<_> =
            fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.iter().all(|name| name == "master.key"), "{word}: {left:?}");
    };
    fs::create_dir(&folder).expect("a folder");
    refused(restore(&backup), 4, "there is no master key");
    fs::write(folder.join("master.key"), "00".repeat(32)).expect("a key");
    refused(restore(&backup), 5, "not the master key that the database was sealed with");
    fs::copy(server.folder().join("master.key"), folder.join("master.key")).expect("the key");
    refused(restore(&elsewhere.path().join("nothing")), 3, "there is no file");

    let broken = elsewhere.path().join("broken");
    let mut half = text.clone();
    half.truncate(text.len() / 2);
    fs::write(&broken, half).expect("a file");
    refused(restore(&broken), 5, "corrupt-database");
    let mut scratched = text;
    scratched[3 * 4096..40 * 4096].fill(0xab);
    fs::write(&broken, scratched).expect("a file");
    refused(restore(&broken), 5, "corrupt-database");
    fs::write(&broken, "no database at all, but long enough to be looked at".repeat(100)).expect("a file");
    refused(restore(&broken), 5, "corrupt-database");

    restore(&backup).ok();
    let twice = restore(&backup);
    assert_eq!(twice.code, Some(1), "data is not overwritten: {twice:?}");
    assert!(twice.stderr.contains("is there already"), "{twice:?}");
    let people = |folder: &Path| carillon(folder, None).args("user list --json").arg("Sample Team").run().ok();
    assert_eq!(people(&folder), people(server.folder()));
}
