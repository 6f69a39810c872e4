//! Signing in in Chromium: passkeys with its virtual authenticator, one-time codes, and npm's `oidc-provider` as somebody
//! else's provider (rules 79 to 81).

use std::net::TcpListener;

use serde_json::json;

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(people_sign_in_with_passkeys_and_codes, people_sign_in_at_a_provider);

/// A port that nobody listens on.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// Passkeys are tied to a name: an address will not do.
fn server(engine: Engine) -> Server {
    let port = free_port();
    Server::start_with(engine, |_| {
        let mut environment = unlimited();
        environment.push(("CARILLON_BASE_URL", format!("http://localhost:{port}")));
        environment.push(("CARILLON_LISTEN", format!("127.0.0.1:{port}")));
        environment
    })
}

fn people_sign_in_with_passkeys_and_codes(engine: Engine) {
    server(engine).node("signing_in.mjs").run().ok();
}

fn people_sign_in_at_a_provider(engine: Engine) {
    let (server, port) = (server(engine), free_port());
    let enterprise = server.demo("/accounts/enterprise/id");
    let add = |name: &str, id: &str, more: &str| {
        let line =
            format!("provider add --issuer http://localhost:{port} --client-id {id} --secret-stdin --json {more}");
        let added = server.carillon(&line).arg(name).stdin(&format!("secret of {id}\n")).run().json();
        json!({ "id": id, "secret": format!("secret of {id}"), "back": added["redirect_uri"] })
    };
    let everybody = add("Example ID", "everybody", "");
    let corp = add("Corp login", "corp", &format!("--account {enterprise} --domain corp.example"));
    let providers = json!({ "port": port, "everybody": everybody, "corp": corp });
    server.node("providers.mjs").env("PROVIDERS", providers.to_string()).run().ok();
}
