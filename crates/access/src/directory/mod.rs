//! What an account's directory says, and what follows from it (rules 3, 11, 12, 15, 19).
//!
//! | module | holds |
//! | --- | --- |
//! | [`connection`] | where it is, and how its entries are read |
//! | [`entry`] | people and groups, as a reader finds them |
//! | [`snapshot`] | all of them at one moment, and who is in which group |
//! | [`plan`] | what a snapshot changes about the people of the account |
//! | [`brake`] | what of it is asked about first |

pub mod brake;
pub mod connection;
mod dn;
pub mod entry;
pub mod plan;
pub mod snapshot;

pub use brake::{Agreed, Brake};
pub use connection::{Attributes, Connection, Kind, Mapping};
pub use entry::{EntryId, Group, Member, Person, Read};
pub use plan::{Command, Conflict, Counts, Fate, Known, Plan, Stored, plan};
pub use snapshot::{Granting, Resolved, Snapshot};
