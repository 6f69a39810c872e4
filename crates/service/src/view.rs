//! What doors show of people and accounts. Derived here, so that no door derives anything.

use access::authority::{Permit, Role};
use access::invitation::InvitationState;
use access::user::{LicenseOrigin, Origin, Status, Waiting};
use access::{Account, AccountId, Claim, License, Seats, UserSettings};
use jiff::Timestamp;
use store::Entry;

/// An account, its seats where licenses are limited, and its domains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// Limits and use of its licenses (rule 12).
    pub seats: Seats,
    /// The domains it has claimed, pending ones too, by name (rule 4).
    pub domains: Vec<Claim>,
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
    /// Where the invitation stands: an open one is all there is of the person, an accepted one brought the member.
    pub invitation: Option<InvitationState>,
    /// Why the open invitation's mail reached nobody (rule 65).
    pub undelivered: Option<String>,
    /// Since when they are registered.
    pub registered: Option<Timestamp>,
    /// When they were invited; `None` for who came in another way (rule 27).
    pub invited: Option<Timestamp>,
    /// The personal PIN; `None` for who may not see it (rule 28).
    pub pin: Option<String>,
    /// How they came to be a member; of an open invitation nothing (rule 14), here and in what follows.
    pub origin: Option<Origin>,
    /// Where the license comes from.
    pub license_origin: Option<LicenseOrigin>,
    /// The seat they wait for (rule 12).
    pub waiting: Option<Waiting>,
    /// Whether the account's source has them enabled; `None` for whom no source brought (rule 19).
    pub enabled_in_source: Option<bool>,
    /// What is set about their calls; of an open invitation, what is set for who is new (rule 59).
    pub settings: UserSettings,
}

impl UserView {
    /// Whether it is an open invitation, and nobody yet.
    pub fn is_invitation(&self) -> bool {
        self.license_origin.is_none()
    }

    /// What a caller with this permit sees at this moment.
    pub fn of(entry: &Entry, account: &Account, permit: Permit, at: Timestamp) -> Self {
        match entry {
            Entry::User(user) => Self {
                invitation: user
                    .membership
                    .filter(|membership| membership.origin == Origin::Invitation)
                    .map(|_| InvitationState::Accepted),
                undelivered: None,
                invited: user.membership.and_then(|membership| membership.invited),
                id: user.id.to_string(),
                account: account.id,
                address: user.primary.as_typed().to_owned(),
                name: user.display_name.clone(),
                license: user.effective_license(Some(account.kind), at),
                status: user.status(at),
                registered: user.registered,
                pin: user.pin.clone().filter(|_| permit.role() >= Role::UserManagement),
                origin: user.membership.map(|membership| membership.origin),
                license_origin: Some(user.license_origin),
                waiting: user.waiting,
                enabled_in_source: user.source.as_ref().map(|source| source.enabled),
                settings: user.settings,
            },
            // Nothing but the address and the invitation (rule 14).
            Entry::Invitation(invitation) => Self {
                id: invitation.id.to_string(),
                account: account.id,
                address: invitation.address.as_typed().to_owned(),
                name: None,
                license: invitation.license.unwrap_or(account.default_license).into(),
                status: Status::Unregistered,
                invitation: Some(invitation.shown_state()),
                undelivered: invitation.undelivered.clone(),
                registered: None,
                invited: Some(invitation.created),
                pin: None,
                origin: None,
                license_origin: None,
                waiting: None,
                enabled_in_source: None,
                settings: UserSettings::default(),
            },
        }
    }
}
