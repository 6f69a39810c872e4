//! At the end of a history: the license-days of every person, account and month are those of the model (rule 26).

use access::report::{Entry, LicenseDays, Month, line};

use super::*;

/// The model's people after each verb, and the hour it was.
pub type Timeline = Vec<(i64, [crate::model::Person; 5])>;

const DAY: i64 = 24 * 3_600;

/// The column of an hour: suspended, trial, Basic, Plus, Pro.
fn column(person: &crate::model::Person, sourced: bool, hour: i64) -> usize {
    let before = |until: Option<i64>| until.is_some_and(|until| hour < until);
    let may_try = !sourced || matches!(person.entry, Some((_, Some(PLUS))));
    match person.license {
        _ if before(person.suspended) => 0,
        license if before(person.trial_until) && may_try && license <= PLUS => 1,
        license => 2 + license,
    }
}

/// What a column depends on.
fn held(person: &crate::model::Person) -> impl PartialEq + use<> {
    (person.account, person.license, person.suspended, person.trial_until, person.entry)
}

/// The best column of each day since 1970 on which the person was in the account.
fn days(timeline: &Timeline, sourced: bool, a: usize, p: usize) -> BTreeMap<i64, usize> {
    let mut days = BTreeMap::new();
    for (n, (hour, people)) in timeline.iter().enumerate().filter(|(_, (_, people))| people[p].account == Some(a)) {
        let mut mark = |hour: i64, second: i64| {
            let best = days.entry(second.div_euclid(DAY)).or_insert(0);
            *best = column(&people[p], sourced, hour).max(*best);
        };
        // The moment of a verb that changed what is held, this very moment, and every hour until the next verb: none ends
        // with a day. A verb that changed nothing makes no moment of its own: who is removed as their suspension ends was
        // suspended.
        let second = |hour: i64| now().as_second() + hour * 3_600;
        let before = n.checked_sub(1).map(|before| held(&timeline[before].1[p]));
        if before != Some(held(&people[p])) || n + 1 == timeline.len() {
            mark(*hour, second(*hour));
        }
        for hour in *hour..timeline.get(n + 1).map_or(*hour, |(next, _)| *next) {
            mark(hour, second(hour));
            mark(hour, second(hour + 1) - 1);
        }
    }
    days
}

pub fn compare(world: &World, model: &Model, timeline: &Timeline) {
    for (a, p) in (0..2).flat_map(|a| (0..DOMAIN_OF.len()).map(move |p| (a, p))) {
        let (account, user) = (&world.accounts[a], world.users[p].id);
        let expected = days(timeline, model.sourced(a), a, p);
        let history: &[Entry] = world.kept.get(&(account.id, user)).map_or(&[], Vec::as_slice);
        let mut month = Month::of(now());
        while month.begin() <= world.now {
            let of_month = month.begin().as_second() / DAY..month.end().as_second() / DAY;
            let mut counts = [0; 5];
            expected.range(of_month).for_each(|(_, column)| counts[*column] += 1);
            let [suspended, pro_trial, basic, plus, pro] = counts;
            let found = line(history, account.kind, month, world.now).map(|line| line.days).unwrap_or_default();
            let model = LicenseDays { pro, plus, basic, pro_trial, suspended };
            assert_eq!(found, model, "person {p} in account {a} in {month}: {history:#?}");
            month = Month::of(month.end());
        }
    }
}
