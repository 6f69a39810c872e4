//! Forgotten passwords: a mailed link sets another one (rule 73).

use access::authority::Caller;
use access::{Email, Refusal, User, change};
use futures::FutureExt;
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::{Link, LinkKind, LinkMail, Scope, TokenHash, Write};

use super::{Locked, told};
use crate::effects::{self, Change};
use crate::mail::Mail;
use crate::register::MAILS_AN_HOUR;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, password, person};

const REQUEST: &str = "password.request";
const VERB: &str = "password.reset";

/// What a link to set a password shows before it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordLink {
    /// The primary address of whose password it sets. Personal.
    pub address: String,
    /// When the link stops working.
    pub expires: Timestamp,
}

/// How long a link works: an hour, as whoever holds it may take over the person.
pub(super) fn expiry(sent: Timestamp) -> Timestamp {
    sent.saturating_add(1.hour()).unwrap_or(Timestamp::MAX)
}

impl Service {
    /// Mails a link to set another password with, to who has one here or may have. The answer is the same for
    /// every address, also when it was sent enough mails (rule 52).
    ///
    /// **Permission**: anybody.
    pub async fn request_password(&self, cx: &Context, address: &Email) -> Result<(), Error> {
        let address = address.clone();
        let asked = self.run(cx, REQUEST, move |w, stage| {
            let address = address.clone();
            async move { Ok(vec![request(w, stage, &address).await?]) }.boxed()
        });
        single(asked.await)
    }

    /// What the page of a link says. Changes nothing. [`Refusal::LinkExpired`] for any link that does not work.
    pub async fn password_link(&self, cx: &Context, token: &str) -> Result<PasswordLink, Error> {
        let (link, user) = self.found(cx, token).await?.ok_or(Refusal::LinkExpired)?;
        Ok(PasswordLink { address: user.primary.as_typed().to_owned(), expires: link.expires })
    }

    /// Sets the password of whom a link was mailed to, once. All their sessions end, and they are told by mail.
    ///
    /// **Permission**: whoever holds the link.
    pub async fn reset_password(&self, cx: &Context, token: &str, password: String) -> Result<(), Error> {
        let Some((_, user)) = self.found(cx, token).await? else {
            return self.refuse(cx, VERB, Refusal::LinkExpired).await;
        };
        let cx = Context { caller: Caller::Oneself(user.id), ..cx.clone() };
        let name = user.display_name.as_deref().unwrap_or_default();
        if let Err(refusal) = password::check(&password, &user.primary, name) {
            return self.refuse(&cx, VERB, refusal).await;
        }
        let hash = self.passwords().hash(password, self.random().bytes()).await?;
        let (token, id) = (TokenHash::of(token), user.id);
        let reset = self.run(&cx, VERB, move |w, stage| {
            let hash = hash.clone();
            async move {
                let locked = Locked::of(w, stage, id).await?;
                let link = w.link(LinkKind::Password, &token).await?;
                if !link.as_ref().is_some_and(|link| works(link, &locked.user, stage.cx.at)) {
                    return Err(Refusal::LinkExpired.into());
                }
                // The link was mailed there.
                if link.is_some_and(|link| link.address == locked.user.primary.as_typed()) {
                    w.set_address_proved(id, &locked.user.primary, true).await?;
                }
                Ok(vec![set(w, stage, locked, VERB, &hash).await?.1])
            }
            .boxed()
        });
        single(reset.await)
    }

    /// A link that works, and whose it is.
    async fn found(&self, cx: &Context, token: &str) -> Result<Option<(Link, User)>, Error> {
        let read = self.store().read(Scope::Public);
        let Some(link) = read.link(LinkKind::Password, &TokenHash::of(token)).await? else { return Ok(None) };
        let user = read.user(link.user).await?.filter(|user| works(&link, user, cx.at));
        Ok(user.map(|user| (link, user)))
    }
}

/// A link proves an address, and that only while it is the person's.
fn works(link: &Link, user: &User, at: Timestamp) -> bool {
    at < link.expires && link.user == user.id && user.addresses().any(|address| address.as_typed() == link.address)
}

async fn request(w: &mut Write, stage: &Stage, address: &Email) -> Result<Outcome<()>, Error> {
    let at = stage.cx.at;
    let nothing = Outcome { result: Ok(()), audit: vec![], notices: vec![] };
    let locked = person::locked(w, &[address], &[]).await?;
    // Counted for addresses that nobody has, too: the work is the same.
    if !w.count_link_mail(LinkMail::Password, address.key(), at, MAILS_AN_HOUR).await? {
        return Ok(nothing);
    }
    let Some(user) = locked.person(address) else { return Ok(nothing) };
    let account = user.membership.map(|membership| locked.accounts.account(membership.account)).transpose()?;
    if !change::has_own_password(account, user) {
        return Ok(nothing);
    }
    let to = user.primary.as_typed().to_owned();
    let link = Link { kind: LinkKind::Password, user: user.id, address: to, created: at, expires: expiry(at) };
    let token = fresh::token(&stage.random);
    w.insert_link(&link, &TokenHash::of(&token)).await?;
    let record = stage.noted(REQUEST, account.map(|account| account.id), user.id.0, json!({ "address": link.address }));
    let mail = Mail::ForgottenPassword { token, expires: link.expires };
    Ok(Outcome { audit: vec![record], notices: vec![told(stage, user.id, &link.address, mail)?], ..nothing })
}

/// Sets a password, with all that follows.
pub(super) async fn set(
    w: &mut Write,
    stage: &Stage,
    mut locked: Locked,
    verb: &'static str,
    hash: &str,
) -> Result<(User, Outcome<()>), Error> {
    let transition = change::set_password(locked.account()?, &locked.user)?;
    let change = Change { before: Some(locked.user), transition };
    let written = effects::write(w, stage, &mut locked.accounts, verb, vec![change]).await?.pop();
    let written = written.ok_or_else(|| Error::Internal("one change, one person".to_owned()))?;
    let (user, mut notices) = (written.user, written.notices);
    w.set_password(user.id, hash, stage.cx.at).await?;
    w.delete_links(user.id, LinkKind::Password).await?;
    notices.push(told(stage, user.id, user.primary.as_typed(), Mail::PasswordChanged { at: stage.cx.at })?);
    Ok((user, Outcome { result: Ok(()), audit: written.audit, notices }))
}
