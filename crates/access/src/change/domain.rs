//! Claiming, verifying and releasing domains, and what that means for each person (rules 4 to 7).

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Effect, Letter, Transition, account::standing, join, standing::exit};
use crate::{
    Account, AccountId, AccountType, BaseLicense, Domain, Invitation, Refusal, Seats, User,
    domain::Claim,
    domain::{Proof, Seen},
    invitation::InvitationState,
    user::Origin,
};

/// Claims a domain. Others may have the same one pending, and even verified: it has no effect until it is proved.
/// Claiming again answers with the claim there is. `token` is fresh randomness.
pub fn claim_domain(
    account: &Account,
    domain: &Domain,
    existing: Option<&Claim>,
    public_mail: &BTreeSet<Domain>,
    token: String,
    at: Timestamp,
) -> Result<Claim, Refusal> {
    standing(account)?;
    if domain.is_public_suffix() || public_mail.contains(domain) {
        return Err(Refusal::PublicDomain);
    }
    Ok(existing.cloned().unwrap_or(Claim {
        account: account.id,
        domain: domain.clone(),
        token,
        since: at,
        verified: None,
        missing: None,
        checked: None,
        vouched: false,
    }))
}

/// Takes a pending claim back. A verified one is released, which tells what that does to people.
pub fn withdraw_domain(claim: &Claim) -> Result<(), Refusal> {
    match claim.verified {
        Some(_) => Err(Refusal::DomainVerified),
        None => Ok(()),
    }
}

/// A proved domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The account; the first verified domain has made it an Enterprise account (rule 3).
    pub account: Account,
    /// The claim, verified.
    pub claim: Claim,
    /// Who owned it until now: [`release_domain`] and [`after_release`] apply to them first, in the same transaction.
    pub former: Option<AccountId>,
}

/// Verifies a claim by what DNS shows. The first account to verify owns the domain.
pub fn verify_domain(
    account: &Account,
    claim: &Claim,
    owner: Option<&Claim>,
    seen: &Seen,
    at: Timestamp,
) -> Result<Verified, Refusal> {
    standing(account)?;
    if owner.is_some_and(|owner| owner.account != account.id) {
        return Err(Refusal::DomainClaimed);
    }
    proved(account, claim, seen, at)
}

/// An operator confirms an account's proof of a domain that another account owns, once the owner's record has been
/// missing for 7 days, as the schedule saw, and is missing still.
pub fn take_over_domain(
    account: &Account,
    claim: &Claim,
    owner: Option<&Claim>,
    seen: &Seen,
    at: Timestamp,
) -> Result<Verified, Refusal> {
    standing(account)?;
    let Some(former) = owner.filter(|owner| owner.account != account.id) else { return Err(Refusal::NotOwned) };
    let lapses = former.lapses().filter(|_| former.proof(seen) != Proof::Found);
    if lapses.is_none_or(|lapses| at < lapses) {
        return Err(Refusal::NotLapsed { from: lapses });
    }
    Ok(Verified { former: Some(former.account), ..proved(account, claim, seen, at)? })
}

/// Takes a domain as proved by the word of who runs the host, which overrules nobody's proof (rule 48).
pub fn vouch_domain(
    account: &Account,
    claim: &Claim,
    owner: Option<&Claim>,
    at: Timestamp,
) -> Result<Verified, Refusal> {
    let verified = verify_domain(account, claim, owner, &Seen::Records(vec![claim.record()]), at)?;
    let claim = match claim.verified {
        Some(_) => claim.clone(),
        None => Claim { vouched: true, checked: None, ..verified.claim },
    };
    Ok(Verified { claim, ..verified })
}

fn proved(account: &Account, claim: &Claim, seen: &Seen, at: Timestamp) -> Result<Verified, Refusal> {
    match claim.proof(seen) {
        Proof::Found => {}
        Proof::Unknown { why } => return Err(Refusal::DnsUnavailable { why }),
        missing => return Err(Refusal::ProofMissing(missing)),
    }
    let kind = if account.kind == AccountType::Team { AccountType::EnterpriseLwa } else { account.kind };
    let verified = claim.verified.or(Some(at));
    Ok(Verified {
        account: Account { kind, ..account.clone() },
        claim: Claim { verified, missing: None, checked: Some(at), vouched: false, ..claim.clone() },
        former: None,
    })
}

