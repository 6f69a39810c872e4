//! The console in Chromium: `clients/console.mjs` does an administrator's tasks by the labels that people see.

use crate::harness::server::{Server, unlimited};
use crate::harness::{Engine, on_both_engines};

on_both_engines!(administrators_do_their_work_in_the_console);

fn administrators_do_their_work_in_the_console(engine: Engine) {
    let server = Server::start_with(engine, |_| unlimited());
    let screenshots = std::env::var_os("CARILLON_SCREENSHOTS").unwrap_or_default();
    server.node("console.mjs").env("CARILLON_SCREENSHOTS", screenshots).run().ok();
}
