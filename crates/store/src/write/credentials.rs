//! What opens a door: registrations' links, passwords, access keys, tokens.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::authority::Grant;
use access::{AccountId, ApplicationId, Email, GrantId, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Set};
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::convert::{self, ms, time, times};
use crate::entity::{access_keys, api_tokens, grants, passwords, person_keys, registration_mails, registrations};
use crate::seal::Place;
use crate::{Error, TokenHash};

/// A mailed link to register with (rule 15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The person's id once they register; until then the key their mails are sealed under.
    pub id: Uuid,
    /// The address the link was mailed to, and so proves.
    pub address: Email,
    /// When it was asked for.
    pub created: Timestamp,
    /// When the link stops working.
    pub expires: Timestamp,
}

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
    /// When it was made.
    pub created: Timestamp,
    /// When it stops working by itself.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// A bearer token, without the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id, to name it by.
    pub id: Uuid,
    /// What it stands for.
    pub holder: TokenHolder,
    /// What it is for, in the words of who made it.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops working by itself.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
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
    /// A link to register with. Links that have expired by now are dropped on the way.
    pub async fn insert_registration(&mut self, new: &Registration, token: &TokenHash) -> Result<(), Error> {
        let expired = registrations::Entity::delete_many();
        expired.filter(registrations::Column::Expires.lte(ms(new.created))).exec(&self.transaction).await?;
        let row = registrations::Model {
            token_hash: token.0.to_vec(),
            id: new.id,
            address: new.address.as_typed().to_owned(),
            address_key: new.address.key().to_owned(),
            created: ms(new.created),
            expires: ms(new.expires),
        };
        insert::<registrations::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Drops links that have expired, at most so many. Returns how many.
    pub async fn drop_expired_registrations(&mut self, at: Timestamp, most: u64) -> Result<u64, Error> {
        let expired = registrations::Entity::find()
            .select_only()
            .column(registrations::Column::TokenHash)
            .filter(registrations::Column::Expires.lte(ms(at)))
            .order_by_asc(registrations::Column::Expires)
            .limit(most);
        let expired: Vec<Vec<u8>> = expired.into_tuple().all(&self.transaction).await?;
        let dropped = registrations::Entity::delete_many().filter(registrations::Column::TokenHash.is_in(expired));
        Ok(dropped.exec(&self.transaction).await?.rows_affected)
    }

    /// Takes the links that an address has, so that a new one is the only one.
    pub async fn take_registrations(&mut self, key: &str) -> Result<Vec<Registration>, Error> {
        let taken = registrations::Entity::delete_many().filter(registrations::Column::AddressKey.eq(key));
        taken.exec_with_returning(&self.transaction).await?.iter().map(registration).collect()
    }

    /// Counts one more mail about registering to an address. `false`, and nothing is counted, when it got `most` within
    /// the hour that began with the first of them.
    pub async fn count_registration_mail(&mut self, key: &str, at: Timestamp, most: u32) -> Result<bool, Error> {
        let over = ms(at) - 3_600_000;
        let past = registration_mails::Entity::delete_many().filter(registration_mails::Column::Since.lte(over));
        past.exec(&self.transaction).await?;
        let counted = locked(registration_mails::Entity::find_by_id(key.to_owned()), Lock::Exclusive);
        let (since, sent) = match counted.one(&self.transaction).await? {
            Some(row) if row.sent >= i64::from(most) => return Ok(false),
            Some(row) => (row.since, row.sent + 1),
            None => (ms(at), 1),
        };
        let row = registration_mails::Model { address_key: key.to_owned(), since, sent }.into_active_model();
        match sent {
            1 => insert::<registration_mails::Entity, _>(&self.transaction, vec![row]).await?,
            _ => upsert::<registration_mails::Entity, _>(&self.transaction, vec![row]).await?,
        }
        Ok(true)
    }

    /// The links there are among these, locked: who follows one at the same time waits. They may have expired: look.
    pub async fn registrations(&mut self, tokens: &[TokenHash]) -> Result<HashMap<TokenHash, Registration>, Error> {
        let mut found = HashMap::new();
        for chunk in hashes(tokens).chunks(CHUNK) {
            let select = registrations::Entity::find().filter(registrations::Column::TokenHash.is_in(padded(chunk)));
            let select = select.order_by_asc(registrations::Column::TokenHash);
            for row in locked(select, Lock::Exclusive).all(&self.transaction).await? {
                let read = registration(&row)?;
                let hash = row.token_hash.try_into().map_err(|_| Error::corrupt("a hash that is none"))?;
                found.insert(TokenHash(hash), read);
            }
        }
        Ok(found)
    }

    /// Links that were followed end: each works once.
    pub async fn delete_registrations(&mut self, tokens: &[TokenHash]) -> Result<(), Error> {
        for chunk in hashes(tokens).chunks(CHUNK) {
            let deletion = registrations::Entity::delete_many();
            deletion.filter(registrations::Column::TokenHash.is_in(padded(chunk))).exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// The PHC string of a person's password.
    pub async fn password(&mut self, user: UserId) -> Result<Option<String>, Error> {
        let found = passwords::Entity::find_by_id(user.0).one(&self.transaction).await?;
        Ok(found.map(|row| row.hash))
    }

    /// Who of these people has a password.
    pub async fn with_password(&mut self, of: &[UserId]) -> Result<BTreeSet<UserId>, Error> {
        let ids: Vec<Uuid> = of.iter().map(|user| user.0).collect();
        let mut found = BTreeSet::new();
        for chunk in ids.chunks(CHUNK) {
            let select = passwords::Entity::find().filter(passwords::Column::UserId.is_in(padded(chunk)));
            let select = select.select_only().column(passwords::Column::UserId);
            let having: Vec<Uuid> = select.into_tuple().all(&self.transaction).await?;
            found.extend(having.into_iter().map(UserId));
        }
        Ok(found)
    }

    /// Sets or replaces a password, as a PHC string.
    pub async fn set_password(&mut self, user: UserId, hash: &str, at: Timestamp) -> Result<(), Error> {
        let row = passwords::Model { user_id: user.0, hash: hash.to_owned(), changed: ms(at) };
        upsert::<passwords::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Passwords end: from now on somebody else proves who these people are (rule 19).
    pub async fn delete_passwords(&mut self, of: &[UserId]) -> Result<(), Error> {
        let ids: Vec<Uuid> = of.iter().map(|user| user.0).collect();
        for chunk in ids.chunks(CHUNK) {
            let deletion = passwords::Entity::delete_many();
            let whose = passwords::Column::UserId.is_in(padded(chunk));
            deletion.filter(whose).exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// Deletes the keys of persons: what was sealed under them is gone for good, everywhere (rule 25).
    pub async fn erase(&mut self, persons: &[Uuid]) -> Result<(), Error> {
        for chunk in persons.chunks(CHUNK) {
            let of = person_keys::Column::Person.is_in(padded(chunk));
            person_keys::Entity::delete_many().filter(of).exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// A new access key; its secret is sealed.
    pub async fn insert_access_key(&mut self, key: &AccessKey, secret: &str) -> Result<(), Error> {
        let row = access_keys::Model {
            id: key.id.clone(),
            grant_id: key.grant.0,
            secret_sealed: self.sealer.seal(key_place(&key.id), secret.as_bytes())?,
            created: ms(key.created),
            expires: key.expires.map(ms),
            revoked: key.revoked.map(ms),
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
            name: token.name.clone(),
            created: ms(token.created),
            expires: token.expires.map(ms),
            revoked: token.revoked.map(ms),
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
        self.keys.retain(|key| key.revoked.is_none());
        self.tokens.retain(|token| token.revoked.is_none());
        (!self.keys.is_empty() || !self.tokens.is_empty()).then_some(self)
    }
}

/// Where an access key's secret is sealed for.
pub(crate) fn key_place(id: &str) -> Place<'_> {
    Place { column: "access_keys.secret_sealed", row: id.as_bytes() }
}

/// Each once, in one order for all changes.
fn hashes(tokens: &[TokenHash]) -> Vec<Vec<u8>> {
    let each: BTreeSet<Vec<u8>> = tokens.iter().map(|token| token.0.to_vec()).collect();
    each.into_iter().collect()
}

pub(crate) fn registration(row: &registrations::Model) -> Result<Registration, Error> {
    Ok(Registration {
        id: row.id,
        address: convert::email(&row.address)?,
        created: time(row.created)?,
        expires: time(row.expires)?,
    })
}

pub(crate) fn access_key(row: access_keys::Model) -> Result<AccessKey, Error> {
    Ok(AccessKey {
        id: row.id,
        grant: GrantId(row.grant_id),
        created: time(row.created)?,
        expires: times(row.expires)?,
        revoked: times(row.revoked)?,
    })
}

pub(crate) fn token(row: api_tokens::Model) -> Result<Token, Error> {
    let holder = match (row.grant_id, row.application_id) {
        (Some(grant), None) => TokenHolder::Grant(GrantId(grant)),
        (None, Some(application)) => TokenHolder::Application(ApplicationId(application)),
        _ => return Err(Error::corrupt("a token that stands for nothing")),
    };
    Ok(Token {
        id: row.id,
        holder,
        name: row.name,
        created: time(row.created)?,
        expires: times(row.expires)?,
        revoked: times(row.revoked)?,
    })
}
