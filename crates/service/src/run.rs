//! The runner: one verb, one transaction, with its audit records and notices (rule 24).

use std::collections::BTreeSet;
use std::sync::Arc;

use access::Refusal;
use access::authority::{Action, Over};
use access::{Account, AccountId, Domain, Seats};
use futures::FutureExt;
use futures::future::BoxFuture;
use store::{Committed, Entry, Lock, Notice, Random, Receiver, Record, Write};

use crate::accounts::Accounts;
use crate::authority::{Authority, beside};
use crate::{Context, Error, Outcomes, Service, UserView, mail_limit};

/// How often a verb is tried when another change got in between: a unique index or a deadlock stopped it.
const ATTEMPTS: u32 = 4;

/// What one command came to, with everything that must be written beside it.
pub struct Outcome<T> {
    /// The answer.
    pub result: Result<T, Refusal>,
    /// What the trail keeps of it.
    pub audit: Vec<Record>,
    /// Who is told.
    pub notices: Vec<Notice>,
}

impl<T: Clone> Outcome<T> {
    /// The same answer once more, with nothing written beside it.
    pub(crate) fn repeated(&self) -> Self {
        Self { result: self.result.clone(), audit: vec![], notices: vec![] }
    }
}

impl<T> Outcome<T> {
    /// The same with another form of the answer.
    pub(crate) fn try_map<U>(self, form: impl FnOnce(T) -> Result<U, Error>) -> Result<Outcome<U>, Error> {
        let Self { result, audit, notices } = self;
        let result = match result {
            Ok(value) => Ok(form(value)?),
            Err(refusal) => Err(refusal),
        };
        Ok(Outcome { result, audit, notices })
    }
}

/// What a verb is called in the audit trail, and what it needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verb {
    /// A stable word, such as `user.suspend`.
    pub name: &'static str,
    /// What the caller must be permitted.
    pub action: Action,
}

/// A verb's work inside the transaction. It may be done more than once: what it did before is undone.
pub type Work<'a, T> = BoxFuture<'a, Result<Vec<Outcome<T>>, Error>>;

/// What every running verb has at hand.
#[derive(Clone, Debug)]
pub struct Stage {
    /// The request.
    pub cx: Context,
    /// For ids and tokens.
    pub random: Random,
    /// How many mails an account's administrators may cause in a day; 0 for no limit (rule 69).
    pub mails_a_day: u32,
}

/// What a verb on one account has at hand besides: the account, locked with its seats, and what the caller may do.
pub(crate) struct Scene {
    /// The request and randomness.
    pub stage: Stage,
    /// The verb that runs.
    pub verb: Verb,
    /// The authority the caller has now, read inside the transaction.
    pub authority: Authority,
    /// The account's id.
    pub id: AccountId,
    /// The account and its seats; others may join it.
    pub accounts: Accounts,
}

