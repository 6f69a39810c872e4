//! Accepting an invitation (rule 14): a new person registers and joins at once, a registered one proves who they are.
//!
//! The hash is computed and the password verified before the transaction. What that rested on is looked at again
//! inside; when it changed meanwhile, be it by the other half of a double click, everything is looked at once more.

use access::authority::Caller;
use access::invitation::InvitationState;
use access::{Account, AccountId, Invitation, License, Refusal, User, UserId, change};
use jiff::Timestamp;
use store::{Scope, TokenHash, Write};

use crate::accounts::Accounts;
use crate::effects::{self, Change};
use crate::person::Locked;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, password, person};

const VERB: &str = "invitation.accept";

/// What an invited person answers with.
#[derive(Clone)]
pub struct Accept {
    /// The name a new person gives; of no account for who is registered.
    pub name: String,
    /// A new person's choice, or the proof of who is registered.
    pub password: String,
    /// The consent to leave the Team they are a member of.
    pub leave: bool,
}

/// What acceptance led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The person as they are now.
    pub user: User,
    /// The name of the account they are a member of.
    pub account_name: String,
    /// Their effective license there (rule 9).
    pub license: License,
    /// It had been accepted by them before, and nothing changed: the second half of a double click.
    pub already: bool,
}

/// What was proved before the transaction.
#[derive(Clone)]
enum Proof {
    /// Nobody registered has the address; the link proves it.
    New { name: String, hash: String },
    /// This person's password, as it was stored.
    Known { user: UserId, stored: String },
}

impl Accepted {
    fn of(user: User, account: &Account, at: Timestamp) -> Self {
        let license = user.effective_license(Some(account.kind), at);
        Self { user, account_name: account.name.clone(), license, already: false }
    }
}

enum Attempt {
    Done(Box<Accepted>),
    /// What the proof rested on has changed.
    Again,
}

impl Service {
    /// Accepts the invitation behind a mailed link, by POST only: mail scanners follow links with GET.
    pub async fn accept(&self, cx: &Context, token: &str, answer: Accept) -> Result<Accepted, Error> {
        let token = TokenHash::of(token);
        for _ in 0..3 {
            let Some(invitation) = self.store().read(Scope::Public).invitation_by_token(&token).await? else {
                return self.refuse(cx, VERB, Refusal::LinkExpired).await;
            };
            let (proof, cx) = match self.prove(cx, &invitation, &answer).await? {
                Ok(proof) => proof,
                Err(refusal) => return self.refuse(cx, VERB, refusal).await,
            };
            let seen = Seen { token, invitation, proof, leave: answer.leave };
            let attempt = self.run(&cx, VERB, move |w, stage| {
                let seen = seen.clone();
                Box::pin(async move { Ok(vec![attempt(w, stage, &seen).await?]) })
            });
            if let Attempt::Done(accepted) = single(attempt.await)? {
                return Ok(*accepted);
            }
        }
        self.refuse(cx, VERB, Refusal::Changed).await
    }

    /// Who answers, and the request as theirs.
    async fn prove(
        &self,
        cx: &Context,
        invitation: &Invitation,
        answer: &Accept,
    ) -> Result<Result<(Proof, Context), Refusal>, Error> {
        let read = self.store().read(Scope::Public);
        let person = read.user_by_address(invitation.address.key()).await?;
        let by = |user| Context { caller: Caller::Oneself(user), ..cx.clone() };
        let Some(known) = person.as_ref().filter(|user| user.registered.is_some()) else {
            if !invitation.is_open(cx.at) {
                return Ok(Err(Refusal::InvitationClosed));
            }
            let checked = person::name(&answer.name)
                .and_then(|name| password::check(&answer.password, &invitation.address, &name).map(|()| name));
            let name = match checked {
                Ok(name) => name,
                Err(refusal) => return Ok(Err(refusal)),
            };
            let hash = self.passwords().hash(answer.password.clone(), self.random().bytes()).await?;
            let id = person.map_or(UserId(invitation.id.0), |user| user.id);
            return Ok(Ok((Proof::New { name, hash }, by(id))));
        };
        let stored = read.password(known.id).await?;
        if !self.passwords().verify(answer.password.clone(), stored.clone()).await? {
            return Ok(Err(Refusal::WrongCredentials));
        }
        let proof = stored.map(|stored| (Proof::Known { user: known.id, stored }, by(known.id)));
        Ok(proof.ok_or(Refusal::WrongCredentials))
    }
}

