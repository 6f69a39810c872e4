//! Grants, keys, tokens, applications and the catalog.

use access::authority::{Grant, Over};
use access::{AccountId, Application, ApplicationId, Catalog};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

use super::{Read, Scope};
use crate::Error;
use crate::convert;
use crate::entity::{access_keys, api_tokens, applications, catalogs, grants};
use crate::write::administration::{catalog, grants_over, with_audience};
use crate::write::{AccessKey, Token, keys};

impl Read {
    /// The grants over what this scope reaches: all of them in the deployment's, one's own in one's own.
    pub async fn grants(&self) -> Result<Vec<Grant>, Error> {
        let rows = self.reached()?.order_by_asc(grants::Column::Id).all(&self.reads).await?;
        rows.iter().map(convert::grant).collect()
    }

    /// The access keys behind those grants, revoked ones too.
    pub async fn access_keys(&self) -> Result<Vec<AccessKey>, Error> {
        let held = self.reached()?.select_only().column(grants::Column::Id).into_query();
        let select = access_keys::Entity::find().filter(access_keys::Column::GrantId.in_subquery(held));
        let rows = select.order_by_asc(access_keys::Column::Created).order_by_asc(access_keys::Column::Id);
        rows.all(&self.reads).await?.into_iter().map(keys::access_key).collect()
    }

    /// The tokens behind those grants and of this scope's applications, revoked ones too.
    pub async fn tokens(&self) -> Result<Vec<Token>, Error> {
        let held = self.reached()?.select_only().column(grants::Column::Id).into_query();
        let mut of = sea_orm::Condition::any().add(api_tokens::Column::GrantId.in_subquery(held));
        if !matches!(self.scope, Scope::Oneself(_)) {
            let owned = self.owned()?.select_only().column(applications::Column::Id).into_query();
            of = of.add(api_tokens::Column::ApplicationId.in_subquery(owned));
        }
        let rows = api_tokens::Entity::find().filter(of).order_by_asc(api_tokens::Column::Id);
        rows.all(&self.reads).await?.into_iter().map(keys::token).collect()
    }

    /// The applications: the account's own, or all.
    pub async fn applications(&self) -> Result<Vec<Application>, Error> {
        let rows = self.owned()?.order_by_asc(applications::Column::Id).all(&self.reads).await?;
        with_audience(&self.reads, rows).await
    }

    /// An application; `None` when it is unknown or out of reach.
    pub async fn application(&self, id: ApplicationId) -> Result<Option<Application>, Error> {
        let rows = self.owned()?.filter(applications::Column::Id.eq(id.0)).all(&self.reads).await?;
        Ok(with_audience(&self.reads, rows).await?.pop())
    }

    /// The catalog in force.
    pub async fn current_catalog(&self) -> Result<Catalog, Error> {
        let newest = catalogs::Entity::find().order_by_desc(catalogs::Column::Version).one(&self.reads).await?;
        catalog(&newest.ok_or_else(|| Error::corrupt("there is no catalog"))?)
    }

    /// A version of the catalog, if there is one.
    pub async fn catalog_version(&self, version: i64) -> Result<Option<Catalog>, Error> {
        catalogs::Entity::find_by_id(version).one(&self.reads).await?.as_ref().map(catalog).transpose()
    }

    /// The versions of the catalog and when each came into force, the newest first, from the one before `before`.
    pub async fn catalog_versions(&self, before: Option<i64>, limit: u64) -> Result<Vec<(i64, Timestamp)>, Error> {
        let select = catalogs::Entity::find().select_only();
        let mut select = select.columns([catalogs::Column::Version, catalogs::Column::At]);
        if let Some(before) = before {
            select = select.filter(catalogs::Column::Version.lt(before));
        }
        let select = select.order_by_desc(catalogs::Column::Version).limit(limit);
        let rows: Vec<(i64, i64)> = select.into_tuple().all(&self.reads).await?;
        rows.into_iter().map(|(version, at)| Ok((version, convert::time(at)?))).collect()
    }

    fn reached(&self) -> Result<Select<grants::Entity>, Error> {
        match self.scope {
            Scope::Oneself(user) => Ok(grants::Entity::find().filter(grants::Column::UserId.eq(user.0))),
            _ => Ok(match self.over("grants")? {
                Over::Deployment => grants::Entity::find(),
                account @ Over::Account(_) => grants_over(account),
            }),
        }
    }

    fn owned(&self) -> Result<Select<applications::Entity>, Error> {
        Ok(match self.over("applications")? {
            Over::Deployment => applications::Entity::find(),
            Over::Account(AccountId(account)) => {
                applications::Entity::find().filter(applications::Column::OwnerAccount.eq(account))
            }
        })
    }
}
