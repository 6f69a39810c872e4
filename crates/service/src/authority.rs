//! The authority a caller has at the moment of the change, whatever was true when the request came in (rule 28).

use access::authority::{Action, Caller, Extent, Over, Permit, permit};
use access::decision::may_sign_in;
use access::{Refusal, User};
use store::Write;
use uuid::Uuid;

use crate::run::Stage;
use crate::targets::canonical;
use crate::{Error, grants};

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
/// any may have ended since the request was authenticated. A key or token answers only while its owner may sign in
/// (rule 34).
pub(crate) async fn authority(w: &mut Write, stage: &Stage, action: Action, over: Over) -> Result<Authority, Error> {
    beside(w, stage, action, over, &[]).await
}

/// The same, for a change of people named by these ids. The caller is locked in one order with them: two administrators
/// who act on each other, or one on themselves, wait instead of standing in each other's way.
pub(crate) async fn beside(
    w: &mut Write,
    stage: &Stage,
    action: Action,
    over: Over,
    named: &[String],
) -> Result<Authority, Error> {
    let Caller::Administrator { user, grants: carried } = &stage.cx.caller else {
        return Ok(Authority { permit: permit(&stage.cx.caller, action, over)?, actor: None });
    };
    let refused = || Refusal::NotPermitted { action };
    let named: Vec<Uuid> = named.iter().filter_map(|id| canonical(id)).collect();
    w.lock_together(*user, grants::account(over), &named).await?;
    let standing = w.administrator(*user, stage.cx.credential.as_ref(), stage.cx.at).await?.ok_or_else(refused)?;
    let actor = standing.user;
    if !may_sign_in(&standing.facts, stage.cx.at) {
        return Err(refused().into());
    }
    let now = |carried: &access::authority::Grant| {
        let held = standing.grants.iter().find(|held| held.id == carried.id && held.over == carried.over)?;
        Some(held.carried(Extent { most: Some(carried.role), within: None }))
    };
    let caller = Caller::Administrator { user: *user, grants: carried.iter().filter_map(now).collect() };
    Ok(Authority { permit: permit(&caller, action, over)?, actor: Some(actor) })
}
