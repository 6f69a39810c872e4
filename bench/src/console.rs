//! The console's list of users in Chromium, with a warm cache: an account of everybody beside one of ten.

use std::io::Write;
use std::process::Command;

use access::authority::{Grant, Over, Role};
use access::user::{Membership, Origin};
use access::{AccountId, Email, GrantId, User, UserId};
use futures::FutureExt;
use jiff::Timestamp;
use store::{Database, Subject};

use crate::population::{id, large_account, time};
use crate::process::Process;
use crate::report::{Aim, Row, Spread};
use crate::signed_in::{cookie, person};
use crate::start::Server;
use crate::{Bench, Engine, Outcome, template};

/// The number of the account with ten people.
const SMALL: u64 = 1;
/// Above the numbers of all other people.
const AFTER_ALL: u64 = 1 << 40;

/// Measures one engine.
pub async fn run(bench: &Bench, engine: Engine, database: &Database) -> Outcome<Vec<Row>> {
    prepare(database, UserId(id(person(0, bench.users)))).await?;
    let server = Server::start(database)?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/measured_console.mjs");
    let accounts = [large_account().to_string(), id(SMALL).to_string()];
    let url = format!("http://{}", server.address);
    let mut browser = Process::start(Command::new("node").args([script, &url, &cookie(0)]).args(accounts))?;
    let mut pairs: Vec<(f64, f64)> = Vec::new();
    for _ in 0..bench.pairs {
        browser.input()?.write_all(b"\n")?;
        pairs.push(serde_json::from_str(&browser.line()?)?);
    }
    browser.end()?;
    let shown = |times: Vec<f64>| format!("{:.0} ms", Spread::of(times).median());
    Ok(vec![Row {
        what: format!("{}: the console's list of {} people", engine.name(), bench.users),
        ours: shown(pairs.iter().map(|(many, _)| *many).collect()),
        beside: format!("of ten: {}", shown(pairs.iter().map(|(_, few)| *few).collect())),
        ratio: Spread::of(pairs.iter().map(|(many, few)| many / few)),
        aim: Aim::AtMost(2.0),
    }])
}

/// Ten people in an account, and somebody who may look at both; they stay for the next time.
async fn prepare(database: &Database, administrator: UserId) -> Outcome<()> {
    let store = template::open(database).await?;
    let at = time(0)?;
    let ten = (0..10).map(|number| few(number, at)).collect::<Outcome<Vec<User>>>()?;
    if store.facts(&Subject::Id(ten[0].id), None).await?.is_none() {
        let over = Over::Deployment;
        let grant = Grant { id: GrantId(id(AFTER_ALL)), user: administrator, over, role: Role::ReadOnly };
        let both = template::change(&store, move |w| {
            async move {
                w.insert_grant(&grant, at).await?;
                w.insert_users(&ten).await
            }
            .boxed()
        });
        both.await?;
    }
    store.close().await;
    Ok(())
}

/// A member of the small account.
fn few(number: u64, at: Timestamp) -> Outcome<User> {
    let address = Email::parse(&format!("ten{number}@example.org")).map_err(|error| format!("{error:?}"))?;
    let mut user = User::new(UserId(id(AFTER_ALL + number)), address, at);
    let account = AccountId(id(SMALL));
    user.membership = Some(Membership { account, origin: Origin::Invitation, since: at, invited: Some(at) });
    user.registered = Some(at);
    Ok(user)
}
