//! What end-to-end tests stand on: the built binary as a running server (`server`), and the real clients that
//! people use against it (`clients`, `web`, `oidc`).

use std::thread::sleep;
use std::time::Duration;

pub mod clients;
pub mod dns;
pub mod mail_server;
pub mod oidc;
pub mod server;
pub mod web;

/// The database below the server. Every end-to-end test runs on both.
#[derive(Clone, Copy)]
pub enum Engine {
    /// A file in the data folder: what `make run` uses.
    Sqlite,
    /// A fresh database in the cluster that `CARILLON_TEST_POSTGRES` names.
    Postgres,
}

/// Makes each named `fn(Engine)` a test on both engines: `on_both_engines!(first, second);`
macro_rules! on_both_engines {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { super::$test(crate::harness::Engine::Sqlite) })+
        }
        mod postgres {
            $(#[test] fn $test() { super::$test(crate::harness::Engine::Postgres) })+
        }
    };
}
pub(crate) use on_both_engines;

/// Waits until a condition holds; half a minute is far more than it takes.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..300 {
        if holds() {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("within 30 seconds: {what}");
}
