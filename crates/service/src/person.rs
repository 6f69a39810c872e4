//! What the verbs of one person share: a name that can be kept, and the person locked behind their account.

use access::{AccountId, Refusal, User};
use store::{Lock, Write};

use crate::Error;
use crate::accounts::Accounts;
use crate::effects::Written;

/// A name as it is kept: 1 to 100 characters in one line, without white space at its ends.
pub(crate) fn name(text: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let why = match name.chars().count() {
        0 => "give a name",
        101.. => "give at most 100 characters",
        _ if name.chars().any(char::is_control) => "leave out line breaks and control characters",
        _ => return Ok(name.to_owned()),
    };
    Err(Refusal::Invalid { member: "name", why: why.to_owned() })
}

/// The accounts (these, and the one the person is a member of) with their seats, and then the person whom one of the
/// addresses belongs to, locked in that order.
pub(crate) async fn locked(
    w: &mut Write,
    keys: &[String],
    accounts: &[AccountId],
    lock: Lock,
) -> Result<(Accounts, Option<User>), Error> {
    let owners: Vec<_> = w.address_owners(keys).await?.into_values().collect();
    let mut ids: Vec<AccountId> = w.memberships(&owners).await?.into_values().chain(accounts.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    let accounts = Accounts::lock(w, &ids, lock).await?;
    Ok((accounts, w.users_by_address(keys).await?.pop()))
}

/// The one change that was written.
pub(crate) fn only_written(mut written: Vec<Written>) -> Result<Written, Error> {
    written.pop().ok_or_else(|| Error::Internal("a change was not written".to_owned()))
}
