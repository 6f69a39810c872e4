//! A PostgreSQL of a test's own, for what nobody may do to the one that all tests share.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::source::root;

/// A running cluster. Dropping it stops it.
pub struct Cluster {
    /// Runs until its standard input ends.
    holder: Child,
    url: String,
}

impl Cluster {
    /// Starts one with further options of the server, such as `-c ssl=on`.
    pub fn start(options: &str) -> Self {
        let mut command = Command::new(root().join("scripts/with-postgres"));
        command.args(["sh", "-c", "echo \"$CARILLON_TEST_POSTGRES\"; cat"]).env("POSTGRES_OPTIONS", options);
        let mut holder = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
        let mut url = String::new();
        BufReader::new(holder.stdout.as_mut().expect("a pipe")).read_line(&mut url).expect("a line");
        assert!(url.starts_with("postgres://"), "the cluster did not start: {url}");
        Self { holder, url: url.trim().to_owned() }
    }

    /// Where its database `postgres` is, as its superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Runs a statement; what it answers, without headings.
    pub fn sql(&self, statement: &str) -> String {
        let mut command = Command::new("/usr/lib/postgresql/15/bin/psql");
        let done = command.args(["-qAtXd", &self.url, "-c", statement]).output().expect("psql runs");
        assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        self.holder.wait().ok();
    }
}

/// Gives a file to whom the cluster runs as: PostgreSQL does not run as root, and reads no key of somebody else's.
pub fn give_to_postgres(file: &Path) {
    let me = Command::new("id").arg("-u").output().expect("id runs");
    if me.stdout.trim_ascii() == b"0" {
        let given = Command::new("chown").arg("postgres:").arg(file).status();
        assert!(given.expect("chown runs").success());
    }
}
