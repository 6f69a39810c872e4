//! Sessions of browsers, sign-ins under way, and mailed links of people who exist (rule 23).

use std::collections::BTreeSet;

use access::decision::Facts;
use access::{User, UserId};
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use serde_json::Value;
use uuid::Uuid;

use super::rows::{CHUNK, drop_expired, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::convert::{ms, time};
use crate::entity::{links, sessions, sign_ins, users};
use crate::record::keys_of;
use crate::seal::Place;
use crate::write::users::with_addresses;
use crate::{Error, Sealer, TokenHash};

/// A session of a browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Its id, the `sid` that applications know.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// The generation it was made in (rule 23).
    pub epoch: i64,
    /// When it was made.
    pub created: Timestamp,
    /// When the person last proved who they are.
    pub authenticated: Timestamp,
    /// How, by the names of RFC 8176, separated by spaces.
    pub methods: String,
    /// When it ends by itself. It stays so: authorizations that are bound to it have the same end.
    pub expires: Timestamp,
    /// When it was last used: a minute late at most.
    pub last_used: Timestamp,
    /// What the browser said of itself, and where it came from; `None` when the person was erased. Personal.
    pub device: Option<Value>,
}

impl Session {
    /// Whether it holds at a moment, for a person of this epoch (rule 23).
    pub fn holds(&self, epoch: i64, at: Timestamp) -> bool {
        self.epoch == epoch && at < self.expires
    }
}

/// What a mailed link of a person who exists is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Set a password.
    Password,
    /// Prove a new address.
    Address,
}

impl LinkKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Address => "address",
        }
    }
}

/// A mailed link of a person who exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What for.
    pub kind: LinkKind,
    /// Whose.
    pub user: UserId,
    /// Where it was mailed to, as typed: what it proves. Personal.
    pub address: String,
    /// When.
    pub created: Timestamp,
    /// When it stops working.
    pub expires: Timestamp,
}

impl Write {
    /// A person and what decides whether they may sign in, held unchanged until the commit: what is minted now carries
    /// the epoch that is read here (rule 23).
    pub async fn standing(&mut self, user: UserId) -> Result<Option<(User, Facts)>, Error> {
        let person = locked(users::Entity::find_by_id(user.0), Lock::Share).all(&self.transaction).await?;
        let Some(person) = with_addresses(&self.transaction, person).await?.pop() else { return Ok(None) };
        let facts = self.decision_facts(&person).await?;
        Ok(Some((person, facts)))
    }

