//! An account's directory, as far as it goes where none can be reached.

use access::authority::{Over, Role};
use serde_json::{Value, json};

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::enterprise;

fn connection(url: &str) -> Value {
    json!({ "kind": "OpenLdap", "urls": [url], "bind": "cn=reader,dc=corp", "base": "dc=corp" })
}

#[test]
fn a_directory_is_set_up_with_tags_and_its_password_is_never_shown() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = enterprise(&world, "Example", "corp.example").await;
        let admin = Client::new(&app, &world, "admin@example.org", Over::Account(account), Role::FullAccess).await;
        let path = format!("/accounts/{account}/directory");
        let put = async |body: &Value, tag: Option<&str>| {
            let headers: Vec<_> = tag.into_iter().map(|tag| ("if-match", tag)).collect();
            admin.send("PUT", &path, Some(body.to_string()), &headers).await
        };
        assert_eq!(admin.get(&path).await.problem(), (404, "no-directory".to_owned()));
        let wish = json!({
            "connection": connection("ldaps://dc.corp.example"),
            "password": "open sesame",
            "mappings": [{ "license": "Pro", "group": "staff" }],
        });
        let set = put(&wish, None).await;
        assert_eq!(set.status, 200, "{}", set.body);
        let tag = set.header("etag").to_owned();
        assert!(!set.body.contains("sesame"));
        let shown = admin.get(&path).await;
        assert_eq!((shown.header("etag"), &shown.json()), (tag.as_str(), &set.json()));
        assert_eq!(
            shown.json()["mappings"],
            json!([{ "license": "Pro", "group": "staff", "id": null, "nested": true }])
        );
        assert_eq!(shown.json()["brake"], json!({ "share": 10, "least": 20 }));
        // Elsewhere it goes with a password only, and on an outdated tag nowhere.
        let elsewhere = json!({ "connection": connection("ldaps://evil.example") });
        assert_eq!(put(&elsewhere, None).await.problem(), (400, "invalid".to_owned()));
        let brake = json!({ "connection": connection("ldaps://dc.corp.example"), "brake": { "share": 5, "least": 0 } });
        assert_eq!(put(&brake, Some(&tag)).await.status, 200);
        assert_eq!(put(&brake, Some(&tag)).await.problem(), (412, "outdated".to_owned()));
        let first = async |tag: &str| admin.send("PUT", &path, Some(wish.to_string()), &[("if-none-match", tag)]).await;
        assert_eq!(first("*").await.problem(), (412, "outdated".to_owned()), "another administrator was faster");
        assert_eq!(first("\"x\"").await.problem(), (400, "malformed".to_owned()));
        assert_eq!(admin.send("DELETE", &path, None, &[]).await.status, 204);
        assert_eq!(put(&wish, Some(&tag)).await.problem(), (412, "outdated".to_owned()), "there is none");
        assert_eq!(first("*").await.status, 200);
        let mappings = format!("{path}/mappings");
        let named =
            admin.send("PUT", &mappings, Some(json!({ "mappings": [] }).to_string()), &[("if-none-match", "*")]);
        assert_eq!(named.await.problem(), (412, "outdated".to_owned()));
        for (body, code) in [
            (json!({ "connection": connection("ldap://dc.corp.example") }), "invalid"),
            (json!({ "connection": connection("http://dc.corp.example") }), "invalid"),
            (json!({ "connection": { "kind": "OpenLdap" } }), "malformed"),
            (json!({ "connection": connection("ldaps://dc.corp.example"), "secret": 1 }), "malformed"),
        ] {
            assert_eq!(put(&body, None).await.problem(), (400, code.to_owned()), "{body}");
        }
        let tested = admin.post(&format!("{path}/test"), &json!({})).await.json();
        assert_eq!((&tested["steps"][0]["what"], &tested["steps"][0]["ok"]), (&json!("reach"), &json!(false)));
        for (route, body) in [("preview", json!({})), ("connect", json!({ "agreed": { "into": 5 } }))] {
            let answer = admin.post(&format!("{path}/{route}"), &body).await;
            assert_eq!(answer.problem(), (422, "directory-unavailable".to_owned()), "{route}");
        }
        let mapped = json!({ "mappings": [{ "license": "Basic", "group": "staff" }] });
        let mapped = admin.send("PUT", &format!("{path}/mappings"), Some(mapped.to_string()), &[]).await;
        assert_eq!(mapped.problem(), (400, "invalid".to_owned()));
        assert_eq!(admin.get(&format!("{path}/runs")).await.json(), json!({ "items": [], "next": null }));
        assert_eq!(admin.get(&format!("{path}/runs/1/log")).await.problem(), (404, "unknown-run".to_owned()));
        assert_eq!(admin.send("DELETE", &path, None, &[]).await.status, 204);
        assert_eq!(admin.get(&path).await.problem(), (404, "no-directory".to_owned()));
    });
}
