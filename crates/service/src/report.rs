//! Reports: the license-days of an account's month, person by person, in bounded memory (rule 26).

use std::sync::Arc;

use access::authority::{Action, Over, permit};
use access::report::{self, Entry, Line, Month, Totals};
use access::{Account, AccountId, Refusal, UserId};
use jiff::Timestamp;
use serde::Serialize;
use store::{HeldBy, HistoryPlace, Read};
use tokio::task::JoinSet;

use crate::import::guarded;
use crate::{Context, Error, Page, PageRequest, Service};

/// Rows of history read at once, when everybody is wanted.
const PIECE: u64 = 4_096;

/// One person's month, as doors show it: a row of the CSV file, an object in JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportRow {
    /// The month, such as `2026-11`.
    pub month: String,
    /// The account.
    pub account: AccountId,
    /// The person.
    pub user: UserId,
    /// Their primary address, as typed; `None` for who is no member any more.
    pub address: Option<String>,
    /// When they joined in this month; the last time, if several.
    pub joined: Option<Timestamp>,
    /// When they left in this month; the last time, if several.
    pub left: Option<Timestamp>,
    /// When they were suspended in this month; the last time, if several.
    pub suspended: Option<Timestamp>,
    /// Days with `Pro`.
    pub pro_days: u64,
    /// Days with `Plus` as the highest license.
    pub plus_days: u64,
    /// Days with `Basic` as the highest license.
    pub basic_days: u64,
    /// Days on trial, with no other license beside it.
    pub pro_trial_days: u64,
    /// Days suspended from beginning to end.
    pub suspended_days: u64,
}

/// An account's month, as doors show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReportTotals {
    /// The month, such as `2026-11`.
    pub month: String,
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Up to when: the end of the month, or now.
    pub until: Timestamp,
    /// People who were members at some moment of it.
    pub people: u64,
    /// Those of them who joined in it.
    pub joined: u64,
    /// Those who left in it.
    pub left: u64,
    /// Those who were suspended in it.
    pub suspended: u64,
    /// Days with `Pro`.
    pub pro_days: u64,
    /// Days with `Plus` as the highest license.
    pub plus_days: u64,
    /// Days with `Basic` as the highest license.
    pub basic_days: u64,
    /// Days on trial, with no other license beside it.
    pub pro_trial_days: u64,
    /// Days suspended from beginning to end.
    pub suspended_days: u64,
}

/// A report that is being read.
pub struct Report {
    read: Arc<Read>,
    account: Account,
    month: Month,
    now: Timestamp,
    /// Rows of history read at once.
    piece: u64,
    /// Where the next piece of history begins; `None` at the end.
    place: Option<Option<HistoryPlace>>,
    /// The next piece while it is read: the database works on it while the one before is summed up.
    ahead: JoinSet<Result<Vec<HeldBy>, store::Error>>,
    /// The person whose history may go on in the next piece.
    open: Option<Open>,
    totals: Totals,
}

struct Open {
    user: UserId,
    address: Option<String>,
    entries: Vec<Entry>,
}

impl Service {
    /// Begins a report on an account's month; a month that has not ended counts up to now. `after` continues one after
    /// this person.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn report(
        &self,
        cx: &Context,
        account: AccountId,
        month: Month,
        after: Option<UserId>,
    ) -> Result<Report, Error> {
        let read = self.store().read(permit(&cx.caller, Action::ViewUsers, Over::Account(account))?);
        let account = self.present(cx, &read, account).await?;
        if month.begin() > cx.at {
            let why = format!("{month} has not begun; name a month that has, such as {}", Month::of(cx.at));
            return Err(Refusal::Invalid { member: "month", why }.into());
        }
        let (read, place) = (Arc::new(read), Some(after.map(HistoryPlace::after)));
        let (ahead, totals) = (JoinSet::new(), Totals::default());
        Ok(Report { read, account, month, now: cx.at, piece: PIECE, place, ahead, open: None, totals })
    }

    /// A page of the people of a report, in the order of their ids.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn report_page(
        &self,
        cx: &Context,
        account: AccountId,
        month: Month,
        page: PageRequest,
    ) -> Result<Page<ReportRow>, Error> {
        let mut report = self.report(cx, account, month, page.position()?).await?;
        let sought = page.sought();
        report.piece = 2 * sought;
        let mut rows = Vec::new();
        while (rows.len() as u64) < sought
            && let Some(more) = report.next().await?
        {
            rows.extend(more);
        }
        rows.truncate(usize::try_from(sought).unwrap_or(usize::MAX));
        Ok(page.page(rows, |row| row.user))
    }
}

