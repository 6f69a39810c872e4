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
    /// Where it keeps its data; none where its script removes that at its end.
    folder: Option<TempDir>,
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

    /// A domain controller; see `scripts/samba-ad`. It may be kept in a static: it ends with the process, and its data too.
    pub fn samba() -> Self {
        let (process, said) = run(Kind::ActiveDirectory, None, &[]);
        Self { kind: Kind::ActiveDirectory, environment: Vec::new(), folder: None, process, said }
    }

    fn start(kind: Kind, environment: Vec<(&'static str, &'static str)>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (process, said) = run(kind, Some(folder.path()), &environment);
        Self { kind, environment, folder: Some(folder), process, said }
    }

    /// Ends it; what it stored stays.
    pub fn stop(&mut self) {
        drop(self.process.stdin.take());
        self.process.wait().expect("it ends");
    }

    /// Starts an OpenLDAP again after [`stop`](Server::stop), where it answered before.
    pub fn start_again(&mut self) {
        (self.process, self.said) = run(self.kind, self.folder.as_ref().map(TempDir::path), &self.environment);
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

    /// The values of an attribute of an entry, as its administrator sees them.
    pub fn ask(&self, dn: &str, attribute: &str) -> Vec<String> {
        let mut command = Command::new("ldapsearch");
        command.args(["-x", "-LLL", "-o", "ldif-wrap=no", "-H", self.said("url"), "-w", PASSWORD]);
        command.args(["-D", &self.account("admin"), "-s", "base", "-b", dn, attribute]);
        let output = command.output().expect("ldapsearch: run scripts/setup-tests");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let values = text.lines().filter_map(|line| line.strip_prefix(attribute)?.strip_prefix(": "));
        values.map(str::to_owned).collect()
    }

    /// Sets the password of somebody in a Samba. It goes over TLS alone, in quotes and UTF-16
    /// (MS-ADTS 3.1.1.3.1.5.1).
    pub fn set_password(&self, dn: &str, password: &str) {
        let octets: Vec<u8> = format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(&octets).expect("a file");
        let from = file.path().display();
        self.modify(
            "ldaps",
            &format!("dn: {dn}\nchangetype: modify\nreplace: unicodePwd\nunicodePwd:< file://{from}\n-\n"),
        );
    }

    /// Makes changes, written as LDIF (RFC 2849); an entry without `changetype` is added.
    pub fn change(&self, ldif: &str) {
        self.modify("url", ldif);
    }

    fn modify(&self, url: &str, ldif: &str) {
        let mut command = Command::new("ldapmodify");
        command.args(["-x", "-a", "-H", self.said(url), "-w", PASSWORD, "-D", &self.account("admin")]);
        // This client takes localhost for the machine's own name, which no certificate of ours has.
        command.env("LDAPTLS_REQCERT", "never");
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
fn run(kind: Kind, folder: Option<&Path>, environment: &[(&str, &str)]) -> (Child, BTreeMap<String, String>) {
    let script = match kind {
        Kind::OpenLdap => "slapd",
        Kind::ActiveDirectory => "samba-ad",
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts").join(script);
    let mut command = Command::new(&script);
    command.args(folder).envs(environment.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut process = command.spawn().expect("the script runs");
    let lines = BufReader::new(process.stdout.take().expect("its output")).lines().map_while(Result::ok);
    let lines: Vec<String> = lines.collect();
    assert!(lines.last().is_some_and(|line| line == "ready"), "{} did not start a directory", script.display());
    let said = lines.iter().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into()));
    (process, said.collect())
}