/// Looks again at a verified claim: a record that is gone is noted, one that is back is forgiven. Trouble with DNS
/// says nothing about the record.
pub fn recheck_domain(claim: &Claim, seen: &Seen, at: Timestamp) -> Claim {
    let missing = match claim.proof(seen) {
        Proof::Found => None,
        Proof::Unknown { .. } => claim.missing,
        Proof::WrongRecord { .. } | Proof::NoRecord | Proof::NoSuchName => claim.missing.or(Some(at)),
    };
    Claim { missing, checked: Some(at), ..claim.clone() }
}

/// What verification means for one person whose primary address is on the domain. A preview counts these (rule 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterVerification {
    /// A free user joins with the default license.
    Joins(Transition),
    /// A leftover that a former owner suspended is the new owner's now, still suspended.
    Passes(Transition),
    /// A free user whom only the account's source can bring in (rule 7); until then they may not sign in.
    Waits(Transition),
    /// A member of another account stays there, and is listed.
    Conflict,
    /// Nothing changes.
    Stays,
}

/// Applies a verification to one person on the domain. `formerly_owned`: the account they are a member of had verified
/// this domain before. `invited`: the license chosen with the account's open invitation of them.
pub fn after_verification(
    account: &Account,
    seats: &mut Seats,
    user: &User,
    formerly_owned: bool,
    invited: Option<BaseLicense>,
    at: Timestamp,
) -> AfterVerification {
    match user.membership.map(|membership| membership.account) {
        Some(current) if current == account.id => AfterVerification::Stays,
        Some(_) if user.is_suspended(at) && formerly_owned => {
            let mut after = user.clone();
            let mut effects = exit(&mut after);
            after.suspension.clone_from(&user.suspension);
            effects.extend(join::enter(account, seats, &mut after, Origin::Domain, join::chosen(invited), at));
            AfterVerification::Passes(Transition { user: after, effects })
        }
        Some(_) => AfterVerification::Conflict,
        None if user.registered.is_none() => AfterVerification::Stays,
        None if account.kind.has_source() => {
            AfterVerification::Waits(Transition { user: user.clone(), effects: vec![Effect::EndSessions] })
        }
        None => AfterVerification::Joins(join::join_by_domain(account, seats, user, invited, at)),
    }
}

/// An open invitation of another account to an address on the domain ends; `None` when it stays as it is (rule 5).
pub fn invitation_after_verification(account: &Account, invitation: &Invitation) -> Option<Invitation> {
    let ends = invitation.account != account.id && invitation.state == InvitationState::Pending;
    ends.then(|| Invitation { state: InvitationState::Failed, ..invitation.clone() })
}

/// Releases a claim; only a verified one has anything to release.
pub fn may_release(claim: &Claim) -> Result<(), Refusal> {
    match claim.verified {
        Some(_) => Ok(()),
        None => Err(Refusal::DomainPending),
    }
}

/// An account after one of its verified domains went; `verified_left` are the others. With the last one it is a `Team`
/// again and its source, if there was one, is paused (rule 3).
pub fn release_domain(account: &Account, verified_left: u64) -> Account {
    let kind = if verified_left == 0 { AccountType::Team } else { account.kind };
    Account { kind, ..account.clone() }
}

/// Applies a release to a member who has an address on the domain (rule 6). Who has it as primary address is signed
/// out and leaves, or, when suspended, stays as a leftover. Others only lose it as a further address.
pub fn after_release(user: &User, domain: &Domain, local_credential: bool, at: Timestamp) -> Transition {
    let mut after = user.clone();
    after.secondary.retain(|address| address.domain() != *domain);
    if user.primary.domain() != *domain {
        return Transition { user: after, effects: Vec::new() };
    }
    after.source = None;
    if user.is_suspended(at) {
        return Transition { user: after, effects: vec![Effect::EndSessions] };
    }
    let mut effects = exit(&mut after);
    if user.registered.is_some() && !local_credential {
        effects.push(Effect::Tell(Letter::SetPassword));
    }
    Transition { user: after, effects }
}
