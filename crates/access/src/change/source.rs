//! What a directory or an identity provider says of a person, applied to them (rules 2, 12, 19, 83).

use jiff::Timestamp;

use super::{Effect, Transition, join, standing::exit};
use crate::{
    Account, AccountType, BaseLicense, Email, Refusal, Seats, User, UserId,
    user::{LicenseOrigin, Origin, SourceLink},
};

/// One person, as the source has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The lasting id: objectGUID, entryUUID or SCIM id.
    pub id: String,
    /// `mail`: the primary address.
    pub mail: Email,
    /// It is on a verified domain of the account. A source has no say over anyone else's address.
    pub own_domain: bool,
    /// Further addresses on verified domains of the account (rule 2).
    pub secondary: Vec<Email>,
    /// May sign in, as far as the source is concerned.
    pub enabled: bool,
    /// The highest license of the mapped groups; `None` for in no mapped group.
    pub license: Option<BaseLicense>,
    /// `displayName`: what they are called from then on (rule 83).
    pub name: Option<String>,
}

impl Entry {
    /// All of their addresses, the primary one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Email> {
        std::iter::once(&self.mail).chain(&self.secondary)
    }
}

/// Whom an entry is about.
#[derive(Clone, Copy, Debug)]
pub enum Person<'a> {
    /// Nobody yet: they get this id.
    New(UserId),
    /// The person linked to the entry's id. `mail_taken`: the entry's address belongs to somebody else.
    Linked {
        /// The person.
        user: &'a User,
        /// Somebody else has the address.
        mail_taken: bool,
    },
    /// Nobody is linked to the entry's id, but somebody has its address.
    SameAddress {
        /// That person.
        user: &'a User,
        /// They hold a grant, and have not confirmed the link.
        unconfirmed_grant: bool,
        /// The id of a new person, if it is to be another one.
        new: UserId,
    },
}

/// What an entry leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Applied {
    /// The person as the source has them. `mail_conflict`: their new address belongs to somebody else or is on none of
    /// the account's domains, so they keep the old one.
    Person {
        /// The person after.
        transition: Transition,
        /// Their new address is not theirs to have.
        mail_conflict: bool,
    },
    /// Another id at the same address is another person: the former one loses the address and keeps the history.
    Replaced {
        /// The former person after, written first.
        former: Transition,
        /// The new person.
        new: Transition,
    },
    /// Nothing: in no mapped group, and not known so far.
    Ignored,
}

/// Applies an entry that is there.
pub fn source_has(
    account: &Account,
    seats: &mut Seats,
    entry: &Entry,
    person: Person<'_>,
    at: Timestamp,
) -> Result<Applied, Refusal> {
    let applied = |transition| Ok(Applied::Person { transition, mail_conflict: false });
    match person {
        Person::Linked { user, .. } | Person::SameAddress { user, .. } if elsewhere(account, user) => {
            Err(Refusal::ManagedElsewhere)
        }
        Person::Linked { user, .. } if comes_back(user, entry) && !entry.own_domain => Err(Refusal::NotOnOwnDomain),
        Person::Linked { user, mail_taken } => {
            let mut after = user.clone();
            let mail_conflict = user.primary != entry.mail && (mail_taken || !entry.own_domain);
            if !mail_conflict {
                after.primary = entry.mail.clone();
            }
            let effects = follow(account, seats, &mut after, entry, at);
            Ok(Applied::Person { transition: Transition { user: after, effects }, mail_conflict })
        }
        Person::New(_) | Person::SameAddress { .. } if entry.license.is_none() => Ok(Applied::Ignored),
        Person::New(_) | Person::SameAddress { .. } if !entry.own_domain => Err(Refusal::NotOnOwnDomain),
        Person::New(id) => applied(linked(account, seats, User::new(id, entry.mail.clone(), at), entry, at)),
        Person::SameAddress { user, new, .. } if user.source.is_some() => {
            let former = without_address(account, user);
            let new = linked(account, seats, User::new(new, entry.mail.clone(), at), entry, at);
            Ok(Applied::Replaced { former, new })
        }
        Person::SameAddress { unconfirmed_grant: true, .. } => Err(Refusal::LinkUnconfirmed),
        Person::SameAddress { user, .. } => {
            let mut first = linked(account, seats, user.clone(), entry, at);
            first.effects.extend([Effect::EndSessions, Effect::EndCredentials]);
            applied(first)
        }
    }
}

