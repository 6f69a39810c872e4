//! Another address: a link mailed to the new one proves it, and the old one is told (rule 74).

use access::{Email, Refusal, User, change};
use futures::FutureExt;
use jiff::Timestamp;
use serde_json::json;
use store::{Link, LinkKind, LinkMail, Scope, TokenHash, Write};
use uuid::Uuid;

use super::forgotten::expiry;
use super::password::keep;
use super::{oneself, told};
use crate::effects::{self, Change};
use crate::mail::Mail;
use crate::person::{self, Locked};
use crate::register::MAILS_AN_HOUR;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, signed_in};

const REQUEST: &str = "address.request";
const VERB: &str = "address.change";

/// What the page of a link to a new address shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAddress {
    /// The address they have. Personal.
    pub old: String,
    /// The address that the link proves. Personal.
    pub new: String,
    /// When the link stops working.
    pub expires: Timestamp,
}

impl Service {
    /// Whether the caller may have another address: a refusal says why not.
    pub async fn may_change_address(&self, cx: &Context) -> Result<(), Error> {
        let read = self.store().read(Scope::Public);
        let user = read.user(oneself(cx)?).await?.ok_or(Refusal::LinkExpired)?;
        let managed = read.domain_owner(&user.primary.domain()).await?.is_some();
        change::move_to(&user, user.primary.clone(), (managed, false))?;
        Ok(())
    }

    /// Mails a link to the new address. The answer is the same for an address that somebody has: they are told by mail.
    ///
    /// **Permission**: oneself.
    pub async fn request_address(&self, cx: &Context, new: &Email) -> Result<(), Error> {
        let id = oneself(cx)?;
        let user = self.store().read(Scope::Public).user(id).await?.ok_or(Refusal::LinkExpired)?;
        let new = new.clone();
        let asked = self.run(cx, REQUEST, move |w, stage| {
            let (user, new) = (user.clone(), new.clone());
            async move { Ok(vec![request(w, stage, &user, new).await?]) }.boxed()
        });
        single(asked.await)
    }

    /// What the page of a link says. Changes nothing. [`Refusal::LinkExpired`] also when it is another person's.
    pub async fn address_link(&self, cx: &Context, token: &str) -> Result<NewAddress, Error> {
        let id = oneself(cx)?;
        let read = self.store().read(Scope::Public);
        let link = read.link(LinkKind::Address, &TokenHash::of(token)).await?;
        let link = link.filter(|link| link.user == id && cx.at < link.expires).ok_or(Refusal::LinkExpired)?;
        let user = read.user(id).await?.ok_or(Refusal::LinkExpired)?;
        Ok(NewAddress { old: user.primary.as_typed().to_owned(), new: link.address, expires: link.expires })
    }

    /// The caller is known by the address that a link was mailed to from now on, and no more by the former one, which is
    /// told. Every session ends but `kept`.
    ///
    /// **Permission**: oneself, with the link.
    pub async fn change_address(&self, cx: &Context, token: &str, kept: Option<Uuid>) -> Result<(), Error> {
        let id = oneself(cx)?;
        let token = TokenHash::of(token);
        let read = self.store().read(Scope::Public);
        let (link, user) = (read.link(LinkKind::Address, &token).await?, read.user(id).await?);
        let (Some(link), Some(user)) = (link.filter(|link| link.user == id), user) else {
            return self.refuse(cx, VERB, Refusal::LinkExpired).await;
        };
        let new = Email::parse(&link.address)?;
        let changed = self.run(cx, VERB, move |w, stage| {
            let (user, new) = (user.clone(), new.clone());
            async move {
                let (locked, before) = both(w, stage, &user, &new).await?;
                let link = w.link(LinkKind::Address, &token).await?;
                if !link.is_some_and(|link| link.user == id && stage.cx.at < link.expires) {
                    return Err(Refusal::LinkExpired.into());
                }
                Ok(vec![apply(w, stage, (locked, before), new, kept).await?])
            }
            .boxed()
        });
        single(changed.await)
    }
}

/// A person and whoever has the address they want, with the accounts and domains of both, locked.
async fn both(w: &mut Write, stage: &Stage, user: &User, new: &Email) -> Result<(Locked, User), Error> {
    let locked = person::locked(w, &[&user.primary, new], &[]).await?;
    signed_in::still(w, stage).await?;
    let before = locked.person(&user.primary).filter(|before| before.id == user.id).cloned();
    // Their address changed between looking and locking.
    Ok((locked, before.ok_or_else(|| Error::Conflict("an address changed".to_owned()))?))
}

async fn request(w: &mut Write, stage: &Stage, user: &User, new: Email) -> Result<Outcome<()>, Error> {
    let at = stage.cx.at;
    let (locked, before) = both(w, stage, user, &new).await?;
    moved(&locked, &before, new.clone())?;
    let nothing = Outcome { result: Ok(()), audit: vec![], notices: vec![] };
    if !w.count_link_mail(LinkMail::Address, new.key(), at, MAILS_AN_HOUR).await? {
        return Ok(nothing);
    }
    let record = stage.noted(REQUEST, account(&before), before.id.0, json!({ "address": new.as_typed() }));
    let notice = match locked.person(&new).filter(|holder| holder.id != before.id) {
        Some(holder) => told(stage, holder.id, holder.primary.as_typed(), Mail::AlreadyRegistered)?,
        None => {
            let to = new.as_typed().to_owned();
            let link = Link { kind: LinkKind::Address, user: before.id, address: to, created: at, expires: expiry(at) };
            let token = fresh::token(&stage.random);
            w.insert_link(&link, &TokenHash::of(&token)).await?;
            told(stage, before.id, &link.address, Mail::NewAddress { token, expires: link.expires })?
        }
    };
    Ok(Outcome { audit: vec![record], notices: vec![notice], ..nothing })
}

async fn apply(
    w: &mut Write,
    stage: &Stage,
    (mut locked, before): (Locked, User),
    new: Email,
    kept: Option<Uuid>,
) -> Result<Outcome<()>, Error> {
    if locked.person(&new).is_some_and(|holder| holder.id != before.id) {
        return Err(Refusal::AlreadyExists.into());
    }
    let transition = moved(&locked, &before, new)?;
    let old = before.primary.as_typed().to_owned();
    let change = Change { before: Some(before), transition };
    let written = effects::write(w, stage, &mut locked.accounts, VERB, vec![change]).await?.pop();
    let written = written.ok_or_else(|| Error::Internal("one change, one person".to_owned()))?;
    let mut notices = written.notices;
    for kind in [LinkKind::Address, LinkKind::Password] {
        w.delete_links(written.user.id, kind).await?;
    }
    keep(w, kept, &written.user).await?;
    notices.push(told(stage, written.user.id, &old, Mail::AddressChanged { at: stage.cx.at })?);
    Ok(Outcome { result: Ok(()), audit: written.audit, notices })
}

fn moved(locked: &Locked, user: &User, new: Email) -> Result<change::Transition, Refusal> {
    if new == user.primary && new.as_typed() == user.primary.as_typed() {
        let why = "it is the address you have; give another one".to_owned();
        return Err(Refusal::Invalid { member: "address", why });
    }
    let managed = |address: &Email| locked.domain_owner(address).is_some();
    let both = (managed(&user.primary), managed(&new));
    change::move_to(user, new, both)
}

fn account(user: &User) -> Option<access::AccountId> {
    user.membership.map(|membership| membership.account)
}
