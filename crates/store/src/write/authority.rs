//! What an administrator may do at the moment of a change (rule 28).

use access::authority::Grant;
use access::{User, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Lock, Write, locked};
use crate::entity::{access_keys, api_tokens, grants, users};
use crate::write::users::with_addresses;
use crate::{Error, TokenHash, convert};

/// What an administrator presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An access key, by its id.
    Key(String),
    /// An API token.
    Token(TokenHash),
}

impl Credential {
    /// A token as it is presented.
    pub fn token(text: &str) -> Self {
        Self::Token(TokenHash::of(text))
    }
}

/// An administrator as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// The person; whether they may still do anything is the rules' question.
    pub user: User,
    /// What they hold; behind a key or token only the grant it carries.
    pub grants: Vec<Grant>,
}

impl Write {
    /// Reads an administrator's standing, grants and credential, and holds them unchanged until the commit. `None` when
    /// the person is unknown, or the credential was revoked or has expired.
    pub async fn administrator(
        &mut self,
        user: UserId,
        credential: Option<&Credential>,
        at: Timestamp,
    ) -> Result<Option<Administrator>, Error> {
        let person = locked(users::Entity::find_by_id(user.0), Lock::Share).all(&self.transaction).await?;
        let Some(person) = with_addresses(&self.transaction, person).await?.pop() else { return Ok(None) };
        let held = grants::Entity::find().filter(grants::Column::UserId.eq(user.0)).order_by_asc(grants::Column::Id);
        let held = locked(held, Lock::Share).all(&self.transaction).await?;
        let mut grants = held.iter().map(convert::grant).collect::<Result<Vec<_>, _>>()?;
        if let Some(credential) = credential {
            let Some(carried) = self.carried_by(credential, at).await? else { return Ok(None) };
            grants.retain(|grant| grant.id.0 == carried);
        }
        Ok(Some(Administrator { user: person, grants }))
    }

    /// The grant a credential carries, while it works.
    async fn carried_by(&mut self, credential: &Credential, at: Timestamp) -> Result<Option<Uuid>, Error> {
        let (grant, expires, revoked) = match credential {
            Credential::Key(id) => {
                let key = locked(access_keys::Entity::find_by_id(id.clone()), Lock::Share);
                let Some(key) = key.one(&self.transaction).await? else { return Ok(None) };
                (Some(key.grant_id), key.expires, key.revoked)
            }
            Credential::Token(hash) => {
                let token = locked(api_tokens::Entity::find_by_id(hash.0.to_vec()), Lock::Share);
                let Some(token) = token.one(&self.transaction).await? else { return Ok(None) };
                (token.grant_id, token.expires, token.revoked)
            }
        };
        let works = revoked.is_none() && expires.is_none_or(|expires| convert::ms(at) < expires);
        Ok(grant.filter(|_| works))
    }
}
