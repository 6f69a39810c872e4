//! Leave: the end of a membership by the person (rule 17).

use access::authority::{Action, Caller};
use access::{AccountId, Refusal, User, UserId, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::accounts::Accounts;
use crate::effects::{self, Change};
use crate::remove::own_domains;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, signed_in};

const NAME: &str = "user.leave";

impl Service {
    /// The caller leaves their account and stays a free user.
    ///
    /// **Permission**: oneself.
    pub async fn leave(&self, cx: &Context) -> Result<User, Error> {
        let Caller::Oneself(id) = cx.caller else {
            return self.refuse(cx, NAME, Refusal::NotPermitted { action: Action::Remove }).await;
        };
        let outcomes = self.run(cx, NAME, move |w, stage| async move { apply(w, stage, &[id]).await }.boxed());
        single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, stage: &Stage, people: &[UserId]) -> Result<Vec<Outcome<User>>, Error> {
    let of: Vec<AccountId> = w.memberships(people).await?.into_values().collect();
    let mut accounts = Accounts::lock(w, &of, Lock::Share).await?;
    let found = w.users(people).await?;
    signed_in::still(w, stage).await?;
    let mut decided = Vec::with_capacity(people.len());
    for id in people {
        let Some(user) = found.iter().find(|user| user.id == *id) else {
            decided.push(Err(Refusal::NotAMember));
            continue;
        };
        let own = user.membership.map(|membership| accounts.account(membership.account)).transpose()?;
        let managed = match own {
            Some(own) => own_domains(w, own.id).await?.contains(&user.primary.domain()),
            None => false,
        };
        let left = change::leave(own, user, managed, stage.cx.at);
        decided.push(left.map(|transition| Change { before: Some(user.clone()), transition }));
    }
    effects::write_decided(w, stage, &mut accounts, NAME, decided).await
}
