//! The bad twins: nothing changes, and nothing is a fault of ours.

use access::authority::{Over, Role};
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use serde_json::json;

use super::Client;
use crate::app::{App, on_both_engines, on_sqlite};
use crate::people::{self, Key, operator};

type Forgery = (&'static str, fn(&mut Request<Body>), &'static str);

const FORGERIES: &[Forgery] = &[
    ("the body", |r| *r.body_mut() = Body::from(r#"{"Name":"Other"}"#), "SignatureDoesNotMatch"),
    ("the path", |r| *r.uri_mut() = "/accounts/x".parse().unwrap(), "SignatureDoesNotMatch"),
    ("the query", |r| *r.uri_mut() = "/accounts?name=x".parse().unwrap(), "SignatureDoesNotMatch"),
    ("the method", |r| *r.method_mut() = "PUT".parse().unwrap(), "SignatureDoesNotMatch"),
    ("the host", |r| set(r, "host", "other.example"), "SignatureDoesNotMatch"),
    ("the type", |r| set(r, "content-type", "text/plain"), "SignatureDoesNotMatch"),
    ("a session token", |r| set(r, "x-amz-security-token", "t"), "UnrecognizedClientException"),
    ("no signature", |r| drop(r.headers_mut().remove("authorization")), "MissingAuthenticationTokenException"),
    ("another scheme", |r| set(r, "authorization", "Bearer x"), "IncompleteSignatureException"),
    ("no date", |r| drop(r.headers_mut().remove("x-amz-date")), "IncompleteSignatureException"),
];

#[test]
fn whatever_is_not_as_it_was_signed_is_refused() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let key = operator(&world).await;
        let client = Client::new(&app, &world, &key);
        let before = world.dump().await;
        for (what, forge, expected) in FORGERIES {
            let mut request = client.signed("POST", "/accounts", Some(r#"{"Name":"Example"}"#.to_owned()));
            forge(&mut request);
            let answer = app.send(request).await;
            assert!(matches!(answer.status.as_u16(), 400 | 403), "{what}: {answer:?}");
            assert_eq!(answer.header("x-amzn-errortype"), *expected, "{what}");
        }
        for key in [Key { secret: "wrong".to_owned(), ..key.clone() }, Key { id: "AKNOBODY".to_owned(), ..key.clone() }]
        {
            let answer = Client::new(&app, &world, &key).post("/accounts", &json!({"Name": "Example"})).await;
            assert_eq!(answer.status.as_u16(), 403, "{answer:?}");
        }
        let request = client.signed("POST", "/accounts", Some(r#"{"Name":"Example"}"#.to_owned()));
        world.later(16);
        let late = app.send(request).await;
        assert_eq!(late.error(), (403, "SignatureDoesNotMatch"));
        assert!(late.json()["message"].as_str().unwrap().starts_with("Signature expired"), "{}", late.body);
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn a_revoked_key_stops_at_once() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let key = operator(&world).await;
        let client = Client::new(&app, &world, &key);
        assert_eq!(client.get("/accounts").await.status.as_u16(), 200);
        world.service.revoke_access_key(&world.host(), &key.id).await.expect("revoked");
        assert_eq!(client.get("/accounts").await.error(), (403, "UnrecognizedClientException"));
    });
}

#[test]
fn malformed_requests_are_the_clients_fault() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let long = "n".repeat(101);
        let (users, user) = (format!("/accounts/{team}/users"), format!("/accounts/{team}/users/{ada}"));
        let many = |count: usize| (0..count).map(|n| format!("u{n}@example.org")).collect::<Vec<_>>();
        let before = world.dump().await;
        for (path, body) in [
            ("/accounts", json!({}).to_string()),
            ("/accounts", json!({"Name": "  "}).to_string()),
            ("/accounts", json!({"Name": long}).to_string()),
            ("/accounts", json!({"Name": 7}).to_string()),
            ("/accounts", "{\"Name\":".to_owned()),
            ("/accounts", "[]".to_owned()),
            ("/accounts?operation=nonsense", json!({"Name": "n"}).to_string()),
            (&format!("{users}?operation=add"), json!({"UserEmailList": many(51)}).to_string()),
            (&format!("{users}?operation=add"), json!({"UserEmailList": []}).to_string()),
            (&format!("{users}?operation=add"), json!({"UserEmailList": "a@b.cd"}).to_string()),
            (&format!("{users}?operation=create"), json!({"Username": "ada"}).to_string()),
            (&format!("{users}?operation=create"), json!({"Email": "no address"}).to_string()),
            (&format!("{users}?operation=suspend"), json!({"UserIdList": many(51)}).to_string()),
            (&users, json!({"UpdateUserRequestItems": [{"UserId": ada, "LicenseType": "Gold"}]}).to_string()),
            (&user, json!({"LicenseType": "gold"}).to_string()),
            (&user, json!({"UserType": "SharedDevice"}).to_string()),
            (&format!("{user}?operation=associate-phone-number"), json!({"E164PhoneNumber": "+1"}).to_string()),
            (&format!("/accounts/{team}"), json!({"Name": long}).to_string()),
            (&format!("/accounts/{team}"), json!({"DefaultLicense": "Gold"}).to_string()),
            (&format!("/accounts/{team}?operation=associate-signin-delegate-groups"), json!({}).to_string()),
            (
                &format!("/accounts/{team}?operation=disassociate-signin-delegate-groups"),
                json!({"GroupNames": [7]}).to_string(),
            ),
        ] {
            let answer = app.send(client.signed("POST", path, Some(body.clone()))).await;
            assert_eq!(answer.error(), (400, "BadRequestException"), "{path} {body}: {}", answer.body);
            assert!(!answer.json()["Message"].as_str().unwrap().is_empty());
        }
        for target in
            ["/accounts?max-results=201", "/accounts?max-results=x", "/accounts/", "/phone-numbers", "/accounts?x=y"]
        {
            assert_eq!(client.get(target).await.error(), (400, "BadRequestException"), "{target}");
        }
        for (path, body) in [
            (format!("/accounts/{team}/settings"), json!({})),
            (format!("/accounts/{team}/settings"), json!({"AccountSettings": {"EnableDialOut": "yes"}})),
            (format!("{user}/settings"), json!({"UserSettings": {"Telephony": {"SMS": true}}})),
            ("/settings".to_owned(), json!({"BusinessCalling": {"CdrBucket": " "}})),
        ] {
            assert_eq!(client.put(&path, &body).await.error(), (400, "BadRequestException"), "{path} {body}");
        }
        assert_eq!(client.get("/accounts/a/nothing/at/all").await.error(), (404, "NotFoundException"));
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn what_belongs_to_others_looks_unknown() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let (own, foreign) = (people::team(&world, "Own").await, people::team(&world, "Foreign").await);
        let ada = people::member(&world, own, "ada@example.org", "Ada").await;
        let bob = people::member(&world, foreign, "bob@example.net", "Bob").await;
        let over = Over::Account(own);
        let client =
            Client::new(&app, &world, &people::administrator(&world, "a@ops.example", over, Role::FullAccess).await);
        let nobody = "01890000-0000-7000-8000-000000000000";
        let before = world.dump().await;
        let same = async |path: &str, foreign: &str, body: Option<&serde_json::Value>| {
            let mut answers = Vec::new();
            for id in [foreign, nobody] {
                let target = path.replace("{}", id);
                let answer = match body {
                    None => client.get(&target).await,
                    Some(body) => client.post(&target, &json_with(body, id)).await,
                };
                answers.push((
                    answer.status,
                    answer.header("x-amzn-errortype").to_owned(),
                    answer.body.replace(id, "ID"),
                ));
            }
            assert_eq!(answers[0], answers[1], "{path}");
            answers.remove(0)
        };
        let license = json!({"LicenseType": "Pro"});
        let batch = json!({"UserIdList": ["{}"]});
        let account = foreign.to_string();
        let groups = json!({"GroupNames": ["A"]});
        for (path, id, body) in [
            ("/accounts/{}", &*account, None),
            ("/accounts/{}/users", &account, None),
            (&format!("/accounts/{{}}/users/{bob}"), &account, None),
            (&format!("/accounts/{{}}/users/{ada}"), &account, Some(&license)),
            (&format!("/accounts/{own}/users/{{}}"), &bob, None),
            (&format!("/accounts/{own}/users/{{}}"), &bob, Some(&license)),
            (&format!("/accounts/{own}/users/{{}}?operation=logout"), &bob, Some(&json!({}))),
            (&format!("/accounts/{own}/users/{{}}?operation=reset-personal-pin"), &bob, Some(&json!({}))),
            (&format!("/accounts/{own}/users/{{}}/settings"), &bob, None),
            ("/accounts/{}/settings", &account, None),
            ("/accounts/{}", &account, Some(&json!({"Name": "Mine"}))),
            ("/accounts/{}?operation=disassociate-signin-delegate-groups", &account, Some(&groups)),
        ] {
            let (status, kind, _) = same(path, id, body).await;
            assert_eq!((status.as_u16(), &*kind), (404, "NotFoundException"), "{path}");
        }
        let (status, _, body) = same(&format!("/accounts/{own}/users?operation=suspend"), &bob, Some(&batch)).await;
        assert_eq!(status.as_u16(), 200);
        assert!(body.contains("\"ErrorCode\":\"NotFound\""), "{body}");
        let listed = client.get("/accounts").await.json();
        assert_eq!(listed["Accounts"].as_array().unwrap().len(), 1, "{listed}");
        assert_eq!(client.post("/accounts", &json!({"Name": "New"})).await.error(), (403, "ForbiddenException"));
        assert_eq!(world.dump().await, before);
    });
}

