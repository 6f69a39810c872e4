//! Asking a directory without changing anything: does it work, which groups are there, what would it lead to.

use std::collections::BTreeSet;

use access::authority::{Action, Over};
use access::change::Entry;
use access::directory::{
    Agreed, Brake, Command, Connection, Counts, EntryId, Fate, Group, Known, Mapping, Plan, Resolved, Snapshot,
};
use access::{AccountId, BaseLicense, Refusal, UserId};
use jiff::Timestamp;
use store::Read;

use super::configure::{check_password, following, goes_elsewhere, kept, needs_password, stored};
use super::planning::planned;
use super::reach::{Failed, LeftOut, Step};
use crate::{Context, Error, Service};

/// A preview names so many people; it counts them all.
const NAMED: usize = 200;
/// The most groups of one search.
const GROUPS: usize = 200;

/// A directory that is asked: as it is set up, but for what is given here.
#[derive(Clone, Default)]
pub struct Proposal {
    /// Another connection.
    pub connection: Option<Connection>,
    /// Its password. To be given when the one that is kept would go elsewhere.
    pub password: Option<String>,
    /// Other mappings.
    pub mappings: Option<Vec<Mapping>>,
}

impl std::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proposal").field("connection", &self.connection).finish_non_exhaustive()
    }
}

/// What a directory would lead to.
#[derive(Clone, Debug)]
pub struct DirectoryPreview {
    /// How many people, by what would happen to them.
    pub counts: Counts,
    /// What would have to be agreed to.
    pub asks: Agreed,
    /// Whether the brake would stop it until somebody agrees (rule 85).
    pub stopped: bool,
    /// Members of the account now.
    pub members: u64,
    /// The first 200 of the people, those first who lose something.
    pub people: Vec<Previewed>,
    /// Names of mappings that match no group.
    pub missing: Vec<String>,
    /// Names of mappings that match several groups.
    pub ambiguous: Vec<String>,
    /// Entries that could not be read.
    pub left_out: LeftOut,
}

/// What would happen to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Previewed {
    /// Their entry.
    pub entry: EntryId,
    /// `remove`, `lock-out`, `unlock`, `license`, `join`, `other` or `conflict`.
    pub what: &'static str,
    /// Their address, as the directory or else the account has it. Personal.
    pub address: Option<String>,
    /// The license they would have by their groups.
    pub license: Option<BaseLicense>,
    /// Why they cannot be taken over as they are: a stable word.
    pub code: Option<&'static str>,
}

/// A directory that was read, with all that a plan needs.
pub(super) struct Seen {
    pub snapshot: Snapshot,
    pub known: Known,
    pub plan: Plan,
    /// What would have to be agreed to. Before it is connected the members that it does not have are among those who do not
    /// sign in afterwards.
    pub asks: Agreed,
    pub mappings: Vec<Mapping>,
    pub resolved: Resolved,
    pub brake: Brake,
    pub left_out: LeftOut,
}

