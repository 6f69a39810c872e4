//! Inviting, resending, cancelling, declining (rules 14 and 15).

use jiff::Timestamp;

use crate::{
    Account, AccountId, AccountType, Email, Invitation, InvitationId, Refusal, UserId, invitation::InvitationState,
};

/// What the account may take into account about an address it invites. Whether the address is known elsewhere is
/// not in here: the answer must not depend on it (rule 14).
#[derive(Clone, Copy, Debug)]
pub struct Addressee<'a> {
    /// The address.
    pub address: &'a Email,
    /// It belongs to a member of this account.
    pub own_member: bool,
    /// The account's open invitation of it.
    pub pending: Option<&'a Invitation>,
    /// The account that has verified the address's domain.
    pub domain_owner: Option<AccountId>,
}

/// What inviting leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invited {
    /// A Team's invitation, new or renewed, is written and mailed.
    Invitation(Invitation),
    /// An Enterprise account's instructions to register are mailed; nothing is written (rule 15).
    Instructions,
}

/// Invites one address. An open invitation is renewed under its id, so repeating is harmless.
pub fn invite(
    account: &Account,
    addressee: Addressee<'_>,
    id: InvitationId,
    by: Option<UserId>,
    at: Timestamp,
) -> Result<Invited, Refusal> {
    if account.deleted.is_some() {
        return Err(Refusal::AccountDeleted);
    }
    if addressee.own_member {
        return Err(Refusal::AlreadyMember);
    }
    match (account.kind, addressee.domain_owner) {
        (_, Some(owner)) if owner != account.id => Err(Refusal::DomainClaimed),
        (AccountType::Team, _) => Ok(Invited::Invitation(match addressee.pending {
            Some(pending) => renewed(pending, at),
            None => Invitation {
                id,
                account: account.id,
                address: addressee.address.clone(),
                by,
                created: at,
                expires: Invitation::expiry(at),
                license: None,
                state: InvitationState::Pending,
                accepted_by: None,
                undelivered: None,
            },
        })),
        (_, Some(_)) => Ok(Invited::Instructions),
        (_, None) => Err(Refusal::NotOnOwnDomain),
    }
}

/// Sends an invitation again: a new link, valid for the full time; the former link stops working.
pub fn resend(invitation: &Invitation, at: Timestamp) -> Result<Invitation, Refusal> {
    pending(invitation)?;
    Ok(renewed(invitation, at))
}

/// Takes an invitation back; also what removing an invited address from the list does (rule 14).
pub fn cancel(invitation: &Invitation) -> Result<Invitation, Refusal> {
    pending(invitation)?;
    Ok(Invitation { state: InvitationState::Cancelled, ..invitation.clone() })
}

/// The invited person says no.
pub fn decline(invitation: &Invitation, at: Timestamp) -> Result<Invitation, Refusal> {
    if !invitation.is_open(at) {
        return Err(Refusal::InvitationClosed);
    }
    Ok(Invitation { state: InvitationState::Declined, ..invitation.clone() })
}

/// The mail of an open invitation reached nobody: it is shown as failed, with the reason (rule 65).
pub fn undelivered(invitation: &Invitation, reason: &str) -> Option<Invitation> {
    let open = invitation.state == InvitationState::Pending;
    open.then(|| Invitation { undelivered: Some(reason.to_owned()), ..invitation.clone() })
}

/// The mail of an open invitation is under way again.
pub fn under_way(invitation: &Invitation) -> Option<Invitation> {
    let failed = invitation.state == InvitationState::Pending && invitation.undelivered.is_some();
    failed.then(|| Invitation { undelivered: None, ..invitation.clone() })
}

fn pending(invitation: &Invitation) -> Result<(), Refusal> {
    match invitation.state {
        InvitationState::Pending => Ok(()),
        _ => Err(Refusal::InvitationClosed),
    }
}

fn renewed(invitation: &Invitation, at: Timestamp) -> Invitation {
    Invitation { expires: Invitation::expiry(at), undelivered: None, ..invitation.clone() }
}
