//! Keys and tokens: how much of a grant they carry, being replaced, being used (rules 28 and 56).

use access::authority::{Caller, Extent, Over, Role};
use access::{AccountId, Refusal};
use carillon_service::{Credential, NewCredential, PageRequest, Question, Rotation};
use jiff::SignedDuration;
use store::{AuditFilter, TokenHolder};
use uuid::Uuid;

use super::world::{World, in_a_world};

const HOUR: Rotation = Rotation { overlap: SignedDuration::from_hours(1), expires: None };

async fn works(world: &World, token: &str) -> bool {
    world.service.authenticate_token(token).await.expect("an answer").is_some()
}

#[test]
fn a_replaced_one_works_until_the_overlap_ends() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let ada = world.member(team, "ada@example.org").await;
        let grant = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let (cx, service) = (world.administrator(grant), &world.service);
        let wish = NewCredential {
            name: "deploy".to_owned(),
            extent: Extent { most: Some(Role::ReadOnly), within: None },
            expires: Some(world.now() + SignedDuration::from_hours(100)),
        };
        let old = service.create_token(&cx, TokenHolder::Grant(grant.id), wish.clone()).await.unwrap();
        let new = service.rotate_token(&cx, old.token.id, HOUR).await.unwrap();
        let (kept, fresh) = (&old.token.issued, &new.token.issued);
        assert_eq!((&fresh.name, fresh.extent, fresh.expires), (&kept.name, kept.extent, kept.expires));
        let old_key = service.create_access_key(&cx, grant.id, wish).await.unwrap();
        let new_key = service.rotate_access_key(&cx, &old_key.key.id, HOUR).await.unwrap();
        assert!(new_key.key.id != old_key.key.id && new_key.secret != old_key.secret);
        let key_works = async |id: &str| service.authenticate_key(id).await.unwrap().is_some();
        assert!(works(&world, &old.secret).await && works(&world, &new.secret).await);
        assert!(key_works(&old_key.key.id).await && key_works(&new_key.key.id).await);
        world.pass(1);
        assert!(!works(&world, &old.secret).await && works(&world, &new.secret).await);
        assert!(!key_works(&old_key.key.id).await && key_works(&new_key.key.id).await);
        let listed = service.list_tokens(&cx, Over::Account(team)).await.unwrap();
        let ends: Vec<_> = listed.iter().map(|token| (token.id, token.issued.expires)).collect();
        assert_eq!(ends, [(old.token.id, Some(world.now())), (new.token.id, kept.expires)]);
        let later = world.administrator(grant);
        let refused = world.refused(async { service.rotate_token(&later, old.token.id, HOUR).await });
        assert_eq!(Box::pin(refused).await.code(), "unknown-credential", "it is over");
    });
}

#[test]
fn an_overlap_prolongs_nothing_and_has_bounds() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let ada = world.member(team, "ada@example.org").await;
        let grant = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let (host, service) = (world.host(), &world.service);
        let soon = Some(world.now() + SignedDuration::from_mins(5));
        let wish = NewCredential { expires: soon, ..NewCredential::named("short") };
        let old = service.create_token(&host, TokenHolder::Grant(grant.id), wish).await.unwrap();
        let later = Some(world.now() + SignedDuration::from_hours(50));
        service.rotate_token(&host, old.token.id, Rotation { expires: later, ..HOUR }).await.unwrap();
        let listed = service.list_tokens(&host, Over::Account(team)).await.unwrap();
        assert_eq!(listed.iter().map(|token| token.issued.expires).collect::<Vec<_>>(), [soon, later]);
        for overlap in [SignedDuration::from_secs(-1), Rotation::MOST + SignedDuration::from_secs(1)] {
            let refused =
                world.refused(async { service.rotate_token(&host, listed[1].id, Rotation { overlap, ..HOUR }).await });
            assert!(matches!(Box::pin(refused).await, Refusal::Invalid { member: "overlap", .. }));
        }
        let at_once = Rotation { overlap: SignedDuration::ZERO, expires: None };
        service.rotate_token(&host, listed[1].id, at_once).await.unwrap();
        let listed = service.list_tokens(&host, Over::Account(team)).await.unwrap();
        assert_eq!(listed[1].issued.expires, Some(world.now()));
    });
}

