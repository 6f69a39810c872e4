//! The built server, as it is run: how soon it answers after its start, and how much memory it takes.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use store::Database;

use crate::load::{Door, Load};
use crate::process::Process;
use crate::report::{Aim, Row, Spread};
use crate::{Bench, Engine, Outcome, now, template};

/// The first answer after start, in milliseconds.
const FIRST_ANSWER: f64 = 150.0;
/// Memory at rest, in MB: with nobody, and with a million people after some questions.
const MEMORY: (f64, f64) = (40.0, 100.0);

/// `carillon serve`, as a process of its own.
pub struct Server {
    /// The process.
    pub process: Process,
    /// Where it answers.
    pub address: SocketAddr,
    /// How long the first answer took, in milliseconds.
    first_answer: f64,
}

impl Server {
    /// Starts it without the limits that one machine alone would meet; what comes from here may come from anywhere, by
    /// `X-Forwarded-For`.
    pub fn start(database: &Database) -> Outcome<Self> {
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = carillon(database)?;
        command.arg("serve").env("CARILLON_LISTEN", address.to_string());
        for limit in ["PER_CREDENTIAL", "PER_ADDRESS", "FORMS_PER_MINUTE", "SIGN_IN_FORMS_PER_MINUTE"] {
            command.env(format!("CARILLON_LIMITS_{limit}"), "0");
        }
        command.env("CARILLON_TRUSTED_PROXIES", "127.0.0.1");
        let began = now();
        let process = Process::start(&mut command)?;
        while !is_up(address) {
            if began.elapsed() > Duration::from_secs(30) {
                return Err("the server did not answer within 30 seconds".into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Self { process, address, first_answer: began.elapsed().as_secs_f64() * 1e3 })
    }

    /// Memory once it has had nothing to do for a moment.
    pub fn memory_at_rest(&self) -> Outcome<f64> {
        std::thread::sleep(Duration::from_secs(1));
        self.process.memory()
    }
}

/// The built binary with a database, to be told what to do.
pub fn carillon(database: &Database) -> Outcome<Command> {
    let mut command = Command::new(std::env::current_exe()?.with_file_name("carillon"));
    command.env("CARILLON_MASTER_KEY", "07".repeat(32)).env("CARILLON_LOG_LEVEL", "error");
    match database {
        Database::Sqlite(path) => command.env("CARILLON_DATA", path.parent().ok_or("no folder")?),
        Database::Postgres(url) => {
            command.env("CARILLON_DATA", template::folder()?.join("data")).env("CARILLON_DATABASE_URL", url)
        }
    };
    Ok(command)
}

fn is_up(address: SocketAddr) -> bool {
    let asked = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    asked().unwrap_or(false)
}

/// Measures one engine.
pub fn run(bench: &Bench, engine: Engine, database: &Database) -> Outcome<Vec<Row>> {
    let empty = template::empty(engine)?;
    drop(Server::start(&empty)?); // creates the schema
    let (mut first, mut nobody, mut everybody) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.pairs {
        let server = Server::start(&empty)?;
        nobody.push(server.memory_at_rest()?);
        drop(server);
        let server = Server::start(database)?;
        first.push(server.first_answer);
        Load::full(Door::Evaluation, bench.users, bench.time()).drive(server.address)?;
        everybody.push(server.memory_at_rest()?);
    }
    let row = |what: &str, figures: Vec<f64>, most: f64| Row {
        what: format!("{}: {what}", engine.name()),
        ours: "carillon serve".to_owned(),
        beside: String::new(),
        ratio: Spread::of(figures),
        aim: Aim::AtMost(most),
    };
    Ok(vec![
        row("first answer after start, ms", first, FIRST_ANSWER),
        row("memory at rest with nobody, MB", nobody, MEMORY.0),
        row(&format!("memory at rest with {} people, MB", bench.users), everybody, MEMORY.1),
    ])
}
