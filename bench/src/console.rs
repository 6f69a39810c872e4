//! The console's list of users in Chromium, with a warm cache: an account of everybody beside one of ten.

use std::io::Write;
use std::process::{Command, Stdio};

use store::Database;

use crate::population::{address, id, large_account};
use crate::process::Process;
use crate::report::{Aim, Row, Spread};
use crate::signed_in::{cookie, person};
use crate::start::{self, Server};
use crate::{Bench, Engine, Outcome};

/// The number of the account with ten people.
const SMALL: u64 = 1;

/// Measures one engine.
pub fn run(bench: &Bench, engine: Engine, database: &Database) -> Outcome<Vec<Row>> {
    let server = Server::start(database)?;
    let administrator = address(person(0, bench.users));
    // Both are there already when it was measured before.
    carillon(database, &["user", "grant", &administrator, "ReadOnly"])?;
    let ten: Vec<_> = (0..10).map(|number| format!("ten{number}@example.org")).collect();
    carillon(database, &["user", "invite", &id(SMALL).to_string(), &ten.join(";")])?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/measured_console.mjs");
    let accounts = [large_account().to_string(), id(SMALL).to_string()];
    let url = format!("http://{}", server.address);
    let mut browser = Process::start(Command::new("node").args([script, &url, &cookie(0)]).args(accounts))?;
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    for _ in 0..bench.pairs {
        browser.input()?.write_all(b"\n")?;
        pairs.push(serde_json::from_str(&browser.line()?)?);
    }
    let shown = |times: Vec<f64>| format!("{:.0} ms", Spread::of(times).median());
    Ok(vec![Row {
        what: format!("{}: the console's list of {} people", engine.name(), bench.users),
        ours: shown(pairs.iter().map(|(many, _)| *many).collect()),
        beside: format!("of ten: {}", shown(pairs.iter().map(|(_, few)| *few).collect())),
        ratio: Spread::of(pairs.iter().map(|(many, few)| many / few)),
        aim: Aim::AtMost(2.0),
    }])
}

/// Runs `carillon` beside the server, whatever comes of it.
fn carillon(database: &Database, arguments: &[&str]) -> Outcome<()> {
    let mut command = start::carillon(database)?;
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    Ok(())
}
