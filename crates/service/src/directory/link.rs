//! A person with a grant confirms that the directory of their account may be linked to them (rules 19 and 86): from then on
//! whoever administers that directory decides how they sign in.

use access::authority::{Action, Caller};
use access::{AccountId, Domain, Refusal, UserId};
use futures::FutureExt;
use store::{Directory, Lock, Scope, Write};

use crate::facts::Facts;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service};

const VERB: &str = "directory.confirm-link";

impl Service {
    /// The account whose directory waits for the caller's confirmation; `None` when nothing does. That is the account they
    /// are a member of, or else the one that has verified the domain of their address.
    ///
    /// **Permission**: oneself.
    pub async fn awaited_link(&self, cx: &Context) -> Result<Option<AccountId>, Error> {
        let id = person(cx)?;
        let read = self.store().read(Scope::Public);
        let Some(user) = read.user(id).await? else { return Ok(None) };
        Ok(read.awaited_link(&user).await?)
    }

    /// The caller confirms it. The link is made by the next full run, or when the directory is connected; it ends their
    /// sessions and local passwords.
    ///
    /// **Permission**: oneself.
    pub async fn confirm_directory_link(&self, cx: &Context) -> Result<(), Error> {
        let id = person(cx)?;
        let unknown = || Refusal::UnknownUser(id.to_string());
        let user = self.store().read(Scope::Public).user(id).await?.ok_or_else(unknown)?;
        let domain = user.primary.domain();
        let confirmed = self.run(cx, VERB, move |w, stage| {
            let domain = domain.clone();
            async move { Ok(vec![apply(w, stage, id, &domain).await?]) }.boxed()
        });
        single(confirmed.await)
    }
}

fn person(cx: &Context) -> Result<UserId, Refusal> {
    match cx.caller {
        Caller::Oneself(user) => Ok(user),
        _ => Err(Refusal::NotPermitted { action: Action::ViewUsers }),
    }
}

async fn apply(w: &mut Write, stage: &Stage, id: UserId, domain: &Domain) -> Result<Outcome<()>, Error> {
    let account = match w.memberships(&[id]).await?.remove(&id) {
        Some(account) => account,
        None => w.domain_owners(std::slice::from_ref(domain)).await?.remove(domain).ok_or(Refusal::NotAMember)?,
    };
    w.account(account, Lock::Share).await?;
    let directory = w.directory(account).await?.ok_or(Refusal::NoDirectory)?;
    w.user(id).await?.ok_or_else(|| Refusal::UnknownUser(id.to_string()))?;
    w.confirm_link(account, id, stage.cx.at).await?;
    w.save_directory(&Directory { wanted: true, ..directory }, None).await?;
    let none = Facts::none();
    let record = stage.changed(VERB, Some(account), id.0, &none, &none);
    Ok(Outcome { result: Ok(()), audit: vec![record], notices: vec![] })
}
