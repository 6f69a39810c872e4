//! Signing in in Chromium: passkeys with its virtual authenticator, one-time codes, and npm's `oidc-provider` as somebody
//! else's provider (rules 79 to 81).

use std::net::TcpListener;

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
        environment.push(("CARILLON_BASE_URL", format!("http://localhost:{port}").into()));
        environment.push(("CARILLON_LISTEN", format!("127.0.0.1:{port}").into()));
        environment
    })
}

fn people_sign_in_with_passkeys_and_codes(engine: Engine) {
    server(engine).node("signing_in.mjs").run().ok();
}

fn people_sign_in_at_a_provider(engine: Engine) {
    server(engine).node("providers.mjs").run().ok();
}
