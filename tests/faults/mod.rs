//! What an acknowledgement is worth. Clients make changes through the Chime API (`load`) and note in a `ledger` what
//! was acknowledged; then something terrible happens; then what can be `seen` must be what the ledger says: every
//! acknowledged change with its audit record and its mail, an unanswered one wholly or not at all.
//!
//! - `kill`: the process ends at a random moment, again and again, on both engines.
//! - `lost_connections`: PostgreSQL drops every connection under load.
//! - `power`: what a disk would have kept of SQLite's files had the power failed. `shim/record.c` makes a `recording`
//!   of every write and sync, `disk` replays it.
//!
//! Chance is seeded and a failure names its seed; threads' timing is the machine's, and no outcome depends on it.

mod chance;
mod disk;
pub mod door;
mod kill;
pub mod ledger;
pub mod load;
mod lost_connections;
mod power;
mod recording;
pub mod seen;
