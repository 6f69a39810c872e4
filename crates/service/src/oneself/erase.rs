//! Delete my account: a person goes for good, and nothing personal stays of them (rule 75).

use std::collections::BTreeSet;

use access::authority::{Grant, Over, Role};
use access::{Refusal, UserId, change};
use futures::FutureExt;
use store::{Held, Receiver, Record, Write};
use uuid::Uuid;

use super::{Locked, oneself};
use crate::effects::{self, Change};
use crate::facts::Facts;
use crate::mail::{Addressed, Mail};
use crate::remove::own_domains;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, grants};

const VERB: &str = "user.erase";

impl Service {
    /// The caller goes for good: membership, sessions, grants with their keys, and ways to sign in end; the address is free;
    /// what is personal is erased everywhere, as the key it is sealed under is destroyed (rule 25). They are told by
    /// mail. Refused to who may not leave, and to who holds the last `FullAccess` over something.
    ///
    /// **Permission**: oneself.
    pub async fn erase_oneself(&self, cx: &Context) -> Result<(), Error> {
        let id = oneself(cx)?;
        single(self.run(cx, VERB, move |w, stage| async move { Ok(vec![apply(w, stage, id).await?]) }.boxed()).await)
    }
}

async fn apply(w: &mut Write, stage: &Stage, id: UserId) -> Result<Outcome<()>, Error> {
    let held = spared(w, id).await?;
    let mut locked = Locked::of(w, stage, id).await?;
    if grants_of(w, id).await? != held {
        return Err(Error::Conflict("a grant changed meanwhile".to_owned()));
    }
    let own = match locked.user.membership {
        Some(membership) => own_domains(w, membership.account).await?.contains(&locked.user.primary.domain()),
        None => false,
    };
    let transition = change::erase(locked.account()?, &locked.user, own, stage.cx.at)?;
    let (address, nowhere) = (locked.user.primary.clone(), transition.user.primary.clone());
    let carried = w.held(&held).await?;
    let ids: Vec<_> = held.iter().map(|grant| grant.id).collect();
    w.delete_grants(&ids).await?;
    let (mut audit, mut notices) = (gone(stage, &carried), Vec::new());
    let change = Change { before: Some(locked.user), transition };
    for written in effects::write(w, stage, &mut locked.accounts, VERB, vec![change]).await? {
        audit.extend(written.audit);
        // Mails would go to the address that nobody has any more.
        notices.extend(written.notices.into_iter().filter(|notice| notice.receiver != Receiver::Mail));
    }
    let mut erased: BTreeSet<Uuid> = BTreeSet::from([id.0]);
    erased.extend(carried.iter().map(|held| held.grant.id.0));
    erased.extend(carried.iter().flat_map(|held| held.tokens.iter().map(|token| token.id)));
    erased.extend(w.forget(id, &nowhere).await?);
    erased.extend(w.take_registrations(address.key()).await?.into_iter().map(|link| link.id));
    w.erase(&erased.iter().copied().collect::<Vec<_>>()).await?;
    let audit = audit.into_iter().map(|record| nameless(record, &erased)).collect();
    // Under a key of its own: theirs is gone.
    let mail = Addressed { to: address.as_typed().to_owned(), mail: Mail::Erased { at: stage.cx.at } };
    notices.push(mail.notice(fresh::id(&stage.random, stage.cx.at), None, stage.cx.at)?);
    Ok(Outcome { result: Ok(()), audit, notices })
}

/// What the person may administer, its reaches locked. The last `FullAccess` over any of it stays (rule 28).
async fn spared(w: &mut Write, id: UserId) -> Result<Vec<Grant>, Error> {
    let held = grants_of(w, id).await?;
    let mut reaches: Vec<Over> = held.iter().map(|grant| grant.over).collect();
    reaches.sort_by_key(|over| grants::account(*over));
    for over in &reaches {
        w.lock_reach(*over).await?;
    }
    for grant in held.iter().filter(|grant| grant.role == Role::FullAccess) {
        let there = w.grants_over(grant.over).await?;
        if !there.iter().any(|other| other.role == Role::FullAccess && other.id != grant.id) {
            return Err(Refusal::LastFullAccess.into());
        }
    }
    Ok(held)
}

async fn grants_of(w: &mut Write, id: UserId) -> Result<Vec<Grant>, Error> {
    Ok(w.grants_of(&[id]).await?.remove(&id).unwrap_or_default())
}

fn gone(stage: &Stage, carried: &[Held]) -> Vec<Record> {
    let mut audit = Vec::new();
    for held in carried {
        let account = grants::account(held.grant.over);
        let none = |id, facts: &Facts| stage.changed(VERB, account, id, facts, &Facts::none());
        audit.extend(held.tokens.iter().map(|token| none(token.id, &Facts::of_token(token))));
        audit.push(none(held.grant.id.0, &Facts::of_grant(held)));
    }
    audit
}

/// A record without what is personal: sealing it would make the key again that was destroyed.
fn nameless(mut record: Record, erased: &BTreeSet<Uuid>) -> Record {
    if record.subject.is_some_and(|subject| erased.contains(&subject)) {
        record.personal = None;
    }
    record.actor.personal = None;
    record
}
