//! A database that may lose what it acknowledged is refused at the start, however it was set so, and a server that runs
//! on one is not ready.

use std::thread::sleep;
use std::time::Duration;

use super::cluster::Cluster;
use crate::harness::clients::{Client, Ran};
use crate::harness::server::{Another, binary};

/// (what weakens the cluster, what undoes it, the word that names it).
const WEAK: [(&str, &str, &str); 5] = [
    ("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM RESET fsync", "fsync is off"),
    ("ALTER SYSTEM SET full_page_writes = off", "ALTER SYSTEM RESET full_page_writes", "full_page_writes is off"),
    ("ALTER SYSTEM SET synchronous_commit = off", "ALTER SYSTEM RESET synchronous_commit", "synchronous_commit is off"),
    (
        "ALTER ROLE carillon SET synchronous_commit = off",
        "ALTER ROLE carillon RESET synchronous_commit",
        "synchronous_commit is off",
    ),
    (
        "ALTER DATABASE postgres SET synchronous_commit = off",
        "ALTER DATABASE postgres RESET synchronous_commit",
        "synchronous_commit is off",
    ),
];

#[test]
fn a_database_that_may_lose_changes_is_refused_unless_that_is_allowed() {
    let cluster = Cluster::start("");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let change = |statement: &str, setting: &str, now: &str| {
        cluster.sql(statement);
        cluster.sql("SELECT pg_reload_conf()");
        // The new value is read by a new session once the postmaster has it.
        for _ in 0..200 {
            if cluster.sql(&format!("SHOW {setting}")) == now {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("{setting} did not become {now}");
    };
    let carillon = |line: &str| {
        let client = Client::new(&binary(), folder.path()).env("CARILLON_DATA", folder.path());
        client.env("CARILLON_DATABASE_URL", cluster.url()).args(line)
    };
    let server = Another::on_postgres(folder.path(), cluster.url());
    let ready = || ureq::get(format!("{}/readyz", server.url())).call().is_ok();
    assert!(ready());
    for (weaken, undo, word) in WEAK {
        let setting = word.split(' ').next().expect("a word");
        change(weaken, setting, "off");
        for line in ["account list --json", "serve --listen 127.0.0.1:0 --json"] {
            let Ran { code, stderr, .. } = carillon(line).run();
            assert_eq!(code, Some(5), "{weaken}: {stderr}");
            assert!(stderr.contains(word) && stderr.contains("unsafe-database"), "{weaken}: {stderr}");
            assert!(stderr.contains("allow_losing_changes"), "{stderr}");
        }
        carillon("account list").env("CARILLON_ALLOW_LOSING_CHANGES", "true").run().ok();
        if weaken.contains("SYSTEM") {
            assert!(!ready(), "{weaken}");
        }
        change(undo, setting, "on");
    }
    carillon("account list").run().ok();
    assert!(ready());

    // `local` is safe by itself, and gives up the standby where there is one.
    change("ALTER ROLE carillon SET synchronous_commit = local", "synchronous_commit", "local");
    carillon("account list").run().ok();
    cluster.sql("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
    change("SELECT 1", "synchronous_standby_names", "nobody");
    let refused = carillon("account list").run();
    assert_eq!(refused.code, Some(5), "{refused:?}");
    assert!(refused.stderr.contains("synchronous_commit is local"), "{refused:?}");
}
