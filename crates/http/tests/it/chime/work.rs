//! What administrators do.

use access::authority::{Over, Role};
use serde_json::json;

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{self, operator};

#[test]
fn an_account_is_made_shown_and_listed() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let made = client.post("/accounts", &json!({"Name": "Caf\u{e9} Example"})).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.body);
        assert_eq!(made.header("x-amzn-requestid").len(), 36);
        let account = made.json()["Account"].clone();
        assert_eq!(account["AccountType"], "Team");
        assert_eq!(account["DefaultLicense"], "Plus");
        assert_eq!(account["SupportedLicenses"], json!(["Basic", "Plus", "Pro"]));
        assert_eq!(account["AccountStatus"], "Active");
        let id = account["AccountId"].as_str().unwrap();
        let shown = client.get(&format!("/accounts/{id}")).await;
        assert_eq!((shown.status.as_u16(), &shown.json()["Account"]), (200, &account));

        for name in ["Alpha", "Beta", "Alpine"] {
            client.post("/accounts", &json!({ "Name": name })).await;
        }
        let page = client.get("/accounts?name=alp&max-results=1").await.json();
        assert_eq!((&page["Accounts"][0]["Name"], page["Accounts"].as_array().unwrap().len()), (&json!("Alpha"), 1));
        let next = page["NextToken"].as_str().unwrap();
        let page = client.get(&format!("/accounts?name=alp&max-results=1&next-token={next}")).await.json();
        assert_eq!(page["Accounts"][0]["Name"], "Alpine");
        assert!(page.get("NextToken").is_none(), "{page}");

        people::member(&world, id.parse().unwrap(), "ada@example.org", "Ada").await;
        let found = client.get("/accounts?user-email=ADA%40example.org").await.json();
        assert_eq!(found["Accounts"], json!([account]));
        assert_eq!(client.get("/accounts?user-email=no%40example.org").await.json(), json!({"Accounts": []}));
    });
}

#[test]
fn people_are_invited_and_each_address_has_its_answer() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let team = people::team(&world, "Example").await;
        people::member(&world, team, "ada@example.org", "Ada").await;
        let list = json!({"UserEmailList": ["bob@example.net", "not-an-address", "ada@example.org"]});
        let answer = client.post(&format!("/accounts/{team}/users?operation=add"), &list).await;
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
        let invites = &answer.json()["Invites"];
        let of = |at: usize| (invites[at]["Status"].as_str().unwrap(), invites[at]["EmailStatus"].as_str().unwrap());
        assert_eq!((of(0), of(1), of(2)), (("Pending", "NotSent"), ("Failed", "NotSent"), ("Failed", "NotSent")));
        assert_eq!(invites[1]["EmailAddress"], "not-an-address");

        let listed = client.get(&format!("/accounts/{team}/users")).await.json();
        assert_eq!(listed["Users"][1]["UserId"], invites[0]["InviteId"]);
        assert_eq!(listed["Users"][1]["UserInvitationStatus"], "Pending");
        assert_eq!(listed["Users"][1]["UserRegistrationStatus"], "Unregistered");
        let one = client.get(&format!("/accounts/{team}/users?user-email=bob%40example.net")).await.json();
        assert_eq!(one["Users"].as_array().unwrap().len(), 1);
        let page = client.get(&format!("/accounts/{team}/users?max-results=1")).await.json();
        let next = page["NextToken"].as_str().unwrap();
        let rest = client.get(&format!("/accounts/{team}/users?max-results=1&next-token={next}")).await.json();
        assert_eq!((&rest["Users"][0], rest.get("NextToken")), (&listed["Users"][1], None));
    });
}

