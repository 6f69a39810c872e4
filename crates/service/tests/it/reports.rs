//! Reports over what really happened: random histories of verbs, against a model that watches people's facts from
//! outside and looks at every hour (rule 26).

use std::collections::{BTreeMap, BTreeSet};

use access::authority::{Over, Role};
use access::report::Month;
use access::{AccountId, BaseLicense, Domain, License, User, UserId};
use carillon_service::report::ReportRow;
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use store::Random;

use crate::replay::{Place, step};
use crate::trials::trial_until;
use crate::world::{World, ids, on_both, refused, start};

/// What somebody was seen to hold in an account: license, suspended until, trial until.
type Seen = Option<(usize, Option<Timestamp>, Option<Timestamp>)>;
/// By account and person: what was seen from which moment on.
type Watched = BTreeMap<(AccountId, UserId), Vec<(Timestamp, Seen)>>;

/// Looks at everybody after a step that was taken at a moment.
async fn watch(world: &World, people: &[String], accounts: [AccountId; 2], at: Timestamp, watched: &mut Watched) {
    let people: BTreeSet<UserId> = people.iter().filter_map(|id| id.parse().ok()).collect();
    let people: Vec<UserId> = people.into_iter().collect();
    let found = world.store.write(move |w| {
        async move {
            let users = w.users(&people).await?;
            w.commit(users, vec![], vec![]).await
        }
        .boxed()
    });
    let found: Vec<User> = found.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
    for user in found {
        for account in accounts {
            let suspended = user.suspension.as_ref().map(|suspension| suspension.until.unwrap_or(Timestamp::MAX));
            let seen: Seen = user.is_member_of(account).then_some((user.license as usize, suspended, user.trial.until));
            let history = watched.entry((account, user.id)).or_default();
            if history.last().map_or(seen.is_some(), |(_, before)| *before != seen) {
                // The clock may have been set back since.
                let at = history.last().map_or(at, |(before, _)| at.max(*before));
                history.push((at, seen));
            }
        }
    }
}

/// Days by column: Pro, Plus, Basic, trial, suspended.
fn days(history: &[(Timestamp, Seen)], month: Month, now: Timestamp) -> [u64; 5] {
    let (mut days, mut hour) = ([0; 5], month.begin());
    let column = |hour: Timestamp, (license, suspended, trial): (usize, Option<Timestamp>, Option<Timestamp>)| match (
        suspended.is_some_and(|until| hour < until),
        trial.is_some_and(|until| hour < until),
        license,
    ) {
        (true, ..) => 4,
        (_, true, 0 | 1) => 3,
        (.., license) => 2 - license,
    };
    while hour < month.end() {
        let mut best = None;
        for _ in 0..24 {
            if hour <= now {
                let held = history.iter().rev().find(|(at, _)| *at <= hour).and_then(|(_, seen)| *seen);
                let met = history.iter().filter(|(at, _)| *at == hour).filter_map(|(_, seen)| *seen);
                best = met.chain(held).map(|seen| column(hour, seen)).chain(best).min();
            }
            hour += SignedDuration::from_hours(1);
        }
        best.into_iter().for_each(|column: usize| days[column] += 1);
    }
    days
}

async fn rows(world: &World, account: AccountId, month: Month) -> Vec<ReportRow> {
    let mut report = world.service.report(&world.host(), account, month, None).await.expect("a report");
    let mut rows = Vec::new();
    while let Some(more) = report.next().await.expect("lines") {
        rows.extend(more);
    }
    rows
}

fn counted(row: &ReportRow) -> [u64; 5] {
    [row.pro_days, row.plus_days, row.basic_days, row.pro_trial_days, row.suspended_days]
}

