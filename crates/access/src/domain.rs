//! Claimed domains (rule 4).

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::{AccountId, Domain};

/// An account's claim to one exact domain. Pending until a TXT record proves it; only a verified one has any effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Who claims it.
    pub account: AccountId,
    /// What is claimed.
    pub domain: Domain,
    /// Random, per account and claim; part of the TXT record.
    pub token: String,
    /// Since when it is claimed.
    pub since: Timestamp,
    /// When it was proved.
    pub verified: Option<Timestamp>,
    /// Since when the record of a verified claim is missing: a warning, never a release.
    pub missing: Option<Timestamp>,
}

impl Claim {
    /// The TXT record that proves the claim, to be published at the domain itself.
    pub fn record(&self) -> String {
        format!("carillon-domain-verification={}", self.token)
    }

    /// Whether the records found at the domain prove the claim.
    pub fn is_proved_by(&self, records: &[String]) -> bool {
        records.iter().any(|record| record.trim() == self.record())
    }

    /// Whether the record has been missing for 7 days, so that an operator may confirm another account's proof.
    pub fn is_lapsed(&self, at: Timestamp) -> bool {
        let lapse = |missing: Timestamp| missing.saturating_add((7 * 24).hours()).unwrap_or(Timestamp::MAX);
        self.missing.is_some_and(|missing| at >= lapse(missing))
    }
}

/// The public mail domains that ship, where nobody can own everyone else's address. Operators edit their own copy.
pub fn shipped_public_mail() -> BTreeSet<Domain> {
    let lines = include_str!("../data/public-mail-domains.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Domain::parse(line.trim()).ok()).collect()
}
