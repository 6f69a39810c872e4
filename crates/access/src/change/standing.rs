//! Suspending, activating, blocking, removing, leaving, logging out (rules 17, 18, 23).

use jiff::Timestamp;

use super::{Effect, Letter, Transition};
use crate::{
    Account, AccountType, BaseLicense, Refusal, User,
    user::{Block, LicenseOrigin, Suspension, UserSettings},
};

/// Suspends a member, also an unregistered one: it holds the address. License and seat stay. Suspending who is
/// suspended replaces reason and end.
pub fn suspend(account: &Account, user: &User, suspension: Suspension) -> Result<Transition, Refusal> {
    super::account::standing(account)?;
    if account.kind == AccountType::Team {
        return Err(Refusal::TeamCannotSuspend);
    }
    if suspension.by == Some(user.id) {
        return Err(Refusal::CannotSuspendYourself);
    }
    if let Some(until) = suspension.until.filter(|until| *until <= suspension.at) {
        return Err(Refusal::EndInThePast { until });
    }
    let user = User { suspension: Some(suspension), ..user.clone() };
    Ok(Transition { user, effects: vec![Effect::EndSessions, Effect::EndKeys { over: None }] })
}

/// Ends a suspension; on a Team that of a member left over from when it was an Enterprise account. Sessions of before
/// stay dead: the epoch does not go back (rule 23).
pub fn activate(user: &User, at: Timestamp) -> Result<Transition, Refusal> {
    if !user.is_suspended(at) {
        return Err(Refusal::NotSuspended);
    }
    Ok(Transition { user: User { suspension: None, ..user.clone() }, effects: Vec::new() })
}

/// The operator blocks any user, whatever else holds. Blocking who is blocked replaces the reason.
pub fn block(user: &User, block: Block) -> Result<Transition, Refusal> {
    if block.by == Some(user.id) {
        return Err(Refusal::CannotSuspendYourself);
    }
    let user = User { block: Some(block), ..user.clone() };
    Ok(Transition { user, effects: vec![Effect::EndSessions, Effect::EndKeys { over: None }] })
}

/// The operator lifts a block.
pub fn unblock(user: &User) -> Result<Transition, Refusal> {
    match user.block {
        Some(_) => Ok(Transition { user: User { block: None, ..user.clone() }, effects: Vec::new() }),
        None => Err(Refusal::NotBlocked),
    }
}

/// Removes a member by an administrator: they stay a free user, and are told. On an Enterprise account only who is on
/// none of its domains. A suspension by the account ends with the membership, as nobody could lift it later.
pub fn remove(account: &Account, user: &User, own_domain: bool) -> Result<Transition, Refusal> {
    may_go(account, own_domain)?;
    let mut user = user.clone();
    let mut effects = exit(&mut user);
    effects.push(Effect::Tell(Letter::Removed { account: account.id }));
    Ok(Transition { user, effects })
}

/// The same, by the person.
pub fn leave(account: Option<&Account>, user: &User, own_domain: bool, at: Timestamp) -> Result<Transition, Refusal> {
    let account = account.ok_or(Refusal::NotAMember)?;
    if user.is_suspended(at) || user.block.is_some() {
        return Err(Refusal::PersonSuspended);
    }
    may_go(account, own_domain)?;
    let mut user = user.clone();
    let mut effects = exit(&mut user);
    effects.push(Effect::Tell(Letter::Left { account: account.id }));
    Ok(Transition { user, effects })
}

/// Ends every session; nothing else changes.
pub fn log_out(user: &User) -> Transition {
    Transition { user: user.clone(), effects: vec![Effect::EndSessions] }
}

/// Who is on one of an Enterprise account's domains stays in it (rule 17).
fn may_go(account: &Account, own_domain: bool) -> Result<(), Refusal> {
    match account.kind {
        AccountType::Team => Ok(()),
        _ if own_domain => Err(Refusal::ManagedByDomain),
        _ => Ok(()),
    }
}

/// The end of a membership: license, seat, trial, wait, suspension, the link to a source, PIN and settings go with it;
/// sessions and the keys of grants over the account end.
pub(super) fn exit(user: &mut User) -> Vec<Effect> {
    let Some(membership) = user.membership.take() else { return Vec::new() };
    let account = membership.account;
    let license = std::mem::replace(&mut user.license, BaseLicense::Basic);
    user.license_origin = LicenseOrigin::Free;
    user.waiting = None;
    user.trial.until = None;
    user.suspension = None;
    user.source = None;
    // Its former administrators know the PIN (rule 60).
    user.pin = None;
    user.settings = UserSettings::default();
    vec![Effect::EndSessions, Effect::EndKeys { over: Some(account) }, Effect::ReleaseSeat { account, license }]
}
