//! Becoming registered and becoming a member (rules 5, 7, 9, 10, 12, 14, 15, 16).

use jiff::{Timestamp, ToSpan};

use super::{Effect, Letter, Transition, standing};
use crate::{
    Account, AccountId, AccountType, BaseLicense, Invitation, Refusal, Seats, User, UserId,
    invitation::InvitationState,
    user::{LicenseOrigin, Membership, Origin, Trial, Waiting},
};

/// What is known of a person who accepts an invitation.
#[derive(Clone, Copy, Debug)]
pub struct Accepting<'a> {
    /// Their row, or a new one ([`User::new`]).
    pub user: &'a User,
    /// The account they are a member of.
    pub current: Option<&'a Account>,
    /// Their consent to leave it.
    pub leave: bool,
    /// The account that has verified the domain of the invited address.
    pub domain_owner: Option<AccountId>,
}

/// Accepts an invitation as a person who has proved to be the addressee: a new one becomes registered by it. That the
/// invitation is answered follows from their joining ([`answered_by_joining`]).
pub fn accept(
    account: &Account,
    seats: &mut Seats,
    invitation: &Invitation,
    accepting: Accepting<'_>,
    at: Timestamp,
) -> Result<Transition, Refusal> {
    let Accepting { user, current, leave, domain_owner } = accepting;
    if !invitation.is_open(at) || account.deleted.is_some() {
        return Err(Refusal::InvitationClosed);
    }
    if domain_owner.is_some_and(|owner| owner != account.id) {
        return Err(Refusal::DomainClaimed);
    }
    if account.kind.has_source() {
        return Err(Refusal::NotInSource);
    }
    if user.is_suspended(at) || user.block.is_some() {
        return Err(Refusal::PersonSuspended);
    }
    let mut effects = Vec::new();
    let mut user = user.clone();
    match leaves(account, current)? {
        true if !leave => return Err(Refusal::MustLeaveTeam),
        true => effects.extend(standing::exit(&mut user)),
        false => {}
    }
    become_registered(&mut user, account.trials, at);
    effects.extend(enter(account, seats, &mut user, Origin::Invitation, chosen(invitation.license), at));
    if let Some(membership) = &mut user.membership {
        membership.invited = Some(invitation.created);
    }
    Ok(Transition { user, effects })
}

/// Who joins an account, in whatever way, has accepted its open invitation with that (rule 55); `None` when there is
/// nothing left to answer.
pub fn answered_by_joining(invitation: &Invitation, user: UserId) -> Option<Invitation> {
    let answered = Invitation { state: InvitationState::Accepted, accepted_by: Some(user), ..invitation.clone() };
    (invitation.state == InvitationState::Pending).then_some(answered)
}

/// A license that an administrator chose for somebody who joins (rule 14).
pub(super) fn chosen(license: Option<BaseLicense>) -> Option<(BaseLicense, LicenseOrigin)> {
    license.map(|license| (license, LicenseOrigin::Administrator))
}

/// Whether somebody leaves a Team, their `current` account, by accepting an invitation to `account`. From an Enterprise
/// account nobody leaves that way.
pub fn leaves(account: &Account, current: Option<&Account>) -> Result<bool, Refusal> {
    match current {
        None => Ok(false),
        Some(current) if current.id == account.id => Err(Refusal::AlreadyMember),
        Some(current) if current.kind != AccountType::Team => Err(Refusal::ManagedElsewhere),
        Some(_) => Ok(true),
    }
}

/// What is known of a person who registers.
#[derive(Debug)]
pub struct Registration<'a> {
    /// Their row, or a new one ([`User::new`]).
    pub user: &'a User,
    /// The account they are a member of, else the one that has verified the domain of their address; with its seats.
    pub domain_owner: Option<(&'a Account, &'a mut Seats)>,
    /// The license chosen with that account's open invitation of them.
    pub invited: Option<BaseLicense>,
}

/// Whether a link to register with leads anywhere: for who is not registered, and for who is in no account and comes
/// back to the one that has verified the domain of their address (rule 7). `account` is as in [`Registration`].
pub fn may_register(user: &User, account: Option<&Account>) -> bool {
    let lwa = account.is_some_and(|account| account.kind == AccountType::EnterpriseLwa);
    user.registered.is_none() || (user.membership.is_none() && lwa)
}