/// What was found before the transaction.
#[derive(Clone)]
struct Seen {
    token: TokenHash,
    invitation: Invitation,
    proof: Proof,
    leave: bool,
}

/// What was found and locked within it.
struct Joining<'a> {
    invitation: &'a Invitation,
    domain_owner: Option<AccountId>,
    before: Option<User>,
}

/// One attempt, within the transaction: accounts are locked, then the domain, the person and the invitation.
async fn attempt(w: &mut Write, stage: &Stage, seen: &Seen) -> Result<Outcome<Attempt>, Error> {
    let again = Outcome { result: Ok(Attempt::Again), audit: vec![], notices: vec![] };
    let address = &seen.invitation.address;
    let Locked { mut accounts, domain_owner, user: before } =
        person::locked(w, address, Some(seen.invitation.account)).await?;
    let Some(invitation) = w.invitation_by_token(&seen.token).await? else { return Ok(again) };
    match (&seen.proof, &before) {
        // The other half of a double click was faster: its person is not seen yet, but will be.
        (Proof::New { .. }, _) if invitation.state != seen.invitation.state => return Ok(again),
        (Proof::New { .. }, None) => {}
        (Proof::New { .. }, Some(user)) if user.registered.is_none() => {}
        (Proof::Known { user: known, stored }, Some(user)) if user.id == *known => {
            if w.password(user.id).await?.as_ref() != Some(stored) {
                return Ok(again);
            }
        }
        _ => return Ok(again),
    }
    if let Some(accepted) = accepted_before(&accounts, &invitation, before.as_ref(), stage.cx.at)? {
        return Ok(Outcome { result: Ok(Attempt::Done(Box::new(accepted))), ..again });
    }
    let joining = Joining { invitation: &invitation, domain_owner, before };
    join(w, stage, &mut accounts, joining, seen).await
}

/// Whether this very person accepted it before and is a member still.
fn accepted_before(
    accounts: &Accounts,
    invitation: &Invitation,
    user: Option<&User>,
    at: Timestamp,
) -> Result<Option<Accepted>, Error> {
    let theirs = |user: &&User| {
        let accepted = invitation.state == InvitationState::Accepted && invitation.accepted_by == Some(user.id);
        accepted && user.is_member_of(invitation.account)
    };
    let Some(user) = user.filter(theirs) else { return Ok(None) };
    Ok(Some(Accepted { already: true, ..Accepted::of(user.clone(), accounts.account(invitation.account)?, at) }))
}

async fn join(
    w: &mut Write,
    stage: &Stage,
    accounts: &mut Accounts,
    joining: Joining<'_>,
    seen: &Seen,
) -> Result<Outcome<Attempt>, Error> {
    let Joining { invitation, domain_owner, before } = joining;
    let (id, at) = (invitation.account, stage.cx.at);
    let new = || User::new(UserId(invitation.id.0), invitation.address.clone(), at);
    let user = before.clone().unwrap_or_else(new);
    let mut seats = accounts.seats(id)?;
    let current = user.membership.map(|membership| accounts.account(membership.account)).transpose()?;
    let accepting = change::Accepting { user: &user, current, leave: seen.leave, domain_owner };
    let mut transition = change::accept(accounts.account(id)?, &mut seats, invitation, accepting, at)?;
    if let Proof::New { name, .. } = &seen.proof {
        transition.user.display_name = Some(name.clone());
    }
    let change = Change { before, transition };
    let written = effects::write(w, stage, accounts, VERB, vec![change]).await?;
    let effects::Written { user, audit, notices } = person::only_written(written)?;
    if let Proof::New { hash, .. } = &seen.proof {
        w.set_password(user.id, hash, at).await?;
    }
    let accepted = Accepted::of(user, accounts.account(id)?, at);
    Ok(Outcome { result: Ok(Attempt::Done(Box::new(accepted))), audit, notices })
}
