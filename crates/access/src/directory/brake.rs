//! The brake: a run of a directory that would change much is asked about before it changes anything (rule 85).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::UserId;

/// What a run may change without being asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brake {
    /// So many per cent of the members may be removed or locked out, and as many let in.
    pub share: u32,
    /// So many people may in any case.
    pub least: u64,
}

impl Default for Brake {
    fn default() -> Self {
        Self { share: 10, least: 20 }
    }
}

/// What an administrator has agreed to, or is asked to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Agreed {
    /// So many are removed or locked out.
    pub out: u64,
    /// So many are let in.
    pub into: u64,
    /// Administrators whose access changes.
    pub administrators: BTreeSet<UserId>,
}

impl Brake {
    /// Whether somebody has to agree before a run does what it `asks`. `members`: how many the account has. `agreed`: what
    /// they have agreed to for this run. `lately`: what runs within the last hour have done without being asked about, so
    /// that many small runs do not pass for less than a large one.
    pub fn stops(&self, asks: &Agreed, members: u64, agreed: &Agreed, lately: &Agreed) -> bool {
        let free = self.least.max(members.saturating_mul(self.share.into()) / 100);
        let passes = |now: u64, agreed: u64, lately: u64| now == 0 || now <= agreed || now + lately <= free;
        let within = passes(asks.out, agreed.out, lately.out)
            && passes(asks.into, agreed.into, lately.into)
            && asks.administrators.is_subset(&agreed.administrators);
        !within
    }
}

impl Agreed {
    /// What of a run that put so many people out, and let so many in, nobody was asked about: all, unless it is within what
    /// was agreed to for it.
    pub fn unasked(out: u64, into: u64, agreed: Option<&Self>) -> Self {
        let unasked = |did: u64, agreed: Option<u64>| if agreed.is_some_and(|agreed| did <= agreed) { 0 } else { did };
        Self {
            out: unasked(out, agreed.map(|agreed| agreed.out)),
            into: unasked(into, agreed.map(|agreed| agreed.into)),
            administrators: BTreeSet::new(),
        }
    }

    /// As many people as both.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let administrators = self.administrators.union(&other.administrators).copied().collect();
        Self { out: self.out + other.out, into: self.into + other.into, administrators }
    }
}
