//! What people let applications do in their name, and the codes and tokens made from it (RFC 6749, RFC 9700).

use std::collections::{BTreeSet, HashMap};

use access::{ApplicationId, UserId};
use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::rows::{CHUNK, drop_expired, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::convert::{self, ms, time, times};
use crate::entity::{access_tokens, applications, authorizations, codes, consents, refresh_tokens};
use crate::{Error, TokenHash};

/// An authorization code (RFC 6749 section 4.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The session in which it was made.
    pub session: Uuid,
    /// For which application.
    pub application: ApplicationId,
    /// The redirect URI as it was sent; `None` when it was left out.
    pub redirect_uri: Option<String>,
    /// What was asked for, separated by spaces.
    pub scope: String,
    /// To be repeated in the ID token.
    pub nonce: Option<String>,
    /// SHA-256 of the verifier, in base64url (RFC 7636).
    pub challenge: Option<String>,
    /// When it stops working.
    pub expires: Timestamp,
    /// What it was exchanged for.
    pub authorization: Option<Uuid>,
}

/// What a person lets an application do in their name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub user: UserId,
    /// For which application.
    pub application: ApplicationId,
    /// The session it ends with; `None` for offline access.
    pub session: Option<Uuid>,
    /// The session in which it was made.
    pub sid: Uuid,
    /// The generation in which it was made (rule 23).
    pub epoch: i64,
    /// What it allows, separated by spaces.
    pub scope: String,
    /// When the person had proved who they are.
    pub authenticated: Timestamp,
    /// How, by the names of RFC 8176, separated by spaces.
    pub methods: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself: one with a session when that does.
    pub expires: Timestamp,
    /// When it was ended.
    pub ended: Option<Timestamp>,
}

/// A token that is kept as its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIssued {
    /// Its id.
    pub id: Uuid,
    /// What it is made from.
    pub authorization: Uuid,
    /// When.
    pub created: Timestamp,
    /// When it stops working.
    pub expires: Timestamp,
}

/// A refresh token that was presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    /// What it was made from.
    pub authorization: Uuid,
    /// When it stops working.
    pub expires: Timestamp,
    /// When it was used.
    pub used: Option<Timestamp>,
}

