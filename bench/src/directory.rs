//! An account with as many people as its directory, a real OpenLDAP: the first run against bare inserts of the very rows that
//! it writes, a second one against the bare read, a change, and what an administrator waits meanwhile.

use std::fmt::{Debug, Write as _};
use std::sync::Arc;
use std::time::Duration;

use ::directory::Network;
use ::directory::testing::{PASSWORD, Server as Ldap};
use access::authority::{Caller, Over, Role};
use access::directory::{Agreed, Connection, Mapping};
use access::{AccountId, BaseLicense, Domain, Email, License, User, UserId};
use futures::FutureExt;
use service::directory::reach::{Directories, Reading};
use service::directory::{NewDirectory, RunState};
use service::{Context, Door, NewCredential, PageRequest, Service, TokenHolder, UserFilter};
use store::Database;
use tokio::time::sleep;
use uuid::Uuid;

use crate::connection::Connection as Client;
use crate::report::{Aim, Row, Spread};
use crate::start::Server;
use crate::{Bench, Engine, Outcome, children, import, now, population, template};

/// Groups, of which the first has half of the people, and the others all of them.
const GROUPS: u64 = 200;
/// The tables that somebody of a directory is written to.
const TABLES: [(&str, &str); 6] = [
    ("users", "id"),
    ("addresses", "user_id"),
    ("license_history", "user_id"),
    ("person_keys", "person"),
    ("directory_entries", "user_id"),
    ("audit", "seq"),
];

/// What was measured of one deployment.
struct Measured {
    first: f64,
    memory: f64,
    suspension: f64,
    again: f64,
    change: f64,
}

/// Measures one engine.
pub async fn run(bench: &Bench, engine: Engine) -> Outcome<Vec<Row>> {
    let ldap = Ldap::openldap();
    fill(&ldap, bench.imported);
    let (mut firsts, mut agains, mut measured) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.pairs {
        let database = template::empty(engine)?;
        let ours = measure(&database, &ldap, bench.imported).await?;
        firsts.push((bare_inserts(engine, &database).await?, ours.first));
        agains.push((bare_read(&ldap).await?, ours.again));
        measured.push(ours);
    }
    let row = |what: &str, ratio: Spread, ours: String, beside: String, aim: Aim| Row {
        what: format!("{}: {what}", engine.name()),
        ours,
        beside,
        ratio,
        aim,
    };
    let spread =
        |pairs: &[(f64, f64)], ours: bool| Spread::of(pairs.iter().map(|pair| if ours { pair.1 } else { pair.0 }));
    let seconds = |pairs: &[(f64, f64)], ours: bool| format!("{:.2} s", spread(pairs, ours).median());
    let figure = |of: fn(&Measured) -> f64| Spread::of(measured.iter().map(of));
    let people = bench.imported as f64;
    let rate = Spread::of(firsts.iter().map(|(_, ours)| people / ours));
    let least = if engine == Engine::Sqlite { 10_000.0 } else { 5_000.0 };
    let alone = || ("carillon serve".to_owned(), String::new());
    Ok(vec![
        row(
            &format!("first run of {people} people"),
            Spread::ratio(&firsts, |time| *time),
            seconds(&firsts, true),
            format!("bare inserts: {}", seconds(&firsts, false)),
            Aim::AtMost(3.0),
        ),
        row("first run, people a second", rate, alone().0, alone().1, Aim::AtLeast(least)),
        row(
            "a run that changes nothing",
            Spread::ratio(&agains, |time| *time),
            seconds(&agains, true),
            format!("bare read: {}", seconds(&agains, false)),
            Aim::AtMost(1.5),
        ),
        row("memory after the first run, MB", figure(|one| one.memory), alone().0, alone().1, Aim::AtMost(200.0)),
        row("a suspension during it, ms", figure(|one| one.suspension), alone().0, alone().1, Aim::AtMost(300.0)),
        row(
            "from a change there to the next check, ms",
            figure(|one| one.change),
            alone().0,
            alone().1,
            Aim::AtMost(1_000.0),
        ),
    ])
}

