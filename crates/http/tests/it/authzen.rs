//! AuthZEN: an application asks, and hears what it may hear.

use access::authority::{Over, Role};
use access::{Audience, License};
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use service::testing::World;
use service::{NewCredential, TokenHolder};

use crate::app::{Answer, App, json as request, on_both_engines, on_sqlite};
use crate::people;

const ONE: &str = "/access/v1/evaluation";
const MANY: &str = "/access/v1/evaluations";

fn sign_in(subject: &str, application: &str) -> Value {
    json!({
        "subject": {"type": "user", "id": subject, "properties": {"ip": "192.0.2.1"}},
        "action": {"name": "sign_in"},
        "resource": {"type": "application", "id": application},
        "context": {"time": "2026-11-24T18:00:00Z"},
    })
}

fn feature(subject: &str, feature: &str) -> Value {
    json!({
        "subject": {"type": "user", "id": subject},
        "action": {"name": "use"},
        "resource": {"type": "feature", "id": feature},
    })
}

async fn ask(app: &App, path: &str, token: &str, question: &Value) -> Answer {
    app.send(request(path, token, question.to_string())).await
}

async fn assign(world: &World, team: access::AccountId, user: &str, license: License) {
    let answers = world.service.assign_license(&world.host(), team, vec![(user.to_owned(), license)]).await;
    assert!(answers.expect("answers")[0].is_ok());
}

#[test]
fn a_member_may_what_the_license_grants() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let (application, token) = people::application(&world, Some(team), Audience::Members).await;
        for subject in [&*ada, "ADA@example.org"] {
            let answer = ask(&app, ONE, &token, &sign_in(subject, &application)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            assert_eq!(answer.json()["decision"], true, "{}", answer.body);
            assert_eq!(answer.header("content-type"), "application/json");
        }
        for (license, allowed) in [(License::Basic, false), (License::Pro, true)] {
            assign(&world, team, &ada, license).await;
            let answer = ask(&app, ONE, &token, &feature(&ada, "meetings.host")).await.json();
            assert_eq!((&answer["decision"], &answer["context"]["license"]), (&json!(allowed), &json!(license.name())));
            let last = if allowed { "feature-granted" } else { "feature-not-granted" };
            assert_eq!(answer["context"]["reasons"], json!(["member", "license-by-administrator", last]));
        }
        world.service.remove(&world.host(), team, vec![ada.clone()]).await.expect("removed");
        assert_eq!(ask(&app, ONE, &token, &feature(&ada, "meetings.host")).await.json()["decision"], false);
    });
}

#[test]
fn outside_the_audience_is_the_same_as_unknown() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let (team, other) = (people::team(&world, "Example").await, people::team(&world, "Other").await);
        let bob = people::member(&world, other, "bob@example.net", "Bob").await;
        let (application, token) = people::application(&world, Some(team), Audience::Members).await;
        let unknown = ask(&app, ONE, &token, &sign_in("nobody@example.org", &application)).await;
        assert_eq!(unknown.status, StatusCode::OK);
        assert_eq!(unknown.json(), json!({"decision": false, "context": {"reasons": ["unknown-subject"]}}));
        for subject in [&*bob, "bob@example.net", "no address", "", "01890000-0000-7000-8000-000000000000"] {
            let answer = ask(&app, ONE, &token, &sign_in(subject, &application)).await;
            assert_eq!((answer.status, &answer.body), (unknown.status, &unknown.body), "{subject}");
            let answer = ask(&app, ONE, &token, &feature(subject, "meetings.host")).await;
            assert_eq!((answer.status, &answer.body), (unknown.status, &unknown.body), "{subject}");
        }
    });
}

#[test]
fn an_administrators_token_asks_too_and_stops_when_revoked() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        people::registered(&world, "op@ops.example", "Operator").await;
        let grant = world.service.create_grant(&world.host(), "op@ops.example", Over::Deployment, Role::ReadOnly).await;
        let holder = TokenHolder::Grant(grant.expect("a grant").id);
        let made =
            world.service.create_token(&world.host(), holder, NewCredential::named("test")).await.expect("a token");
        let answer = ask(&app, ONE, &made.secret, &feature(&ada, "meetings.join")).await;
        assert_eq!(answer.json()["decision"], true, "{}", answer.body);
        world.service.revoke_token(&world.host(), made.token.id).await.expect("revoked");
        assert_eq!(
            ask(&app, ONE, &made.secret, &feature(&ada, "meetings.join")).await.status,
            StatusCode::UNAUTHORIZED
        );
    });
}

