//! Page 1, page 10,000 and a search among everybody in one account: the same work, wherever the page is.

use access::authority::Caller;
use service::{Context, Door, Page, PageRequest, Service, UserFilter, UserView};
use store::Database;
use uuid::Uuid;

use crate::report::{Aim, Row, Spread};
use crate::{Bench, Engine, Outcome, children, now, population, template};

/// Lines of a page.
const LINES: u64 = 50;
/// Calls a figure is the median of.
const CALLS: usize = 200;

struct Lists {
    service: Service,
    cx: Context,
}

/// Measures one engine.
pub async fn run(bench: &Bench, engine: Engine, database: &Database) -> Outcome<Vec<Row>> {
    let store = template::open(database).await?;
    let service = children::service(store.clone())?;
    let cx = service.context(Caller::Host, Door::Cli, Uuid::from_bytes(service.random().bytes()), None);
    let lists = Lists { service, cx };
    let far = Some(lists.far(bench.users).await?);
    let (mut first, mut later, mut found) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..bench.pairs {
        first.push(lists.median(None, None).await?);
        later.push(lists.median(far.clone(), None).await?);
        found.push(lists.median(None, Some("noor.k".to_owned())).await?);
    }
    store.close().await;
    let row = |what: &str, figures: &[f64]| Row {
        what: format!("{}: {what}", engine.name()),
        ours: format!("{:.2} ms", Spread::of(figures.iter().copied()).median()),
        beside: format!("page 1: {:.2} ms", Spread::of(first.iter().copied()).median()),
        ratio: Spread::of(figures.iter().zip(&first).map(|(ours, first)| ours / first)),
        aim: Aim::AtMost(2.0),
    };
    let page = format!("page {} of {LINES} lines", (bench.users / 2 / LINES).min(10_000));
    Ok(vec![row(&page, &later), row("search by prefix", &found)])
}

impl Lists {
    async fn page(&self, after: Option<String>, prefix: Option<String>, limit: u64) -> Outcome<Page<UserView>> {
        let filter = UserFilter { prefix, ..UserFilter::default() };
        let page = PageRequest { after, limit };
        let listed = self.service.list_users(&self.cx, population::large_account(), filter, page).await;
        listed.map_err(|error| format!("{error:?}").into())
    }

    /// Where page 10,000 begins, or the middle when there are fewer.
    async fn far(&self, users: u64) -> Outcome<String> {
        let (mut after, mut passed) = (None, 0);
        while passed < (users / 2).min(10_000 * LINES) {
            let page = self.page(after, None, 1_000).await?;
            passed += page.items.len() as u64;
            after = Some(page.next.ok_or("the list ended early")?);
        }
        after.ok_or_else(|| "there is nobody".into())
    }

    /// The median time of a call, in milliseconds.
    async fn median(&self, after: Option<String>, prefix: Option<String>) -> Outcome<f64> {
        let mut times = Vec::with_capacity(CALLS);
        for _ in 0..CALLS {
            let asked = now();
            let page = self.page(after.clone(), prefix.clone(), LINES).await?;
            times.push(asked.elapsed().as_secs_f64() * 1e3);
            if page.items.len() as u64 != LINES {
                return Err("a page is not full: load more people".into());
            }
        }
        Ok(Spread::of(times).median())
    }
}
