//! Claimed domains and what DNS says of them (rule 4).

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
    /// When the record was last looked for: at the verification, and since then by the schedule.
    pub checked: Option<Timestamp>,
    /// Verified by the host's word, without a record: nothing is there to be looked for again (rule 48).
    pub vouched: bool,
}

/// How the value of every record of ours begins.
const RECORD: &str = "carillon-domain-verification=";
/// The most values of other claims that are repeated to who asks, and the most characters of each.
const SHOWN: (usize, usize) = (5, 120);

/// What a question to DNS for the TXT records of a domain brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The records, the strings of each joined.
    Records(Vec<String>),
    /// The name exists, and has no TXT record.
    NoRecord,
    /// DNS does not know the name.
    NoSuchName,
    /// No usable answer, with the reason. It says nothing about the record.
    Trouble(String),
}

/// What that means for one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The record of the claim is there.
    Found,
    /// There are TXT records, but not this one.
    WrongRecord {
        /// Values for Carillon among them, which belong to other or former claims; cut short.
        others: Vec<String>,
    },
    /// There is no TXT record.
    NoRecord,
    /// There is no such name.
    NoSuchName,
    /// Nothing is known.
    Unknown {
        /// Why.
        why: String,
    },
}

impl Proof {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::WrongRecord { .. } => "wrong-record",
            Self::NoRecord => "no-record",
            Self::NoSuchName => "no-such-name",
            Self::Unknown { .. } => "dns-unavailable",
        }
    }
}

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Found => write!(f, "the record is there"),
            Self::WrongRecord { others } if others.is_empty() => {
                write!(f, "the domain has TXT records, but not the one of this claim; add it and wait for DNS")
            }
            Self::WrongRecord { others } => {
                let others = others.join(", ");
                write!(f, "the domain has the record of another claim ({others}); publish the one of this claim")
            }
            Self::NoRecord => write!(f, "the domain has no TXT record; publish the one of this claim and wait for DNS"),
            Self::NoSuchName => write!(f, "DNS knows no such name; check how it is spelt, or register it first"),
            Self::Unknown { why } => {
                write!(f, "the DNS servers gave no usable answer ({why}), so nothing is known; try again later")
            }
        }
    }
}

impl Claim {
    /// The TXT record that proves the claim, to be published at the domain itself.
    pub fn record(&self) -> String {
        format!("{RECORD}{}", self.token)
    }

    /// What was seen, as far as this claim goes. Of other records nothing is repeated but values for Carillon.
    pub fn proof(&self, seen: &Seen) -> Proof {
        let records = match seen {
            Seen::NoRecord => return Proof::NoRecord,
            Seen::NoSuchName => return Proof::NoSuchName,
            Seen::Trouble(why) => return Proof::Unknown { why: why.clone() },
            Seen::Records(records) => records,
        };
        if records.iter().any(|record| record.trim() == self.record()) {
            return Proof::Found;
        }
        let ours = records.iter().filter(|record| record.trim_start().starts_with(RECORD)).take(SHOWN.0);
        let shown = ours.map(|record| record.trim().chars().filter(|c| c.is_ascii_graphic()).take(SHOWN.1).collect());
        Proof::WrongRecord { others: shown.collect() }
    }

    /// From when on an operator may confirm another account's proof: the record has been missing for 7 days then.
    pub fn lapses(&self) -> Option<Timestamp> {
        self.missing.map(|missing| missing.saturating_add((7 * 24).hours()).unwrap_or(Timestamp::MAX))
    }
}

/// The public mail domains that ship, where nobody can own everyone else's address. Operators edit their own copy.
pub const SHIPPED_PUBLIC_MAIL: &str = include_str!("../data/public-mail-domains.txt");

/// The shipped list, read.
pub fn shipped_public_mail() -> BTreeSet<Domain> {
    public_mail(SHIPPED_PUBLIC_MAIL).unwrap_or_default()
}

/// Reads a list of public mail domains: one a line, `#` begins a comment. An error names the line that is none.
pub fn public_mail(text: &str) -> Result<BTreeSet<Domain>, String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(|line| Domain::parse(line).map_err(|_| line.to_owned())).collect()
}
