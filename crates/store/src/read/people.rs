//! Single people, and what mailed links stand for. An account's list is in `entries`.

use access::{AccountId, Invitation, User, UserId};
use sea_orm::EntityTrait;

use super::{Read, Scope};
use crate::convert;
use crate::entity::{addresses, passwords, registrations, setup_links, users};
use crate::write::users::with_addresses;
use crate::write::{Registration, SetupLink, credentials, invitations as inviting};
use crate::{Error, TokenHash};

impl Read {
    /// A person: in the scope of an account its members, in one's own oneself.
    pub async fn user(&self, id: UserId) -> Result<Option<User>, Error> {
        let select = users::Entity::find_by_id(id.0);
        let rows = select.all(&self.reads).await?;
        let found = with_addresses(&self.reads, rows).await?.pop();
        Ok(found.filter(|user| self.sees(user)))
    }

    /// The person an address key belongs to, be it primary or secondary, if this scope sees them.
    pub async fn user_by_address(&self, key: &str) -> Result<Option<User>, Error> {
        match addresses::Entity::find_by_id(key.to_owned()).one(&self.reads).await? {
            Some(row) => self.user(UserId(row.user_id)).await,
            None => Ok(None),
        }
    }

    /// The invitation a mailed link stands for, in whatever state.
    pub async fn invitation_by_token(&self, token: &TokenHash) -> Result<Option<Invitation>, Error> {
        self.public("an invitation's link")?;
        inviting::by_token(token).one(&self.reads).await?.as_ref().map(convert::invitation).transpose()
    }

    /// The open invitations of an address key; in the scope of an account only its own.
    pub async fn open_invitations(&self, key: &str) -> Result<Vec<Invitation>, Error> {
        let rows = inviting::pending_of_address(key).all(&self.reads).await?;
        rows.iter().filter(|row| self.reaches(AccountId(row.account_id))).map(convert::invitation).collect()
    }

    /// The registration a mailed link stands for; it is not taken by looking.
    pub async fn registration_by_token(&self, token: &TokenHash) -> Result<Option<Registration>, Error> {
        self.public("a registration's link")?;
        let found = registrations::Entity::find_by_id(token.0.to_vec()).one(&self.reads).await?;
        found.as_ref().map(credentials::registration).transpose()
    }

    /// A link to set up with; it is not used up by looking.
    pub async fn setup_link(&self, token: &TokenHash) -> Result<Option<SetupLink>, Error> {
        self.public("a link to set up with")?;
        let found = setup_links::Entity::find_by_id(token.0.to_vec()).one(&self.reads).await?;
        found.as_ref().map(credentials::setup_link).transpose()
    }

    /// The PHC string of a person's password, to verify before a change begins.
    pub async fn password(&self, user: UserId) -> Result<Option<String>, Error> {
        if self.scope != Scope::Oneself(user) {
            self.public("a password")?;
        }
        Ok(passwords::Entity::find_by_id(user.0).one(&self.reads).await?.map(|row| row.hash))
    }

    fn sees(&self, user: &User) -> bool {
        match self.scope {
            Scope::Public => true,
            Scope::Oneself(id) => user.id == id,
            Scope::Permitted(_) => {
                self.everywhere("").is_ok() || user.membership.is_some_and(|m| self.reaches(m.account))
            }
        }
    }
}
