//! Whom an administrator means: ids as text to people and open invitations of one account.

use std::collections::HashMap;

use access::authority::may_act_on;
use access::{Invitation, InvitationId, Refusal, User, UserId, invitation::InvitationState};
use store::Write;
use uuid::Uuid;

use crate::Error;
use crate::run::Scene;

/// What one id stands for.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A member of the account.
    Member(User),
    /// An open invitation of the account, which stands in its list (rule 14).
    Invited(Invitation),
    /// The same as an earlier one of the list.
    Again(usize),
    /// Nobody within reach, or somebody the caller may not act on.
    Refused {
        /// Whom the audit trail names.
        subject: Option<Uuid>,
        /// The answer.
        refusal: Refusal,
    },
}

/// Resolves ids, in their order, and locks whom they name. An id is a member's, an open invitation's, or that of an
/// accepted invitation, which goes on naming the person. Unreadable, unknown and other accounts' ids are answered
/// alike; nobody acts on a person with a higher grant than their own (rule 28).
pub(crate) async fn resolve(w: &mut Write, scene: &Scene, ids: &[String]) -> Result<Vec<Target>, Error> {
    let read: Vec<Option<Uuid>> = ids.iter().map(|text| canonical(text)).collect();
    let known: Vec<Uuid> = read.iter().flatten().copied().collect();
    let asked: Vec<InvitationId> = known.iter().copied().map(InvitationId).collect();
    let aliases = w.accepted_aliases(scene.id, &asked).await?;
    let people: Vec<UserId> = known.iter().copied().map(UserId).chain(aliases.values().copied()).collect();
    // Only this account's people are locked: nobody can make another tenant wait by guessing ids.
    let members = w.memberships(&people).await?;
    let members: Vec<UserId> = members.into_iter().filter(|(_, of)| *of == scene.id).map(|(user, _)| user).collect();
    let found = w.users(&members).await?;
    let found: HashMap<UserId, User> =
        found.into_iter().filter(|user| user.is_member_of(scene.id)).map(|user| (user.id, user)).collect();
    // People are locked before invitations.
    let invitations = w.invitations(scene.id, &asked).await?;
    let accepted_meanwhile = |one: &Invitation| one.accepted_by.is_some() && !aliases.contains_key(&one.id);
    if invitations.iter().any(accepted_meanwhile) {
        return Err(Error::Conflict("an invitation was accepted meanwhile".to_owned()));
    }
    let invitations: HashMap<Uuid, Invitation> = invitations.into_iter().map(|one| (one.id.0, one)).collect();
    let grants = w.grants_of(&members).await?;

    let named = |id: Uuid| {
        let invitation = invitations.get(&id);
        let person = found.get(&UserId(id)).or_else(|| found.get(&invitation?.accepted_by?));
        match (person, invitation) {
            (Some(user), _) => {
                let held = grants.get(&user.id).map_or(&[][..], Vec::as_slice);
                Some(match may_act_on(scene.authority.permit, held) {
                    Ok(()) => Target::Member(user.clone()),
                    Err(refusal) => Target::Refused { subject: Some(user.id.0), refusal },
                })
            }
            (None, Some(invitation)) if invitation.state == InvitationState::Pending => {
                Some(Target::Invited(invitation.clone()))
            }
            (None, _) => None,
        }
    };
    let unknown = |text: &str| Target::Refused { subject: None, refusal: Refusal::UnknownUser(text.to_owned()) };
    let targets = read.into_iter().zip(ids).map(|(id, text)| id.and_then(named).unwrap_or_else(|| unknown(text)));
    Ok(first_of_each(targets.collect()))
}

/// An id as this product writes it.
pub(crate) fn canonical(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text).ok().filter(|id| id.to_string().eq_ignore_ascii_case(text))
}

/// Later occurrences of somebody point to the first.
pub(crate) fn first_of_each(mut targets: Vec<Target>) -> Vec<Target> {
    let mut first: HashMap<Uuid, usize> = HashMap::new();
    for (at, target) in targets.iter_mut().enumerate() {
        let id = match target {
            Target::Member(user) => user.id.0,
            Target::Invited(invitation) => invitation.id.0,
            Target::Again(_) | Target::Refused { .. } => continue,
        };
        match first.get(&id) {
            Some(earlier) => *target = Target::Again(*earlier),
            None => {
                first.insert(id, at);
            }
        }
    }
    targets
}

/// The answer when something is done to a person and there is only an open invitation.
pub(crate) fn only_invited() -> Refusal {
    let why = "it is an open invitation, not yet a person; cancel it or send it again".to_owned();
    Refusal::Invalid { member: "user", why }
}
