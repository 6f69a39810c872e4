//! Deleting an account, restoring it, and what goes for good after 90 days (rules 8, 44 and 61).

use std::collections::BTreeMap;

use access::authority::{Caller, Over, Role};
use access::change::AccountSettingsChange;
use access::{AccountId, Audience, Domain};
use carillon_service::facts::merge;
use carillon_service::{AccountFilter, Context, NewApplication, NewCredential, PageRequest, Progress};
use serde_json::{Value, json};
use store::TokenHolder;
use uuid::Uuid;

use crate::world::{World, codes, ids, list, on_both, refused};

const DAY: i64 = 24;

async fn listed(world: &World, cx: &Context) -> Vec<AccountId> {
    let page = PageRequest { after: None, limit: 100 };
    let found = world.service.list_accounts(cx, AccountFilter::default(), page).await.expect("a page");
    found.items.into_iter().map(|account| account.id).collect()
}

#[test]
fn what_stands_in_the_way_is_listed() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let account = world.enterprise("Acme", "acme.example").await;
        world.create(account, "ada@acme.example").await;
        world.create(account, "bob@acme.example").await;
        let before = world.dump().await;
        let refusal = refused(service.delete_account(&host, account).await);
        assert_eq!(refusal.code(), "account-not-empty");
        assert!(
            refusal.to_string().contains("2 users and 1 verified domain; remove the users and release the domains"),
            "{refusal}"
        );
        assert_eq!(refused(service.restore_account(&host, account).await).code(), "not-deleted");
        assert_eq!(world.dump().await, before);
        let team = world.team("Team").await;
        let ada = world.member(team, "ada@example.org").await;
        assert_eq!(refused(service.delete_account(&host, team).await).code(), "account-not-empty");
        service.remove(&host, team, ids(&[ada])).await.expect("removed");
        service.delete_account(&host, team).await.expect("nothing is left in the way");
        assert_eq!(refused(service.delete_account(&host, team).await).code(), "account-deleted");
    });
}

#[test]
fn only_an_operator_deletes_and_restores() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        let (_, own) = world.administrator("a@example.org", Over::Account(team), Role::FullAccess).await;
        let (_, foreign) =
            world.administrator("f@example.org", Over::Account(world.team("Other").await), Role::FullAccess).await;
        let (_, operator) = world.administrator("o@example.org", Over::Deployment, Role::FullAccess).await;
        let service = &world.service;
        assert_eq!(refused(service.delete_account(&own, team).await).code(), "not-permitted");
        assert_eq!(refused(service.delete_account(&foreign, team).await).code(), "unknown-account");
        assert_eq!(service.delete_account(&operator, team).await.expect("deleted").deleted, Some(operator.at));
        assert_eq!(refused(service.restore_account(&own, team).await).code(), "not-permitted");
        service.restore_account(&operator, team).await.expect("restored");
        assert_eq!(refused(service.purge_deleted_accounts(&operator).await).code(), "not-permitted");
    });
}

