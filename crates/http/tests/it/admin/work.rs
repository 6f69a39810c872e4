//! An administrator's day.

use access::authority::{Extent, Over, Role};
use serde_json::{Value, json};
use service::{NewCredential, TokenHolder};

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{enterprise, invited, member, registered, team};

#[test]
fn accounts_are_made_listed_shown_and_changed() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let made = operator.post("/accounts", &json!({ "name": "Example" })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let account = made.json();
        let path = format!("/accounts/{}", account["id"].as_str().unwrap());
        let changes = json!({ "name": "Example GmbH", "default_license": "Pro", "trials": false });
        let changed = operator.send("PATCH", &path, Some(changes.to_string()), &[]).await;
        assert_eq!(changed.status, 200, "{changed:?}");
        let shown = operator.get(&path).await.json();
        for (member, expected) in [
            ("name", json!("Example GmbH")),
            ("type", json!("Team")),
            ("default_license", json!("Pro")),
            ("trials", json!(false)),
            ("seats", json!([])),
            ("domains", json!([])),
        ] {
            assert_eq!(shown[member], expected, "{member}");
        }
        let kept = operator.send("PATCH", &path, Some("{}".to_owned()), &[]).await.json();
        assert_eq!(kept["name"], "Example GmbH", "what is left out stays");

        for name in ["Alpha", "Beta", "Gamma"] {
            team(&world, name).await;
        }
        let mut names = Vec::new();
        let mut next = String::new();
        for _ in 0..4 {
            let page = operator.get(&format!("/accounts?limit=1{next}")).await.json();
            names.push(page["items"][0]["name"].as_str().unwrap().to_owned());
            next = page["next"].as_str().map_or_else(String::new, |next| format!("&after={next}"));
        }
        assert_eq!((names.join(" ").as_str(), next.as_str()), ("Alpha Beta Example GmbH Gamma", ""));
        let found = operator.get("/accounts?name=ex").await.json();
        assert_eq!(found["items"].as_array().unwrap().len(), 1, "{found}");
    });
}

#[test]
fn people_of_a_team_are_invited_licensed_and_removed() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = team(&world, "Example").await;
        let (over, role) = (Over::Account(account), Role::UserManagement);
        let admin = Client::new(&app, &world, "admin@example.org", over, role).await;
        let path = format!("/accounts/{account}");
        let sent = json!({ "addresses": "Ada <ada@example.com>; nonsense; grace@example.com" });
        let invited = admin.post(&format!("{path}/invitations"), &sent).await;
        assert_eq!(invited.status, 201, "{invited:?}");
        let results = invited.json()["results"].clone();
        assert_eq!(results[1]["problem"]["code"], "address-not-supported", "{results}");
        let ada = results[0]["ok"]["invitation"].clone();
        let grace = results[2]["ok"]["invitation"].clone();
        let bob = member(&world, account, "bob@example.com", "Bob").await;

        let license = json!({ "users": [ada, bob, "nobody"], "license": "Pro" });
        let licensed = admin.post(&format!("{path}/users/license"), &license).await.json();
        assert_eq!(licensed["results"][0]["ok"]["license"], "Pro");
        assert_eq!(licensed["results"][1]["ok"]["license"], "Pro");
        let refused = json!({ "user": "nobody", "code": "unknown-user", "status": 404 });
        assert_eq!(brief(&licensed["results"][2]), refused, "{licensed}");

        let resent = admin.post(&format!("{path}/invitations/resend"), &json!({ "invitations": [ada, bob] })).await;
        assert_eq!(brief(&resent.json()["results"][1])["code"], "invitation-closed", "{}", resent.body);
        let cancelled = admin.post(&format!("{path}/invitations/cancel"), &json!({ "invitations": [grace] })).await;
        assert_eq!(cancelled.json()["results"][0]["ok"]["invitation"], "Cancelled", "{}", cancelled.body);

        let listed = admin.get(&format!("{path}/users")).await.json();
        let addresses: Vec<&str> =
            listed["items"].as_array().unwrap().iter().map(|user| user["address"].as_str().unwrap()).collect();
        assert_eq!(addresses, ["ada@example.com", "bob@example.com"]);
        let searched = admin.get(&format!("{path}/users?search=Bo")).await.json();
        assert_eq!(searched["items"][0]["id"], bob.as_str(), "{searched}");
        let shown = admin.get(&format!("{path}/users/{bob}")).await.json();
        assert_eq!((&shown["status"], &shown["origin"]), (&json!("Registered"), &json!("Invitation")), "{shown}");

        for (verb, expected) in [("log-out", "ok"), ("suspend", "team-cannot-suspend"), ("remove", "ok")] {
            let answer = admin.post(&format!("{path}/users/{verb}"), &json!({ "users": [bob] })).await.json();
            let one = &answer["results"][0];
            let got = if one["ok"].is_object() { "ok" } else { one["problem"]["code"].as_str().unwrap() };
            assert_eq!(got, expected, "{verb}: {answer}");
        }
        let gone = admin.get(&format!("{path}/users/{bob}")).await;
        assert_eq!(gone.problem(), (404, "unknown-user".to_owned()));
    });
}

