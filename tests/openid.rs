//! OpenID Connect with real clients: openid-client and Authlib against the built binary, begun with what
//! `carillon application create` prints.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};
use crate::source::root;

on_both_engines!(openid_client_signs_people_in, authlib_signs_people_in);

fn openid_client_signs_people_in(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let applications = registered(&server);
    for (file, name) in [("wiki.mjs", "wiki"), ("page.mjs", "page")] {
        printed(&server, file, &applications[name], "openid-client");
    }
    symlink(root().join("tests/node_modules"), server.folder().join("node_modules")).expect("a link");
    server.node("openid_client.mjs").run().ok();
}

fn authlib_signs_people_in(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let applications = registered(&server);
    printed(&server, "wiki.py", &applications["wiki"], "authlib");
    server.python("openid_authlib.py").run().ok();
}

/// One application of each sort; what was printed of them is in `openid.json` for the clients.
fn registered(server: &Server) -> Value {
    let create = |name: &str, words: &str| {
        let line = "application create --json --audience anyone --redirect-uri http://127.0.0.1:5000/callback";
        server.carillon(line).args(words).arg(name).run().json()
    };
    let applications = json!({
        "wiki": create("Wiki", "--post-logout-redirect-uri http://127.0.0.1:5000/goodbye"),
        "page": create("Page", "--public"),
        "api": create("API", "--jwt-access-tokens --rs256"),
        "foreign": create("Foreign", "--third-party"),
    });
    let demo: Value =
        serde_json::from_slice(&fs::read(server.folder().join("demo.json")).expect("demo.json")).expect("JSON");
    let enterprise = server.demo("/accounts/enterprise/id");
    let person = |found: &dyn Fn(&Value) -> bool| {
        demo["users"].as_array().and_then(|users| users.iter().find(|user| found(user))).expect("a person").clone()
    };
    let facts = json!({
        "applications": applications,
        "grace": person(&|user| user["address"] == "grace@example.com"),
        "ada": person(&|user| user["account"] == enterprise && user["password"].is_string()),
        "account": enterprise,
    });
    fs::write(server.folder().join("openid.json"), facts.to_string()).expect("a file");
    applications
}

/// Puts a configuration into a file as it was printed.
fn printed(server: &Server, file: &str, application: &Value, client: &str) {
    let lines = application["configurations"][client].as_str().expect("a configuration");
    fs::write(server.folder().join(file), lines).expect("a file");
}
