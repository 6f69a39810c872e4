//! The authority a caller has at the moment of the change, whatever was true when the request came in (rule 28).

use access::authority::{Action, Caller, Over, Permit, permit};
use access::{Refusal, User};
use store::{Lock, Write};

use crate::Error;
use crate::run::Stage;

/// What the caller may do, and who they are when they are a person.
#[derive(Clone, Debug)]
pub(crate) struct Authority {
    /// The right to do it.
    pub permit: Permit,
    /// The administrator.
    pub actor: Option<User>,
}

impl Authority {
    /// How a mail names who acts: by name, else by address; `None` when it was done on the host.
    pub(crate) fn signature(&self) -> Option<String> {
        let actor = self.actor.as_ref()?;
        Some(actor.display_name.clone().unwrap_or_else(|| actor.primary.as_typed().to_owned()))
    }
}

/// Reads it inside the transaction and holds it until the commit: an administrator's standing, grants and key, of which
/// any may have ended since the request was authenticated.
pub(crate) async fn authority(w: &mut Write, stage: &Stage, action: Action, over: Over) -> Result<Authority, Error> {
    let Caller::Administrator { user, grants: carried } = &stage.cx.caller else {
        return Ok(Authority { permit: permit(&stage.cx.caller, action, over)?, actor: None });
    };
    let refused = || Refusal::NotPermitted { action };
    let standing = w.administrator(*user, stage.cx.credential.as_ref(), stage.cx.at).await?.ok_or_else(refused)?;
    let actor = standing.user;
    let deleted = match actor.membership {
        Some(membership) => w.account(membership.account, Lock::Share).await?.is_some_and(|own| own.deleted.is_some()),
        None => false,
    };
    if actor.is_suspended(stage.cx.at) || actor.block.is_some() || deleted {
        return Err(refused().into());
    }
    let now = |carried: &access::authority::Grant| {
        let held = standing.grants.iter().find(|held| held.id == carried.id && held.over == carried.over)?;
        Some(held.carried(carried.role))
    };
    let caller = Caller::Administrator { user: *user, grants: carried.iter().filter_map(now).collect() };
    Ok(Authority { permit: permit(&caller, action, over)?, actor: Some(actor) })
}
