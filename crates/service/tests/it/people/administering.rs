//! Grants, keys, tokens, applications, the catalog, the trail (rules 13, 24, 28).

use access::application::Audience;
use access::authority::{Over, Role};
use access::{Catalog, Feature, GrantId, License, Refusal};
use carillon_service::{ApplicationUpdate, NewApplication, NewCredential, PageRequest};
use store::{AuditFilter, TokenHolder};
use uuid::Uuid;

use super::world::in_a_world;

#[test]
fn roles_are_given_within_bounds() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        let bob = world.member(team, "bob@example.org").await;
        world.member(other, "eve@example.net").await;
        let over = Over::Account(team);
        let first = world.grant(&ada, over, Role::FullAccess).await;
        let cx = world.administrator(first);
        let service = &world.service;
        let refused = world.refused(async { service.revoke_grant(&cx, first.id).await });
        assert_eq!(Box::pin(refused).await, Refusal::OwnRole);
        let refused = world.refused(async { service.revoke_grant(&world.host(), first.id).await });
        assert_eq!(Box::pin(refused).await, Refusal::LastFullAccess);
        let refused = world.refused(async { service.create_grant(&cx, "eve@example.net", over, Role::ReadOnly).await });
        assert_eq!(Box::pin(refused).await.code(), "unknown-user", "a stranger looks like nobody");
        let refused = world
            .refused(async { service.create_grant(&cx, "bob@example.org", Over::Deployment, Role::ReadOnly).await });
        assert_eq!(Box::pin(refused).await.code(), "not-permitted");
        let refused = world.refused(async {
            service.create_grant(&cx, "bob@example.org", Over::Account(other), Role::ReadOnly).await
        });
        assert_eq!(Box::pin(refused).await.code(), "unknown-account");
        let nowhere = Over::Account(access::AccountId(Uuid::from_u128(1)));
        let host = world.host();
        let refused = world.refused(service.create_grant(&host, "bob@example.org", nowhere, Role::ReadOnly));
        assert_eq!(Box::pin(refused).await.code(), "unknown-account");
        let second = service.create_grant(&cx, "bob@example.org", over, Role::UserManagement).await.unwrap();
        assert_eq!((second.user, second.role), (bob.id, Role::UserManagement));
        let refused =
            world.refused(async { service.create_grant(&cx, "bob@example.org", over, Role::FullAccess).await });
        assert_eq!(Box::pin(refused).await.code(), "invalid", "one grant per person and reach");
        let refused = world.refused(async { service.list_grants(&world.administrator(second), over).await });
        assert_eq!(Box::pin(refused).await.code(), "not-permitted");
        let holders: Vec<_> = service.list_grants(&cx, over).await.unwrap();
        let mut holders: Vec<_> = holders.iter().map(|view| view.user.primary.as_typed()).collect();
        holders.sort_unstable();
        assert_eq!(holders, ["ada@example.org", "bob@example.org"]);
        service.revoke_grant(&cx, second.id).await.unwrap();
        let refused = world.refused(async { service.revoke_grant(&cx, second.id).await });
        assert_eq!(Box::pin(refused).await.code(), "unknown-credential");
    });
}

#[test]
fn two_administrators_cannot_take_the_last_role_from_each_other() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let ada = world.member(team, "ada@example.org").await;
        let bob = world.member(team, "bob@example.org").await;
        let one = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let two = world.grant(&bob, Over::Account(team), Role::FullAccess).await;
        let (by_ada, by_bob) = (world.administrator(one), world.administrator(two));
        let (a, b) =
            futures::join!(world.service.revoke_grant(&by_ada, two.id), world.service.revoke_grant(&by_bob, one.id));
        assert_ne!(a.is_ok(), b.is_ok(), "{a:?} {b:?}");
        assert_eq!(world.service.list_grants(&world.host(), Over::Account(team)).await.unwrap().len(), 1);
    });
}

