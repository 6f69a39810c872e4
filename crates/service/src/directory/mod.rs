//! Accounts whose people and licenses a directory decides (rules 3, 11, 12).
//!
//! | module | holds |
//! | --- | --- |
//! | [`reach`] | what the verbs need of directories; the asking itself is handed in with the settings |

pub mod reach;