#[test]
fn license_days_are_those_somebody_watching_counts() {
    on_both(|world| async move {
        let begin = Timestamp::from_second(start().as_second() / 3_600 * 3_600).expect("a time");
        world.clock.set(begin);
        let mut columns = [0; 5];
        for seed in 20..23 {
            let random = Random::seeded(seed);
            let accounts = [world.team("Team").await, world.team("Acme").await];
            let domain = Domain::parse(&format!("d{seed}.example")).expect("a domain");
            world.service.vouch_domain(&world.host(), accounts[1], domain.clone()).await.expect("verified");
            let place = Place { accounts, domain };
            let (mut people, mut watched) = (Vec::new(), Watched::new());
            for n in 0..3 {
                let id = world.member(accounts[0], &format!("m{seed}{n}@else.example")).await;
                people.push(id.to_string());
                watch(&world, &people, accounts, world.clock.now(), &mut watched).await;
                let until = world.clock.now() + SignedDuration::from_hours(100 * (n + 1));
                trial_until(&world, id, until).await;
            }
            watch(&world, &people, accounts, world.clock.now(), &mut watched).await;
            let first = Month::of(world.clock.now());
            for _ in 0..90 {
                let [hours, back, ..] = random.bytes::<2>();
                let step_back = if back < 25 { -5 } else { i64::from(hours % 24) };
                world.later(step_back);
                let at = world.clock.now();
                step(&world, &random, &place, &mut people).await;
                watch(&world, &people, accounts, at, &mut watched).await;
            }
            let (now, mut month) = (world.clock.now(), first);
            while month.begin() <= now {
                for account in accounts {
                    let found: BTreeMap<UserId, [u64; 5]> =
                        rows(&world, account, month).await.iter().map(|row| (row.user, counted(row))).collect();
                    for ((_, user), history) in watched.iter().filter(|((of, _), _)| *of == account) {
                        let expected = days(history, month, now);
                        let found = found.get(user).copied().unwrap_or_default();
                        assert_eq!(found, expected, "seed {seed}, {month}, {user}: {history:#?}");
                        columns.iter_mut().zip(found).for_each(|(all, more)| *all += more);
                    }
                }
                month = Month::of(month.end());
            }
            // The next history begins when no clock can be behind this one's.
            world.later(48);
        }
        assert!(columns.iter().all(|days| *days > 0), "each column was met: {columns:?}");
    });
}

#[test]
fn a_report_says_who_joined_left_and_was_suspended() {
    on_both(|world| async move {
        world.clock.set("2027-01-30T12:00:00Z".parse().expect("a time"));
        let (service, account) = (&world.service, world.enterprise("Acme", "acme.example").await);
        let stays = world.create(account, "stays@acme.example").await.id;
        let goes = world.member(account, "goes@else.example").await.to_string();
        world.clock.set("2027-02-03T08:00:00Z".parse().expect("a time"));
        let comes = world.create(account, "=comes@acme.example").await.id;
        let pro = vec![(stays.clone(), License::Pro)];
        service.assign_license(&world.host(), account, pro).await.expect("assigned");
        world.clock.set("2027-02-10T08:00:00Z".parse().expect("a time"));
        service.remove(&world.host(), account, vec![goes.clone()]).await.expect("removed");
        service.suspend(&world.host(), account, vec![stays.clone()], None, None).await.expect("suspended");
        world.clock.set("2027-03-05T08:00:00Z".parse().expect("a time"));

        let february: Month = "2027-02".parse().expect("a month");
        let rows = rows(&world, account, february).await;
        let of = |id: &str| rows.iter().find(|row| row.user.to_string() == id).expect("a line");
        let at = |text: &str| Some(text.parse::<Timestamp>().expect("a time"));
        let (one, other, third) = (of(&stays), of(&goes), of(&comes));
        assert_eq!(counted(one), [8, 2, 0, 0, 18], "Plus on two days, Pro from the 3rd to the 10th, then suspended");
        assert_eq!((one.joined, one.left, one.suspended), (None, None, at("2027-02-10T08:00:00Z")));
        assert_eq!(counted(other), [0, 10, 0, 0, 0]);
        assert_eq!((other.address.as_ref(), other.left), (None, at("2027-02-10T08:00:00Z")));
        assert_eq!(counted(third), [0, 26, 0, 0, 0]);
        assert_eq!(third.joined, at("2027-02-03T08:00:00Z"));
        let text = carillon_service::report::csv_rows(&rows).expect("CSV");
        assert!(String::from_utf8(text).expect("a text").contains(",'=comes@acme.example,"));

        let totals = service.report(&world.host(), account, february, None).await.expect("a report").totals().await;
        let totals = totals.expect("totals");
        assert_eq!((totals.people, totals.joined, totals.left, totals.suspended), (3, 1, 1, 1));
        assert_eq!((totals.pro_days, totals.plus_days, totals.suspended_days), (8, 38, 18));
        assert_eq!(totals.until, february.end());

        let after: UserId = rows[0].user;
        let mut rest = service.report(&world.host(), account, february, Some(after)).await.expect("a report");
        let rest = rest.next().await.expect("lines").expect("some");
        assert_eq!(rest, rows[1..]);

        let later = service.report(&world.host(), account, "2027-04".parse().expect("a month"), None).await;
        assert_eq!(refused(later.map(drop)).code(), "invalid");
        let elsewhere = world.team("Other").await;
        let (_, cx) = world.administrator("eve@else.example", Over::Account(elsewhere), Role::FullAccess).await;
        let foreign = service.report(&cx, account, february, None).await;
        assert_eq!(refused(foreign.map(drop)).code(), "unknown-account");
    });
}

