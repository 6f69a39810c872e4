//! Seats, waiting lists, trials and reports.

use access::authority::{Over, Role};
use access::{BaseLicense, License};
use serde_json::{Value, json};

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{email, enterprise, registered, team};

#[test]
fn seats_are_limited_and_who_waits_is_listed() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = enterprise(&world, "Example", "corp.example").await;
        let admin = Client::new(&app, &world, "admin@example.org", Over::Account(account), Role::FullAccess).await;
        let path = format!("/accounts/{account}/seats");
        let put = async |license: &str, body: &str| {
            admin.send("PUT", &format!("{path}/{license}"), Some(body.to_owned()), &[]).await
        };
        let set = put("Plus", r#"{"limit":0}"#).await;
        let plus = json!({ "license": "Plus", "limit": 0, "used": 0, "left": 0 });
        assert_eq!((set.status.as_u16(), set.json()), (200, plus));
        for name in ["ada", "bob", "cid"] {
            let address = email(&format!("{name}@corp.example"));
            world.service.create_user(&world.host(), account, address).await.expect("a user");
            world.later(1);
        }
        let basic = json!({ "license": "Basic", "limit": null, "used": 3, "left": null, "waiting": 0 });
        let shown = admin.get(&path).await.json();
        assert_eq!((&shown["items"][0], &shown["items"][1]["waiting"]), (&basic, &json!(3)));

        let waiting = format!("/accounts/{account}/waiting");
        let (mut all, mut next) = (Vec::new(), String::new());
        for _ in 0..3 {
            let page = admin.get(&format!("{waiting}?limit=1&license=Plus{next}")).await.json();
            all.push((page["items"][0]["place"].clone(), page["items"][0]["user"]["address"].clone()));
            next = page["next"].as_str().map_or_else(String::new, |next| format!("&after={next}"));
        }
        let expected = [(1, "ada@corp.example"), (2, "bob@corp.example"), (3, "cid@corp.example")];
        assert_eq!(all, expected.map(|(place, address)| (json!(place), json!(address))));
        assert_eq!(next, "");
        assert_eq!(admin.get(&format!("{waiting}?license=Pro")).await.json()["items"], json!([]));
        let lifted = put("Plus", r#"{"limit":null}"#).await.json();
        assert_eq!(lifted, json!({ "license": "Plus", "limit": null, "used": null, "left": null }));
        let plus = json!({ "license": "Plus", "limit": null, "used": 3, "left": null, "waiting": 0 });
        assert_eq!(admin.get(&path).await.json()["items"][1], plus);

        for (license, body, code) in [
            ("Plus", "{}", "malformed"),
            ("Plus", r#"{"limit":-1}"#, "malformed"),
            ("Plus", r#"{"limit":4294967296}"#, "malformed"),
            ("ProTrial", r#"{"limit":1}"#, "invalid"),
            ("Gold", r#"{"limit":1}"#, "invalid"),
        ] {
            assert_eq!(put(license, body).await.problem(), (400, code.to_owned()), "{license} {body}");
        }
        let (over, role) = (Over::Account(account), Role::UserManagement);
        let lesser = Client::new(&app, &world, "lesser@example.org", over, role).await;
        let refused = lesser.send("PUT", &format!("{path}/Pro"), Some(r#"{"limit":1}"#.to_owned()), &[]).await;
        assert_eq!(refused.problem(), (403, "not-permitted".to_owned()));
    });
}

#[test]
fn trials_and_reports_are_told_to_administrators_of_the_account() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = enterprise(&world, "Example", "corp.example").await;
        let admin = Client::new(&app, &world, "admin@example.org", Over::Account(account), Role::ReadOnly).await;
        let ada = registered(&world, "ada@corp.example", "Ada").await;
        world.later(1);
        let bob = registered(&world, "=bob@corp.example", "Bob").await;
        let pro = vec![(bob.clone(), License::Pro)];
        world.service.assign_license(&world.host(), account, pro).await.expect("assigned");
        let path = format!("/accounts/{account}");
        let trials = admin.get(&format!("{path}/trials?days=30")).await.json();
        let told: Vec<&Value> =
            trials["items"].as_array().expect("items").iter().map(|one| &one["user"]["id"]).collect();
        assert_eq!((told, &trials["items"][0]["then"]), (vec![&json!(ada)], &json!(BaseLicense::Plus)));

        let totals = admin.get(&format!("{path}/report")).await.json();
        let days = json!({ "pro": 1, "plus": 0, "basic": 0, "pro_trial": 1, "suspended": 0 });
        assert_eq!((&totals["people"], &totals["joined"], &totals["days"]), (&json!(2), &json!(2), &days), "{totals}");
        let first = admin.get(&format!("{path}/report/users?limit=1")).await.json();
        assert_eq!((&first["items"][0]["user"], &first["items"][0]["days"]["pro_trial"]), (&json!(ada), &json!(1)));
        let next = first["next"].as_str().expect("a next page");
        let second = admin.get(&format!("{path}/report/users?limit=1&after={next}")).await.json();
        assert_eq!((&second["items"][0]["user"], &second["next"]), (&json!(bob), &Value::Null));

        let csv = admin.get(&format!("{path}/report/users.csv")).await;
        assert_eq!((csv.status.as_u16(), csv.header("content-type")), (200, "text/csv; charset=utf-8; header=present"));
        let lines: Vec<&str> = csv.body.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 3, "{}", csv.body);
        assert!(lines[2].contains(",'=bob@corp.example,") && lines[2].ends_with(",1,0,0,0,0"), "{}", csv.body);

        for query in ["month=2026-13", "month=now", "month=2999-01", "month="] {
            for report in ["report", "report/users", "report/users.csv"] {
                let answer = admin.get(&format!("{path}/{report}?{query}")).await;
                assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{report}?{query}");
            }
        }
        assert_eq!(admin.get(&format!("{path}/trials?days=31")).await.problem(), (400, "invalid".to_owned()));
        let elsewhere = team(&world, "Elsewhere").await;
        for foreign in ["seats", "waiting", "trials", "report", "report/users", "report/users.csv"] {
            let answer = admin.get(&format!("/accounts/{elsewhere}/{foreign}")).await;
            assert_eq!(answer.problem(), (404, "unknown-account".to_owned()), "{foreign}");
        }
    });
}

#[test]
fn the_catalog_has_versions_and_says_what_an_edit_would_do() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let mut catalog = operator.get("/catalog").await.json();
        catalog["features"]["rooms.book"] = json!(["ProTrial"]);
        let features = json!({ "features": catalog["features"] });
        let effects = operator.post("/catalog/compare", &features).await.json();
        let expected =
            json!([{ "license": "ProTrial", "gains": ["rooms.book"], "loses": [], "people": 1, "more": false }]);
        assert_eq!(effects["items"], expected, "the operator has registered");
        let edited = operator.send("PUT", "/catalog", Some(catalog.to_string()), &[]).await;
        assert_eq!((edited.status.as_u16(), &edited.json()["version"]), (200, &json!(2)), "{}", edited.body);
        let versions = operator.get("/catalog/versions").await.json();
        let numbers: Vec<&Value> =
            versions["items"].as_array().expect("items").iter().map(|one| &one["version"]).collect();
        assert_eq!(numbers, [&json!(2), &json!(1)]);
        let first = operator.get("/catalog/versions/1").await.json();
        assert_eq!((&first["version"], first["features"].get("rooms.book")), (&json!(1), None));
        for unknown in ["3", "-1", "x", "99999999999999999999"] {
            let answer = operator.get(&format!("/catalog/versions/{unknown}")).await;
            assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{unknown}");
        }
        let bad = json!({ "features": { "Rooms": ["Pro"] } });
        assert_eq!(operator.post("/catalog/compare", &bad).await.problem(), (400, "malformed".to_owned()));
    });
}
