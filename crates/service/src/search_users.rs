//! Search users: by the beginning of an address or a name.

use access::{AccountId, Refusal};

use crate::{Context, Error, Service, UserView};

/// The most that a search shows: who seeks more narrows it.
pub const SHOWN: u64 = 50;

impl Service {
    /// The first users whose address or name begins like this, by address.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn search_users(&self, cx: &Context, account: AccountId, prefix: &str) -> Result<Vec<UserView>, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let prefix = prefix.trim();
        if prefix.is_empty() {
            let why = "give the beginning of an address or a name".to_owned();
            return Err(Refusal::Invalid { member: "search", why }.into());
        }
        let found = self.store().read(permit).search(prefix, SHOWN).await?;
        Ok(found.iter().map(|entry| UserView::of(entry, &account, permit, cx.at)).collect())
    }
}
