//! A report on a month of an account with everybody in it, person by person as CSV (rule 26).

use access::authority::Caller;
use access::report::Month;
use service::report::csv_rows;
use service::{Context, Door, Service};
use store::Database;
use uuid::Uuid;

use crate::report::{Aim, Row, Spread};
use crate::{Bench, Engine, Outcome, children, now, population, template};

/// Seconds a report may take on SQLite.
const LONGEST: f64 = 10.0;

/// Measures one engine.
pub async fn run(bench: &Bench, engine: Engine, database: &Database) -> Outcome<Vec<Row>> {
    let store = template::open(database).await?;
    let service = children::service(store.clone())?;
    let cx = service.context(Caller::Host, Door::Cli, Uuid::from_bytes(service.random().bytes()), None);
    let (mut seconds, mut size) = (Vec::new(), 0);
    for _ in 0..bench.pairs {
        let asked = now();
        size = written(bench, &service, &cx).await?;
        seconds.push(asked.elapsed().as_secs_f64());
    }
    store.close().await;
    Ok(vec![Row {
        what: format!("{}: report on a month, seconds", engine.name()),
        ours: format!("{} people, {} MB of CSV", bench.users, size / 1_000_000),
        beside: String::new(),
        ratio: Spread::of(seconds),
        aim: if engine == Engine::Sqlite { Aim::AtMost(LONGEST) } else { Aim::None },
    }])
}

/// Writes a report to nowhere and says how long it is.
async fn written(bench: &Bench, service: &Service, cx: &Context) -> Outcome<usize> {
    let failed = |error: service::Error| format!("{error:?}");
    let month: Month = population::MONTH.parse()?;
    let mut report = service.report(cx, population::large_account(), month, None).await.map_err(failed)?;
    let (mut people, mut size) = (0, 0);
    while let Some(rows) = report.next().await.map_err(failed)? {
        people += rows.len() as u64;
        size += csv_rows(&rows).map_err(failed)?.len();
    }
    if people == bench.users { Ok(size) } else { Err(format!("{people} people are in the report").into()) }
}
