//! What a directory changes about the people of an account (rules 11, 12, 15 and 19): the difference between a snapshot of
//! it and what was applied before. The same for a whole directory and for the few people of whom something changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::snapshot::Granting;
use super::{Agreed, EntryId, Mapping, Person, Snapshot};
use crate::change::Entry;
use crate::user::usable_name;
use crate::{BaseLicense, Domain, Email, UserId};

/// What was applied of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Whom it is.
    pub user: UserId,
    /// It was there when it was looked for last.
    pub present: bool,
    /// The license it gives; `None` for who is disabled, or in no mapped group.
    pub grants: Option<BaseLicense>,
    /// Of all that was applied; `None` when something is still to be tried again.
    pub digest: Option<i64>,
}

/// What is known of the people whom a plan is about.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Their entries. A plan for a whole directory needs all of them.
    pub entries: HashMap<EntryId, Stored>,
    /// Who holds a grant over the account or the deployment.
    pub administrators: HashSet<UserId>,
    /// The verified domains of the account.
    pub domains: HashSet<Domain>,
    /// How many are members of the account.
    pub members: u64,
    /// How many of these came without the directory: they do not sign in until it has them (rule 3).
    pub unlinked: u64,
}

/// What an entry that is there does to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// They were not known, and come into the account.
    Join,
    /// They were gone, and come back into the account.
    Return,
    /// They may not sign in any more: disabled, or in no mapped group.
    LockOut,
    /// They were locked out, and may sign in again.
    Unlock,
    /// They get another license.
    License,
    /// Something else about them changes.
    Other,
}

impl Fate {
    /// From what was applied before, and the license the entry gives now; `None` for who is disabled or in no mapped group.
    pub fn of(before: Option<&Stored>, grants: Option<BaseLicense>) -> Self {
        match before {
            None => Self::Join,
            Some(Stored { present: false, .. }) => Self::Return,
            Some(stored) => match (stored.grants, grants) {
                (Some(_), None) => Self::LockOut,
                (None, Some(_)) => Self::Unlock,
                (before, after) if before != after => Self::License,
                _ => Self::Other,
            },
        }
    }
}

/// Something to be done about one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The directory has them as follows.
    Has {
        /// Their entry.
        id: EntryId,
        /// As they are there.
        entry: Entry,
        /// To be stored when it was applied as it is.
        digest: i64,
        /// What it does to them, as was known when it was planned.
        fate: Fate,
    },
    /// The directory has them no more.
    Lost {
        /// Their entry.
        id: EntryId,
        /// Whom it was.
        user: UserId,
    },
}

impl Command {
    /// The entry it is about.
    pub fn id(&self) -> EntryId {
        match self {
            Self::Has { id, .. } | Self::Lost { id, .. } => *id,
        }
    }

    /// Whoever it would bring into the account who was not known: as they are there.
    pub fn joining(&self) -> Option<&Entry> {
        match self {
            Self::Has { entry, fate: Fate::Join, .. } => Some(entry),
            _ => None,
        }
    }
}

/// Why somebody cannot be taken over as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conflict {
    /// They have no address.
    NoMail,
    /// Their address is none that is supported (rule 1).
    UnusableMail,
    /// Their address is on none of the account's verified domains.
    NotOnOwnDomain,
    /// The directory gives their address to somebody else as well.
    MailTwice,
    /// Their address is that of a member of another account.
    ManagedElsewhere,
    /// Their address is that of a person with a grant, who has not confirmed the link (rule 86).
    LinkUnconfirmed,
}

impl Conflict {
    /// A stable word.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoMail => "no-mail",
            Self::UnusableMail => "unusable-mail",
            Self::NotOnOwnDomain => "not-on-own-domain",
            Self::MailTwice => "mail-twice",
            Self::ManagedElsewhere => "managed-elsewhere",
            Self::LinkUnconfirmed => "link-unconfirmed",
        }
    }
}

/// How many people something happens to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counts {
    /// Come into the account.
    pub join: u64,
    /// Were locked out, and may sign in again.
    pub unlock: u64,
    /// Get another license.
    pub license: u64,
    /// May not sign in any more: disabled, or in no mapped group.
    pub lock_out: u64,
    /// Are gone from the directory, and leave the account.
    pub remove: u64,
    /// Something else about them changes.
    pub other: u64,
    /// Stay as they are.
    pub unchanged: u64,
    /// Are in no mapped group, and not known here.
    pub ignored: u64,
    /// Cannot be taken over as they are.
    pub conflicts: u64,
    /// Are members without an entry: they do not sign in while the directory decides.
    pub unlinked: u64,
    /// Get `Pro` by their groups, of all.
    pub pro: u64,
    /// Get `Plus` by their groups, of all.
    pub plus: u64,
}

