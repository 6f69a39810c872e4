//! The bad twins: nothing changes, and nothing is a fault of ours.

use access::Audience;
use access::authority::{Over, Role};
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use uuid::Uuid;

use super::Client;
use crate::app::{App, on_both_engines, on_sqlite};
use crate::people::{self, member, team};

type Bad = (&'static str, &'static str, &'static str, u16, &'static str);

/// Method, path below the account, body, and the answer.
const MALFORMED: &[Bad] = &[
    ("POST", "/users/remove", "", 400, "malformed"),
    ("POST", "/users/remove", "{", 400, "malformed"),
    ("POST", "/users/remove", "[]", 400, "malformed"),
    ("POST", "/users/remove", "[[\"x\"]]", 400, "malformed"),
    ("POST", "/users/remove", "null", 400, "malformed"),
    ("POST", "/users/remove", r#"{"users":["x"]} {}"#, 400, "malformed"),
    ("POST", "/users/remove", r#"{"users":[]}"#, 400, "malformed"),
    ("POST", "/users/remove", r#"{"users":["x"],"users":["y"]}"#, 400, "malformed"),
    ("POST", "/users/remove", r#"{"users":"x"}"#, 400, "malformed"),
    ("POST", "/users/remove", r#"{"users":[1]}"#, 400, "malformed"),
    ("POST", "/users/remove", r#"{"users":["\u0000"]}"#, 400, "malformed"),
    ("POST", "/users/remove", r#"{"users":["x"],"force":true}"#, 400, "malformed"),
    ("POST", "/users/remove?force=1", r#"{"users":["x"]}"#, 400, "malformed"),
    ("POST", "/users/license", r#"{"users":["x"],"license":"Gold"}"#, 400, "malformed"),
    ("POST", "/users/suspend", r#"{"users":["x"],"until":"soon"}"#, 400, "malformed"),
    ("POST", "/users", r#"{"address":"nonsense"}"#, 400, "address-not-supported"),
    ("POST", "/users", r#"{"address":7}"#, 400, "malformed"),
    ("POST", "/invitations", r#"{"addresses":""}"#, 400, "malformed"),
    ("PATCH", "", "", 400, "malformed"),
    ("PATCH", "", r#"{"name":" "}"#, 400, "invalid"),
    ("PATCH", "", r#"{"type":"Team"}"#, 400, "malformed"),
    ("PATCH", "", r#"{"default_license":"ProTrial"}"#, 400, "malformed"),
    ("GET", "?deep=1", "", 400, "malformed"),
    ("GET", "/users?limit=0", "", 400, "malformed"),
    ("GET", "/users?limit=201", "", 400, "malformed"),
    ("GET", "/users?limit=x", "", 400, "malformed"),
    ("GET", "/users?limit=1&limit=1", "", 400, "malformed"),
    ("GET", "/users?after=x", "", 400, "invalid"),
    ("GET", "/users?prefix=%00", "", 400, "malformed"),
    ("GET", "/users?prefix=a&prefix=b", "", 400, "malformed"),
    ("GET", "/users?address=nonsense", "", 400, "address-not-supported"),
    ("GET", "/users?search=", "", 400, "invalid"),
    ("GET", "/users?search=a&prefix=a", "", 400, "malformed"),
    ("GET", "/users?status=Sleeping", "", 400, "invalid"),
    ("GET", "/users?license=Gold", "", 400, "malformed"),
    ("GET", "/users?origin=Mars", "", 400, "malformed"),
    ("GET", "/users/%00", "", 404, "unknown-user"),
    ("GET", "/users/%ff", "", 404, "no-such-address"),
    ("GET", "/nothing", "", 404, "no-such-address"),
    ("DELETE", "/users", "", 405, "wrong-method"),
];

#[test]
fn what_is_malformed_is_refused_and_changes_nothing() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let before = world.dump().await;
        for (method, path, body, status, code) in MALFORMED {
            let body = (!body.is_empty()).then(|| (*body).to_owned());
            let answer = operator.send(method, &format!("/accounts/{account}{path}"), body.clone(), &[]).await;
            assert_eq!(answer.problem(), (*status, (*code).to_owned()), "{method} {path} {body:?}: {}", answer.body);
        }
        let form = [("content-type", "application/x-www-form-urlencoded")];
        let answer = operator.send("POST", "/accounts", Some("name=x".to_owned()), &form).await;
        assert_eq!(answer.problem(), (415, "not-json".to_owned()));
        let large = json!({ "name": "x".repeat(2 << 20) }).to_string();
        let answer = operator.send("POST", "/accounts", Some(large), &[]).await;
        assert_eq!(answer.problem(), (413, "too-large".to_owned()));
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn what_is_wrong_in_a_body_is_said_with_its_place() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let path = format!("/accounts/{account}/users/license");
        let answer = operator.post(&path, &json!({ "users": ["x"], "license": "Gold" })).await;
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("license") && detail.contains("Gold") && detail.contains("Plus"), "{detail}");
    });
}

#[test]
fn only_an_administrators_token_opens_the_door() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let (_, application) = people::application(&world, None, Audience::Anyone).await;
        let key = people::operator_named(&world, "keys@carillon.example").await;
        for token in ["x", &application, &key.id, &key.secret, ""] {
            let answer = operator.with_token(token).get("/accounts").await;
            assert_eq!(answer.problem(), (401, "unauthenticated".to_owned()), "{token}");
            assert!(answer.header("www-authenticate").starts_with("Bearer"));
        }
        let bare = app.get("/api/v1/accounts").await;
        assert_eq!(bare.problem(), (401, "unauthenticated".to_owned()));
        let twice = Request::get("/api/v1/accounts")
            .header("authorization", format!("Bearer {}", operator.token))
            .header("authorization", format!("Bearer {}", operator.token));
        let twice = app.send(twice.body(Body::empty()).unwrap()).await;
        assert_eq!(twice.problem(), (401, "unauthenticated".to_owned()));
    });
}

#[test]
fn another_tenants_ids_are_as_unknown_as_any() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let (own, foreign) = (team(&world, "Own").await, team(&world, "Foreign").await);
        let over = Over::Account(own);
        let admin = Client::new(&app, &world, "admin@example.org", over, Role::FullAccess).await;
        let stranger = member(&world, foreign, "eve@example.com", "Eve").await;
        let before = world.dump().await;
        let unknown = Uuid::from_u128(7).to_string();
        let same = |answer: &crate::app::Answer, id: &str| {
            let request = answer.header("x-request-id").to_owned();
            answer.body.replace(id, "ID").replace(&request, "REQUEST")
        };
        let foreign = foreign.to_string();
        for path in ["", "/users", "/users/x"] {
            let one = admin.get(&format!("/accounts/{foreign}{path}")).await;
            let other = admin.get(&format!("/accounts/{unknown}{path}")).await;
            let unreadable = admin.get(&format!("/accounts/x-1{path}")).await;
            assert_eq!(one.problem(), (404, "unknown-account".to_owned()), "{path}");
            assert_eq!(same(&one, &foreign), same(&other, &unknown), "{path}");
            assert_eq!(same(&one, &foreign), same(&unreadable, "x-1"), "{path}");
        }
        let path = format!("/accounts/{own}/users/remove");
        let answer = admin.post(&path, &json!({ "users": [stranger, unknown, "x-1"] })).await;
        let codes: Vec<_> = (0..3).map(|at| answer.json()["results"][at]["problem"]["code"].clone()).collect();
        assert_eq!(codes, ["unknown-user"; 3].map(|code| json!(code)));
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn a_pages_token_leads_nowhere_else() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let other = Client::new(&app, &world, "other@carillon.example", Over::Deployment, Role::ReadOnly).await;
        for name in ["Alpha", "Beta"] {
            team(&world, name).await;
        }
        let page = operator.get("/accounts?limit=1").await.json();
        let next = page["next"].as_str().unwrap();
        assert_eq!(operator.get(&format!("/accounts?limit=2&after={next}")).await.status, 200);
        for (client, path) in [
            (&operator, format!("/accounts?name=B&after={next}")),
            (&operator, format!("/accounts?after={}", &next[1..])),
            (&other, format!("/accounts?after={next}")),
        ] {
            assert_eq!(client.get(&path).await.problem(), (400, "invalid".to_owned()), "{path}");
        }
    });
}