/// People and groups of groups.
fn fill(ldap: &Ldap, people: u64) {
    template::tell(&format!("loading {people} people into an OpenLDAP"));
    let base = ldap.base();
    let mut ldif = String::new();
    for number in 0..people {
        let mail = population::address(number);
        let _ = write!(
            ldif,
            "dn: uid=p{number},ou=people,{base}\nobjectClass: inetOrgPerson\nuid: p{number}\ncn: Person {number}\n\
             sn: {number}\nmail: {mail}\n\n"
        );
    }
    for group in 0..GROUPS {
        let _ = write!(ldif, "dn: cn=g{group},ou=groups,{base}\nobjectClass: groupOfNames\ncn: g{group}\n");
        // The last group is in the first: nested.
        let nested = (group == 0).then(|| format!("member: cn=g{},ou=groups,{base}\n", GROUPS - 1));
        ldif.push_str(&nested.unwrap_or_default());
        let members =
            (0..people).filter(|number| if group == 0 { number % 2 == 0 } else { number % (GROUPS - 1) + 1 == group });
        for number in members {
            let _ = writeln!(ldif, "member: uid=p{number},ou=people,{base}");
        }
        // A group has a member.
        let _ = write!(ldif, "member: cn=admin,{base}\n\n");
    }
    ldap.change(&ldif);
}

fn failed(error: impl Debug) -> Box<dyn std::error::Error + Send + Sync> {
    format!("{error:?}").into()
}

async fn measure(database: &Database, ldap: &Ldap, people: u64) -> Outcome<Measured> {
    let store = template::open(database).await?;
    let service = children::service_reaching(store.clone(), Arc::new(Network::new(true)))?;
    let cx = service.context(Caller::Host, Door::Cli, Uuid::from_bytes(service.random().bytes()), None);
    let (account, token) = connected(&service, &cx, ldap.connection(), people).await?;
    let began = now();
    let server = Server::start(database)?;
    let suspension = suspended(&service, &cx, account, &server, &token).await?;
    until(async || Ok(state(&service, &cx, account).await? == Some(RunState::Done))).await?;
    let first = began.elapsed().as_secs_f64();
    let memory = server.process.memory()?;

    let began = now();
    asked(&server, &token, &format!("/api/v1/accounts/{account}/directory/runs"), "").await?;
    until(async || Ok(!service.directory(&cx, account).await.map_err(failed)?.directory.wanted)).await?;
    let again = began.elapsed().as_secs_f64();

    // In the first group, which gives Pro, are even numbers only.
    let somebody = population::address(1);
    let member = format!("member: uid=p1,ou=people,{}\n", ldap.base());
    let modify =
        |how: &str| format!("dn: cn=g0,ou=groups,{}\nchangetype: modify\n{how}: member\n{member}-\n", ldap.base());
    ldap.change(&modify("add"));
    let began = now();
    until(async || Ok(license(&service, &cx, &somebody).await? == License::Pro)).await?;
    let change = began.elapsed().as_secs_f64() * 1e3;
    drop(server);
    ldap.change(&modify("delete"));
    store.close().await;
    Ok(Measured { first, memory, suspension, again, change })
}

