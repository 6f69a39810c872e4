//! The first operator comes by a one-time link (rules 28 and 57); the break-glass of the host gives the role to whoever
//! is named (rule 58).

use access::authority::{Action, Caller, Grant, Over, Role, permit};
use access::decision::may_sign_in;
use access::user::usable_name;
use access::{Email, GrantId, Refusal, User, UserId};
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::{Notice, Record, Registration, Scope, SetupLink, TokenHash, Write};

use crate::facts::Facts;
use crate::mail::{Addressed, Mail};
use crate::register::{self, Registered, Registering};
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, password, person, providers};

const LINK: &str = "setup.link";
const SET_UP: &str = "setup.complete";
const RECOVER: &str = "grant.recover";

/// A link that was made. Its secret is shown this once.
#[derive(Clone)]
pub struct NewLink {
    /// The secret at the link's end.
    pub token: String,
    /// When it stops working.
    pub expires: Timestamp,
}

/// What the first operator answers with.
#[derive(Clone)]
pub struct SetUp {
    /// Their address. Nobody has proved it: whoever holds the link runs the host.
    pub address: Email,
    /// The name they give.
    pub name: String,
    /// The password they choose.
    pub password: String,
}

/// What the break-glass came to.
#[derive(Clone)]
pub struct Recovered {
    /// The person.
    pub user: User,
    /// What they hold now.
    pub grant: Grant,
    /// What they held over the deployment before.
    pub before: Option<Role>,
    /// The link to register with, if they are not registered.
    pub link: Option<NewLink>,
    /// Whether they may sign in; else the role does nothing yet.
    pub may_sign_in: bool,
    /// How many other operators are told by mail.
    pub told: usize,
}

impl Service {
    /// Whether somebody has full access to the deployment.
    pub async fn has_operator(&self, cx: &Context) -> Result<bool, Error> {
        let grants = self.permitted(cx, Action::ManageGrants, Over::Deployment)?.grants().await?;
        Ok(operators(&grants).next().is_some())
    }

    /// Makes a link for the first operator, a day valid. With `only`, the links there were end.
    /// [`Refusal::AlreadySetUp`] when there is an operator.
    pub async fn create_setup_link(&self, cx: &Context, only: bool) -> Result<NewLink, Error> {
        let made = self.run(cx, LINK, move |w, stage| {
            Box::pin(async move {
                permit(&stage.cx.caller, Action::ManageGrants, Over::Deployment)?;
                w.lock_reach(Over::Deployment).await?;
                if operators(&w.grants_over(Over::Deployment).await?).next().is_some() {
                    return Err(Refusal::AlreadySetUp.into());
                }
                if only {
                    w.delete_setup_links().await?;
                }
                let (token, created) = (fresh::token(&stage.random), stage.cx.at);
                let expires = created.saturating_add(24.hours()).unwrap_or(Timestamp::MAX);
                let link = SetupLink { id: fresh::id(&stage.random, created), created, expires };
                w.insert_setup_link(&link, &TokenHash::of(&token)).await?;
                let record = stage.noted(LINK, None, link.id, json!({}));
                Ok(vec![Outcome { result: Ok(NewLink { token, expires }), audit: vec![record], notices: vec![] }])
            })
        });
        single(made.await)
    }

    /// When a link stops working. Changes nothing. [`Refusal::LinkExpired`] for any that does not work.
    pub async fn setup_link(&self, cx: &Context, token: &str) -> Result<Timestamp, Error> {
        let found = self.store().read(Scope::Public).setup_link(&TokenHash::of(token)).await?;
        Ok(found.filter(|link| cx.at < link.expires).ok_or(Refusal::LinkExpired)?.expires)
    }

    /// Registers the first operator; by POST only. Every link ends with that.
    pub async fn set_up(&self, cx: &Context, token: &str, answer: SetUp) -> Result<Registered, Error> {
        let token = TokenHash::of(token);
        let found = self.store().read(Scope::Public).setup_link(&token).await?;
        let Some(link) = found.filter(|link| cx.at < link.expires) else {
            return self.refuse(cx, SET_UP, Refusal::LinkExpired).await;
        };
        let SetUp { address, name, password } = answer;
        let checked = usable_name(&name).and_then(|name| password::check(&password, &address, &name).map(|()| name));
        let name = match checked {
            Ok(name) => name,
            Err(refusal) => return self.refuse(cx, SET_UP, refusal).await,
        };
        let hash = self.passwords().hash(password, self.random().bytes()).await?;
        let known = self.store().read(Scope::Public).user_by_address(address.key()).await?;
        let id = known.map_or(UserId(link.id), |user| user.id);
        let cx = Context { caller: Caller::Oneself(id), ..cx.clone() };
        let command = Registering { token, name, hash };
        let done = self.run(&cx, SET_UP, move |w, stage| {
            let (address, command) = (address.clone(), command.clone());
            Box::pin(async move { set_up(w, stage, address, command).await })
        });
        single(done.await)
    }

    /// Gives `FullAccess` over the deployment to the person with this address, who may be new. The other operators are
    /// told by mail. For the host alone.
    pub async fn recover_operator(&self, cx: &Context, address: &Email) -> Result<Recovered, Error> {
        let address = address.clone();
        let recovered = self.run(cx, RECOVER, move |w, stage| {
            let address = address.clone();
            Box::pin(async move {
                if stage.cx.caller != Caller::Host {
                    return Err(Refusal::NotPermitted { action: Action::ManageGrants }.into());
                }
                Ok(vec![recover(w, stage, address).await?])
            })
        });
        single(recovered.await)
    }
}

