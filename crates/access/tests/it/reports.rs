//! Reports against a small model that looks at every hour of every day, written from rules 9, 18 and 26 alone.

use access::decision::SuspensionFacts;
use access::report::{Entry, Held, LicenseDays, Line, Month, line};
use access::user::LicenseOrigin;
use access::{AccountType, BaseLicense};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const FIRST: &str = "2028-01-30T00:00:00Z"; // two days before a leap year's February
const HOURS: i64 = 24 * 34;

fn at(hour: i64) -> Timestamp {
    FIRST.parse::<Timestamp>().expect("a time") + hour.hours()
}

/// What the model knows of a member, in hours.
#[derive(Clone, Copy, Debug)]
struct Kept {
    license: usize,
    suspended_until: Option<i64>,
    trial_until: Option<i64>,
    group: usize,
}

/// Columns as numbers: suspended, trial, Basic, Plus, Pro.
fn column(kept: Kept, sourced: bool, hour: i64) -> usize {
    let before = |until: Option<i64>| until.is_some_and(|until| hour < until);
    let may_try = !sourced || kept.group == 1;
    match kept {
        _ if before(kept.suspended_until) => 0,
        _ if before(kept.trial_until) && may_try && kept.license < 2 => 1,
        Kept { license, .. } => 2 + license,
    }
}

/// Every hour of the month, and at each all that was recorded in it: days by column, when they came, went and were
/// suspended.
fn model(history: &[(i64, Option<Kept>)], sourced: bool, now: i64) -> ([u64; 5], [Option<i64>; 3], bool) {
    let (mut days, mut events) = ([0; 5], [None; 3]);
    // By whatever clock: nothing happens before what was recorded before it.
    let mut clock = i64::MIN;
    let told: Vec<(i64, Option<Kept>)> = history
        .iter()
        .map(|(hour, kept)| {
            clock = clock.max(*hour);
            (clock, *kept)
        })
        .collect();
    let mut holds: Option<Kept> = None;
    for (_, kept) in told.iter().filter(|(hour, _)| *hour < 48) {
        holds = *kept;
    }
    let mut current = holds;
    for day in 2..31 {
        let mut best = None;
        for hour in (24 * day..24 * (day + 1)).filter(|hour| *hour <= now) {
            let mut seen: Vec<Kept> = Vec::new();
            for (_, kept) in told.iter().filter(|(then, _)| *then == hour) {
                let suspended = |kept: Option<Kept>| kept.is_some_and(|kept| column(kept, sourced, hour) == 0);
                match (current.is_some(), kept.is_some()) {
                    (false, true) => events[0] = Some(hour),
                    (true, false) => events[1] = Some(hour),
                    _ => {}
                }
                if suspended(*kept) && !suspended(current) {
                    events[2] = Some(hour);
                }
                current = *kept;
                seen.extend(kept);
            }
            seen.extend(current);
            best = seen.into_iter().map(|kept| column(kept, sourced, hour)).chain(best).max();
        }
        best.into_iter().for_each(|column| days[column] += 1);
    }
    let any = days != [0; 5] || events[1].is_some();
    (days, events, any)
}

fn kept() -> impl Strategy<Value = Kept> {
    let until = || prop::option::weighted(0.4, (-10..HOURS).prop_map(|hour| hour - hour % 6));
    (0..3_usize, until(), until(), 0..3_usize).prop_map(|(license, suspended_until, trial_until, group)| Kept {
        license,
        suspended_until,
        trial_until,
        group,
    })
}

/// Changes hours apart, and now and then a node whose clock is behind.
fn history() -> impl Strategy<Value = Vec<(i64, Option<Kept>)>> {
    let step = prop_oneof![4 => 0..90_i64, 2 => (0..5_i64).prop_map(|days| days * 24), 1 => -30..0_i64, 1 => Just(0)];
    prop::collection::vec((step, prop::option::weighted(0.8, kept())), 0..14).prop_map(|steps| {
        let mut hour = 0;
        let at = steps.into_iter().map(|(step, kept)| {
            hour += step;
            (hour, kept)
        });
        at.collect()
    })
}

