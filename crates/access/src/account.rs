//! Accounts: the organisations, their kinds and their seats.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::{AccountId, BaseLicense};

/// The kind of an account, named as on the wire (rule 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum AccountType {
    /// No verified domain: people join by invitation.
    Team,
    /// A verified domain, people register themselves ("login with Amazon" in the original).
    #[serde(rename = "EnterpriseLWA")]
    EnterpriseLwa,
    /// A verified domain and a directory that says who is in and with which license.
    EnterpriseDirectory,
    /// A verified domain and an identity provider with SCIM as the source.
    #[serde(rename = "EnterpriseOIDC")]
    EnterpriseOidc,
}

impl AccountType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Team, Self::EnterpriseLwa, Self::EnterpriseDirectory, Self::EnterpriseOidc];

    /// The name on the wire and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Team => "Team",
            Self::EnterpriseLwa => "EnterpriseLWA",
            Self::EnterpriseDirectory => "EnterpriseDirectory",
            Self::EnterpriseOidc => "EnterpriseOIDC",
        }
    }

    /// Reads [`AccountType::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether a source (directory or SCIM) decides licenses and entry.
    pub fn has_source(self) -> bool {
        matches!(self, Self::EnterpriseDirectory | Self::EnterpriseOidc)
    }
}

/// One organisation (tenant).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// 1 to 100 characters, not blank.
    pub name: String,
    /// Its kind.
    pub kind: AccountType,
    /// What a member gets on joining (rule 10).
    pub default_license: BaseLicense,
    /// Whether people who register here get a trial (rule 9).
    pub trials: bool,
    /// Whether its members prove two factors when they sign in (rule 80).
    #[serde(default)]
    pub second_factor: bool,
    /// When it was made.
    pub created: Timestamp,
    /// When it was deleted; kept for 90 days and restorable (rule 8).
    pub deleted: Option<Timestamp>,
    /// What its administrators have set about calls (rule 59).
    #[serde(default)]
    pub settings: AccountSettings,
    /// Names of the directory groups whose members may act for others, in order, each once (rule 59).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delegate_groups: Vec<String>,
}

impl Account {
    /// Whether a directory decides who is in it: not when it was deleted.
    pub fn has_directory(&self) -> bool {
        self.kind == AccountType::EnterpriseDirectory && self.deleted.is_none()
    }

    /// Whether it was deleted so long ago that it is as unknown as one that never was (rule 44).
    pub fn is_gone(&self, at: Timestamp) -> bool {
        self.deleted.is_some_and(|deleted| deleted <= gone_since(at))
    }
}

/// What was deleted then or before is gone at a moment: 90 days are over (rule 8).
pub fn gone_since(at: Timestamp) -> Timestamp {
    at.saturating_sub((90 * 24).hours()).unwrap_or(Timestamp::MIN)
}

/// What an account has set about calls. Kept and shown: there is no telephony here that it would govern (rule 59).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// Nobody may be given control of another's screen.
    pub disable_remote_control: bool,
    /// Meetings may call people on the telephone.
    pub enable_dial_out: bool,
}

/// Seats of one account: a limit per license, where there is one, and how many are taken (rule 12).
/// A ledger within one change: the rules take and release seats on it as they go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    limits: [Option<Seat>; 3],
}

/// A limited license: how many there are and how many are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    /// The most that joins and assignments may fill.
    pub limit: u32,
    /// Members (suspended ones too) with that base license. May exceed the limit after it was lowered.
    pub used: u32,
}

impl Seats {
    /// Sets or lifts the limit of a license.
    pub fn set(&mut self, license: BaseLicense, seat: Option<Seat>) {
        self.limits[license as usize] = seat;
    }

    /// The limit and use of a license; `None` when it is not limited.
    pub fn get(&self, license: BaseLicense) -> Option<Seat> {
        self.limits[license as usize]
    }

    /// How many more may be taken; `None` when the license is not limited.
    pub fn left(&self, license: BaseLicense) -> Option<u32> {
        self.get(license).map(|seat| seat.limit.saturating_sub(seat.used))
    }

    /// Takes one seat if there is one left.
    pub fn take(&mut self, license: BaseLicense) -> bool {
        match &mut self.limits[license as usize] {
            Some(seat) if seat.used >= seat.limit => false,
            Some(seat) => {
                seat.used += 1;
                true
            }
            None => true,
        }
    }

    /// Takes one seat although none may be left: `Basic` is where people wait (rule 12).
    pub fn overdraw(&mut self, license: BaseLicense) {
        if let Some(seat) = &mut self.limits[license as usize] {
            seat.used += 1;
        }
    }

    /// Gives one seat back.
    pub fn release(&mut self, license: BaseLicense) {
        if let Some(seat) = &mut self.limits[license as usize] {
            seat.used = seat.used.saturating_sub(1);
        }
    }
}
