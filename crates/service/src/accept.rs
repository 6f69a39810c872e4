//! Accepting an invitation (rule 14): a new person registers and joins at once, a registered one proves who they are.
//!
//! The hash is computed and the password verified before the transaction. What that rested on is looked at again
//! inside; when it changed meanwhile, be it by the other half of a double click, everything is looked at once more.

use access::authority::Caller;
use access::invitation::InvitationState;
use access::user::usable_name;
use access::{Account, AccountId, Email, Invitation, License, Refusal, User, UserId, change};
use jiff::Timestamp;
use store::{Scope, TokenHash, Write};

use crate::accounts::{Accounts, Tried};
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

pub(crate) enum Attempt {
    /// They are a member.
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
                let seen = [seen.clone()];
                Box::pin(async move { apply(w, stage, &seen).await })
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
            let checked = usable_name(&answer.name)
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
pub(crate) struct Seen {
    token: TokenHash,
    invitation: Invitation,
    proof: Proof,
    leave: bool,
}

/// What an invitation comes to.
enum Decided {
    /// They join.
    Joins(Result<Change, Refusal>),
    /// They joined before, or must look once more.
    As(Attempt),
}

/// One attempt, within the transaction: accounts are locked, then the domains, the people and the invitations.
pub(crate) async fn apply(w: &mut Write, stage: &Stage, seen: &[Seen]) -> Result<Vec<Outcome<Attempt>>, Error> {
    let at = stage.cx.at;
    let addresses: Vec<&Email> = seen.iter().map(|seen| &seen.invitation.address).collect();
    let inviting: Vec<AccountId> = seen.iter().map(|seen| seen.invitation.account).collect();
    let mut locked = person::locked(w, &addresses, &inviting).await?;
    let mut tried = Tried::default();
    let (mut changes, mut attempts, mut new) = (Vec::new(), Vec::new(), Vec::new());
    for seen in seen {
        attempts.push(match decide(w, stage, &locked, &mut tried, seen).await? {
            Decided::Joins(change) => {
                if change.is_ok() {
                    new.push(&seen.proof);
                }
                changes.push(change);
                None
            }
            Decided::As(attempt) => Some(attempt),
        });
    }
    let written = effects::write_decided(w, stage, &mut locked.accounts, VERB, changes).await?;
    let joined = written.iter().filter_map(|outcome| outcome.result.as_ref().ok());
    for (user, proof) in joined.zip(new) {
        if let Proof::New { hash, .. } = proof {
            w.set_password(user.id, hash, at).await?;
        }
    }
    let mut written = written.into_iter();
    let mut outcomes = Vec::with_capacity(seen.len());
    for (attempt, seen) in attempts.into_iter().zip(seen) {
        match attempt {
            Some(attempt) => outcomes.push(Outcome { result: Ok(attempt), audit: vec![], notices: vec![] }),
            None => {
                let account = locked.accounts.account(seen.invitation.account)?;
                let done = |user| Ok(Attempt::Done(Box::new(Accepted::of(user, account, at))));
                outcomes.extend(written.next().map(|outcome| outcome.try_map(done)).transpose()?);
            }
        }
    }
    Ok(outcomes)
}

async fn decide(
    w: &mut Write,
    stage: &Stage,
    locked: &Locked,
    tried: &mut Tried,
    seen: &Seen,
) -> Result<Decided, Error> {
    let again = Decided::As(Attempt::Again);
    let before = locked.person(&seen.invitation.address);
    let Some(invitation) = w.invitation_by_token(&seen.token).await? else { return Ok(again) };
    match (&seen.proof, before) {
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
    if let Some(accepted) = accepted_before(&locked.accounts, &invitation, before, stage.cx.at)? {
        return Ok(Decided::As(Attempt::Done(Box::new(accepted))));
    }
    let new = || User::new(UserId(invitation.id.0), invitation.address.clone(), stage.cx.at);
    let user = before.cloned().unwrap_or_else(new);
    if !tried.is_first(user.id) {
        return Ok(again);
    }
    join(stage, locked, tried, &invitation, (before, &user), seen).map(Decided::Joins)
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

fn join(
    stage: &Stage,
    locked: &Locked,
    tried: &mut Tried,
    invitation: &Invitation,
    (before, user): (Option<&User>, &User),
    seen: &Seen,
) -> Result<Result<Change, Refusal>, Error> {
    let accounts = &locked.accounts;
    let current = user.membership.map(|membership| accounts.account(membership.account)).transpose()?;
    let domain_owner = locked.domain_owner(&invitation.address);
    let accepting = change::Accepting { user, current, leave: seen.leave, domain_owner };
    let (account, seats) = (accounts.account(invitation.account)?, tried.seats(accounts, invitation.account)?);
    Ok(change::accept(account, seats, invitation, accepting, stage.cx.at).map(|mut transition| {
        if let Proof::New { name, .. } = &seen.proof {
            transition.user.display_name = Some(name.clone());
        }
        Change { before: before.cloned(), transition }
    }))
}
