//! An account's list, narrowed and searched (rule 91): what is shown is what the whole list shows of them.

use access::user::{LicenseOrigin, Membership, Origin, SourceLink, Suspension, Trial, Waiting};
use access::{AccountId, BaseLicense, License, User, UserId};
use carillon_service::{ListedAs, PageRequest, UserFilter, UserView};
use futures::FutureExt;
use jiff::ToSpan;

use crate::world::{World, email, list, on_both, start};

/// More than a page looks at.
const PEOPLE: u64 = 5_600;

/// Somebody like no other few: each fact has a period of its own.
fn person(world: &World, account: AccountId, n: u64) -> User {
    let pick = |every: u64| n.is_multiple_of(every);
    let origin = if pick(11) { Origin::Domain } else { Origin::Directory };
    let (ended, later) = (start() - 1.hour(), start() + 24.hours());
    let suspension = |until| Suspension { by: None, at: ended, reason: None, until };
    let license =
        [BaseLicense::Pro, BaseLicense::Basic, BaseLicense::Plus][if pick(97) { 0 } else { 1 + pick(2) as usize }];
    User {
        display_name: Some(format!("{} {n}", ["Zoe", "Amir"][n as usize % 2])),
        registered: (!pick(13)).then_some(start()),
        membership: Some(Membership { account, origin, since: start(), invited: None }),
        suspension: (pick(17).then(|| suspension(None))).or(pick(19).then(|| suspension(Some(start())))),
        source: pick(3).then(|| SourceLink { id: n.to_string(), enabled: !pick(21), license: Some(BaseLicense::Plus) }),
        license,
        license_origin: if pick(7) { LicenseOrigin::Administrator } else { LicenseOrigin::Default },
        waiting: pick(23).then_some(Waiting { license: BaseLicense::Pro, since: start() }),
        trial: Trial { started: Some(ended), until: Some(if pick(29) { later } else { ended }) },
        ..User::new(
            UserId(access::id::uuid_v7(n, world.service.random().bytes())),
            email(&format!("p{n}@acme.example")),
            start(),
        )
    }
}

async fn crowd(world: &World) -> AccountId {
    let account = world.team("Acme").await;
    let people: Vec<User> = (0..PEOPLE).map(|n| person(world, account, n)).collect();
    let put = world.store.write(move |w| {
        async move {
            w.insert_users(&people).await?;
            w.commit((), vec![], vec![]).await
        }
        .boxed()
    });
    put.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
    let invited: Vec<String> = (0..40).map(|n| format!("p{n}x@example.org")).collect();
    world.service.invite(&world.host(), account, list(&invited.join(";"))).await.expect("invited");
    account
}

/// Everything that a filter shows, page by page, and how many pages that took.
async fn all(world: &World, account: AccountId, filter: &UserFilter, limit: u64) -> (Vec<UserView>, usize) {
    let (mut shown, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let request = PageRequest { after, limit };
        let page = world.service.list_users(&world.host(), account, filter.clone(), request).await.expect("a page");
        assert!(page.items.len() as u64 <= limit);
        (pages, after) = (pages + 1, page.next);
        shown.extend(page.items);
        if after.is_none() {
            return (shown, pages);
        }
    }
}

fn filters() -> Vec<UserFilter> {
    let none = UserFilter::default;
    let mut filters: Vec<UserFilter> =
        ListedAs::ALL.map(|status| UserFilter { status: Some(status), ..none() }).to_vec();
    filters.extend(License::ALL.map(|license| UserFilter { license: Some(license), ..none() }));
    filters.extend([
        UserFilter { origin: Some(Origin::Domain), ..none() },
        UserFilter { license_origin: Some(LicenseOrigin::Administrator), ..none() },
        UserFilter { status: Some(ListedAs::Suspended), license: Some(License::Pro), ..none() },
        UserFilter { origin: Some(Origin::Domain), license: Some(License::Basic), ..none() },
        UserFilter { prefix: Some("P1".into()), license: Some(License::Plus), ..none() },
        UserFilter { origin: Some(Origin::Scim), license: Some(License::Basic), ..none() },
    ]);
    filters
}

/// What holds of a line, said once more.
fn holds(filter: &UserFilter, view: &UserView) -> bool {
    let open = view.registered.is_none() && view.invited.is_some();
    let status = |status| match status {
        ListedAs::Registered | ListedAs::Unregistered | ListedAs::Suspended => {
            !open && view.status.name() == status.name()
        }
        ListedAs::Pending => open,
        ListedAs::Failed => false,
        ListedAs::Waiting => view.waiting.is_some(),
        ListedAs::Disabled => view.enabled_in_source == Some(false),
    };
    filter.status.is_none_or(status)
        && filter.license.is_none_or(|license| license == view.license)
        && filter.origin.is_none_or(|origin| Some(origin) == view.origin)
        && filter.license_origin.is_none_or(|origin| Some(origin) == view.license_origin)
        && filter.prefix.as_ref().is_none_or(|prefix| view.address.starts_with(&prefix.to_lowercase()))
}

#[test]
fn a_narrowed_list_is_the_list_without_the_others() {
    on_both(|world| async move {
        let account = crowd(&world).await;
        let (whole, _) = all(&world, account, &UserFilter::default(), 1_000).await;
        assert_eq!(whole.len() as u64, PEOPLE + 40);
        for filter in filters() {
            let expected: Vec<&UserView> = whole.iter().filter(|view| holds(&filter, view)).collect();
            for limit in [1_000, 190] {
                let (found, pages) = all(&world, account, &filter, limit).await;
                assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
                // What no index knows is looked at, 5,000 for a page.
                assert!(pages <= expected.len() / limit as usize + 3, "{filter:?}: {pages} pages");
            }
        }
    });
}

#[test]
fn a_search_finds_addresses_first_and_then_names() {
    on_both(|world| async move {
        let account = crowd(&world).await;
        let search = |text: &str| UserFilter { search: Some(text.to_owned()), ..UserFilter::default() };
        let (found, _) = all(&world, account, &search(" P55"), 7).await;
        let mut expected: Vec<String> =
            (0..PEOPLE).filter(|n| n.to_string().starts_with("55")).map(|n| format!("p{n}@acme.example")).collect();
        expected.sort();
        assert_eq!(found.into_iter().map(|view| view.address).collect::<Vec<_>>(), expected);
        let (found, _) = all(&world, account, &search("amir 55"), 7).await;
        let odd = (0..PEOPLE).filter(|n| n % 2 == 1 && n.to_string().starts_with("55")).count();
        let names: Vec<String> = found.into_iter().filter_map(|view| view.name).collect();
        assert!(names.len() == odd && names.is_sorted(), "{names:?}");
        // Half of all, each once, those whose address begins so first.
        world.member(account, "zoe@acme.example").await;
        let (found, _) = all(&world, account, &UserFilter { license: Some(License::Basic), ..search("zo") }, 200).await;
        assert!(found.is_empty(), "{} of whom none is even and holds Basic", found.len());
        let (found, _) = all(&world, account, &search("zo"), 200).await;
        assert_eq!((found.len() as u64, found[0].address.as_str()), (PEOPLE / 2 + 1, "zoe@acme.example"));
    });
}
