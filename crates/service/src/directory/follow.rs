//! What the program that follows a directory is told, and what it tells. One node does it for each account at a time.

use access::authority::{Action, Over};
use access::directory::{Agreed, Conflict, Connection, Counts, EntryId, Mapping, Plan};
use access::{AccountId, AccountType, Refusal};
use futures::FutureExt;
use jiff::Timestamp;
use store::{Directory, DirectoryRun, Lock, RunKind, RunState, Write};
use uuid::Uuid;

use super::apply::line;
use super::configure::stored;
use super::reach::Failed;
use crate::facts::Facts;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service};

const BEGIN: Verb = Verb { name: "directory.run.begin", action: Action::ManageDirectory };
const END: Verb = Verb { name: "directory.run.end", action: Action::ManageDirectory };

/// A node's hand on an account's directory. Only the node that has the lease of its task begins runs, does what they are
/// about and ends them; one that slept meanwhile finds that it lost it, and changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whose directory.
    pub account: AccountId,
    /// Which node.
    pub node: Uuid,
}

impl Turn {
    /// The name of the task that the lease is of.
    pub fn task(&self) -> String {
        format!("directory {}", self.account)
    }

    /// Refuses who has lost the lease. Until the transaction ends nobody takes it over.
    pub(super) async fn held(&self, w: &mut Write, at: Timestamp) -> Result<(), Error> {
        match w.holds_task(&self.task(), self.node, at).await? {
            true => Ok(()),
            false => Err(Error::Unavailable("another node follows the directory by now".to_owned())),
        }
    }
}

/// A run that is to begin.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// How much it is about.
    pub kind: RunKind,
    /// What it is to do.
    pub counts: Counts,
    /// What would have to be agreed to.
    pub asks: Agreed,
    /// Who cannot be taken over as they are.
    pub conflicts: Vec<(EntryId, Conflict)>,
    /// How many members the account has.
    pub members: u64,
}

impl NewRun {
    /// For what is planned.
    pub fn of(kind: RunKind, plan: &Plan, members: u64) -> Self {
        Self { kind, counts: plan.counts, asks: plan.asks(), conflicts: plan.conflicts.clone(), members }
    }
}

/// A run that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Its number.
    pub number: i64,
    /// What the brake asks: nothing may be done until somebody agrees (rule 85).
    pub question: Option<Agreed>,
}

/// A directory as it is to be followed.
#[derive(Clone)]
pub struct Followed {
    /// Another one means that the directory, its mappings or its brake are others: begin anew.
    pub version: i64,
    /// Where it is.
    pub connection: Connection,
    /// The password it is read with.
    pub password: String,
    /// Which groups give which license.
    pub mappings: Vec<Mapping>,
    /// It refused the password when it was read last.
    pub refused: bool,
}

impl std::fmt::Debug for Followed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Followed").field("version", &self.version).finish_non_exhaustive()
    }
}

/// What a program that follows a directory looks for from time to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// As in [`Followed`].
    pub version: i64,
    /// Somebody wants all of it read and applied now.
    pub wanted: bool,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// All of it is done. `drift`: of so many people the directory said something else than was followed (a defect).
    Done {
        /// How many.
        drift: usize,
    },
    /// Something went wrong: a sentence without secrets.
    Failed(String),
}

impl Service {
    /// The accounts whose directory decides who is in them, by id.
    ///
    /// **Permission**: Carillon itself.
    pub async fn connected_directories(&self) -> Result<Vec<AccountId>, Error> {
        let read = self.permitted(&self.system(), Action::ManageDirectory, Over::Deployment)?;
        Ok(read.connected_directories().await?)
    }

    /// An account's directory as it is to be followed; `None` when it is not connected.
    ///
    /// **Permission**: Carillon itself.
    pub async fn followed_directory(&self, account: AccountId) -> Result<Option<Followed>, Error> {
        let read = self.permitted(&self.system(), Action::ManageDirectory, Over::Account(account))?;
        if !read.account(account).await?.is_some_and(|account| account.has_directory()) {
            return Ok(None);
        }
        let Some((directory, password)) = stored(&read).await? else { return Ok(None) };
        let Directory { version, connection, mappings, failure, .. } = directory;
        let refused = failure.is_some_and(|(code, _)| code == "credentials");
        Ok(Some(Followed { version, connection, password, mappings, refused }))
    }