impl Write {
    /// A new code.
    pub async fn insert_code(&mut self, code: &Code, hash: &TokenHash) -> Result<(), Error> {
        let row = codes::Model {
            hash: hash.0.to_vec(),
            session_id: code.session,
            application_id: code.application.0,
            redirect_uri: code.redirect_uri.clone(),
            scope: code.scope.clone(),
            nonce: code.nonce.clone(),
            challenge: code.challenge.clone(),
            expires: ms(code.expires),
            authorization_id: code.authorization,
        };
        insert::<codes::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Whose a code or a refresh token is, without a lock: people are locked before what they have.
    pub async fn holder(&mut self, presented: &TokenHash) -> Result<Option<UserId>, Error> {
        let hash = presented.0.to_vec();
        if let Some(code) = codes::Entity::find_by_id(hash.clone()).one(&self.transaction).await? {
            return Ok(self.session_by_id(code.session_id).await?.map(|session| session.user));
        }
        let Some(token) = refresh_tokens::Entity::find_by_id(hash).one(&self.transaction).await? else {
            return Ok(None);
        };
        let found = authorizations::Entity::find_by_id(token.authorization_id).one(&self.transaction).await?;
        Ok(found.map(|authorization| UserId(authorization.user_id)))
    }

    /// A code, locked: who exchanges it at the same time waits. It may have expired or been used: look.
    pub async fn code(&mut self, hash: &TokenHash) -> Result<Option<Code>, Error> {
        let select = locked(codes::Entity::find_by_id(hash.0.to_vec()), Lock::Exclusive);
        let found = select.one(&self.transaction).await?;
        let read = |row: codes::Model| {
            Ok(Code {
                session: row.session_id,
                application: ApplicationId(row.application_id),
                redirect_uri: row.redirect_uri,
                scope: row.scope,
                nonce: row.nonce,
                challenge: row.challenge,
                expires: time(row.expires)?,
                authorization: row.authorization_id,
            })
        };
        found.map(read).transpose()
    }

    /// A code was exchanged.
    pub async fn code_exchanged(&mut self, hash: &TokenHash, authorization: Uuid) -> Result<(), Error> {
        let exchanged = codes::Entity::update_many()
            .col_expr(codes::Column::AuthorizationId, Expr::value(Some(authorization)))
            .filter(codes::Column::Hash.eq(hash.0.to_vec()));
        exchanged.exec(&self.transaction).await?;
        Ok(())
    }

    /// A new authorization. [`Error::Conflict`] when its session ended meanwhile.
    pub async fn insert_authorization(&mut self, authorization: &Authorization) -> Result<(), Error> {
        let row = authorizations::Model {
            id: authorization.id,
            user_id: authorization.user.0,
            application_id: authorization.application.0,
            session_id: authorization.session,
            sid: authorization.sid,
            epoch: authorization.epoch,
            scope: authorization.scope.clone(),
            authenticated: ms(authorization.authenticated),
            methods: authorization.methods.clone(),
            created: ms(authorization.created),
            expires: ms(authorization.expires),
            ended: authorization.ended.map(ms),
        };
        insert::<authorizations::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// An authorization, locked. It may not hold any more: look.
    pub async fn authorization(&mut self, id: Uuid) -> Result<Option<Authorization>, Error> {
        let select = locked(authorizations::Entity::find_by_id(id), Lock::Exclusive);
        select.one(&self.transaction).await?.map(authorization).transpose()
    }

    /// The authorizations that a person gave and nothing has ended since; without locks.
    pub async fn authorizations_of(&mut self, user: UserId) -> Result<Vec<Authorization>, Error> {
        let select = authorizations::Entity::find().filter(authorizations::Column::Ended.is_null());
        let select = select.filter(authorizations::Column::UserId.eq(user.0));
        let rows = select.order_by_asc(authorizations::Column::Id).all(&self.transaction).await?;
        rows.into_iter().map(authorization).collect()
    }

    /// Which applications each of these people was entered in, in the generation given with them, and perhaps in one
    /// session only; those alone that want to be told when sessions end. Also where what was made was ended since: the
    /// application's own session may go on. A person who is locked enters nowhere meanwhile.
    pub async fn entered(
        &mut self,
        people: &[(UserId, i64)],
        sid: Option<Uuid>,
        at: Timestamp,
    ) -> Result<Vec<(UserId, ApplicationId)>, Error> {
        let mut entered = BTreeSet::new();
        let epochs: HashMap<Uuid, i64> = people.iter().map(|(user, epoch)| (user.0, *epoch)).collect();
        let ids: Vec<Uuid> = people.iter().map(|(user, _)| user.0).collect();
        for chunk in ids.chunks(CHUNK) {
            let mut select = authorizations::Entity::find()
                .select_only()
                .columns([
                    authorizations::Column::UserId,
                    authorizations::Column::ApplicationId,
                    authorizations::Column::Epoch,
                ])
                .distinct()
                .filter(authorizations::Column::UserId.is_in(padded(chunk)))
                .filter(authorizations::Column::Expires.gt(ms(at)));
            if let Some(sid) = sid {
                select = select.filter(authorizations::Column::Sid.eq(sid));
            }
            let rows: Vec<(Uuid, Uuid, i64)> = select.into_tuple().all(&self.transaction).await?;
            let current = rows.into_iter().filter(|(user, _, epoch)| epochs.get(user) == Some(epoch));
            entered.extend(current.map(|(user, application, _)| (UserId(user), ApplicationId(application))));
        }
        let applications: BTreeSet<Uuid> = entered.iter().map(|(_, application)| application.0).collect();
        let told = self.want_to_be_told(&applications.into_iter().collect::<Vec<_>>()).await?;
        Ok(entered.into_iter().filter(|(_, application)| told.contains(application)).collect())
    }

    async fn want_to_be_told(&self, ids: &[Uuid]) -> Result<BTreeSet<ApplicationId>, Error> {
        let mut told = BTreeSet::new();
        for chunk in ids.chunks(CHUNK) {
            let select = applications::Entity::find().filter(applications::Column::Id.is_in(padded(chunk)));
            for row in select.all(&self.transaction).await? {
                let application = convert::application(row, Vec::new())?;
                if application.client.is_some_and(|client| client.backchannel_logout_uri.is_some()) {
                    told.insert(application.id);
                }
            }
        }
        Ok(told)
    }

    /// Everything that was made from it is over.
    pub async fn end_authorizations(&mut self, ids: &[Uuid], at: Timestamp) -> Result<(), Error> {
        let ending = authorizations::Entity::update_many()
            .col_expr(authorizations::Column::Ended, Expr::value(Some(ms(at))))
            .filter(authorizations::Column::Id.is_in(ids.iter().copied()))
            .filter(authorizations::Column::Ended.is_null());
        ending.exec(&self.transaction).await?;
        Ok(())
    }

    /// Everything that people let an application do is over.
    pub async fn end_authorizations_of(&mut self, application: ApplicationId, at: Timestamp) -> Result<(), Error> {
        let ending = authorizations::Entity::update_many()
            .col_expr(authorizations::Column::Ended, Expr::value(Some(ms(at))))
            .filter(authorizations::Column::ApplicationId.eq(application.0))
            .filter(authorizations::Column::Ended.is_null());
        ending.exec(&self.transaction).await?;
        Ok(())
    }

    /// A new access token with a scope of its own.
    pub async fn insert_access_token(&mut self, new: &NewIssued, scope: &str, hash: &TokenHash) -> Result<(), Error> {
        let row = access_tokens::Model {
            hash: hash.0.to_vec(),
            id: new.id,
            authorization_id: new.authorization,
            scope: scope.to_owned(),
            created: ms(new.created),
            expires: ms(new.expires),
        };
        insert::<access_tokens::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A new refresh token.
    pub async fn insert_refresh_token(&mut self, new: &NewIssued, hash: &TokenHash) -> Result<(), Error> {
        let row = refresh_tokens::Model {
            hash: hash.0.to_vec(),
            id: new.id,
            authorization_id: new.authorization,
            created: ms(new.created),
            expires: ms(new.expires),
            used: None,
        };
        insert::<refresh_tokens::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A refresh token, locked: who uses it at the same time waits, and is found out.
    pub async fn refresh_token(&mut self, hash: &TokenHash) -> Result<Option<RefreshToken>, Error> {
        let select = locked(refresh_tokens::Entity::find_by_id(hash.0.to_vec()), Lock::Exclusive);
        let found = select.one(&self.transaction).await?;
        let read = |row: refresh_tokens::Model| {
            let (expires, used) = (time(row.expires)?, times(row.used)?);
            Ok(RefreshToken { authorization: row.authorization_id, expires, used })
        };
        found.map(read).transpose()
    }

    /// A refresh token was used.
    pub async fn refresh_token_used(&mut self, hash: &TokenHash, at: Timestamp) -> Result<(), Error> {
        let used = refresh_tokens::Entity::update_many()
            .col_expr(refresh_tokens::Column::Used, Expr::value(Some(ms(at))))
            .filter(refresh_tokens::Column::Hash.eq(hash.0.to_vec()));
        used.exec(&self.transaction).await?;
        Ok(())
    }

    /// What an access token was made from.
    pub async fn access_token(&mut self, hash: &TokenHash) -> Result<Option<Uuid>, Error> {
        let found = access_tokens::Entity::find_by_id(hash.0.to_vec()).one(&self.transaction).await?;
        Ok(found.map(|row| row.authorization_id))
    }

    /// An access token ends.
    pub async fn delete_access_token(&mut self, hash: &TokenHash) -> Result<(), Error> {
        access_tokens::Entity::delete_by_id(hash.0.to_vec()).exec(&self.transaction).await?;
        Ok(())
    }

    /// The scope a person consented to let an application have.
    pub async fn consent(&mut self, user: UserId, application: ApplicationId) -> Result<Option<String>, Error> {
        let found = consents::Entity::find_by_id((user.0, application.0)).one(&self.transaction).await?;
        Ok(found.map(|row| row.scope))
    }

    /// A person consents.
    pub async fn save_consent(
        &mut self,
        user: UserId,
        application: ApplicationId,
        scope: &str,
        at: Timestamp,
    ) -> Result<(), Error> {
        let row =
            consents::Model { user_id: user.0, application_id: application.0, scope: scope.to_owned(), at: ms(at) };
        upsert::<consents::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A person takes their consent back.
    pub async fn delete_consent(&mut self, user: UserId, application: ApplicationId) -> Result<(), Error> {
        consents::Entity::delete_by_id((user.0, application.0)).exec(&self.transaction).await?;
        Ok(())
    }

    /// Forgets codes, tokens and authorizations that are over, at most so many of each. Returns how many.
    pub async fn drop_expired_tokens(&mut self, at: Timestamp, most: u64) -> Result<u64, Error> {
        use {
            access_tokens::Column as T, authorizations::Column as A, codes::Column as C, refresh_tokens::Column as R,
        };
        let connection = &self.transaction;
        let codes = drop_expired::<codes::Entity, Vec<u8>>(connection, C::Hash, C::Expires, at, most).await?;
        let access = drop_expired::<access_tokens::Entity, Vec<u8>>(connection, T::Hash, T::Expires, at, most).await?;
        let refresh =
            drop_expired::<refresh_tokens::Entity, Vec<u8>>(connection, R::Hash, R::Expires, at, most).await?;
        let given = drop_expired::<authorizations::Entity, Uuid>(connection, A::Id, A::Expires, at, most).await?;
        Ok(codes + access + refresh + given)
    }
}

fn authorization(row: authorizations::Model) -> Result<Authorization, Error> {
    Ok(Authorization {
        id: row.id,
        user: UserId(row.user_id),
        application: ApplicationId(row.application_id),
        session: row.session_id,
        sid: row.sid,
        epoch: row.epoch,
        scope: row.scope,
        authenticated: time(row.authenticated)?,
        methods: row.methods,
        created: time(row.created)?,
        expires: time(row.expires)?,
        ended: times(row.ended)?,
    })
}