impl Report {
    /// The next people's lines, in the order of their ids; `None` after the last. May be empty in between.
    pub async fn next(&mut self) -> Result<Option<Vec<ReportRow>>, Error> {
        let Some(place) = self.place else { return Ok(None) };
        if self.ahead.is_empty() {
            self.read_ahead(place);
        }
        let read =
            self.ahead.join_next().await.ok_or_else(|| Error::Internal("a report without a piece".to_owned()))?;
        let history = read.map_err(|error| Error::Internal(error.to_string()))??;
        self.place = history.last().filter(|_| history.len() as u64 == self.piece).map(|last| Some(last.place));
        if let Some(place) = self.place.filter(|_| self.piece == PIECE) {
            self.read_ahead(place);
        }
        let mut rows = Vec::new();
        for HeldBy { user, address, entry, .. } in history {
            match &mut self.open {
                Some(open) if open.user == user => open.entries.push(entry),
                _ => {
                    let done = self.open.replace(Open { user, address, entries: vec![entry] });
                    rows.extend(done.and_then(|done| self.row(done)));
                }
            }
        }
        if self.place.is_none() {
            let last = self.open.take();
            rows.extend(last.and_then(|last| self.row(last)));
        }
        Ok(Some(rows))
    }

    fn read_ahead(&mut self, place: Option<HistoryPlace>) {
        let (read, piece) = (Arc::clone(&self.read), self.piece);
        self.ahead.spawn(async move { read.account_history(place, piece).await });
    }

    /// Reads to the end, and sums up all that was read.
    pub async fn totals(mut self) -> Result<ReportTotals, Error> {
        while self.next().await?.is_some() {}
        let Totals { people, joined, left, suspended, days } = self.totals;
        Ok(ReportTotals {
            month: self.month.to_string(),
            until: self.month.end().min(self.now),
            account: self.account.id,
            name: self.account.name,
            people,
            joined,
            left,
            suspended,
            pro_days: days.pro,
            plus_days: days.plus,
            basic_days: days.basic,
            pro_trial_days: days.pro_trial,
            suspended_days: days.suspended,
        })
    }

    fn row(&mut self, of: Open) -> Option<ReportRow> {
        let line = report::line(&of.entries, self.account.kind, self.month, self.now)?;
        self.totals.add(&line);
        let Line { days, joined, left, suspended } = line;
        Some(ReportRow {
            month: self.month.to_string(),
            account: self.account.id,
            user: of.user,
            address: of.address,
            joined,
            left,
            suspended,
            pro_days: days.pro,
            plus_days: days.plus,
            basic_days: days.basic,
            pro_trial_days: days.pro_trial,
            suspended_days: days.suspended,
        })
    }
}

/// The columns of the CSV file, in the order of [`ReportRow`].
const COLUMNS: [&str; 12] = [
    "month",
    "account",
    "user",
    "address",
    "joined",
    "left",
    "suspended",
    "pro_days",
    "plus_days",
    "basic_days",
    "pro_trial_days",
    "suspended_days",
];

/// The first line of a report as CSV (RFC 4180).
pub fn csv_head() -> Result<Vec<u8>, Error> {
    csv_lines([COLUMNS])
}

/// People's lines as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe.
pub fn csv_rows(rows: &[ReportRow]) -> Result<Vec<u8>, Error> {
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
    csv_lines(rows.iter().map(|row| {
        let days = [row.pro_days, row.plus_days, row.basic_days, row.pro_trial_days, row.suspended_days];
        let mut cells = vec![row.month.clone(), row.account.to_string(), row.user.to_string()];
        cells.push(guarded(row.address.as_deref().unwrap_or_default()));
        cells.extend([time(row.joined), time(row.left), time(row.suspended)]);
        cells.extend(days.map(|days| days.to_string()));
        cells
    }))
}

fn csv_lines<C: AsRef<[u8]>>(lines: impl IntoIterator<Item = impl IntoIterator<Item = C>>) -> Result<Vec<u8>, Error> {
    let failed = |error: String| Error::Internal(format!("a line of CSV: {error}"));
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.write_record(line).map_err(|error| failed(error.to_string()))?;
    }
    writer.into_inner().map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn lines_are_quoted_and_start_no_formula() {
        let row = ReportRow {
            month: "2026-11".to_owned(),
            account: AccountId(Uuid::nil()),
            user: UserId(Uuid::nil()),
            address: Some("=1,2@example.org".to_owned()),
            joined: Some("2026-11-02T08:00:00Z".parse().expect("a time")),
            left: None,
            suspended: None,
            pro_days: 1,
            plus_days: 20,
            basic_days: 0,
            pro_trial_days: 7,
            suspended_days: 0,
        };
        let text = [csv_head().expect("a head"), csv_rows(&[row]).expect("a line")].concat();
        let nil = Uuid::nil();
        let expected = format!(
            "month,account,user,address,joined,left,suspended,pro_days,plus_days,basic_days,pro_trial_days,\
             suspended_days\r\n2026-11,{nil},{nil},\"'=1,2@example.org\",2026-11-02T08:00:00Z,,,1,20,0,7,0\r\n"
        );
        assert_eq!(String::from_utf8(text).expect("a text"), expected);
    }
}
