//! `carillon report`: license-days by month, for each account or for each person (rule 26).

use access::AccountId;
use access::report::Month;
use clap::Args;
use service::report::{ReportRow, ReportTotals, csv_head, csv_rows};

use super::Host;
use crate::output::Done;

/// A report on a month.
#[derive(Debug, Args)]
pub struct Report {
    /// The account: its id or name; without it, every account
    account: Option<String>,
    /// The month, such as 2026-11; without it, this one up to now
    #[arg(long)]
    month: Option<Month>,
    /// A line for each person instead of one for each account; with --json one object per line
    #[arg(long)]
    users: bool,
    /// A line for each person, as CSV
    #[arg(long, conflicts_with_all = ["users", "json"])]
    csv: bool,
}

/// Does it. However many people there are, only some of their lines are held at a time.
pub async fn run(host: &mut Host, command: Report) -> Done {
    let month = command.month.unwrap_or(Month::of(host.cx.at));
    let accounts = match &command.account {
        Some(account) => vec![host.account(account).await?],
        None => host.accounts(None, None, usize::MAX).await?.0.into_iter().map(|account| account.id).collect(),
    };
    match command {
        Report { csv: true, .. } => {
            host.output.bytes(&csv_head()?)?;
            lines(host, &accounts, month, |host, rows| host.output.bytes(&csv_rows(rows)?)).await
        }
        Report { users: true, .. } if host.output.is_json() => {
            lines(host, &accounts, month, |host, rows| host.output.json_lines(rows)).await
        }
        Report { users: true, .. } => lines(host, &accounts, month, people).await,
        _ => totals(host, &accounts, month).await,
    }
}

/// Person by person.
async fn lines(
    host: &mut Host,
    accounts: &[AccountId],
    month: Month,
    write: impl Fn(&mut Host, &[ReportRow]) -> Done,
) -> Done {
    for account in accounts {
        let mut report = host.service.report(&host.cx, *account, month, None).await?;
        while let Some(rows) = report.next().await? {
            if !rows.is_empty() {
                write(host, &rows)?;
            }
        }
    }
    Ok(())
}

fn people(host: &mut Host, rows: &[ReportRow]) -> Done {
    let headings = ["PRO", "PLUS", "BASIC", "TRIAL", "SUSPENDED", "ADDRESS", "ID"];
    host.output.list(rows, &headings, |row| {
        let days = [row.pro_days, row.plus_days, row.basic_days, row.pro_trial_days, row.suspended_days];
        let mut cells: Vec<String> = days.iter().map(u64::to_string).collect();
        cells.push(row.address.clone().unwrap_or_else(|| "(left)".to_owned()));
        cells.push(row.user.to_string());
        cells
    })
}

/// Account by account.
async fn totals(host: &mut Host, accounts: &[AccountId], month: Month) -> Done {
    let mut all: Vec<ReportTotals> = Vec::with_capacity(accounts.len());
    for account in accounts {
        all.push(host.service.report(&host.cx, *account, month, None).await?.totals().await?);
    }
    let headings = ["ACCOUNT", "PEOPLE", "JOINED", "LEFT", "PRO", "PLUS", "BASIC", "TRIAL", "SUSPENDED"];
    host.output.list(&all, &headings, |account| {
        let people = [account.people, account.joined, account.left];
        let days =
            [account.pro_days, account.plus_days, account.basic_days, account.pro_trial_days, account.suspended_days];
        let numbers = people.into_iter().chain(days).map(|number| number.to_string());
        std::iter::once(account.name.clone()).chain(numbers).collect()
    })
}
