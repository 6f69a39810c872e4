//! Show account.

use access::authority::{Action, Over, permit};
use access::{AccountId, Refusal};

use crate::{AccountView, Context, Error, Service};

impl Service {
    /// One account with its seats and domains.
    ///
    /// **Permission**: `ViewAccount` over the account.
    pub async fn show_account(&self, cx: &Context, account: AccountId) -> Result<AccountView, Error> {
        let permit = permit(&cx.caller, Action::ViewAccount, Over::Account(account))?;
        let read = self.store().read(permit);
        let unknown = || Refusal::UnknownAccount(account.to_string());
        let account = read.account(account).await?.filter(|account| !account.is_gone(cx.at)).ok_or_else(unknown)?;
        Ok(AccountView { account, seats: read.seats().await?, domains: read.domains().await? })
    }
}
