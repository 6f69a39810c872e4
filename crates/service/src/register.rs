//! Registering by a mailed link (rules 7, 9 and 15). Nothing of a person exists before the link is used.

use access::authority::Caller;
use access::user::usable_name;
use access::{Email, License, Refusal, User, UserId, change};
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use store::{LinkMail, Registration, Scope, TokenHash, Write};

use crate::accounts::{Accounts, Tried};
use crate::effects::{self, Change};
use crate::mail::{Addressed, Mail};
use crate::person::Locked;
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
#[derive(Clone)]
pub struct Register {
    /// The name they give.
    pub name: String,
    /// The password they choose.
    pub password: String,
}

/// A link, and what is written of who follows it.
#[derive(Clone)]
pub(crate) struct Registering {
    /// The link's.
    pub token: TokenHash,
    /// The name they give.
    pub name: String,
    /// Of the password they choose.
    pub hash: String,
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
pub(crate) fn expiry(sent: Timestamp) -> Timestamp {
    sent.saturating_add(24.hours()).unwrap_or(Timestamp::MAX)
}

/// The mails about registering that one address gets within an hour (rule 52).
pub(crate) const MAILS_AN_HOUR: u32 = 3;

impl Service {
    /// Mails a link to register with, or, to who is registered, that they are. The answer is the same,
    /// also when an address was sent enough mails.
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
        let checked = usable_name(&answer.name)
            .and_then(|name| password::check(&answer.password, &link.address, &name).map(|()| name));
        let name = match checked {
            Ok(name) => name,
            Err(refusal) => return self.refuse(cx, VERB, refusal).await,
        };
        let hash = self.passwords().hash(answer.password, self.random().bytes()).await?;
        // Somebody may be known by the address already, unregistered: what the trail keeps of them is under their key.
        let known = self.store().read(Scope::Public).user_by_address(link.address.key()).await?;
        let id = known.map_or(UserId(link.id), |user| user.id);
        let cx = Context { caller: Caller::Oneself(id), ..cx.clone() };
        let commands = [Registering { token, name, hash }];
        let registered = self.run(&cx, VERB, move |w, stage| {
            let commands = commands.clone();
            Box::pin(async move { apply(w, stage, &commands).await })
        });
        single(registered.await)
    }
}

async fn request(w: &mut Write, stage: &Stage, address: Email) -> Result<Outcome<()>, Error> {
    let at = stage.cx.at;
    let locked = person::locked(w, &[&address], &[]).await?;
    if !w.count_link_mail(LinkMail::Registration, address.key(), at, MAILS_AN_HOUR).await? {
        // Enough was sent; the answer is the same.
        return Ok(Outcome { result: Ok(()), audit: vec![], notices: vec![] });
    }
    let owner = locked.domain_owner(&address).map(|id| locked.accounts.account(id)).transpose()?;
    let (person, to, mail) = match locked.person(&address) {
        Some(user) if !change::may_register(user, owner) => (user.id.0, user.primary.clone(), Mail::AlreadyRegistered),
        _ => {
            // The link before it ends. Its id is kept, so that asking again and again leaves one person's traces.
            let former = w.take_registrations(address.key()).await?.pop();
            let id = former.map_or_else(|| fresh::id(&stage.random, at), |link| link.id);
            let link = Registration { id, address: address.clone(), mailed: true, created: at, expires: expiry(at) };
            let token = fresh::token(&stage.random);
            w.insert_registration(&link, &TokenHash::of(&token)).await?;
            (id, address, Mail::Registration { token, expires: link.expires })
        }
    };
    let record = stage.noted(REQUEST, None, person, json!({ "address": to.as_typed() }));
    let notice = Addressed { to: to.as_typed().to_owned(), mail }.notice(person, None, at)?;
    Ok(Outcome { result: Ok(()), audit: vec![record], notices: vec![notice] })
}

/// Registers people by their links; a link that is refused goes on working.
pub(crate) async fn apply(
    w: &mut Write,
    stage: &Stage,
    commands: &[Registering],
) -> Result<Vec<Outcome<Registered>>, Error> {
    let at = stage.cx.at;
    let tokens: Vec<TokenHash> = commands.iter().map(|command| command.token).collect();
    let mut links = w.registrations(&tokens).await?;
    links.retain(|_, link| at < link.expires);
    let addresses: Vec<&Email> = links.values().map(|link| &link.address).collect();
    let mut locked = person::locked(w, &addresses, &[]).await?;
    let mut tried = Tried::default();
    let (mut decided, mut used) = (Vec::with_capacity(commands.len()), Vec::new());
    for command in commands {
        decided.push(match links.remove(&command.token) {
            None => Err(Refusal::LinkExpired),
            Some(link) => {
                let mailed = link.mailed;
                let decided = decide(w, stage, &locked, &mut tried, link, command).await?;
                decided.inspect(|_| used.push((command, mailed)))
            }
        });
    }
    let used_tokens: Vec<TokenHash> = used.iter().map(|(command, _)| command.token).collect();
    w.delete_registrations(&used_tokens).await?;
    let outcomes = effects::write_decided(w, stage, &mut locked.accounts, VERB, decided).await?;
    let people = outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
    for (user, (command, mailed)) in people.zip(used) {
        w.set_password(user.id, &command.hash, at).await?;
        w.set_address_proved(user.id, &user.primary, mailed).await?;
    }
    outcomes.into_iter().map(|outcome| outcome.try_map(|user| registered(user, &locked.accounts, at))).collect()
}

/// What a link leads to.
async fn decide(
    w: &mut Write,
    stage: &Stage,
    locked: &Locked,
    tried: &mut Tried,
    link: Registration,
    command: &Registering,
) -> Result<Result<Change, Refusal>, Error> {
    let before = locked.person(&link.address).cloned();
    let domain_owner = locked.domain_owner(&link.address);
    let user = before.clone().unwrap_or_else(|| User::new(UserId(link.id), link.address, stage.cx.at));
    if !tried.is_first(user.id) {
        return Ok(Err(Refusal::Changed));
    }
    // A member's own account counts, whoever owns the domain (rule 5: conflicts).
    let account = user.membership.map(|membership| membership.account).or(domain_owner);
    let open = match account {
        Some(id) => w.pending_invitations(id, &[user.primary.key().to_owned()]).await?.pop(),
        None => None,
    };
    let owner = match account {
        Some(id) => Some((locked.accounts.account(id)?, tried.seats(&locked.accounts, id)?)),
        None => None,
    };
    let invited = open.and_then(|invitation| invitation.license);
    let registration = change::Registration { user: &user, domain_owner: owner, invited };
    Ok(change::register(registration, stage.cx.at).map(|mut transition| {
        transition.user.display_name = Some(command.name.clone());
        Change { before, transition }
    }))
}

fn registered(user: User, accounts: &Accounts, at: Timestamp) -> Result<Registered, Error> {
    let account = user.membership.map(|membership| accounts.account(membership.account)).transpose()?;
    let license = user.effective_license(account.map(|account| account.kind), at);
    Ok(Registered { account_name: account.map(|account| account.name.clone()), user, license })
}
