//! The admin API is what its document says: schemathesis reads the document from the server and sends what it allows
//! and what it forbids, first about ids that lead nowhere, then about an account and a person that are there.

use std::fs;

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, clients, on_both_engines};

on_both_engines!(the_admin_api_is_what_its_document_says);

/// Found again each time: the same seed, so the same requests.
const RUN: &str = "run --seed 20261125 --phases examples,coverage,fuzzing --max-examples 3 --no-color --warnings off \
                   --suppress-health-check all --request-timeout 30 --exclude-checks positive_data_acceptance";

fn the_admin_api_is_what_its_document_says(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let account = server.carillon("account list --json").run().json()[0]["id"].clone();
    let account = account.as_str().expect("an account of the sample data");
    let users = server.carillon(&format!("user list {account} --json")).run().json();
    let user = users[0]["id"].as_str().expect("a person of the sample data");
    let token = format!("Authorization: Bearer {}", server.demo("/api_token"));
    let known = format!("[parameters]\n\"path.account\" = \"{account}\"\n\"path.user\" = \"{user}\"\n");
    for (name, config) in [("unknown.toml", String::new()), ("known.toml", known)] {
        let file = server.folder().join(name);
        fs::write(&file, config).expect("the settings can be written");
        let client = clients::schemathesis(server.folder()).arg("--config-file").arg(&file).args(RUN);
        let ran = client.arg("--header").arg(&token).arg(format!("{}/api/v1/openapi.json", server.url())).run();
        assert_eq!(ran.code, Some(0), "{name}:\n{}\n{}", ran.stdout, ran.stderr);
    }
}
