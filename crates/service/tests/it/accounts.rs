//! Create and update account, seats, domains (rules 3, 5, 10, 12).

use access::account::Seat;
use access::authority::{Caller, Over, Role};
use access::invitation::InvitationState;
use access::{AccountType, BaseLicense, Domain};
use carillon_service::AccountUpdate;

use crate::world::{list, on_both, refused};

#[test]
fn an_account_begins_as_a_team_and_its_facts_change() {
    on_both(|world| async move {
        let id = world.team("Acme").await;
        let made = world.account(id).await;
        assert_eq!((made.kind, made.default_license, made.trials), (AccountType::Team, BaseLicense::Plus, true));
        let update = AccountUpdate {
            name: Some("Acme Ltd".to_owned()),
            default_license: Some(BaseLicense::Basic),
            trials: Some(false),
            second_factor: Some(true),
        };
        let updated = world.service.update_account(&world.host(), id, update).await.expect("updated");
        assert_eq!(world.account(id).await, updated);
        assert_eq!((updated.name.as_str(), updated.default_license), ("Acme Ltd", BaseLicense::Basic));
        assert!(updated.second_factor);
        let blank = AccountUpdate { name: Some(" ".to_owned()), ..AccountUpdate::default() };
        assert_eq!(refused(world.service.update_account(&world.host(), id, blank).await).code(), "invalid");
    });
}

#[test]
fn only_an_operator_makes_accounts() {
    on_both(|world| async move {
        let team = world.team("Acme").await;
        let (_, cx) = world.administrator("a@example.org", Over::Account(team), Role::FullAccess).await;
        assert_eq!(refused(world.service.create_account(&cx, "B".to_owned()).await).code(), "not-permitted");
        let (_, cx) = world.administrator("o@example.org", Over::Deployment, Role::FullAccess).await;
        world.service.create_account(&cx, "B".to_owned()).await.expect("an account");
    });
}

#[test]
fn a_vouched_domain_makes_an_enterprise_account_and_brings_its_people_in() {
    on_both(|world| async move {
        let (account, other) = (world.team("Acme").await, world.team("Other").await);
        let free = world.free_user("free@acme.example").await;
        let member = world.member(other, "member@acme.example").await;
        let service = &world.service;
        let invited = service.invite(&world.host(), other, list("new@acme.example")).await.expect("answers");
        let invited = invited[0].result.clone().expect("invited").expect("an invitation").id;
        let mails = world.count("outbox").await;

        let domain = Domain::parse("acme.example").expect("a domain");
        let after = service.vouch_domain(&world.host(), account, domain.clone()).await.expect("verified");
        let kind = after.account.kind;
        assert_eq!((kind, world.account(account).await.kind), (AccountType::EnterpriseLwa, kind));
        assert_eq!((after.joined, after.conflicts, after.invitations_failed), (1, 1, 1));
        let joined = world.user(free).await;
        assert!(joined.is_member_of(account));
        assert_eq!(joined.license, BaseLicense::Plus);
        assert!(world.user(member).await.is_member_of(other), "a member of another Team stays there");
        assert_eq!(world.count("outbox").await, mails + 1, "who joined is told");
        let failed = service.cancel(&world.host(), other, vec![invited.to_string()]).await.expect("answers");
        assert!(failed[0].is_err(), "the other account's invitation ended");
        let stored = world.store.dump().await.expect("a dump")["invitations"].join("\n");
        assert!(stored.contains(InvitationState::Failed.name()), "{stored}");

        let claimed = service.vouch_domain(&world.host(), other, domain.clone()).await;
        assert_eq!(refused(claimed).code(), "domain-claimed");
        service.vouch_domain(&world.host(), account, domain.clone()).await.expect("the same again changes nothing");
        let public = Domain::parse("gmail.com").expect("a domain");
        assert_eq!(refused(service.vouch_domain(&world.host(), other, public).await).code(), "public-domain");
        let (_, cx) = world.administrator("o@example.org", Over::Deployment, Role::FullAccess).await;
        assert_eq!(refused(service.vouch_domain(&cx, account, domain).await).code(), "not-permitted");
        assert_eq!(
            refused(
                service
                    .vouch_domain(
                        &world.cx(Caller::Visitor),
                        account,
                        "x.example".to_owned().try_into().expect("a domain")
                    )
                    .await
            )
            .code(),
            "not-permitted"
        );
    });
}

#[test]
fn a_new_limit_counts_who_has_the_license_and_lowering_takes_from_nobody() {
    on_both(|world| async move {
        let account = world.enterprise("Acme", "acme.example").await;
        for name in ["a", "b", "c"] {
            world.create(account, &format!("{name}@acme.example")).await;
        }
        let set = async |limit| {
            let seats = world.service.set_seats(&world.host(), account, BaseLicense::Plus, limit).await;
            seats.expect("seats").get(BaseLicense::Plus)
        };
        assert_eq!(set(Some(5)).await, Some(Seat { limit: 5, used: 3 }));
        assert_eq!(set(Some(1)).await, Some(Seat { limit: 1, used: 3 }));
        let waiting = world.create(account, "d@acme.example").await;
        assert_eq!(waiting.license, access::License::Basic, "no seat is left, so they wait (rule 12)");
        assert_eq!(set(Some(3)).await, Some(Seat { limit: 3, used: 3 }), "still none is free");
        assert_eq!(set(Some(4)).await, Some(Seat { limit: 4, used: 4 }), "a new seat goes to who waits");
        world.create(account, "e@acme.example").await;
        assert_eq!(set(None).await, None);
        assert_eq!(set(Some(9)).await, Some(Seat { limit: 9, used: 5 }), "lifting the limit let everybody in");
    });
}
