//! Settings, delegate groups, PINs and the end of accounts, through the Chime API.

use access::authority::{Over, Role};
use serde_json::json;

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{self, operator};

#[test]
fn an_account_is_changed_deleted_and_listed_as_suspended() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let team = people::team(&world, "Example").await;
        let path = format!("/accounts/{team}");
        let changed = client.post(&path, &json!({"Name": "Other", "DefaultLicense": "Pro"})).await;
        assert_eq!(changed.status.as_u16(), 200, "{}", changed.body);
        let account = changed.json()["Account"].clone();
        assert_eq!((&account["Name"], &account["DefaultLicense"]), (&json!("Other"), &json!("Pro")));
        assert_eq!(client.post(&path, &json!({})).await.json()["Account"], account, "nothing named");
        let trial = client.post(&path, &json!({"DefaultLicense": "ProTrial"})).await;
        assert_eq!(trial.error(), (400, "BadRequestException"));

        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let refused = client.delete(&path).await;
        assert_eq!(refused.error(), (422, "UnprocessableEntityException"));
        let said = refused.json();
        assert_eq!(said["Code"], "Unprocessable");
        assert!(said["Message"].as_str().unwrap().contains("1 user; remove the users first"), "{said}");
        client.post(&format!("{path}/users?operation=suspend"), &json!({"UserIdList": [ada]})).await;
        let deleted = client.delete(&path).await;
        assert_eq!((deleted.status.as_u16(), &*deleted.body), (204, ""));
        assert_eq!(client.delete(&path).await.error(), (400, "BadRequestException"));
        assert_eq!(client.post(&path, &json!({"Name": "X"})).await.error(), (400, "BadRequestException"));
        let statuses = async || {
            let listed = client.get("/accounts?name=other").await.json();
            let accounts = listed["Accounts"].as_array().unwrap().iter();
            accounts.map(|account| account["AccountStatus"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(statuses().await, ["Suspended"]);
        world.later(60 * (24 * 90 - 1));
        assert_eq!(statuses().await, ["Suspended"]);
        world.later(60);
        assert_eq!(statuses().await, Vec::<String>::new());
        assert_eq!(client.get(&path).await.error(), (404, "NotFoundException"));
    });
}

#[test]
fn settings_come_back_as_they_were_put() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let (account, user) = (format!("/accounts/{team}/settings"), format!("/accounts/{team}/users/{ada}/settings"));
        let of_account = |dial, control| {
            let settings = json!({"EnableDialOut": dial, "DisableRemoteControl": control});
            json!({ "AccountSettings": settings })
        };
        let of_user = |calling: bool, sms: bool| {
            let telephony = json!({"InboundCalling": calling, "OutboundCalling": !calling, "SMS": sms});
            json!({"UserSettings": {"Telephony": telephony}})
        };
        assert_eq!(client.get(&account).await.json(), of_account(false, false));
        assert_eq!(
            client.put(&account, &json!({"AccountSettings": {"EnableDialOut": true}})).await.status.as_u16(),
            204
        );
        assert_eq!(client.get(&account).await.json(), of_account(true, false), "what is not named stays");
        for (calling, sms) in [(true, true), (false, false)] {
            let put = client.put(&user, &of_user(calling, sms)).await;
            assert_eq!((put.status.as_u16(), &*put.body), (204, ""));
            assert_eq!(client.get(&user).await.json(), of_user(calling, sms));
        }
        let put = client.put("/settings", &json!({"BusinessCalling": {"CdrBucket": "calls"}})).await;
        assert_eq!((put.status.as_u16(), &*put.body), (204, ""));
        client.put("/settings", &json!({"VoiceConnector": {"CdrBucket": "voice"}})).await;
        let both = json!({"BusinessCalling": {"CdrBucket": "calls"}, "VoiceConnector": {"CdrBucket": "voice"}});
        assert_eq!(client.get("/settings").await.json(), both);
        client.put("/settings", &json!({"BusinessCalling": {}})).await;
        assert_eq!(client.get("/settings").await.json()["BusinessCalling"], json!({}));

        let groups = |operation: &str| format!("/accounts/{team}?operation={operation}-signin-delegate-groups");
        let added = json!({"SigninDelegateGroups": [{"GroupName": "B"}, {"GroupName": "A \u{e4}"}]});
        assert_eq!(client.post(&groups("associate"), &added).await.json(), json!({}));
        let shown = async || client.get(&format!("/accounts/{team}")).await.json()["Account"].clone();
        assert_eq!(shown().await["SigninDelegateGroups"], json!([{"GroupName": "A \u{e4}"}, {"GroupName": "B"}]));
        let taken = json!({"GroupNames": ["B", "never there"]});
        assert_eq!(client.post(&groups("disassociate"), &taken).await.json(), json!({}));
        assert_eq!(shown().await["SigninDelegateGroups"], json!([{"GroupName": "A \u{e4}"}]));
    });
}

