//! Lists by keyset, searches, and what a scope hides.

use access::authority::{Action, Caller, Over, Permit, permit};
use access::invitation::InvitationState;
use access::{AccountId, Invitation, UserId};
use store::testing::on_both_engines;
use store::{Entry, EntryFilter, Error, Position, Scope, Store, TokenHash, Write};

use crate::fixtures::*;

fn over(account: u128) -> Permit {
    permit(&Caller::Host, Action::ViewUsers, Over::Account(AccountId(uuid(account)))).expect("the host may")
}

fn everywhere() -> Permit {
    permit(&Caller::Host, Action::ViewUsers, Over::Deployment).expect("the host may")
}

async fn invited(store: &Store, invitations: Vec<Invitation>) {
    let written: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                let new = invitations.into_iter().map(|new| (new.clone(), TokenHash::of(&new.id.to_string())));
                write.insert_invitations(&new.collect::<Vec<_>>()).await?;
                write.commit((), vec![], vec![]).await
            })
        })
        .await;
    written.expect("the invitations are written");
}

/// 40 members and 25 invited addresses of account 1, as many members of account 2, and free people.
async fn crowd(store: &Store) -> Vec<String> {
    let (home, away) = (account(1), account(2));
    let mut people: Vec<_> = (0..40).map(|n| member(100 + n, home.id)).collect();
    for (n, person) in people.iter_mut().enumerate() {
        person.display_name = Some(format!("{} {n}", if n % 2 == 0 { "Ärla" } else { "Bo" }));
    }
    people.extend((0..40).map(|n| member(200 + n, away.id)));
    people.extend((0..10).map(|n| user(300 + n)));
    let mut expected: Vec<String> = people[..40].iter().map(|user| user.primary.key().to_owned()).collect();
    given(store, vec![home.clone(), away], people).await;
    let mut open: Vec<_> =
        (0..25).map(|n| invitation(400 + n, home.id, &format!("User{}x@Example.org", 100 + n))).collect();
    expected.extend(open.iter().map(|invitation| invitation.address.key().to_owned()));
    for (n, state) in [(500, InvitationState::Declined), (501, InvitationState::Cancelled)] {
        open.push(Invitation { state, ..invitation(n, home.id, &format!("gone{n}@example.org")) });
    }
    invited(store, open).await;
    expected.sort();
    expected
}

fn keys(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.address().key().to_owned()).collect()
}

#[test]
fn pages_by_keyset_are_the_whole_list_in_order() {
    on_both_engines(|store| async move {
        let expected = crowd(&store).await;
        for limit in [1, 7, 1_000] {
            let (mut found, mut after): (Vec<String>, Option<Position>) = (Vec::new(), None);
            loop {
                let page = store.read(over(1)).entries(&EntryFilter::default(), after.as_ref(), limit).await;
                let page = page.expect("a page");
                let Some(last) = page.last() else { break };
                after = Some(last.position().to_string().parse().expect("a position survives as text"));
                found.extend(keys(&page));
            }
            assert_eq!(found, expected, "in pages of {limit}");
        }
        assert_eq!(expected.len(), 65);
    });
}

#[test]
fn a_prefix_or_an_address_finds_what_begins_so_or_is_it() {
    on_both_engines(|store| async move {
        let expected = crowd(&store).await;
        let prefix = EntryFilter { prefix: Some("USER11".to_owned()), ..EntryFilter::default() };
        let found = store.read(over(1)).entries(&prefix, None, 100).await.expect("a page");
        let begin: Vec<_> = expected.iter().filter(|key| key.starts_with("user11")).cloned().collect();
        assert_eq!(keys(&found), begin);
        for (address, there) in
            [("user100@example.org", true), ("user100x@example.org", true), ("user200@example.org", false)]
        {
            let exactly = EntryFilter { address: Some(address.to_owned()), ..EntryFilter::default() };
            let found = store.read(over(1)).entries(&exactly, None, 100).await.expect("a page");
            assert_eq!(keys(&found), if there { vec![address.to_owned()] } else { vec![] });
        }
        let (mut named, mut after) = (Vec::new(), None);
        loop {
            let page = store.read(over(1)).entries_by_name("äRL", after.as_ref(), 7).await.expect("a page");
            let Some(last) = page.last() else { break };
            after = Some(last.position_by_name());
            named.extend(page.iter().map(Entry::position_by_name));
        }
        assert!(named.len() == 20 && named.is_sorted(), "{named:?}");
        let none = store.read(over(1)).entries_by_name("%", None, 100).await;
        assert_eq!(none.map(|found| found.len()), Ok(0));
    });
}

