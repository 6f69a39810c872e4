//! Accounts whose people a directory decides.

mod applying;
mod connecting;
mod world;
