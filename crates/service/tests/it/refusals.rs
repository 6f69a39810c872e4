//! A refused request changes nothing but the trail, and another tenant's ids are unknown ones (rules 24 and 28).

use access::authority::{Caller, Over, Role};
use access::{AccountId, BaseLicense, License, Refusal};
use carillon_service::{AccountUpdate, Context, Error};
use uuid::Uuid;

use crate::world::{World, email, ids, list, on_both};

/// Every verb once, with the same ids; what each refuses, a refused whole or all refused items.
async fn try_all(world: &World, cx: &Context, account: AccountId, users: &[String]) -> Vec<Vec<Refusal>> {
    let service = &world.service;
    let licensed = users.iter().map(|id| (id.clone(), License::Pro)).collect();
    let update = AccountUpdate { name: Some("New".to_owned()), ..AccountUpdate::default() };
    vec![
        of(service
            .invite(cx, account, list("x@else.example"))
            .await
            .map(|all| all.into_iter().map(|one| one.result).collect())),
        of(service.create_user(cx, account, email("x@else.example")).await.map(|one| vec![Ok(one)])),
        of(service.assign_license(cx, account, licensed).await),
        of(service.suspend(cx, account, users.to_vec(), None, None).await),
        of(service.activate(cx, account, users.to_vec()).await),
        of(service.remove(cx, account, users.to_vec()).await),
        of(service.log_out(cx, account, users.to_vec()).await),
        of(service.resend(cx, account, users.to_vec()).await),
        of(service.cancel(cx, account, users.to_vec()).await),
        of(service.update_account(cx, account, update).await.map(|one| vec![Ok(one)])),
        of(service.set_seats(cx, account, BaseLicense::Pro, Some(1)).await.map(|one| vec![Ok(one)])),
    ]
}

fn of<T: std::fmt::Debug>(answer: Result<Vec<Result<T, Refusal>>, Error>) -> Vec<Refusal> {
    match answer {
        Ok(items) => items.into_iter().map(|item| item.expect_err("everything is refused")).collect(),
        Err(Error::Refused(refusal)) => vec![refusal],
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn without_the_right_nothing_changes_and_the_trail_says_so() {
    on_both(|world| async move {
        let (account, other) = (world.enterprise("Acme", "acme.example").await, world.team("Other").await);
        let ada = world.member(account, "ada@acme.example").await;
        let (_, reader) = world.administrator("r@example.org", Over::Account(account), Role::ReadOnly).await;
        let (_, foreign) = world.administrator("f@example.org", Over::Account(other), Role::FullAccess).await;
        let before = world.dump().await;
        let callers = [
            (reader, "not-permitted"),
            (foreign, "unknown-account"),
            (world.cx(Caller::Visitor), "not-permitted"),
            (world.cx(Caller::Oneself(ada)), "not-permitted"),
        ];
        for (cx, code) in callers {
            let recorded = world.count("audit").await;
            let refusals = try_all(&world, &cx, account, &ids(&[ada])).await;
            let codes: Vec<&str> = refusals.iter().flatten().map(Refusal::code).collect();
            assert_eq!(codes, vec![code; 11]);
            assert_eq!(world.count("audit").await, recorded + 11, "each refusal is recorded");
        }
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn other_tenants_unknown_and_unreadable_ids_are_answered_alike() {
    on_both(|world| async move {
        let (account, other) = (world.team("Acme").await, world.team("Other").await);
        let stranger = world.member(other, "s@example.org").await.to_string();
        let invited = world.service.invite(&world.host(), other, list("i@example.org")).await.expect("answers");
        let invited = invited[0].result.clone().expect("invited").expect("an invitation").id.to_string();
        let (_, cx) = world.administrator("a@example.org", Over::Account(account), Role::FullAccess).await;
        let unknown = Uuid::from_bytes([9; 16]).to_string();
        let braced = format!("{{{stranger}}}");
        let before = world.dump().await;
        let users = [stranger, invited, unknown, "x".to_owned(), String::new(), braced];
        let mut each = Vec::new();
        each.extend(of(world.service.suspend(&cx, account, users.to_vec(), None, None).await));
        each.extend(of(world.service.remove(&cx, account, users.to_vec()).await));
        each.extend(of(world.service.cancel(&cx, account, users.to_vec()).await));
        let licensed = users.iter().map(|id| (id.clone(), License::Pro)).collect();
        each.extend(of(world.service.assign_license(&cx, account, licensed).await));
        let expected = users.iter().cycle().take(each.len()).cloned().map(Refusal::UnknownUser);
        assert_eq!(each, expected.collect::<Vec<_>>());
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn an_unknown_account_is_refused_also_on_the_host() {
    on_both(|world| async move {
        let nobody = AccountId(Uuid::from_bytes([9; 16]));
        let before = world.dump().await;
        let refusals = try_all(&world, &world.host(), nobody, &["x".to_owned()]).await;
        let codes: Vec<&str> = refusals.iter().flatten().map(Refusal::code).collect();
        assert_eq!(codes, vec!["unknown-account"; 11]);
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn what_the_rules_refuse_changes_nothing() {
    on_both(|world| async move {
        let (team, account) = (world.team("Team").await, world.enterprise("Acme", "acme.example").await);
        let bob = ids(&[world.member(team, "bob@example.net").await]);
        let ada = ids(&[world.member(account, "ada@acme.example").await]);
        let (service, cx) = (&world.service, world.host());
        service.set_seats(&cx, account, BaseLicense::Pro, Some(0)).await.expect("seats");
        let license = |id: &[String], license| vec![(id[0].clone(), license)];
        let before = world.dump().await;
        let refused = [
            ("team-cannot-suspend", of(service.suspend(&cx, team, bob.clone(), None, None).await)),
            ("not-suspended", of(service.activate(&cx, account, ada.clone()).await)),
            ("managed-by-domain", of(service.remove(&cx, account, ada.clone()).await)),
            (
                "managed-by-domain",
                of(service
                    .leave(&world.cx(Caller::Oneself(ada[0].parse().expect("an id"))))
                    .await
                    .map(|one| vec![Ok(one)])),
            ),
            ("no-seats-left", of(service.assign_license(&cx, account, license(&ada, License::Pro)).await)),
            ("trial-not-assignable", of(service.assign_license(&cx, team, license(&bob, License::ProTrial)).await)),
            (
                "already-exists",
                of(service.create_user(&cx, team, email("bob@example.net")).await.map(|one| vec![Ok(one)])),
            ),
            (
                "domain-claimed",
                of(service.create_user(&cx, team, email("x@acme.example")).await.map(|one| vec![Ok(one)])),
            ),
            (
                "not-on-own-domain",
                of(service.create_user(&cx, account, email("x@else.example")).await.map(|one| vec![Ok(one)])),
            ),
            ("not-blocked", of(service.unblock(&cx, bob.clone()).await)),
            ("invitation-closed", of(service.cancel(&cx, team, bob.clone()).await)),
            ("invitation-closed", of(service.resend(&cx, team, bob).await)),
            ("invalid", of(service.create_account(&cx, " ".to_owned()).await.map(|one| vec![Ok(one)]))),
        ];
        for (code, refusals) in refused {
            assert_eq!(refusals.iter().map(Refusal::code).collect::<Vec<_>>(), [code]);
        }
        assert_eq!(world.dump().await, before);
    });
}