impl Service {
    /// Runs a verb in one transaction and commits it with the records and notices of all its outcomes. An error undoes
    /// everything; when it is a refusal, that is recorded.
    pub async fn run<T, J>(&self, cx: &Context, name: &'static str, job: J) -> Outcomes<T>
    where
        T: Send + 'static,
        J: for<'a> Fn(&'a mut Write, &'a Stage) -> Work<'a, T> + Send + Sync + 'static,
    {
        self.run_for(cx, name, None, job).await
    }

    /// The same; a refusal goes to the trail of `account`, unless the account is out of the caller's reach.
    pub(crate) async fn run_for<T, J>(
        &self,
        cx: &Context,
        name: &'static str,
        account: Option<AccountId>,
        job: J,
    ) -> Outcomes<T>
    where
        T: Send + 'static,
        J: for<'a> Fn(&'a mut Write, &'a Stage) -> Work<'a, T> + Send + Sync + 'static,
    {
        let mails_a_day = self.settings().mails_a_day;
        let stage = Arc::new(Stage { cx: cx.clone(), random: self.random().clone(), mails_a_day });
        let job = Arc::new(job);
        let mut attempt = 1;
        let answer = loop {
            let (job, stage) = (Arc::clone(&job), Arc::clone(&stage));
            let tried = self.store().write(move |w| {
                async move {
                    stage.cx.terms.begin(w, &stage.cx).await?;
                    let outcomes = job(w, &stage).await?;
                    stage.cx.terms.kept()?;
                    mail_limit::count(w, &stage, mail_limit::caused(&outcomes)).await?;
                    if stage.cx.preview {
                        stage.cx.terms.count(&outcomes);
                        return Err(Undone::Preview(outcomes.into_iter().map(|outcome| outcome.result).collect()));
                    }
                    Ok(commit(w, &stage, outcomes).await?)
                }
                .boxed()
            });
            match tried.await {
                Err(Undone::Error(Error::Conflict(_))) if attempt < ATTEMPTS => attempt += 1,
                Err(Undone::Error(error)) => break Err(error),
                Err(Undone::Preview(answers)) => break Ok((answers, BTreeSet::new())),
                Ok(committed) => break Ok(committed),
            }
        };
        let refusal = match answer {
            Err(Error::Conflict(_)) => Refusal::Changed,
            Err(Error::Refused(refusal)) => refusal,
            Ok((answers, receivers)) => {
                self.tell_of(&receivers);
                return Ok(answers);
            }
            Err(error) => return Err(error),
        };
        if cx.preview {
            return Err(Error::Refused(refusal));
        }
        let account = account.filter(|_| !matches!(refusal, Refusal::UnknownAccount(_)));
        let record = stage.refused(name, account, None, &refusal);
        let kept =
            self.store().write(|w| async move { Ok::<_, Error>(w.commit((), vec![record], vec![]).await?) }.boxed());
        kept.await?;
        Err(Error::Refused(refusal))
    }

    /// Runs a verb on one account, which is locked with its seats before people are. An account out of the caller's
    /// reach is refused as an unknown one (rule 28).
    pub(crate) async fn in_account<T, J>(
        &self,
        cx: &Context,
        verb: Verb,
        id: AccountId,
        lock: Lock,
        job: J,
    ) -> Outcomes<T>
    where
        T: Send + 'static,
        J: for<'a> Fn(&'a mut Write, &'a mut Scene) -> Work<'a, T> + Send + Sync + 'static,
    {
        self.in_account_on(cx, verb, id, lock, Vec::new(), job).await
    }

    /// The same, about a domain, which is locked with every account that owns or owned it: its leftovers may be there.
    pub(crate) async fn in_account_on_domain<T, J>(
        &self,
        cx: &Context,
        verb: Verb,
        id: AccountId,
        domain: Domain,
        job: J,
    ) -> Outcomes<T>
    where
        T: Send + 'static,
        J: for<'a> Fn(&'a mut Write, &'a mut Scene) -> Work<'a, T> + Send + Sync + 'static,
    {
        self.in_account_beside(cx, verb, id, Lock::Exclusive, Beside { named: Vec::new(), domain: Some(domain) }, job)
            .await
    }

    /// The same, on people whom the caller named: they are locked together with the caller.
    pub(crate) async fn in_account_on<T, J>(
        &self,
        cx: &Context,
        verb: Verb,
        id: AccountId,
        lock: Lock,
        named: Vec<String>,
        job: J,
    ) -> Outcomes<T>
    where
        T: Send + 'static,
        J: for<'a> Fn(&'a mut Write, &'a mut Scene) -> Work<'a, T> + Send + Sync + 'static,
    {
        self.in_account_beside(cx, verb, id, lock, Beside { named, domain: None }, job).await
    }

    async fn in_account_beside<T, J>(
        &self,
        cx: &Context,
        verb: Verb,
        id: AccountId,
        lock: Lock,
        beside_it: Beside,
        job: J,
    ) -> Outcomes<T>
    where
        T: Send + 'static,
        J: for<'a> Fn(&'a mut Write, &'a mut Scene) -> Work<'a, T> + Send + Sync + 'static,
    {
        let job = Arc::new(job);
        self.run_for(cx, verb.name, Some(id), move |w, stage| {
            let (job, Beside { named, domain }) = (Arc::clone(&job), beside_it.clone());
            async move {
                // Before anything is locked: a caller without the right must not make others wait.
                access::authority::permit(&stage.cx.caller, verb.action, Over::Account(id))?;
                let accounts = match &domain {
                    Some(domain) => lock_domain(w, id, domain, lock).await?,
                    None => Accounts::lock(w, &[id], lock).await?,
                };
                let authority = beside(w, stage, verb.action, Over::Account(id), &named).await?;
                // One that was deleted long ago is as unknown as one that never was (rule 44).
                if !accounts.contains(id) || accounts.account(id)?.is_gone(stage.cx.at) {
                    return Err(Refusal::UnknownAccount(id.to_string()).into());
                }
                let mut scene = Scene { stage: stage.clone(), verb, authority, id, accounts };
                job(w, &mut scene).await
            }
            .boxed()
        })
        .await
    }
}

/// Why a transaction was rolled back.
enum Undone<T> {
    /// It was a preview: these are the answers it would have had.
    Preview(Vec<Result<T, Refusal>>),
    /// Something is in the way.
    Error(Error),
}

impl<T, E: Into<Error>> From<E> for Undone<T> {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// An answer for each command, and who is told of the change.
type Answers<T> = (Vec<Result<T, Refusal>>, BTreeSet<Receiver>);
/// What is locked beside the account.
#[derive(Clone)]
struct Beside {
    /// Ids of people.
    named: Vec<String>,
    /// A domain with whoever owns or owned it.
    domain: Option<Domain>,
}

/// Locks the account and those that own or owned a domain, then the domain. When its owners changed between looking and
/// locking, the change is done again from the start.
async fn lock_domain(w: &mut Write, id: AccountId, domain: &Domain, lock: Lock) -> Result<Accounts, Error> {
    let concerned = async |w: &mut Write| -> Result<BTreeSet<AccountId>, Error> {
        let owner = w.owning_claim(domain).await?.map(|claim| claim.account);
        let former = w.former_owners(domain).await?;
        Ok(former.into_iter().chain(owner).chain([id]).collect())
    };
    let ids = concerned(w).await?;
    let accounts = Accounts::lock(w, &ids.iter().copied().collect::<Vec<_>>(), lock).await?;
    w.lock_domains(std::slice::from_ref(domain), Lock::Exclusive).await?;
    match concerned(w).await? == ids {
        true => Ok(accounts),
        false => Err(Error::Conflict("the domain's owners changed".to_owned())),
    }
}

/// Commits the answers with everything that goes beside them.
async fn commit<T: 'static>(
    w: &mut Write,
    stage: &Stage,
    outcomes: Vec<Outcome<T>>,
) -> Result<Committed<Answers<T>>, Error> {
    let (mut results, mut audit, mut notices) = (Vec::with_capacity(outcomes.len()), vec![], vec![]);
    for outcome in outcomes {
        results.push(outcome.result);
        audit.extend(outcome.audit);
        notices.extend(outcome.notices);
    }
    if let Some(once) = &stage.cx.terms.once
        && let Some(kept) = once.kept(&results)?
    {
        once.keep(w, &kept, stage.cx.at).await?;
    }
    let receivers = notices.iter().map(|notice| notice.receiver).collect();
    Ok(w.commit((results, receivers), audit, notices).await?)
}

impl Scene {
    /// The account.
    pub(crate) fn account(&self) -> Result<&Account, Error> {
        self.accounts.account(self.id)
    }

