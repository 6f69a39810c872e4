//! `serve --demo`: the same facts for people and programs, once and for all.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::host::{self, Host};

#[test]
fn the_first_start_writes_what_everyone_begins_with() {
    let host = Host::new();
    let server = host.serve();
    let demo = host.demo();
    for file in ["demo.json", "master.key"] {
        let mode = fs::metadata(host.folder().join("data").join(file)).expect(file).permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(demo["url"], server.url.as_str());
    let texts = ["/api_token", "/access_key_id", "/secret_access_key", "/operator/user_id", "/operator/password"];
    let more = ["/accounts/team/id", "/accounts/enterprise/id", "/application/id", "/application/credential"];
    for pointer in texts.iter().chain(&more) {
        assert!(demo.pointer(pointer).and_then(|text| text.as_str()).is_some_and(|text| text.len() > 10), "{pointer}");
    }
    assert_eq!(demo["accounts"]["enterprise"]["domain"], "corp.example");
    let users = demo["users"].as_array().expect("users");
    assert!(users.len() >= 6, "{users:?}");
    // The newcomer invites these two.
    assert!(users.iter().all(|user| user["address"] != "ada@example.org" && user["address"] != "bob@example.net"));
    for user in users {
        let shown = host.json(&["user", "show", user["id"].as_str().expect("an id")]);
        assert_eq!((&shown["address"], &shown["license"]), (&user["address"], &user["license"]));
        assert_eq!(shown["account"], user["account"]);
    }
    let story = host.log();
    for part in ["user invite \"Sample Team\"", "aws chime list-users", demo["access_key_id"].as_str().expect("an id")]
    {
        assert!(story.contains(part), "{part} is not in\n{story}");
    }
    assert!(
        !story.contains("$PWD") && !story.contains(":8080") && !story.contains("jq "),
        "this start's values:\n{story}"
    );
}

#[test]
fn a_restart_keeps_the_facts_and_brings_the_url_up_to_date() {
    let host = Host::new();
    let server = host.serve();
    let before = host.demo();
    assert!(server.stop().success(), "{}", host.log());
    let server = host.serve();
    let mut after = host.demo();
    assert_eq!(after["url"], server.url.as_str());
    after["url"] = before["url"].clone();
    assert_eq!(before, after);
    assert_eq!(host.json(&["account", "list"]).as_array().map(Vec::len), Some(2));
}

#[test]
fn samples_are_not_mixed_into_other_data_and_a_lost_key_is_not_replaced() {
    let host = Host::new();
    host.serve().stop();
    let data = host.folder().join("data");
    fs::rename(data.join("demo.json"), data.join("elsewhere")).expect("a file");
    let said = host.run(&["serve", "--demo", "--listen", "127.0.0.1:0"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("--demo needs an empty database"), "{said:?}");

    fs::remove_file(data.join("master.key")).expect("a file");
    for command in [&["account", "list"][..], &["serve", "--listen", "127.0.0.1:0"]] {
        let said = host.run(command);
        assert_eq!(said.code, Some(4), "{said:?}");
        assert!(said.err.contains("there is no master key data/master.key"), "{said:?}");
    }
    assert!(!data.join("master.key").exists());

    let mut other = host.command(&["account", "list"]);
    let said = host::said(other.env("CARILLON_MASTER_KEY", "07".repeat(32)));
    assert_eq!(said.code, Some(5), "{said:?}");
    assert!(said.err.contains("not the master key that the database was sealed with"), "{said:?}");
}

#[test]
fn a_command_does_not_begin_an_empty_postgresql_database() {
    let host = Host::new();
    let server = std::env::var("CARILLON_TEST_POSTGRES")
        .expect("CARILLON_TEST_POSTGRES is not set: run make test, or scripts/with-postgres cargo test ...");
    let mut command = host.command(&["account", "list"]);
    let said = host::said(
        command.env("CARILLON_DATABASE_URL", format!("{server}?options=-c%20search_path%3Dcarillon_is_not_here")),
    );
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.err.contains("there is no data in the database that database_url names"), "{said:?}");
    assert!(!host.folder().join("data").exists(), "no folder and no master key are made");
}

#[test]
fn a_command_does_not_begin_a_database_by_mistake() {
    let host = Host::new();
    let said = host.run(&["account", "list", "--data", "nowhere"]);
    assert_eq!((said.code, said.out.as_str()), (Some(3), ""), "{said:?}");
    assert!(said.err.contains("there is no data in nowhere"), "{said:?}");
    assert!(!host.folder().join("nowhere").exists());
}

#[test]
fn a_file_that_is_no_database_is_not_a_passing_fault() {
    let host = Host::new();
    host.serve().stop();
    for file in ["carillon.db-wal", "carillon.db-shm"] {
        fs::remove_file(host.folder().join("data").join(file)).ok();
    }
    fs::write(host.folder().join("data/carillon.db"), "no database ".repeat(1_000)).expect("a file");
    let said = host.run(&["account", "list", "--json"]);
    assert_eq!(said.code, Some(5), "{said:?}");
    assert!(said.err.contains("corrupt-database"), "{said:?}");
}