#[test]
fn an_entry_is_a_member_an_open_invitation_or_an_accepted_one() {
    on_both_engines(|store| async move {
        crowd(&store).await;
        let (state, accepted_by) = (InvitationState::Accepted, Some(UserId(uuid(100))));
        let mine = Invitation { state, accepted_by, ..invitation(600, AccountId(uuid(1)), "old@example.org") };
        let elsewhere = Invitation { account: AccountId(uuid(2)), ..mine.clone() };
        let elsewhere = Invitation { id: access::InvitationId(uuid(601)), ..elsewhere };
        invited(&store, vec![mine, elsewhere]).await;
        let id = async |account, n| {
            let entry = store.read(over(account)).entry(uuid(n)).await.expect("an answer");
            entry.map(|entry| entry.id().as_u128())
        };
        assert_eq!(id(1, 100).await, Some(100), "a member");
        assert_eq!(id(1, 400).await, Some(400), "an invited address");
        assert_eq!(id(1, 600).await, Some(100), "an alias");
        for (account, n) in [(1, 500), (1, 200), (1, 300), (2, 100), (2, 400), (2, 600), (2, 601), (1, 9_999)] {
            assert_eq!(id(account, n).await, None, "{n} in account {account}");
        }
    });
}

#[test]
fn accounts_are_listed_by_name_and_only_to_operators() {
    on_both_engines(|store| async move {
        let mut accounts: Vec<_> = (1..30).map(account).collect();
        for (n, account) in accounts.iter_mut().enumerate() {
            account.name = ["Ünder", "under", "Alpha", "alpha"][n % 4].to_owned();
        }
        given(&store, accounts.clone(), vec![]).await;
        accounts.sort_by_key(Position::of_account);
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = store.read(everywhere()).accounts(None, after.as_ref(), 4, at(0)).await.expect("a page");
            let Some(last) = page.last() else { break };
            after = Some(Position::of_account(last));
            found.extend(page);
        }
        assert_eq!(found, accounts);
        let prefix = store.read(everywhere()).accounts(Some("ALP"), None, 100, at(0)).await.expect("a page");
        assert_eq!(prefix.len(), 14);
        for scope in [Scope::from(over(1)), Scope::Public, Scope::Oneself(UserId(uuid(1)))] {
            let listed = store.read(scope).accounts(None, None, 1, at(0)).await;
            assert!(matches!(listed, Err(Error::OutOfScope(_))), "{listed:?}");
        }
    });
}

#[test]
fn a_scope_hides_what_is_not_in_it() {
    on_both_engines(|store| async move {
        crowd(&store).await;
        let sees = async |scope: Scope, n| store.read(scope).user(UserId(uuid(n))).await.expect("an answer").is_some();
        let oneself = Scope::Oneself(UserId(uuid(100)));
        for (scope, n, expected) in [
            (over(1).into(), 100, true),
            (over(1).into(), 200, false),
            (over(1).into(), 300, false),
            (everywhere().into(), 200, true),
            (everywhere().into(), 300, true),
            (oneself, 100, true),
            (oneself, 101, false),
            (Scope::Public, 300, true),
        ] {
            assert_eq!(sees(scope, n).await, expected, "{scope:?} {n}");
        }
        let account = store.read(over(1)).account(AccountId(uuid(2))).await;
        assert_eq!(account, Ok(None));
        let link = store.read(over(1)).invitation_by_token(&TokenHash::of("x")).await;
        assert!(matches!(link, Err(Error::OutOfScope(_))));
        let password = store.read(over(1)).password(UserId(uuid(100))).await;
        assert!(matches!(password, Err(Error::OutOfScope(_))));
        let history = store.read(over(2)).license_history(UserId(uuid(100))).await.expect("a history");
        assert_eq!(history.len(), 0);
        assert_eq!(store.read(over(1)).license_history(UserId(uuid(100))).await.expect("a history").len(), 1);
    });
}
