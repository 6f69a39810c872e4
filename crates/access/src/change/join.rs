//! Becoming registered and becoming a member (rules 5, 7, 9, 10, 12, 14, 15, 16).

use jiff::{Timestamp, ToSpan};

use super::{Effect, Letter, Transition, standing};
use crate::{
    Account, AccountType, BaseLicense, Invitation, Refusal, Seats, User,
    invitation::InvitationState,
    user::{LicenseOrigin, Membership, Origin, Trial, Waiting},
};

/// An accepted invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The person, now a member.
    pub transition: Transition,
    /// The invitation, answered.
    pub invitation: Invitation,
}

/// Accepts an invitation as `user`, who has proved to be the addressee: a new person ([`User::new`]) becomes
/// registered by it. `current` is the account they are a member of, `leave` their consent to leave it.
pub fn accept(
    account: &Account,
    seats: &mut Seats,
    invitation: &Invitation,
    user: &User,
    current: Option<&Account>,
    leave: bool,
    at: Timestamp,
) -> Result<Accepted, Refusal> {
    if !invitation.is_open(at) || account.deleted.is_some() {
        return Err(Refusal::InvitationClosed);
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
    let license = invitation.license.map(|license| (license, LicenseOrigin::Administrator));
    effects.extend(enter(account, seats, &mut user, Origin::Invitation, license, at));
    let invitation = Invitation { state: InvitationState::Accepted, accepted_by: Some(user.id), ..invitation.clone() };
    Ok(Accepted { transition: Transition { user, effects }, invitation })
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
}

/// Registers a person whose address is proved by a mailed link (rules 7 and 15).
pub fn register(registration: Registration<'_>, at: Timestamp) -> Result<Transition, Refusal> {
    let Registration { user, domain_owner } = registration;
    if user.is_suspended(at) || user.block.is_some() {
        return Err(Refusal::PersonSuspended);
    }
    if user.registered.is_some() {
        return Err(Refusal::AlreadyRegistered);
    }
    let mut user = user.clone();
    let Some((account, seats)) = domain_owner else {
        become_registered(&mut user, true, at);
        return Ok(Transition { user, effects: Vec::new() });
    };
    let source = user.source.as_ref().filter(|source| source.enabled).and_then(|source| source.license);
    let license = match (account.kind.has_source(), source) {
        (true, None) => return Err(Refusal::NotInSource),
        (true, Some(license)) => Some((license, LicenseOrigin::Group)),
        (false, _) => None,
    };
    become_registered(&mut user, account.trials, at);
    let effects = match user.membership {
        Some(_) => Vec::new(),
        None => enter(account, seats, &mut user, Origin::Domain, license, at),
    };
    Ok(Transition { user, effects })
}

/// An administrator creates a person on a verified domain: an `Unregistered` member. `user` is their row, or a new
/// one. On a Team the door invites instead (rule 16).
pub fn create_user(
    account: &Account,
    seats: &mut Seats,
    user: &User,
    own_domain: bool,
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
    let effects = enter(account, seats, &mut user, Origin::Administrator, None, at);
    Ok(Transition { user, effects })
}

/// A free user joins because their domain was verified, or by signing in on it later (rules 5 and 7). Told by mail.
/// Not for an account with a source: there only the source brings people in.
pub fn join_by_domain(account: &Account, seats: &mut Seats, user: &User, at: Timestamp) -> Transition {
    let mut user = user.clone();
    let mut effects = enter(account, seats, &mut user, Origin::Domain, None, at);
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
    user.membership = Some(Membership { account: account.id, origin, since: at });
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
