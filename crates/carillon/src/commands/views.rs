//! How accounts, people and answers are shown, to people and to programs.

use access::invitation::InvitationState;
use access::user::{LicenseOrigin, Origin, Status, Waiting};
use access::{Account, AccountId, AccountSettings, AccountType, BaseLicense, License, Refusal, UserSettings};
use jiff::Timestamp;
use serde::Serialize;
use service::{AccountView, UserView};

use crate::failure::Failure;

/// An account as it is shown.
#[derive(Debug, Serialize)]
pub struct AccountFacts {
    id: AccountId,
    name: String,
    #[serde(rename = "type")]
    kind: AccountType,
    default_license: BaseLicense,
    trials: bool,
    second_factor: bool,
    created: Timestamp,
    deleted: Option<Timestamp>,
    settings: AccountSettings,
    delegate_groups: Vec<String>,
    /// The limited licenses; not read for lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<Vec<Seats>>,
    /// The claimed domains; not read for lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    domains: Option<Vec<Claimed>>,
}

/// A domain the account has claimed.
#[derive(Debug, Serialize)]
struct Claimed {
    name: String,
    /// When the proof was seen; a pending claim has no effect.
    verified: Option<Timestamp>,
    /// Since when the record of a verified one is missing.
    missing: Option<Timestamp>,
}

/// The limit of a license.
#[derive(Debug, Serialize)]
struct Seats {
    license: BaseLicense,
    limit: u32,
    used: u32,
}

impl From<Account> for AccountFacts {
    fn from(account: Account) -> Self {
        Self {
            id: account.id,
            name: account.name,
            kind: account.kind,
            default_license: account.default_license,
            trials: account.trials,
            second_factor: account.second_factor,
            created: account.created,
            deleted: account.deleted,
            settings: account.settings,
            delegate_groups: account.delegate_groups,
            seats: None,
            domains: None,
        }
    }
}

impl From<AccountView> for AccountFacts {
    fn from(view: AccountView) -> Self {
        let limited = BaseLicense::ALL.into_iter().filter_map(|license| Some((license, view.seats.get(license)?)));
        let seats = limited.map(|(license, seat)| Seats { license, limit: seat.limit, used: seat.used });
        let claimed = view.domains.into_iter();
        let claimed = claimed.map(|claim| Claimed {
            name: claim.domain.to_string(),
            verified: claim.verified,
            missing: claim.missing,
        });
        Self { seats: Some(seats.collect()), domains: Some(claimed.collect()), ..Self::from(view.account) }
    }
}

impl AccountFacts {
    /// For `account show`.
    pub fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        let seats: Vec<String> = self
            .seats
            .iter()
            .flatten()
            .map(|seats| format!("{} {} of {}", seats.license, seats.used, seats.limit))
            .collect();
        let domains = self.domains.iter().flatten().map(|domain| match (domain.verified, domain.missing) {
            (Some(_), Some(since)) => format!("{} (record missing since {})", domain.name, time(Some(since))),
            (Some(_), None) => domain.name.clone(),
            (None, _) => format!("{} (pending)", domain.name),
        });
        let domains: Vec<String> = domains.collect();
        vec![
            ("id", Some(self.id.to_string())),
            ("name", Some(self.name.clone())),
            ("type", Some(self.kind.name().to_owned())),
            ("default license", Some(self.default_license.to_string())),
            ("trials", Some(if self.trials { "yes" } else { "no" }.to_owned())),
            ("second factor", Some(if self.second_factor { "required" } else { "optional" }.to_owned())),
            ("domains", Some(domains.join(", ")).filter(|domains| !domains.is_empty())),
            ("seats", Some(seats.join(", ")).filter(|seats| !seats.is_empty())),
            ("created", Some(self.created.to_string())),
            ("deleted", self.deleted.map(|at| at.to_string())),
            ("remote control", self.settings.disable_remote_control.then(|| "no".to_owned())),
            ("dial-out", self.settings.enable_dial_out.then(|| "yes".to_owned())),
            ("delegate groups", Some(self.delegate_groups.join(", ")).filter(|groups| !groups.is_empty())),
        ]
    }
}

/// For lists of accounts.
pub const ACCOUNT_HEADINGS: &[&str] = &["NAME", "TYPE", "DEFAULT", "STATUS", "ID"];

/// A row of them.
pub fn account_cells(account: &AccountFacts) -> Vec<String> {
    let kind = account.kind.name().to_owned();
    let status = if account.deleted.is_some() { "Suspended" } else { "Active" }.to_owned();
    vec![account.name.clone(), kind, account.default_license.to_string(), status, account.id.to_string()]
}

