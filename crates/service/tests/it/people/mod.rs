//! What people do themselves, what applications ask, and who administers.

mod accepting;
mod administering;
mod questions;
mod registering;
mod world;
