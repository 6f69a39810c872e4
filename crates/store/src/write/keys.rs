//! Access keys and API tokens: what administrators' programs and applications sign in with (rule 28).

use std::collections::BTreeMap;

use access::authority::{Extent, Grant, Role, credential_works};
use access::{AccountId, ApplicationId, GrantId, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded};
use super::{Lock, Write, locked};
use crate::convert::{self, ms, time, times};
use crate::entity::{access_keys, api_tokens, grants, sessions};
use crate::seal::Place;
use crate::{Error, TokenHash};

/// A grant with keys and tokens that carry it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The grant.
    pub grant: Grant,
    /// Keys, by id.
    pub keys: Vec<AccessKey>,
    /// Tokens, by id.
    pub tokens: Vec<Token>,
}

/// An access key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Its public id.
    pub id: String,
    /// The grant it carries.
    pub grant: GrantId,
    /// Everything else.
    pub issued: Issued,
}

/// What keys and tokens have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// What it is for, in the words of who made it.
    pub name: String,
    /// How much of its grant it carries.
    pub extent: Extent,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops working by itself.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
    /// When it was last used, as far as that was written down: a minute late at most.
    pub last_used: Option<Timestamp>,
}

impl Issued {
    /// Something new that carries all of its grant for ever.
    pub fn new(name: impl Into<String>, created: Timestamp) -> Self {
        let (extent, name) = (Extent::default(), name.into());
        Self { name, extent, created, expires: None, revoked: None, last_used: None }
    }

    /// Whether it works at a moment, as far as it goes by itself.
    pub fn works(&self, at: Timestamp) -> bool {
        self.revoked.is_none() && credential_works(self.expires, at)
    }
}

/// Which keys and tokens were used, and when last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses {
    /// Access keys by id.
    pub keys: BTreeMap<String, Timestamp>,
    /// Tokens by id.
    pub tokens: BTreeMap<Uuid, Timestamp>,
    /// Sessions by id.
    pub sessions: BTreeMap<Uuid, Timestamp>,
}

/// A bearer token, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id, to name it by.
    pub id: Uuid,
    /// What it stands for.
    pub holder: TokenHolder,
    /// Everything else.
    pub issued: Issued,
}

/// What a bearer token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenHolder {
    /// An administrator's grant.
    Grant(GrantId),
    /// An application.
    Application(ApplicationId),
}

