//! Keys that sign tokens (RFC 7517). A row never changes but for when it stops signing, so what was read of one may be
//! kept (rule 22).

use access::application::SigningAlgorithm;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Set};
use serde_json::Value;

use super::Write;
use super::rows::insert;
use crate::convert::{ms, time};
use crate::entity::signing_keys;
use crate::seal::Place;
use crate::{Error, Sealer, Store};

/// A key that signs tokens, without its private half.
#[derive(Clone, Debug, PartialEq)]
pub struct SigningKey {
    /// Its id, the `kid`.
    pub id: String,
    /// What it signs with.
    pub algorithm: SigningAlgorithm,
    /// The public half as a JWK.
    pub published: Value,
    /// When it was made.
    pub created: Timestamp,
    /// When it begins to sign; it is published before that.
    pub signs_from: Timestamp,
    /// When it stops signing.
    pub signs_until: Timestamp,
    /// Until when it is published, so that what it signed can be verified.
    pub published_until: Timestamp,
}

/// Where a published key stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Its turn is to come.
    Next,
    /// It signs.
    Signing,
    /// It signs no more; what it signed is verified with it.
    Former,
}

impl KeyState {
    /// Its name for people and programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Signing => "signing",
            Self::Former => "former",
        }
    }
}

impl SigningKey {
    /// Where it stands at a moment.
    pub fn state(&self, at: Timestamp) -> KeyState {
        match self.signs(at) {
            true => KeyState::Signing,
            false if at < self.signs_from && at < self.signs_until => KeyState::Next,
            false => KeyState::Former,
        }
    }

    /// Whether it signs at a moment.
    pub fn signs(&self, at: Timestamp) -> bool {
        self.signs_from <= at && at < self.signs_until
    }
}

impl Store {
    /// The keys that are published at a moment, the oldest first.
    pub async fn signing_keys(&self, at: Timestamp) -> Result<Vec<SigningKey>, Error> {
        let select = signing_keys::Entity::find().filter(signing_keys::Column::PublishedUntil.gt(ms(at)));
        let rows = select.order_by_asc(signing_keys::Column::SignsFrom).order_by_asc(signing_keys::Column::Id);
        rows.all(&self.0.reads).await?.into_iter().map(signing_key).collect()
    }

    /// The private half of a key, as it was given.
    pub async fn private_key(&self, id: &str) -> Result<Option<Vec<u8>>, Error> {
        let row = signing_keys::Entity::find_by_id(id.to_owned()).one(&self.0.reads).await?;
        row.map(|row| private(&self.0.sealer, &row)).transpose()
    }
}

impl Write {
    /// The keys that are published at a moment, the oldest first.
    pub async fn signing_keys(&mut self, at: Timestamp) -> Result<Vec<SigningKey>, Error> {
        let select = signing_keys::Entity::find().filter(signing_keys::Column::PublishedUntil.gt(ms(at)));
        let rows = select.order_by_asc(signing_keys::Column::SignsFrom).order_by_asc(signing_keys::Column::Id);
        rows.all(&self.transaction).await?.into_iter().map(signing_key).collect()
    }

    /// A new key. [`Error::Conflict`] when there is one by this id.
    pub async fn insert_signing_key(&mut self, key: &SigningKey, private: &[u8]) -> Result<(), Error> {
        let row = signing_keys::Model {
            id: key.id.clone(),
            algorithm: key.algorithm.name().to_owned(),
            published: key.published.to_string(),
            private_sealed: self.sealer.seal(private_place(&key.id), private)?,
            created: ms(key.created),
            signs_from: ms(key.signs_from),
            signs_until: ms(key.signs_until),
            published_until: ms(key.published_until),
        };
        insert::<signing_keys::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A key stops signing, and being published, at other times.
    pub async fn retire_signing_key(&mut self, id: &str, signs: Timestamp, published: Timestamp) -> Result<(), Error> {
        let retired = signing_keys::ActiveModel {
            signs_until: Set(ms(signs)),
            published_until: Set(ms(published)),
            ..Default::default()
        };
        let retiring = signing_keys::Entity::update_many().set(retired).filter(signing_keys::Column::Id.eq(id));
        retiring.exec(&self.transaction).await?;
        Ok(())
    }

    /// Forgets keys that are published no more.
    pub async fn drop_old_signing_keys(&mut self, at: Timestamp) -> Result<u64, Error> {
        let old = signing_keys::Entity::delete_many().filter(signing_keys::Column::PublishedUntil.lte(ms(at)));
        Ok(old.exec(&self.transaction).await?.rows_affected)
    }
}

fn private_place(id: &str) -> Place<'_> {
    Place { column: "signing_keys.private_sealed", row: id.as_bytes() }
}

fn private(sealer: &Sealer, row: &signing_keys::Model) -> Result<Vec<u8>, Error> {
    sealer.open(private_place(&row.id), &row.private_sealed)
}

fn signing_key(row: signing_keys::Model) -> Result<SigningKey, Error> {
    let named = SigningAlgorithm::ALL.into_iter().find(|algorithm| algorithm.name() == row.algorithm);
    Ok(SigningKey {
        algorithm: named.ok_or_else(|| Error::corrupt("an unknown algorithm"))?,
        published: serde_json::from_str(&row.published).map_err(Error::corrupt)?,
        created: time(row.created)?,
        signs_from: time(row.signs_from)?,
        signs_until: time(row.signs_until)?,
        published_until: time(row.published_until)?,
        id: row.id,
    })
}