#[test]
fn a_key_is_shown_once_sealed_and_revocable() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        let eve = world.member(other, "eve@example.net").await;
        let grant = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let cx = world.administrator(grant);
        let foreign = world.grant(&eve, Over::Account(other), Role::FullAccess).await;
        let made = world.service.create_access_key(&cx, grant.id, NewCredential::named("test")).await.unwrap();
        assert!(made.key.id.starts_with("CARI") && made.key.id.len() == 20 && made.secret.len() == 40);
        let dump = format!("{:?}", world.store.dump().await.unwrap());
        assert!(dump.contains(&made.key.id) && !dump.contains(&made.secret));
        let (secret, caller) = world.service.authenticate_key(&made.key.id).await.unwrap().expect("it works");
        assert_eq!((secret, caller), (made.secret, cx.caller.clone()));
        for id in [foreign.id, GrantId(Uuid::from_u128(1))] {
            let refused =
                world.refused(async { world.service.create_access_key(&cx, id, NewCredential::named("test")).await });
            assert_eq!(Box::pin(refused).await, Refusal::UnknownCredential(id.to_string()));
        }
        let late = NewCredential { expires: Some(world.now()), ..NewCredential::named("late") };
        let past = world.refused(async { world.service.create_access_key(&cx, grant.id, late.clone()).await });
        assert_eq!(Box::pin(past).await.code(), "invalid");
        let by_eve = world.administrator(foreign);
        for id in [made.key.id.as_str(), "CARIAAAAAAAAAAAAAAAA", "", "CARI\0"] {
            let refused = world.refused(async { world.service.revoke_access_key(&by_eve, id).await });
            assert_eq!(Box::pin(refused).await, Refusal::UnknownCredential(id.to_owned()));
        }
        assert_eq!(world.service.authenticate_key("CARI\0AAAAAAAAAAAAAAA").await.unwrap(), None);
        world.service.revoke_access_key(&cx, &made.key.id).await.unwrap();
        assert!(world.service.authenticate_key(&made.key.id).await.unwrap().is_none());
        let listed = world.service.list_access_keys(&cx, Over::Account(team)).await.unwrap();
        assert_eq!(listed.iter().map(|key| key.issued.revoked).collect::<Vec<_>>(), [Some(world.now())]);
    });
}

#[test]
fn tokens_are_kept_as_hashes_and_foreign_ones_are_unknown() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        let eve = world.member(other, "eve@example.net").await;
        let grant = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let foreign = world.grant(&eve, Over::Account(other), Role::FullAccess).await;
        let cx = world.administrator(grant);
        let holder = TokenHolder::Grant(grant.id);
        let made = world.service.create_token(&cx, holder, NewCredential::named(" console ")).await.unwrap();
        assert!(made.secret.starts_with("cat_") && made.token.issued.name == "console");
        let dump = format!("{:?}", world.store.dump().await.unwrap());
        assert!(!dump.contains(&made.secret) && !dump.contains(&made.secret[4..]));
        let refused =
            world.refused(async { world.service.revoke_token(&world.administrator(foreign), made.token.id).await });
        assert_eq!(Box::pin(refused).await, Refusal::UnknownCredential(made.token.id.to_string()));
        let refused = world.refused(async {
            world.service.create_token(&cx, TokenHolder::Grant(foreign.id), NewCredential::named("x")).await
        });
        assert_eq!(Box::pin(refused).await.code(), "unknown-credential");
        let refused = world.refused(async { world.service.create_token(&cx, holder, NewCredential::named("")).await });
        assert_eq!(Box::pin(refused).await.code(), "invalid");
        world.service.revoke_token(&cx, made.token.id).await.unwrap();
        let refused = world.refused(async { world.service.revoke_token(&cx, made.token.id).await });
        assert_eq!(Box::pin(refused).await.code(), "unknown-credential");
    });
}

#[test]
fn an_accounts_application_tells_nothing_of_other_accounts() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        let cx = world.administrator(world.grant(&ada, Over::Account(team), Role::FullAccess).await);
        let wish = |owner, audience| NewApplication {
            name: "Meetings".to_owned(),
            owner,
            audience,
            required_license: None,
            required_feature: None,
            client: None,
        };
        let service = &world.service;
        let own = service.create_application(&cx, wish(Some(team), None)).await.unwrap();
        assert_eq!(own.audience, Audience::Members);
        let nobody = access::AccountId(Uuid::from_u128(1));
        for (owner, audience, code) in [
            (Some(other), None, "unknown-account"),
            (None, None, "not-permitted"),
            (Some(team), Some(Audience::Anyone), "not-permitted"),
            (Some(team), Some(Audience::Accounts(vec![team, other])), "unknown-account"),
            (Some(team), Some(Audience::Accounts(vec![nobody])), "unknown-account"),
            (Some(team), Some(Audience::Accounts(vec![])), "invalid"),
        ] {
            let refused = world.refused(async { service.create_application(&cx, wish(owner, audience.clone())).await });
            assert_eq!(Box::pin(refused).await.code(), code, "{owner:?} {audience:?}");
        }
        let of_host = service.create_application(&world.host(), wish(None, None)).await.unwrap();
        assert_eq!(of_host.audience, Audience::Anyone);
        let refused = world.refused(async { service.show_application(&cx, of_host.id).await });
        assert_eq!(Box::pin(refused).await, Refusal::UnknownApplication(of_host.id.to_string()));
        let refused =
            world.refused(async { service.update_application(&cx, of_host.id, ApplicationUpdate::default()).await });
        assert_eq!(Box::pin(refused).await, Refusal::UnknownApplication(of_host.id.to_string()));
        assert_eq!(service.list_applications(&cx, Over::Account(team)).await.unwrap(), std::slice::from_ref(&own));
        let unknown = Some(Some(Feature::parse("no.such").unwrap()));
        let update = ApplicationUpdate { required_feature: unknown, ..Default::default() };
        let refused = world.refused(async { service.update_application(&cx, own.id, update).await });
        assert_eq!(Box::pin(refused).await.code(), "invalid");
    });
}

