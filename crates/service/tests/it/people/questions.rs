//! What applications and administrators ask (rules 13, 21, 22).

use access::application::Audience;
use access::authority::{Over, Role};
use access::{AccountId, Application, BaseLicense, Feature, License, Refusal};
use carillon_service::{Answer, NewApplication, NewCredential, Question};
use store::TokenHolder;

use super::world::{World, in_a_world};

pub async fn application(world: &World, owner: Option<AccountId>) -> (Application, String) {
    let wish = NewApplication {
        name: "Meetings".to_owned(),
        owner,
        audience: None,
        required_license: None,
        required_feature: None,
        client: None,
    };
    let made = world.service.create_application(&world.host(), wish).await.expect("an application");
    let token = world.token(TokenHolder::Application(made.id)).await;
    (made, token)
}

fn using(feature: &str) -> Question {
    Question::Use { feature: feature.to_owned() }
}

fn entering(application: &Application) -> Question {
    Question::SignIn { application: application.id.to_string() }
}

async fn ask(world: &World, token: &str, subject: &str, question: &Question) -> Answer {
    world.service.evaluate(token, subject, question).await.expect("an answer").expect("a good token")
}

#[test]
fn a_license_counts_at_once_and_asking_writes_nothing() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        let ada = world.member(team, "ada@example.org").await;
        let (meetings, token) = application(&world, Some(team)).await;
        world.assign(team, &ada, BaseLicense::Basic).await;
        let before = world.store.dump().await.unwrap();
        for subject in ["ada@example.org", "ADA@Example.ORG", &ada.id.to_string()] {
            let no = ask(&world, &token, subject, &using("meetings.host")).await;
            assert_eq!((no.allowed, no.license), (false, Some(License::Basic)), "{subject}");
            assert_eq!(no.reasons, ["member", "license-by-administrator", "feature-not-granted"]);
        }
        assert!(ask(&world, &token, "ada@example.org", &entering(&meetings)).await.allowed);
        assert_eq!(world.store.dump().await.unwrap(), before);
        world.assign(team, &ada, BaseLicense::Pro).await;
        let yes = ask(&world, &token, "ada@example.org", &using("meetings.host")).await;
        assert_eq!((yes.allowed, yes.license), (true, Some(License::Pro)));
    });
}

#[test]
fn unknown_foreign_and_unreadable_subjects_get_the_same_answer() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let bob = world.member(other, "bob@example.net").await;
        world.invite(team, "invited@example.org").await;
        let (meetings, token) = application(&world, Some(team)).await;
        let nobody = Answer { allowed: false, license: None, reasons: vec!["unknown-subject"] };
        let bob = bob.id.to_string();
        for subject in ["nobody@example.org", "bob@example.net", &bob, "invited@example.org", "", "%%%"] {
            for question in [entering(&meetings), using("meetings.join"), using("???")] {
                assert_eq!(ask(&world, &token, subject, &question).await, nobody, "{subject}");
            }
        }
    });
}

#[test]
fn a_token_dies_with_what_it_stands_for() {
    in_a_world(|world| async move {
        let works = world.enterprise("Works", "works.example.org").await;
        let ada = world.registered("ada@works.example.org").await;
        world.registered("eve@works.example.org").await;
        let grant = world.grant(&ada, Over::Account(works), Role::FullAccess).await;
        let token = world.token(TokenHolder::Grant(grant.id)).await;
        let key = world.service.create_access_key(&world.host(), grant.id, NewCredential::named("test")).await.unwrap();
        let question = using("meetings.join");
        assert!(ask(&world, &token, "eve@works.example.org", &question).await.allowed);
        assert!(world.service.authenticate_key(&key.key.id).await.unwrap().is_some());
        assert!(world.service.authenticate_token(&token).await.unwrap().is_some());
        let ids = vec![ada.id.to_string()];
        let done = world.service.suspend(&world.host(), works, ids.clone(), Some("left".to_owned()), None).await;
        done.unwrap().remove(0).unwrap();
        let dead = || async {
            assert_eq!(world.service.evaluate(&token, "eve@works.example.org", &question).await.unwrap(), None);
            assert!(world.service.authenticate_key(&key.key.id).await.unwrap().is_none());
            assert!(world.service.authenticate_token(&token).await.unwrap().is_none());
        };
        dead().await;
        world.service.activate(&world.host(), works, ids).await.unwrap().remove(0).unwrap();
        dead().await;
    });
}

#[test]
fn expired_revoked_and_unknown_tokens_are_no_good() {
    in_a_world(|world| async move {
        let team = world.team("Engines").await;
        world.member(team, "ada@example.org").await;
        let (meetings, token) = application(&world, Some(team)).await;
        let holder = TokenHolder::Application(meetings.id);
        let expires = Some(world.now() + jiff::SignedDuration::from_hours(1));
        let short = world
            .service
            .create_token(&world.host(), holder, NewCredential { expires, ..NewCredential::named("short") })
            .await
            .unwrap();
        let works = async |token: &str| {
            let answer = world.service.evaluate(token, "ada@example.org", &using("meetings.join")).await;
            answer.unwrap().is_some()
        };
        assert!(works(&token).await && works(&short.secret).await);
        world.pass(1);
        assert!(works(&token).await && !works(&short.secret).await);
        let listed = world.service.list_tokens(&world.host(), Over::Account(team)).await.unwrap();
        for kept in &listed {
            world.service.revoke_token(&world.host(), kept.id).await.unwrap();
        }
        assert!(!works(&token).await);
        for unknown in ["", "caa_", "cat_x", &token[1..], &format!("{token} ")] {
            assert!(!works(unknown).await, "{unknown}");
        }
    });
}