#[test]
fn a_page_token_leads_nowhere_else() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let key = operator(&world).await;
        let client = Client::new(&app, &world, &key);
        let (one, two) = (people::team(&world, "One").await, people::team(&world, "Two").await);
        for team in [one, two] {
            people::invited(&world, team, &format!("a@{team}.example")).await;
            people::invited(&world, team, &format!("b@{team}.example")).await;
        }
        let page = client.get(&format!("/accounts/{one}/users?max-results=1")).await.json();
        let token = page["NextToken"].as_str().unwrap();
        let changed = format!("{}{}", if token.starts_with('A') { 'B' } else { 'A' }, &token[1..]);
        let other = people::administrator(&world, "o@ops.example", Over::Deployment, Role::ReadOnly).await;
        let other = Client::new(&app, &world, &other);
        assert_eq!(client.get(&format!("/accounts/{one}/users?next-token={token}")).await.status.as_u16(), 200);
        for (client, target) in [
            (&client, format!("/accounts/{two}/users?next-token={token}")),
            (&client, format!("/accounts?next-token={token}")),
            (&client, format!("/accounts/{one}/users?next-token={changed}")),
            (&client, format!("/accounts/{one}/users?next-token=nonsense")),
            (&other, format!("/accounts/{one}/users?next-token={token}")),
        ] {
            assert_eq!(client.get(&target).await.error(), (400, "BadRequestException"), "{target}");
        }
    });
}

fn set(request: &mut Request<Body>, name: &'static str, value: &'static str) {
    request.headers_mut().insert(name, HeaderValue::from_static(value));
}

fn json_with(body: &serde_json::Value, id: &str) -> serde_json::Value {
    serde_json::from_str(&body.to_string().replace("{}", id)).unwrap_or_else(|_| body.clone())
}
