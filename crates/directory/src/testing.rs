//! For tests: real directories, OpenLDAP and Samba as a domain controller, each on loopback ports of its own, started by the
//! test and ended with it.
#![expect(clippy::expect_used, reason = "a test that cannot be set up fails")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use access::directory::{Attributes, Connection, Kind};
use tempfile::TempDir;

/// The password of every account that a directory of the tests begins with.
pub const PASSWORD: &str = "Passw0rd!";

/// A running directory. Dropping it ends it and removes what it stored.
#[derive(Debug)]
pub struct Server {
    kind: Kind,
    environment: Vec<(&'static str, &'static str)>,
    folder: TempDir,
    process: Child,
    said: BTreeMap<String, String>,
}

impl Server {
    /// An OpenLDAP; see `scripts/slapd`.
    pub fn openldap() -> Self {
        Self::start(Kind::OpenLdap, Vec::new())
    }

    /// One whose changes cannot be followed.
    pub fn openldap_without_sync() -> Self {
        Self::start(Kind::OpenLdap, vec![("SLAPD_SYNC", "no")])
    }

    /// A domain controller; see `scripts/samba-ad`.
    pub fn samba() -> Self {
        Self::start(Kind::ActiveDirectory, Vec::new())
    }

    fn start(kind: Kind, environment: Vec<(&'static str, &'static str)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (process, said) = run(kind, folder.path(), &environment);
        Self { kind, environment, folder, process, said }
    }

    /// Ends it; what it stored stays.
    pub fn stop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().expect("it ends");
    }

    /// Starts it again after [`stop`](Server::stop), where it answered before.
    pub fn start_again(&mut self) {
        (self.process, self.said) = run(self.kind, self.folder.path(), &self.environment);
    }

    /// What its script says of it, such as `url`.
    pub fn said(&self, name: &str) -> &str {
        self.said.get(name).unwrap_or_else(|| panic!("the directory did not say its {name}: {:?}", self.said))
    }

    /// The distinguished name that everything is below.
    pub fn base(&self) -> &str {
        self.said("base")
    }

    /// How it is read without TLS by an account that may read everything, with the password [`PASSWORD`].
    pub fn connection(&self) -> Connection {
        Connection {
            kind: self.kind,
            urls: vec![self.said("url").to_owned()],
            start_tls: false,
            ca: None,
            bind: self.account("reader"),
            base: self.base().to_owned(),
            people: None,
            groups: None,
            attributes: Attributes::default(),
        }
    }

    /// The same by `ldaps://`, trusting its certificate.
    pub fn secure(&self) -> Connection {
        let ca = std::fs::read_to_string(self.said("ca")).expect("its CA");
        Connection { urls: vec![self.said("ldaps").to_owned()], ca: Some(ca), ..self.connection() }
    }

    /// How an account that it began with is named: `admin`, `reader` or `limited`.
    pub fn account(&self, name: &str) -> String {
        match self.kind {
            Kind::OpenLdap => format!("cn={name},{}", self.base()),
            Kind::ActiveDirectory => format!("{name}@example.test"),
        }
    }

    /// Makes changes, written as LDIF (RFC 2849); an entry without `changetype` is added.
    pub fn change(&self, ldif: &str) {
        let mut command = Command::new("ldapmodify");
        command.args(["-x", "-a", "-H", self.said("url"), "-w", PASSWORD, "-D", &self.account("admin")]);
        let made = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut process = made.expect("ldapmodify: run scripts/setup-tests");
        process.stdin.take().expect("its input").write_all(ldif.as_bytes()).expect("it reads");
        let output = process.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{}\n{ldif}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().ok();
    }
}

/// Runs the script of a kind, which ends when its input is closed: by us, or because we ended.
fn run(kind: Kind, folder: &Path, environment: &[(&str, &str)]) -> (Child, BTreeMap<String, String>) {
    let script = match kind {
        Kind::OpenLdap => "slapd",
        Kind::ActiveDirectory => "samba-ad",
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(script);
    let mut command = Command::new(&script);
    command.arg(folder).envs(environment.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().expect("the script runs");
    let lines = BufReader::new(process.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let lines: Vec<String> = lines.collect();
    assert!(lines.last().is_some_and(|line| line == "ready"), "{} did not start a directory", script.display());
    let said = lines.iter().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into()));
    (process, said.collect())
}
