//! `/accounts`: making, showing, listing, changing and deleting them.

use access::{BaseLicense, License, Refusal};
use chime::shapes::{AccountOutput, CreateAccount, ListAccounts, ListAccountsOutput, UpdateAccount};
use chime::{Error, paging};
use service::{AccountFilter, AccountUpdate, Service};

use super::error::{from_refusal, from_service};
use super::{Call, shape};

/// Makes a Team. **Permissions**: an operator with FullAccess.
pub(super) async fn create(service: &Service, call: &Call) -> Result<AccountOutput, Error> {
    let CreateAccount { name } = CreateAccount::parse(call.content_type(), &call.body)?;
    let account = service.create_account(&call.context, name).await.map_err(from_service)?;
    Ok(AccountOutput { account: shape::account(account) })
}

/// **Permissions**: any role over the account.
pub(super) async fn get(service: &Service, call: &Call, account_id: &str) -> Result<AccountOutput, Error> {
    let account = super::account_id(account_id)?;
    let view = service.show_account(&call.context, account).await.map_err(from_service)?;
    Ok(AccountOutput { account: shape::account(view.account) })
}

/// Changes the name and the default license. **Permissions**: FullAccess over the account.
pub(super) async fn update(service: &Service, call: &Call, account_id: &str) -> Result<AccountOutput, Error> {
    let account = super::account_id(account_id)?;
    let UpdateAccount { name, default_license } = UpdateAccount::parse(call.content_type(), &call.body)?;
    let default_license = default_license.map(assignable).transpose()?;
    let update = AccountUpdate { name, default_license, ..AccountUpdate::default() };
    let account = service.update_account(&call.context, account, update).await.map_err(from_service)?;
    Ok(AccountOutput { account: shape::account(account) })
}

/// Nobody joins with `ProTrial` (rule 9).
fn assignable(license: License) -> Result<BaseLicense, Error> {
    license.base().ok_or_else(|| from_refusal(&Refusal::TrialNotAssignable))
}

/// Deletes an account without members and verified domains (rule 8). **Permissions**: an operator with FullAccess.
pub(super) async fn delete(service: &Service, call: &Call, account_id: &str) -> Result<(), Error> {
    let account = super::account_id(account_id)?;
    service.delete_account(&call.context, account).await.map_err(from_service)?;
    Ok(())
}

/// The accounts within the caller's reach. **Permissions**: any role.
pub(super) async fn list(service: &Service, call: &Call, query: &ListAccounts) -> Result<ListAccountsOutput, Error> {
    let binding = format!("ListAccounts {} {:?} {:?}", call.access_key_id, query.name, query.user_email);
    let user_address = query.user_email.as_deref().map(super::address).transpose()?;
    let filter = AccountFilter { name_prefix: query.name.clone(), user_address };
    let page = super::page(service, &query.page, &binding)?;
    let found = service.list_accounts(&call.context, filter, page).await.map_err(from_service)?;
    let next_token = found.next.map(|position| paging::seal(&position, &binding, &service.door_key()));
    Ok(ListAccountsOutput { accounts: found.items.into_iter().map(shape::account).collect(), next_token })
}