    /// Completes when an administrator wished something of a directory in this process after this was called: those that
    /// follow one look then. Other processes' wishes are found by looking now and then.
    pub fn directory_wished(&self) -> impl Future<Output = ()> {
        self.0.directory_wished.notified()
    }

    /// What is wished of an account's directory, by one small read; `None` when it is not connected.
    ///
    /// **Permission**: Carillon itself.
    pub async fn directory_wishes(&self, account: AccountId) -> Result<Option<Wishes>, Error> {
        let read = self.permitted(&self.system(), Action::ManageDirectory, Over::Account(account))?;
        if !read.account(account).await?.is_some_and(|account| account.has_directory()) {
            return Ok(None);
        }
        Ok(read.directory().await?.map(|directory| Wishes { version: directory.version, wanted: directory.wanted }))
    }

    /// A run begins, or asks before it does anything: when it would do more than the brake allows, with what runs of the last
    /// hour did, and more than somebody has agreed to (rule 85). A run that was under way has failed, as the node that did
    /// it is gone. A full one takes up what somebody wished for and agreed to, and makes questions of earlier ones outdated.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn begin_directory_run(&self, cx: &Context, turn: Turn, run: NewRun) -> Result<Begun, Error> {
        let begun = self.in_account(cx, BEGIN, turn.account, Lock::Share, move |w, scene| {
            let run = run.clone();
            async move {
                turn.held(w, scene.stage.cx.at).await?;
                Ok(vec![begin(w, scene, run).await?])
            }
            .boxed()
        });
        single(begun.await)
    }

    /// There is nothing to do: after a full read, the wish for one is fulfilled.
    ///
    /// **Permission**: Carillon itself.
    pub async fn directory_unchanged(&self, cx: &Context, turn: Turn, kind: RunKind) -> Result<(), Error> {
        let read = self.permitted(cx, Action::ManageDirectory, Over::Account(turn.account))?;
        if kind == RunKind::Changes {
            return Ok(());
        }
        if !read.directory().await?.is_some_and(|one| one.wanted || one.agreed.is_some()) {
            return Ok(());
        }
        let at = cx.at;
        self.unrecorded(move |w| fulfil(w, turn, at).boxed()).await
    }

    /// A run is over. One that was stopped meanwhile stays so.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn end_directory_run(&self, cx: &Context, turn: Turn, number: i64, end: RunEnd) -> Result<(), Error> {
        let ended = self.in_account(cx, END, turn.account, Lock::Share, move |w, scene| {
            let end = end.clone();
            async move {
                turn.held(w, scene.stage.cx.at).await?;
                Ok(vec![finish(w, scene, number, end).await?])
            }
            .boxed()
        });
        single(ended.await)
    }

    /// The directory answers, or does not. Written down when that is news, by the node whose turn it is. One that does not has
    /// been tried: who wished that hears no more than why, and it is not tried over and over for one wish.
    ///
    /// **Permission**: Carillon itself.
    pub async fn note_directory(&self, turn: Turn, reached: Result<(), &Failed>) -> Result<(), Error> {
        let cx = self.system();
        let read = self.permitted(&cx, Action::ManageDirectory, Over::Account(turn.account))?;
        let failure = reached.err().map(|failed| (failed.code.to_owned(), failed.text.clone()));
        let Some(directory) = read.directory().await? else { return Ok(()) };
        let code = |failure: &Option<(String, String)>| failure.as_ref().map(|(code, _)| code.clone());
        let known = directory.heard.filter(|_| code(&directory.failure) == code(&failure));
        let tried = failure.is_some() && directory.wanted;
        if known.is_some() && !tried {
            return Ok(());
        }
        let (at, since) = (cx.at, known.unwrap_or(cx.at));
        self.unrecorded(move |w| note(w, turn, failure, at, since).boxed()).await
    }
}

async fn note(
    w: &mut Write,
    turn: Turn,
    failure: Option<(String, String)>,
    at: Timestamp,
    since: Timestamp,
) -> Result<(), Error> {
    turn.held(w, at).await?;
    Ok(w.note_directory(turn.account, failure, since).await?)
}

async fn fulfil(w: &mut Write, turn: Turn, at: Timestamp) -> Result<(), Error> {
    turn.held(w, at).await?;
    if let Some(directory) = w.directory(turn.account).await? {
        w.save_directory(&Directory { wanted: false, agreed: None, ..directory }, None).await?;
    }
    Ok(())
}

