//! Apply: what a plan says of people is done, piece by piece (rules 11, 12, 19 and 83). Other changes get in between.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use access::authority::{Action, Caller};
use access::change::{Applied, Entry, Person, Transition, source_has, source_lost};
use access::directory::{Command, EntryId, Fate, Stored};
use access::{Account, Domain, Email, Refusal, Seats, User, UserId};
use futures::FutureExt;
use store::{DirectoryLine, Lock, RunState, Write};

use super::exchange::exchanging;
use super::follow::Turn;
use crate::effects::{self, Change, Written};
use crate::run::{Outcome, Scene, Verb};
use crate::{Context, Error, Service, fresh};

const VERB: Verb = Verb { name: "directory.apply", action: Action::ManageDirectory };
/// The people of one transaction: some 50 ms of writing, after which others have their turn.
const PIECE: usize = 512;

/// How far a run got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stepped {
    /// Of so many people it was done.
    pub applied: u64,
    /// Of so many something was refused; the log says why.
    pub refused: u64,
    /// An administrator stopped the run, or disconnected the account: nothing more is done.
    pub stopped: bool,
}

impl Service {
    /// Does what a plan says, in its order and in pieces of a transaction each. A refusal stops that one person only. Doing
    /// the rest of a run that broke off is planning it again: [`Error::Unavailable`] when another node has ended it.
    ///
    /// **Permission**: Carillon itself.
    pub async fn apply_directory(
        &self,
        cx: &Context,
        turn: Turn,
        run: i64,
        commands: Vec<Command>,
    ) -> Result<Stepped, Error> {
        let account = turn.account;
        if cx.caller != Caller::System {
            let refusal = Refusal::NotPermitted { action: VERB.action };
            return self.refuse_in(cx, VERB.name, Some(account), refusal).await;
        }
        let ordered = Arc::new(self.ordered(cx, account, commands).await?);
        let (mut from, mut stepped) = (0, Stepped::default());
        while from < ordered.commands.len() && !stepped.stopped {
            let (all, end) = (Arc::clone(&ordered), ordered.end(from, PIECE));
            let now = Context { at: self.clock().now(), ..cx.clone() };
            let answers = self.in_account(&now, VERB, account, Lock::Share, move |w, scene| {
                let all = Arc::clone(&all);
                async move {
                    turn.held(w, scene.stage.cx.at).await?;
                    apply(w, scene, run, &all.commands[from..end]).await
                }
                .boxed()
            });
            let answers = answers.await?;
            let refused = answers.iter().filter(|answer| answer.is_err()).count();
            from += answers.len();
            stepped.refused += refused as u64;
            stepped.applied += (answers.len() - refused) as u64;
            stepped.stopped = answers.is_empty();
        }
        Ok(stepped)
    }
}

/// An answer for each of the first commands, as many as can be done together; none when the run is stopped.
async fn apply(w: &mut Write, scene: &mut Scene, number: i64, commands: &[Command]) -> Result<Vec<Outcome<()>>, Error> {
    let account = scene.account()?.clone();
    let mut run = match w.directory_run(scene.id, number).await? {
        Some(run) if account.has_directory() && run.state == RunState::Running => run,
        Some(run) if account.has_directory() && run.state != RunState::Cancelled => {
            return Err(Error::Unavailable(
                "the run was ended by another node; what is left is planned again".to_owned(),
            ));
        }
        _ => return Ok(Vec::new()),
    };
    let (mut piece, mut done) = decided(w, scene, &account, commands).await?;
    let mut some = commands;
    // Whoever gives up an address for another is changed with them.
    while done.len() < some.len() && !piece.exchanging.is_empty() {
        some = &some[..done.len()];
        (piece, done) = decided(w, scene, &account, some).await?;
    }
    let Piece { formers, changes, entries, linked, .. } = piece;
    // Who loses an address first: the next has it.
    let mut formers = write(w, scene, formers).await?.into_iter();
    let mut written = write(w, scene, changes).await?.into_iter();
    w.save_directory_entries(scene.id, &entries).await?;
    w.forget_confirmations(scene.id, &linked).await?;
    let why = format!("directory run {number}");
    let (mut outcomes, mut lines) = (Vec::with_capacity(done.len()), Vec::new());
    for Did { refusal, former, changed, fate, line } in done {
        run.applied += u64::from(refusal.is_none());
        match fate {
            Some(Moved::Out) => run.put_out += 1,
            Some(Moved::In) => run.let_in += 1,
            None => {}
        }
        run.refused += u64::from(refusal.is_some());
        let mut outcome = match refusal {
            Some((user, refusal)) => scene.refused(user.map(|user| user.0), refusal),
            None => Outcome { result: Ok(()), audit: vec![], notices: vec![] },
        };
        let former = if former { formers.next() } else { None };
        let changed = if changed { written.next() } else { None };
        for Written { audit, notices, .. } in former.into_iter().chain(changed) {
            outcome.audit.extend(audit);
            outcome.notices.extend(notices);
        }
        for record in &mut outcome.audit {
            record.why.get_or_insert_with(|| why.clone().into());
        }
        outcomes.push(outcome);
        lines.extend(line);
    }
    w.log_directory(scene.id, &mut run, lines).await?;
    w.save_directory_run(scene.id, &run).await?;
    Ok(outcomes)
}

