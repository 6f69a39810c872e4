//! What access keys and API tokens have in common: what is wished, how one is replaced, what the trail keeps.

use access::Refusal;
use access::authority::{Action, Caller, Extent, Grant, Over, permit};
use access::user::usable_name;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::{Issued, Lock, Write};

use crate::Error;
use crate::run::Stage;

/// What a key or token is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCredential {
    /// What it is for; 1 to 100 characters.
    pub name: String,
    /// How much of its grant it carries. Nothing for an application's: it has no grant.
    pub extent: Extent,
    /// When it stops working by itself.
    pub expires: Option<Timestamp>,
}

impl NewCredential {
    /// One that carries everything, until it is revoked.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// How a key or token is replaced by a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// How long the old one works beside the new one; 30 days at most, and no longer than it would have worked anyway.
    pub overlap: SignedDuration,
    /// When the new one stops working by itself; `None` for when the old one would have.
    pub expires: Option<Timestamp>,
}

impl Rotation {
    /// The longest overlap.
    pub const MOST: SignedDuration = SignedDuration::from_hours(30 * 24);
}

/// The account that a wish is restricted to, held until the commit; before people are locked. One out of the caller's
/// reach looks unknown.
pub(crate) async fn restricted(w: &mut Write, stage: &Stage, wish: &NewCredential) -> Result<(), Error> {
    let Some(account) = wish.extent.within else { return Ok(()) };
    permit(&stage.cx.caller, Action::ViewAccount, Over::Account(account))?;
    let found = w.account(account, Lock::Share).await?.filter(|account| account.deleted.is_none());
    found.ok_or_else(|| Refusal::UnknownAccount(account.to_string()))?;
    Ok(())
}

/// What comes of a wish, for a grant or an application.
pub(crate) fn issued(wish: &NewCredential, grant: Option<&Grant>, at: Timestamp) -> Result<Issued, Refusal> {
    let invalid = |member, why: &str| Err(Refusal::Invalid { member, why: why.to_owned() });
    in_the_future(wish.expires, at)?;
    match (grant.map(|grant| grant.over), wish.extent.within) {
        (None, _) if wish.extent != Extent::default() => invalid("most", "an application's token carries no role"),
        (Some(Over::Account(own)), Some(account)) if own != account => {
            invalid("within", "the role is over another account")
        }
        _ => Ok(Issued { extent: wish.extent, expires: wish.expires, ..Issued::new(usable_name(&wish.name)?, at) }),
    }
}

/// The successor of a key or token, and when the old one stops working.
pub(crate) fn succeeded(old: &Issued, rotation: Rotation, at: Timestamp) -> Result<(Issued, Timestamp), Refusal> {
    if rotation.overlap.is_negative() || rotation.overlap > Rotation::MOST {
        let why = format!("{:#} is not between nothing and 30 days", rotation.overlap);
        return Err(Refusal::Invalid { member: "overlap", why });
    }
    in_the_future(rotation.expires, at)?;
    let expires = rotation.expires.or(old.expires);
    let ends = at.saturating_add(rotation.overlap).unwrap_or(Timestamp::MAX);
    let ends = old.expires.map_or(ends, |expires| expires.min(ends));
    Ok((Issued { extent: old.extent, expires, ..Issued::new(old.name.clone(), at) }, ends))
}

/// What a key or token does is recorded as its owner's doing, so that nobody makes one for somebody else but the host.
pub(crate) fn made_for_oneself(stage: &Stage, grant: &Grant) -> Result<(), Refusal> {
    match &stage.cx.caller {
        Caller::Administrator { user, .. } if *user != grant.user => {
            Err(Refusal::NotPermitted { action: Action::ManageGrants })
        }
        _ => Ok(()),
    }
}

/// A credential whose holder is out of reach is called unknown by its own id, not by its holder's.
pub(crate) fn hidden(error: Error, unknown: Refusal) -> Error {
    match error {
        Error::Refused(_) => Error::Refused(unknown),
        other => other,
    }
}

/// What the trail keeps without the name, which is in somebody's words.
pub(crate) fn plain(issued: &Issued) -> Value {
    json!({
        "created": issued.created,
        "expires": issued.expires,
        "revoked": issued.revoked,
        "most": issued.extent.most,
        "within": issued.extent.within,
    })
}

/// The same once it was revoked.
pub(crate) fn revoked(issued: &Issued, at: Timestamp) -> Issued {
    Issued { revoked: Some(at), ..issued.clone() }
}

/// An expiry that has passed is a mistake.
fn in_the_future(expires: Option<Timestamp>, at: Timestamp) -> Result<(), Refusal> {
    match expires {
        Some(expires) if expires <= at => {
            let why = format!("{expires} is over already; choose a later time or none");
            Err(Refusal::Invalid { member: "expires", why })
        }
        Some(_) | None => Ok(()),
    }
}
