//! From decisions about an account's people to what is written: the second half of every verb on a list of ids.

use access::change::Transition;
use access::{Invitation, Refusal, User};
use store::{Entry, Notice, TokenHash, Write};
use uuid::Uuid;

use crate::effects::{self, Change};
use crate::facts::Facts;
use crate::mail::{Addressed, Mail};
use crate::run::{Outcome, Scene};
use crate::targets::Target;
use crate::{Error, UserView, fresh};

/// What was decided about one command.
#[derive(Debug)]
pub(crate) enum Decided {
    /// A person changes; without `before` they are new.
    Person { before: Option<User>, transition: Transition },
    /// An invitation changes.
    Invitation(InvitationChange),
    /// The answer of an earlier command holds for this one too.
    Again(usize),
    /// Refused.
    Refused { subject: Option<Uuid>, refusal: Refusal },
}

/// A change of an invitation.
#[derive(Debug)]
pub(crate) struct InvitationChange {
    /// Before; `None` for a new one.
    pub before: Option<Invitation>,
    /// After.
    pub after: Invitation,
    /// It gets a new link, which is mailed.
    pub mailed: bool,
}

impl Decided {
    /// A rule's answer about a member.
    pub(crate) fn person(before: User, answer: Result<Transition, Refusal>) -> Self {
        match answer {
            Ok(transition) => Self::Person { before: Some(before), transition },
            Err(refusal) => Self::Refused { subject: Some(before.id.0), refusal },
        }
    }

    /// A rule's answer about an invitation.
    pub(crate) fn invitation(before: Invitation, answer: Result<Invitation, Refusal>, mailed: bool) -> Self {
        match answer {
            Ok(after) => Self::Invitation(InvitationChange { before: Some(before), after, mailed }),
            Err(refusal) => Self::Refused { subject: Some(before.id.0), refusal },
        }
    }
}

impl Target {
    /// Decides about a target: by one rule for members, by another for open invitations.
    pub(crate) fn decide(
        self,
        member: impl FnOnce(User) -> Decided,
        invited: impl FnOnce(Invitation) -> Decided,
    ) -> Decided {
        match self {
            Self::Member(user) => member(user),
            Self::Invited(invitation) => invited(invitation),
            Self::Again(earlier) => Decided::Again(earlier),
            Self::Refused { subject, refusal } => Decided::Refused { subject, refusal },
        }
    }
}

/// Writes what was decided, with all that follows, and answers in the same order.
pub(crate) async fn carry_out(
    w: &mut Write,
    scene: &mut Scene,
    decided: Vec<Decided>,
) -> Result<Vec<Outcome<UserView>>, Error> {
    let mut outcomes: Vec<Option<Outcome<UserView>>> = decided.iter().map(|_| None).collect();
    let (mut people, mut invitations, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for (at, decided) in decided.into_iter().enumerate() {
        match decided {
            Decided::Person { before, transition } => people.push((at, Change { before, transition })),
            Decided::Invitation(change) => invitations.push((at, change)),
            Decided::Again(earlier) => again.push((at, earlier)),
            Decided::Refused { subject, refusal } => outcomes[at] = Some(scene.refused(subject, refusal)),
        }
    }
    let (places, changes): (Vec<usize>, Vec<_>) = invitations.into_iter().unzip();
    for (at, outcome) in places.into_iter().zip(write_invitations(w, scene, changes).await?) {
        outcomes[at] = Some(scene.shown(outcome, Entry::Invitation)?);
    }
    let (places, changes): (Vec<usize>, Vec<_>) = people.into_iter().unzip();
    let written = effects::write(w, &scene.stage, &mut scene.accounts, scene.verb.name, changes).await?;
    for (at, effects::Written { user, audit, notices }) in places.into_iter().zip(written) {
        outcomes[at] = Some(scene.shown(Outcome { result: Ok(user), audit, notices }, Entry::User)?);
    }
    for (at, earlier) in again {
        outcomes[at] = outcomes[earlier].as_ref().map(Outcome::repeated);
    }
    Ok(outcomes.into_iter().flatten().collect())
}

/// Writes invitations and their mails, in order.
pub(crate) async fn write_invitations(
    w: &mut Write,
    scene: &Scene,
    changes: Vec<InvitationChange>,
) -> Result<Vec<Outcome<Invitation>>, Error> {
    let (mut new, mut saved, mut outcomes) = (Vec::new(), Vec::new(), Vec::with_capacity(changes.len()));
    for InvitationChange { before, after, mailed } in changes {
        let token = mailed.then(|| fresh::token(&scene.stage.random));
        let hash = token.as_deref().map(TokenHash::of);
        let facts = before.as_ref().map_or_else(Facts::none, Facts::of_invitation);
        let then = Facts::of_invitation(&after);
        let audit = vec![scene.stage.changed(scene.verb.name, Some(scene.id), after.id.0, &facts, &then)];
        let notices = token.map(|token| invitation_mail(scene, &after, token)).transpose()?;
        match (before, hash) {
            (Some(_), hash) => saved.push((after.clone(), hash)),
            (None, Some(hash)) => new.push((after.clone(), hash)),
            (None, None) => return Err(Error::Internal("a new invitation is always mailed".to_owned())),
        }
        outcomes.push(Outcome { result: Ok(after), audit, notices: notices.into_iter().collect() });
    }
    w.insert_invitations(&new).await?;
    w.save_invitations(&saved).await?;
    Ok(outcomes)
}

fn invitation_mail(scene: &Scene, invitation: &Invitation, token: String) -> Result<Notice, Error> {
    let mail = Mail::Invitation {
        account: scene.id,
        account_name: scene.account()?.name.clone(),
        invited_by: scene.authority.signature(),
        token,
        expires: invitation.expires,
    };
    let to = invitation.address.as_typed().to_owned();
    Addressed { to, mail }.notice(invitation.id.0, Some(scene.id), scene.stage.cx.at)
}
