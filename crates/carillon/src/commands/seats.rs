//! `carillon seats`, `carillon waiting` and `carillon trials`: who holds what, who waits, whose trial ends.

use access::{AccountId, BaseLicense};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use service::{LONGEST_TRIAL, SeatView, TrialView, WaitingView};

use super::Host;
use super::host::collect;
use super::views::{UserFacts, time};
use crate::output::Done;

/// Seats.
#[derive(Debug, Subcommand)]
pub enum Seats {
    /// Show how many hold each license, how many may, and how many wait
    Show {
        /// The account: its id or name
        account: String,
    },
    /// Limit how many may hold a license
    Set {
        /// The account: its id or name
        account: String,
        /// Basic, Plus or Pro
        license: BaseLicense,
        /// A number, or `unlimited`
        #[arg(value_parser = limit)]
        limit: Limit,
    },
}

/// The waiting list.
#[derive(Debug, Args)]
pub struct Waiting {
    /// The account: its id or name
    account: String,
    /// Only those who wait for this license
    #[arg(long)]
    license: Option<BaseLicense>,
    /// At most so many
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// Trials.
#[derive(Debug, Args)]
pub struct Trials {
    /// The account: its id or name
    account: String,
    /// Only those that end within so many days
    #[arg(long, default_value_t = LONGEST_TRIAL)]
    days: u32,
    /// At most so many
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

/// A number of seats, or none.
#[derive(Clone, Copy, Debug)]
pub struct Limit(Option<u32>);

fn limit(text: &str) -> Result<Limit, String> {
    match text {
        "unlimited" => Ok(Limit(None)),
        number => number.parse().map(|limit| Limit(Some(limit))).map_err(|_| "use a number, or `unlimited`".to_owned()),
    }
}

/// The seats of a license as they are shown.
#[derive(Serialize)]
struct Shown {
    license: BaseLicense,
    limit: Option<u32>,
    used: u64,
    left: Option<u32>,
    waiting: u64,
}

/// Somebody who waits.
#[derive(Serialize)]
struct Waits {
    place: u64,
    license: BaseLicense,
    since: Timestamp,
    user: UserFacts,
}

/// Somebody on trial.
#[derive(Serialize)]
struct Tries {
    until: Timestamp,
    then: BaseLicense,
    user: UserFacts,
}

/// Does it.
pub async fn run(host: &mut Host, command: Seats) -> Done {
    let id = match command {
        Seats::Show { account } => host.account(&account).await?,
        Seats::Set { account, license, limit } => {
            let id = host.account(&account).await?;
            host.service.set_seats(&host.cx, id, license, limit.0).await?;
            id
        }
    };
    show(host, id).await
}

async fn show(host: &mut Host, account: AccountId) -> Done {
    let seats = host.service.seats(&host.cx, account).await?.into_iter().map(|seat| {
        let SeatView { license, limit, used, left, waiting } = seat;
        Shown { license, limit, used, left, waiting }
    });
    let number = |number: Option<u32>| number.map_or_else(|| "unlimited".to_owned(), |number| number.to_string());
    let headings = ["LICENSE", "USED", "LIMIT", "LEFT", "WAITING"];
    host.output.list(&seats.collect::<Vec<_>>(), &headings, |seat| {
        let (limit, left) = (number(seat.limit), number(seat.left));
        vec![seat.license.to_string(), seat.used.to_string(), limit, left, seat.waiting.to_string()]
    })
}

/// `carillon waiting`.
pub async fn waiting(host: &mut Host, command: Waiting) -> Done {
    let account = host.account(&command.account).await?;
    let (found, more) =
        collect(command.limit, async |page| host.service.waiting(&host.cx, account, command.license, page).await)
            .await?;
    let shown = found.into_iter().map(|waiting| {
        let WaitingView { place, license, since, user } = waiting;
        Waits { place, license, since, user: user.into() }
    });
    host.output.list(&shown.collect::<Vec<_>>(), &["LICENSE", "PLACE", "SINCE", "ADDRESS", "ID"], |waits| {
        let (since, place) = (time(Some(waits.since)), waits.place.to_string());
        vec![waits.license.to_string(), place, since, waits.user.address().to_owned(), waits.user.id().to_owned()]
    })?;
    host.more(more);
    Ok(())
}

/// `carillon trials`.
pub async fn trials(host: &mut Host, command: Trials) -> Done {
    let account = host.account(&command.account).await?;
    let (found, more) =
        collect(command.limit, async |page| host.service.trials(&host.cx, account, command.days, page).await).await?;
    let shown = found.into_iter().map(|trial| {
        let TrialView { until, then, user } = trial;
        Tries { until, then, user: user.into() }
    });
    host.output.list(&shown.collect::<Vec<_>>(), &["ENDS", "THEN", "ADDRESS", "ID"], |tries| {
        let ends = time(Some(tries.until));
        vec![ends, tries.then.to_string(), tries.user.address().to_owned(), tries.user.id().to_owned()]
    })?;
    host.more(more);
    Ok(())
}