impl Counts {
    /// The one that a command counts for.
    fn of(&mut self, command: &Command) -> &mut u64 {
        match command {
            Command::Lost { .. } => &mut self.remove,
            Command::Has { fate, .. } => match fate {
                Fate::Join | Fate::Return => &mut self.join,
                Fate::LockOut => &mut self.lock_out,
                Fate::Unlock => &mut self.unlock,
                Fate::License => &mut self.license,
                Fate::Other => &mut self.other,
            },
        }
    }
}

/// What is to be done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// In this order: who may not sign in any more comes first.
    pub commands: Vec<Command>,
    /// Who cannot be taken over as they are, and why.
    pub conflicts: Vec<(EntryId, Conflict)>,
    /// How many.
    pub counts: Counts,
    /// Administrators whose access changes, by their entry.
    pub administrators: BTreeMap<EntryId, UserId>,
}

impl Plan {
    /// The same without those who are gone or in no mapped group any more. For a reading that left entries out: people and
    /// groups among them would look as if they were gone. Who is disabled is locked out all the same.
    #[must_use]
    pub fn without_removals(mut self) -> Self {
        let dropped = self.drop_those(|command| match command {
            Command::Lost { .. } => true,
            Command::Has { entry, .. } => entry.enabled && entry.license.is_none(),
        });
        self.counts.unchanged += dropped.len() as u64;
        self
    }

    /// The same without people who are not known and would be refused: they do not join, and are reported.
    #[must_use]
    pub fn without_refused(mut self, refused: &HashMap<EntryId, Conflict>) -> Self {
        let dropped = self.drop_those(|command| command.joining().is_some() && refused.contains_key(&command.id()));
        self.counts.conflicts += dropped.len() as u64;
        self.conflicts.extend(dropped.into_iter().filter_map(|id| Some((id, *refused.get(&id)?))));
        self
    }

    /// Takes out commands, with what was counted for them. Returns whom they were about.
    fn drop_those(&mut self, drop: impl Fn(&Command) -> bool) -> Vec<EntryId> {
        let (mut commands, mut dropped) = (std::mem::take(&mut self.commands), Vec::new());
        commands.retain(|command| {
            if drop(command) {
                *self.counts.of(command) -= 1;
                self.administrators.remove(&command.id());
                dropped.push(command.id());
            }
            !drop(command)
        });
        self.commands = commands;
        dropped
    }

    /// What would have to be agreed to.
    pub fn asks(&self) -> Agreed {
        let Counts { join, unlock, lock_out, remove, .. } = self.counts;
        let administrators = self.administrators.values().copied().collect();
        Agreed { out: lock_out + remove, into: join + unlock, administrators }
    }
}

/// Plans the people in `only`, or everybody, as it is `now`. What a plan for a few leads to is what one for everybody would,
/// if nothing changed about the others.
pub fn plan(
    snapshot: &Snapshot,
    mappings: &[Mapping],
    only: Option<&BTreeSet<EntryId>>,
    known: &Known,
    now: Timestamp,
) -> Plan {
    let granting = Granting::of(mappings);
    let mut ids: Vec<EntryId> = match only {
        Some(only) => only.iter().copied().collect(),
        None => snapshot.people().chain(known.entries.keys().copied()).collect(),
    };
    ids.sort_unstable();
    ids.dedup();
    let mut planning = Planning { snapshot, granting: &granting, known, now, plan: Plan::default(), later: Vec::new() };
    for id in ids {
        planning.entry(id);
    }
    let Planning { mut plan, mut later, .. } = planning;
    // These are few, those are many.
    later.splice(0..0, std::mem::take(&mut plan.commands));
    plan.commands = later;
    plan.counts.unlinked = known.unlinked;
    plan
}

struct Planning<'a> {
    snapshot: &'a Snapshot,
    granting: &'a Granting,
    known: &'a Known,
    now: Timestamp,
    plan: Plan,
    later: Vec<Command>,
}

