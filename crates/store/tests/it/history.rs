//! What is kept of licenses over time, and how reports read it (rule 26).

use access::authority::{Action, Caller, Over, permit};
use access::decision::SuspensionFacts;
use access::user::{LicenseOrigin, Membership, Origin, Suspension, Trial};
use access::{AccountId, BaseLicense, User, UserId};
use jiff::Timestamp;
use store::testing::on_both_engines;
use store::{Error, HistoryPlace, Read, Store, Write};

use crate::fixtures::*;

fn report(store: &Store, n: u128) -> Read {
    let over = Over::Account(AccountId(uuid(n)));
    store.read(permit(&Caller::Host, Action::ViewUsers, over).expect("the host"))
}

async fn save(store: &Store, before: &User, after: &User, when: i64) {
    let changes = vec![(before.clone(), after.clone())];
    let saved: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.save_users(&changes, at(when)).await?;
                write.commit((), vec![], vec![]).await
            })
        })
        .await;
    saved.expect("saved");
}

/// When, and what was held: license, suspended until, trial until.
type Kept = (Timestamp, Option<(BaseLicense, Option<SuspensionFacts>, Option<Timestamp>)>);

async fn kept(store: &Store, account: u128, user: u128) -> Vec<Kept> {
    let history = report(store, account).license_history(UserId(uuid(user))).await.expect("a history");
    let kept = |held: access::report::Held| (held.license, held.suspension, held.trial_until);
    history.into_iter().map(|one| (one.entry.at, one.entry.held.map(kept))).collect()
}

#[test]
fn what_a_report_needs_is_kept_and_nothing_else() {
    on_both_engines(|store| async move {
        let first = member(100, AccountId(uuid(1)));
        given(&store, vec![account(1), account(2)], vec![first.clone(), user(101)]).await;
        let named = User { display_name: Some("Ada".into()), ..first.clone() };
        save(&store, &first, &named, 5).await;
        let suspension = Suspension { by: None, at: at(10), reason: None, until: Some(at(50)) };
        let suspended = User { suspension: Some(suspension), ..named.clone() };
        save(&store, &named, &suspended, 10).await;
        let trial = Trial { started: Some(at(0)), until: Some(at(90)) };
        let activated = User { suspension: None, trial, ..named };
        save(&store, &suspended, &activated, 20).await;
        let membership =
            Membership { account: AccountId(uuid(2)), origin: Origin::Invitation, since: at(30), invited: None };
        let origin = LicenseOrigin::Administrator;
        let moved = User {
            membership: Some(membership),
            license: BaseLicense::Pro,
            license_origin: origin,
            ..activated.clone()
        };
        save(&store, &activated, &moved, 30).await;

        let (plus, until) = (BaseLicense::Plus, Some(SuspensionFacts { until: Some(at(50)) }));
        let in_the_first = [
            (at(1), Some((plus, None, None))),
            (at(10), Some((plus, until, None))),
            (at(20), Some((plus, None, Some(at(90))))),
            (at(30), None),
        ];
        assert_eq!(kept(&store, 1, 100).await, in_the_first);
        assert_eq!(kept(&store, 2, 100).await, [(at(30), Some((BaseLicense::Pro, None, Some(at(90)))))]);
        assert_eq!(kept(&store, 1, 101).await, [], "a free user holds nothing in an account");
    });
}

#[test]
fn a_report_is_read_in_pages_by_person() {
    on_both_engines(|store| async move {
        let people: Vec<User> = (100..103).map(|n| member(n, AccountId(uuid(1)))).collect();
        let elsewhere = member(200, AccountId(uuid(2)));
        given(&store, vec![account(1), account(2)], [people.clone(), vec![elsewhere]].concat()).await;
        for (n, before) in people.iter().enumerate().rev() {
            save(&store, before, &User { license: BaseLicense::Pro, ..before.clone() }, n as i64).await;
        }
        let gone = User { membership: None, license: BaseLicense::Basic, ..people[1].clone() };
        save(&store, &User { license: BaseLicense::Pro, ..people[1].clone() }, &gone, 9).await;

        let read = report(&store, 1);
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = read.account_history(after, 2).await.expect("a page");
            let Some(last) = page.last() else { break };
            after = Some(last.place);
            let row = |one: store::HeldBy| (one.user.0.as_u128(), one.address, one.entry.held.map(|held| held.license));
            all.extend(page.into_iter().map(row));
        }
        let (plus, pro) = (Some(BaseLicense::Plus), Some(BaseLicense::Pro));
        let address = |n: u128| Some(format!("User{n}@example.org"));
        let expected = [
            (100, address(100), plus),
            (100, address(100), pro),
            (101, None, plus),
            (101, None, pro),
            (101, None, None),
            (102, address(102), plus),
            (102, address(102), pro),
        ];
        assert_eq!(all, expected, "who left has no address here any more");
        let later = read.account_history(Some(HistoryPlace::after(UserId(uuid(101)))), 9).await.expect("a page");
        assert_eq!(later.len(), 2);
    });
}
