//! Trials that end soon: who is told, and when (rule 9).

use jiff::{Timestamp, ToSpan};

use crate::{Account, BaseLicense, License, User};

/// How many days before the end people are told, the last notice first.
pub const NOTICES: [i64; 2] = [1, 7];

/// A notice that somebody's trial ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrialNotice {
    /// Which of [`NOTICES`].
    pub days: i64,
    /// When the trial ends.
    pub until: Timestamp,
    /// What they have from then on.
    pub license: BaseLicense,
}

/// The notice a person should have had by now, of several the last; `account` is the one they are a member of. Nothing
/// is due to whom the trial gives nothing any more, nor to who could not use what is left of it: once they may sign in
/// again, it is.
pub fn notice_due(user: &User, account: Option<&Account>, at: Timestamp) -> Option<TrialNotice> {
    let until = user.trial.until?;
    let on_trial = user.effective_license(account.map(|account| account.kind), at) == License::ProTrial;
    let deleted = account.is_some_and(|account| account.deleted.is_some());
    let disabled = user.source.as_ref().is_some_and(|source| !source.enabled);
    let kept_out = user.registered.is_none() || user.is_suspended(at) || user.block.is_some() || deleted || disabled;
    let reached = |days: &i64| at.saturating_add((days * 24).hours()).is_ok_and(|then| until <= then);
    let days = NOTICES.into_iter().find(reached)?;
    (on_trial && !kept_out).then_some(TrialNotice { days, until, license: user.license })
}
