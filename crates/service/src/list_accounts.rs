//! List accounts: an operator's by name; an administrator's are those they hold a grant over.

use std::collections::BTreeSet;

use access::authority::{Action, Caller, Over, Permit, permit};
use access::{Account, AccountId, Email, Refusal};
use store::read::Position;

use crate::{Context, Error, Page, PageRequest, Service};

/// Which accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountFilter {
    /// Those whose name begins like this, in any case.
    pub name_prefix: Option<String>,
    /// The one that the person with this address is a member of.
    pub user_address: Option<Email>,
}

impl Service {
    /// A page of the accounts within the caller's reach, by name.
    ///
    /// **Permission**: `ViewAccount` over the deployment, or over single accounts.
    pub async fn list_accounts(
        &self,
        cx: &Context,
        filter: AccountFilter,
        page: PageRequest,
    ) -> Result<Page<Account>, Error> {
        let after: Option<Position> = page.position()?;
        let found = match permit(&cx.caller, Action::ViewAccount, Over::Deployment) {
            Ok(everywhere) if filter.user_address.is_none() => {
                let read = self.store().read(everywhere);
                read.accounts(filter.name_prefix.as_deref(), after.as_ref(), page.sought(), cx.at).await?
            }
            Ok(everywhere) => self.of_member(everywhere, &filter, after.as_ref()).await?,
            Err(refusal) => self.of_administrator(&cx.caller, &refusal, &filter, after.as_ref()).await?,
        };
        let found = found.into_iter().filter(|account| !account.is_gone(cx.at)).collect();
        Ok(page.page(found, Position::of_account))
    }

    async fn of_member(
        &self,
        permit: Permit,
        filter: &AccountFilter,
        after: Option<&Position>,
    ) -> Result<Vec<Account>, Error> {
        let read = self.store().read(permit);
        let Some(address) = &filter.user_address else { return Ok(Vec::new()) };
        let user = read.user_by_address(address.key()).await?;
        let Some(membership) = user.and_then(|user| user.membership) else { return Ok(Vec::new()) };
        let account = read.account(membership.account).await?;
        Ok(account.into_iter().filter(|account| matches(account, filter, after)).collect())
    }

    /// An administrator holds few grants: all of their accounts are read, and sorted here.
    async fn of_administrator(
        &self,
        caller: &Caller,
        refusal: &Refusal,
        filter: &AccountFilter,
        after: Option<&Position>,
    ) -> Result<Vec<Account>, Error> {
        let Caller::Administrator { grants, .. } = caller else { return Err(refusal.clone().into()) };
        let over = grants.iter().filter_map(|grant| match grant.over {
            Over::Account(account) => Some(account),
            Over::Deployment => None,
        });
        let mut found = Vec::new();
        for account in over.collect::<BTreeSet<AccountId>>() {
            let permit = permit(caller, Action::ViewAccount, Over::Account(account))?;
            match filter.user_address {
                Some(_) => found.extend(self.of_member(permit, filter, after).await?),
                None => found.extend(self.store().read(permit).account(account).await?),
            }
        }
        found.retain(|account| matches(account, filter, after));
        found.sort_by_cached_key(Position::of_account);
        Ok(found)
    }
}

fn matches(account: &Account, filter: &AccountFilter, after: Option<&Position>) -> bool {
    let place = Position::of_account(account);
    let prefix = filter.name_prefix.as_deref().unwrap_or_default().trim().to_lowercase();
    place.key.starts_with(&prefix) && after.is_none_or(|after| place > *after)
}
