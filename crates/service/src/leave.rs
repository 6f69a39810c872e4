//! Leave: the end of a membership by the person (rule 17).

use access::authority::{Action, Caller};
use access::{Refusal, User, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::accounts::Accounts;
use crate::effects::{self, Change};
use crate::remove::own_domains;
use crate::run::{Outcome, Stage};
use crate::{Context, Error, Service};

const NAME: &str = "user.leave";

impl Service {
    /// The caller leaves their account and stays a free user.
    ///
    /// **Permission**: oneself.
    pub async fn leave(&self, cx: &Context) -> Result<User, Error> {
        let outcomes = self.run(cx, NAME, |w, stage| async move { Ok(vec![apply(w, stage).await?]) }.boxed());
        crate::run::single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, stage: &Stage) -> Result<Outcome<User>, Error> {
    let Caller::Oneself(id) = stage.cx.caller else {
        return Err(Refusal::NotPermitted { action: Action::Remove }.into());
    };
    let account = w.memberships(&[id]).await?.get(&id).copied();
    let mut accounts = Accounts::lock(w, account.as_slice(), Lock::Share).await?;
    let user = w.user(id).await?.ok_or(Refusal::NotAMember)?;
    let own = user.membership.map(|membership| membership.account);
    let own = own.map(|own| accounts.account(own).cloned()).transpose()?;
    let managed = match &own {
        Some(own) => own_domains(w, own.id).await?.contains(&user.primary.domain()),
        None => false,
    };
    let transition = change::leave(own.as_ref(), &user, managed, stage.cx.at)?;
    let change = Change { before: Some(user), transition };
    let written = effects::write(w, stage, &mut accounts, NAME, vec![change]).await?;
    let written = written.into_iter().next().ok_or_else(|| Error::Internal("one change, one answer".to_owned()))?;
    Ok(Outcome { result: Ok(written.user), audit: written.audit, notices: written.notices })
}
