//! Who is in no account and signs in with an address on a verified domain of an `EnterpriseLWA` joins it (rule 7).

use access::{AccountType, User, change};
use store::{Notice, Record, Write};

use crate::effects::{self, Change};
use crate::{Error, Stage, person};

/// Joins them, if that is so; otherwise nothing happens. Before anybody is locked. They have proved that the address is
/// theirs, and are registered.
pub async fn join_by_sign_in(w: &mut Write, stage: &Stage, user: &User) -> Result<(Vec<Record>, Vec<Notice>), Error> {
    let (at, none) = (stage.cx.at, (Vec::new(), Vec::new()));
    let domain = user.primary.domain();
    if user.membership.is_some() || !w.domain_owners(std::slice::from_ref(&domain)).await?.contains_key(&domain) {
        return Ok(none);
    }
    let mut locked = person::locked(w, &[&user.primary], &[]).await?;
    let Some(owner) = locked.domain_owner(&user.primary) else { return Ok(none) };
    let account = locked.accounts.account(owner)?.clone();
    let before = locked.person(&user.primary).filter(|before| before.id == user.id && before.membership.is_none());
    let Some(before) = before.cloned() else { return Ok(none) };
    let open = account.kind == AccountType::EnterpriseLwa && account.deleted.is_none();
    if !open || before.registered.is_none() || before.is_suspended(at) || before.block.is_some() {
        return Ok(none);
    }
    let invited = w.pending_invitations(owner, &[before.primary.key().to_owned()]).await?.pop();
    let mut seats = locked.accounts.seats(owner)?;
    let license = invited.and_then(|invitation| invitation.license);
    let transition = change::join_by_domain(&account, &mut seats, &before, license, at);
    let change = Change { before: Some(before), transition };
    let written = effects::write(w, stage, &mut locked.accounts, "user.join", vec![change]).await?;
    let joined = written.into_iter().map(|person| (person.audit, person.notices));
    Ok(joined.fold(none, |(mut audit, mut notices), (more, told)| {
        audit.extend(more);
        notices.extend(told);
        (audit, notices)
    }))
}