#[test]
fn a_pin_is_reset_and_shown_to_whom_the_role_lets_see_it() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let over = Over::Account(team);
        let manager = people::administrator(&world, "m@ops.example", over, Role::UserManagement).await;
        let reader = people::administrator(&world, "r@ops.example", over, Role::ReadOnly).await;
        let path = format!("/accounts/{team}/users/{ada}");
        let reset = async |key| {
            let client = Client::new(&app, &world, key);
            app.send(client.signed("POST", &format!("{path}?operation=reset-personal-pin"), None)).await
        };
        let pin = reset(&manager).await.json()["User"]["PersonalPIN"].as_str().unwrap().to_owned();
        assert!(pin.len() == 10 && pin.bytes().all(|byte| byte.is_ascii_digit()), "{pin}");
        assert_ne!(reset(&manager).await.json()["User"]["PersonalPIN"], json!(pin));
        assert_eq!(reset(&reader).await.error(), (403, "ForbiddenException"));
        let shown = Client::new(&app, &world, &reader).get(&path).await.json();
        assert!(shown["User"].get("PersonalPIN").is_none(), "{shown}");
    });
}

#[test]
fn settings_are_changed_by_whom_the_role_lets() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let manager = people::administrator(&world, "m@ops.example", Over::Account(team), Role::UserManagement).await;
        let chief = people::administrator(&world, "c@ops.example", Over::Account(team), Role::FullAccess).await;
        let before = world.dump().await;
        let account = json!({"AccountSettings": {"EnableDialOut": true}});
        let groups = json!({"SigninDelegateGroups": [{"GroupName": "A"}]});
        let client = Client::new(&app, &world, &manager);
        for answer in [
            client.put(&format!("/accounts/{team}/settings"), &account).await,
            client.post(&format!("/accounts/{team}?operation=associate-signin-delegate-groups"), &groups).await,
            client.post(&format!("/accounts/{team}"), &json!({"Name": "X"})).await,
            client.delete(&format!("/accounts/{team}")).await,
            client.get("/settings").await,
            Client::new(&app, &world, &chief).delete(&format!("/accounts/{team}")).await,
            Client::new(&app, &world, &chief).put("/settings", &json!({})).await,
        ] {
            assert_eq!(answer.error(), (403, "ForbiddenException"), "{}", answer.body);
        }
        assert_eq!(world.dump().await, before);
        let telephony = json!({"InboundCalling": true, "OutboundCalling": true, "SMS": true});
        let settings = json!({"UserSettings": {"Telephony": telephony}});
        let put = client.put(&format!("/accounts/{team}/users/{ada}/settings"), &settings).await;
        assert_eq!(put.status.as_u16(), 204);
        assert_eq!(
            Client::new(&app, &world, &chief)
                .put(&format!("/accounts/{team}/settings"), &account)
                .await
                .status
                .as_u16(),
            204
        );
    });
}