/// What the first of the commands come to, as many as can be done together.
async fn decided(
    w: &mut Write,
    scene: &Scene,
    account: &Account,
    commands: &[Command],
) -> Result<(Piece, Vec<Did>), Error> {
    let mut piece = Piece::of(w, scene, account.clone(), commands).await?;
    let mut done = Vec::with_capacity(commands.len());
    for command in commands {
        match piece.decide(scene, command)? {
            Some(did) => done.push(did),
            None => break,
        }
    }
    Ok((piece, done))
}

async fn write(w: &mut Write, scene: &mut Scene, changes: Vec<Change>) -> Result<Vec<Written>, Error> {
    if changes.is_empty() {
        return Ok(Vec::new());
    }
    effects::write(w, &scene.stage, &mut scene.accounts, VERB.name, changes).await
}

/// What the brake counts (rule 85).
#[derive(Clone, Copy)]
enum Moved {
    /// Somebody may not sign in any more.
    Out,
    /// Somebody is let in.
    In,
}

/// What one command came to.
#[derive(Default)]
struct Did {
    refusal: Option<(Option<UserId>, Refusal)>,
    /// A former holder of the address is written.
    former: bool,
    /// The person is written.
    changed: bool,
    fate: Option<Moved>,
    line: Option<DirectoryLine>,
}

/// The commands of one transaction, and all they rest on.
struct Piece {
    account: Account,
    seats: Seats,
    stored: HashMap<EntryId, Stored>,
    people: HashMap<UserId, User>,
    /// Whose the addresses are, by key, after what was decided so far.
    holders: HashMap<String, UserId>,
    /// Address keys that somebody lost by what was decided so far.
    freed: HashSet<String>,
    /// Who takes over an address from somebody who gives it up in this transaction.
    exchanging: HashSet<UserId>,
    own: HashSet<Domain>,
    /// Who holds a grant and has not confirmed the link (rule 19).
    unconfirmed: HashSet<UserId>,
    touched: HashSet<UserId>,
    formers: Vec<Change>,
    changes: Vec<Change>,
    entries: Vec<(EntryId, Stored)>,
    linked: Vec<UserId>,
}

