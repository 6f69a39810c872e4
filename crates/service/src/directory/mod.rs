//! Accounts whose people and licenses a directory decides (rules 3, 11, 12, 19 and 83 to 89).
//!
//! | module | holds |
//! | --- | --- |
//! | [`reach`] | what the verbs need of directories; the asking itself is handed in with the settings |
//! | `configure` | where a directory is, and which groups give which license |
//! | `ask` | does it work, which groups are there, what would it lead to |
//! | `connect` | from when on it decides, and until when |
//! | `follow` | what the program that follows a directory is told, and tells |
//! | `planning` | what it changes about people, by the pure rules and what the store knows |
//! | `apply` | what a plan says of people, done |
//! | `exchange` | people who take over addresses of each other |
//! | `runs` | what administrators see of runs, and say to them |
//! | `password` | passwords that a directory compares |
//! | `link` | a person with a grant confirms that the directory may be linked to them |

mod apply;
mod ask;
mod configure;
mod connect;
mod exchange;
mod follow;
mod link;
mod password;
mod planning;
pub mod reach;
mod runs;

pub use apply::Stepped;
pub use ask::{DirectoryPreview, Previewed, Proposal};
pub use configure::NewDirectory;
pub(crate) use configure::facts;
pub use follow::{Begun, Followed, NewRun, RunEnd, Turn, Wishes};
pub use runs::LoggedLine;
pub use store::{Directory, DirectoryLine, DirectoryRun, RunKind, RunState};

/// An account's directory as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryView {
    /// As it is set up, without its password.
    pub directory: Directory,
    /// Whether it decides who is in the account.
    pub connected: bool,
}