#[test]
fn licenses_are_assigned_one_by_one_and_in_batches() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let path = format!("/accounts/{team}/users/{ada}");
        assert_eq!(client.get(&path).await.json()["User"]["LicenseType"], "ProTrial");
        let answer = client.post(&path, &json!({"LicenseType": "Pro"})).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["User"]["LicenseType"]), (200, &json!("Pro")));
        assert_eq!(client.post(&path, &json!({})).await.json()["User"]["LicenseType"], "Pro", "nothing set");
        let trial = client.post(&path, &json!({"LicenseType": "ProTrial"})).await;
        assert_eq!(trial.error(), (400, "BadRequestException"));

        let items = json!({"UpdateUserRequestItems": [
            {"UserId": ada, "LicenseType": "Basic"}, {"UserId": "nobody", "LicenseType": "Plus"},
        ]});
        let answer = client.post(&format!("/accounts/{team}/users"), &items).await;
        let errors = answer.json()["UserErrors"].clone();
        assert_eq!((answer.status.as_u16(), errors.as_array().unwrap().len()), (200, 1), "{errors}");
        assert_eq!((&errors[0]["UserId"], &errors[0]["ErrorCode"]), (&json!("nobody"), &json!("NotFound")));
        assert_eq!(client.get(&path).await.json()["User"]["LicenseType"], "Basic");

        let none = world.service.set_seats(&world.host(), team, access::BaseLicense::Pro, Some(0)).await;
        none.expect("no seat of Pro");
        let items = json!({"UpdateUserRequestItems": [{"UserId": ada, "LicenseType": "Pro"}]});
        let errors = client.post(&format!("/accounts/{team}/users"), &items).await.json()["UserErrors"].clone();
        assert_eq!(errors[0]["ErrorCode"], "ResourceLimitExceeded", "{errors}");
        assert_eq!(client.post(&path, &json!({"LicenseType": "Pro"})).await.error(), (400, "BadRequestException"));
    });
}

#[test]
fn suspending_removes_from_a_team_and_suspends_elsewhere() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let path = format!("/accounts/{team}/users?operation=suspend");
        let answer = client.post(&path, &json!({"UserIdList": [ada]})).await;
        assert_eq!(answer.json(), json!({"UserErrors": []}));
        assert_eq!(client.get(&format!("/accounts/{team}/users/{ada}")).await.error(), (404, "NotFoundException"));

        let account = people::enterprise(&world, "Acme", "acme.example").await;
        let bob = people::registered(&world, "bob@acme.example", "Bob").await;
        let users = format!("/accounts/{account}/users");
        let status = async || {
            let shown = client.get(&format!("{users}/{bob}")).await.json();
            shown["User"]["UserRegistrationStatus"].as_str().unwrap().to_owned()
        };
        assert_eq!(status().await, "Registered");
        client.post(&format!("{users}?operation=suspend"), &json!({"UserIdList": [bob]})).await;
        assert_eq!(status().await, "Suspended");
        for _ in 0..2 {
            let answer = client.post(&format!("{users}?operation=unsuspend"), &json!({"UserIdList": [bob]})).await;
            assert_eq!(answer.json(), json!({"UserErrors": []}), "who is not suspended is skipped");
        }
        assert_eq!(status().await, "Registered");
        let out = app.send(client.signed("POST", &format!("{users}/{bob}?operation=logout"), None)).await;
        assert_eq!((out.status.as_u16(), &*out.body), (204, ""));
    });
}

#[test]
fn a_user_is_created_once() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let client = Client::new(&app, &world, &operator(&world).await);
        let account = people::enterprise(&world, "Acme", "acme.example").await;
        let path = format!("/accounts/{account}/users?operation=create");
        let made = client.post(&path, &json!({"Email": "eve@acme.example"})).await;
        assert_eq!(made.status.as_u16(), 201, "{}", made.body);
        assert_eq!(made.json()["User"]["UserRegistrationStatus"], "Unregistered");
        let again = client.post(&path, &json!({"Email": "EVE@acme.example"})).await;
        assert_eq!(again.error(), (409, "ConflictException"));
        let invite = format!("/accounts/{account}/users?operation=add");
        let invite = client.post(&invite, &json!({"UserEmailList": ["x@acme.example"]})).await;
        assert_eq!(invite.error(), (400, "BadRequestException"), "not on an Enterprise account (rule 15)");
    });
}

#[test]
fn a_pin_is_shown_to_whom_the_role_lets_see_it() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let path = format!("/accounts/{team}/users/{ada}");
        let manager = people::administrator(&world, "m@ops.example", Over::Account(team), Role::UserManagement).await;
        let reader = people::administrator(&world, "r@ops.example", Over::Account(team), Role::ReadOnly).await;
        let shown = async |key| Client::new(&app, &world, key).get(&path).await.json();
        assert_eq!(shown(&manager).await["User"]["DisplayName"], "Ada");
        assert!(shown(&reader).await["User"].get("PersonalPIN").is_none());
        let change = json!({"LicenseType": "Pro"});
        let refused = Client::new(&app, &world, &reader).post(&path, &change).await;
        assert_eq!(refused.error(), (403, "ForbiddenException"));
    });
}
