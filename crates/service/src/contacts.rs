//! Contacts: whom a member finds (rule 20).

use access::authority::{Action, Caller};
use access::{Refusal, UserId};
use store::Scope;

use crate::{Context, Error, Service};

/// The most that are shown: who seeks more narrows it.
const SHOWN: u64 = 50;

/// A member as colleagues see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Their id.
    pub id: UserId,
    /// The name they gave.
    pub name: Option<String>,
    /// Their primary address.
    pub address: String,
}

impl Service {
    /// The first members of the caller's own account whose name, or any address, begins like this: registered, not
    /// suspended, not private; by address. Free users find nobody.
    ///
    /// **Permission**: oneself.
    pub async fn contacts(&self, cx: &Context, prefix: &str) -> Result<Vec<Contact>, Error> {
        let Caller::Oneself(user) = cx.caller else {
            return Err(Refusal::NotPermitted { action: Action::ViewUsers }.into());
        };
        let prefix = prefix.trim();
        if prefix.is_empty() {
            let why = "give the beginning of a name or an address".to_owned();
            return Err(Refusal::Invalid { member: "search", why }.into());
        }
        let found = self.store().read(Scope::Oneself(user)).contacts(prefix, cx.at, SHOWN).await?;
        let contact = |user: access::User| Contact {
            id: user.id,
            name: user.display_name,
            address: user.primary.as_typed().to_owned(),
        };
        Ok(found.into_iter().map(contact).collect())
    }
}
