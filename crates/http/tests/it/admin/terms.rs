//! Keys, tags and previews: on which terms a change is made.

use access::authority::{Over, Role};
use futures::future::join_all;
use serde_json::json;

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{invited, member, team};

fn key(key: &str) -> [(&str, &str); 1] {
    [("idempotency-key", key)]
}

#[test]
fn a_repeated_creation_makes_nothing_twice() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let body = || Some(json!({ "name": "Example" }).to_string());
        let first = operator.send("POST", "/accounts", body(), &key("k1")).await;
        assert_eq!(first.status, 201, "{first:?}");
        let before = world.dump().await;
        let again = operator.send("POST", "/accounts", body(), &key("k1")).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        let other = operator.send("POST", "/accounts", Some(json!({ "name": "Other" }).to_string()), &key("k1")).await;
        assert_eq!(other.problem(), (422, "key-reused".to_owned()));
        for bad in ["", " ", "ü"] {
            let answer = operator.send("POST", "/accounts", body(), &key(bad)).await;
            assert_eq!(answer.problem(), (400, "malformed".to_owned()), "{bad:?}");
        }
        let twice = [("idempotency-key", "a"), ("idempotency-key", "b")];
        assert_eq!(operator.send("POST", "/accounts", body(), &twice).await.problem().0, 400);
        assert_eq!(world.dump().await, before);

        let second = Client::new(&app, &world, "second@carillon.example", Over::Deployment, Role::FullAccess).await;
        let own = second.send("POST", "/accounts", body(), &key("k1")).await;
        assert_ne!(own.json()["id"], first.json()["id"], "another caller's key is another key");
        world.later(24 * 60 + 1);
        let late = operator.send("POST", "/accounts", body(), &key("k1")).await;
        assert_eq!(late.status, 201, "{late:?}");
        assert_ne!(late.json()["id"], first.json()["id"], "a day later it is a new request");
    });
}

#[test]
fn a_key_does_nothing_where_nothing_is_created() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let (ada, bob) = {
            let account = team(&world, "Example").await;
            (
                member(&world, account, "ada@example.com", "Ada").await,
                member(&world, account, "b@example.com", "B").await,
            )
        };
        for (user, verb) in [(&ada, "block"), (&ada, "block"), (&bob, "block"), (&ada, "unblock")] {
            let body = json!({ "users": [user] }).to_string();
            let answer = operator.send("POST", &format!("/users/{verb}"), Some(body), &key("k")).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.json()["results"][0]["user"], *user, "{answer:?}");
            assert!(answer.json()["results"][0]["ok"].is_object(), "{verb}: {answer:?}");
        }
    });
}

#[test]
fn a_preview_shows_no_secret() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let made = |path: String, body: serde_json::Value, secret: &'static str| {
            let operator = &operator;
            async move {
                let foreseen = operator.post(&format!("{path}?preview=true"), &body).await;
                assert_eq!((foreseen.status.as_u16(), foreseen.json().get(secret)), (201, None), "{foreseen:?}");
                let made = operator.post(&path, &body).await.json();
                assert!(made[secret].is_string(), "{made}");
                made
            }
        };
        let named = json!({ "name": "laptop" });
        let key = made("/keys".to_owned(), named.clone(), "secret_access_key").await;
        let token = made("/tokens".to_owned(), named, "token").await;
        let id = |made: &serde_json::Value, member: &str| made[member].as_str().expect("an id").to_owned();
        made(format!("/keys/{}/rotate", id(&key, "access_key_id")), json!({}), "secret_access_key").await;
        made(format!("/tokens/{}/rotate", id(&token, "id")), json!({}), "token").await;
    });
}

#[test]
fn what_was_refused_may_be_tried_again_under_its_key() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        invited(&world, account, "ada@example.com").await;
        let path = format!("/accounts/{account}/users");
        let body = || Some(json!({ "address": "ada@example.com" }).to_string());
        let refused = operator.send("POST", &path, body(), &key("k")).await;
        assert_eq!(refused.problem(), (409, "already-exists".to_owned()));
        let users = operator.get(&path).await.json();
        let cancel = json!({ "invitations": [users["items"][0]["id"]] });
        operator.post(&format!("/accounts/{account}/invitations/cancel"), &cancel).await;
        assert_eq!(operator.send("POST", &path, body(), &key("k")).await.status, 201);
    });
}

#[test]
fn the_same_creation_many_times_at_once_is_one() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let path = format!("/accounts/{account}/invitations");
        let body = json!({ "addresses": "ada@example.com, nonsense" }).to_string();
        let once = key("k");
        let sent = (0..8).map(|_| operator.send("POST", &path, Some(body.clone()), &once));
        let answers = join_all(sent).await;
        assert!(answers.iter().all(|answer| answer.status == 201 && answer.body == answers[0].body), "{answers:?}");
        let mails = operator.get("/mails").await.json();
        let invitations = mails["items"].as_array().unwrap().iter().filter(|mail| mail["kind"] == "invitation");
        assert_eq!(invitations.count(), 1);
    });
}