#[test]
fn everything_stops_with_the_account_and_comes_back_with_it() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let team = world.team("Team").await;
        let boss = world.free_user("boss@example.org").await.to_string();
        let over = Over::Account(team);
        let grant = service.create_grant(&host, &boss, over, Role::FullAccess).await.expect("a grant");
        let key = service.create_access_key(&host, grant.id, NewCredential::named("k")).await.expect("a key").key.id;
        let token = service
            .create_token(&host, TokenHolder::Grant(grant.id), NewCredential::named("t"))
            .await
            .expect("a token")
            .secret;
        let application = application(&world, Some(team), None).await;
        service.invite(&host, team, list("new@example.org")).await.expect("invited");
        let link = world.mails(1).await[0]["token"].as_str().expect("a link").to_owned();
        let before = world.dump().await;

        service.delete_account(&host, team).await.expect("deleted");
        assert!(service.authenticate_key(&key).await.expect("an answer").is_none());
        for secret in [&token, &application] {
            assert!(service.authenticate_token(secret).await.expect("an answer").is_none());
        }
        let visitor = world.cx(Caller::Visitor);
        let accept = carillon_service::Accept {
            name: "New".to_owned(),
            password: "Kx7 quietly orbiting lamp".to_owned(),
            leave: false,
        };
        assert_eq!(refused(service.accept(&visitor, &link, accept).await).code(), "invitation-closed");
        let invited = service.invite(&host, team, list("x@example.org")).await.expect("answers");
        assert_eq!(invited[0].result.as_ref().map_err(access::Refusal::code), Err("account-deleted"));
        let view = service.show_account(&host, team).await.expect("still shown");
        assert_eq!((view.account.deleted, listed(&world, &host).await), (Some(host.at), vec![team]));

        world.later(89 * DAY);
        assert_eq!(listed(&world, &world.host()).await, [team]);
        service.restore_account(&world.host(), team).await.expect("restored");
        assert_eq!(world.dump().await, before, "it is as it was");
        assert!(service.authenticate_key(&key).await.expect("an answer").is_some());
        assert!(service.authenticate_token(&application).await.expect("an answer").is_some());
    });
}

#[test]
fn after_ninety_days_an_account_is_as_unknown_as_one_that_never_was() {
    on_both(|world| async move {
        let service = &world.service;
        let (gone, kept) = (world.team("Gone").await, world.team("Kept").await);
        service.delete_account(&world.host(), gone).await.expect("deleted");
        world.later(90 * DAY);
        // Nothing was purged yet.
        let host = world.host();
        assert_eq!(listed(&world, &host).await, [kept]);
        let never = AccountId(Uuid::from_u128(7));
        let change = AccountSettingsChange::default();
        for id in [gone, never] {
            let expected = Some(format!("there is no account {id}; list the accounts to see their ids"));
            let said = |refusal: access::Refusal| Some(refusal.to_string());
            assert_eq!(said(refused(service.show_account(&host, id).await)), expected);
            assert_eq!(said(refused(service.restore_account(&host, id).await)), expected);
            assert_eq!(said(refused(service.delete_account(&host, id).await)), expected);
            assert_eq!(said(refused(service.update_account_settings(&host, id, change).await)), expected);
        }
    });
}

#[test]
fn what_is_left_after_ninety_days_goes_for_good_and_on_the_record() {
    on_both(|world| async move {
        let (service, host) = (&world.service, world.host());
        let (gone, kept) = (world.team("Gone").await, world.team("Kept").await);
        let empty = world.dump().await;
        service.set_seats(&host, gone, access::BaseLicense::Pro, Some(3)).await.expect("seats");
        service.add_delegate_groups(&host, gone, vec!["Assistants".to_owned()]).await.expect("a group");
        service.invite(&host, gone, list("new@example.org; other@example.org")).await.expect("invited");
        let boss = world.free_user("boss@example.org").await.to_string();
        let grant = service.create_grant(&host, &boss, Over::Account(gone), Role::FullAccess).await.expect("a grant");
        service.create_access_key(&host, grant.id, NewCredential::named("k")).await.expect("a key");
        service.create_token(&host, TokenHolder::Grant(grant.id), NewCredential::named("t")).await.expect("a token");
        application(&world, Some(gone), None).await;
        application(&world, None, Some(Audience::Accounts(vec![gone, kept]))).await;
        let domain = Domain::parse("gone.example").expect("a domain");
        service.claim_domain(&host, gone, domain).await.expect("a claim");
        service.delete_account(&host, gone).await.expect("deleted");

        let full = world.dump().await;
        assert_eq!(service.purge_deleted_accounts(&world.cx(Caller::System)).await.expect("done"), Progress::Done);
        assert_eq!(world.dump().await, full, "it is kept");
        world.later(90 * DAY);
        assert_eq!(service.purge_deleted_accounts(&world.cx(Caller::System)).await.expect("done"), Progress::Done);
        let after = world.dump().await;
        for table in ["invitations", "domains", "seats", "grants", "access_keys"] {
            assert!(after[table].is_empty(), "{table}: {:?}", after[table]);
        }
        assert_eq!(after["accounts"].len(), empty["accounts"].len() - 1);
        assert_eq!((after["applications"].len(), after["application_accounts"].len()), (1, 1), "{after:?}");
        assert_eq!(after["api_tokens"].len(), 1, "the other application's");
        assert_eq!(after["users"], full["users"], "people stay");

        // Every fact of it is taken back in the trail.
        let mut facts: BTreeMap<Uuid, Value> = BTreeMap::new();
        for entry in world.trail().await.into_iter().filter(|entry| entry.account == Some(gone)) {
            let (Some(subject), Some(change), None) = (entry.subject, entry.after, entry.refusal) else { continue };
            merge(facts.entry(subject).or_insert_with(|| json!({})), &change);
        }
        facts.retain(|_, left| *left != json!({}));
        assert_eq!(facts, BTreeMap::new());
        assert_eq!(service.purge_deleted_accounts(&world.cx(Caller::System)).await.expect("done"), Progress::Done);
    });
}

