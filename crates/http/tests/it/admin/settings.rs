//! Deleting and restoring accounts, settings, delegate groups and PINs through the admin API.

use serde_json::json;

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{member, team};

#[test]
fn an_account_is_deleted_and_restored() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let ada = member(&world, account, "ada@example.org", "Ada").await;
        let path = format!("/accounts/{account}");
        let before = world.dump().await;
        let refused = operator.send("DELETE", &path, None, &[]).await;
        assert_eq!((refused.status.as_u16(), refused.json()["code"].as_str()), (422, Some("account-not-empty")));
        assert_eq!(refused.json()["left"], json!({ "users": 1, "domains": 0 }));
        assert_eq!(refused.json()["detail"], "the account still has 1 user; remove the users first");
        assert_eq!(world.dump().await, before);
        operator.post(&format!("{path}/users/remove"), &json!({ "users": [ada] })).await;
        let outdated = operator.send("DELETE", &path, None, &[("if-match", "\"old\"")]).await;
        assert_eq!(outdated.status.as_u16(), 412, "{outdated:?}");
        let tag = operator.get(&path).await.header("etag").to_owned();
        let deleted = operator.send("DELETE", &path, None, &[("if-match", &tag)]).await;
        assert_eq!(deleted.status.as_u16(), 200, "{deleted:?}");
        assert!(deleted.json()["deleted"].is_string());
        let listed = operator.get("/accounts").await.json();
        assert_eq!(listed["items"][0]["deleted"], deleted.json()["deleted"], "it is listed");
        let restored = operator.send("POST", &format!("{path}/restore"), None, &[]).await;
        assert_eq!((restored.status.as_u16(), &restored.json()["deleted"]), (200, &json!(null)), "{restored:?}");
        let again = operator.send("POST", &format!("{path}/restore"), None, &[]).await;
        assert_eq!((again.status.as_u16(), again.json()["code"].as_str()), (422, Some("not-deleted")));
    });
}

#[test]
fn settings_groups_and_pins_come_back_as_they_were_put() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let operator = Client::operator(&app, &world).await;
        let account = team(&world, "Example").await;
        let ada = member(&world, account, "ada@example.org", "Ada").await;
        let path = format!("/accounts/{account}");
        let patch = async |path: &str, body: serde_json::Value| {
            let answer = operator.send("PATCH", path, Some(body.to_string()), &[]).await;
            assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
            answer.json()
        };
        patch(&format!("{path}/settings"), json!({ "enable_dial_out": true })).await;
        operator.post(&format!("{path}/delegate-groups/add"), &json!({ "groups": ["B", "A"] })).await;
        operator.post(&format!("{path}/delegate-groups/remove"), &json!({ "groups": ["B"] })).await;
        let shown = operator.get(&path).await.json();
        assert_eq!(shown["settings"], json!({ "disable_remote_control": false, "enable_dial_out": true }));
        assert_eq!(shown["delegate_groups"], json!(["A"]));

        let settings = json!({ "inbound_calling": true, "outbound_calling": false, "sms": true });
        let put = json!({ "users": [ada, "nobody"], "settings": settings });
        let put = operator.post(&format!("{path}/users/settings"), &put).await.json();
        assert_eq!(put["results"][0]["ok"]["settings"], settings);
        assert_eq!(put["results"][1]["problem"]["code"], "unknown-user");
        let reset = operator.post(&format!("{path}/users/reset-pin"), &json!({ "users": [ada] })).await.json();
        let user = operator.get(&format!("{path}/users/{ada}")).await.json();
        assert_eq!((&user["pin"], &user["settings"]), (&reset["results"][0]["ok"]["pin"], &settings));
        assert_eq!(user["pin"].as_str().unwrap().len(), 10);

        patch("/deployment/settings", json!({ "business_calling_bucket": "calls", "voice_connector_bucket": "v" }))
            .await;
        let kept = patch("/deployment/settings", json!({ "voice_connector_bucket": null })).await;
        assert_eq!(kept, json!({ "business_calling_bucket": "calls", "voice_connector_bucket": null }));
        assert_eq!(operator.get("/deployment/settings").await.json(), kept);
    });
}