#[test]
fn a_batch_inherits_and_stops_where_it_is_told_to() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        assign(&world, team, &ada, License::Basic).await;
        let (_, token) = people::application(&world, Some(team), Audience::Members).await;
        let batch = |semantic: &str, features: &[&str]| {
            let resources = features.iter().map(|id| json!({"resource": {"type": "feature", "id": id}}));
            json!({
                "subject": {"type": "user", "id": ada},
                "action": {"name": "use"},
                "options": {"evaluations_semantic": semantic},
                "evaluations": resources.collect::<Vec<_>>(),
            })
        };
        let decisions = async |question: Value| {
            let answer = ask(&app, MANY, &token, &question).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let evaluations = answer.json()["evaluations"].as_array().unwrap().clone();
            evaluations.iter().map(|one| one["decision"].as_bool().unwrap()).collect::<Vec<_>>()
        };
        let three = ["meetings.join", "meetings.host", "chat.send"];
        assert_eq!(decisions(batch("execute_all", &three)).await, [true, false, true]);
        assert_eq!(decisions(batch("deny_on_first_deny", &three)).await, [true, false]);
        assert_eq!(decisions(batch("permit_on_first_permit", &three)).await, [true]);
        let own = json!({
            "evaluations": [feature(&ada, "chat.send"), feature("nobody@example.org", "chat.send"), {"action": {"name": "use"}}],
        });
        assert_eq!(decisions(own.clone()).await, [true, false, false]);
        let error = ask(&app, MANY, &token, &own).await.json()["evaluations"][2]["context"]["error"].clone();
        assert_eq!(error["status"], 400, "one question that cannot be asked does not stop the others");
        let single = ask(&app, MANY, &token, &feature(&ada, "chat.send")).await.json();
        assert_eq!((&single["decision"], single.get("evaluations")), (&json!(true), None), "without a list it is one");
        assert_eq!(ask(&app, MANY, &token, &batch("execute_all", &["chat.send"; 101])).await.status.as_u16(), 400);
        assert_eq!(decisions(batch("execute_all", &["chat.send"; 100])).await.len(), 100);
        assert_eq!(ask(&app, MANY, &token, &batch("sometimes", &three)).await.status.as_u16(), 400);
        assert_eq!(ask(&app, MANY, "wrong", &batch("execute_all", &three)).await.status.as_u16(), 401);
    });
}

#[test]
fn malformed_questions_are_the_clients_fault() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let (application, token) = people::application(&world, Some(team), Audience::Members).await;
        let before = world.dump().await;
        let without = |member: &str| {
            let mut question = sign_in("ada@example.org", &application);
            question.as_object_mut().unwrap().remove(member);
            question.to_string()
        };
        let with = |pointer: &str, value: Value| {
            let mut question = sign_in("ada@example.org", &application);
            *question.pointer_mut(pointer).unwrap() = value;
            question.to_string()
        };
        for body in [
            String::new(),
            "{".to_owned(),
            "[]".to_owned(),
            "null".to_owned(),
            without("subject"),
            without("action"),
            without("resource"),
            with("/subject", json!(null)),
            with("/subject", json!("ada@example.org")),
            with("/subject", json!(["user", "ada@example.org"])),
            with("/subject/id", json!(7)),
            with("/subject/type", json!("group")),
            with("/action/name", json!("fly")),
            with("/resource/type", json!("feature")),
            format!("{}x", sign_in("a", &application)),
        ] {
            let answer = app.send(request(ONE, &token, body.clone())).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.body);
            assert_eq!(answer.json()["error"]["status"], 400);
        }
        let invalid_utf8 = app.send(request(ONE, &token, &b"{\"subject\":\"\xff\"}"[..])).await;
        assert_eq!(invalid_utf8.status, StatusCode::BAD_REQUEST);
        let text = Request::post(ONE).header("authorization", format!("Bearer {token}"));
        let text = text.header("content-type", "text/plain").body(without("context").into()).unwrap();
        assert_eq!(app.send(text).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn no_token_no_answer() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let question = sign_in("ada@example.org", "x").to_string();
        let tokens = ["", "Bearer", "Bearer ", "Bearer nonsense", "Basic YTpi", "nonsense", "Bearer a b"];
        for path in [ONE, MANY] {
            for authorization in tokens {
                let request = Request::post(path).header("content-type", "application/json");
                let request = request.header("authorization", authorization).header("x-request-id", "q 1");
                let answer = app.send(request.body(question.clone().into()).unwrap()).await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{authorization:?}: {}", answer.body);
                assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"carillon\"");
                assert_eq!(answer.header("x-request-id"), "q 1");
            }
        }
        let access_key = people::operator(&world).await;
        let answer = app.send(request(ONE, &access_key.secret, question)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "an access key's secret is no token");
    });
}

#[test]
fn the_metadata_names_the_endpoints() {
    on_sqlite(|world| async move {
        let answer = App::new(&world).get("/.well-known/authzen-configuration").await;
        assert_eq!(
            answer.json(),
            json!({
                "policy_decision_point": "https://carillon.example.org",
                "access_evaluation_endpoint": "https://carillon.example.org/access/v1/evaluation",
                "access_evaluations_endpoint": "https://carillon.example.org/access/v1/evaluations",
            })
        );
    });
}