#[test]
fn asking_and_explaining_agree() {
    in_a_world(|world| async move {
        let works = world.enterprise("Works", "works.example.org").await;
        let team = world.team("Engines").await;
        let operator = world.member(team, "root@example.org").await;
        let grant = world.grant(&operator, Over::Deployment, Role::FullAccess).await;
        let token = world.token(TokenHolder::Grant(grant.id)).await;
        let ada = world.registered("ada@works.example.org").await;
        world.registered("free@example.net").await;
        world.assign(works, &ada, BaseLicense::Pro).await;
        let eve = world.registered("eve@works.example.org").await;
        let why = Some("on leave".to_owned());
        let suspended = world.service.suspend(&world.host(), works, vec![eve.id.to_string()], why, None).await;
        suspended.unwrap().remove(0).unwrap();
        let (meetings, _) = application(&world, Some(works)).await;
        for subject in ["ada@works.example.org", "eve@works.example.org", "free@example.net", "root@example.org"] {
            for feature in ["meetings.host", "chat.send", "no.such"] {
                let answer = ask(&world, &token, subject, &using(feature)).await;
                let feature = Some(Feature::parse(feature).unwrap());
                let told = world.service.explain(&world.host(), subject, None, feature).await.unwrap();
                let codes: Vec<_> = told.reasons.iter().map(|reason| reason.code).collect();
                assert_eq!((answer.allowed, answer.license), (told.allowed, Some(told.license)), "{subject}");
                assert_eq!(answer.reasons, codes, "{subject}");
            }
            let answer = ask(&world, &token, subject, &entering(&meetings)).await;
            let told = world.service.explain(&world.host(), subject, Some(meetings.id), None).await.unwrap();
            assert_eq!(answer.allowed, told.allowed, "{subject}");
        }
        let told = world.service.explain(&world.host(), "eve@works.example.org", None, None).await.unwrap();
        let sentences: Vec<_> = told.reasons.iter().map(|reason| reason.sentence.as_str()).collect();
        let said = ["Somebody with access to the host suspended them on 2026-12-01 12:00 UTC: on leave"];
        assert_eq!(sentences, said);
    });
}

#[test]
fn an_administrator_explains_own_people_only() {
    in_a_world(|world| async move {
        let (team, other) = (world.team("Engines").await, world.team("Others").await);
        let ada = world.member(team, "ada@example.org").await;
        world.member(other, "bob@example.net").await;
        world.registered("free@example.net").await;
        let (foreign, _) = application(&world, Some(other)).await;
        let grant = world.grant(&ada, Over::Account(team), Role::ReadOnly).await;
        let cx = world.administrator(grant);
        let host = Some(Feature::parse("meetings.host").unwrap());
        let own = world.service.explain(&cx, "ada@example.org", None, host).await.unwrap();
        assert!(own.allowed && own.license == License::ProTrial);
        assert_eq!(own.granted_by, [License::Pro, License::ProTrial]);
        for subject in ["bob@example.net", "free@example.net", "nobody@example.org", "%"] {
            let refused = world.refused(async { world.service.explain(&cx, subject, None, None).await });
            assert_eq!(Box::pin(refused).await, Refusal::UnknownUser(subject.to_owned()));
        }
        let refused =
            world.refused(async { world.service.explain(&cx, "ada@example.org", Some(foreign.id), None).await });
        assert_eq!(Box::pin(refused).await, Refusal::UnknownApplication(foreign.id.to_string()));
    });
}

#[test]
fn an_application_for_listed_accounts_lets_their_members_in() {
    in_a_world(|world| async move {
        let (one, two) = (world.team("One").await, world.team("Two").await);
        world.member(one, "ada@example.org").await;
        world.member(two, "bob@example.net").await;
        let (meetings, token) = application(&world, None).await;
        assert!(ask(&world, &token, "bob@example.net", &entering(&meetings)).await.allowed, "anyone");
        let update = carillon_service::ApplicationUpdate {
            audience: Some(Audience::Accounts(vec![one])),
            required_license: Some(Some(BaseLicense::Pro)),
            ..Default::default()
        };
        world.service.update_application(&world.host(), meetings.id, update).await.unwrap();
        assert!(ask(&world, &token, "ada@example.org", &entering(&meetings)).await.allowed, "a trial counts as Pro");
        let no = ask(&world, &token, "bob@example.net", &entering(&meetings)).await;
        assert_eq!(no.reasons, ["unknown-subject"]);
        world.pass(31 * 24);
        let no = ask(&world, &token, "ada@example.org", &entering(&meetings)).await;
        assert_eq!(no.reasons.last(), Some(&"license-required"));
    });
}
