//! Grants, applications and the catalog.

use std::collections::{BTreeSet, HashMap};

use access::application::{Application, Audience};
use access::authority::{Grant, Over, Role};
use access::decision::{ApplicationFacts, AudienceFacts, Facts};
use access::{AccountId, ApplicationId, BaseLicense, Catalog, GrantId, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, Select, Set};
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded};
use super::{Lock, Write, locked};
use crate::convert::{self, ms};
use crate::entity::{accounts, application_accounts, applications, catalogs, grants};
use crate::{Error, Store};

impl Write {
    /// What each of these people may administer. Nobody without a grant is in the answer.
    pub async fn grants_of(&mut self, users: &[UserId]) -> Result<HashMap<UserId, Vec<Grant>>, Error> {
        let ids: BTreeSet<Uuid> = users.iter().map(|id| id.0).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut held: HashMap<UserId, Vec<Grant>> = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let select = grants::Entity::find().filter(grants::Column::UserId.is_in(padded(chunk)));
            for row in select.order_by_asc(grants::Column::Id).all(&self.transaction).await? {
                held.entry(UserId(row.user_id)).or_default().push(convert::grant(&row)?);
            }
        }
        Ok(held)
    }

    /// Who may administer this, locked: so that the last `FullAccess` stays (rule 28).
    pub async fn grants_over(&mut self, over: Over) -> Result<Vec<Grant>, Error> {
        let select = grants_over(over).order_by_asc(grants::Column::Id);
        let rows = locked(select, Lock::Exclusive).all(&self.transaction).await?;
        rows.iter().map(convert::grant).collect()
    }

    /// One grant, without a lock: to learn whose it is. [`Write::hold_grant`] it before something is built on it.
    pub async fn grant(&mut self, id: GrantId) -> Result<Option<Grant>, Error> {
        let found = grants::Entity::find_by_id(id.0).one(&self.transaction).await?;
        found.as_ref().map(convert::grant).transpose()
    }

    /// Keeps a grant until the commit; whether it is there still. People are locked before.
    pub async fn hold_grant(&mut self, id: GrantId) -> Result<bool, Error> {
        let select = locked(grants::Entity::find_by_id(id.0), Lock::Share);
        Ok(select.one(&self.transaction).await?.is_some())
    }

    /// A new grant. [`Error::Conflict`] when the person has one over the same.
    pub async fn insert_grant(&mut self, grant: &Grant, at: Timestamp) -> Result<(), Error> {
        let account = match grant.over {
            Over::Deployment => None,
            Over::Account(account) => Some(account.0),
        };
        let row = grants::Model {
            id: grant.id.0,
            user_id: grant.user.0,
            account_id: account,
            role: grant.role.name().to_owned(),
            created: ms(at),
        };
        insert::<grants::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// A grant allows something else from now on.
    pub async fn save_role(&mut self, id: GrantId, role: Role) -> Result<(), Error> {
        let update = grants::Entity::update_many()
            .set(grants::ActiveModel { role: Set(role.name().to_owned()), ..Default::default() })
            .filter(grants::Column::Id.eq(id.0));
        update.exec(&self.transaction).await?;
        Ok(())
    }

    /// Takes grants away; their access keys and tokens go with them.
    pub async fn delete_grants(&mut self, ids: &[GrantId]) -> Result<(), Error> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        for chunk in ids.chunks(CHUNK) {
            let deletion = grants::Entity::delete_many().filter(grants::Column::Id.is_in(padded(chunk)));
            deletion.exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// A new application.
    pub async fn insert_application(&mut self, application: &Application, at: Timestamp) -> Result<(), Error> {
        let row = applications::ActiveModel { created: Set(ms(at)), ..application_row(application)? };
        insert::<applications::Entity, _>(&self.transaction, vec![row]).await?;
        insert::<application_accounts::Entity, _>(&self.transaction, listed_rows(application)).await
    }

    /// An application, locked.
    pub async fn application(&mut self, id: ApplicationId) -> Result<Option<Application>, Error> {
        let select = locked(applications::Entity::find_by_id(id.0), Lock::Exclusive);
        let rows = select.all(&self.transaction).await?;
        Ok(with_audience(&self.transaction, rows).await?.pop())
    }

    /// An application and what decides whether somebody enters it, without locks: a change of it is before this or
    /// after it.
    pub async fn entrance(&mut self, id: ApplicationId, person: &Facts) -> Result<Option<Entrance>, Error> {
        entrance(&self.transaction, id, person.account.map(|account| account.id)).await
    }

    /// A changed application.
    pub async fn save_application(&mut self, application: &Application) -> Result<(), Error> {
        applications::Entity::update(application_row(application)?).exec(&self.transaction).await?;
        let of = application_accounts::Column::ApplicationId.eq(application.id.0);
        application_accounts::Entity::delete_many().filter(of).exec(&self.transaction).await?;
        insert::<application_accounts::Entity, _>(&self.transaction, listed_rows(application)).await
    }

    /// The catalog in force.
    pub async fn current_catalog(&mut self) -> Result<Catalog, Error> {
        let newest = catalogs::Entity::find().order_by_desc(catalogs::Column::Version).one(&self.transaction).await?;
        catalog(&newest.ok_or_else(|| Error::corrupt("there is no catalog"))?)
    }

    /// The next version of the catalog. [`Error::Conflict`] when that version exists.
    pub async fn insert_catalog(&mut self, catalog: &Catalog, at: Timestamp) -> Result<(), Error> {
        let features = serde_json::to_string(&catalog.features).map_err(Error::corrupt)?;
        let row = catalogs::Model { version: catalog.version, features, at: ms(at) };
        insert::<catalogs::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }
}

/// An application, and what decides whether a person enters it (rule 13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// The application.
    pub application: Application,
    /// As far as the person is concerned.
    pub facts: ApplicationFacts,
}