/// Registers a person whose address is proved by a mailed link (rules 7 and 15). Who was registered before is proved
/// anew, and signs in again (rule 54).
pub fn register(registration: Registration<'_>, at: Timestamp) -> Result<Transition, Refusal> {
    let Registration { user, domain_owner, invited } = registration;
    if user.is_suspended(at) || user.block.is_some() {
        return Err(Refusal::PersonSuspended);
    }
    if !may_register(user, domain_owner.as_ref().map(|(account, _)| *account)) {
        return Err(Refusal::AlreadyRegistered);
    }
    let mut user = user.clone();
    let mut effects: Vec<Effect> = user.registered.map(|_| Effect::EndSessions).into_iter().collect();
    let Some((account, seats)) = domain_owner else {
        become_registered(&mut user, true, at);
        return Ok(Transition { user, effects });
    };
    let source = user.source.as_ref().filter(|source| source.enabled).and_then(|source| source.license);
    let license = match (account.kind.has_source(), source) {
        (true, None) => return Err(Refusal::NotInSource),
        (true, Some(license)) => Some((license, LicenseOrigin::Group)),
        (false, _) => chosen(invited),
    };
    become_registered(&mut user, account.trials, at);
    if user.membership.is_none() {
        effects.extend(enter(account, seats, &mut user, Origin::Domain, license, at));
    }
    Ok(Transition { user, effects })
}

/// An administrator creates a person on a verified domain: an `Unregistered` member. `user` is their row, or a new
/// one. On a Team the door invites instead (rule 16). `license`: the administrator's choice instead of the account's
/// default.
pub fn create_user(
    account: &Account,
    seats: &mut Seats,
    user: &User,
    own_domain: bool,
    license: Option<BaseLicense>,
    at: Timestamp,
) -> Result<Transition, Refusal> {
    if account.deleted.is_some() {
        return Err(Refusal::AccountDeleted);
    }
    if account.kind.has_source() {
        return Err(Refusal::ManagedBySource);
    }
    if !own_domain {
        return Err(Refusal::NotOnOwnDomain);
    }
    if user.membership.is_some() {
        return Err(Refusal::AlreadyExists);
    }
    let mut user = user.clone();
    let effects = enter(account, seats, &mut user, Origin::Administrator, chosen(license), at);
    Ok(Transition { user, effects })
}

/// A free user joins because their domain was verified, or by signing in on it later (rules 5 and 7). Told by mail.
/// Not for an account with a source: there only the source brings people in. `invited`: as in [`Registration`].
pub fn join_by_domain(
    account: &Account,
    seats: &mut Seats,
    user: &User,
    invited: Option<BaseLicense>,
    at: Timestamp,
) -> Transition {
    let mut user = user.clone();
    let mut effects = enter(account, seats, &mut user, Origin::Domain, chosen(invited), at);
    effects.push(Effect::Tell(Letter::Joined { account: account.id }));
    Transition { user, effects }
}

/// The first registration starts the one trial (rule 9).
pub(super) fn become_registered(user: &mut User, trials: bool, at: Timestamp) {
    if user.registered.is_some() {
        return;
    }
    user.registered = Some(at);
    if trials && user.trial.started.is_none() {
        let until = at.saturating_add((30 * 24).hours()).unwrap_or(Timestamp::MAX);
        user.trial = Trial { started: Some(at), until: Some(until) };
    }
}

/// Membership, and the license it brings: the given one or the account's default; `Basic` and waiting when no seat of
/// it is left (rules 10 and 12).
pub(super) fn enter(
    account: &Account,
    seats: &mut Seats,
    user: &mut User,
    origin: Origin,
    license: Option<(BaseLicense, LicenseOrigin)>,
    at: Timestamp,
) -> Vec<Effect> {
    let (wanted, license_origin) = license.unwrap_or((account.default_license, LicenseOrigin::Default));
    user.membership = Some(Membership { account: account.id, origin, since: at, invited: None });
    user.license_origin = license_origin;
    give_or_wait(account, seats, user, wanted, at)
}

/// Gives a license if a seat of it is left, else `Basic` and a place in the waiting list (rule 12).
pub(super) fn give_or_wait(
    account: &Account,
    seats: &mut Seats,
    user: &mut User,
    wanted: BaseLicense,
    at: Timestamp,
) -> Vec<Effect> {
    let given = if seats.take(wanted) {
        wanted
    } else {
        // `Basic` is where people wait: it is given past its own limit too, so that nobody is turned away.
        seats.overdraw(BaseLicense::Basic);
        BaseLicense::Basic
    };
    user.license = given;
    user.waiting = (given != wanted).then_some(Waiting { license: wanted, since: at });
    vec![Effect::TakeSeat { account: account.id, license: given }]
}
