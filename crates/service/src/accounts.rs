//! The accounts a change touches, locked with their seats before people are: the fixed order that rules out deadlocks.

use std::collections::{BTreeMap, BTreeSet};

use access::{Account, AccountId, BaseLicense, Seats, UserId};
use store::{Lock, Write};

use crate::Error;

/// Locked accounts and the seats they have left.
#[derive(Debug, Default)]
pub(crate) struct Accounts(BTreeMap<AccountId, Held>);

#[derive(Debug)]
struct Held {
    account: Account,
    loaded: Seats,
    seats: Seats,
}

impl Accounts {
    /// Locks these accounts, then their seats, each in the order of ids. Unknown ones are left out.
    pub(crate) async fn lock(w: &mut Write, ids: &[AccountId], lock: Lock) -> Result<Self, Error> {
        let mut held = BTreeMap::new();
        let mut accounts = w.accounts(ids, lock).await?;
        accounts.sort_by_key(|account| account.id);
        for account in accounts {
            let seats = w.seats(account.id).await?;
            held.insert(account.id, Held { account, loaded: seats, seats });
        }
        Ok(Self(held))
    }

    /// Whether the account is there.
    pub(crate) fn contains(&self, id: AccountId) -> bool {
        self.0.contains_key(&id)
    }

    /// One of them.
    pub(crate) fn account(&self, id: AccountId) -> Result<&Account, Error> {
        Ok(&self.held(id)?.account)
    }

    /// A copy of its seats, to try a rule on: what counts is what the effects take and release.
    pub(crate) fn seats(&self, id: AccountId) -> Result<Seats, Error> {
        Ok(self.held(id)?.seats)
    }

    /// The account after a change of its own facts.
    pub(crate) fn replace(&mut self, account: Account) {
        if let Some(held) = self.0.get_mut(&account.id) {
            held.account = account;
        }
    }

    /// Other limits.
    pub(crate) fn set_seats(&mut self, id: AccountId, seats: Seats) {
        if let Some(held) = self.0.get_mut(&id) {
            held.seats = seats;
        }
    }

    /// A seat was taken. Whether it might be was the rule's question.
    pub(crate) fn take(&mut self, id: AccountId, license: BaseLicense) -> Result<(), Error> {
        self.held_mut(id)?.seats.overdraw(license);
        Ok(())
    }

    /// A seat was given back.
    pub(crate) fn release(&mut self, id: AccountId, license: BaseLicense) -> Result<(), Error> {
        self.held_mut(id)?.seats.release(license);
        Ok(())
    }

    /// Writes the seats that changed.
    pub(crate) async fn save_seats(&mut self, w: &mut Write) -> Result<(), Error> {
        for (id, held) in &mut self.0 {
            if held.seats != held.loaded {
                w.save_seats(*id, &held.seats).await?;
                held.loaded = held.seats;
            }
        }
        Ok(())
    }

    fn held(&self, id: AccountId) -> Result<&Held, Error> {
        self.0.get(&id).ok_or_else(|| not_locked(id))
    }

    fn held_mut(&mut self, id: AccountId) -> Result<&mut Held, Error> {
        self.0.get_mut(&id).ok_or_else(|| not_locked(id))
    }
}

/// What a list of commands would take up before any of it is written: seats, and each person once.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    seats: BTreeMap<AccountId, Seats>,
    people: BTreeSet<UserId>,
}

impl Tried {
    /// The seats that the commands so far leave, for a rule to take from.
    pub(crate) fn seats(&mut self, accounts: &Accounts, id: AccountId) -> Result<&mut Seats, Error> {
        let left = accounts.seats(id)?;
        Ok(self.seats.entry(id).or_insert(left))
    }

    /// Whether nobody of the list was this person before.
    pub(crate) fn is_first(&mut self, user: UserId) -> bool {
        self.people.insert(user)
    }
}

/// Somebody's membership changed between looking and locking: the change is done again from the start.
fn not_locked(id: AccountId) -> Error {
    Error::Conflict(format!("account {id} was not locked"))
}
