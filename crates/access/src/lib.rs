//! The rules of access: who may sign in, with which license, and why.
//!
//! Pure code: no clock, no I/O, no wire formats. `now` is an argument. The rules and their numbers are in
//! `docs/rules.md`; where code and rules disagree, one of them is a bug.
//!
//! | module | answers |
//! | --- | --- |
//! | [`decision`] | may this person sign in, with which license and features, and why |
//! | [`change`] | may this change happen, and what follows from it |
//! | [`authority`] | who may administer what |
//! | [`directory`] | what follows from what a directory says |
//! | [`report`] | how many days of which license |
//! | [`trial`] | who is told that their trial ends |

pub mod account;
pub mod address;
pub mod application;
pub mod authority;
pub mod change;
pub mod decision;
pub mod deployment;
pub mod directory;
pub mod domain;
pub mod id;
pub mod invitation;
pub mod license;
pub mod refusal;
pub mod report;
pub mod trial;
pub mod user;

pub use account::{Account, AccountSettings, AccountType, Seats};
pub use address::{Domain, Email};
pub use application::{Application, Audience};
pub use decision::{Decision, decide};
pub use deployment::DeploymentSettings;
pub use domain::Claim;
pub use id::{AccountId, ApplicationId, GrantId, InvitationId, UserId};
pub use invitation::Invitation;
pub use license::{BaseLicense, Catalog, Feature, License};
pub use refusal::Refusal;
pub use user::{User, UserSettings};