    /// A copy of the account's seats, to try a rule on.
    pub(crate) fn seats(&self) -> Result<Seats, Error> {
        self.accounts.seats(self.id)
    }

    /// An outcome as the caller sees it.
    pub(crate) fn shown<T>(
        &self,
        outcome: Outcome<T>,
        entry: impl FnOnce(T) -> Entry,
    ) -> Result<Outcome<UserView>, Error> {
        let Outcome { result, audit, notices } = outcome;
        let account = self.account()?;
        let view = |thing| UserView::of(&entry(thing), account, self.authority.permit, self.stage.cx.at);
        Ok(Outcome { result: result.map(view), audit, notices })
    }

    /// The outcome of a command that was refused.
    pub(crate) fn refused<T>(&self, subject: Option<uuid::Uuid>, refusal: Refusal) -> Outcome<T> {
        let record = self.stage.refused(self.verb.name, Some(self.id), subject, &refusal);
        Outcome { result: Err(refusal), audit: vec![record], notices: vec![] }
    }
}

/// The answer to a verb with one command.
pub fn single<T>(outcomes: Outcomes<T>) -> Result<T, Error> {
    let answer = outcomes?.into_iter().next().ok_or_else(|| Error::Internal("one command, one answer".to_owned()))?;
    Ok(answer?)
}
