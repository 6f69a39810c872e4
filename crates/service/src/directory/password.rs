//! Passwords that a directory compares: for signing in (rule 89).

use access::authority::{Action, Over};
use access::directory::EntryId;
use access::{AccountId, Domain, UserId};
use store::Scope;

use super::Followed;
use super::reach::{Compared, Failed, Whom};
use crate::{Error, Service};

impl Service {
    /// The account whose directory compares the passwords of people with addresses on a domain, if one does.
    ///
    /// **Permission**: Carillon itself.
    pub async fn directory_for(&self, domain: &Domain) -> Result<Option<AccountId>, Error> {
        let Some(owner) = self.store().read(Scope::Public).domain_owner(domain).await? else { return Ok(None) };
        Ok(self.directory_wishes(owner).await?.map(|_| owner))
    }

    /// The entry that somebody is in the directory of an account.
    ///
    /// **Permission**: Carillon itself.
    pub async fn entry_in_directory(&self, account: AccountId, user: UserId) -> Result<Option<EntryId>, Error> {
        let read = self.permitted(&self.system(), Action::ManageDirectory, Over::Account(account))?;
        Ok(read.directory_entry_of(user).await?)
    }

    /// Whom an entry of an account's directory is; `None` for who was not taken over, or is gone there.
    ///
    /// **Permission**: Carillon itself.
    pub async fn person_in_directory(&self, account: AccountId, entry: EntryId) -> Result<Option<UserId>, Error> {
        let read = self.permitted(&self.system(), Action::ManageDirectory, Over::Account(account))?;
        let found = read.directory_entries(Some(&[entry])).await?;
        Ok(found.get(&entry).filter(|stored| stored.present).map(|stored| stored.user))
    }

    /// The entry of whoever signs in there with this name. [`Error::Unavailable`] when the directory does not answer.
    ///
    /// **Permission**: Carillon itself.
    pub async fn find_in_directory(&self, account: AccountId, name: &str) -> Result<Option<EntryId>, Error> {
        let Some(followed) = self.asked_directory(account).await? else { return Ok(None) };
        let found = self.directories().find(&followed.connection, &followed.password, name).await;
        found.map_err(|failed| unavailable(account, &failed))
    }

    /// A directory that may be asked. One that refused the password it is read with is not: asking it again and again would
    /// lock the account that reads.
    async fn asked_directory(&self, account: AccountId) -> Result<Option<Followed>, Error> {
        match self.followed_directory(account).await? {
            Some(Followed { refused: true, .. }) => {
                Err(Error::Unavailable("the organisation's directory refuses the account that reads it".to_owned()))
            }
            followed => Ok(followed),
        }
    }

    /// Asks the directory whether a password is somebody's. [`Error::Unavailable`] when it does not answer.
    ///
    /// **Permission**: Carillon itself.
    pub async fn compare_with_directory(
        &self,
        account: AccountId,
        whom: &Whom,
        password: &str,
    ) -> Result<Compared, Error> {
        let Some(followed) = self.asked_directory(account).await? else { return Ok(Compared::Unknown) };
        let compared = self.directories().compare(&followed.connection, &followed.password, whom, password).await;
        compared.map_err(|failed| unavailable(account, &failed))
    }
}

fn unavailable(account: AccountId, failed: &Failed) -> Error {
    tracing::warn!(%account, code = failed.code, error = %failed, "a directory was not asked for a password");
    Error::Unavailable("the organisation's directory does not answer".to_owned())
}
