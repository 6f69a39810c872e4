//! Sample data for `serve --demo`: what a newcomer starts from. Made through the same verbs as everything else.

mod facts;
mod seed;
mod story;

pub use facts::Facts;
pub use story::story;

use service::{PageRequest, Service};

use crate::commands::host_context;
use crate::failure::Failure;
use crate::settings::Settings;

/// The facts of the sample data: made at the first start, read again at each later one.
pub async fn prepare(service: &Service, settings: &Settings, url: &str) -> Result<Facts, Failure> {
    let data = &settings.data;
    let facts = match Facts::read(data)? {
        Some(facts) => Facts { url: url.to_owned(), ..facts },
        None => {
            refuse_foreign_data(service, settings).await?;
            seed::seed(service, url).await?
        }
    };
    facts.write(data)?;
    Ok(facts)
}

/// Samples are not mixed into somebody's data, nor made twice.
async fn refuse_foreign_data(service: &Service, settings: &Settings) -> Result<(), Failure> {
    let any = PageRequest { after: None, limit: 1 };
    let accounts = service.list_accounts(&host_context(service), service::AccountFilter::default(), any).await?;
    if accounts.items.is_empty() {
        return Ok(());
    }
    let unfinished = match settings.database_url {
        Some(_) => "empty the database".to_owned(),
        None => format!("delete {}*", settings.data.join("carillon.db").display()),
    };
    Err(Failure::usage(format!(
        "{} is missing, but there are accounts already: --demo needs an empty database. Start without --demo, or with \
         another folder (--data); or, if a first start was interrupted, {unfinished} and start again",
        facts::path(&settings.data).display()
    )))
}
