//! What is left of an account that was deleted: to record it, and to delete it for good (rules 8 and 44).

use access::authority::Over;
use access::{AccountId, Application, ApplicationId, Invitation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::keys::token;
use super::{Held, Lock, Token, Write, locked};
use crate::Error;
use crate::convert;
use crate::entity::{
    account_mails, accounts, api_tokens, application_accounts, applications, directories, directory_confirmations,
    domains, former_owners, grants, invitations, provider_domains, providers, seats,
};

/// What belongs to an account besides itself, its seats and its domains.
#[derive(Clone, Debug, PartialEq)]
pub struct Remains {
    /// Its own applications.
    pub applications: Vec<Application>,
    /// The tokens of these, revoked ones too.
    pub tokens: Vec<Token>,
    /// Others' applications whose audience lists it.
    pub listed_by: Vec<Application>,
    /// Its invitations, whatever became of them.
    pub invitations: Vec<Invitation>,
    /// The grants over it, with what carries them.
    pub grants: Vec<Held>,
}

impl Write {
    /// Everything that belongs to an account, locked. It takes the account's own lock itself, as applications come
    /// before accounts. [`Error::Conflict`] when another change gets in between.
    pub async fn remains_of(&mut self, account: AccountId) -> Result<Remains, Error> {
        let concerned = self.applications_concerning(account).await?;
        let (mut own, mut listed_by) = (Vec::new(), Vec::new());
        for id in &concerned {
            let application = self.application(*id).await?.ok_or_else(meanwhile)?;
            if application.owner == Some(account) { own.push(application) } else { listed_by.push(application) }
        }
        self.account(account, Lock::Exclusive).await?;
        if self.applications_concerning(account).await? != concerned {
            return Err(meanwhile());
        }
        self.seats(account).await?;
        let select = invitations::Entity::find().filter(invitations::Column::AccountId.eq(account.0));
        let select = locked(select.order_by_asc(invitations::Column::Id), Lock::Exclusive);
        let invited = select.all(&self.transaction).await?;
        let grants = self.grants_over(Over::Account(account)).await?;
        let grants = self.held(&grants).await?;
        let mut tokens = Vec::new();
        for application in &own {
            tokens.extend(self.tokens_of(application.id).await?);
        }
        let invitations = invited.iter().map(convert::invitation).collect::<Result<_, _>>()?;
        Ok(Remains { applications: own, tokens, listed_by, invitations, grants })
    }

    /// The tokens of an application, locked; revoked ones too.
    pub async fn tokens_of(&mut self, application: ApplicationId) -> Result<Vec<Token>, Error> {
        let select = api_tokens::Entity::find().filter(api_tokens::Column::ApplicationId.eq(application.0));
        let select = locked(select.order_by_asc(api_tokens::Column::Id), Lock::Exclusive);
        select.all(&self.transaction).await?.into_iter().map(token).collect()
    }

    /// Deletes an application for good with its tokens and with everything that was made for it.
    pub async fn delete_application(&mut self, id: ApplicationId) -> Result<(), Error> {
        applications::Entity::delete_by_id(id.0).exec(&self.transaction).await?;
        Ok(())
    }

    /// Deletes an account for good with all that [`Write::remains_of`] it, and takes it out of other audiences. What
    /// people held in it stays in the history of licenses, and the audit trail stays.
    pub async fn delete_account(&mut self, account: AccountId) -> Result<(), Error> {
        let (id, connection) = (account.0, &self.transaction);
        grants::Entity::delete_many().filter(grants::Column::AccountId.eq(id)).exec(connection).await?;
        invitations::Entity::delete_many().filter(invitations::Column::AccountId.eq(id)).exec(connection).await?;
        domains::Entity::delete_many().filter(domains::Column::AccountId.eq(id)).exec(connection).await?;
        former_owners::Entity::delete_many().filter(former_owners::Column::AccountId.eq(id)).exec(connection).await?;
        seats::Entity::delete_many().filter(seats::Column::AccountId.eq(id)).exec(connection).await?;
        account_mails::Entity::delete_by_id(id).exec(connection).await?;
        let sent = provider_domains::Column::AccountId.eq(id);
        provider_domains::Entity::delete_many().filter(sent).exec(connection).await?;
        providers::Entity::delete_many().filter(providers::Column::AccountId.eq(id)).exec(connection).await?;
        directories::Entity::delete_by_id(id).exec(connection).await?;
        let confirmed = directory_confirmations::Column::AccountId.eq(id);
        directory_confirmations::Entity::delete_many().filter(confirmed).exec(connection).await?;
        let listed = application_accounts::Column::AccountId.eq(id);
        application_accounts::Entity::delete_many().filter(listed).exec(connection).await?;
        applications::Entity::delete_many().filter(applications::Column::OwnerAccount.eq(id)).exec(connection).await?;
        accounts::Entity::delete_by_id(id).exec(connection).await?;
        Ok(())
    }

    /// The applications that an account owns, or whose audience lists it, by id, without locks.
    async fn applications_concerning(&mut self, account: AccountId) -> Result<Vec<ApplicationId>, Error> {
        let own = applications::Entity::find().filter(applications::Column::OwnerAccount.eq(account.0));
        let own = own.select_only().column(applications::Column::Id);
        let mut ids: Vec<Uuid> = own.into_tuple().all(&self.transaction).await?;
        let listing = application_accounts::Column::AccountId.eq(account.0);
        let listing = application_accounts::Entity::find().filter(listing).select_only();
        let listing = listing.column(application_accounts::Column::ApplicationId);
        ids.extend(listing.into_tuple::<Uuid>().all(&self.transaction).await?);
        ids.sort_unstable();
        ids.dedup();
        Ok(ids.into_iter().map(ApplicationId).collect())
    }
}

fn meanwhile() -> Error {
    Error::Conflict("an application changed meanwhile".to_owned())
}

#[cfg(test)]
mod tests {
    use crate::migrate::MIGRATIONS;

    /// Whoever adds a table of an account's things must add it to [`super::Write::delete_account`], too.
    #[test]
    fn every_reference_to_an_account_is_deleted_with_it() {
        let mut found = Vec::new();
        for (_, text) in MIGRATIONS {
            let mut table = "";
            for line in text.lines() {
                if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                    table = rest.split(' ').next().unwrap_or_default();
                }
                if line.contains("REFERENCES accounts (id)") {
                    found.push(table);
                }
            }
        }
        // A deleted account has no members.
        let known = "domains former_owners seats users invitations applications application_accounts grants providers \
             provider_domains account_mails directories directory_confirmations";
        assert_eq!(found.join(" "), known);
    }
}
