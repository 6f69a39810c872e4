//! The verbs through their public methods, each test on both engines.

mod accounts;
mod authority;
mod inviting;
mod licenses;
mod many;
mod refusals;
mod replay;
mod standing;
mod world;
