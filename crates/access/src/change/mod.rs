//! May this change happen, and what follows? Each function takes the state and returns the state after, with a
//! closed set of effects, or a refusal. The service carries the effects out and matches them exhaustively.

mod account;
mod domain;
mod invite;
mod join;
mod license;
mod oneself;
mod settings;
mod source;
mod standing;

use crate::{AccountId, BaseLicense, User};

pub use account::{
    AccountChange, connect_source, create_account, delete_account, disconnect_source, restore_account, update_account,
};
pub use domain::{
    AfterVerification, Verified, after_release, after_verification, claim_domain, invitation_after_verification,
    may_release, recheck_domain, release_domain, take_over_domain, verify_domain, vouch_domain, withdraw_domain,
};
pub use invite::{Addressee, Invited, cancel, decline, invite, resend, undelivered, under_way};
pub use join::{
    Accepting, Registration, accept, answered_by_joining, create_user, join_by_domain, leaves, may_register, register,
};
pub use license::{Assigned, Assignee, assign_license, seat_freed};
pub use oneself::{erase, has_own_password, move_to, set_password, set_private};
pub use settings::{
    AccountSettingsChange, DeploymentSettingsChange, add_delegate_groups, remove_delegate_groups, reset_pin,
    update_account_settings, update_deployment_settings, update_user_settings,
};
pub use source::{Applied, Entry, Person, source_has, source_lost};
pub use standing::{activate, block, leave, log_out, remove, suspend, unblock};

/// A person after a change, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The facts after the change. The epoch is left to [`Effect::EndSessions`].
    pub user: User,
    /// What else has to happen in the same transaction.
    pub effects: Vec<Effect>,
}

/// Everything that can follow from a change to a person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The person's epoch grows by one: every session, code and token ends (rule 23).
    EndSessions,
    /// The access keys and API tokens behind the person's grants end: of the grants over one account, or all
    /// (rule 28).
    EndKeys {
        /// Over which account; `None` for all.
        over: Option<AccountId>,
    },
    /// Passwords and other credentials kept here end: from now on the source proves who they are (rule 19).
    EndCredentials,
    /// A seat is taken (rule 12).
    TakeSeat {
        /// Of which account.
        account: AccountId,
        /// Of which license.
        license: BaseLicense,
    },
    /// A seat is free; the first who waits for one gets it in the same transaction (rule 12).
    ReleaseSeat {
        /// Of which account.
        account: AccountId,
        /// Of which license.
        license: BaseLicense,
    },
    /// The person is told by mail.
    Tell(Letter),
}

/// What a person is told by mail when something happens to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Letter {
    /// Joined because their domain was verified (rule 5).
    Joined {
        /// The account.
        account: AccountId,
    },
    /// Removed from an account (rule 17).
    Removed {
        /// The account.
        account: AccountId,
    },
    /// Left an account by their own wish (rule 17).
    Left {
        /// The account.
        account: AccountId,
    },
    /// Without a local credential now: here is how to set one (rule 6).
    SetPassword,
}
