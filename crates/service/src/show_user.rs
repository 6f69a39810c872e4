//! Show user: one line of an account's list (rule 27).

use access::{AccountId, Refusal};

use crate::targets::canonical;
use crate::{Context, Error, Service, UserView};

impl Service {
    /// A member or an open invitation. The id of an accepted invitation names the member (rule 14).
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn show_user(&self, cx: &Context, account: AccountId, id: &str) -> Result<UserView, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let found = match canonical(id) {
            Some(id) => self.store().read(permit).entry(id).await?,
            None => None,
        };
        let entry = found.ok_or_else(|| Refusal::UnknownUser(id.to_owned()))?;
        Ok(UserView::of(&entry, &account, permit, cx.at))
    }
}