impl Piece {
    /// Reads it in as few statements as it takes. People are found by what was applied before, in this account, and by
    /// address: an id alone says nothing, as any directory may claim it.
    async fn of(w: &mut Write, scene: &Scene, account: Account, commands: &[Command]) -> Result<Self, Error> {
        let ids: Vec<EntryId> = commands.iter().map(Command::id).collect();
        let entries = || commands.iter().filter_map(has);
        let domains: HashSet<Domain> = entries().flat_map(Entry::addresses).map(Email::domain).collect();
        let domains: Vec<Domain> = domains.into_iter().collect();
        w.lock_domains(&domains, Lock::Share).await?;
        let own = w.domain_owners(&domains).await?.into_iter().filter(|(_, owner)| *owner == account.id);
        let own: HashSet<Domain> = own.map(|(domain, _)| domain).collect();
        let stored = w.directory_entries(account.id, &ids).await?;
        let keys: Vec<String> = entries().flat_map(Entry::addresses).map(|address| address.key().to_owned()).collect();
        let holders = w.address_owners(&keys).await?;
        let unknown = commands.iter().zip(&ids).filter(|(_, id)| !stored.contains_key(id));
        let same: HashSet<UserId> =
            unknown.filter_map(|(command, _)| holders.get(has(command)?.mail.key()).copied()).collect();
        let wanted: Vec<UserId> = stored.values().map(|stored| stored.user).chain(same.iter().copied()).collect();
        let people: HashMap<UserId, User> = w.users(&wanted).await?.into_iter().map(|user| (user.id, user)).collect();
        let has_it = |user: &User, key: &str| user.addresses().any(|address| address.key() == key);
        if holders.iter().any(|(key, holder)| people.get(holder).is_some_and(|user| !has_it(user, key))) {
            return Err(moved());
        }
        let same: Vec<UserId> = same.into_iter().collect();
        let granted: Vec<UserId> = w.grants_of(&same).await?.into_keys().collect();
        let confirmed = w.confirmed_links(account.id, &granted).await?;
        let unconfirmed = granted.into_iter().filter(|user| !confirmed.contains(user)).collect();
        Ok(Self {
            seats: scene.seats()?,
            exchanging: exchanging(commands, &stored, &people, &holders, (account.id, &own)),
            account,
            stored,
            people,
            holders,
            freed: HashSet::new(),
            own,
            unconfirmed,
            touched: HashSet::new(),
            formers: Vec::new(),
            changes: Vec::new(),
            entries: Vec::new(),
            linked: confirmed.into_iter().collect(),
        })
    }

    /// Decides about one; `None` when that takes a transaction of its own, after what was decided so far.
    fn decide(&mut self, scene: &Scene, command: &Command) -> Result<Option<Did>, Error> {
        let id = command.id();
        match command {
            Command::Lost { .. } => Ok(self.lost(id)),
            Command::Has { entry, digest, .. } => self.has(scene, id, entry, *digest),
        }
    }

    fn lost(&mut self, id: EntryId) -> Option<Did> {
        let Some(stored) = self.stored.get(&id).copied() else { return Some(Did::default()) };
        let Some(user) = self.people.get(&stored.user) else { return Some(Did::default()) };
        if !self.touched.insert(user.id) {
            return None;
        }
        let transition = source_lost(&self.account, user);
        let changed = self.change(Some(user.clone()), transition);
        self.entries.push((id, Stored { present: false, grants: None, digest: None, ..stored }));
        let line = Some(line(id, Some(stored.user), "removed", None));
        Some(Did { changed, fate: Some(Moved::Out), line, ..Did::default() })
    }

    fn has(&mut self, scene: &Scene, id: EntryId, wish: &Entry, digest: i64) -> Result<Option<Did>, Error> {
        let linked = self.stored.get(&id).and_then(|stored| self.people.get(&stored.user));
        let holder = self.holders.get(wish.mail.key()).copied();
        let same = holder.and_then(|holder| self.people.get(&holder));
        // Who is a member by this very entry stays the same person, whatever was forgotten meanwhile.
        let same_entry = |user: &&User| {
            user.is_member_of(self.account.id) && user.source.as_ref().is_some_and(|source| source.id == wish.id)
        };
        let user = linked.or(same).cloned();
        if user.as_ref().is_some_and(|user| self.touched.contains(&user.id)) {
            return Ok(None);
        }
        let is_linked = linked.is_some() || same.filter(same_entry).is_some();
        // An address that somebody loses in this very transaction is free in the next one.
        if !is_linked
            && (wish.addresses().any(|address| self.freed.contains(address.key()))
                || (holder.is_some() && same.is_none()))
        {
            return if self.touched.is_empty() { Err(moved()) } else { Ok(None) };
        }
        let new = UserId(fresh::id(&scene.stage.random, scene.stage.cx.at));
        let theirs = user.as_ref().map_or(new, |user| user.id);
        let (entry, complete) = self.usable(wish, theirs);
        let mail_taken = holder.is_some_and(|holder| holder != theirs) && !self.exchanging.contains(&theirs);
        let person = match &user {
            Some(user) if is_linked => Person::Linked { user, mail_taken },
            Some(user) => {
                let unconfirmed_grant = self.unconfirmed.contains(&user.id);
                Person::SameAddress { user, unconfirmed_grant, new }
            }
            None => Person::New(new),
        };
        let applied = match source_has(&self.account, &mut self.seats, &entry, person, scene.stage.cx.at) {
            Ok(applied) => applied,
            Err(refusal) => {
                let user = user.map(|user| user.id);
                let line = Some(line(id, user, "refused", Some(refusal.code())));
                return Ok(Some(Did { refusal: Some((user, refusal)), line, ..Did::default() }));
            }
        };
        let whole = complete && !(mail_taken && wish.own_domain);
        let stored = Stored {
            user: theirs,
            present: true,
            grants: entry.license.filter(|_| entry.enabled),
            digest: Some(digest).filter(|_| whole),
        };
        Ok(Some(self.accept(id, user, applied, stored)))
    }

