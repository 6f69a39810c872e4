//! Invitations to a Team (rule 14).

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::{AccountId, BaseLicense, Email, InvitationId, UserId};

/// An invitation. Until it is accepted it is all an account may know of the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id, under which the address stands in the account's user list.
    pub id: InvitationId,
    /// Who invites.
    pub account: AccountId,
    /// Who is invited. Personal.
    pub address: Email,
    /// The administrator; `None` when it was done on the host.
    pub by: Option<UserId>,
    /// When it was first sent.
    pub created: Timestamp,
    /// When the newest link stops working.
    pub expires: Timestamp,
    /// What acceptance will give; `None` for the account's default.
    pub license: Option<BaseLicense>,
    /// Where it stands.
    pub state: InvitationState,
    /// Who accepted.
    pub accepted_by: Option<UserId>,
    /// Why its mail reached nobody, while it is open. Its link works all the same, should it have arrived.
    pub undelivered: Option<String>,
}

/// Where an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum InvitationState {
    /// Open: one per account and address.
    Pending,
    /// Accepted; its id goes on naming the person in that account.
    Accepted,
    /// Declined by the person.
    Declined,
    /// Taken back by an administrator, or the address was removed from the list.
    Cancelled,
    /// Ended by a claimed domain or a mail that bounced.
    Failed,
}

impl InvitationState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Declined, Self::Cancelled, Self::Failed];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Accepted => "Accepted",
            Self::Declined => "Declined",
            Self::Cancelled => "Cancelled",
            Self::Failed => "Failed",
        }
    }
}

impl Invitation {
    /// How long a link works: 14 days (rule 14).
    pub fn expiry(sent: Timestamp) -> Timestamp {
        sent.saturating_add((14 * 24).hours()).unwrap_or(Timestamp::MAX)
    }

    /// Where it stands as administrators see it: an open one whose mail reached nobody has failed, until it is sent
    /// again (rule 65).
    pub fn shown_state(&self) -> InvitationState {
        match (self.state, &self.undelivered) {
            (InvitationState::Pending, Some(_)) => InvitationState::Failed,
            (state, _) => state,
        }
    }

    /// Whether it can be accepted at a moment.
    pub fn is_open(&self, at: Timestamp) -> bool {
        self.state == InvitationState::Pending && at < self.expires
    }
}
