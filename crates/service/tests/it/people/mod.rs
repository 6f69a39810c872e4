//! What people do themselves, what applications ask, and who administers.

mod accepting;
mod administering;
mod contacts;
mod credentials;
mod oneself;
mod questions;
mod registering;
mod setup;
mod world;
