//! The verbs through their public methods, each test on both engines.

#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod accounts;
mod authority;
mod catalog;
mod deleting;
mod directory;
mod domains;
mod importing;
mod inviting;
mod licenses;
mod many;
mod narrowing;
mod people;
mod reading;
mod refusals;
mod replay;
mod reports;
mod settings;
mod standing;
mod trials;
mod world;
