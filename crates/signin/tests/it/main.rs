//! Signing in, step by step, over both engines.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod connecting;
mod elsewhere;
mod links;
mod providers;
mod steps;
mod under_way;
mod world;
