//! The doors, in process, over a real service on both engines.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod admin;
mod app;
mod authority;
mod authzen;
mod browser;
mod chime;
mod frame;
mod me;
mod metrics;
mod oidc;
mod pages;
mod people;
mod promise;

mod serving;
