//! Trials that end soon (rule 9): the list, and the notices to those whose they are.

use std::collections::HashMap;

use access::authority::{Action, Caller};
use access::trial::{NOTICES, TrialNotice, notice_due};
use access::{Account, AccountId, BaseLicense, License, Refusal, User};
use futures::FutureExt;
use jiff::{Timestamp, ToSpan};
use store::read::{Moment, Position};
use store::{Entry, Lock, Notice, Record, Write};

use crate::facts::Facts;
use crate::mail::{Addressed, Mail};
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Page, PageRequest, Service, UserView};

/// What the trail calls a notice.
const NOTICE: &str = "trial.notice";
/// People looked at in one transaction.
const PIECE: u64 = 200;
/// The furthest that trials can be listed ahead: as long as one lasts (rule 9).
pub const LONGEST: u32 = 30;

/// A member on trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrialView {
    /// When the trial ends.
    pub until: Timestamp,
    /// What they have from then on.
    pub then: BaseLicense,
    /// Who.
    pub user: UserView,
}

/// What a piece of the work came to.
#[derive(Clone, Debug)]
struct Told {
    people: u64,
    next: Option<Moment>,
}

impl Service {
    /// A page of the account's trials that end within so many days, the first to end first. A page may be shorter than
    /// asked for and have another after it.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn trials(
        &self,
        cx: &Context,
        account: AccountId,
        days: u32,
        page: PageRequest,
    ) -> Result<Page<TrialView>, Error> {
        if !(1..=LONGEST).contains(&days) {
            let why = format!("use a number from 1 to {LONGEST}");
            return Err(Refusal::Invalid { member: "days", why }.into());
        }
        let (permit, account) = self.viewed(cx, account).await?;
        let after = page.position()?.map(|place| ends_at(&place)).transpose()?;
        let until = cx.at.saturating_add((i64::from(days) * 24).hours()).unwrap_or(Timestamp::MAX);
        let found = self.store().read(permit).trials(cx.at, until, after, page.sought()).await?;
        let page = page.page(found, |user| Position {
            key: user.trial.until.unwrap_or_default().as_millisecond().to_string(),
            id: user.id.0,
        });
        let Page { items, next } = page;
        let on_trial = items.into_iter().filter_map(|user| {
            let until = user.trial.until?;
            let now = user.effective_license(Some(account.kind), cx.at);
            let then = user.license;
            let view = || UserView::of(&Entry::User(user), &account, permit, cx.at);
            (now == License::ProTrial).then(|| TrialView { until, then, user: view() })
        });
        Ok(Page { items: on_trial.collect(), next })
    }

    /// Tells people that their trial ends, each notice once, and answers how many notices it gave. For the schedule:
    /// doing it again, or on two nodes at once, tells nobody twice.
    ///
    /// **Permission**: Carillon itself.
    pub async fn notify_trials(&self, cx: &Context) -> Result<u64, Error> {
        if cx.caller != Caller::System {
            return Err(Refusal::NotPermitted { action: Action::ViewUsers }.into());
        }
        let (mut people, mut after) = (0, None);
        loop {
            let told =
                self.run(cx, NOTICE, move |w, stage| async move { Ok(vec![piece(w, stage, after).await?]) }.boxed());
            let told = single(told.await)?;
            people += told.people;
            after = told.next;
            if after.is_none() {
                return Ok(people);
            }
        }
    }
}

/// Those next in order: what is due to them, noted and mailed.
async fn piece(w: &mut Write, stage: &Stage, after: Option<Moment>) -> Result<Outcome<Told>, Error> {
    let at = stage.cx.at;
    let furthest = NOTICES.into_iter().max().unwrap_or_default();
    let until = at.saturating_add((furthest * 24).hours()).unwrap_or(Timestamp::MAX);
    let ending = w.trials_ending(at, until, after, PIECE).await?;
    let next = ending.last().filter(|_| ending.len() as u64 == PIECE).map(|last| last.moment);
    let ids: Vec<AccountId> = ending.iter().filter_map(|one| one.account).collect();
    let accounts: HashMap<AccountId, Account> =
        w.accounts(&ids, Lock::Share).await?.into_iter().map(|account| (account.id, account)).collect();
    let people = w.users(&ending.iter().map(|one| one.moment.user).collect::<Vec<_>>()).await?;
    let given = w.trial_notices(&people.iter().map(|user| user.id).collect::<Vec<_>>()).await?;
    let (mut noted, mut audit, mut notices) = (Vec::new(), Vec::new(), Vec::new());
    for user in &people {
        let account = match user.membership.map(|membership| membership.account) {
            // They moved between looking and locking.
            Some(id) => Some(accounts.get(&id).ok_or_else(|| Error::Conflict(format!("account {id} was not locked")))?),
            None => None,
        };
        let Some(notice) = notice_due(user, account, at) else { continue };
        // The last notice makes the ones before it needless.
        if NOTICES.iter().any(|days| *days <= notice.days && given.contains(&(user.id, *days))) {
            continue;
        }
        noted.push((user.id, notice.days));
        audit.push(record(stage, user, account, notice));
        notices.push(letter(stage, user, account, notice)?);
    }
    w.insert_trial_notices(&noted, at).await?;
    Ok(Outcome { result: Ok(Told { people: noted.len() as u64, next }), audit, notices })
}

/// A notice changes no facts of the person; which one it was is its cause.
fn record(stage: &Stage, user: &User, account: Option<&Account>, notice: TrialNotice) -> Record {
    let none = Facts::none();
    let record = stage.changed(NOTICE, account.map(|account| account.id), user.id.0, &none, &none);
    let why = if notice.days == 1 { "a-day-before" } else { "days-before" };
    Record { why: Some(why.into()), ..record }
}

fn letter(stage: &Stage, user: &User, account: Option<&Account>, notice: TrialNotice) -> Result<Notice, Error> {
    let TrialNotice { until, license, .. } = notice;
    let mail = Mail::TrialEnds { account_name: account.map(|account| account.name.clone()), until, license };
    let to = user.primary.as_typed().to_owned();
    Addressed { to, mail }.notice(user.id.0, account.map(|account| account.id), stage.cx.at)
}

/// A position in the list of trials, read.
fn ends_at(place: &Position) -> Result<Moment, Refusal> {
    let at = place.key.parse().ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    Ok(Moment { at: at.ok_or_else(PageRequest::unknown_position)?, user: access::UserId(place.id) })
}