#[test]
fn people_of_an_enterprise_are_created_suspended_and_activated() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = enterprise(&world, "Corp", "corp.example").await;
        let path = format!("/accounts/{account}/users");
        let made = operator.post(&path, &json!({ "address": "ada@corp.example" })).await;
        assert_eq!((made.status.as_u16(), &made.json()["status"]), (201, &json!("Unregistered")), "{made:?}");
        let ada = registered(&world, "ada@corp.example", "Ada").await;
        let suspension = json!({ "users": [ada], "reason": "on leave", "until": "2999-01-01T00:00:00Z" });
        let suspended = operator.post(&format!("{path}/suspend"), &suspension).await.json();
        assert_eq!(suspended["results"][0]["ok"]["status"], "Suspended", "{suspended}");
        let shown = operator.get(&format!("{path}/{ada}")).await.json();
        assert_eq!(shown["suspension"]["reason"], "on leave", "{shown}");
        let activated = operator.post(&format!("{path}/activate"), &json!({ "users": [ada] })).await.json();
        assert_eq!(activated["results"][0]["ok"]["status"], "Registered", "{activated}");
        let blocked = operator.post("/users/block", &json!({ "users": [ada], "reason": "fraud" })).await.json();
        assert_eq!(blocked["results"][0]["ok"]["blocked"], true, "{blocked}");
        let unblocked = operator.post("/users/unblock", &json!({ "users": [ada] })).await.json();
        assert_eq!(unblocked["results"][0]["ok"]["blocked"], false, "{unblocked}");
    });
}

#[test]
fn applications_are_made_and_changed_and_decisions_explained() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let ada = member(&world, account, "ada@example.com", "Ada").await;
        let wish =
            json!({ "name": "Meetings", "audience": "accounts", "accounts": [account], "required_license": "Pro" });
        let made = operator.post("/applications", &wish).await;
        assert_eq!(made.status, 201, "{made:?}");
        let application = made.json()["id"].as_str().unwrap().to_owned();
        let question = json!({ "user": "ada@example.com", "application": application });
        let path = format!("/applications/{application}");
        for (change, license) in [("{}", json!("Pro")), (r#"{"required_license":null}"#, Value::Null)] {
            let changed = operator.send("PATCH", &path, Some(change.to_owned()), &[]).await;
            assert_eq!(changed.json()["required_license"], license, "{changed:?}");
        }
        let explained = operator.post("/explain", &question).await.json();
        assert_eq!((&explained["allowed"], &explained["user"]), (&json!(true), &json!(ada)), "{explained}");
        assert_eq!(explained["reasons"][0]["code"], "member", "{explained}");
        let listed = operator.get("/applications?limit=1").await.json();
        assert_eq!((listed["items"][0]["id"].as_str(), &listed["next"]), (Some(&*application), &Value::Null));
        for wrong in [
            json!({ "name": "x", "accounts": [account] }),
            json!({ "name": "x", "audience": "accounts" }),
            json!({ "name": "x", "audience": "anyone", "accounts": [] }),
        ] {
            assert_eq!(operator.post("/applications", &wrong).await.problem().0, 400, "{wrong}");
        }
    });
}

#[test]
fn the_trail_is_read_by_account_subject_actor_and_action() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = operator.post("/accounts", &json!({ "name": "Example" })).await.json();
        let id = account["id"].as_str().unwrap();
        let rename = json!({ "name": "Other" }).to_string();
        operator.send("PATCH", &format!("/accounts/{id}"), Some(rename), &[]).await;
        let newest = operator.get(&format!("/audit?account={id}&limit=1")).await.json();
        let record = &newest["items"][0];
        assert_eq!((&record["action"], &record["door"]), (&json!("account.update"), &json!("admin")), "{newest}");
        assert!(newest["next"].is_string(), "{newest}");
        let actor = record["actor"]["id"].as_str().unwrap();
        let first = operator.get(&format!("/audit?subject={id}&actor={actor}&oldest_first=true")).await.json();
        assert_eq!(first["items"][0]["action"], "account.create", "{first}");
        let none = operator.get(&format!("/audit?action=user.suspend&account={id}")).await.json();
        assert_eq!(none["items"], json!([]));
        for wrong in ["subject=x", "oldest_first=maybe", "account=x"] {
            assert!([400, 404].contains(&operator.get(&format!("/audit?{wrong}")).await.problem().0), "{wrong}");
        }
    });
}

