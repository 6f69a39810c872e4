//! Reports: how many days a member held which license, and who joined, left and was suspended (rule 26).
//!
//! A day is one of UTC. It stands in one column: the highest license that was held on it outside of trials and
//! suspensions; else the trial; else, when the member was suspended all day, the suspension.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use crate::decision::{SuspensionFacts, with_trial};
use crate::{AccountId, AccountType, BaseLicense, License, User, user::LicenseOrigin};

/// A day in milliseconds; in UTC each has as many.
const DAY: i64 = 86_400_000;
/// The most days of a month.
const DAYS: usize = 31;

/// What a member holds in an account from a moment on: what a history keeps, and a report is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The license held.
    pub license: BaseLicense,
    /// Where it comes from.
    pub origin: LicenseOrigin,
    /// A suspension, and when it ends by itself.
    pub suspension: Option<SuspensionFacts>,
    /// When the trial ends.
    pub trial_until: Option<Timestamp>,
    /// What the groups of the account's source grant: on whom a trial depends there (rule 9).
    pub group: Option<BaseLicense>,
}

/// A moment of a member's history in one account; with nothing held, the membership ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When, by the clock of the node that made the change.
    pub at: Timestamp,
    /// What is held from then on.
    pub held: Option<Held>,
}

/// What the history keeps of a change to a person: the end of a membership, what is held from now on, or nothing.
pub fn recorded(before: Option<&User>, after: &User) -> impl Iterator<Item = (AccountId, Option<Held>)> + use<> {
    let held = |user: &User| Some((user.membership?.account, Held::of(user)));
    let (before, after) = (before.and_then(held), held(after));
    let moved = before.map(|(account, _)| account) != after.map(|(account, _)| account);
    let left = before.filter(|_| moved).map(|(account, _)| (account, None));
    let now = after.filter(|_| before != after).map(|(account, held)| (account, Some(held)));
    left.into_iter().chain(now)
}

impl Held {
    fn of(user: &User) -> Self {
        Self {
            license: user.license,
            origin: user.license_origin,
            suspension: user.suspension.as_ref().map(|suspension| SuspensionFacts { until: suspension.until }),
            trial_until: user.trial.until,
            group: user.source.as_ref().and_then(|source| source.license),
        }
    }

    fn is_suspended(&self, at: Timestamp) -> bool {
        self.suspension.is_some_and(|suspension| suspension.until.is_none_or(|until| at < until))
    }

    /// The column a moment stands in.
    fn column(&self, kind: AccountType, at: Timestamp) -> Column {
        if self.is_suspended(at) {
            return Column::Suspended;
        }
        match with_trial(self.license, self.trial_until, Some(kind), self.group, at) {
            License::ProTrial => Column::ProTrial,
            License::Basic => Column::Basic,
            License::Plus => Column::Plus,
            License::Pro => Column::Pro,
        }
    }

    /// When a moment's column may change by itself.
    fn turns(&self) -> [Option<Timestamp>; 2] {
        let mut turns = [self.suspension.and_then(|suspension| suspension.until), self.trial_until];
        turns.sort_unstable();
        turns
    }
}

/// The columns, lowest first: of a day the highest counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Suspended,
    ProTrial,
    Basic,
    Plus,
    Pro,
}

/// Days by column. Of one member in one month their sum is the days of membership.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LicenseDays {
    /// `Pro` was held.
    pub pro: u64,
    /// `Plus` was the highest.
    pub plus: u64,
    /// `Basic` was the highest.
    pub basic: u64,
    /// A trial ran, and no license counted beside it.
    pub pro_trial: u64,
    /// Suspended all day.
    pub suspended: u64,
}

/// A member's month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// The days.
    pub days: LicenseDays,
    /// When they joined in this month; the last time, if several.
    pub joined: Option<Timestamp>,
    /// When they left in this month; the last time, if several.
    pub left: Option<Timestamp>,
    /// When they were suspended in this month; the last time, if several.
    pub suspended: Option<Timestamp>,
}

/// An account's month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// People who were members at some moment of it.
    pub people: u64,
    /// Those of them who joined in it.
    pub joined: u64,
    /// Those who left in it.
    pub left: u64,
    /// Those who were suspended in it.
    pub suspended: u64,
    /// The days of all of them.
    pub days: LicenseDays,
}

impl Totals {
    /// Counts a member in.
    pub fn add(&mut self, line: &Line) {
        self.people += 1;
        self.joined += u64::from(line.joined.is_some());
        self.left += u64::from(line.left.is_some());
        self.suspended += u64::from(line.suspended.is_some());
        let (all, one) = (&mut self.days, line.days);
        all.pro += one.pro;
        all.plus += one.plus;
        all.basic += one.basic;
        all.pro_trial += one.pro_trial;
        all.suspended += one.suspended;
    }
}

