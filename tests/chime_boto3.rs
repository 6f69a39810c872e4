//! The Chime API with Amazon's own programs: everything in `clients/chime/` by one run of boto3 for each engine, every
//! operation by the SDK for JavaScript and by the AWS CLIs of Debian and of PyPI.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};
use crate::source::root;

on_both_engines!(boto3_gets_what_the_model_says, what_was_put_is_kept_and_seen_everywhere);

fn boto3_gets_what_the_model_says(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let account = server.carillon("account create Tenant --json").run().json();
    let account = account["id"].as_str().expect("an id");
    let key = |owner: &str, role: &str| {
        server.carillon(&format!("user grant {owner} {role} --over {account}")).run().ok();
        access_key(&server, owner, account)
    };
    let mut keys = json!({
        "account": account,
        "one seat of Pro": one_seat(&server),
        "FullAccess": key("grace@example.com", "FullAccess"),
        "UserManagement": key("alan@example.com", "UserManagement"),
        "ReadOnly": key("edsger@example.com", "ReadOnly"),
        "revoked": access_key(&server, "grace@example.com", account),
    });
    let revoked = keys["revoked"]["access_key_id"].take();
    server.carillon("key revoke").arg(revoked.as_str().expect("an id")).run().ok();
    keys["revoked"]["access_key_id"] = revoked;
    fs::write(server.folder().join("keys.json"), keys.to_string()).expect("the keys can be written");
    server.python("chime_api.py").run().ok();
}

/// An Enterprise account of its own, so that no other test takes the seat.
fn one_seat(server: &Server) -> Value {
    let account = server.carillon("account create Seats --json").run().json();
    server.carillon("account vouch-domain Seats seats.example").run().ok();
    server.carillon("seats set Seats Pro 1").run().ok();
    account["id"].clone()
}

/// Settings, PIN and delegate groups, from another process and after a restart.
fn what_was_put_is_kept_and_seen_everywhere(engine: Engine) {
    let mut server = Server::start_with(engine, |_| unlimited());
    server.python("chime_kept.py").arg("put").run().ok();
    if matches!(engine, Engine::Postgres) {
        let another = server.another();
        server.python("chime_kept.py").arg("look").env("CARILLON_URL", another.url()).run().ok();
    }
    server.kill();
    server.start_again();
    server.python("chime_kept.py").arg("look").run().ok();
}

#[test]
fn the_sdk_for_javascript_and_the_command_lines_do_all_of_it() {
    let server = Server::start_with(Engine::Sqlite, |_| unlimited());
    server.node("chime_sdk.mjs").run().ok();
    let newer = root().join(".venv/bin/aws");
    for (program, code) in [(Path::new("/usr/bin/aws"), "254"), (&newer, "255")] {
        server.python("chime_cli.py").arg(program).arg(code).env("AWS_PAGER", "").run().ok();
    }
}

fn access_key(server: &Server, owner: &str, account: &str) -> Value {
    server.carillon(&format!("key create {owner} --over {account} --json")).run().json()
}
