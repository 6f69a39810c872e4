//! Create user: on a verified domain an `Unregistered` member; on a Team the same as an invitation (rule 16).

use access::authority::Action;
use access::{AccountId, AccountType, BaseLicense, Email, Invitation, Refusal, Seats, User, UserId, change};
use futures::FutureExt;
use store::{Entry, Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::invite::{self, Known};
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, UserView, fresh};

const VERB: Verb = Verb { name: "user.create", action: Action::CreateUser };

impl Service {
    /// Creates a user. Who is in the account's list already is refused.
    ///
    /// **Permission**: `CreateUser` over the account.
    pub async fn create_user(&self, cx: &Context, account: AccountId, address: Email) -> Result<UserView, Error> {
        let outcomes = self.in_account(cx, VERB, account, Lock::Share, move |w, scene| {
            let addresses = vec![address.clone()];
            async move { apply(w, scene, &addresses).await }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(
    w: &mut Write,
    scene: &mut Scene,
    addresses: &[Email],
) -> Result<Vec<Outcome<UserView>>, Error> {
    let known = Known::of(w, scene.id, &addresses.iter().collect::<Vec<_>>()).await?;
    let mut outcomes = Vec::with_capacity(addresses.len());
    for address in addresses {
        outcomes.push(if known.is_listed(address) {
            scene.refused(None, Refusal::AlreadyExists)
        } else {
            create(w, scene, &known, address).await?
        });
    }
    Ok(outcomes)
}

async fn create(w: &mut Write, scene: &mut Scene, known: &Known, address: &Email) -> Result<Outcome<UserView>, Error> {
    let answers = if scene.account()?.kind == AccountType::Team {
        let invited = invite::apply(w, scene, &[Ok(address.clone())]).await?;
        invited
            .into_iter()
            .map(|invited| scene.shown(created(invited)?, Entry::Invitation))
            .collect::<Result<Vec<_>, _>>()?
    } else {
        // Nobody is looked for, nor made to wait, on a domain that is not the account's: whom an address there belongs
        // to is none of its administrators' business.
        let own_domain = known.owner(&address.domain()) == Some(scene.id);
        let key = address.key().to_owned();
        let holder = if own_domain { w.users_by_address(&[key]).await?.pop() } else { None };
        let decided = decide(scene, &mut scene.seats()?, address, own_domain, holder, None)?;
        carry_out(w, scene, vec![decided]).await?
    };
    answers.into_iter().next().ok_or_else(|| Error::Internal("one address, one answer".to_owned()))
}

/// What becomes of an address on an Enterprise account. `holder`: the person it belongs to.
pub(crate) fn decide(
    scene: &Scene,
    seats: &mut Seats,
    address: &Email,
    own_domain: bool,
    holder: Option<User>,
    license: Option<BaseLicense>,
) -> Result<Decided, Error> {
    let refused = |refusal| Decided::Refused { subject: None, refusal };
    // Somebody's further address is not a person of its own (rule 2).
    if holder.as_ref().is_some_and(|holder| holder.primary != *address) {
        return Ok(refused(Refusal::AlreadyExists));
    }
    let at = scene.stage.cx.at;
    let id = UserId(fresh::id(&scene.stage.random, at));
    let user = holder.clone().unwrap_or_else(|| User::new(id, address.clone(), at));
    Ok(match change::create_user(scene.account()?, seats, &user, own_domain, license, at) {
        Ok(transition) => Decided::Person { before: holder, transition },
        Err(refusal) => refused(refusal),
    })
}

/// On a Team there is always an invitation behind the answer.
fn created(invited: Outcome<Option<Invitation>>) -> Result<Outcome<Invitation>, Error> {
    let Outcome { result, audit, notices } = invited;
    let result = match result {
        Ok(Some(invitation)) => Ok(invitation),
        Ok(None) => return Err(Error::Internal("a Team invites by invitation".to_owned())),
        Err(refusal) => Err(refusal),
    };
    Ok(Outcome { result, audit, notices })
}
