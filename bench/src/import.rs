//! People imported from a CSV file, against bare multi-row inserts of the very rows that it writes, in transactions of
//! as many people.

use access::authority::Caller;
use access::{AccountId, Domain};
use rusqlite::Connection;
use service::{Context, Door, IMPORT_PIECE, Service};
use store::Database;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::report::{Aim, Row, Spread};
use crate::{Bench, Engine, Outcome, children, now, population, template};

/// The tables a new member is written to, each with what orders its rows person by person: a piece holds no address of
/// somebody of the next.
const TABLES: [(&str, &str); 5] =
    [("users", "id"), ("addresses", "user_id"), ("license_history", "id"), ("person_keys", "person"), ("audit", "seq")];
/// Rows of one bare statement.
const STATEMENT: usize = 500;

/// Measures one engine.
pub async fn run(bench: &Bench, engine: Engine) -> Outcome<Row> {
    let file = file(bench.imported);
    let database = template::empty(engine)?;
    imported(&database, &file).await?;
    let (account, pieces) = written(&database, &["accounts"], &TABLES).await?;
    let mut pairs = Vec::new();
    for _ in 0..bench.pairs {
        let database = template::empty(engine)?;
        template::open(&database).await?.close().await; // creates the schema
        insert(&database, std::slice::from_ref(&account)).await?;
        let began = now();
        insert(&database, &pieces).await?;
        let bare = began.elapsed().as_secs_f64();
        pairs.push((bare, imported(&template::empty(engine)?, &file).await?));
    }
    let seconds = |figures: Spread| format!("{:.2} s", figures.median());
    Ok(Row {
        what: format!("{}: import of {} people", engine.name(), bench.imported),
        ours: seconds(Spread::of(pairs.iter().map(|(_, ours)| *ours))),
        beside: format!("bare inserts: {}", seconds(Spread::of(pairs.iter().map(|(bare, _)| *bare)))),
        ratio: Spread::ratio(&pairs, |time| *time),
        aim: Aim::AtMost(3.0),
    })
}

/// A file with a license for every other person.
fn file(people: u64) -> String {
    let row = |number: u64| {
        let address = population::address(number);
        let license = if number.is_multiple_of(2) { "Pro" } else { "" };
        format!("{address},Person {number},{license}\n")
    };
    let rows: String = (0..people).map(row).collect();
    format!("address,name,license\n{rows}")
}

/// Imports the file into an empty deployment; how long that took, in seconds.
async fn imported(database: &Database, file: &str) -> Outcome<f64> {
    let store = template::open(database).await?;
    let service = children::service(store.clone())?;
    let cx = service.context(Caller::Host, Door::Cli, Uuid::from_bytes(service.random().bytes()), None);
    let account = account(&service, &cx).await.map_err(|error| format!("{error:?}"))?;
    let began = now();
    let rows = service::read_import(file.as_bytes()).map_err(|error| format!("{error:?}"))?;
    let done = service.import_users(&cx, account, &rows).await.map_err(|error| format!("{error:?}"))?;
    let took = began.elapsed().as_secs_f64();
    store.close().await;
    let refused = done.into_iter().find_map(|outcome| outcome.result.err());
    refused.map_or(Ok(took), |refusal| Err(format!("refused: {refusal:?}").into()))
}

async fn account(service: &Service, cx: &Context) -> Result<AccountId, service::Error> {
    let account = service.create_account(cx, "Crowd".to_owned()).await?.id;
    service.vouch_domain(cx, account, Domain::parse(population::DOMAIN)?).await?;
    Ok(account)
}

/// The rows that were written, as statements that insert them again: those that come before people's, and for each piece
/// of people those of all their tables.
pub async fn written(
    database: &Database,
    before: &[&str],
    tables: &[(&str, &str)],
) -> Outcome<(Vec<String>, Vec<Vec<String>>)> {
    let mut first = Vec::new();
    for table in before {
        first.extend(statements(table, &rows(database, table, "1").await?));
    }
    let mut pieces: Vec<Vec<String>> = Vec::new();
    for (table, order) in tables.iter().copied() {
        let (columns, rows) = rows(database, table, order).await?;
        for (at, piece) in rows.chunks(IMPORT_PIECE).enumerate() {
            if pieces.len() <= at {
                pieces.push(Vec::new());
            }
            pieces[at].extend(statements(table, &(columns.clone(), piece.to_vec())));
        }
    }
    Ok((first, pieces))
}

fn statements(table: &str, (columns, rows): &(String, Vec<String>)) -> Vec<String> {
    let statement = |rows: &[String]| format!("INSERT INTO {table} ({columns}) VALUES {}", rows.join(","));
    rows.chunks(STATEMENT).map(statement).collect()
}

/// The columns of a table that an insert names, and its rows as values of an insert, in an order.
async fn rows(database: &Database, table: &str, order: &str) -> Outcome<(String, Vec<String>)> {
    let numbered = |column: &String| !matches!((table, column.as_str()), ("audit", "seq") | ("license_history", "id"));
    match database {
        Database::Sqlite(path) => {
            let connection = Connection::open(path)?;
            let list = |sql: &str| -> Outcome<Vec<String>> {
                let mut statement = connection.prepare(sql)?;
                Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
            };
            let columns = list(&format!("SELECT name FROM pragma_table_info('{table}')"))?;
            let columns: Vec<String> = columns.into_iter().filter(numbered).collect();
            let quoted: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
            let rows =
                list(&format!("SELECT '(' || {} || ')' FROM {table} ORDER BY {order}", quoted.join(" || ',' || ")))?;
            Ok((columns.join(","), rows))
        }
        Database::Postgres(url) => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            let mut tasks = JoinSet::new();
            tasks.spawn(connection);
            let columns =
                "SELECT column_name FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position";
            let columns = client.query(columns, &[&table]).await?;
            let columns: Vec<String> = columns.iter().map(|row| row.get(0)).filter(numbered).collect();
            let places = vec!["%L"; columns.len()].join(",");
            let sql = format!("SELECT format('({places})', {}) FROM {table} ORDER BY {order}", columns.join(","));
            let rows = client.query(&sql, &[]).await?;
            Ok((columns.join(","), rows.iter().map(|row| row.get(0)).collect()))
        }
    }
}

/// Runs the statements, a transaction for each piece.
pub async fn insert(database: &Database, pieces: &[Vec<String>]) -> Outcome<()> {
    match database {
        Database::Sqlite(path) => {
            let connection = crate::writes::open(path)?;
            for piece in pieces {
                connection.execute_batch(&format!("BEGIN IMMEDIATE; {}; COMMIT", piece.join(";")))?;
            }
        }
        Database::Postgres(url) => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
            let mut tasks = JoinSet::new();
            tasks.spawn(connection);
            for piece in pieces {
                client.batch_execute(&format!("BEGIN; {}; COMMIT", piece.join(";"))).await?;
            }
        }
    }
    Ok(())
}