#[test]
fn seats_and_waiting_lists_are_shown_as_they_stand() {
    on_both(|world| async move {
        let (service, account) = (&world.service, world.enterprise("Acme", "acme.example").await);
        let mut made = Vec::new();
        for n in 0..5 {
            made.push(world.create(account, &format!("p{n}@acme.example")).await.id);
            world.later(1);
        }
        let seat = async |license: BaseLicense| {
            let seats = service.seats(&world.host(), account).await.expect("seats");
            let seat = seats[license as usize];
            (seat.limit, seat.used, seat.left, seat.waiting)
        };
        assert_eq!(seat(BaseLicense::Plus).await, (None, 5, None, 0), "without a limit they are counted");
        // Lowered below use: taken from nobody, given to nobody.
        service.set_seats(&world.host(), account, BaseLicense::Plus, Some(2)).await.expect("set");
        assert_eq!(seat(BaseLicense::Plus).await, (Some(2), 5, Some(0), 0));
        for n in 5..8 {
            world.create(account, &format!("p{n}@acme.example")).await;
            world.later(1);
        }
        assert_eq!(seat(BaseLicense::Plus).await, (Some(2), 5, Some(0), 3));
        assert_eq!(seat(BaseLicense::Basic).await, (None, 3, None, 0));
        let up = vec![(made[0].clone(), License::Pro)];
        service.assign_license(&world.host(), account, up).await.expect("assigned");
        assert_eq!(seat(BaseLicense::Plus).await, (Some(2), 4, Some(0), 3), "a freed seat above the limit is gone");

        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = carillon_service::PageRequest { after, limit: 2 };
            let page = service.waiting(&world.host(), account, None, page).await.expect("a page");
            all.extend(page.items.into_iter().map(|one| (one.place, one.license, one.user.address)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let waits = |place: u64| (place, BaseLicense::Plus, format!("p{}@acme.example", place + 4));
        assert_eq!(all, [waits(1), waits(2), waits(3)]);
        let page = || carillon_service::PageRequest { after: None, limit: 9 };
        let none = service.waiting(&world.host(), account, Some(BaseLicense::Pro), page()).await.expect("a page");
        assert_eq!(none.items, []);
        for bad in ["x", "00000000000000000000000000000000Plus"] {
            let page = carillon_service::PageRequest { after: Some(bad.to_owned()), limit: 9 };
            assert_eq!(refused(service.waiting(&world.host(), account, None, page).await).code(), "invalid");
        }
        let gone = service.remove(&world.host(), account, ids(&made)).await.expect("answers");
        assert_eq!(gone.len(), 5);
    });
}
