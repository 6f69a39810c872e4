//! What people do for themselves, signed in or by a mailed link (rules 20, 27 and 73 to 75). Leaving is in `leave.rs`, the
//! end of sessions in `sessions.rs`.

mod address;
mod applications;
mod erase;
mod forgotten;
mod history;
mod password;
mod profile;
mod standing;

use access::authority::{Action, Caller, Role};
use access::{Account, Refusal, User, UserId};
use store::{Lock, Notice, Write};

use crate::accounts::Accounts;
use crate::mail::{Addressed, Mail};
use crate::run::Stage;
use crate::{Context, Credential, Error, Service, signed_in};

pub use address::NewAddress;
pub use applications::LetIn;
pub use forgotten::PasswordLink;
pub use standing::OwnStanding;

impl Service {
    /// The same request of the person who sent it, who changes something of their own.
    ///
    /// **Permission**: oneself. A key or token that carries `ReadOnly` alone looks, and changes nothing (rule 56).
    pub async fn as_oneself(&self, cx: &Context, verb: &'static str, action: Action) -> Result<Context, Error> {
        let most = match (&cx.caller, &cx.credential) {
            (Caller::Administrator { grants, .. }, Some(Credential::Key(_) | Credential::Token(_))) => {
                grants.iter().map(|grant| grant.role).max()
            }
            _ => None,
        };
        match cx.as_oneself() {
            Some(own) if most != Some(Role::ReadOnly) => Ok(own),
            _ => self.refuse(cx, verb, Refusal::NotPermitted { action }).await,
        }
    }
}

/// The person who acts for themselves; nobody else may.
fn oneself(cx: &Context) -> Result<UserId, Refusal> {
    match cx.caller {
        Caller::Oneself(user) => Ok(user),
        _ => Err(Refusal::NotPermitted { action: Action::ViewUsers }),
    }
}

/// A person behind their account, both locked. Whoever acts by a session is signed in still.
struct Locked {
    accounts: Accounts,
    user: User,
}

impl Locked {
    async fn of(w: &mut Write, stage: &Stage, id: UserId) -> Result<Self, Error> {
        let of: Vec<_> = w.memberships(&[id]).await?.into_values().collect();
        let accounts = Accounts::lock(w, &of, Lock::Share).await?;
        let user = w.user(id).await?.ok_or_else(|| Refusal::UnknownUser(id.to_string()))?;
        signed_in::still(w, stage).await?;
        Ok(Self { accounts, user })
    }

    /// The account they are a member of.
    fn account(&self) -> Result<Option<&Account>, Error> {
        self.user.membership.map(|membership| self.accounts.account(membership.account)).transpose()
    }
}

/// A mail to a person at one of their addresses.
fn told(stage: &Stage, user: UserId, to: &str, mail: Mail) -> Result<Notice, Error> {
    Addressed { to: to.to_owned(), mail }.notice(user.0, None, stage.cx.at)
}
