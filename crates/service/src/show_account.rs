//! Show account.

use access::AccountId;
use access::authority::{Action, Over, permit};

use crate::{AccountView, Context, Error, Service};

impl Service {
    /// One account with its seats and domains.
    ///
    /// **Permission**: `ViewAccount` over the account.
    pub async fn show_account(&self, cx: &Context, account: AccountId) -> Result<AccountView, Error> {
        let permit = permit(&cx.caller, Action::ViewAccount, Over::Account(account))?;
        let read = self.store().read(permit);
        let account = self.present(cx, &read, account).await?;
        Ok(AccountView { account, seats: read.seats().await?, domains: read.domains().await? })
    }
}
