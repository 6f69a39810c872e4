//! Registering by the word of a provider that may speak for the address (rules 15 and 81): as by a mailed link, without a
//! password.

use access::user::usable_name;
use access::{Email, User, UserId, change};
use store::Write;

use crate::effects::{self, Change};
use crate::run::{Outcome, Stage};
use crate::{Error, person};

const VERB: &str = "user.register";

/// Registers whoever has this address, under this id if they are nobody yet. Before anybody is locked.
pub async fn register_vouched(
    w: &mut Write,
    stage: &Stage,
    (id, address): (UserId, Email),
    name: Option<&str>,
) -> Result<Outcome<User>, Error> {
    let mut locked = person::locked(w, &[&address], &[]).await?;
    let before = locked.person(&address).cloned();
    let user = before.clone().unwrap_or_else(|| User::new(id, address.clone(), stage.cx.at));
    if user.id != id {
        return Err(Error::Conflict("somebody else got the address meanwhile".to_owned()));
    }
    let account = user.membership.map(|membership| membership.account).or(locked.domain_owner(&address));
    let open = match account {
        Some(id) => w.pending_invitations(id, &[user.primary.key().to_owned()]).await?.pop(),
        None => None,
    };
    let mut seats = account.map(|id| locked.accounts.seats(id)).transpose()?;
    let owner = match (account, seats.as_mut()) {
        (Some(id), Some(seats)) => Some((locked.accounts.account(id)?, seats)),
        _ => None,
    };
    let invited = open.and_then(|invitation| invitation.license);
    let registration = change::Registration { user: &user, domain_owner: owner, invited };
    let decided = change::register(registration, stage.cx.at).map(|mut transition| {
        let given = name.and_then(|name| usable_name(name).ok());
        transition.user.display_name = given.or(transition.user.display_name);
        Change { before, transition }
    });
    let written = effects::write_decided(w, stage, &mut locked.accounts, VERB, vec![decided]).await?;
    let answer = written.into_iter().next().ok_or_else(|| Error::Internal("one person, one answer".to_owned()))?;
    if let Ok(user) = &answer.result {
        w.set_address_proved(user.id, &user.primary, true).await?;
    }
    Ok(answer)
}