/// Applies the absence of an entry that was there: the person is removed. Link and suspension are kept, so that they
/// come back as they were. Of a member of another account nothing is lost.
pub fn source_lost(account: &Account, user: &User) -> Transition {
    let mut after = user.clone();
    if elsewhere(account, user) {
        return Transition { user: after, effects: Vec::new() };
    }
    let effects = exit(&mut after);
    after.suspension.clone_from(&user.suspension);
    after.source = user.source.clone().map(|link| SourceLink { enabled: false, license: None, ..link });
    Transition { user: after, effects }
}

fn elsewhere(account: &Account, user: &User) -> bool {
    user.membership.is_some_and(|membership| membership.account != account.id)
}

fn comes_back(user: &User, entry: &Entry) -> bool {
    user.membership.is_none() && entry.license.is_some()
}

/// A person who gets their link: from then on they are registered.
fn linked(account: &Account, seats: &mut Seats, mut user: User, entry: &Entry, at: Timestamp) -> Transition {
    join::become_registered(&mut user, account.trials, at);
    let effects = follow(account, seats, &mut user, entry, at);
    Transition { user, effects }
}

/// Takes over link, further addresses, name, membership and license from the entry. Who can no longer sign in loses their
/// sessions.
fn follow(account: &Account, seats: &mut Seats, user: &mut User, entry: &Entry, at: Timestamp) -> Vec<Effect> {
    let could = user.source.as_ref().is_some_and(|link| link.enabled && link.license.is_some());
    user.secondary.clone_from(&entry.secondary);
    user.display_name = entry.name.clone().or_else(|| user.display_name.take());
    user.source = Some(SourceLink { id: entry.id.clone(), enabled: entry.enabled, license: entry.license });
    let mut effects = match (user.membership, entry.license) {
        (None, None) => Vec::new(),
        (None, Some(license)) => {
            let origin = if account.kind == AccountType::EnterpriseOidc { Origin::Scim } else { Origin::Directory };
            join::enter(account, seats, user, origin, Some((license, LicenseOrigin::Group)), at)
        }
        (Some(_), license) => regroup(account, seats, user, license.unwrap_or(BaseLicense::Basic), at),
    };
    if could && !(entry.enabled && entry.license.is_some()) {
        effects.push(Effect::EndSessions);
    }
    effects
}

/// The license of the groups, if it is another than the one they hold or wait for; who is in no group keeps no seat.
fn regroup(account: &Account, seats: &mut Seats, user: &mut User, wanted: BaseLicense, at: Timestamp) -> Vec<Effect> {
    user.license_origin = LicenseOrigin::Group;
    if user.waiting.map_or(user.license, |waiting| waiting.license) == wanted {
        return Vec::new();
    }
    let license = user.license;
    seats.release(license);
    let mut effects = vec![Effect::ReleaseSeat { account: account.id, license }];
    effects.extend(join::give_or_wait(account, seats, user, wanted, at));
    effects
}

/// The former holder of an address: out of the account, without sessions or credentials, and under a name that no mail
/// reaches (RFC 2606 section 2) and nobody can claim.
fn without_address(account: &Account, user: &User) -> Transition {
    let mut former = source_lost(account, user);
    if let Ok(nowhere) = Email::parse(&format!("{}@former.invalid", user.id)) {
        former.user.primary = nowhere;
    }
    former.user.secondary.clear();
    if former.effects.is_empty() {
        former.effects.push(Effect::EndSessions);
    }
    former.effects.push(Effect::EndCredentials);
    former
}
