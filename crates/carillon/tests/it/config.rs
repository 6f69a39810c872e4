//! Settings: where they come from, and what is said about wrong ones.

use std::fs;

use serde_json::Value;

use crate::host::{Host, said};

fn setting<'a>(all: &'a Value, name: &str) -> (&'a str, &'a str) {
    let rows = all.as_array().expect("a list");
    let row = rows.iter().find(|row| row["setting"] == name).unwrap_or_else(|| panic!("no {name}"));
    (row["value"].as_str().unwrap_or_default(), row["origin"].as_str().expect("an origin"))
}

#[test]
fn a_later_layer_wins_and_each_setting_names_its_layer() {
    let host = Host::new();
    fs::create_dir(host.folder().join("data")).expect("a folder");
    let file =
        "listen = '127.0.0.1:1'\norganisation = 'Example'\nmailbox = true\n[limits]\nrequests = 1\nconnections = 1\n";
    fs::write(host.folder().join("data/carillon.toml"), file).expect("a file");
    let mut command = host.command(&["config", "--json", "--limits-requests", "3", "--log-format", "json"]);
    command.env("CARILLON_LIMITS_REQUESTS", "2").env("CARILLON_LIMITS_CONNECTIONS", "2");
    command.env("CARILLON_TRUSTED_PROXIES", "10.0.0.0/8, ::1").env("CARILLON_ORGANISATION", "42");
    let all: Value = serde_json::from_str(&said(&mut command).out).expect("JSON");

    let from_file = "file data/carillon.toml";
    assert_eq!(setting(&all, "listen"), ("127.0.0.1:1", from_file));
    assert_eq!(setting(&all, "mailbox"), ("true", from_file));
    assert_eq!(setting(&all, "limits.requests"), ("3", "flag"));
    assert_eq!(setting(&all, "limits.connections"), ("2", "environment"));
    assert_eq!(setting(&all, "trusted_proxies"), ("10.0.0.0/8, ::1", "environment"));
    assert_eq!(setting(&all, "organisation"), ("42", "environment"));
    assert_eq!(setting(&all, "log.format"), ("json", "flag"));
    assert_eq!(setting(&all, "log.level"), ("info", "default"));
}

#[test]
fn secrets_are_masked() {
    let host = Host::new();
    let mut command = host.command(&["config", "--json"]);
    command.env("CARILLON_DATABASE_URL", "postgres://me:secret-1@db:5432/carillon");
    command.env("CARILLON_MASTER_KEY", "5ec7e7".repeat(11));
    let said = said(&mut command);
    let all: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(setting(&all, "database_url"), ("postgres://me:***@db:5432/carillon", "environment"));
    assert_eq!(setting(&all, "master_key"), ("(secret)", "environment"));
    assert!(!said.out.contains("secret-1") && !said.out.contains("5ec7e7"), "{}", said.out);
}

#[test]
fn a_wrong_setting_is_named_with_its_layer_and_nothing_starts() {
    let host = Host::new();
    let folder = host.folder();
    fs::write(folder.join("typo.toml"), "[log]\nlevle = 'info'\n").expect("a file");
    fs::write(folder.join("table.toml"), "[logs]\nlevel = 'info'\n").expect("a file");
    fs::write(folder.join("type.toml"), "[limits]\nrequests = 'many'\n").expect("a file");
    fs::write(folder.join("broken.toml"), "listen = \n").expect("a file");
    let wrong = |arguments: &[&str], variable: (&str, &str), expected: &[&str]| {
        let said = said(host.command(arguments).env(variable.0, variable.1));
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{said:?}");
        expected.iter().for_each(|part| assert!(said.err.contains(part), "{part} is not in {}", said.err));
    };
    let none = ("X", "");
    wrong(&["config", "--config", "typo.toml"], none, &["typo.toml", "log.levle", "did you mean log.level?"]);
    wrong(&["config", "--config", "table.toml"], none, &["table.toml sets logs"]);
    wrong(&["config", "--config", "type.toml"], none, &["limits.requests", "type.toml", "expected usize"]);
    wrong(&["config", "--config", "broken.toml"], none, &["broken.toml is not TOML"]);
    wrong(&["config", "--config", "none.toml"], none, &["none.toml cannot be read"]);
    wrong(&["config"], ("CARILLON_LISTN", "x"), &["CARILLON_LISTN", "did you mean CARILLON_LISTEN?"]);
    wrong(&["config"], ("CARILLON_LISTEN", "here"), &["listen", "environment", "socket address"]);
    wrong(&["config", "--log-format", "xml"], none, &["log.format", "flag", "`xml` is none of pretty, json"]);
    wrong(&["config", "--lisen", "x"], none, &["--lisen", "--listen"]);
    wrong(&["config", "--master-key", "x"], none, &["--master-key"]);
}

#[test]
fn a_variable_of_somebody_else_is_no_error() {
    let host = Host::new();
    let said = said(host.command(&["config"]).env("CARILLON_TOKEN", "x"));
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn the_documentation_lists_every_setting() {
    let host = Host::new();
    let mut command = host.command(&["config", "--json"]);
    let all: Value = serde_json::from_str(&said(command.env_clear()).out).expect("JSON");
    let docs = include_str!("../../../../docs/configuration.md");
    for row in all.as_array().expect("a list") {
        let value = row["value"].as_str().map(|value| format!("`{value}`")).unwrap_or_default();
        let line = format!(
            "| `{}` | {value} | {} |",
            row["setting"].as_str().expect("text"),
            row["doc"].as_str().expect("text")
        );
        assert!(docs.lines().any(|written| written == line), "docs/configuration.md lacks: {line}");
    }
    let rows = docs.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, all.as_array().map_or(0, Vec::len), "docs/configuration.md has rows for settings that are gone");
}