/// A person or an open invitation as it is shown.
#[derive(Debug, Serialize)]
pub struct UserFacts {
    id: String,
    account: AccountId,
    address: String,
    name: Option<String>,
    /// `Unregistered`, `Registered` or `Suspended`.
    status: Status,
    /// The license that counts now; of an invitation, what acceptance will give.
    license: License,
    /// `Pending` for an open invitation, `Failed` when its mail reached nobody, `Accepted` for who joined by one.
    invitation: Option<&'static str>,
    /// Why its mail reached nobody.
    undelivered: Option<String>,
    registered: Option<Timestamp>,
    invited: Option<Timestamp>,
    /// The personal PIN.
    pin: Option<String>,
    /// How they came to be a member.
    origin: Option<Origin>,
    license_origin: Option<LicenseOrigin>,
    waiting: Option<Waiting>,
    /// Whether the account's directory has them enabled.
    enabled_in_source: Option<bool>,
    /// What is set about their calls.
    settings: UserSettings,
}

impl From<UserView> for UserFacts {
    fn from(view: UserView) -> Self {
        let UserView {
            id,
            account,
            address,
            name,
            license,
            status,
            invitation,
            undelivered,
            registered,
            invited,
            pin,
            origin,
            license_origin,
            waiting,
            enabled_in_source,
            settings,
        } = view;
        let invitation = invitation.map(InvitationState::name);
        Self {
            id,
            account,
            address,
            name,
            status,
            license,
            invitation,
            undelivered,
            registered,
            invited,
            pin,
            origin,
            license_origin,
            waiting,
            enabled_in_source,
            settings,
        }
    }
}

impl UserFacts {
    /// For `user show`.
    pub fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("id", Some(self.id.clone())),
            ("address", Some(self.address.clone())),
            ("name", self.name.clone()),
            ("account", Some(self.account.to_string())),
            ("status", Some(self.status.name().to_owned())),
            ("license", Some(self.license.to_string())),
            ("invitation", self.invitation.map(str::to_owned)),
            ("undelivered", self.undelivered.clone()),
            ("invited", self.invited.map(|at| time(Some(at)))),
            ("registered", self.registered.map(|at| time(Some(at)))),
            ("PIN", self.pin.clone()),
            ("joined by", self.origin.map(|origin| format!("{origin:?}"))),
            ("license from", self.license_origin.map(|origin| format!("{origin:?}"))),
            ("waiting for", self.waiting.map(|seat| format!("{} since {}", seat.license, time(Some(seat.since))))),
            (
                "directory",
                self.enabled_in_source.map(|enabled| if enabled { "enabled" } else { "disabled" }.to_owned()),
            ),
            ("calls", calls(self.settings)),
        ]
    }

    /// The id they stand under.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Their address, as typed.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// In a few words, what holds now.
    pub fn summary(&self) -> String {
        let invitation = self.invitation.map(|state| format!("invitation {state}"));
        let parts = [Some(self.status.name().to_owned()), Some(self.license.to_string()), invitation];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What somebody may do on the telephone; nothing for nothing.
fn calls(settings: UserSettings) -> Option<String> {
    let UserSettings { inbound_calling, outbound_calling, sms } = settings;
    let may = [(inbound_calling, "be called"), (outbound_calling, "call"), (sms, "SMS")];
    let may: Vec<&str> = may.into_iter().filter(|(may, _)| *may).map(|(_, what)| what).collect();
    Some(may.join(", ")).filter(|may| !may.is_empty())
}

/// For lists of people.
pub const USER_HEADINGS: &[&str] = &["ADDRESS", "NAME", "STATUS", "LICENSE", "INVITATION", "ID"];

/// A row of them.
pub fn user_cells(user: &UserFacts) -> Vec<String> {
    let name = user.name.clone().unwrap_or_default();
    let invitation = user.invitation.unwrap_or_default().to_owned();
    let (status, license) = (user.status.name().to_owned(), user.license.to_string());
    vec![user.address.clone(), name, status, license, invitation, user.id.clone()]
}

/// A moment, to the second; nothing for none.
pub fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// What one item of a batch came to.
#[derive(Debug, Serialize)]
pub struct Answer {
    given: String,
    /// Whether it was done.
    pub done: bool,
    /// What holds now, or why it was refused.
    message: String,
    /// The refusal's code.
    code: Option<&'static str>,
    /// The refusal, for who asked for one thing only.
    #[serde(skip)]
    pub refusal: Option<Refusal>,
}

impl Answer {
    /// The columns.
    pub const HEADINGS: &[&str] = &["GIVEN", "DONE", "NOW, OR WHY NOT"];

    /// From a verb's answer.
    pub fn new(given: &str, outcome: Result<String, Refusal>) -> Self {
        match outcome {
            Ok(message) => Self { given: given.to_owned(), done: true, message, code: None, refusal: None },
            Err(refusal) => Self {
                given: given.to_owned(),
                done: false,
                message: refusal.to_string(),
                code: Some(refusal.code()),
                refusal: Some(refusal),
            },
        }
    }

    /// For what could not even be asked.
    pub fn failed(given: &str, failure: &Failure) -> Self {
        let message = failure.sentence().to_owned();
        Self { given: given.to_owned(), done: false, message, code: Some(failure.word()), refusal: None }
    }

    /// A row.
    pub fn cells(&self) -> Vec<String> {
        let why = match self.code {
            Some(code) => format!("{} ({code})", self.message),
            None => self.message.clone(),
        };
        vec![self.given.clone(), if self.done { "yes" } else { "no" }.to_owned(), why]
    }
}