fn entry((hour, kept): (i64, Option<Kept>)) -> Entry {
    let held = kept.map(|kept| Held {
        license: BaseLicense::ALL[kept.license],
        origin: LicenseOrigin::Administrator,
        suspension: kept.suspended_until.map(|until| SuspensionFacts { until: Some(at(until)) }),
        trial_until: kept.trial_until.map(at),
        group: Some(BaseLicense::ALL[kept.group]),
    });
    Entry { at: at(hour), held }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn license_days_are_those_of_the_model(history in history(), sourced in any::<bool>(), now in 40..HOURS) {
        let kind = if sourced { AccountType::EnterpriseDirectory } else { AccountType::EnterpriseLwa };
        let entries: Vec<Entry> = history.iter().copied().map(entry).collect();
        let found = line(&entries, kind, "2028-02".parse().expect("a month"), at(now));
        let ([suspended, pro_trial, basic, plus, pro], [joined, left, was_suspended], any) = model(&history, sourced, now);
        let days = LicenseDays { pro, plus, basic, pro_trial, suspended };
        let expected = Line { days, joined: joined.map(at), left: left.map(at), suspended: was_suspended.map(at) };
        prop_assert_eq!(found, any.then_some(expected));
    }
}

fn held(license: BaseLicense) -> Held {
    Held { license, origin: LicenseOrigin::Default, suspension: None, trial_until: None, group: None }
}

/// The days of a history given as moments of February 2028 and what was held, on a Team, looking back in March.
fn days(history: &[(&str, Option<Held>)]) -> LicenseDays {
    let entry = |(moment, held): &(&str, Option<Held>)| Entry {
        at: format!("2028-02-{moment}Z").parse().expect("a time"),
        held: *held,
    };
    let entries: Vec<Entry> = history.iter().map(entry).collect();
    let now = "2028-03-10T00:00:00Z".parse().expect("a time");
    line(&entries, AccountType::Team, "2028-02".parse().expect("a month"), now)
        .map(|line| line.days)
        .unwrap_or_default()
}

#[test]
fn one_moment_of_a_day_is_a_day_and_the_first_of_the_next_is_not() {
    let (pro, plus) = (Some(held(BaseLicense::Pro)), Some(held(BaseLicense::Plus)));
    let to_midnight = days(&[("10T23:59:59.999", pro), ("11T00:00:00", None)]);
    assert_eq!(to_midnight, LicenseDays { pro: 1, ..LicenseDays::default() });
    let past_midnight = days(&[("10T23:59:59.999", pro), ("11T00:00:00.001", None)]);
    assert_eq!(past_midnight, LicenseDays { pro: 2, ..LicenseDays::default() });
    let for_no_time =
        days(&[("10T12:00:00", plus), ("10T13:00:00", pro), ("10T13:00:00", plus), ("11T00:00:00", None)]);
    assert_eq!(for_no_time, LicenseDays { pro: 1, ..LicenseDays::default() });
}

#[test]
fn a_trial_and_a_suspension_end_by_themselves() {
    let until = |text: &str| Some(format!("2028-02-{text}Z").parse().expect("a time"));
    let trial = Held { trial_until: until("05T12:00:00"), ..held(BaseLicense::Plus) };
    // The 1st to the 4th are trial; on the 5th Plus is held from noon on, to the 29th.
    let expected = LicenseDays { pro_trial: 4, plus: 25, ..LicenseDays::default() };
    assert_eq!(days(&[("01T08:00:00", Some(trial))]), expected);
    let suspension = Some(SuspensionFacts { until: until("05T00:00:00") });
    let suspended = Held { suspension, ..held(BaseLicense::Pro) };
    let expected = LicenseDays { suspended: 4, pro: 25, ..LicenseDays::default() };
    assert_eq!(days(&[("01T08:00:00", Some(suspended))]), expected);
}

#[test]
fn months_are_read_as_they_are_written() {
    let month: Month = "2028-02".parse().expect("a month");
    assert_eq!((month.to_string().as_str(), month.begin(), month.end()), ("2028-02", at(48), at(48 + 29 * 24)));
    assert_eq!(Month::of(at(48)), month);
    assert_eq!(Month::of(at(48) - 1.millisecond()).to_string(), "2028-01");
    for bad in
        ["", "2028", "2028-2", "2028-13", "2028-00", "28-02", "+028-02", "2028-+2", "1969-12", "9999-12", "2028-02-01"]
    {
        assert!(bad.parse::<Month>().is_err(), "{bad}");
    }
}
