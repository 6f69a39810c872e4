//! The console in Chromium: `clients/console.mjs` does an administrator's tasks by the labels that people see. What it asks
//! is the same on both engines; its main paths are tried on each.

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(users_are_administered);

fn users_are_administered(engine: Engine) {
    carry_out(engine, "users");
}

#[test]
fn long_lists_are_narrowed_selected_imported_and_exported() {
    carry_out(Engine::Sqlite, "list");
}

#[test]
fn one_person_is_looked_after() {
    carry_out(Engine::Sqlite, "person");
}

#[test]
fn accounts_are_found_and_made() {
    carry_out(Engine::Sqlite, "accounts");
}

#[test]
fn what_there_is_can_be_read() {
    carry_out(Engine::Sqlite, "rest");
}

#[test]
fn a_role_shows_what_it_does_not_allow() {
    carry_out(Engine::Sqlite, "roles");
}

/// Carries out the tasks of `clients/console/{part}.mjs`.
fn carry_out(engine: Engine, part: &str) {
    let server = Server::start_with(engine, |_| unlimited());
    let screenshots = std::env::var_os("CARILLON_SCREENSHOTS").unwrap_or_default();
    server.node("console.mjs").arg(part).env("CARILLON_SCREENSHOTS", screenshots).run().ok();
}
