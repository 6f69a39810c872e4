//! What people do for themselves: another password or address, and going for good (rules 73 to 75).

use access::authority::{Caller, Over, Role};
use access::{Email, Refusal, User};
use carillon_service::{Context, Door, Session};
use futures::FutureExt;
use jiff::SignedDuration;
use store::TokenHash;
use uuid::Uuid;

use super::world::{PASSWORD, World, in_a_world};

const OTHER: &str = "seven copper lanterns";

fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

fn oneself(world: &World, user: &User) -> Context {
    world.service.context(Caller::Oneself(user.id), Door::Pages, Uuid::nil(), Some([192, 0, 2, 7].into()))
}

/// A session of theirs, as signing in makes it.
async fn session(world: &World, user: &User, cookie: &str) -> Uuid {
    let (at, id) = (world.now(), Uuid::from_bytes(world.service.random().bytes()));
    let session = Session {
        id,
        user: user.id,
        epoch: user.epoch,
        created: at,
        authenticated: at,
        methods: "pwd".to_owned(),
        expires: at + SignedDuration::from_hours(1),
        last_used: at,
        device: Some(serde_json::json!({ "remote": "192.0.2.7" })),
    };
    let cookie = TokenHash::of(cookie);
    let made = world.store.write(move |w| {
        async move {
            w.insert_session(&session, &cookie).await?;
            w.commit((), vec![], vec![]).await
        }
        .boxed()
    });
    made.await.expect("a session");
    id
}

async fn forgot(world: &World, address: &str) {
    world.service.request_password(&world.visitor(), &email(address)).await.expect("the usual answer");
}

#[test]
fn a_mailed_link_sets_another_password_once() {
    in_a_world(|world| async move {
        let grace = world.registered("grace@example.org").await;
        session(&world, &grace, "one").await;
        forgot(&world, "GRACE@example.org").await;
        let token = world.mailed_token("grace@example.org").await;
        let before = world.facts().await;
        let link = world.service.password_link(&world.visitor(), &token).await.expect("a link");
        assert_eq!((link.address.as_str(), world.facts().await), ("grace@example.org", before), "looking is no use");
        let weak =
            async { world.service.reset_password(&world.visitor(), &token, "grace@example.org".to_owned()).await };
        assert!(matches!(world.refused(weak).await, Refusal::WeakPassword { .. }));

        world.service.reset_password(&world.visitor(), &token, OTHER.to_owned()).await.expect("set");
        let sessions = world.service.own_sessions(&oneself(&world, &grace)).await.expect("sessions");
        assert!(sessions.is_empty(), "whoever was in is out");
        let told = world.mails_to("grace@example.org").await.remove(0);
        assert!(told.subject.contains("was changed"), "{}", told.subject);
        let again = async { world.service.reset_password(&world.visitor(), &token, PASSWORD.to_owned()).await };
        assert_eq!(world.refused(again).await, Refusal::LinkExpired);
        let change = async |former: &str| {
            let cx = oneself(&world, &grace);
            world.service.change_password(&cx, former.to_owned(), PASSWORD.to_owned(), None).await
        };
        assert_eq!(world.refused(change(PASSWORD)).await, Refusal::WrongCredentials, "the former one is none");
        change(OTHER).await.expect("the new one is");
    });
}

#[test]
fn a_link_works_for_an_hour_and_while_the_address_is_theirs() {
    in_a_world(|world| async move {
        let grace = world.registered("grace@example.org").await;
        forgot(&world, "grace@example.org").await;
        let first = world.mailed_token("grace@example.org").await;
        world.pass(1);
        let late = async { world.service.reset_password(&world.visitor(), &first, OTHER.to_owned()).await };
        assert_eq!(world.refused(late).await, Refusal::LinkExpired);
        forgot(&world, "grace@example.org").await;
        let second = world.mailed_token("grace@example.org").await;
        moved(&world, &grace, "hopper@example.net").await;
        let foreign = async { world.service.reset_password(&world.visitor(), &second, OTHER.to_owned()).await };
        assert_eq!(world.refused(foreign).await, Refusal::LinkExpired);
    });
}

#[test]
fn who_asks_for_a_password_learns_nothing_and_mails_nobody_often() {
    in_a_world(|world| async move {
        let before = world.facts().await;
        forgot(&world, "nobody@example.org").await;
        let after = world.facts().await;
        let changed: Vec<_> = before.iter().filter(|(table, rows)| after[*table] != **rows).map(|(t, _)| *t).collect();
        assert_eq!(changed, ["link_mails"], "counted like any other, and nothing else");
        world.registered("grace@example.org").await;
        for _ in 0..5 {
            forgot(&world, "grace@example.org").await;
        }
        let mails = world.mails_to("grace@example.org").await;
        assert_eq!(mails.len(), 1 + 3, "one of the registration, and then three");
    });
}