impl Store {
    /// An application as anybody may know it who is sent here by it.
    pub async fn entrance(&self, id: ApplicationId) -> Result<Option<Entrance>, Error> {
        entrance(&self.0.reads, id, None).await
    }
}

async fn entrance(
    connection: &impl ConnectionTrait,
    id: ApplicationId,
    member_of: Option<AccountId>,
) -> Result<Option<Entrance>, Error> {
    let row = applications::Entity::find_by_id(id.0).all(connection).await?;
    let Some(application) = with_audience(connection, row).await?.pop() else { return Ok(None) };
    let owner = match application.owner {
        Some(owner) => accounts::Entity::find_by_id(owner.0).one(connection).await?,
        None => None,
    };
    let audience = match &application.audience {
        Audience::Anyone => AudienceFacts::Anyone,
        Audience::Members => AudienceFacts::Members(application.owner),
        Audience::Accounts(listed) => {
            AudienceFacts::Accounts { listed: member_of.is_some_and(|account| listed.contains(&account)) }
        }
    };
    let facts = ApplicationFacts {
        id,
        stopped: owner.is_some_and(|owner| owner.deleted.is_some()),
        audience,
        required_license: application.required_license,
        required_feature: application.required_feature.clone(),
    };
    Ok(Some(Entrance { application, facts }))
}

/// The grants over the deployment or one account.
pub(crate) fn grants_over(over: Over) -> Select<grants::Entity> {
    grants::Entity::find().filter(match over {
        Over::Deployment => grants::Column::AccountId.is_null(),
        Over::Account(account) => grants::Column::AccountId.eq(account.0),
    })
}

pub(crate) fn catalog(row: &catalogs::Model) -> Result<Catalog, Error> {
    let features = serde_json::from_str(&row.features).map_err(|_| Error::corrupt("a catalog that is none"))?;
    Ok(Catalog { version: row.version, features })
}

/// Applications with the accounts listed in their audiences, in the same order.
pub(crate) async fn with_audience(
    connection: &impl ConnectionTrait,
    rows: Vec<applications::Model>,
) -> Result<Vec<Application>, Error> {
    let mut listed: HashMap<Uuid, Vec<AccountId>> = HashMap::new();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for chunk in ids.chunks(CHUNK) {
        let select = application_accounts::Entity::find()
            .filter(application_accounts::Column::ApplicationId.is_in(padded(chunk)))
            .order_by_asc(application_accounts::Column::AccountId);
        for row in select.all(connection).await? {
            listed.entry(row.application_id).or_default().push(AccountId(row.account_id));
        }
    }
    let applications = rows.into_iter().map(|row| {
        let accounts = listed.remove(&row.id).unwrap_or_default();
        convert::application(row, accounts)
    });
    applications.collect()
}

/// Everything but when it was made.
fn application_row(application: &Application) -> Result<applications::ActiveModel, Error> {
    let client = application.client.as_ref().map(serde_json::to_string).transpose().map_err(Error::corrupt)?;
    Ok(applications::ActiveModel {
        id: Set(application.id.0),
        name: Set(application.name.clone()),
        owner_account: Set(application.owner.map(|owner| owner.0)),
        audience: Set(application.audience.name().to_owned()),
        required_license: Set(application.required_license.map(BaseLicense::name).map(str::to_owned)),
        required_feature: Set(application.required_feature.clone().map(String::from)),
        client: Set(client),
        created: sea_orm::ActiveValue::NotSet,
    })
}

fn listed_rows(application: &Application) -> Vec<application_accounts::ActiveModel> {
    let Audience::Accounts(accounts) = &application.audience else { return Vec::new() };
    let accounts: BTreeSet<&AccountId> = accounts.iter().collect();
    let rows = accounts.into_iter().map(|account| {
        application_accounts::Model { application_id: application.id.0, account_id: account.0 }.into_active_model()
    });
    rows.collect()
}
