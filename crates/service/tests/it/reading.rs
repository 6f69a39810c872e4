//! Show, list and search (rules 14, 27, 28).

use access::authority::{Over, Role};
use access::user::Status;
use carillon_service::{AccountFilter, Context, Page, PageRequest, UserFilter, UserView};
use uuid::Uuid;

use crate::world::{World, email, list, on_both, refused};

fn page(after: Option<String>, limit: u64) -> PageRequest {
    PageRequest { after, limit }
}

async fn users(world: &World, cx: &Context, account: access::AccountId, request: PageRequest) -> Page<UserView> {
    world.service.list_users(cx, account, UserFilter::default(), request).await.expect("a page")
}

#[test]
fn members_and_invitations_are_one_list_by_address_in_pages() {
    on_both(|world| async move {
        let team = world.team("Acme").await;
        for name in ["b", "d", "f"] {
            world.member(team, &format!("{name}@example.org")).await;
        }
        world
            .service
            .invite(&world.host(), team, list("c@example.org a@example.org e@example.org"))
            .await
            .expect("some");
        let cx = world.host();
        let (mut shown, mut after) = (Vec::new(), None);
        loop {
            let found = users(&world, &cx, team, page(after, 2)).await;
            assert!(found.items.len() == 2);
            shown.extend(found.items.into_iter().map(|user| (user.address, user.status)));
            after = found.next;
            if after.is_none() {
                break;
            }
        }
        let expected = ["a", "b", "c", "d", "e", "f"].map(|name| {
            let status = if "bdf".contains(name) { Status::Registered } else { Status::Unregistered };
            (format!("{name}@example.org"), status)
        });
        assert_eq!(shown, expected);
        let stale = world.service.list_users(&cx, team, UserFilter::default(), page(Some("junk".into()), 2)).await;
        assert_eq!(refused(stale).code(), "invalid");

        let filter = UserFilter { address: Some(email("C@example.org")), ..UserFilter::default() };
        let one = world.service.list_users(&cx, team, filter, page(None, 9)).await.expect("a page");
        assert_eq!(one.items.iter().map(|user| user.address.as_str()).collect::<Vec<_>>(), ["c@example.org"]);
        let search = async |text: &str| {
            let filter = UserFilter { search: Some(text.to_owned()), ..UserFilter::default() };
            world.service.list_users(&cx, team, filter, page(None, 9)).await
        };
        let found = search("E@EX").await.expect("users").items;
        assert_eq!(found.iter().map(|user| user.address.as_str()).collect::<Vec<_>>(), ["e@example.org"]);
        assert_eq!(refused(search(" ").await).code(), "invalid");
    });
}

#[test]
fn one_user_is_shown_and_other_tenants_are_unknown() {
    on_both(|world| async move {
        let (team, other) = (world.team("Acme").await, world.team("Other").await);
        let (ada, bob) = (world.member(team, "ada@example.org").await, world.member(other, "bob@example.org").await);
        let (_, cx) = world.administrator("a@example.org", Over::Account(team), Role::ReadOnly).await;
        let shown = world.service.show_user(&cx, team, &ada.to_string()).await.expect("a user");
        assert_eq!((shown.address.as_str(), shown.account), ("ada@example.org", team));
        for id in [bob.to_string(), Uuid::from_bytes([9; 16]).to_string(), "x".to_owned()] {
            let unknown = world.service.show_user(&cx, team, &id).await;
            assert_eq!(refused(unknown), access::Refusal::UnknownUser(id));
        }
        assert_eq!(refused(world.service.show_user(&cx, other, &bob.to_string()).await).code(), "unknown-account");
    });
}

#[test]
fn a_pin_is_shown_to_who_may_see_it() {
    on_both(|world| async move {
        let team = world.team("Acme").await;
        let ada = world.member(team, "ada@example.org").await;
        let before = world.user(ada).await;
        let after = access::User { pin: Some("4711".to_owned()), ..before.clone() };
        let saved = world.store.write(move |w| {
            Box::pin(async move {
                w.save_users(&[(before, after)], crate::world::start()).await?;
                w.commit((), vec![], vec![]).await
            })
        });
        saved.await.unwrap_or_else(|error: store::Error| panic!("{error}"));
        for (role, pin) in [(Role::ReadOnly, None), (Role::UserManagement, Some("4711".to_owned()))] {
            let (_, cx) = world.administrator(&format!("{role:?}@example.org"), Over::Account(team), role).await;
            assert_eq!(world.service.show_user(&cx, team, &ada.to_string()).await.expect("a user").pin, pin);
            assert_eq!(users(&world, &cx, team, page(None, 9)).await.items[0].pin, pin);
        }
    });
}

#[test]
fn accounts_are_listed_within_reach() {
    on_both(|world| async move {
        let (beta, alpha) = (world.team("Beta").await, world.team("alpha").await);
        world.team("Gamma").await;
        world.member(beta, "bob@example.org").await;
        let names = async |cx: &Context, filter: AccountFilter, request| {
            let found = world.service.list_accounts(cx, filter, request).await.expect("a page");
            (found.items.into_iter().map(|account| account.name).collect::<Vec<_>>(), found.next)
        };
        let all = AccountFilter::default;
        let (first, next) = names(&world.host(), all(), page(None, 2)).await;
        assert_eq!(first, ["alpha", "Beta"]);
        assert_eq!(names(&world.host(), all(), page(next, 2)).await, (vec!["Gamma".to_owned()], None));
        let begins = AccountFilter { name_prefix: Some("AL".to_owned()), user_address: None };
        assert_eq!(names(&world.host(), begins.clone(), page(None, 9)).await.0, ["alpha"]);
        let of_bob = AccountFilter { name_prefix: None, user_address: Some(email("bob@example.org")) };
        assert_eq!(names(&world.host(), of_bob.clone(), page(None, 9)).await.0, ["Beta"]);

        let (_, cx) = world.administrator("a@example.org", Over::Account(alpha), Role::ReadOnly).await;
        assert_eq!(names(&cx, all(), page(None, 9)).await.0, ["alpha"]);
        assert_eq!(names(&cx, of_bob, page(None, 9)).await.0, Vec::<String>::new(), "out of reach");
        let view = world.service.show_account(&cx, alpha).await.expect("an account");
        assert_eq!(view.account, world.account(alpha).await);
        assert_eq!(refused(world.service.show_account(&cx, beta).await).code(), "unknown-account");
    });
}