fn operators(grants: &[Grant]) -> impl Iterator<Item = &Grant> {
    grants.iter().filter(|grant| (grant.over, grant.role) == (Over::Deployment, Role::FullAccess))
}

async fn set_up(
    w: &mut Write,
    stage: &Stage,
    address: Email,
    command: Registering,
) -> Result<Vec<Outcome<Registered>>, Error> {
    let at = stage.cx.at;
    w.lock_reach(Over::Deployment).await?;
    let link = w.setup_link(&command.token).await?.filter(|link| at < link.expires).ok_or(Refusal::LinkExpired)?;
    let locked = person::locked(w, &[&address], &[]).await?;
    if locked.person(&address).is_some_and(|user| user.registered.is_some()) {
        // The link proves who runs the host, not whose address this is: nobody's password changes by it.
        let why = "it is registered already; take another, or run `carillon admin recover` with it on the host";
        return Err(Refusal::Invalid { member: "address", why: why.to_owned() }.into());
    }
    let there = w.grants_over(Over::Deployment).await?;
    if operators(&there).next().is_some() {
        return Err(Refusal::LinkExpired.into());
    }
    // From here on it is a link to register with, that was not mailed to this address.
    let (created, expires) = (link.created, link.expires);
    let link = Registration { id: link.id, address, mailed: false, created, expires };
    w.insert_registration(&link, &command.token).await?;
    let mut outcomes = register::apply(w, stage, &[command]).await?;
    for outcome in &mut outcomes {
        let done = outcome.result.clone()?;
        let (_, record) = full_access(w, stage, &there, done.user.id, "grant.create").await?;
        outcome.audit.extend(record.map(|record| Record { why: Some("setup-link".into()), ..record }));
    }
    w.delete_setup_links().await?;
    Ok(outcomes)
}

async fn recover(w: &mut Write, stage: &Stage, address: Email) -> Result<Outcome<Recovered>, Error> {
    let at = stage.cx.at;
    w.lock_reach(Over::Deployment).await?;
    let locked = person::locked(w, &[&address], &[]).await?;
    let mut audit = Vec::new();
    let user = match locked.person(&address) {
        Some(user) => user.clone(),
        None => {
            let new = User::new(UserId(fresh::id(&stage.random, at)), address, at);
            w.insert_users(std::slice::from_ref(&new)).await?;
            audit.extend(stage.person_changed(RECOVER, None, &new));
            new
        }
    };
    let there = w.grants_over(Over::Deployment).await?;
    let before = there.iter().find(|grant| grant.user == user.id).map(|grant| grant.role);
    let (grant, record) = full_access(w, stage, &there, user.id, RECOVER).await?;
    audit.push(record.unwrap_or_else(|| stage.noted(RECOVER, None, grant.id.0, json!({}))));
    let link = match user.registered {
        Some(_) => None,
        None => Some(registration_link(w, stage, &user).await?),
    };
    let mut notices = letters(w, stage, &there, &user).await?;
    let told = notices.len();
    let (unlinked, more) = providers::distrust(w, stage, &user).await?;
    audit.extend(unlinked);
    notices.extend(more);
    let facts = w.administrator(user.id, None, at).await?;
    let may_sign_in = facts.is_some_and(|now| may_sign_in(&now.facts, at));
    let recovered = Recovered { user, grant, before, link, may_sign_in, told };
    Ok(Outcome { result: Ok(recovered), audit, notices })
}

/// A person's one grant over the deployment becomes `FullAccess`. No record when it was that before.
async fn full_access(
    w: &mut Write,
    stage: &Stage,
    there: &[Grant],
    user: UserId,
    action: &'static str,
) -> Result<(Grant, Option<Record>), Error> {
    let held = there.iter().find(|grant| grant.user == user);
    let id = held.map_or_else(|| GrantId(fresh::id(&stage.random, stage.cx.at)), |grant| grant.id);
    let grant = Grant { id, user, over: Over::Deployment, role: Role::FullAccess };
    match held {
        Some(held) if *held == grant => return Ok((grant, None)),
        Some(_) => w.save_role(id, grant.role).await?,
        None => w.insert_grant(&grant, stage.cx.at).await?,
    }
    let before = held.map_or_else(Facts::none, Facts::of);
    Ok((grant, Some(stage.changed(action, None, id.0, &before, &Facts::of(&grant)))))
}

/// A link to register with that is handed over on the host; the one that was mailed, if any, ends.
async fn registration_link(w: &mut Write, stage: &Stage, user: &User) -> Result<NewLink, Error> {
    w.take_registrations(user.primary.key()).await?;
    let (created, token) = (stage.cx.at, fresh::token(&stage.random));
    let expires = register::expiry(created);
    let address = user.primary.clone();
    let link = Registration { id: user.id.0, address, mailed: false, created, expires };
    w.insert_registration(&link, &TokenHash::of(&token)).await?;
    Ok(NewLink { token, expires })
}

/// The other operators hear of it.
async fn letters(w: &mut Write, stage: &Stage, there: &[Grant], recovered: &User) -> Result<Vec<Notice>, Error> {
    let others: Vec<UserId> = operators(there).map(|grant| grant.user).filter(|user| *user != recovered.id).collect();
    let mut notices = Vec::new();
    for operator in w.users(&others).await? {
        let mail = Mail::Recovered { address: recovered.primary.as_typed().to_owned(), at: stage.cx.at };
        let addressed = Addressed { to: operator.primary.as_typed().to_owned(), mail };
        notices.push(addressed.notice(operator.id.0, None, stage.cx.at)?);
    }
    Ok(notices)
}