impl Write {
    /// A new access key; its secret is sealed.
    pub async fn insert_access_key(&mut self, key: &AccessKey, secret: &str) -> Result<(), Error> {
        let row = access_keys::Model {
            id: key.id.clone(),
            grant_id: key.grant.0,
            secret_sealed: self.sealer.seal(key_place(&key.id), secret.as_bytes())?,
            name: key.issued.name.clone(),
            most: key.issued.extent.most.map(Role::name).map(str::to_owned),
            within_account: key.issued.extent.within.map(|account| account.0),
            created: ms(key.issued.created),
            expires: key.issued.expires.map(ms),
            revoked: key.issued.revoked.map(ms),
            last_used: key.issued.last_used.map(ms),
        };
        insert::<access_keys::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A new token, of which only the hash is kept.
    pub async fn insert_token(&mut self, token: &Token, hash: &TokenHash) -> Result<(), Error> {
        let (grant, application) = match token.holder {
            TokenHolder::Grant(grant) => (Some(grant.0), None),
            TokenHolder::Application(application) => (None, Some(application.0)),
        };
        let row = api_tokens::Model {
            hash: hash.0.to_vec(),
            id: token.id,
            grant_id: grant,
            application_id: application,
            name: token.issued.name.clone(),
            most: token.issued.extent.most.map(Role::name).map(str::to_owned),
            within_account: token.issued.extent.within.map(|account| account.0),
            created: ms(token.issued.created),
            expires: token.issued.expires.map(ms),
            revoked: token.issued.revoked.map(ms),
            last_used: token.issued.last_used.map(ms),
        };
        insert::<api_tokens::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// An access key, without a lock: to learn whose it is.
    pub async fn access_key(&mut self, id: &str) -> Result<Option<AccessKey>, Error> {
        let select = access_keys::Entity::find_by_id(id.to_owned());
        select.one(&self.transaction).await?.map(access_key).transpose()
    }

    /// A token by its id, without a lock: to learn whose it is.
    pub async fn token(&mut self, id: Uuid) -> Result<Option<Token>, Error> {
        let select = api_tokens::Entity::find().filter(api_tokens::Column::Id.eq(id));
        select.one(&self.transaction).await?.map(token).transpose()
    }

    /// Revokes an access key; whether it worked before.
    pub async fn revoke_access_key(&mut self, id: &str, at: Timestamp) -> Result<bool, Error> {
        let revocation = access_keys::Entity::update_many()
            .set(access_keys::ActiveModel { revoked: Set(Some(ms(at))), ..Default::default() })
            .filter(access_keys::Column::Id.eq(id))
            .filter(access_keys::Column::Revoked.is_null());
        Ok(revocation.exec(&self.transaction).await?.rows_affected > 0)
    }

    /// Revokes a token; whether it worked before.
    pub async fn revoke_token(&mut self, id: Uuid, at: Timestamp) -> Result<bool, Error> {
        let revocation = api_tokens::Entity::update_many()
            .set(api_tokens::ActiveModel { revoked: Set(Some(ms(at))), ..Default::default() })
            .filter(api_tokens::Column::Id.eq(id))
            .filter(api_tokens::Column::Revoked.is_null());
        Ok(revocation.exec(&self.transaction).await?.rows_affected > 0)
    }

    /// An access key stops working by itself at another moment.
    pub async fn set_key_expiry(&mut self, id: &str, expires: Timestamp) -> Result<(), Error> {
        let update = access_keys::Entity::update_many()
            .set(access_keys::ActiveModel { expires: Set(Some(ms(expires))), ..Default::default() })
            .filter(access_keys::Column::Id.eq(id));
        update.exec(&self.transaction).await?;
        Ok(())
    }

    /// A token stops working by itself at another moment.
    pub async fn set_token_expiry(&mut self, id: Uuid, expires: Timestamp) -> Result<(), Error> {
        let update = api_tokens::Entity::update_many()
            .set(api_tokens::ActiveModel { expires: Set(Some(ms(expires))), ..Default::default() })
            .filter(api_tokens::Column::Id.eq(id));
        update.exec(&self.transaction).await?;
        Ok(())
    }

    /// Writes down when keys and tokens were last used.
    pub async fn save_uses(&mut self, uses: &Uses) -> Result<(), Error> {
        for (id, at) in &uses.keys {
            let update = access_keys::Entity::update_many()
                .set(access_keys::ActiveModel { last_used: Set(Some(ms(*at))), ..Default::default() })
                .filter(access_keys::Column::Id.eq(id));
            update.exec(&self.transaction).await?;
        }
        for (id, at) in &uses.tokens {
            let update = api_tokens::Entity::update_many()
                .set(api_tokens::ActiveModel { last_used: Set(Some(ms(*at))), ..Default::default() })
                .filter(api_tokens::Column::Id.eq(*id));
            update.exec(&self.transaction).await?;
        }
        for (id, at) in &uses.sessions {
            let update = sessions::Entity::update_many()
                .set(sessions::ActiveModel { last_used: Set(ms(*at)), ..Default::default() })
                .filter(sessions::Column::Id.eq(*id));
            update.exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// Revokes the access keys and tokens behind the grants of these people: over one account, or all (rule 28).
    /// Returns those that worked before, as they were.
    pub async fn end_keys(&mut self, of: &[(UserId, Option<AccountId>)], at: Timestamp) -> Result<Vec<Held>, Error> {
        let mut ended = Vec::new();
        for chunk in of.chunks(CHUNK / 2) {
            let mut whose = Condition::any();
            for (user, account) in chunk {
                let mut condition = Condition::all().add(grants::Column::UserId.eq(user.0));
                if let Some(account) = account {
                    condition = condition.add(grants::Column::AccountId.eq(account.0));
                }
                whose = whose.add(condition);
            }
            let grants = grants::Entity::find().filter(whose).order_by_asc(grants::Column::Id);
            let grants = grants.all(&self.transaction).await?;
            let grants = grants.iter().map(convert::grant).collect::<Result<Vec<_>, _>>()?;
            let held = self.held(&grants).await?;
            let held: Vec<Held> = held.into_iter().filter_map(Held::working).collect();
            self.revoke(&held, at).await?;
            ended.extend(held);
        }
        Ok(ended)
    }

    /// The keys and tokens of grants, locked; revoked ones too, and grants that have none.
    pub async fn held(&mut self, of: &[Grant]) -> Result<Vec<Held>, Error> {
        let mut held: BTreeMap<Uuid, Held> =
            of.iter().map(|grant| (grant.id.0, Held { grant: *grant, keys: vec![], tokens: vec![] })).collect();
        let ids: Vec<Uuid> = held.keys().copied().collect();
        for chunk in ids.chunks(CHUNK) {
            let keys = access_keys::Entity::find().filter(access_keys::Column::GrantId.is_in(padded(chunk)));
            let keys = locked(keys.order_by_asc(access_keys::Column::Id), Lock::Exclusive);
            for row in keys.all(&self.transaction).await? {
                if let Some(of) = held.get_mut(&row.grant_id) {
                    of.keys.push(access_key(row)?);
                }
            }
            let tokens = api_tokens::Entity::find().filter(api_tokens::Column::GrantId.is_in(padded(chunk)));
            let tokens = locked(tokens.order_by_asc(api_tokens::Column::Id), Lock::Exclusive);
            for row in tokens.all(&self.transaction).await? {
                if let Some(of) = row.grant_id.and_then(|grant| held.get_mut(&grant)) {
                    of.tokens.push(token(row)?);
                }
            }
        }
        Ok(held.into_values().collect())
    }

    async fn revoke(&mut self, held: &[Held], at: Timestamp) -> Result<(), Error> {
        let keys: Vec<&str> = held.iter().flat_map(|of| &of.keys).map(|key| key.id.as_str()).collect();
        for chunk in keys.chunks(CHUNK) {
            access_keys::Entity::update_many()
                .set(access_keys::ActiveModel { revoked: Set(Some(ms(at))), ..Default::default() })
                .filter(access_keys::Column::Id.is_in(padded(chunk)))
                .exec(&self.transaction)
                .await?;
        }
        let tokens: Vec<Uuid> = held.iter().flat_map(|of| &of.tokens).map(|token| token.id).collect();
        for chunk in tokens.chunks(CHUNK) {
            api_tokens::Entity::update_many()
                .set(api_tokens::ActiveModel { revoked: Set(Some(ms(at))), ..Default::default() })
                .filter(api_tokens::Column::Id.is_in(padded(chunk)))
                .exec(&self.transaction)
                .await?;
        }
        Ok(())
    }
}

impl Held {
    /// Those that work still; `None` when there are none.
    fn working(mut self) -> Option<Self> {
        self.keys.retain(|key| key.issued.revoked.is_none());
        self.tokens.retain(|token| token.issued.revoked.is_none());
        (!self.keys.is_empty() || !self.tokens.is_empty()).then_some(self)
    }
}

/// Where an access key's secret is sealed for.
pub(crate) fn key_place(id: &str) -> Place<'_> {
    Place { column: "access_keys.secret_sealed", row: id.as_bytes() }
}

pub(crate) fn access_key(row: access_keys::Model) -> Result<AccessKey, Error> {
    let issued = Issued {
        name: row.name,
        extent: extent(row.most.as_deref(), row.within_account)?,
        created: time(row.created)?,
        expires: times(row.expires)?,
        revoked: times(row.revoked)?,
        last_used: times(row.last_used)?,
    };
    Ok(AccessKey { id: row.id, grant: GrantId(row.grant_id), issued })
}

pub(crate) fn token(row: api_tokens::Model) -> Result<Token, Error> {
    let holder = match (row.grant_id, row.application_id) {
        (Some(grant), None) => TokenHolder::Grant(GrantId(grant)),
        (None, Some(application)) => TokenHolder::Application(ApplicationId(application)),
        _ => return Err(Error::corrupt("a token that stands for nothing")),
    };
    let issued = Issued {
        name: row.name,
        extent: extent(row.most.as_deref(), row.within_account)?,
        created: time(row.created)?,
        expires: times(row.expires)?,
        revoked: times(row.revoked)?,
        last_used: times(row.last_used)?,
    };
    Ok(Token { id: row.id, holder, issued })
}

fn extent(most: Option<&str>, within: Option<Uuid>) -> Result<Extent, Error> {
    Ok(Extent { most: most.map(convert::role).transpose()?, within: within.map(AccountId) })
}
