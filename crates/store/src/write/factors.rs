//! What people prove who they are with beside a password: one-time passwords, recovery codes, passkeys (rules 79 and 80).

use std::collections::BTreeSet;

use access::UserId;
use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::rows::{insert, upsert};
use super::{Lock, Write, locked};
use crate::convert::{ms, time, times};
use crate::entity::{accounts, passkeys, recovery_codes, totps};
use crate::record::{keys_of, opened, stored_keys};
use crate::seal::Place;
use crate::{Error, Sealer, TokenHash};

/// What time-based one-time passwords are made from (RFC 6238), and which of them were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totp {
    /// The shared secret.
    pub secret: Vec<u8>,
    /// The last step that was used: none up to it works again.
    pub step: i64,
    /// How many codes in a row were wrong.
    pub wrong: i64,
    /// When the last of them came.
    pub wrong_at: Timestamp,
    /// When it was set up.
    pub created: Timestamp,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq)]
pub struct Passkey {
    /// The credential's id.
    pub id: Vec<u8>,
    /// Whose.
    pub user: UserId,
    /// What the person calls it. Personal.
    pub name: String,
    /// The public key and what belongs to it.
    pub credential: Value,
    /// Grows with each use.
    pub version: i64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last used.
    pub last_used: Option<Timestamp>,
}

/// What a person can prove beside their password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    /// One-time passwords.
    pub totp: bool,
    /// How many passkeys.
    pub passkeys: u64,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

impl Factors {
    /// Whether they have a second factor.
    pub fn any(&self) -> bool {
        self.totp || self.passkeys > 0
    }
}

impl Write {
    /// Whether the members of the person's account prove two factors.
    pub async fn second_factor_required(&mut self, account: access::AccountId) -> Result<bool, Error> {
        let found = accounts::Entity::find_by_id(account.0).one(&self.transaction).await?;
        Ok(found.is_some_and(|account| account.second_factor))
    }

    /// What a person can prove beside their password.
    pub async fn factors(&mut self, user: UserId) -> Result<Factors, Error> {
        factors(&self.transaction, user).await
    }

    /// A person's one-time passwords, locked: a code is used once, whoever sends it at the same time.
    pub async fn totp(&mut self, user: UserId) -> Result<Option<Totp>, Error> {
        let select = locked(totps::Entity::find_by_id(user.0), Lock::Exclusive);
        let Some(row) = select.one(&self.transaction).await? else { return Ok(None) };
        let keys = stored_keys(&self.transaction, &self.sealer, &BTreeSet::from([user.0])).await?;
        let Some(key) = keys.get(&user.0) else { return Ok(None) };
        Ok(Some(Totp {
            secret: key.open(totp_place(&row.user_id), &row.secret)?,
            step: row.step,
            wrong: row.wrong,
            wrong_at: time(row.wrong_at)?,
            created: time(row.created)?,
        }))
    }

