//! What the verbs of one person share: the person locked behind their account.

use std::collections::{BTreeSet, HashMap};

use access::{AccountId, Domain, Email, User};
use store::{Lock, Write};

use crate::Error;
use crate::accounts::Accounts;

/// Everything about who joins an account, locked.
pub(crate) struct Locked {
    /// The accounts that invite, those that have verified the domains and those the people are members of.
    pub accounts: Accounts,
    owners: HashMap<Domain, AccountId>,
    people: Vec<User>,
}

impl Locked {
    /// The account that has verified the domain of an address: none verifies it before this change is over.
    pub(crate) fn domain_owner(&self, address: &Email) -> Option<AccountId> {
        self.owners.get(&address.domain()).copied()
    }

    /// The person whom an address belongs to.
    pub(crate) fn person(&self, address: &Email) -> Option<&User> {
        self.people.iter().find(|user| user.primary == *address || user.secondary.contains(address))
    }
}

/// Locks the accounts with their seats, then the domains, and then the people, as everybody does.
pub(crate) async fn locked(w: &mut Write, addresses: &[&Email], inviting: &[AccountId]) -> Result<Locked, Error> {
    let keys: Vec<String> = addresses.iter().map(|address| address.key().to_owned()).collect();
    let domains: BTreeSet<Domain> = addresses.iter().map(|address| address.domain()).collect();
    let domains: Vec<Domain> = domains.into_iter().collect();
    let owners = w.domain_owners(&domains).await?;
    let holders: Vec<_> = w.address_owners(&keys).await?.into_values().collect();
    let mut ids: Vec<AccountId> = w.memberships(&holders).await?.into_values().collect();
    ids.extend(owners.values().chain(inviting));
    ids.sort_unstable();
    ids.dedup();
    let accounts = Accounts::lock(w, &ids, Lock::Share).await?;
    w.lock_domains(&domains, Lock::Share).await?;
    if w.domain_owners(&domains).await? != owners {
        // One was verified between looking and locking: the change is done again from the start.
        return Err(Error::Conflict("a domain's owner changed".to_owned()));
    }
    Ok(Locked { accounts, owners, people: w.users_by_address(&keys).await? })
}
