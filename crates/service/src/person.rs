//! What the verbs of one person share: a name that can be kept, and the person locked behind their account.

use access::{AccountId, Email, Refusal, User};
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

/// Everything about who joins an account, locked.
pub(crate) struct Locked {
    /// The account that invites, the one that has verified the domain and the one the person is a member of.
    pub accounts: Accounts,
    /// The account that has verified the domain of the address: none verifies it before this change is over.
    pub domain_owner: Option<AccountId>,
    /// The person whom the address belongs to.
    pub user: Option<User>,
}

/// Locks the accounts with their seats, then the domain, and then the person, as everybody does.
pub(crate) async fn locked(w: &mut Write, address: &Email, inviting: Option<AccountId>) -> Result<Locked, Error> {
    let (keys, domains) = ([address.key().to_owned()], [address.domain()]);
    let owner = w.domain_owners(&domains).await?.into_values().next();
    let holders: Vec<_> = w.address_owners(&keys).await?.into_values().collect();
    let mut ids: Vec<AccountId> = w.memberships(&holders).await?.into_values().collect();
    ids.extend(owner.into_iter().chain(inviting));
    ids.sort_unstable();
    ids.dedup();
    let accounts = Accounts::lock(w, &ids, Lock::Share).await?;
    w.lock_domains(&domains, Lock::Share).await?;
    let domain_owner = w.domain_owners(&domains).await?.into_values().next();
    if domain_owner != owner {
        // It was verified between looking and locking: the change is done again from the start.
        return Err(Error::Conflict("the domain's owner changed".to_owned()));
    }
    Ok(Locked { accounts, domain_owner, user: w.users_by_address(&keys).await?.pop() })
}

/// The one change that was written.
pub(crate) fn only_written(mut written: Vec<Written>) -> Result<Written, Error> {
    written.pop().ok_or_else(|| Error::Internal("a change was not written".to_owned()))
}
