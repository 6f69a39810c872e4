//! The Chime API with Amazon's own library: everything in `clients/chime/`, by one run of boto3 for each engine.

use std::fs;

use serde_json::{Value, json};

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(boto3_gets_what_the_model_says);

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

fn access_key(server: &Server, owner: &str, account: &str) -> Value {
    server.carillon(&format!("key create {owner} --over {account} --json")).run().json()
}
