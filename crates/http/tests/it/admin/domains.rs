//! A domain from its claim to its release, and who may not.

use access::Domain;
use access::authority::{Over, Role};
use access::domain::Seen;
use serde_json::{Value, json};

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{registered, team};

#[test]
fn a_domain_is_claimed_checked_verified_and_released() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = team(&world, "Example").await;
        let admin = Client::new(&app, &world, "admin@example.org", Over::Account(account), Role::FullAccess).await;
        registered(&world, "ada@corp.example", "Ada").await;
        let (path, domain) = (format!("/accounts/{account}/domains"), Domain::parse("corp.example").unwrap());
        let claimed = admin.post(&path, &json!({ "name": "Corp.Example" })).await;
        assert_eq!(claimed.status, 201, "{claimed:?}");
        let record = claimed.json()["record"].as_str().unwrap().to_owned();
        let at = |verb: &str| format!("{path}/corp.example/{verb}");
        let empty = json!({});

        assert_eq!(admin.get(&at("check")).await.json()["seen"], "no-such-name");
        assert_eq!(admin.post(&at("verify"), &empty).await.problem(), (422, "proof-missing".to_owned()));
        world.zone.says(&domain, Seen::Trouble("SERVFAIL".to_owned()));
        assert_eq!(admin.post(&at("verify"), &empty).await.problem(), (422, "dns-unavailable".to_owned()));
        assert_eq!(admin.get(&at("conflicts")).await.problem(), (422, "domain-pending".to_owned()));
        world.zone.says(&domain, Seen::Records(vec![record.clone()]));
        assert_eq!(admin.get(&at("check")).await.json()["seen"], "found");
        let verified = admin.post(&at("verify"), &empty).await.json();
        assert_eq!(verified["account_type"], "EnterpriseLWA", "{verified}");
        assert_eq!((&verified["joined"], &verified["released"]), (&json!(1), &Value::Null));
        assert_eq!(admin.get(&at("conflicts")).await.json(), json!({ "items": [], "next": null }));
        let listed = admin.get(&path).await.json()["items"][0].clone();
        assert_eq!((&listed["record"], &listed["vouched"]), (&json!(record), &json!(false)));
        assert_eq!(admin.post(&at("withdraw"), &empty).await.problem(), (422, "domain-verified".to_owned()));
        assert_eq!(admin.post(&at("take-over"), &empty).await.problem(), (403, "not-permitted".to_owned()));

        let released = admin.post(&at("release"), &empty).await.json();
        assert_eq!((&released["account_type"], &released["freed"]), (&json!("Team"), &json!(1)), "{released}");
        assert_eq!(released["people"][0]["became"], "free");
        assert_eq!(admin.get(&at("check")).await.problem(), (404, "unknown-domain".to_owned()));
    });
}

#[test]
fn names_that_are_none_and_strangers_are_refused() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let (account, other) = (team(&world, "Example").await, team(&world, "Other").await);
        let admin = Client::new(&app, &world, "admin@example.org", Over::Account(account), Role::FullAccess).await;
        let helper =
            Client::new(&app, &world, "helper@example.org", Over::Account(account), Role::UserManagement).await;
        let path = format!("/accounts/{account}/domains");
        for name in ["", "localhost", "127.0.0.1", "a b.example", "corp.example/x", &"x".repeat(300)] {
            let answer = admin.post(&path, &json!({ "name": name })).await;
            assert_eq!(answer.problem(), (400, "invalid".to_owned()), "{name}");
        }
        for name in ["co.uk", "gmail.com"] {
            assert_eq!(admin.post(&path, &json!({ "name": name })).await.problem().1, "public-domain", "{name}");
        }
        let wish = json!({ "name": "corp.example" });
        assert_eq!(helper.post(&path, &wish).await.problem(), (403, "not-permitted".to_owned()));
        let elsewhere = format!("/accounts/{other}/domains");
        assert_eq!(admin.post(&elsewhere, &wish).await.problem(), (404, "unknown-account".to_owned()));
        assert_eq!(admin.get(&elsewhere).await.problem(), (404, "unknown-account".to_owned()));
        assert_eq!(admin.get(&format!("{path}/corp.example/check")).await.problem().1, "unknown-domain");
    });
}
