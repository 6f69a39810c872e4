//! Registering by a mailed link (rules 7, 9 and 15). Nothing of a person exists before the link is used.

use access::authority::Caller;
use access::{AccountId, Email, License, Refusal, User, UserId, change};
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::{Lock, Registration, Scope, TokenHash, Write};

use crate::effects::{self, Change};
use crate::mail::{Addressed, Mail};
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, password, person};

const REQUEST: &str = "registration.request";
const VERB: &str = "user.register";

/// What a registering person sees before they answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationView {
    /// The address the link was mailed to. Personal.
    pub address: String,
    /// The account they will be a member of, as their address is on its domain.
    pub account_name: Option<String>,
    /// When the link stops working.
    pub expires: Timestamp,
}

/// What a registering person answers with.
#[derive(Clone, Debug)]
pub struct Register {
    /// The name they give.
    pub name: String,
    /// The password they choose.
    pub password: String,
}

/// What registration led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The person as they are now.
    pub user: User,
    /// The account they are a member of.
    pub account_name: Option<String>,
    /// Their effective license (rule 9).
    pub license: License,
}

/// How long a link works: a day, as it is asked for and used in one go.
fn expiry(sent: Timestamp) -> Timestamp {
    sent.saturating_add(24.hours()).unwrap_or(Timestamp::MAX)
}

impl Service {
    /// Mails a link to register with, or, to who is registered, that they are. The answer is the same.
    pub async fn request_registration(&self, cx: &Context, address: &Email) -> Result<(), Error> {
        let address = address.clone();
        let asked = self.run(cx, REQUEST, move |w, stage| {
            let address = address.clone();
            Box::pin(async move { Ok(vec![request(w, stage, address).await?]) })
        });
        single(asked.await)
    }

    /// What a registration's page says. Changes nothing. [`Refusal::LinkExpired`] for any link that does not work.
    pub async fn registration(&self, cx: &Context, token: &str) -> Result<RegistrationView, Error> {
        let read = self.store().read(Scope::Public);
        let found = read.registration_by_token(&TokenHash::of(token)).await?;
        let registration = found.filter(|link| cx.at < link.expires).ok_or(Refusal::LinkExpired)?;
        let account_name = match read.domain_owner(&registration.address.domain()).await? {
            Some(owner) => read.account(owner).await?.map(|account| account.name),
            None => None,
        };
        let address = registration.address.as_typed().to_owned();
        Ok(RegistrationView { address, account_name, expires: registration.expires })
    }

    /// Registers the person a link was mailed to; by POST only.
    pub async fn register(&self, cx: &Context, token: &str, answer: Register) -> Result<Registered, Error> {
        let token = TokenHash::of(token);
        let found = self.store().read(Scope::Public).registration_by_token(&token).await?;
        let Some(link) = found.filter(|link| cx.at < link.expires) else {
            return self.refuse(cx, VERB, Refusal::LinkExpired).await;
        };
        let checked = person::name(&answer.name)
            .and_then(|name| password::check(&answer.password, &link.address, &name).map(|()| name));
        let name = match checked {
            Ok(name) => name,
            Err(refusal) => return self.refuse(cx, VERB, refusal).await,
        };
        let hash = self.passwords().hash(answer.password, self.random().bytes()).await?;
        let cx = Context { caller: Caller::Oneself(UserId(link.id)), ..cx.clone() };
        let registered = self.run(&cx, VERB, move |w, stage| {
            let (name, hash) = (name.clone(), hash.clone());
            Box::pin(async move { Ok(vec![register(w, stage, &token, name, &hash).await?]) })
        });
        single(registered.await)
    }
}

async fn request(w: &mut Write, stage: &Stage, address: Email) -> Result<Outcome<()>, Error> {
    let owner = w.address_owners(&[address.key().to_owned()]).await?.into_values().next();
    let known = match owner {
        Some(id) => w.user(id).await?.filter(|user| user.registered.is_some()),
        None => None,
    };
    let (person, to, mail) = match known {
        Some(user) => (user.id.0, user.primary, Mail::AlreadyRegistered),
        None => {
            let at = stage.cx.at;
            let id = fresh::id(&stage.random, at);
            let link = Registration { id, address: address.clone(), created: at, expires: expiry(at) };
            let token = fresh::token(&stage.random);
            w.insert_registration(&link, &TokenHash::of(&token)).await?;
            (id, address, Mail::Registration { token, expires: link.expires })
        }
    };
    let record = stage.noted(REQUEST, None, person, json!({ "address": to.as_typed() }));
    let notice = Addressed { to: to.as_typed().to_owned(), mail }.notice(person, None, stage.cx.at)?;
    Ok(Outcome { result: Ok(()), audit: vec![record], notices: vec![notice] })
}

async fn register(
    w: &mut Write,
    stage: &Stage,
    token: &TokenHash,
    name: String,
    hash: &str,
) -> Result<Outcome<Registered>, Error> {
    let at = stage.cx.at;
    let link = w.take_registration(token).await?.filter(|link| at < link.expires).ok_or(Refusal::LinkExpired)?;
    let domain = link.address.domain();
    let domain_owner = w.domain_owners(std::slice::from_ref(&domain)).await?.remove(&domain);
    let wanted: Vec<AccountId> = domain_owner.into_iter().collect();
    let keys = [link.address.key().to_owned()];
    let (mut accounts, before) = person::locked(w, &keys, &wanted, Lock::Share).await?;
    let user = before.clone().unwrap_or_else(|| User::new(UserId(link.id), link.address, at));
    // A member's own account counts, whoever owns the domain (rule 5: conflicts).
    let account = user.membership.map(|membership| membership.account).or(domain_owner);
    let mut seats = account.map(|id| accounts.seats(id)).transpose()?;
    let owner = account.map(|id| accounts.account(id)).transpose()?;
    let (account_name, kind) = (owner.map(|account| account.name.clone()), owner.map(|account| account.kind));
    let registration = change::Registration { user: &user, domain_owner: owner.zip(seats.as_mut()) };
    let mut transition = change::register(registration, at)?;
    transition.user.display_name = Some(name);
    let change = Change { before, transition };
    let written = effects::write(w, stage, &mut accounts, VERB, vec![change]).await?;
    let effects::Written { user, audit, notices } = person::only_written(written)?;
    w.set_password(user.id, hash, at).await?;
    let license = user.effective_license(kind, at);
    Ok(Outcome { result: Ok(Registered { user, account_name, license }), audit, notices })
}