/// An account whose directory is connected, and the token of who administers it; nobody has followed it yet.
async fn connected(
    service: &Service,
    cx: &Context,
    connection: Connection,
    people: u64,
) -> Outcome<(AccountId, String)> {
    let account = service.create_account(cx, "Crowd".to_owned()).await.map_err(failed)?.id;
    service.vouch_domain(cx, account, Domain::parse(population::DOMAIN)?).await.map_err(failed)?;
    // Somebody must be able to administer it afterwards (rule 3). They come after all people of the directory, so that these
    // fill the same pieces of each table.
    let address = Email::parse("operator@operators.example")?;
    let operator = User { registered: Some(cx.at), ..User::new(UserId(Uuid::max()), address.clone(), cx.at) };
    template::change(service.store(), move |w| async move { w.insert_users(&[operator]).await }.boxed()).await?;
    let grant =
        service.create_grant(cx, address.as_typed(), Over::Deployment, Role::FullAccess).await.map_err(failed)?;
    let holder = TokenHolder::Grant(grant.id);
    let token = service.create_token(cx, holder, NewCredential::named("bench")).await.map_err(failed)?.secret;
    let mapping = |license, group: String| Mapping { license, group, id: None, anew: false, nested: true };
    let pro = mapping(BaseLicense::Pro, "g0".to_owned());
    let plus = (1..GROUPS - 1).map(|group| mapping(BaseLicense::Plus, format!("g{group}")));
    let mappings = Some(std::iter::once(pro).chain(plus).collect());
    let wish = NewDirectory { connection, password: Some(PASSWORD.to_owned()), mappings, brake: None };
    service.set_directory(cx, account, wish).await.map_err(failed)?;
    service.connect_directory(cx, account, Agreed { into: people, ..Agreed::default() }).await.map_err(failed)?;
    Ok((account, token))
}

/// Suspends somebody by the admin API as soon as somebody is there; how long that took, in milliseconds.
async fn suspended(service: &Service, cx: &Context, account: AccountId, server: &Server, token: &str) -> Outcome<f64> {
    let page = || PageRequest { after: None, limit: 1 };
    loop {
        let listed = service.list_users(cx, account, UserFilter::default(), page()).await.map_err(failed)?;
        let Some(user) = listed.items.into_iter().next() else {
            sleep(Duration::from_millis(5)).await;
            continue;
        };
        let body = format!(r#"{{"users":["{}"]}}"#, user.id);
        let began = now();
        asked(server, token, &format!("/api/v1/accounts/{account}/users/suspend"), &body).await?;
        return Ok(began.elapsed().as_secs_f64() * 1e3);
    }
}

/// Asks something of the admin API, which must succeed.
async fn asked(server: &Server, token: &str, path: &str, body: &str) -> Outcome<()> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut client = Client::open(server.address).await?;
    let answer = client.ask(&request).await?;
    if answer.status().starts_with('2') { Ok(()) } else { Err(format!("{path} was answered by {answer}").into()) }
}

async fn state(service: &Service, cx: &Context, account: AccountId) -> Outcome<Option<RunState>> {
    let page = PageRequest { after: None, limit: 1 };
    let runs = service.list_directory_runs(cx, account, page).await.map_err(failed)?;
    Ok(runs.items.first().map(|run| run.state))
}

async fn license(service: &Service, cx: &Context, address: &str) -> Outcome<License> {
    let found = service.explain(cx, address, None, None).await.map_err(failed)?;
    Ok(found.license)
}

/// Asks until it is so, for ten minutes at most.
async fn until(is_so: impl AsyncFn() -> Outcome<bool>) -> Outcome<()> {
    let began = now();
    while !is_so().await? {
        if began.elapsed() > Duration::from_secs(600) {
            return Err("the directory was not followed within ten minutes".into());
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// The rows that were written, inserted into an empty database; how long that took, in seconds.
async fn bare_inserts(engine: Engine, written: &Database) -> Outcome<f64> {
    let (first, pieces) = import::written(written, &["accounts", "directories"], &TABLES).await?;
    let database = template::empty_beside(engine)?;
    template::open(&database).await?.close().await; // creates the schema
    import::insert(&database, std::slice::from_ref(&first)).await?;
    let began = now();
    import::insert(&database, &pieces).await?;
    Ok(began.elapsed().as_secs_f64())
}

async fn bare_read(ldap: &Ldap) -> Outcome<f64> {
    let network = Network::new(true);
    let began = now();
    let mut reading: Box<dyn Reading> = network.open(&ldap.connection(), PASSWORD).await?;
    reading.all().await?;
    Ok(began.elapsed().as_secs_f64())
}