#[test]
fn a_change_made_meanwhile_is_not_overwritten() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let application = operator.post("/applications", &json!({ "name": "Meetings" })).await.json();
        let version = operator.get("/catalog").await.json()["version"].as_i64().unwrap();
        let cases = [
            (format!("/accounts/{account}"), "PATCH", json!({ "name": "One" }), json!({ "name": "Two" })),
            (
                format!("/applications/{}", application["id"].as_str().unwrap()),
                "PATCH",
                json!({ "name": "One" }),
                json!({ "name": "Two" }),
            ),
            (
                "/catalog".to_owned(),
                "PUT",
                json!({ "version": version, "features": { "meetings.join": ["Pro"] } }),
                json!({ "version": version + 1, "features": {} }),
            ),
        ];
        for (path, method, one, two) in cases {
            let seen = operator.get(&path).await.header("etag").to_owned();
            let first = operator.send(method, &path, Some(one.to_string()), &[("if-match", &seen)]).await;
            assert_eq!(first.status, 200, "{path}: {first:?}");
            let second = operator.send(method, &path, Some(two.to_string()), &[("if-match", &seen)]).await;
            assert_eq!(second.problem(), (412, "outdated".to_owned()), "{path}");
            let tags = format!("\"x\", {}", first.header("etag"));
            let third = operator.send(method, &path, Some(two.to_string()), &[("if-match", &tags)]).await;
            assert_eq!(third.status, 200, "{path}: {third:?}");
            assert_eq!(third.header("etag"), operator.get(&path).await.header("etag"), "{path}");
        }
    });
}

#[test]
fn a_tag_where_none_is_compared_is_refused() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let bob = member(&world, account, "bob@example.com", "Bob").await;
        let before = world.dump().await;
        let body = json!({ "users": [bob] }).to_string();
        let path = format!("/accounts/{account}/users/remove");
        let answer = operator.send("POST", &path, Some(body.clone()), &[("if-match", "\"x\"")]).await;
        assert_eq!(answer.problem(), (400, "invalid".to_owned()));
        for bad in ["x", "W/\"x\"", "\"x", ""] {
            let answer = operator.send("POST", &path, Some(body.clone()), &[("if-match", bad)]).await;
            assert_eq!(answer.problem(), (400, "malformed".to_owned()), "{bad}");
        }
        assert_eq!(world.dump().await, before);
        let any = operator.send("POST", &path, Some(body), &[("if-match", "*")]).await;
        assert_eq!(any.status, 200, "{any:?}");
    });
}

#[test]
fn a_preview_says_what_would_be_and_leaves_nothing() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let bob = member(&world, account, "bob@example.com", "Bob").await;
        let trail = async || operator.get("/audit?limit=1").await.json()["items"][0]["seq"].clone();
        let (before, last) = (world.dump().await, trail().await);
        let path = format!("/accounts/{account}");

        let body = json!({ "users": [bob, "nobody"] });
        let removed = operator.post(&format!("{path}/users/remove?preview=true"), &body).await;
        assert_eq!(removed.header("carillon-preview"), "joined=0, left=1, signed-out=1, mail-removed=1");
        assert_eq!(removed.json()["results"][1]["problem"]["code"], "unknown-user", "{removed:?}");

        let invited = json!({ "addresses": "ada@example.com; grace@example.com" });
        let invited = operator.post(&format!("{path}/invitations?preview=true"), &invited).await;
        assert_eq!(invited.header("carillon-preview"), "joined=0, left=0, signed-out=0, mail-invitation=2");

        let changes = json!({ "name": "Other" }).to_string();
        let changed = operator.send("PATCH", &format!("{path}?preview=true"), Some(changes), &[]).await;
        assert_eq!(changed.json()["name"], "Other", "{changed:?}");
        let new = json!({ "name": "New" }).to_string();
        let made = operator.send("POST", "/accounts?preview=true", Some(new), &key("k")).await;
        assert_eq!(made.status, 201);
        let refused = operator.post(&format!("{path}/users/suspend?preview=true"), &json!({ "users": [bob] })).await;
        assert_eq!(refused.json()["results"][0]["problem"]["code"], "team-cannot-suspend", "{refused:?}");
        let blank = operator.post("/accounts?preview=true", &json!({ "name": " " })).await;
        assert_eq!(blank.problem().0, 400);
        assert_eq!(blank.header("carillon-preview"), "");
        for (method, path) in [("GET", "/accounts?preview=true"), ("POST", "/accounts?preview=yes")] {
            let body = (method == "POST").then(|| json!({ "name": "New" }).to_string());
            assert_eq!(operator.send(method, path, body, &[]).await.problem().0, 400, "{method} {path}");
        }

        assert_eq!(world.dump().await, before);
        assert_eq!(trail().await, last, "nothing is recorded");
        let really = operator.post(&format!("{path}/users/remove"), &body).await;
        assert_eq!(really.body, removed.body, "a preview says what then happens");
    });
}