    /// New or changed one-time passwords.
    pub async fn save_totp(&mut self, user: UserId, totp: &Totp) -> Result<(), Error> {
        let keys = keys_of(&self.transaction, &self.sealer, &BTreeSet::from([user.0])).await?;
        let key = keys.get(&user.0).ok_or_else(|| Error::corrupt("a person's key is missing"))?;
        let row = totps::Model {
            user_id: user.0,
            secret: self.sealer.seal_for(key, totp_place(&user.0), &totp.secret)?,
            step: totp.step,
            wrong: totp.wrong,
            wrong_at: ms(totp.wrong_at),
            created: ms(totp.created),
        };
        upsert::<totps::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A person has no one-time passwords any more.
    pub async fn delete_totp(&mut self, user: UserId) -> Result<(), Error> {
        totps::Entity::delete_by_id(user.0).exec(&self.transaction).await?;
        Ok(())
    }

    /// These are a person's recovery codes, and no others.
    pub async fn set_recovery_codes(&mut self, user: UserId, codes: &[TokenHash]) -> Result<(), Error> {
        let former = recovery_codes::Entity::delete_many().filter(recovery_codes::Column::UserId.eq(user.0));
        former.exec(&self.transaction).await?;
        let row = |code: &TokenHash| recovery_codes::Model { user_id: user.0, hash: code.0.to_vec() };
        let rows = codes.iter().map(row).map(IntoActiveModel::into_active_model).collect();
        insert::<recovery_codes::Entity, _>(&self.transaction, rows).await
    }

    /// Uses a recovery code. Whether it was one.
    pub async fn use_recovery_code(&mut self, user: UserId, code: &TokenHash) -> Result<bool, Error> {
        let used = recovery_codes::Entity::delete_by_id((user.0, code.0.to_vec())).exec(&self.transaction).await?;
        Ok(used.rows_affected == 1)
    }

    /// A person's passkeys, the oldest first.
    pub async fn passkeys_of(&mut self, user: UserId) -> Result<Vec<Passkey>, Error> {
        passkeys_of(&self.transaction, &self.sealer, user).await
    }

    /// A passkey by its credential's id, locked.
    pub async fn passkey(&mut self, id: &[u8]) -> Result<Option<Passkey>, Error> {
        let select = locked(passkeys::Entity::find_by_id(id.to_vec()), Lock::Exclusive);
        let found = select.all(&self.transaction).await?;
        Ok(read_passkeys(&self.transaction, &self.sealer, found).await?.pop())
    }

    /// A new passkey. [`Error::Conflict`] when there is one by this id.
    pub async fn insert_passkey(&mut self, passkey: &Passkey) -> Result<(), Error> {
        let row = self.passkey_row(passkey).await?;
        insert::<passkeys::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A passkey that was used.
    pub async fn save_passkey(&mut self, passkey: &Passkey) -> Result<(), Error> {
        let row = self.passkey_row(passkey).await?;
        upsert::<passkeys::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// One of a person's passkeys is gone. Whether it was theirs.
    pub async fn delete_passkey(&mut self, user: UserId, id: &[u8]) -> Result<bool, Error> {
        let gone = passkeys::Entity::delete_many().filter(passkeys::Column::UserId.eq(user.0));
        let gone = gone.filter(passkeys::Column::Id.eq(id.to_vec())).exec(&self.transaction).await?;
        Ok(gone.rows_affected == 1)
    }

    /// People have no second factors and no passkeys any more.
    pub async fn delete_factors(&mut self, users: &[UserId]) -> Result<(), Error> {
        let ids = || users.iter().map(|user| user.0);
        totps::Entity::delete_many().filter(totps::Column::UserId.is_in(ids())).exec(&self.transaction).await?;
        let codes = recovery_codes::Entity::delete_many().filter(recovery_codes::Column::UserId.is_in(ids()));
        codes.exec(&self.transaction).await?;
        passkeys::Entity::delete_many().filter(passkeys::Column::UserId.is_in(ids())).exec(&self.transaction).await?;
        Ok(())
    }

    async fn passkey_row(&self, passkey: &Passkey) -> Result<passkeys::Model, Error> {
        let user = passkey.user.0;
        let keys = keys_of(&self.transaction, &self.sealer, &BTreeSet::from([user])).await?;
        let key = keys.get(&user).ok_or_else(|| Error::corrupt("a person's key is missing"))?;
        let known = json!({ "name": passkey.name, "credential": passkey.credential }).to_string();
        Ok(passkeys::Model {
            id: passkey.id.clone(),
            user_id: user,
            credential: self.sealer.seal_for(key, passkey_place(&passkey.id), known.as_bytes())?,
            version: passkey.version,
            created: ms(passkey.created),
            last_used: passkey.last_used.map(ms),
        })
    }
}

fn totp_place(user: &uuid::Uuid) -> Place<'_> {
    Place { column: "totps.secret", row: user.as_bytes() }
}

fn passkey_place(id: &[u8]) -> Place<'_> {
    Place { column: "passkeys.credential", row: id }
}

/// What a person can prove beside their password.
pub(crate) async fn factors(connection: &impl ConnectionTrait, user: UserId) -> Result<Factors, Error> {
    let totp = totps::Entity::find_by_id(user.0).count(connection).await? > 0;
    let passkeys = passkeys::Entity::find().filter(passkeys::Column::UserId.eq(user.0)).count(connection).await?;
    let codes = recovery_codes::Entity::find().filter(recovery_codes::Column::UserId.eq(user.0));
    Ok(Factors { totp, passkeys, recovery_codes: codes.count(connection).await? })
}

/// A person's passkeys, the oldest first.
pub(crate) async fn passkeys_of<C: ConnectionTrait>(
    connection: &C,
    sealer: &Sealer,
    user: UserId,
) -> Result<Vec<Passkey>, Error> {
    let select = passkeys::Entity::find().filter(passkeys::Column::UserId.eq(user.0));
    let rows = select.order_by_asc(passkeys::Column::Created).all(connection).await?;
    read_passkeys(connection, sealer, rows).await
}

/// Passkeys from their rows; those of people who were erased are none.
pub(crate) async fn read_passkeys<C: ConnectionTrait>(
    connection: &C,
    sealer: &Sealer,
    rows: Vec<passkeys::Model>,
) -> Result<Vec<Passkey>, Error> {
    let users = rows.iter().map(|row| row.user_id).collect();
    let keys = stored_keys(connection, sealer, &users).await?;
    let mut read = Vec::with_capacity(rows.len());
    for row in rows {
        let known = opened(&keys, row.user_id, passkey_place(&row.id), Some(&row.credential))?;
        let Some(Value::Object(mut known)) = known else { continue };
        let name = known.remove("name").and_then(|name| name.as_str().map(str::to_owned));
        read.push(Passkey {
            name: name.unwrap_or_default(),
            credential: known.remove("credential").unwrap_or_default(),
            user: UserId(row.user_id),
            version: row.version,
            created: time(row.created)?,
            last_used: times(row.last_used)?,
            id: row.id,
        });
    }
    Ok(read)
}