async fn begin(w: &mut Write, scene: &Scene, new: NewRun) -> Result<Outcome<Begun>, Error> {
    let (id, at) = (scene.id, scene.stage.cx.at);
    let NewRun { kind, counts, asks, conflicts, members } = new;
    if scene.account()?.kind != AccountType::EnterpriseDirectory {
        return Err(Refusal::NoSource.into());
    }
    let directory = w.directory(id).await?.ok_or(Refusal::NoDirectory)?;
    end_former(w, scene, kind).await?;
    let agreed = directory.agreed.clone().filter(|_| kind == RunKind::Full);
    let mut lately = Agreed::default();
    for run in w.directory_runs_lately(id, at).await? {
        lately = lately.and(&Agreed::unasked(run.put_out, run.let_in, run.agreed.as_ref()));
    }
    let nothing = Agreed::default();
    let stopped = directory.brake.stops(&asks, members, agreed.as_ref().unwrap_or(&nothing), &lately);
    let question = Some(asks).filter(|_| stopped);
    if kind == RunKind::Full && (directory.wanted || directory.agreed.is_some()) {
        w.save_directory(&Directory { wanted: false, agreed: None, ..directory }, None).await?;
    }
    let mut run = DirectoryRun {
        number: 0,
        kind,
        state: if stopped { RunState::Asking } else { RunState::Running },
        started: at,
        ended: None,
        counts,
        question: question.clone(),
        agreed,
        applied: 0,
        put_out: 0,
        let_in: 0,
        refused: 0,
        drift: 0,
        logged: 0,
        error: None,
    };
    run.number = w.insert_directory_run(id, run.clone()).await?;
    let lines = conflicts.iter().map(|(entry, conflict)| line(*entry, None, "conflict", Some(conflict.code())));
    w.log_directory(id, &mut run, lines.collect()).await?;
    w.save_directory_run(id, &run).await?;
    let number = run.number;
    Ok(recorded(scene, number, Begun { number, question }))
}

/// Runs that are over because another one begins: one that was under way, and of a full run what was asked before.
async fn end_former(w: &mut Write, scene: &Scene, kind: RunKind) -> Result<(), Error> {
    let over = |state| if state == RunState::Running { RunState::Failed } else { RunState::Outdated };
    let states: &[RunState] = match kind {
        RunKind::Full => &[RunState::Running, RunState::Asking, RunState::Agreed],
        RunKind::Changes => &[RunState::Running],
    };
    for state in states {
        for mut former in w.directory_runs_in(scene.id, *state).await? {
            former.state = over(*state);
            former.ended = Some(scene.stage.cx.at);
            former.error = (*state == RunState::Running).then(|| "the node that did it is gone".to_owned());
            w.save_directory_run(scene.id, &former).await?;
        }
    }
    Ok(())
}

async fn finish(w: &mut Write, scene: &Scene, number: i64, end: RunEnd) -> Result<Outcome<()>, Error> {
    let directory = w.directory(scene.id).await?.ok_or(Refusal::NoDirectory)?;
    let run = w.directory_run(scene.id, number).await?.ok_or(Refusal::UnknownRun(number))?;
    if run.state != RunState::Running {
        return Ok(Outcome { result: Ok(()), audit: vec![], notices: vec![] });
    }
    let (state, drift, error) = match end {
        RunEnd::Done { drift } => (RunState::Done, drift as u64, None),
        RunEnd::Failed(why) => (RunState::Failed, 0, Some(why)),
    };
    if state == RunState::Done && run.kind == RunKind::Full {
        let members = w.count_members(scene.id).await?;
        w.save_directory(&Directory { members, ..directory }, None).await?;
    }
    let run = DirectoryRun { state, drift, error, ended: Some(scene.stage.cx.at), ..run };
    w.save_directory_run(scene.id, &run).await?;
    Ok(recorded(scene, number, ()))
}

/// With a record that names the run.
pub(super) fn recorded<T>(scene: &Scene, number: i64, value: T) -> Outcome<T> {
    let none = Facts::none();
    let mut record = scene.stage.changed(scene.verb.name, Some(scene.id), scene.id.0, &none, &none);
    record.why = Some(format!("directory run {number}").into());
    Outcome { result: Ok(value), audit: vec![record], notices: vec![] }
}