/// Two nodes that come at once.
#[test]
fn purging_twice_at_once_does_it_once() {
    on_both(|world| async move {
        for n in 0..5 {
            let account = world.team(&format!("Gone {n}")).await;
            world.service.delete_account(&world.host(), account).await.expect("deleted");
        }
        world.later(91 * DAY);
        let (one, two) = (world.cx(Caller::System), world.cx(Caller::System));
        let done =
            futures::join!(world.service.purge_deleted_accounts(&one), world.service.purge_deleted_accounts(&two));
        assert_eq!((done.0.expect("done"), done.1.expect("done")), (Progress::Done, Progress::Done));
        assert_eq!(world.count("accounts").await, 0);
        let purged = world.trail().await.into_iter().filter(|entry| entry.action == "account.purge");
        assert_eq!(purged.filter(|entry| entry.refusal.is_none()).count(), 5);
    });
}

/// Nobody joins an account that is deleted at the same moment.
#[test]
fn deleting_and_joining_at_once_is_one_after_the_other() {
    on_both(|world| async move {
        for n in 0..6 {
            let team = world.team("Team").await;
            world.service.invite(&world.host(), team, list(&format!("p{n}@example.org"))).await.expect("invited");
            let link = world.mails(1).await[0]["token"].as_str().expect("a link").to_owned();
            let accept = carillon_service::Accept {
                name: "New".to_owned(),
                password: "Kx7 quietly orbiting lamp".to_owned(),
                leave: false,
            };
            let (visitor, host) = (world.cx(Caller::Visitor), world.host());
            let (joined, deleted) = futures::join!(
                world.service.accept(&visitor, &link, accept),
                world.service.delete_account(&host, team)
            );
            match (joined.is_ok(), deleted) {
                (true, deleted) => assert_eq!(refused(deleted).code(), "account-not-empty"),
                (false, deleted) => assert!(deleted.is_ok()),
            }
        }
    });
}

/// The secret of a new application.
async fn application(world: &World, owner: Option<AccountId>, audience: Option<Audience>) -> String {
    let audience = audience.or(owner.is_none().then_some(Audience::Anyone));
    let wish = NewApplication {
        name: "Meetings".to_owned(),
        owner,
        audience,
        required_license: None,
        required_feature: None,
        client: None,
    };
    let host = world.host();
    let application = world.service.create_application(&host, wish).await.expect("an application");
    let holder = TokenHolder::Application(application.id);
    world.service.create_token(&host, holder, NewCredential::named("t")).await.expect("a token").secret
}

#[test]
fn nobody_is_asked_to_suspend_in_a_deleted_account() {
    on_both(|world| async move {
        let team = world.team("Team").await;
        world.service.delete_account(&world.host(), team).await.expect("deleted");
        let answers = world.service.suspend(&world.host(), team, vec![Uuid::nil().to_string()], None, None).await;
        assert_eq!(codes(&answers.expect("answers")), ["unknown-user"]);
    });
}
