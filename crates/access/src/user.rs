//! One person: independent facts, from which the wire status is derived.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, AccountType, BaseLicense, Email, License, Refusal, UserId, decision};

/// One person. The facts are independent of each other; nothing here is derived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Their id; also the `sub` of tokens.
    pub id: UserId,
    /// The address they are known by (rule 2). Personal.
    pub primary: Email,
    /// Further addresses from a directory (rule 2). Personal.
    pub secondary: Vec<Email>,
    /// The name they gave. Personal.
    pub display_name: Option<String>,
    /// Since when a credential or a directory link exists.
    pub registered: Option<Timestamp>,
    /// The one account they are a member of; a registered user without one is a *free user*.
    pub membership: Option<Membership>,
    /// Who suspended them, when, why and until when (rule 18).
    pub suspension: Option<Suspension>,
    /// Set by the operator, whatever else holds (rule 18).
    pub block: Option<Block>,
    /// What the account's source (directory or SCIM) says of them (rule 19). Kept when they are removed there.
    pub source: Option<SourceLink>,
    /// The license held; `Basic` for who has no account.
    pub license: BaseLicense,
    /// Where the license comes from.
    pub license_origin: LicenseOrigin,
    /// Waiting for a seat of the license they should have (rule 12); meanwhile `license` is `Basic`.
    pub waiting: Option<Waiting>,
    /// The trial, once ever (rule 9).
    pub trial: Trial,
    /// Not found in contacts (rule 20).
    pub private: bool,
    /// The personal PIN: ten digits that nobody else has (rule 60). Personal.
    pub pin: Option<String>,
    /// What administrators have set about their calls (rule 59).
    #[serde(default, skip_serializing_if = "UserSettings::is_default")]
    pub settings: UserSettings,
    /// When the row was made (invited or registered, whichever came first).
    pub created: Timestamp,
    /// The generation of their sessions: what carries another epoch is dead (rule 23).
    pub epoch: i64,
}

/// What a person may do on the telephone. Kept and shown: there is no telephony here (rule 59).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserSettings {
    /// Be called.
    pub inbound_calling: bool,
    /// Call.
    pub outbound_calling: bool,
    /// Send and receive text messages.
    pub sms: bool,
}

impl UserSettings {
    /// Whether nothing was set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Belonging to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The account.
    pub account: AccountId,
    /// How they came to be in it.
    pub origin: Origin,
    /// Since when.
    pub since: Timestamp,
    /// When the invitation that brought them was first sent; `None` when no invitation did.
    #[serde(default)]
    pub invited: Option<Timestamp>,
}

/// How a person came to be a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Origin {
    /// Accepted an invitation (rule 14).
    Invitation,
    /// Their address is on a verified domain (rules 5, 7, 15).
    Domain,
    /// A directory brought them (rule 19).
    Directory,
    /// An identity provider brought them by SCIM (rule 19).
    Scim,
    /// An administrator created them (rule 16).
    Administrator,
}

/// A suspension (rule 18). Holds while `now < until`, or without end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The administrator; `None` when it was done on the host.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Why, in the administrator's words. Personal.
    pub reason: Option<String>,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
}

/// An operator's block (rule 18).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// The operator; `None` when it was done on the host.
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
    /// Why. Personal.
    pub reason: Option<String>,
}

/// What a source says of a person (rule 19).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLink {
    /// The entry's lasting id there: objectGUID, entryUUID or SCIM id. Another id is another person.
    pub id: String,
    /// Enabled there; a disabled or deleted entry may not sign in.
    pub enabled: bool,
    /// What the mapped groups grant: `Pro`, `Plus`, or `None` for in no mapped group.
    pub license: Option<BaseLicense>,
}

/// Where a held license comes from (rules 9, 10, 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LicenseOrigin {
    /// No account: everyone has `Basic`.
    Free,
    /// The account's default at the moment of joining.
    Default,
    /// An administrator assigned it (or chose it before an invitation was accepted).
    Administrator,
    /// A mapped group of the source.
    Group,
}

/// A place in the account's waiting list, in order of (since, user id) (rule 12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The license they should have.
    pub license: BaseLicense,
    /// Since when they wait.
    pub since: Timestamp,
}

/// A person's trial: started once ever, at their first registration (rule 9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// When it started; stays, so that it never starts again.
    pub started: Option<Timestamp>,
    /// When it ends; `None` when it never started or was ended by an assignment or a removal.
    pub until: Option<Timestamp>,
}

/// The status on the wire, derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    /// Known, but without a credential.
    Unregistered,
    /// May have a credential and is not suspended.
    Registered,
    /// Suspended, whatever else holds.
    Suspended,
}

impl Status {
    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unregistered => "Unregistered",
            Self::Registered => "Registered",
            Self::Suspended => "Suspended",
        }
    }
}

impl Suspension {
    /// Whether it holds at a moment (rule 18: an optional end date).
    pub fn holds(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}

impl User {
    /// Somebody nothing is known of but an address.
    pub fn new(id: UserId, primary: Email, at: Timestamp) -> Self {
        Self {
            id,
            primary,
            secondary: Vec::new(),
            display_name: None,
            registered: None,
            membership: None,
            suspension: None,
            block: None,
            source: None,
            license: BaseLicense::Basic,
            license_origin: LicenseOrigin::Free,
            waiting: None,
            trial: Trial::default(),
            private: false,
            pin: None,
            settings: UserSettings::default(),
            created: at,
            epoch: 0,
        }
    }

    /// All of their addresses, the primary one first (rule 2).
    pub fn addresses(&self) -> impl Iterator<Item = &Email> {
        std::iter::once(&self.primary).chain(&self.secondary)
    }

    /// Whether a suspension holds at a moment.
    pub fn is_suspended(&self, at: Timestamp) -> bool {
        self.suspension.as_ref().is_some_and(|suspension| suspension.holds(at))
    }

    /// The status on the wire at a moment.
    pub fn status(&self, at: Timestamp) -> Status {
        match (self.is_suspended(at), self.registered) {
            (true, _) => Status::Suspended,
            (false, Some(_)) => Status::Registered,
            (false, None) => Status::Unregistered,
        }
    }

    /// The license they effectively have at a moment, in an account of this kind or in none (rule 9).
    pub fn effective_license(&self, kind: Option<AccountType>, at: Timestamp) -> License {
        let group = self.source.as_ref().and_then(|source| source.license);
        decision::with_trial(self.license, self.trial.until, kind, group, at)
    }

    /// Whether they are a member of this account.
    pub fn is_member_of(&self, account: AccountId) -> bool {
        self.membership.is_some_and(|membership| membership.account == account)
    }
}

/// A name as it is kept: 1 to 100 characters in one line, without white space at its ends.
pub fn usable_name(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let why = match name.chars().count() {
        0 => "give a name",
        101.. => "give at most 100 characters",
        _ if name.chars().any(char::is_control) => "leave out line breaks and control characters",
        _ => return Ok(name.to_owned()),
    };
    Err(Refusal::Invalid { member: "name", why: why.to_owned() })
}