#[test]
fn nobody_is_kept_from_a_link_by_who_asks_for_another() {
    in_a_world(|world| async move {
        let grace = world.registered("grace@example.org").await;
        // Whatever strangers ask for with her address, and with one that nobody has.
        for _ in 0..5 {
            let cx = world.visitor();
            world.service.request_registration(&cx, &email("grace@example.org")).await.expect("the usual answer");
            let new = email("new@example.org");
            world.service.request_address(&oneself(&world, &grace), &new).await.expect("the usual answer");
        }
        forgot(&world, "grace@example.org").await;
        let token = world.mailed_token("grace@example.org").await;
        world.service.password_link(&world.visitor(), &token).await.expect("a link that works");
        world.registered("new@example.org").await;
    });
}

#[test]
fn a_password_is_changed_by_who_knows_it_and_this_session_stays() {
    in_a_world(|world| async move {
        let grace = world.registered("grace@example.org").await;
        let (here, _) = (session(&world, &grace, "here").await, session(&world, &grace, "there").await);
        let cx = oneself(&world, &grace);
        let wrong = world.service.change_password(&cx, OTHER.to_owned(), OTHER.to_owned(), Some(here));
        assert_eq!(world.refused(wrong).await, Refusal::WrongCredentials);
        world.service.change_password(&cx, PASSWORD.to_owned(), OTHER.to_owned(), Some(here)).await.expect("changed");
        let left = world.service.own_sessions(&cx).await.expect("sessions");
        assert_eq!(left.iter().map(|session| session.id).collect::<Vec<_>>(), [here]);
        assert_eq!(left[0].device.as_ref().expect("a device")["remote"], "192.0.2.7");
    });
}

async fn moved(world: &World, user: &User, to: &str) {
    world.service.request_address(&oneself(world, user), &email(to)).await.expect("the usual answer");
    let token = world.mailed_token(to).await;
    world.service.change_address(&oneself(world, user), &token, None).await.expect("changed");
}

#[test]
fn an_address_is_changed_by_who_proves_the_new_one() {
    in_a_world(|world| async move {
        let grace = world.registered("grace@example.org").await;
        let ada = world.registered("ada@example.org").await;
        let (cx, here) = (oneself(&world, &grace), session(&world, &grace, "here").await);
        world.service.request_address(&cx, &email("hopper@example.net")).await.expect("the usual answer");
        let token = world.mailed_token("hopper@example.net").await;
        let link = world.service.address_link(&cx, &token).await.expect("a link");
        assert_eq!((link.old.as_str(), link.new.as_str()), ("grace@example.org", "hopper@example.net"));
        let other = async { world.service.change_address(&oneself(&world, &ada), &token, None).await };
        assert_eq!(world.refused(other).await, Refusal::LinkExpired, "who finds the link is not who asked for it");

        world.service.change_address(&cx, &token, Some(here)).await.expect("changed");
        let told = world.mails_to("grace@example.org").await.remove(0);
        assert!(told.subject.contains("address") && !told.text.contains("hopper@example.net"), "{}", told.text);
        assert_eq!(world.service.own_sessions(&cx).await.expect("sessions").len(), 1);
        let standing = world.service.own_standing(&cx).await.expect("a standing");
        assert_eq!((standing.user.primary.as_typed(), standing.user.id), ("hopper@example.net", grace.id));
        world.registered("grace@example.org").await;

        world.service.request_address(&cx, &email("ADA@example.org")).await.expect("the same answer");
        let mail = world.mails_to("ada@example.org").await.remove(0);
        assert!(mail.text.contains("registered already"), "{}", mail.text);
    });
}

#[test]
fn accounts_say_whose_an_address_on_their_domain_is() {
    in_a_world(|world| async move {
        let grace = world.registered("grace@example.org").await;
        world.service.request_address(&oneself(&world, &grace), &email("grace@works.example")).await.expect("sent");
        let early = world.mailed_token("grace@works.example").await;
        world.enterprise("Works", "works.example").await;
        let cx = oneself(&world, &grace);
        let late = async { world.service.change_address(&cx, &early, None).await };
        assert_eq!(world.refused(late).await, Refusal::DomainClaimed, "it was claimed in between");
        let new = async { world.service.request_address(&cx, &email("hopper@works.example")).await };
        assert!(matches!(new.await, Err(carillon_service::Error::Refused(Refusal::DomainClaimed))));
        let ada = world.registered("ada@works.example").await;
        let away = world.service.may_change_address(&oneself(&world, &ada)).await;
        assert!(matches!(away, Err(carillon_service::Error::Refused(Refusal::ManagedByDomain))));
    });
}