#[test]
fn one_carries_no_more_than_it_was_made_for_nor_than_its_grant() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        let (grant, service) = (world.grant(&ada, Over::Deployment, Role::FullAccess).await, &world.service);
        let wish = |most, within| NewCredential { extent: Extent { most, within }, ..NewCredential::named("part") };
        let make = async |wish: NewCredential| {
            let made = service.create_token(&world.host(), TokenHolder::Grant(grant.id), wish).await.unwrap();
            let caller = service.authenticate_token(&made.secret).await.unwrap().expect("it works");
            let cx = service.context(caller, carillon_service::Door::Chime, Uuid::nil(), None);
            (made.secret.clone(), cx.with_credential(Credential::token(&made.secret)))
        };
        let rename = async |cx, account: AccountId| {
            let update = carillon_service::AccountUpdate { name: Some("New".to_owned()), ..Default::default() };
            service.update_account(cx, account, update).await.map_or_else(code, |_| "ok".to_owned())
        };
        let (_, reader) = make(wish(Some(Role::ReadOnly), None)).await;
        let (secret, within) = make(wish(None, Some(team))).await;
        assert_eq!(
            (rename(&reader, team).await.as_str(), rename(&within, team).await.as_str()),
            ("not-permitted", "ok")
        );
        assert_eq!(rename(&within, other).await, "unknown-account");
        let page = || PageRequest { after: None, limit: 10 };
        let seen = service.list_accounts(&within, Default::default(), page()).await.unwrap();
        assert_eq!(seen.items.iter().map(|account| account.id).collect::<Vec<_>>(), [team]);
        let refused = world.refused(async { service.create_account(&within, "More".to_owned()).await });
        assert_eq!(Box::pin(refused).await.code(), "not-permitted", "within an account nobody is an operator");
        let refused = world.refused(async {
            service.create_token(&within, TokenHolder::Grant(grant.id), NewCredential::named("more")).await
        });
        assert_eq!(Box::pin(refused).await.code(), "unknown-credential", "it makes itself no wider sister");
        let question = Question::Use { feature: "meetings.join".to_owned() };
        let outside = world.member(other, "eve@example.net").await;
        let answer = service.evaluate(&secret, &outside.id.to_string(), &question).await.unwrap().expect("an answer");
        assert_eq!(answer.reasons, ["unknown-subject"]);
        service.change_grant(&world.host(), grant.id, Role::ReadOnly).await.expect_err("the last FullAccess stays");
        let second = world.grant(&outside, Over::Deployment, Role::FullAccess).await;
        service.change_grant(&world.administrator(second), grant.id, Role::ReadOnly).await.expect("lowered");
        assert_eq!(rename(&within, team).await, "not-permitted", "also the request that is under way");
    });
}

#[test]
fn what_cannot_be_carried_is_refused() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        let grant = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let (cx, service) = (world.administrator(grant), &world.service);
        let within = |account| NewCredential {
            extent: Extent { most: None, within: Some(account) },
            ..NewCredential::named("part")
        };
        for account in [other, AccountId(Uuid::from_u128(9))] {
            let refused = world.refused(async { service.create_access_key(&cx, grant.id, within(account)).await });
            assert_eq!(Box::pin(refused).await, Refusal::UnknownAccount(account.to_string()));
        }
        let host = world.host();
        let refused = world.refused(async { service.create_access_key(&host, grant.id, within(other)).await });
        assert_eq!(Box::pin(refused).await.code(), "invalid", "the grant is over another account");
        let (application, token) = super::questions::application(&world, Some(team)).await;
        let holder = TokenHolder::Application(application.id);
        let role = NewCredential {
            extent: Extent { most: Some(Role::ReadOnly), within: None },
            ..NewCredential::named("role")
        };
        let refused = world.refused(async { service.create_token(&host, holder, role.clone()).await });
        assert_eq!(Box::pin(refused).await.code(), "invalid");
        let id = service.list_tokens(&host, Over::Account(team)).await.unwrap()[0].id;
        let new = service.rotate_token(&cx, id, HOUR).await.expect("an application's is replaced alike");
        assert!(works(&world, &token).await && works(&world, &new.secret).await);
    });
}

#[test]
fn nobody_replaces_another_persons_key_but_the_host() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let (ada, bob) = (world.member(team, "ada@example.org").await, world.member(team, "bob@example.org").await);
        let grant = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let by_bob = world.administrator(world.grant(&bob, Over::Account(team), Role::FullAccess).await);
        let key = world.service.create_access_key(&world.host(), grant.id, NewCredential::named("k")).await.unwrap();
        let refused = world.refused(async { world.service.rotate_access_key(&by_bob, &key.key.id, HOUR).await });
        assert_eq!(Box::pin(refused).await.code(), "not-permitted");
        world.service.rotate_access_key(&world.host(), &key.key.id, HOUR).await.expect("the host may");
        world.service.revoke_access_key(&by_bob, &key.key.id).await.expect("taking away is not using");
    });
}

#[test]
fn the_last_use_is_written_down_once_in_a_while() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let ada = world.member(team, "ada@example.org").await;
        let grant = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let (host, service) = (world.host(), &world.service);
        let used = service.create_token(&host, TokenHolder::Grant(grant.id), NewCredential::named("u")).await.unwrap();
        service.create_token(&host, TokenHolder::Grant(grant.id), NewCredential::named("idle")).await.unwrap();
        let key = service.create_access_key(&host, grant.id, NewCredential::named("k")).await.unwrap().key.id;
        let seen = async || {
            let tokens = service.list_tokens(&host, Over::Account(team)).await.unwrap();
            let keys = service.list_access_keys(&host, Over::Account(team)).await.unwrap();
            let tokens = tokens.into_iter().map(|token| token.issued.last_used);
            tokens.chain(keys.into_iter().map(|key| key.issued.last_used)).collect::<Vec<_>>()
        };
        let first = world.now();
        assert!(works(&world, &used.secret).await);
        service.used_access_key(&key, first);
        assert_eq!(seen().await, [None, None, None], "nothing was written for the answers");
        service.record_uses().await.unwrap();
        assert_eq!(seen().await, [Some(first), None, Some(first)]);
        world.pass(1);
        let question = Question::Use { feature: "meetings.join".to_owned() };
        service.evaluate(&used.secret, "ada@example.org", &question).await.unwrap().expect("an answer");
        service.record_uses().await.unwrap();
        assert_eq!(seen().await, [Some(world.now()), None, Some(first)]);
        service.revoke_token(&host, used.token.id).await.unwrap();
        assert!(!works(&world, &used.secret).await);
        let before = world.facts().await;
        service.record_uses().await.unwrap();
        assert_eq!(world.facts().await, before, "one that is turned away was not used");
    });
}

