//! List users: an account's members and open invitations in one list, by address (rule 14).

use access::authority::{Action, Over, Permit, permit};
use access::{Account, AccountId, Email, Refusal};
use store::Entry;
use store::read::{EntryFilter, Position};

use crate::{Context, Error, Page, PageRequest, Service, UserView};

/// Which of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// The one with this address; a member's secondary addresses count.
    pub address: Option<Email>,
    /// Those whose address begins like this.
    pub prefix: Option<String>,
}

impl Service {
    /// A page of an account's users.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn list_users(
        &self,
        cx: &Context,
        account: AccountId,
        filter: UserFilter,
        page: PageRequest,
    ) -> Result<Page<UserView>, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let filter =
            EntryFilter { address: filter.address.map(|address| address.key().to_owned()), prefix: filter.prefix };
        let after: Option<Position> = page.position()?;
        let found = self.store().read(permit).entries(&filter, after.as_ref(), page.sought()).await?;
        Ok(page.page(found, Entry::position).map(|entry| UserView::of(&entry, &account, permit, cx.at)))
    }

    /// The account whose users the caller may see.
    pub(crate) async fn viewed(&self, cx: &Context, id: AccountId) -> Result<(Permit, Account), Error> {
        let permit = permit(&cx.caller, Action::ViewUsers, Over::Account(id))?;
        let account = self.store().read(permit).account(id).await?.filter(|account| !account.is_gone(cx.at));
        Ok((permit, account.ok_or_else(|| Refusal::UnknownAccount(id.to_string()))?))
    }
}