    /// A new session.
    pub async fn insert_session(&mut self, session: &Session, cookie: &TokenHash) -> Result<(), Error> {
        let key = keys_of(&self.transaction, &self.sealer, &BTreeSet::from([session.user.0])).await?;
        let key = key.get(&session.user.0).ok_or_else(|| Error::corrupt("a person's key is missing"))?;
        let device = session.device.clone().unwrap_or_default().to_string();
        let row = sessions::Model {
            id: session.id,
            hash: cookie.0.to_vec(),
            user_id: session.user.0,
            epoch: session.epoch,
            created: ms(session.created),
            authenticated: ms(session.authenticated),
            methods: session.methods.clone(),
            expires: ms(session.expires),
            last_used: ms(session.last_used),
            device: self.sealer.seal_for(key, device_place(&session.id), device.as_bytes())?,
        };
        insert::<sessions::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A session by its cookie, without a lock: to learn whose it is. It may not hold any more: look.
    pub async fn session(&mut self, cookie: &TokenHash) -> Result<Option<Session>, Error> {
        let select = sessions::Entity::find().filter(sessions::Column::Hash.eq(cookie.0.to_vec()));
        let found = select.one(&self.transaction).await?;
        found.as_ref().map(|row| session(row, None)).transpose()
    }

    /// A session by its id, without a lock: what is made in it refers to it. It may not hold any more: look.
    pub async fn session_by_id(&mut self, id: Uuid) -> Result<Option<Session>, Error> {
        let found = sessions::Entity::find_by_id(id).one(&self.transaction).await?;
        found.as_ref().map(|row| session(row, None)).transpose()
    }

    /// The sessions of a person, locked, the oldest first; of their devices nothing is read.
    pub async fn sessions_of(&mut self, user: UserId) -> Result<Vec<Session>, Error> {
        let select = sessions::Entity::find().filter(sessions::Column::UserId.eq(user.0));
        let select = locked(select.order_by_asc(sessions::Column::Id), Lock::Exclusive);
        select.all(&self.transaction).await?.iter().map(|row| session(row, None)).collect()
    }

    /// A session of a person goes on in the generation that just began, the only one that does (rule 23). One of before the
    /// former generation has ended.
    pub async fn keep_session(&mut self, id: Uuid, user: UserId, epoch: i64) -> Result<(), Error> {
        let kept = sessions::Entity::update_many().col_expr(sessions::Column::Epoch, Expr::value(epoch));
        let kept = kept.filter(sessions::Column::Id.eq(id)).filter(sessions::Column::UserId.eq(user.0));
        let kept = kept.filter(sessions::Column::Epoch.eq(epoch - 1));
        kept.exec(&self.transaction).await?;
        Ok(())
    }

    /// Sessions end, and with them what was made in them.
    pub async fn delete_sessions(&mut self, ids: &[Uuid]) -> Result<(), Error> {
        for chunk in ids.chunks(CHUNK) {
            let deletion = sessions::Entity::delete_many().filter(sessions::Column::Id.is_in(padded(chunk)));
            deletion.exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// A sign-in under way, or what became of one.
    pub async fn save_sign_in(&mut self, cookie: &TokenHash, state: &Value, expires: Timestamp) -> Result<(), Error> {
        let sealed = self.sealer.seal(sign_in_place(cookie), state.to_string().as_bytes())?;
        let row = sign_ins::Model { hash: cookie.0.to_vec(), state: sealed, expires: ms(expires) };
        upsert::<sign_ins::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A sign-in under way, locked; `None` when there is none, or it took too long.
    pub async fn sign_in(&mut self, cookie: &TokenHash, at: Timestamp) -> Result<Option<Value>, Error> {
        let select = locked(sign_ins::Entity::find_by_id(cookie.0.to_vec()), Lock::Exclusive);
        opened_sign_in(&self.sealer, cookie, select.one(&self.transaction).await?, at)
    }

    /// A sign-in under way has come further; it ends when it would have.
    pub async fn change_sign_in(&mut self, cookie: &TokenHash, state: &Value) -> Result<(), Error> {
        let sealed = self.sealer.seal(sign_in_place(cookie), state.to_string().as_bytes())?;
        let changed = sign_ins::Entity::update_many().col_expr(sign_ins::Column::State, Expr::value(sealed));
        changed.filter(sign_ins::Column::Hash.eq(cookie.0.to_vec())).exec(&self.transaction).await?;
        Ok(())
    }

    /// A sign-in ends.
    pub async fn delete_sign_in(&mut self, cookie: &TokenHash) -> Result<(), Error> {
        sign_ins::Entity::delete_by_id(cookie.0.to_vec()).exec(&self.transaction).await?;
        Ok(())
    }

    /// A new link; those of its kind that the person had end.
    pub async fn insert_link(&mut self, link: &Link, token: &TokenHash) -> Result<(), Error> {
        self.delete_links(link.user, link.kind).await?;
        let row = links::Model {
            token_hash: token.0.to_vec(),
            kind: link.kind.name().to_owned(),
            user_id: link.user.0,
            address: link.address.clone(),
            created: ms(link.created),
            expires: ms(link.expires),
        };
        insert::<links::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A link, locked: who follows it at the same time waits. It may have expired: look.
    pub async fn link(&mut self, kind: LinkKind, token: &TokenHash) -> Result<Option<Link>, Error> {
        let select = links::Entity::find_by_id(token.0.to_vec()).filter(links::Column::Kind.eq(kind.name()));
        let found = locked(select, Lock::Exclusive).one(&self.transaction).await?;
        found.map(|row| link(kind, row)).transpose()
    }

    /// The links of a kind that a person has end.
    pub async fn delete_links(&mut self, user: UserId, kind: LinkKind) -> Result<(), Error> {
        let of = links::Entity::delete_many().filter(links::Column::UserId.eq(user.0));
        of.filter(links::Column::Kind.eq(kind.name())).exec(&self.transaction).await?;
        Ok(())
    }

    /// Forgets sessions, sign-ins and links that are over, at most so many of each. Returns how many.
    pub async fn drop_expired_sessions(&mut self, at: Timestamp, most: u64) -> Result<u64, Error> {
        use {links::Column as L, sessions::Column as S, sign_ins::Column as I};
        let connection = &self.transaction;
        let sessions = drop_expired::<sessions::Entity, Uuid>(connection, S::Id, S::Expires, at, most).await?;
        let sign_ins = drop_expired::<sign_ins::Entity, Vec<u8>>(connection, I::Hash, I::Expires, at, most).await?;
        let links = drop_expired::<links::Entity, Vec<u8>>(connection, L::TokenHash, L::Expires, at, most).await?;
        Ok(sessions + sign_ins + links)
    }
}

/// The place of what is known of a session's device.
pub(crate) fn device_place(session: &Uuid) -> Place<'_> {
    Place { column: "sessions.device", row: session.as_bytes() }
}

/// What a sign-in has come to, unless it took too long.
pub(crate) fn opened_sign_in(
    sealer: &Sealer,
    cookie: &TokenHash,
    row: Option<sign_ins::Model>,
    at: Timestamp,
) -> Result<Option<Value>, Error> {
    let Some(row) = row.filter(|row| ms(at) < row.expires) else { return Ok(None) };
    let plain = sealer.open(sign_in_place(cookie), &row.state)?;
    serde_json::from_slice(&plain).map(Some).map_err(Error::corrupt)
}

fn sign_in_place(cookie: &TokenHash) -> Place<'_> {
    Place { column: "sign_ins.state", row: &cookie.0 }
}

pub(crate) fn session(row: &sessions::Model, device: Option<Value>) -> Result<Session, Error> {
    Ok(Session {
        id: row.id,
        user: UserId(row.user_id),
        epoch: row.epoch,
        created: time(row.created)?,
        authenticated: time(row.authenticated)?,
        methods: row.methods.clone(),
        expires: time(row.expires)?,
        last_used: time(row.last_used)?,
        device,
    })
}

pub(crate) fn link(kind: LinkKind, row: links::Model) -> Result<Link, Error> {
    let (created, expires) = (time(row.created)?, time(row.expires)?);
    Ok(Link { kind, user: UserId(row.user_id), address: row.address, created, expires })
}