#[test]
fn nothing_personal_stays_of_who_goes() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let grace = world.member(team, "grace@example.org").await;
        let boss = world.member(team, "boss@example.org").await;
        let (over, cx) = (Over::Account(team), oneself(&world, &grace));
        let grant = world.grant(&grace, over, Role::FullAccess).await;
        world.token(carillon_service::TokenHolder::Grant(grant.id)).await;
        session(&world, &grace, "here").await;
        let last = world.service.erase_oneself(&cx);
        assert_eq!(world.refused(last).await, Refusal::LastFullAccess);
        world.grant(&boss, over, Role::FullAccess).await;

        world.service.erase_oneself(&cx).await.expect("gone");
        let dump = world.store.dump().await.expect("a dump");
        for (table, rows) in &dump {
            let told = rows.iter().find(|row| row.contains("grace@") || row.contains("Ada Lovelace"));
            // The other member has the same name.
            let own = told.filter(|row| !row.contains("boss@example.org"));
            assert!(own.is_none(), "{table}: {own:?}");
        }
        for gone in ["sessions", "api_tokens"] {
            assert!(dump[gone].is_empty(), "{gone}");
        }
        let mail = world.mails_to("grace@example.org").await.remove(0);
        assert!(mail.subject.contains("no longer known"), "{}", mail.subject);
        let history = world.service.own_history(&cx, carillon_service::PageRequest { after: None, limit: 100 }).await;
        let history = history.expect("records").items;
        assert!(history.iter().any(|record| record.action == "user.erase"), "the trail goes on");
        let known = history.iter().find(|record| record.personal.is_some() || record.actor_personal.is_some());
        assert!(known.is_none(), "as an erased person's: {known:?}");
        let again = world.registered("grace@example.org").await;
        assert_ne!(again.id, grace.id);
        assert!(again.trial.until.is_some() && again.membership.is_none(), "somebody new");
    });
}

#[test]
fn who_may_not_leave_may_not_go_either() {
    in_a_world(|world| async move {
        world.enterprise("Works", "works.example").await;
        let ada = world.registered("ada@works.example").await;
        let going = async { world.service.erase_oneself(&oneself(&world, &ada)).await };
        assert_eq!(world.refused(going).await, Refusal::ManagedByDomain);
        let standing = world.service.own_standing(&oneself(&world, &ada)).await.expect("a standing");
        assert!(standing.managed && standing.account.is_some_and(|account| account.name == "Works"));
    });
}

#[test]
fn people_change_their_name_privacy_and_pin() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let grace = world.member(team, "grace@example.org").await;
        let (cx, service) = (oneself(&world, &grace), &world.service);
        assert!(matches!(world.refused(service.rename_oneself(&cx, " ")).await, Refusal::Invalid { .. }));
        service.rename_oneself(&cx, " Grace  ").await.expect("renamed");
        service.set_private(&cx, true).await.expect("private");
        let with_pin = service.reset_own_pin(&cx).await.expect("a PIN");
        assert_eq!(
            (with_pin.display_name.as_deref(), with_pin.private, with_pin.epoch),
            (Some("Grace"), true, grace.epoch)
        );
        let another = service.reset_own_pin(&cx).await.expect("another PIN");
        assert_ne!(another.pin, with_pin.pin);
        let free = world.registered("free@example.org").await;
        assert_eq!(world.refused(service.reset_own_pin(&oneself(&world, &free))).await, Refusal::NotAMember);
        let foreign = world.visitor();
        assert!(matches!(world.refused(service.set_private(&foreign, true)).await, Refusal::NotPermitted { .. }));
    });
}

#[test]
fn a_session_that_ended_in_between_stops_its_administrators_change() {
    in_a_world(|world| async move {
        let works = world.enterprise("Works", "works.example").await;
        let boss = world.registered("boss@works.example").await;
        let ada = world.registered("ada@works.example").await;
        let grant = world.grant(&boss, Over::Account(works), Role::FullAccess).await;
        session(&world, &boss, "cookie").await;
        let caller = world.service.authenticate_session("cookie").await.expect("an answer").expect("a caller");
        assert_eq!(caller, Caller::Administrator { user: boss.id, grants: vec![grant] });
        let cx = world.administrator(grant).with_credential(store::Credential::session("cookie"));
        let suspend = async || world.service.suspend(&cx, works, vec![ada.id.to_string()], None, None).await;
        assert!(suspend().await.expect("an answer")[0].is_ok());
        assert!(world.service.stands(&cx).await.expect("an answer"));
        world.service.sign_out_everywhere(&oneself(&world, &boss)).await.expect("signed out");
        assert!(matches!(world.refused(suspend()).await, Refusal::NotPermitted { .. }));
        assert!(!world.service.stands(&cx).await.expect("an answer"));
        assert_eq!(world.service.authenticate_session("cookie").await.expect("an answer"), None);
    });
}
