//! Behind every uniqueness rule stands an index: of two who race, one wins.

use access::authority::{Grant, Over, Role};
use access::user::SourceLink;
use access::{AccountId, Catalog, GrantId, UserId};
use futures::future::BoxFuture;
use store::testing::on_both_engines;
use store::{Error, Store, TokenHash, Write};

use crate::fixtures::*;

/// Runs the same change eight times at once, each with its own number: one is done, the others are conflicts.
async fn one_wins<F>(store: &Store, change: F)
where
    F: for<'a> Fn(&'a mut Write, u128) -> BoxFuture<'a, Result<(), Error>> + Clone + Send + Sync + 'static,
{
    let racing = (0..8_u128).map(|n| {
        let (store, change) = (store.clone(), change.clone());
        async move {
            let done: Result<(), Error> = store
                .write(move |write: &mut Write| {
                    Box::pin(async move {
                        change(write, n).await?;
                        write.commit((), vec![], vec![]).await
                    })
                })
                .await;
            done
        }
    });
    let answers = futures::future::join_all(racing).await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1, "{lost:?}");
    assert!(lost.iter().all(|answer| matches!(answer, Err(Error::Conflict(_)))), "{lost:?}");
}

#[test]
fn an_address_is_one_persons() {
    on_both_engines(|store| async move {
        one_wins(&store, |write, n| {
            Box::pin(async move {
                let mut person = user(100 + n);
                // Primary for the even, secondary for the odd, and typed differently.
                let typed = if n % 4 < 2 { "Ada@Example.org" } else { "ada@EXAMPLE.ORG" };
                match n % 2 {
                    0 => person.primary = email(typed),
                    _ => person.secondary = vec![email(typed)],
                }
                write.insert_users(&[person]).await
            })
        })
        .await;
    });
}

#[test]
fn a_changed_address_is_one_persons_too() {
    on_both_engines(|store| async move {
        given(&store, vec![], (0..8).map(|n| user(100 + n)).collect()).await;
        one_wins(&store, |write, n| {
            Box::pin(async move {
                let before = write.user(UserId(uuid(100 + n))).await?.expect("the person");
                let after = access::User { primary: email("ada@example.org"), ..before.clone() };
                write.save_users(&[(before, after)], at(1)).await
            })
        })
        .await;
    });
}

#[test]
fn two_people_can_swap_their_addresses_in_one_change() {
    on_both_engines(|store| async move {
        given(&store, vec![], vec![user(1), user(2)]).await;
        let done: Result<(), Error> = store
            .write(|write: &mut Write| {
                Box::pin(async move {
                    let (one, two) = (user(1), user(2));
                    let (first, second) = (one.primary.clone(), two.primary.clone());
                    let after = (
                        access::User { primary: second, ..one.clone() },
                        access::User { primary: first, ..two.clone() },
                    );
                    write.save_users(&[(one, after.0), (two, after.1)], at(1)).await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(done, Ok(()));
    });
}

#[test]
fn an_address_has_one_open_invitation_per_account() {
    on_both_engines(|store| async move {
        given(&store, vec![account(1), account(2)], vec![]).await;
        one_wins(&store, |write, n| {
            Box::pin(async move {
                let invitation = invitation(100 + n, AccountId(uuid(1)), "ada@example.org");
                write.insert_invitations(&[(invitation, TokenHash::of(&n.to_string()))]).await
            })
        })
        .await;
        let other: Result<(), Error> = store
            .write(|write: &mut Write| {
                Box::pin(async move {
                    let elsewhere = invitation(200, AccountId(uuid(2)), "ada@example.org");
                    let mut closed = invitation(201, AccountId(uuid(1)), "ada@example.org");
                    closed.state = access::invitation::InvitationState::Cancelled;
                    write.insert_invitations(&[(elsewhere, TokenHash::of("a")), (closed, TokenHash::of("b"))]).await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(other, Ok(()));
    });
}

#[test]
fn a_domain_is_verified_by_one_account() {
    on_both_engines(|store| async move {
        given(&store, (1..9).map(account).collect(), vec![]).await;
        one_wins(&store, |write, n| {
            Box::pin(async move {
                let mut claim = claim(AccountId(uuid(1 + n)), "example.org", None);
                write.insert_domain(&claim).await?;
                claim.verified = Some(at(1));
                write.save_domain(&claim).await
            })
        })
        .await;
    });
}

#[test]
fn an_entry_of_a_source_is_one_person_in_an_account() {
    on_both_engines(|store| async move {
        given(&store, vec![account(1)], vec![]).await;
        one_wins(&store, |write, n| {
            Box::pin(async move {
                let mut person = member(100 + n, AccountId(uuid(1)));
                person.source = Some(SourceLink { id: "guid".to_owned(), enabled: true, license: None });
                write.insert_users(&[person]).await
            })
        })
        .await;
    });
}

#[test]
fn a_person_has_one_grant_over_the_same() {
    on_both_engines(|store| async move {
        given(&store, vec![account(1)], vec![user(1)]).await;
        for over in [Over::Deployment, Over::Account(AccountId(uuid(1)))] {
            one_wins(&store, move |write, n| {
                Box::pin(async move {
                    let id = GrantId(uuid(100 + n + 10 * u128::from(over == Over::Deployment)));
                    let grant = Grant { id, user: UserId(uuid(1)), over, role: Role::ReadOnly };
                    write.insert_grant(&grant, at(0)).await
                })
            })
            .await;
        }
    });
}

#[test]
fn a_version_of_the_catalog_is_written_once() {
    on_both_engines(|store| async move {
        one_wins(&store, |write, _| {
            Box::pin(async move { write.insert_catalog(&Catalog { version: 2, ..Catalog::shipped() }, at(0)).await })
        })
        .await;
        assert_eq!(store.catalog(2).await.map(|catalog| catalog.version), Ok(2));
    });
}

#[test]
fn a_link_to_register_is_taken_once() {
    on_both_engines(|store| async move {
        let token = TokenHash::of("link");
        let made: Result<(), Error> = store
            .write(move |write: &mut Write| {
                Box::pin(async move {
                    let (created, expires) = (at(0), at(100));
                    let address = email("ada@example.org");
                    let new = store::Registration { id: uuid(5), address, mailed: true, created, expires };
                    write.insert_registration(&new, &token).await?;
                    write.commit((), vec![], vec![]).await
                })
            })
            .await;
        assert_eq!(made, Ok(()));
        one_wins(&store, move |write, _| {
            Box::pin(async move {
                if write.registrations(&[token]).await?.is_empty() {
                    return Err(Error::Conflict("taken".to_owned()));
                }
                write.delete_registrations(&[token]).await
            })
        })
        .await;
    });
}
