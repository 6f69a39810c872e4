//! Following directories: what an account's directory says is true in the account within a second.
//!
//! One node has the lease of an account's directory. It reads all of it, does what follows from that, and then waits for the
//! directory's next word; the same each time, for the few people concerned. Once a day all is read again, which shows
//! whether what was followed is what is there. Nothing of this is needed to answer who may sign in: that is in the
//! store. A node that dies loses its lease by time, and another begins with a full read.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use access::AccountId;
use access::directory::{EntryId, Mapping, Snapshot};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use service::directory::reach::{Failed, LeftOut, Position, Reading, Since};
use service::directory::{NewRun, RunEnd, RunKind, Turn};
use service::{Error, Service};
use tokio::sync::watch;
use tokio::task::{Id, JoinSet};
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::back_off::BackOff;

/// How often a node looks which directories there are, and what administrators want of those it follows.
const LOOK: Duration = Duration::from_secs(1);
/// How long a directory is a node's without a sign of life.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// How often a node gives one.
const SIGN: Duration = Duration::from_secs(10);
/// How often all is read again.
const FULL: Duration = Duration::from_hours(24);
/// Between tries of a directory that does not answer.
const WAITS: BackOff = BackOff { first: SignedDuration::from_secs(2), longest: SignedDuration::from_mins(2) };
/// Until a password that was refused is tried again, unless somebody gives another one or asks for it.
const REFUSED: SignedDuration = SignedDuration::from_mins(30);
/// The longest sleep until somebody's account ends: the clock may be set meanwhile.
const NAP: SignedDuration = SignedDuration::from_hours(1);