/// A member's month, from their whole history in the account in the order in which it was recorded; `None` for who was
/// no member in it. What lies after `now` does not count yet. `kind` is the account's.
///
/// Nodes' clocks differ: a change takes effect no sooner than the one recorded before it, and what was recorded was
/// held, however short.
pub fn line(history: &[Entry], kind: AccountType, month: Month, now: Timestamp) -> Option<Line> {
    let period = Period::of(month, now);
    let (mut line, mut days) = (Line::default(), [None; DAYS]);
    let (mut at, mut before): (_, Option<Held>) = (Timestamp::MIN, None);
    for (n, entry) in history.iter().enumerate() {
        at = at.max(entry.at);
        if at >= period.end {
            break;
        }
        if at >= period.begin {
            let suspended = entry.held.is_some_and(|held| held.is_suspended(at));
            match (before, entry.held) {
                (None, Some(_)) => line.joined = Some(at),
                (Some(_), None) => line.left = Some(at),
                _ => {}
            }
            if suspended && !before.is_some_and(|before| before.is_suspended(at)) {
                line.suspended = Some(at);
            }
        }
        before = entry.held;
        let next = history.get(n + 1).map_or(period.end, |next| next.at.max(at));
        if let Some(held) = entry.held {
            mark(&held, kind, at, next, &period, &mut days);
        }
    }
    let mut any = line.left.is_some();
    for column in days.into_iter().flatten() {
        any = true;
        *match column {
            Column::Pro => &mut line.days.pro,
            Column::Plus => &mut line.days.plus,
            Column::Basic => &mut line.days.basic,
            Column::ProTrial => &mut line.days.pro_trial,
            Column::Suspended => &mut line.days.suspended,
        } += 1;
    }
    any.then_some(line)
}

/// Marks the days from a moment to the next, stretch by stretch between the moments at which the column may change.
fn mark(
    held: &Held,
    kind: AccountType,
    from: Timestamp,
    to: Timestamp,
    period: &Period,
    days: &mut [Option<Column>; DAYS],
) {
    let turns = held.turns().into_iter().flatten().filter(|turn| from < *turn && *turn < to);
    let mut begin = from;
    for end in turns.chain([to]) {
        period.mark(held.column(kind, begin), begin, end, days);
        begin = end;
    }
}

/// The part of a month that has been: from its first moment to before `end`.
struct Period {
    begin: Timestamp,
    end: Timestamp,
}

impl Period {
    fn of(month: Month, now: Timestamp) -> Self {
        // What happens at this very moment counts.
        let passed = now.saturating_add(1.millisecond()).unwrap_or(Timestamp::MAX);
        Self { begin: month.begin(), end: month.end().min(passed) }
    }

    /// Raises the days between two moments to a column; the same moment twice is that moment alone.
    fn mark(&self, column: Column, from: Timestamp, to: Timestamp, days: &mut [Option<Column>; DAYS]) {
        let (begin, end) = (self.begin.as_millisecond(), self.end.as_millisecond());
        let (from, to) = (from.as_millisecond(), to.as_millisecond());
        let (from, last) = (from.max(begin), (to - 1).max(from).min(end - 1));
        if from > last {
            return;
        }
        let day = |at: i64| usize::try_from((at - begin) / DAY).unwrap_or(DAYS);
        for day in days.iter_mut().take(day(last) + 1).skip(day(from)) {
            *day = (*day).max(Some(column));
        }
    }
}

/// A month of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

/// A text that names no month.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no month; write it as 2026-11")]
pub struct BadMonth(pub String);

impl Month {
    /// The month of a moment.
    pub fn of(at: Timestamp) -> Self {
        Self(Offset::UTC.to_datetime(at).date().first_of_month())
    }

    /// Its first moment.
    pub fn begin(self) -> Timestamp {
        midnight(self.0)
    }

    /// The first moment after it.
    pub fn end(self) -> Timestamp {
        self.0.checked_add(1.month()).map_or(Timestamp::MAX, midnight)
    }
}

/// The beginning of a day in UTC.
fn midnight(day: Date) -> Timestamp {
    Offset::UTC.to_timestamp(day.into()).unwrap_or(Timestamp::MAX)
}

impl std::str::FromStr for Month {
    type Err = BadMonth;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadMonth(text.chars().take(32).collect());
        let digits = |text: &str, length: usize| {
            let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse::<i16>().ok()).flatten()
        };
        let (year, month) = text.split_once('-').ok_or_else(bad)?;
        let (year, month) = digits(year, 4).zip(digits(month, 2)).ok_or_else(bad)?;
        let month = i8::try_from(month).map_err(|_| bad())?;
        // Nobody was a member before 1970; the last months have no end that can be written.
        if !(1970..=9000).contains(&year) {
            return Err(bad());
        }
        Date::new(year, month, 1).map(Self).map_err(|_| bad())
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}
