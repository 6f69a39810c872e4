//! What opens a door to a person: links to register and to set up with, passwords.

use std::collections::{BTreeSet, HashMap};

use access::{Email, User, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::{CHUNK, drop_expired, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::convert::{self, ms, time};
use crate::entity::{link_mails, passwords, registrations, setup_links, unproved_addresses};
use crate::{Error, TokenHash};

/// A link to register with (rule 15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// The person's id once they register; until then the key their mails are sealed under.
    pub id: Uuid,
    /// The address that is registered by it.
    pub address: Email,
    /// Whether it was mailed there, and so proves the address; else it was given out on the host.
    pub mailed: bool,
    /// When it was asked for.
    pub created: Timestamp,
    /// When the link stops working.
    pub expires: Timestamp,
}

/// A link to set Carillon up with (rule 28).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupLink {
    /// The first operator's id, if they are nobody yet.
    pub id: Uuid,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops working.
    pub expires: Timestamp,
}

/// What the link in a mail is for. Each is counted by itself: who asks for one kind keeps nobody from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkMail {
    /// To register; or that one is registered.
    Registration,
    /// To set another password.
    Password,
    /// To move to the address; or that one has it.
    Address,
}

impl LinkMail {
    fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Password => "password",
            Self::Address => "address",
        }
    }
}

impl Write {
    /// A link to set up with, beside those there are.
    pub async fn insert_setup_link(&mut self, new: &SetupLink, token: &TokenHash) -> Result<(), Error> {
        let row = setup_links::Model {
            token_hash: token.0.to_vec(),
            id: new.id,
            created: ms(new.created),
            expires: ms(new.expires),
        };
        insert::<setup_links::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A link to set up with. It may have expired: look.
    pub async fn setup_link(&mut self, token: &TokenHash) -> Result<Option<SetupLink>, Error> {
        let found = setup_links::Entity::find_by_id(token.0.to_vec()).one(&self.transaction).await?;
        found.as_ref().map(setup_link).transpose()
    }

    /// Every link to set up with ends.
    pub async fn delete_setup_links(&mut self) -> Result<(), Error> {
        setup_links::Entity::delete_many().exec(&self.transaction).await?;
        Ok(())
    }

    /// A link to register with. Links that have expired by now are dropped on the way.
    pub async fn insert_registration(&mut self, new: &Registration, token: &TokenHash) -> Result<(), Error> {
        let expired = registrations::Entity::delete_many();
        expired.filter(registrations::Column::Expires.lte(ms(new.created))).exec(&self.transaction).await?;
        let row = registrations::Model {
            token_hash: token.0.to_vec(),
            id: new.id,
            address: new.address.as_typed().to_owned(),
            address_key: new.address.key().to_owned(),
            mailed: new.mailed,
            created: ms(new.created),
            expires: ms(new.expires),
        };
        insert::<registrations::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Whether it is proved that a person's address is theirs (rule 57).
    pub async fn set_address_proved(&mut self, user: UserId, address: &Email, proved: bool) -> Result<(), Error> {
        if proved {
            unproved_addresses::Entity::delete_by_id(user.0).exec(&self.transaction).await?;
            return Ok(());
        }
        let row = unproved_addresses::Model { user_id: user.0, address_key: address.key().to_owned() };
        upsert::<unproved_addresses::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Whether that is so.
    pub async fn is_address_proved(&mut self, user: &User) -> Result<bool, Error> {
        let unproved = unproved_addresses::Entity::find_by_id(user.id.0).one(&self.transaction).await?;
        Ok(unproved.is_none_or(|unproved| unproved.address_key != user.primary.key()))
    }

    /// Drops links that have expired, at most so many. Returns how many.
    pub async fn drop_expired_registrations(&mut self, at: Timestamp, most: u64) -> Result<u64, Error> {
        use registrations::Column;
        let (connection, key) = (&self.transaction, Column::TokenHash);
        drop_expired::<registrations::Entity, Vec<u8>>(connection, key, Column::Expires, at, most).await
    }

    /// Takes the links that an address has, so that a new one is the only one.
    pub async fn take_registrations(&mut self, key: &str) -> Result<Vec<Registration>, Error> {
        let taken = registrations::Entity::delete_many().filter(registrations::Column::AddressKey.eq(key));
        taken.exec_with_returning(&self.transaction).await?.iter().map(registration).collect()
    }

    /// Counts one more mail with a link of this kind to an address. `false`, and nothing is counted, when it got `most` of
    /// them within the hour that began with the first.
    pub async fn count_link_mail(
        &mut self,
        kind: LinkMail,
        key: &str,
        at: Timestamp,
        most: u32,
    ) -> Result<bool, Error> {
        let over = ms(at) - 3_600_000;
        let past = link_mails::Entity::delete_many().filter(link_mails::Column::Since.lte(over));
        past.exec(&self.transaction).await?;
        let id = (kind.name().to_owned(), key.to_owned());
        let counted = locked(link_mails::Entity::find_by_id(id.clone()), Lock::Exclusive);
        let (since, sent) = match counted.one(&self.transaction).await? {
            Some(row) if row.sent >= i64::from(most) => return Ok(false),
            Some(row) => (row.since, row.sent + 1),
            None => (ms(at), 1),
        };
        let row = link_mails::Model { kind: id.0, address_key: id.1, since, sent }.into_active_model();
        match sent {
            1 => insert::<link_mails::Entity, _>(&self.transaction, vec![row]).await?,
            _ => upsert::<link_mails::Entity, _>(&self.transaction, vec![row]).await?,
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
        mailed: row.mailed,
        created: time(row.created)?,
        expires: time(row.expires)?,
    })
}

pub(crate) fn setup_link(row: &setup_links::Model) -> Result<SetupLink, Error> {
    Ok(SetupLink { id: row.id, created: time(row.created)?, expires: time(row.expires)? })
}
