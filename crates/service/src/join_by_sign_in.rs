//! Who is in no account and signs in with an address on a verified domain of an `EnterpriseLWA` joins it (rule 7).

use access::{AccountId, AccountType, BaseLicense, User, change};
use jiff::Timestamp;
use store::{Notice, Record, Write};

use crate::effects::{self, Change};
use crate::person::{self, Locked};
use crate::{Error, Stage};

/// Somebody who joins an account once they are signed in: nothing is done yet, and everything is locked.
pub struct Joining {
    locked: Locked,
    account: AccountId,
    before: User,
    /// The license of their open invitation.
    license: Option<BaseLicense>,
}

/// Whether a person would join an account by signing in now. Before anybody is locked: the accounts, the domain and the
/// person are locked by it, if it may be so. They are registered.
pub async fn joining(w: &mut Write, user: &User, at: Timestamp) -> Result<Option<Joining>, Error> {
    let domain = user.primary.domain();
    if user.membership.is_some() || !w.domain_owners(std::slice::from_ref(&domain)).await?.contains_key(&domain) {
        return Ok(None);
    }
    let locked = person::locked(w, &[&user.primary], &[]).await?;
    let Some(owner) = locked.domain_owner(&user.primary) else { return Ok(None) };
    let account = locked.accounts.account(owner)?;
    let before = locked.person(&user.primary).filter(|before| before.id == user.id && before.membership.is_none());
    let Some(before) = before.cloned() else { return Ok(None) };
    let open = account.kind == AccountType::EnterpriseLwa && account.deleted.is_none();
    if !open || before.registered.is_none() || before.is_suspended(at) || before.block.is_some() {
        return Ok(None);
    }
    let invited = w.pending_invitations(owner, &[before.primary.key().to_owned()]).await?.pop();
    let license = invited.and_then(|invitation| invitation.license);
    Ok(Some(Joining { locked, account: owner, before, license }))
}

impl Joining {
    /// Which account.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// They join: every factor is proved (rule 79).
    pub async fn join(mut self, w: &mut Write, stage: &Stage) -> Result<(Vec<Record>, Vec<Notice>), Error> {
        let account = self.locked.accounts.account(self.account)?.clone();
        let mut seats = self.locked.accounts.seats(self.account)?;
        let transition = change::join_by_domain(&account, &mut seats, &self.before, self.license, stage.cx.at);
        let change = Change { before: Some(self.before), transition };
        let written = effects::write(w, stage, &mut self.locked.accounts, "user.join", vec![change]).await?;
        Ok(written.into_iter().fold((vec![], vec![]), |(mut audit, mut notices), person| {
            audit.extend(person.audit);
            notices.extend(person.notices);
            (audit, notices)
        }))
    }
}
