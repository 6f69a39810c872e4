//! The verbs through their public methods, each test on both engines.

mod accounts;
mod inviting;
mod licenses;
mod many;
mod refusals;
mod standing;
mod world;