#[test]
fn the_catalog_is_edited_by_one_at_a_time() {
    in_a_world(|world| async move {
        let host = world.host();
        let shipped = world.service.catalog(&host).await.unwrap();
        assert_eq!(shipped, Catalog::shipped());
        let mut features = shipped.features.clone();
        features.insert(Feature::parse("rooms.open").unwrap(), vec![License::Pro, License::Plus, License::Pro]);
        let edited = world.service.edit_catalog(&host, 1, features.clone()).await.unwrap();
        assert_eq!(edited.version, 2);
        assert_eq!(edited.features[&Feature::parse("rooms.open").unwrap()], [License::Plus, License::Pro]);
        let late = world.refused(async { world.service.edit_catalog(&host, 1, features).await });
        assert_eq!(Box::pin(late).await, Refusal::Changed);
        assert_eq!(world.service.catalog(&host).await.unwrap(), edited);
        let stranger = world.refused(async { world.service.catalog(&world.visitor()).await });
        assert_eq!(Box::pin(stranger).await.code(), "not-permitted");
    });
}

#[test]
fn each_reads_the_trail_of_their_own_reach() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        world.member(other, "eve@example.net").await;
        let cx = world.administrator(world.grant(&ada, Over::Account(team), Role::ReadOnly).await);
        let first = |limit| PageRequest { after: None, limit };
        let filter = AuditFilter::default();
        let own = world.service.audit(&cx, Over::Account(team), &filter, first(100)).await.unwrap();
        assert!(own.next.is_none() && own.items.iter().all(|record| record.account == Some(team)));
        let actions: Vec<_> = own.items.iter().map(|record| record.action.as_str()).collect();
        assert!(actions.contains(&"invitation.accept") && actions.contains(&"grant.create"), "{actions:?}");
        let mut paged = Vec::new();
        let mut page = first(2);
        loop {
            let part = world.service.audit(&cx, Over::Account(team), &filter, page).await.unwrap();
            paged.extend(part.items);
            let Some(after) = part.next else { break };
            page = PageRequest { after: Some(after), limit: 2 };
        }
        assert_eq!(paged, own.items);
        for over in [Over::Account(other), Over::Deployment] {
            let refused = world.refused(async { world.service.audit(&cx, over, &filter, first(10)).await });
            assert!(["unknown-account", "not-permitted"].contains(&Box::pin(refused).await.code()));
        }
        let stale = PageRequest { after: Some("x".to_owned()), limit: 2 };
        let refused = world.refused(async { world.service.audit(&cx, Over::Account(team), &filter, stale).await });
        assert_eq!(Box::pin(refused).await.code(), "invalid");
        let plain = format!("{:?}", world.store.dump().await.unwrap()["audit"]);
        assert!(!plain.contains("ada@example.org") && !plain.contains("Lovelace"), "personal data is sealed (rule 25)");
    });
}

#[test]
fn mails_are_for_operators() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let ada = world.member(team, "ada@example.org").await;
        let cx = world.administrator(world.grant(&ada, Over::Account(team), Role::FullAccess).await);
        let page = || PageRequest { after: None, limit: 10 };
        let refused = world.refused(async { world.service.list_mails(&cx, page()).await });
        assert_eq!(Box::pin(refused).await.code(), "not-permitted");
        let mails = world.service.list_mails(&world.host(), page()).await.unwrap().items;
        let shown = world.service.show_mail(&world.host(), mails[0].id).await.unwrap();
        assert_eq!(shown, mails[0]);
        for id in [mails[0].id + 1, 0, -1, i64::MAX] {
            let refused = world.refused(async { world.service.show_mail(&world.host(), id).await });
            assert_eq!(Box::pin(refused).await.code(), "unknown-mail");
        }
    });
}