/// Follows every connected directory that no other node follows, until told to stop.
pub(crate) async fn keep(service: Service, node: Uuid, mut stop: watch::Receiver<bool>) {
    let (mut running, mut accounts) = (JoinSet::new(), HashMap::<AccountId, Id>::new());
    while !*stop.borrow() {
        // Asked for before one looks, so that nothing is missed that is wished meanwhile.
        let wished = service.directory_wished();
        match service.connected_directories().await {
            Ok(connected) => {
                for account in connected {
                    if let Entry::Vacant(free) = accounts.entry(account) {
                        let follower = Follower::new(service.clone(), account, node);
                        free.insert(running.spawn(follower.follow(stop.clone())).id());
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "directories could not be looked for; it is tried again"),
        }
        tokio::select! {
            () = sleep(LOOK) => {}
            () = wished => {}
            _ = stop.changed() => {}
        }
        while let Some(ended) = running.try_join_next_with_id() {
            let ended = ended.map_or_else(|error| error.id(), |(id, ())| id);
            accounts.retain(|_, id| *id != ended);
        }
    }
    while running.join_next().await.is_some() {}
}

/// A node's hand on one directory.
struct Follower {
    service: Service,
    turn: Turn,
    /// Of the connection that was tried last.
    version: Option<i64>,
}

/// Why a directory is not followed any further.
enum Left {
    /// The account is not connected any more.
    Disconnected,
    /// The connection or the mappings are others now.
    Changed,
    /// The directory failed.
    Failed(Failed),
    /// We did.
    Broken(Error),
}

impl From<Failed> for Left {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

impl From<Error> for Left {
    fn from(error: Error) -> Self {
        Self::Broken(error)
    }
}

impl Follower {
    fn new(service: Service, account: AccountId, node: Uuid) -> Self {
        Self { service, turn: Turn { account, node }, version: None }
    }

    /// Follows as long as this node has the lease, if it gets it.
    async fn follow(mut self, mut stop: watch::Receiver<bool>) {
        let (service, task, node) = (self.service.clone(), self.turn.task(), self.turn.node);
        // To look costs less than to try, and other nodes do it once a second.
        if !matches!(service.task_waits(&task).await, Ok(true))
            || !matches!(service.take_turn(&task, node, LEASE).await, Ok(true))
        {
            return;
        }
        let account = self.turn.account;
        tokio::select! {
            () = hold(&service, &task, node) => {
                tracing::warn!(%account, "the lease of a directory was lost: another node follows it, or the database is away");
            }
            ended = AssertUnwindSafe(self.tries()).catch_unwind() => {
                if ended.is_err() {
                    tracing::error!(%account, "following a directory panicked; it begins again");
                }
            }
            _ = stop.changed() => {}
        }
        if let Err(error) = service.end_turn(&task, node, SignedDuration::ZERO).await {
            tracing::warn!(%account, %error, "the lease of a directory could not be given back; it ends by itself");
        }
    }

    /// Until it is not connected any more.
    async fn tries(&mut self) {
        let mut failures = 0;
        loop {
            let begun = self.service.clock().now();
            let failed = match self.connected().await {
                Left::Disconnected => return,
                Left::Changed => continue,
                Left::Failed(failed) => failed,
                Left::Broken(error) => Failed::new("carillon", error.to_string()),
            };
            // Who has lost the lease says nothing of the directory any more: another node does.
            if matches!(self.service.has_turn(&self.turn.task(), self.turn.node).await, Ok(false)) {
                return;
            }
            // What went well for a while begins anew.
            let lasted = self.service.clock().now().duration_since(begun);
            failures = if lasted > WAITS.longest { 1 } else { failures + 1 };
            let again = WAITS.after(failures, self.service.random().bytes());
            tracing::warn!(account = %self.turn.account, code = failed.code, error = %failed, "a directory is not followed for now");
            if let Err(error) = self.service.note_directory(self.turn, Err(&failed)).await {
                tracing::warn!(account = %self.turn.account, %error, "that could not be noted");
            }
            // A refused password is not tried over and over: the directory would lock the account that reads.
            let again = if failed.code == "credentials" { REFUSED } else { again };
            let _ = timeout(again.unsigned_abs(), self.another_try()).await;
        }
    }

    /// Reads all, does what follows, and then what follows from each change.
    async fn connected(&mut self) -> Left {
        let Err(left) = self.on_a_connection().await;
        left
    }

    async fn on_a_connection(&mut self) -> Result<std::convert::Infallible, Left> {
        let followed = self.service.followed_directory(self.turn.account).await?.ok_or(Left::Disconnected)?;
        self.version = Some(followed.version);
        let directories = self.service.directories();
        let mut reading = directories.open(&followed.connection, &followed.password).await?;
        let mut at =
            Following { mappings: followed.mappings.clone(), version: followed.version, ..Following::default() };
        let mut before: Option<(Snapshot, Position)> = None;
        loop {
            let earlier = before.as_ref().map(|(earlier, _)| earlier);
            at.snapshot = Snapshot::with_room_of(earlier);
            let mut position = reading.each(&mut |read| at.snapshot.add(read, earlier)).await?;
            at.left_out = reading.left_out();
            self.service.note_directory(self.turn, Ok(())).await?;
            let drift = self.drift(&mut *reading, &mut at, &mut position, before.as_mut()).await?;
            self.everybody(&mut at, drift).await?;
            // Only now: to free a hundred thousand people takes a while.
            drop(before.take());
            self.changes(&mut *reading, &mut at, &mut position).await?;
            let followed = std::mem::take(&mut at.snapshot);
            before = Some((followed, position)).filter(|(followed, _)| !followed.is_incomplete());
        }
    }

    /// How far what was followed is from what is there, once both have heard the same.
    async fn drift(
        &self,
        reading: &mut dyn Reading,
        at: &mut Following,
        position: &mut Position,
        before: Option<&mut (Snapshot, Position)>,
    ) -> Result<usize, Left> {
        let Some((snapshot, since)) = before else { return Ok(0) };
        let Since::Changes(reads, _) = reading.since(since).await? else { return Ok(0) };
        snapshot.take(reads);
        if let Since::Changes(reads, next) = reading.since(position).await? {
            at.snapshot.take(reads);
            *position = next;
        }
        let drift = snapshot.differing(&at.snapshot);
        if drift > 0 {
            tracing::error!(account = %self.turn.account, people = drift, "a directory had changes that were not heard of; the full read has them. Please report this defect");
        }
        Ok(drift)
    }

    /// Waits for changes, and for the end of accounts that end by themselves, and does what follows; until it is time to read
    /// all again.
    async fn changes(
        &mut self,
        reading: &mut dyn Reading,
        at: &mut Following,
        position: &mut Position,
    ) -> Result<(), Left> {
        let full = sleep(FULL);
        tokio::pin!(full);
        loop {
            let wished = tokio::select! {
                waited = reading.wait(position) => { waited?; false }
                wished = self.wished(Some(at.version)) => { wished?; true }
                () = self.somebody_expires(at) => {
                    self.expired(at).await?;
                    continue;
                }
                () = &mut full => return Ok(()),
            };
            if wished {
                return Ok(());
            }
            match reading.since(position).await? {
                Since::All => return Ok(()),
                Since::Changes(reads, next) => {
                    let touched = at.snapshot.take(reads);
                    *position = next;
                    if at.snapshot.is_incomplete() {
                        return Ok(());
                    }
                    self.some(at, &touched).await?;
                }
            }
        }
    }

    /// Ends when somebody's account does, at the latest after a while.
    async fn somebody_expires(&self, at: &Following) {
        let now = self.service.clock().now();
        let until = at.snapshot.next_expiry(at.planned).map_or(NAP, |expires| expires.duration_since(now).min(NAP));
        sleep(until.try_into().unwrap_or_default()).await;
    }

    /// What follows of the accounts that have ended: nothing about them changed there, so nobody tells it.
    async fn expired(&mut self, at: &mut Following) -> Result<(), Left> {
        let now = self.service.clock().now();
        let expired = at.snapshot.expired(at.planned, now);
        if !expired.is_empty() {
            self.some(at, &expired).await?;
            at.planned = now;
        }
        Ok(())
    }

    /// Ends when an administrator wants all read again, or something about the connection changed.
    async fn wished(&self, version: Option<i64>) -> Result<(), Left> {
        loop {
            let wished = self.service.directory_wished();
            let wishes = self.service.directory_wishes(self.turn.account).await?.ok_or(Left::Disconnected)?;
            if version.is_some_and(|version| version != wishes.version) {
                return Err(Left::Changed);
            }
            if wishes.wanted {
                return Ok(());
            }
            let _ = timeout(LOOK, wished).await;
        }
    }

    /// Ends when the directory is to be tried again before its time, however often that is wished: not at once, and not because
    /// nobody could be asked.
    async fn another_try(&self) {
        loop {
            sleep(LOOK).await;
            if !matches!(self.wished(self.version).await, Err(Left::Broken(_))) {
                return;
            }
        }
    }

    /// What follows of a full read.
    async fn everybody(&mut self, at: &mut Following, drift: usize) -> Result<(), Left> {
        let wishes = self.service.directory_wishes(self.turn.account).await?.ok_or(Left::Disconnected)?;
        if wishes.version != at.version {
            return Err(Left::Changed);
        }
        self.resolve(at).await?;
        at.planned = self.run(at, None, drift).await?;
        Ok(())
    }

    /// What follows of a change. Groups that count now and did not before are everybody's matter.
    async fn some(&mut self, at: &mut Following, touched: &BTreeSet<EntryId>) -> Result<(), Left> {
        let others_count = self.resolve(at).await?;
        if touched.is_empty() && !others_count {
            return Ok(());
        }
        self.run(at, Some(touched).filter(|_| !others_count), 0).await?;
        Ok(())
    }

    /// Finds mapped groups, and keeps what was found.
    async fn resolve(&self, at: &mut Following) -> Result<bool, Left> {
        let resolved = at.snapshot.resolve(&mut at.mappings);
        if resolved.changed {
            let cx = self.service.system();
            let kept = self.service.keep_mappings(&cx, self.turn, at.version, at.mappings.clone()).await?;
            at.version = kept.ok_or(Left::Changed)?;
        }
        Ok(resolved.changed)
    }

    /// Plans and does it; or asks, and does nothing. Returns for which moment it planned.
    async fn run(&self, at: &Following, only: Option<&BTreeSet<EntryId>>, drift: usize) -> Result<Timestamp, Left> {
        let service = &self.service;
        let cx = service.system();
        let (known, mut planned) =
            service.plan_directory(&cx, self.turn.account, &at.snapshot, &at.mappings, only).await?;
        if only.is_none() && at.left_out.missing > 0 {
            tracing::warn!(account = %self.turn.account, entries = at.left_out.missing,
                "entries of a directory could not be read, so nobody is removed by this run");
            planned = planned.without_removals();
        }
        let kind = if only.is_some() { RunKind::Changes } else { RunKind::Full };
        if planned.commands.is_empty() && (planned.conflicts.is_empty() || kind == RunKind::Changes) && drift == 0 {
            service.directory_unchanged(&cx, self.turn, kind).await?;
            return Ok(cx.at);
        }
        let begun = service.begin_directory_run(&cx, self.turn, NewRun::of(kind, &planned, known.members)).await?;
        if let Some(question) = begun.question {
            tracing::warn!(account = %self.turn.account, run = begun.number, out = question.out, into = question.into,
                "a directory run asks before it goes on");
            return Ok(cx.at);
        }
        let applied = service.apply_directory(&cx, self.turn, begun.number, planned.commands).await;
        let end = match &applied {
            // An administrator stopped it, or disconnected the directory: the rest waits for a wish, or for the next day.
            Ok(stepped) if stepped.stopped => return Ok(cx.at),
            Ok(_) => RunEnd::Done { drift },
            Err(error) => RunEnd::Failed(error.to_string()),
        };
        service.end_directory_run(&cx, self.turn, begun.number, end).await?;
        applied?;
        Ok(cx.at)
    }
}

/// What is followed.
#[derive(Default)]
struct Following {
    snapshot: Snapshot,
    mappings: Vec<Mapping>,
    /// Of the connection and the mappings, as they are kept.
    version: i64,
    /// What the last full read could not read.
    left_out: LeftOut,
    /// Of whoever's account had ended by then, it was taken into account.
    planned: Timestamp,
}

/// Gives signs of life, until the lease is lost.
async fn hold(service: &Service, task: &str, node: Uuid) {
    let mut last = service.clock().now();
    loop {
        sleep(SIGN).await;
        match service.take_turn(task, node, LEASE).await {
            Ok(true) => last = service.clock().now(),
            Ok(false) => return,
            // The database may be back before the lease is over.
            Err(_) if service.clock().now().duration_since(last) < LEASE => {}
            Err(_) => return,
        }
    }
}
