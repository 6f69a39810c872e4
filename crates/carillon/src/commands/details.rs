//! Everything that is known of a person, for `user show` (rule 27).

use access::user::{LicenseOrigin, Suspension};
use access::{AccountId, BaseLicense};
use jiff::Timestamp;
use serde::Serialize;
use service::UserDetails;

use super::views::{UserFacts, time};

/// A person's details as they are shown.
#[derive(Debug, Serialize)]
pub struct Details {
    #[serde(flatten)]
    user: UserFacts,
    further_addresses: Vec<String>,
    joined: Option<Timestamp>,
    trial_until: Option<Timestamp>,
    suspension: Option<Suspension>,
    history: Vec<Held>,
}

/// What they held in an account from a moment on; without a license the membership ended.
#[derive(Debug, Serialize)]
struct Held {
    at: Timestamp,
    account: AccountId,
    license: Option<BaseLicense>,
    origin: Option<LicenseOrigin>,
    suspended: bool,
}

impl From<UserDetails> for Details {
    fn from(details: UserDetails) -> Self {
        let history = details.history.into_iter().map(|entry| {
            let (account, access::report::Entry { at, held }) = (entry.account, entry.entry);
            let suspended = held.is_some_and(|held| held.suspension.is_some());
            Held {
                at,
                account,
                license: held.map(|held| held.license),
                origin: held.map(|held| held.origin),
                suspended,
            }
        });
        Self {
            history: history.collect(),
            user: details.view.into(),
            further_addresses: details.further_addresses.iter().map(ToString::to_string).collect(),
            joined: details.membership.map(|membership| membership.since),
            trial_until: details.trial_until,
            suspension: details.suspension,
        }
    }
}

impl Details {
    /// For people: what is known, and one line for each license held.
    pub fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        let mut facts = self.user.facts();
        facts.extend([
            ("joined", self.joined.map(|at| time(Some(at)))),
            ("trial until", self.trial_until.map(|at| time(Some(at)))),
            ("suspended", self.suspension.as_ref().map(suspended)),
        ]);
        facts.extend(self.further_addresses.iter().map(|address| ("also", Some(address.clone()))));
        facts.extend(self.history.iter().map(|held| ("history", Some(held.line()))));
        facts
    }
}

impl Held {
    fn line(&self) -> String {
        let at = time(Some(self.at));
        let (Some(license), Some(origin)) = (self.license, self.origin) else {
            return format!("{at}  left {}", self.account);
        };
        let suspended = if self.suspended { ", suspended" } else { "" };
        format!("{at}  {license} ({origin:?}){suspended}")
    }
}

fn suspended(suspension: &Suspension) -> String {
    let by = suspension.by.map_or_else(|| "on the host".to_owned(), |by| format!("by {by}"));
    let until = suspension.until.map_or_else(String::new, |until| format!(" until {}", time(Some(until))));
    let why = suspension.reason.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    format!("{}{until} {by}{why}", time(Some(suspension.at)))
}
