//! What doors show of people and accounts. Derived here, so that no door derives anything.

use access::authority::{Permit, Role};
use access::decision::{AccountFacts, Facts, SourceFacts, SuspensionFacts, effective_license};
use access::invitation::InvitationState;
use access::user::Status;
use access::{Account, AccountId, License, Seats, User};
use jiff::Timestamp;
use store::Entry;

/// An account, and its seats where licenses are limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// Limits and use of its licenses (rule 12).
    pub seats: Seats,
}

/// One line of an account's list: a member or an open invitation (rule 14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// The id it stands under.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// The address, as typed.
    pub address: String,
    /// The name they gave.
    pub name: Option<String>,
    /// The effective license (rule 9); of an invitation what acceptance will give.
    pub license: License,
    /// The derived status.
    pub status: Status,
    /// Where the invitation stands, when that is all there is.
    pub invitation: Option<InvitationState>,
    /// Since when they are registered.
    pub registered: Option<Timestamp>,
    /// When they were invited or created.
    pub invited: Option<Timestamp>,
    /// The personal PIN; `None` for who may not see it (rule 28).
    pub pin: Option<String>,
}

impl UserView {
    /// What a caller with this permit sees at this moment.
    pub fn of(entry: &Entry, account: &Account, permit: Permit, at: Timestamp) -> Self {
        match entry {
            Entry::User(user) => Self {
                id: user.id.to_string(),
                account: account.id,
                address: user.primary.as_typed().to_owned(),
                name: user.display_name.clone(),
                license: effective_license(&facts(user, account), at),
                status: user.status(at),
                invitation: None,
                registered: user.registered,
                invited: Some(user.created),
                pin: user.pin.clone().filter(|_| permit.role() >= Role::UserManagement),
            },
            // Nothing but the address and the invitation (rule 14).
            Entry::Invitation(invitation) => Self {
                id: invitation.id.to_string(),
                account: account.id,
                address: invitation.address.as_typed().to_owned(),
                name: None,
                license: invitation.license.unwrap_or(account.default_license).into(),
                status: Status::Unregistered,
                invitation: Some(invitation.state),
                registered: None,
                invited: Some(invitation.created),
                pin: None,
            },
        }
    }
}

/// The facts of a member of this account.
fn facts(user: &User, account: &Account) -> Facts {
    Facts {
        user: user.id,
        epoch: user.epoch,
        registered: user.registered.is_some(),
        suspension: user.suspension.as_ref().map(|suspension| SuspensionFacts { until: suspension.until }),
        blocked: user.block.is_some(),
        account: user.is_member_of(account.id).then_some(AccountFacts {
            id: account.id,
            kind: account.kind,
            deleted: account.deleted.is_some(),
        }),
        managed_by: None,
        source: user.source.as_ref().map(|source| SourceFacts { enabled: source.enabled, license: source.license }),
        license: user.license,
        license_origin: user.license_origin,
        waiting: user.waiting.map(|waiting| waiting.license),
        trial_until: user.trial.until,
    }
}
