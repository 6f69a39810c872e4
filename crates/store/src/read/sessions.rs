//! A person's sessions and what they let applications do, and what a mailed link stands for.

use std::collections::{BTreeMap, BTreeSet};

use access::authority::Grant;
use access::{Application, ApplicationId, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Read, Scope};
use crate::convert::{self, ms};
use crate::entity::{applications, authorizations, consents, grants, links, sessions};
use crate::record::{opened, stored_keys};
use crate::write::administration::with_audience;
use crate::write::sessions::{device_place, link, session};
use crate::{Error, Link, LinkKind, Session, TokenHash};

impl Read {
    /// The person whose own things are read.
    fn oneself(&self, what: &'static str) -> Result<UserId, Error> {
        match self.scope {
            Scope::Oneself(user) => Ok(user),
            Scope::Permitted(_) | Scope::Public => Err(Error::OutOfScope(what)),
        }
    }

    /// The person's sessions, the newest first; also those that hold no more.
    pub async fn sessions(&self) -> Result<Vec<Session>, Error> {
        self.sessions_held(self.oneself("sessions")?).await
    }

    /// The same of a person within an administrator's reach; nobody else has any.
    pub async fn sessions_of(&self, user: UserId) -> Result<Vec<Session>, Error> {
        self.over("sessions")?;
        match self.user(user).await? {
            Some(user) => self.sessions_held(user.id).await,
            None => Ok(Vec::new()),
        }
    }

    async fn sessions_held(&self, user: UserId) -> Result<Vec<Session>, Error> {
        let keys = stored_keys(&self.reads, &self.sealer, &BTreeSet::from([user.0])).await?;
        let select = sessions::Entity::find().filter(sessions::Column::UserId.eq(user.0));
        let rows = select.order_by_desc(sessions::Column::Id).all(&self.reads).await?;
        let read = |row: sessions::Model| {
            let device = opened(&keys, user.0, device_place(&row.id), Some(&row.device))?;
            session(&row, device)
        };
        rows.into_iter().map(read).collect()
    }

    /// The applications that the person lets in at this moment and epoch, by name: what they consented to let each know, and
    /// whether it may act while they are away.
    pub async fn authorized_applications(
        &self,
        epoch: i64,
        at: Timestamp,
    ) -> Result<Vec<(Application, Option<String>, bool)>, Error> {
        let user = self.oneself("applications")?;
        let given = authorizations::Entity::find().filter(authorizations::Column::UserId.eq(user.0));
        let given = given.filter(authorizations::Column::Ended.is_null());
        let given = given.filter(authorizations::Column::Epoch.eq(epoch));
        let given = given.filter(authorizations::Column::Expires.gt(ms(at))).all(&self.reads).await?;
        let consented = consents::Entity::find().filter(consents::Column::UserId.eq(user.0)).all(&self.reads).await?;
        let mut known: BTreeMap<Uuid, (Option<String>, bool)> = BTreeMap::new();
        for row in consented {
            known.entry(row.application_id).or_default().0 = Some(row.scope);
        }
        for row in given {
            known.entry(row.application_id).or_default().1 |= row.session_id.is_none();
        }
        let select = applications::Entity::find().filter(applications::Column::Id.is_in(known.keys().copied()));
        let rows = select.order_by_asc(applications::Column::Name).all(&self.reads).await?;
        let found = with_audience(&self.reads, rows).await?.into_iter();
        Ok(found
            .map(|one| {
                let (scope, offline) = known.remove(&one.id.0).unwrap_or_default();
                (one, scope, offline)
            })
            .collect())
    }

    /// What the person may administer.
    pub async fn own_grants(&self) -> Result<Vec<Grant>, Error> {
        let user = self.oneself("grants")?;
        let held = grants::Entity::find().filter(grants::Column::UserId.eq(user.0)).order_by_asc(grants::Column::Id);
        held.all(&self.reads).await?.iter().map(convert::grant).collect()
    }

    /// The scope the person consented to let an application have.
    pub async fn consent(&self, application: ApplicationId) -> Result<Option<String>, Error> {
        let user = self.oneself("consent")?;
        let found = consents::Entity::find_by_id((user.0, application.0)).one(&self.reads).await?;
        Ok(found.map(|row| row.scope))
    }

    /// What a mailed link stands for. It may have expired: look.
    pub async fn link(&self, kind: LinkKind, token: &TokenHash) -> Result<Option<Link>, Error> {
        self.public("a link")?;
        let select = links::Entity::find_by_id(token.0.to_vec()).filter(links::Column::Kind.eq(kind.name()));
        select.one(&self.reads).await?.map(|row| link(kind, row)).transpose()
    }
}