impl Planning<'_> {
    fn entry(&mut self, id: EntryId) {
        let stored = self.known.entries.get(&id).copied();
        let Some(person) = self.snapshot.person_of(id) else {
            if let Some(Stored { user, present: true, .. }) = stored {
                self.touches(id, user);
                let command = Command::Lost { id, user };
                *self.plan.counts.of(&command) += 1;
                self.plan.commands.push(command);
            }
            return;
        };
        let license = self.snapshot.license_of(id, self.granting);
        let grants = license.filter(|_| person.may_sign_in(self.now));
        if stored.is_none() && license.is_none() {
            self.plan.counts.ignored += 1;
            return;
        }
        match grants {
            Some(BaseLicense::Pro) => self.plan.counts.pro += 1,
            Some(_) => self.plan.counts.plus += 1,
            None => {}
        }
        let (entry, conflict) = self.read(person, license, stored.is_some());
        if let Some(conflict) = conflict {
            self.plan.conflicts.push((id, conflict));
            self.plan.counts.conflicts += 1;
        }
        let Some(entry) = entry else { return };
        let digest = digest(&entry);
        if stored.is_some_and(|stored| stored.present && stored.grants == grants && stored.digest == Some(digest)) {
            self.plan.counts.unchanged += 1;
            return;
        }
        let fate = Fate::of(stored.as_ref(), grants);
        if let Some(stored) = stored.filter(|stored| !stored.present || stored.grants != grants) {
            self.touches(id, stored.user);
        }
        let command = Command::Has { id, entry, digest, fate };
        *self.plan.counts.of(&command) += 1;
        if grants.is_none() { self.plan.commands.push(command) } else { self.later.push(command) }
    }

    fn touches(&mut self, id: EntryId, user: UserId) {
        if self.known.administrators.contains(&user) {
            self.plan.administrators.insert(id, user);
        }
    }

    /// Somebody as the rules want them. Who is known already keeps their address where the directory has none for them,
    /// and everything else holds all the same: a lock-out never waits for an address.
    fn read(&self, person: &Person, license: Option<BaseLicense>, known: bool) -> (Option<Entry>, Option<Conflict>) {
        let mail = match person.mail.as_deref().map(Email::parse) {
            None => Err(Conflict::NoMail),
            Some(Err(_)) => Err(Conflict::UnusableMail),
            Some(Ok(mail)) if !self.known.domains.contains(&mail.domain()) => Err(Conflict::NotOnOwnDomain),
            Some(Ok(mail)) if !known && self.is_shared(&mail) => Err(Conflict::MailTwice),
            Some(Ok(mail)) => Ok(mail),
        };
        let conflict = mail.as_ref().err().copied();
        let (mail, own_domain) = match mail {
            Ok(mail) => (mail, true),
            // An address that nobody has (RFC 2606 section 2), and that is not taken over: it is on no own domain.
            Err(_) if known => match Email::parse(&format!("{}@directory.invalid", person.id)) {
                Ok(nowhere) => (nowhere, false),
                Err(_) => return (None, conflict),
            },
            Err(_) => return (None, conflict),
        };
        let secondary = self.secondary(person, &mail);
        let entry = Entry {
            id: person.id.to_string(),
            mail,
            own_domain,
            secondary,
            enabled: person.may_sign_in(self.now),
            license,
            name: person.name.as_deref().and_then(|name| usable_name(name).ok()),
        };
        (Some(entry), conflict)
    }

    /// Whether the directory gives an address to several people whom it would let in.
    fn is_shared(&self, mail: &Email) -> bool {
        let with_it = self.snapshot.with_mail(mail.key()).iter();
        let wanted = |id: &&EntryId| {
            self.known.entries.contains_key(*id) || self.snapshot.license_of(**id, self.granting).is_some()
        };
        with_it.filter(wanted).count() > 1
    }

    /// Further addresses on the account's own domains, each once (rule 2).
    fn secondary(&self, person: &Person, mail: &Email) -> Vec<Email> {
        if person.others.is_empty() {
            return Vec::new();
        }
        let mut taken = HashSet::from([mail.key().to_owned()]);
        let read = person.others.iter().filter_map(|other| Email::parse(other).ok());
        let own = read.filter(|other| self.known.domains.contains(&other.domain()));
        let mut own: Vec<Email> = own.filter(|other| taken.insert(other.key().to_owned())).collect();
        own.sort_by(|a, b| a.key().cmp(b.key()));
        own
    }
}

/// What tells two states of an entry apart (FNV-1a, 64 bits). Whether somebody may sign in is compared by itself.
fn digest(entry: &Entry) -> i64 {
    struct Fnv(u64);
    impl Hasher for Fnv {
        fn write(&mut self, bytes: &[u8]) {
            for byte in bytes {
                self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
            }
        }
        fn finish(&self) -> u64 {
            self.0
        }
    }
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    let Entry { id, mail, own_domain, secondary, enabled, license, name } = entry;
    (id, mail.as_typed(), own_domain, enabled, license.map(BaseLicense::name), name).hash(&mut hasher);
    for address in secondary {
        address.as_typed().hash(&mut hasher);
    }
    hasher.finish().cast_signed()
}
