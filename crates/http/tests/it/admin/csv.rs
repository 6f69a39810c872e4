//! People as CSV, in and out.

use access::authority::{Over, Role};
use serde_json::{Value, json};

use super::Client;
use crate::app::{App, on_both_engines};
use crate::people::{enterprise, team};

#[test]
fn people_go_in_come_out_and_go_in_again_unchanged() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let (account, other) = (enterprise(&world, "Example", "example.com").await, team(&world, "Other").await);
        let role = Role::UserManagement;
        let admin = Client::new(&app, &world, "admin@example.org", Over::Account(account), role).await;
        let people: String = (0..1_100).map(|n| format!("p{n}@example.com,\"Person, {n}\",Pro\r\n")).collect();
        let file = format!("address,name,license\r\n{people}=x@example.com,,\nnobody,,\nz@example.net,,\n");
        let path = format!("/accounts/{account}");
        let done = admin.post(&format!("{path}/import"), &json!({ "csv": file })).await;
        assert_eq!(done.status, 200, "{done:?}");
        let results = done.json()["results"].as_array().unwrap().clone();
        assert_eq!(results.len(), 1_103);
        assert_eq!(results[0]["line"], 2);
        assert_eq!(results[0]["ok"]["outcome"], "added");
        assert_eq!(results[0]["ok"]["user"]["name"], "Person, 0");
        let code = |row: &Value| row["problem"]["code"].as_str().unwrap_or_default().to_owned();
        assert_eq!(
            (results[1_101]["line"].as_u64(), code(&results[1_101])),
            (Some(1_103), "address-not-supported".into())
        );
        assert_eq!(code(&results[1_102]), "not-on-own-domain");

        let export = admin.get(&format!("{path}/export")).await;
        assert_eq!(export.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(export.body.lines().count(), 1_102);
        assert!(export.body.contains("\r\n'=x@example.com,"));
        let again = admin.post(&format!("{path}/import"), &json!({ "csv": export.body })).await.json();
        let again = again["results"].as_array().unwrap();
        assert!(again.len() == 1_101 && again.iter().all(|row| row["ok"]["outcome"] == "unchanged"));

        for (body, code) in [
            (json!({ "csv": "name\nAda\n" }), "invalid"),
            (json!({ "csv": "" }), "invalid"),
            (json!({ "csv": 7 }), "malformed"),
            (json!({}), "malformed"),
        ] {
            assert_eq!(admin.post(&format!("{path}/import"), &body).await.problem(), (400, code.to_owned()), "{body}");
        }
        let (foreign, csv) = (format!("/accounts/{other}"), json!({ "csv": "address\na@example.com\n" }));
        assert_eq!(admin.post(&format!("{foreign}/import"), &csv).await.problem().0, 404);
        assert_eq!(admin.get(&format!("{foreign}/export")).await.problem().0, 404);
        let reader = Client::new(&app, &world, "r@example.org", Over::Account(account), Role::ReadOnly).await;
        assert_eq!(reader.post(&format!("{path}/import"), &csv).await.problem().0, 403);
        assert_eq!(reader.get(&format!("{path}/export")).await.status, 200);
    });
}