#[test]
fn another_role_counts_at_once() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let (ada, bob) = (world.member(team, "ada@example.org").await, world.member(team, "bob@example.org").await);
        let one = world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let two = world.grant(&bob, Over::Account(team), Role::UserManagement).await;
        let (cx, service) = (world.administrator(one), &world.service);
        let token = world.token(TokenHolder::Grant(two.id)).await;
        let role = async || match service.authenticate_token(&token).await.unwrap() {
            Some(Caller::Administrator { grants, .. }) => grants[0].role,
            other => panic!("{other:?}"),
        };
        assert_eq!(service.change_grant(&cx, two.id, Role::ReadOnly).await.unwrap().role, Role::ReadOnly);
        assert_eq!(role().await, Role::ReadOnly);
        service.change_grant(&cx, two.id, Role::FullAccess).await.expect("raised");
        assert_eq!(role().await, Role::FullAccess);
        let refused = world.refused(async { service.change_grant(&cx, one.id, Role::ReadOnly).await });
        assert_eq!(Box::pin(refused).await, Refusal::OwnRole);
        let changes = AuditFilter { action: Some("grant.change".to_owned()), ..AuditFilter::default() };
        let page = PageRequest { after: None, limit: 10 };
        let changes = service.audit(&world.host(), Over::Deployment, &changes, page).await.unwrap().items;
        let outcomes: Vec<_> = changes.into_iter().map(|entry| entry.refusal).collect();
        assert_eq!(outcomes, [None, None, Some("own-role".to_owned())]);
    });
}

/// On PostgreSQL: they wait for each other, and none is undone to resolve a deadlock.
#[test]
fn roles_changed_at_once_wait_for_each_other() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let over = Over::Account(team);
        let (ada, bob) = (world.member(team, "ada@example.org").await, world.member(team, "bob@example.org").await);
        let carl = world.member(team, "carl@example.org").await;
        let by_ada = world.administrator(world.grant(&ada, over, Role::FullAccess).await);
        let by_bob = world.administrator(world.grant(&bob, over, Role::FullAccess).await);
        let grant = world.grant(&carl, over, Role::ReadOnly).await;
        let service = &world.service;
        for _ in 0..10 {
            let (a, b, c, d) = futures::join!(
                service.change_grant(&by_ada, grant.id, Role::UserManagement),
                service.change_grant(&by_bob, grant.id, Role::FullAccess),
                service.change_grant(&by_ada, grant.id, Role::ReadOnly),
                service.change_grant(&by_bob, grant.id, Role::ReadOnly),
            );
            for answer in [a, b, c, d] {
                answer.expect("changed");
            }
        }
    });
}

/// What a door asks between reading and answering (rule 22).
#[test]
fn who_looked_stands_until_anything_of_it_changes() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let (ada, bob) = (world.member(team, "ada@example.org").await, world.member(team, "bob@example.org").await);
        world.grant(&ada, Over::Account(team), Role::FullAccess).await;
        let grant = world.grant(&bob, Over::Account(team), Role::FullAccess).await;
        let (host, service) = (world.host(), &world.service);
        let wish = || NewCredential::named("look");
        let token = service.create_token(&host, TokenHolder::Grant(grant.id), wish()).await.unwrap();
        let key = service.create_access_key(&host, grant.id, wish()).await.unwrap().key.id;
        let by = |credential| world.administrator(grant).with_credential(credential);
        let (by_token, by_key) = (by(Credential::token(&token.secret)), by(Credential::Key(key.clone())));
        let stand = async || (service.stands(&by_token).await.unwrap(), service.stands(&by_key).await.unwrap());
        assert_eq!(stand().await, (true, true));
        service.change_grant(&host, grant.id, Role::ReadOnly).await.unwrap();
        assert_eq!(stand().await, (false, false), "another role");
        service.change_grant(&host, grant.id, Role::FullAccess).await.unwrap();
        assert_eq!(stand().await, (true, true));
        service.revoke_access_key(&host, &key).await.unwrap();
        assert_eq!(stand().await, (true, false));
        service.block(&host, vec![bob.id.to_string()], None).await.unwrap().remove(0).unwrap();
        assert_eq!(stand().await, (false, false));
    });
}

fn code(error: carillon_service::Error) -> String {
    match error {
        carillon_service::Error::Refused(refusal) => refusal.code().to_owned(),
        other => panic!("{other}"),
    }
}