#[test]
fn people_find_colleagues_and_leave() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = team(&world, "Example").await;
        let ada = member(&world, account, "ada@example.com", "Ada").await;
        member(&world, account, "bob@example.com", "Adam").await;
        member(&world, team(&world, "Foreign").await, "adrian@example.com", "Adrian").await;
        invited(&world, account, "adele@example.com").await;
        let (over, host) = (Over::Account(account), world.host());
        let grant = world.service.create_grant(&host, "ada@example.com", over, Role::UserManagement).await;
        let holder = TokenHolder::Grant(grant.expect("a grant").id);
        let carries = async |most| {
            let wish = NewCredential { extent: Extent { most, within: None }, ..NewCredential::named("test") };
            let made = world.service.create_token(&host, holder, wish).await;
            Client { app: &app, token: made.expect("a token").secret }
        };
        let looks = carries(Some(Role::ReadOnly)).await;
        for (method, path) in [("POST", "/me/leave"), ("POST", "/me/sign-out"), ("DELETE", "/me/sessions/x")] {
            let refused = looks.send(method, path, None, &[]).await;
            assert_eq!(refused.problem(), (403, "not-permitted".to_owned()), "{path}: it looks only");
        }
        let me = carries(None).await;
        let found = me.get("/me/contacts?search=AD").await.json();
        let names: Vec<&str> =
            found["contacts"].as_array().unwrap().iter().map(|found| found["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Ada", "Adam"], "{found}");
        let left = me.send("POST", "/me/leave", None, &[]).await;
        assert_eq!((left.json()["id"].as_str(), &left.json()["account"]), (Some(&*ada), &Value::Null), "{left:?}");
        let after = me.get("/me/contacts?search=ad").await;
        assert_eq!(
            after.problem(),
            (401, "unauthenticated".to_owned()),
            "the grant's tokens ended with the membership"
        );
    });
}

/// Who was refused, and why.
fn brief(one: &Value) -> Value {
    json!({ "user": one["user"], "code": one["problem"]["code"], "status": one["problem"]["status"] })
}

#[test]
fn applications_sign_people_in_and_keys_are_replaced() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let client = json!({ "redirect_uris": ["https://wiki.example.org/callback"], "third_party": true });
        let made = operator.post("/applications", &json!({ "name": "Wiki", "client": client })).await;
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let path = format!("/applications/{}", made["id"].as_str().unwrap());
        for (member, expected) in [
            ("public", json!(false)),
            ("redirect_uris", json!(["https://wiki.example.org/callback"])),
            ("third_party", json!(true)),
            ("access_tokens", json!("opaque")),
            ("id_token_algorithm", json!("ES256")),
        ] {
            assert_eq!(made["client"][member], expected, "{member}");
        }
        let patch = async |changes: Value| operator.send("PATCH", &path, Some(changes.to_string()), &[]).await;
        let jwt = json!({ "client": { "redirect_uris": ["https://wiki.example.org/2"], "access_tokens": "jwt" } });
        let changed = patch(jwt).await.json();
        assert_eq!(
            (&changed["client"]["access_tokens"], &changed["client"]["third_party"]),
            (&json!("jwt"), &json!(false))
        );
        let wrong = json!({ "client": { "redirect_uris": ["http://wiki.example.org/"] } });
        let refused = patch(wrong).await;
        assert_eq!(refused.status, 400, "{refused:?}");
        assert!(refused.body.contains("redirect_uris") && refused.body.contains("use https"), "{refused:?}");
        assert_eq!(
            patch(json!({ "name": "Docs" })).await.json()["client"],
            changed["client"],
            "what is left out stays"
        );
        assert_eq!(patch(json!({ "client": null })).await.json()["client"], Value::Null);

        assert_eq!(operator.get("/signing-keys").await.json()["keys"], json!([]));
        let published = async || app.get("/oauth2/jwks").await.json()["keys"].as_array().unwrap().len();
        assert_eq!(published().await, 1);
        let keys = operator.post("/signing-keys/rotate", &json!({})).await.json();
        // Both are of one moment here, so their order says nothing.
        let mut states: Vec<&str> =
            keys["keys"].as_array().unwrap().iter().filter_map(|key| key["state"].as_str()).collect();
        states.sort_unstable();
        assert_eq!((states, published().await), (vec!["former", "signing"], 2));
        let keys = operator.post("/signing-keys/rotate", &json!({ "compromised": true })).await.json();
        assert_eq!((keys["keys"].as_array().unwrap().len(), published().await), (1, 1));
    });
}
