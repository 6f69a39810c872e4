//! The built binary as a running server with the sample data, on a free loopback port and a temporary folder.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use super::Engine;
use super::clients::{self, Client};

/// A running Carillon. Dropping it ends the process by its id and removes what it stored.
pub struct Server {
    folder: TempDir,
    database: Option<Database>,
    listen: String,
    environment: Environment,
    demo: Value,
    process: Child,
}

/// A further process beside a [`Server`], or one by itself without sample data. Dropping it ends it.
pub struct Another {
    process: Child,
    command: Command,
    log: PathBuf,
    url: String,
}

impl Another {
    /// A server without sample data on what is in a folder.
    pub fn on(folder: &Path) -> Self {
        Self::start(carillon(folder, None), folder, &Vec::new())
    }

    /// A server without sample data on the database at a URL, with the key in a folder.
    pub fn on_postgres(folder: &Path, url: &str) -> Self {
        Self::start(carillon(folder, None).env("CARILLON_DATABASE_URL", url), folder, &Vec::new())
    }

    fn start(client: Client, folder: &Path, environment: &Environment) -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let log = folder.join(format!("another-{}.log", MADE.fetch_add(1, Ordering::Relaxed)));
        let mut command = client.args("serve").into_command();
        command.envs(environment.iter().cloned()).stdin(Stdio::null());
        command.env("CARILLON_LISTEN", "127.0.0.1:0");
        let process = Self::process(&mut command, &log);
        let mut another = Self { process, command, log, url: String::new() };
        another.wait_until_ready();
        // Started again, it answers where it did.
        another.command.env("CARILLON_LISTEN", another.url.trim_start_matches("http://"));
        another
    }

    fn process(command: &mut Command, log: &Path) -> Child {
        let to = File::create(log).expect("a log");
        command.stdout(to.try_clone().expect("a log")).stderr(to).spawn().expect("a process")
    }

    fn wait_until_ready(&mut self) {
        for _ in 0..600 {
            let text = fs::read_to_string(&self.log).unwrap_or_default();
            if let Some(line) = text.lines().find_map(|line| line.strip_prefix("Carillon answers at ")) {
                line.clone_into(&mut self.url);
                return;
            }
            if let Some(status) = self.process.try_wait().expect("the process can be asked") {
                panic!("the process ended ({status}):\n{text}");
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the other process was not ready within 30 seconds");
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Asks the process to end and waits for it.
    pub fn stop(&mut self) -> ExitStatus {
        stop(&mut self.process)
    }

    /// Ends the process at once.
    pub fn kill(&mut self) {
        self.process.kill().expect("the process runs");
        self.process.wait().expect("the process ends");
    }

    /// Starts it again after `stop` or `kill`, where it answered before.
    pub fn start_again(&mut self) {
        self.process = Self::process(&mut self.command, &self.log);
        self.wait_until_ready();
    }
}

impl Drop for Another {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn stop(process: &mut Child) -> ExitStatus {
    let asked = Command::new("kill").arg(process.id().to_string()).status();
    assert!(asked.expect("kill runs").success(), "the process had already ended");
    process.wait().expect("the process ends")
}

/// Variables that a server is started with, beside those that name its data.
type Environment = Vec<(&'static str, OsString)>;

/// Settings of a server that slows nobody down: tests are one client that does in seconds what people do in days.
pub fn unlimited() -> Environment {
    let variables = [
        "CARILLON_LIMITS_PER_CREDENTIAL",
        "CARILLON_LIMITS_PER_ADDRESS",
        "CARILLON_LIMITS_FORMS_PER_MINUTE",
        "CARILLON_LIMITS_SIGN_IN_FORMS_PER_MINUTE",
    ];
    variables.into_iter().map(|name| (name, "0".into())).collect()
}

/// The same, and passwords that cost nothing: they are one door of many that are asked all the time.
pub fn quick() -> Environment {
    let cheap = [("CARILLON_PASSWORDS_MEMORY_KIB", "64".into()), ("CARILLON_PASSWORDS_PASSES", "1".into())];
    unlimited().into_iter().chain(cheap).collect()
}

impl Server {
    /// Starts a server with `--demo` on a fresh database and waits until it is ready.
    pub fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| Vec::new())
    }

    /// The same on a file, by the build that has faults, with one of them at work.
    pub fn start_planted(fault: &str) -> Self {
        let binary = binary().with_file_name("carillon-planted");
        assert!(binary.is_file(), "{} is not built: run make test, or scripts/planted", binary.display());
        Self::start_with(Engine::Sqlite, |_| {
            let mut environment = quick();
            environment.extend([(PROGRAM, binary.into_os_string()), ("CARILLON_PLANT", fault.into())]);
            environment
        })
    }

    /// The same, with variables in its environment that may depend on its folder.
    pub fn start_with(engine: Engine, environment: impl FnOnce(&Path) -> Environment) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let environment = environment(folder.path());
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::create()),
        };
        let at = environment.iter().find(|(name, _)| *name == "CARILLON_LISTEN");
        let listen = at.map_or("127.0.0.1:0".to_owned(), |(_, at)| at.to_string_lossy().into_owned());
        let process = spawn(folder.path(), database.as_ref(), &listen, &environment);
        let mut server = Self { folder, database, listen, environment, demo: Value::Null, process };
        server.wait_until_ready();
        // Started again, it answers where demo.json says.
        server.listen = server.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
        server
    }

    /// The server's own address, such as `http://127.0.0.1:41234`.
    pub fn url(&self) -> &str {
        self.demo("/url").trim_end_matches('/')
    }

    /// A text in `demo.json` by its JSON pointer, such as `/api_token`.
    pub fn demo(&self, pointer: &str) -> &str {
        let value = self.demo.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("demo.json has no text at {pointer}: {}", self.demo))
    }

    /// A person of the sample data by their address.
    pub fn demo_user(&self, address: &str) -> &Value {
        let people = self.demo["users"].as_array().expect("people");
        people.iter().find(|person| person["address"] == address).unwrap_or_else(|| panic!("nobody has {address}"))
    }

    /// A registered person of the sample data's account of a kind, without a role.
    pub fn demo_person(&self, kind: &str) -> &Value {
        let account = self.demo(if kind == "Team" { "/accounts/team/id" } else { "/accounts/enterprise/id" });
        let people = self.demo["users"].as_array().expect("people");
        let found = people.iter().find(|person| person["account"] == account && person["password"].is_string());
        found.expect("a registered person")
    }

    /// Ends the process at once, as a power cut would; what it had acknowledged must be there at the next start.
    pub fn kill(&mut self) {
        self.process.kill().expect("the server runs");
        self.process.wait().expect("the server ends");
    }

    /// Asks the process to end and waits for it.
    pub fn stop(&mut self) -> ExitStatus {
        stop(&mut self.process)
    }

    /// Starts it again after `kill` or `stop`, on the same data and the same port.
    pub fn start_again(&mut self) {
        self.process = spawn(self.folder.path(), self.database.as_ref(), &self.listen, &self.environment);
        self.wait_until_ready();
    }

    /// Where it keeps its data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A further process on the same data, whose database must be PostgreSQL.
    pub fn another(&self) -> Another {
        Another::start(carillon(self.folder.path(), self.database.as_ref()), self.folder.path(), &self.environment)
    }

    /// Runs a statement in this server's database, which must be PostgreSQL.
    pub fn in_postgres(&self, statement: &str) {
        let database = self.database.as_ref().expect("a server on PostgreSQL");
        let done = psql(&database.url, statement);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Runs a statement in this server's database, for what no command can bring about, such as time having passed.
    pub fn statement(&self, statement: &str) {
        match &self.database {
            Some(_) => self.in_postgres(statement),
            None => {
                let file = self.folder.path().join("carillon.db");
                let program =
                    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
                let python = Client::new("/usr/bin/python3".as_ref(), self.folder()).arg("-c").arg(program);
                python.arg(file).arg(statement).run().ok();
            }
        }
    }

    /// The link in the newest mail to an address, from `carillon mail`.
    pub fn link_mailed_to(&self, address: &str) -> String {
        let mails = self.carillon("mail list --json").run().json();
        let mail = mails.as_array().and_then(|mails| mails.iter().find(|mail| mail["to"] == address));
        let text =
            mail.and_then(|mail| mail["text"].as_str()).unwrap_or_else(|| panic!("no mail to {address}: {mails}"));
        let link = text.split_whitespace().find(|word| word.starts_with("http"));
        link.unwrap_or_else(|| panic!("no link in {text}")).to_owned()
    }

    /// The `carillon` command line on this server's data, beside the running server.
    pub fn carillon(&self, line: &str) -> Client {
        carillon(self.folder.path(), self.database.as_ref()).args(line)
    }

    /// Debian's AWS CLI, signed in as the sample data's operator: `server.aws("list-accounts")`.
    pub fn aws(&self, line: &str) -> Client {
        let client = clients::aws(self.folder.path()).args("chime --output json --endpoint-url");
        self.signed_in(client.arg(self.url()).args(line))
    }

    /// A Python script of `tests/clients/`, signed in likewise; it finds the server in `CARILLON_URL`.
    pub fn python(&self, script: &str) -> Client {
        self.signed_in(clients::python(self.folder.path(), script))
    }

    /// A Node.js script of `tests/clients/`; it finds the server in `CARILLON_URL`.
    pub fn node(&self, script: &str) -> Client {
        self.signed_in(clients::node(self.folder.path(), script))
    }

    fn signed_in(&self, client: Client) -> Client {
        client
            .env("CARILLON_URL", self.url())
            .env("CARILLON_API_TOKEN", self.demo("/api_token"))
            .env("AWS_ACCESS_KEY_ID", self.demo("/access_key_id"))
            .env("AWS_SECRET_ACCESS_KEY", self.demo("/secret_access_key"))
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// Waits for demo.json, which tells the address, and for `/readyz` there. A server that ended is a failure at
    /// once; half a minute is far more than any start takes.
    fn wait_until_ready(&mut self) {
        for _ in 0..600 {
            if let Some(status) = self.process.try_wait().expect("the server can be asked") {
                panic!("the server ended ({status}):\n{}", self.log());
            }
            if self.is_ready() {
                return;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the server was not ready within 30 seconds:\n{}", self.log());
    }

    fn is_ready(&mut self) -> bool {
        let demo = fs::read_to_string(self.folder.path().join("demo.json")).ok();
        let Some(demo) = demo.and_then(|text| serde_json::from_str(&text).ok()) else {
            return false;
        };
        self.demo = demo;
        ureq::get(format!("{}/readyz", self.url())).call().is_ok()
    }

    /// Everything the server printed and logged.
    pub fn log(&self) -> String {
        fs::read_to_string(log_file(self.folder.path())).unwrap_or_default()
    }
}

impl Drop for Server {
    #[expect(clippy::print_stderr, reason = "a failed test shows what its server said")]
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
        if std::thread::panicking() {
            eprintln!("--- the server's log:\n{}", self.log());
        }
    }
}

/// In an environment: the program that serves, where it is not the usual one.
const PROGRAM: &str = "CARILLON_TEST_PROGRAM";

fn spawn(folder: &Path, database: Option<&Database>, listen: &str, environment: &Environment) -> Child {
    let log = File::options().create(true).append(true).open(log_file(folder)).expect("a log");
    let program = environment.iter().find(|(name, _)| *name == PROGRAM);
    let program = program.map_or_else(binary, |(_, program)| PathBuf::from(program));
    let client = by(&program, folder, database).args("serve --demo --listen").arg(listen);
    client
        .into_command()
        .envs(environment.iter().filter(|(name, _)| *name != PROGRAM).cloned())
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log"))
        .stderr(log)
        .spawn()
        .expect("the server starts")
}

fn log_file(folder: &Path) -> PathBuf {
    folder.join("server.log")
}

/// The `carillon` command line on a folder, or on a database with the folder's key.
pub fn carillon(folder: &Path, database: Option<&Database>) -> Client {
    by(&binary(), folder, database)
}

fn by(program: &Path, folder: &Path, database: Option<&Database>) -> Client {
    let client = Client::new(program, folder).env("CARILLON_DATA", folder);
    match database {
        Some(database) => client.env("CARILLON_DATABASE_URL", &database.url),
        None => client,
    }
}

/// The binary beside this test's own: `target/debug/carillon` for `target/debug/deps/all-...`.
pub fn binary() -> PathBuf {
    let this = std::env::current_exe().expect("this test's path");
    let binary = this.ancestors().nth(2).expect("a target folder").join("carillon");
    assert!(binary.is_file(), "{} is not built: run make test, or cargo build -p carillon", binary.display());
    binary
}

/// A database of its own in the tests' cluster, dropped with it.
pub struct Database {
    cluster: String,
    name: String,
    url: String,
}

impl Database {
    fn create() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let cluster = std::env::var("CARILLON_TEST_POSTGRES").expect(
            "CARILLON_TEST_POSTGRES is not set: run make test, or scripts/with-postgres cargo test -p carillon-tests",
        );
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("carillon_e2e_{}_{made}", std::process::id());
        let (server, _) = cluster.rsplit_once('/').expect("an address with a database");
        let url = format!("{server}/{name}");
        let done = psql(&cluster, &format!("create database {name}"));
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        Self { cluster, name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        psql(&self.cluster, &format!("drop database {} with (force)", self.name));
    }
}

fn psql(url: &str, statement: &str) -> Output {
    Command::new("/usr/lib/postgresql/15/bin/psql").args(["-qXd", url, "-c", statement]).output().expect("psql runs")
}