    /// Takes up what an entry leads to. `stored` still names who was there before.
    fn accept(&mut self, id: EntryId, user: Option<User>, applied: Applied, stored: Stored) -> Did {
        let (former, transition) = match applied {
            Applied::Ignored => return Did::default(),
            Applied::Person { transition, .. } => (None, transition),
            Applied::Replaced { former, new } => (Some(former), new),
        };
        let person = transition.user.id;
        self.touched.extend(user.as_ref().map(|user| user.id));
        self.touched.insert(person);
        let was_former = former.is_some();
        let user = match former {
            Some(former) => {
                self.formers.push(Change { before: user, transition: former });
                None
            }
            None => user,
        };
        let fate = Fate::of(self.stored.get(&id), stored.grants);
        let changed = self.change(user, transition);
        self.entries.push((id, Stored { user: person, ..stored }));
        let code = stored.digest.is_none().then_some("address-taken");
        let line = (fate != Fate::Join || code.is_some()).then(|| line(id, Some(person), word(fate), code));
        let fate = match fate {
            Fate::LockOut => Some(Moved::Out),
            Fate::Join | Fate::Return | Fate::Unlock => Some(Moved::In),
            Fate::License | Fate::Other => None,
        };
        Did { refusal: None, former: was_former, changed, fate, line }
    }

    /// An entry as it can be applied: addresses on domains that are the account's now, further ones that nobody else has.
    /// And whether that is all of it.
    fn usable(&self, wish: &Entry, theirs: UserId) -> (Entry, bool) {
        let mut entry = wish.clone();
        entry.own_domain &= self.own.contains(&entry.mail.domain());
        entry.secondary.retain(|address| {
            let free = self.holders.get(address.key()).is_none_or(|holder| *holder == theirs);
            free && self.own.contains(&address.domain())
        });
        let complete = entry.own_domain == wish.own_domain && entry.secondary.len() == wish.secondary.len();
        (entry, complete)
    }

    /// Takes a change up, if it is one.
    fn change(&mut self, before: Option<User>, transition: Transition) -> bool {
        if before.as_ref() == Some(&transition.user) && transition.effects.is_empty() {
            return false;
        }
        let keys = |user: &User| -> Vec<String> { user.addresses().map(|address| address.key().to_owned()).collect() };
        let after = keys(&transition.user);
        for key in before.iter().flat_map(keys).filter(|key| !after.contains(key)) {
            if self.holders.get(&key) == Some(&transition.user.id) {
                self.holders.remove(&key);
            }
            self.freed.insert(key);
        }
        self.holders.extend(after.into_iter().map(|key| (key, transition.user.id)));
        self.changes.push(Change { before, transition });
        true
    }
}

/// What the log says of somebody whose entry was applied.
fn word(fate: Fate) -> &'static str {
    match fate {
        Fate::Join => "joined",
        Fate::Return => "returned",
        Fate::LockOut => "locked-out",
        Fate::Unlock => "unlocked",
        Fate::License => "license",
        Fate::Other => "changed",
    }
}

pub(super) fn line(
    entry: EntryId,
    user: Option<UserId>,
    outcome: &'static str,
    code: Option<&'static str>,
) -> DirectoryLine {
    DirectoryLine { serial: 0, entry, user, outcome: outcome.to_owned(), code: code.map(str::to_owned) }
}

fn has(command: &Command) -> Option<&Entry> {
    match command {
        Command::Has { entry, .. } => Some(entry),
        Command::Lost { .. } => None,
    }
}

/// Somebody's address changed hands between looking and locking.
fn moved() -> Error {
    Error::Conflict("an address moved".to_owned())
}