impl Service {
    /// What works and what does not, step by step. Changes nothing.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn test_directory(
        &self,
        cx: &Context,
        account: AccountId,
        proposal: Proposal,
    ) -> Result<Vec<Step>, Error> {
        let read = self.directory_read(cx, account).await?;
        let (connection, password, ..) = proposed(&read, proposal).await?;
        Ok(self.directories().test(&connection, &password).await)
    }

    /// The groups of the account's directory whose names begin so, by name, 200 at most; without their members.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn directory_groups(&self, cx: &Context, account: AccountId, prefix: &str) -> Result<Vec<Group>, Error> {
        let read = self.directory_read(cx, account).await?;
        let (connection, password, ..) = proposed(&read, Proposal::default()).await?;
        let mut open = self.directories().open(&connection, &password).await.map_err(unavailable)?;
        Ok(open.groups(prefix, GROUPS).await.map_err(unavailable)?)
    }

    /// What the account's directory, or a proposed one, would lead to now. All of it is read, and nothing is changed.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn preview_directory(
        &self,
        cx: &Context,
        account: AccountId,
        proposal: Proposal,
    ) -> Result<DirectoryPreview, Error> {
        let read = self.directory_read(cx, account).await?;
        let seen = self.see_directory(&read, account, proposal, cx.at).await?;
        let Seen { snapshot, known, plan, asks, resolved, brake, left_out, .. } = &seen;
        let none = Agreed::default();
        let stopped = brake.stops(asks, known.members, &none, &none);
        let mut people: Vec<Previewed> = plan.commands.iter().map(|command| previewed(snapshot, command)).collect();
        people.extend(plan.conflicts.iter().map(|(id, conflict)| Previewed {
            entry: *id,
            what: "conflict",
            address: snapshot.person_of(*id).and_then(|person| person.mail.clone()),
            license: None,
            code: Some(conflict.code()),
        }));
        people.sort_by_key(|one| RANKS.iter().position(|what| *what == one.what));
        people.truncate(NAMED);
        for one in people.iter_mut().filter(|one| one.address.is_none()) {
            if let Some(stored) = known.entries.get(&one.entry) {
                one.address = read.user(stored.user).await?.map(|user| user.primary.as_typed().to_owned());
            }
        }
        Ok(DirectoryPreview {
            counts: plan.counts,
            asks: asks.clone(),
            stopped,
            members: known.members,
            people,
            missing: resolved.missing.clone(),
            ambiguous: resolved.ambiguous.clone(),
            left_out: left_out.clone(),
        })
    }

    /// A read of an account that is there, by who may manage its directory.
    pub(super) async fn directory_read(&self, cx: &Context, account: AccountId) -> Result<Read, Error> {
        let read = self.permitted(cx, Action::ManageDirectory, Over::Account(account))?;
        match self.present(cx, &read, account).await?.deleted {
            Some(_) => Err(Refusal::AccountDeleted.into()),
            None => Ok(read),
        }
    }

    /// Reads all of a directory and plans it.
    pub(super) async fn see_directory(
        &self,
        read: &Read,
        account: AccountId,
        proposal: Proposal,
        now: Timestamp,
    ) -> Result<Seen, Error> {
        let (connection, password, mut mappings, brake) = proposed(read, proposal).await?;
        let mut open = self.directories().open(&connection, &password).await.map_err(unavailable)?;
        let mut snapshot = Snapshot::default();
        open.each(&mut |found| snapshot.add(found, None)).await.map_err(unavailable)?;
        let left_out = open.left_out();
        let resolved = snapshot.resolve(&mut mappings);
        let (known, mut plan) = planned(read, &snapshot, &mappings, None, now).await?;
        // Members whom the directory has are linked at once.
        let joining: BTreeSet<String> =
            plan.commands.iter().filter_map(|command| Some(command.joining()?.mail.key().to_owned())).collect();
        let linked = read.count_unlinked_by_address(&joining.iter().cloned().collect::<Vec<_>>()).await?;
        plan.counts.unlinked = plan.counts.unlinked.saturating_sub(linked);
        let mut asks = plan.asks();
        if !read.account(account).await?.is_some_and(|account| account.has_directory()) {
            asks.out += plan.counts.unlinked;
            asks.administrators.extend(left_behind(read, account, &known, &joining).await?);
        }
        Ok(Seen { snapshot, known, plan, asks, mappings, resolved, brake, left_out })
    }
}

/// Those first who lose something.
const RANKS: [&str; 7] = ["remove", "lock-out", "conflict", "license", "unlock", "join", "other"];

fn previewed(snapshot: &Snapshot, command: &Command) -> Previewed {
    match command {
        Command::Lost { id, .. } => Previewed { entry: *id, what: "remove", address: None, license: None, code: None },
        Command::Has { entry: Entry { license, enabled, .. }, fate, .. } => {
            let id = command.id();
            let what = match fate {
                Fate::Join | Fate::Return => "join",
                Fate::LockOut => "lock-out",
                Fate::Unlock => "unlock",
                Fate::License => "license",
                Fate::Other => "other",
            };
            let address = snapshot.person_of(id).and_then(|person| person.mail.clone());
            Previewed { entry: id, what, address, license: license.filter(|_| *enabled), code: None }
        }
    }
}

/// The directory that is to be asked.
async fn proposed(read: &Read, proposal: Proposal) -> Result<(Connection, String, Vec<Mapping>, Brake), Error> {
    let Proposal { connection, password, mappings } = proposal;
    if let Some(connection) = &connection {
        connection.check()?;
    }
    if let Some(password) = &password {
        check_password(password)?;
    }
    let Some((directory, stored)) = stored(read).await? else {
        let connection = connection.ok_or(Refusal::NoDirectory)?;
        let password = password.ok_or_else(|| needs_password("there is none yet"))?;
        let mappings = mappings.unwrap_or_default();
        Mapping::check(&mappings)?;
        return Ok((connection, password, mappings, Brake::default()));
    };
    let mappings = match mappings {
        Some(mappings) => following(&directory, mappings)?,
        None => kept(&directory, connection.as_ref().unwrap_or(&directory.connection)),
    };
    let elsewhere = connection.as_ref().is_some_and(|other| goes_elsewhere(&directory.connection, other));
    let password = match password {
        Some(password) => password,
        None if elsewhere => return Err(needs_password("it would be sent elsewhere than before").into()),
        None => stored,
    };
    Ok((connection.unwrap_or(directory.connection), password, mappings, directory.brake))
}

/// Administrators who are members and whom the directory does not have: they do not sign in once it decides.
async fn left_behind(
    read: &Read,
    account: AccountId,
    known: &Known,
    joining: &BTreeSet<String>,
) -> Result<BTreeSet<UserId>, Error> {
    let mut left = BTreeSet::new();
    for id in &known.administrators {
        let Some(user) = read.user(*id).await? else { continue };
        let comes = user.addresses().any(|address| joining.contains(address.key()));
        if user.is_member_of(account) && user.source.is_none() && !comes {
            left.insert(*id);
        }
    }
    Ok(left)
}

/// The refusal of a change that needed a directory.
pub(super) fn unavailable(failed: Failed) -> Refusal {
    Refusal::DirectoryUnavailable { why: failed.text }
}
