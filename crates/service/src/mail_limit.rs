//! How many mails an account's administrators may cause in a day (rule 69): a stolen key must not make a mail cannon of
//! Carillon. What people are told of their own affairs is not counted, as it must not be stopped.

use std::collections::BTreeMap;

use access::authority::Caller;
use access::{AccountId, Refusal};
use store::Write;

use crate::Error;
use crate::run::{Outcome, Stage};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// The mails that a change's outcomes cause and that are counted, by account.
pub(crate) fn caused<T>(outcomes: &[Outcome<T>]) -> BTreeMap<AccountId, i64> {
    let mut mails = BTreeMap::new();
    let notices = outcomes.iter().flat_map(|outcome| &outcome.notices);
    let asked = notices.filter(|notice| matches!(notice.kind.as_str(), "invitation" | "instructions"));
    for account in asked.filter_map(|notice| notice.account) {
        *mails.entry(account).or_default() += 1;
    }
    mails
}

/// Counts them in the change's transaction, and refuses the change as a whole when they are too many. The host's own
/// commands are counted, and not refused.
pub(crate) async fn count(w: &mut Write, stage: &Stage, mails: BTreeMap<AccountId, i64>) -> Result<(), Error> {
    let limit = stage.mails_a_day;
    for (account, mails) in mails {
        let sent = w.count_account_mails(account, stage.cx.at.as_millisecond().div_euclid(DAY), mails).await?;
        let bound = limit > 0 && !matches!(stage.cx.caller, Caller::Host | Caller::System);
        if bound && sent > i64::from(limit) {
            return Err(Refusal::MailLimit { limit }.into());
        }
    }
    Ok(())
}
