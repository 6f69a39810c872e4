//! The built binary as people use it, on a data folder of its own.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod accounts;
mod config;
mod demo;
mod host;
mod main_job;
mod operator;
mod outputs;
