//! What administrators see of a directory's runs, and say to them: begin, stop, go ahead (rule 85).

use access::authority::{Action, Over};
use access::directory::Agreed;
use access::{AccountId, AccountType, Refusal, UserId};
use futures::FutureExt;
use store::{Directory, DirectoryLine, DirectoryRun, Lock, RunState, Write};

use super::configure::found;
use super::connect::asks;
use super::follow::recorded;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Page, PageRequest, Service};

const SYNC: Verb = Verb { name: "directory.sync", action: Action::ManageDirectory };
const CANCEL: Verb = Verb { name: "directory.run.cancel", action: Action::ManageDirectory };
const CONFIRM: Verb = Verb { name: "directory.run.confirm", action: Action::ManageDirectory };

/// A line of a run's log, and who it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedLine {
    /// The line.
    pub line: DirectoryLine,
    /// The person's address; `None` for who is no member of the account any more. Personal.
    pub address: Option<String>,
}

impl Service {
    /// All of the connected directory is read and applied now, as soon as the node that follows it hears of it.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn sync_directory(&self, cx: &Context, account: AccountId) -> Result<(), Error> {
        let wished = self.in_account(cx, SYNC, account, Lock::Share, |w, scene| {
            async move {
                if scene.account()?.kind != AccountType::EnterpriseDirectory {
                    return Err(Refusal::NoSource.into());
                }
                let directory = found(w, scene).await?;
                w.save_directory(&Directory { wanted: true, ..directory }, None).await?;
                let none = crate::facts::Facts::none();
                let record = scene.stage.changed(scene.verb.name, Some(scene.id), scene.id.0, &none, &none);
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            }
            .boxed()
        });
        let wished = single(wished.await);
        self.0.directory_wished.notify_waiters();
        wished
    }

    /// The runs of the account's directory, the newest first; the last 200 are kept.
    ///
    /// **Permission**: `ViewAccount` over the account.
    pub async fn list_directory_runs(
        &self,
        cx: &Context,
        account: AccountId,
        page: PageRequest,
    ) -> Result<Page<DirectoryRun>, Error> {
        let read = self.permitted(cx, Action::ViewAccount, Over::Account(account))?;
        self.present(cx, &read, account).await?;
        let found = read.directory_runs(page.position::<i64>()?, page.sought()).await?;
        Ok(page.page(found, |run| run.number))
    }

    /// A run of the account's directory.
    ///
    /// **Permission**: `ViewAccount` over the account.
    pub async fn directory_run(&self, cx: &Context, account: AccountId, number: i64) -> Result<DirectoryRun, Error> {
        let read = self.permitted(cx, Action::ViewAccount, Over::Account(account))?;
        self.present(cx, &read, account).await?;
        Ok(read.directory_run(number).await?.ok_or(Refusal::UnknownRun(number))?)
    }

    /// What a run came to for single people, in its order. Who only joined is not in it: they stand in the audit trail.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn directory_log(
        &self,
        cx: &Context,
        account: AccountId,
        number: i64,
        page: PageRequest,
    ) -> Result<Page<LoggedLine>, Error> {
        let read = self.permitted(cx, Action::ViewUsers, Over::Account(account))?;
        self.present(cx, &read, account).await?;
        read.directory_run(number).await?.ok_or(Refusal::UnknownRun(number))?;
        let after = page.position::<i64>()?.unwrap_or(0);
        let found = read.directory_log(number, after, page.sought()).await?;
        let people: Vec<UserId> = found.iter().filter_map(|line| line.user).collect();
        let addresses = read.addresses_of(&people).await?;
        let named = |line: DirectoryLine| LoggedLine {
            address: line.user.and_then(|user| addresses.get(&user).cloned()),
            line,
        };
        Ok(page.page(found, |line| line.serial).map(named))
    }

    /// Stops a run that goes on, after what is being written; what was applied stays. Of one that asks, the answer is no.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn cancel_directory_run(
        &self,
        cx: &Context,
        account: AccountId,
        number: i64,
    ) -> Result<DirectoryRun, Error> {
        let cancelled = self.in_account(cx, CANCEL, account, Lock::Share, move |w, scene| {
            async move { Ok(vec![cancel(w, scene, number).await?]) }.boxed()
        });
        single(cancelled.await)
    }

    /// Agrees to what a run asks: a full run does it, as long as it changes no more than `agreed` says. Refused when the
    /// question is about more.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn confirm_directory_run(
        &self,
        cx: &Context,
        account: AccountId,
        number: i64,
        agreed: Agreed,
    ) -> Result<DirectoryRun, Error> {
        let confirmed = self.in_account(cx, CONFIRM, account, Lock::Share, move |w, scene| {
            let agreed = agreed.clone();
            async move { Ok(vec![confirm(w, scene, number, agreed).await?]) }.boxed()
        });
        let confirmed = single(confirmed.await);
        self.0.directory_wished.notify_waiters();
        confirmed
    }
}

async fn cancel(w: &mut Write, scene: &Scene, number: i64) -> Result<Outcome<DirectoryRun>, Error> {
    let run = w.directory_run(scene.id, number).await?.ok_or(Refusal::UnknownRun(number))?;
    let state = match run.state {
        RunState::Running => RunState::Cancelled,
        RunState::Asking => RunState::Refused,
        _ => return Err(Refusal::RunOver.into()),
    };
    let run = DirectoryRun { state, ended: Some(scene.stage.cx.at), ..run };
    w.save_directory_run(scene.id, &run).await?;
    Ok(recorded(scene, number, run))
}

async fn confirm(w: &mut Write, scene: &Scene, number: i64, agreed: Agreed) -> Result<Outcome<DirectoryRun>, Error> {
    if scene.account()?.kind != AccountType::EnterpriseDirectory {
        return Err(Refusal::NoSource.into());
    }
    let directory = w.directory(scene.id).await?.ok_or(Refusal::NoDirectory)?;
    let run = w.directory_run(scene.id, number).await?.ok_or(Refusal::UnknownRun(number))?;
    let asked = run.question.clone().filter(|_| run.state == RunState::Asking).ok_or(Refusal::RunOver)?;
    let covered =
        asked.out <= agreed.out && asked.into <= agreed.into && asked.administrators.is_subset(&agreed.administrators);
    if !covered {
        return Err(asks(&asked).into());
    }
    let run =
        DirectoryRun { state: RunState::Agreed, agreed: Some(agreed.clone()), ended: Some(scene.stage.cx.at), ..run };
    w.save_directory_run(scene.id, &run).await?;
    w.save_directory(&Directory { wanted: true, agreed: Some(agreed), ..directory }, None).await?;
    Ok(recorded(scene, number, run))
}
