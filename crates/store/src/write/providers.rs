//! OpenID providers that people sign in with, and whom they know (rule 81).

use access::{AccountId, Domain, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::Write;
use super::rows::insert;
use crate::convert::{ms, time};
use crate::entity::{domains, provider_domains, providers, upstream_links};
use crate::seal::Place;
use crate::{Error, Sealer, TokenHash};

/// An OpenID provider that people sign in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Its id.
    pub id: Uuid,
    /// Whose people sign in with it; `None` for the deployment's, which is offered to everybody.
    pub account: Option<AccountId>,
    /// What people call it.
    pub name: String,
    /// Its issuer (OpenID Connect Discovery).
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// Whose people are sent to it: an account's provider only.
    pub domains: Vec<Domain>,
    /// When it was added.
    pub created: Timestamp,
}

/// Whom a provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamLink {
    /// Which provider.
    pub provider: Uuid,
    /// Whom.
    pub user: UserId,
    /// Whether the person said so with what they signed in with before; else the provider's word was enough (rule 81).
    pub confirmed: bool,
    /// Since when.
    pub created: Timestamp,
}

impl UpstreamLink {
    /// What a link is found by: the provider and the subject it names.
    pub fn hash(provider: Uuid, subject: &str) -> TokenHash {
        TokenHash::of(&format!("{provider} {subject}"))
    }
}

impl Write {
    /// A new provider with its domains. [`Error::Conflict`] when the account has sent one of them to another.
    pub async fn insert_provider(&mut self, provider: &Provider, secret: Option<&str>) -> Result<(), Error> {
        let sealed =
            secret.map(|secret| self.sealer.seal(secret_place(&provider.id), secret.as_bytes())).transpose()?;
        let row = providers::Model {
            id: provider.id,
            account_id: provider.account.map(|account| account.0),
            name: provider.name.clone(),
            issuer: provider.issuer.clone(),
            client_id: provider.client_id.clone(),
            secret_sealed: sealed,
            created: ms(provider.created),
        };
        insert::<providers::Entity, _>(&self.transaction, vec![row.into_active_model()]).await?;
        let Some(account) = provider.account else { return Ok(()) };
        let row = |domain: &Domain| provider_domains::Model {
            account_id: account.0,
            name: domain.as_str().to_owned(),
            provider_id: provider.id,
        };
        let rows = provider.domains.iter().map(row).map(IntoActiveModel::into_active_model).collect();
        insert::<provider_domains::Entity, _>(&self.transaction, rows).await
    }

    /// A provider.
    pub async fn provider(&mut self, id: Uuid) -> Result<Option<Provider>, Error> {
        provider(&self.transaction, id).await
    }

    /// A provider is gone, and whom it knew. Whether there was one.
    pub async fn delete_provider(&mut self, id: Uuid) -> Result<bool, Error> {
        let gone = providers::Entity::delete_by_id(id).exec(&self.transaction).await?;
        Ok(gone.rows_affected == 1)
    }

    /// Whom a provider knows by a subject.
    pub async fn upstream_link(&mut self, hash: &TokenHash) -> Result<Option<UpstreamLink>, Error> {
        link_by(&self.transaction, hash).await
    }

    /// From now on a provider knows somebody by a subject. [`Error::Conflict`] when it knows somebody by it already.
    pub async fn insert_upstream_link(&mut self, hash: &TokenHash, link: &UpstreamLink) -> Result<(), Error> {
        let row = upstream_links::Model {
            hash: hash.0.to_vec(),
            provider_id: link.provider,
            user_id: link.user.0,
            confirmed: link.confirmed,
            created: ms(link.created),
        };
        insert::<upstream_links::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Which providers know a person.
    pub async fn upstream_links(&mut self, user: UserId) -> Result<Vec<UpstreamLink>, Error> {
        links_of(&self.transaction, user).await
    }

    /// A provider knows a person no more. Whether it did.
    pub async fn delete_upstream_links(&mut self, user: UserId, provider: Uuid) -> Result<bool, Error> {
        let gone = upstream_links::Entity::delete_many().filter(upstream_links::Column::UserId.eq(user.0));
        let gone = gone.filter(upstream_links::Column::ProviderId.eq(provider)).exec(&self.transaction).await?;
        Ok(gone.rows_affected > 0)
    }

    /// A provider knows nobody by a subject any more.
    pub async fn delete_upstream_link(&mut self, hash: &TokenHash) -> Result<(), Error> {
        upstream_links::Entity::delete_by_id(hash.0.to_vec()).exec(&self.transaction).await?;
        Ok(())
    }

    /// No provider knows a person any more by its own word alone. Returns the links that were there.
    pub async fn delete_unconfirmed_links(&mut self, user: UserId) -> Result<Vec<UpstreamLink>, Error> {
        let gone = upstream_links::Entity::delete_many().filter(upstream_links::Column::UserId.eq(user.0));
        let gone = gone.filter(upstream_links::Column::Confirmed.eq(false));
        gone.exec_with_returning(&self.transaction).await?.iter().map(link).collect()
    }

    /// No provider knows these people any more.
    pub async fn forget_upstream(&mut self, users: &[UserId]) -> Result<(), Error> {
        let of = upstream_links::Column::UserId.is_in(users.iter().map(|user| user.0));
        upstream_links::Entity::delete_many().filter(of).exec(&self.transaction).await?;
        Ok(())
    }
}

fn secret_place(provider: &Uuid) -> Place<'_> {
    Place { column: "providers.secret_sealed", row: provider.as_bytes() }
}

fn link(row: &upstream_links::Model) -> Result<UpstreamLink, Error> {
    let (provider, user) = (row.provider_id, UserId(row.user_id));
    Ok(UpstreamLink { provider, user, confirmed: row.confirmed, created: time(row.created)? })
}

/// Whom a provider knows by a subject.
pub(crate) async fn link_by(
    connection: &impl ConnectionTrait,
    hash: &TokenHash,
) -> Result<Option<UpstreamLink>, Error> {
    let found = upstream_links::Entity::find_by_id(hash.0.to_vec()).one(connection).await?;
    found.as_ref().map(link).transpose()
}

/// Which providers know a person.
pub(crate) async fn links_of(connection: &impl ConnectionTrait, user: UserId) -> Result<Vec<UpstreamLink>, Error> {
    let select = upstream_links::Entity::find().filter(upstream_links::Column::UserId.eq(user.0));
    let rows = select.order_by_asc(upstream_links::Column::Created).all(connection).await?;
    rows.iter().map(link).collect()
}

/// A provider with its domains.
pub(crate) async fn provider(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<Provider>, Error> {
    let found = providers::Entity::find_by_id(id).all(connection).await?;
    Ok(with_domains(connection, found).await?.pop())
}

/// The providers of an account, or of the deployment, the oldest first.
pub(crate) async fn providers_of(
    connection: &impl ConnectionTrait,
    account: Option<AccountId>,
) -> Result<Vec<Provider>, Error> {
    let select = providers::Entity::find().filter(match account {
        Some(account) => providers::Column::AccountId.eq(account.0),
        None => providers::Column::AccountId.is_null(),
    });
    let rows = select.order_by_asc(providers::Column::Id).all(connection).await?;
    with_domains(connection, rows).await
}

/// The provider that people on a domain sign in with: its account has the domain verified now.
pub(crate) async fn provider_of(connection: &impl ConnectionTrait, domain: &Domain) -> Result<Option<Uuid>, Error> {
    let owner = domains::Entity::find().filter(domains::Column::Name.eq(domain.as_str()));
    let Some(owner) = owner.filter(domains::Column::State.eq("Verified")).one(connection).await? else {
        return Ok(None);
    };
    let key = (owner.account_id, owner.name);
    let found = provider_domains::Entity::find_by_id(key).one(connection).await?;
    Ok(found.map(|row| row.provider_id))
}

/// The sealed secret of a provider.
pub(crate) async fn secret(
    connection: &impl ConnectionTrait,
    sealer: &Sealer,
    id: Uuid,
) -> Result<Option<String>, Error> {
    let found = providers::Entity::find_by_id(id).one(connection).await?;
    let Some(sealed) = found.and_then(|row| row.secret_sealed) else { return Ok(None) };
    let plain = sealer.open(secret_place(&id), &sealed)?;
    String::from_utf8(plain).map(Some).map_err(|_| Error::corrupt("a provider's secret is no text"))
}

async fn with_domains(connection: &impl ConnectionTrait, rows: Vec<providers::Model>) -> Result<Vec<Provider>, Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let of = provider_domains::Entity::find().filter(provider_domains::Column::ProviderId.is_in(ids));
    let of = of.order_by_asc(provider_domains::Column::Name).all(connection).await?;
    let read = |row: providers::Model| {
        let its = of.iter().filter(|domain| domain.provider_id == row.id);
        let domains =
            its.map(|domain| Domain::named(&domain.name).map_err(|_| Error::corrupt("a domain that is none")));
        Ok(Provider {
            id: row.id,
            account: row.account_id.map(AccountId),
            name: row.name,
            issuer: row.issuer,
            client_id: row.client_id,
            domains: domains.collect::<Result<_, Error>>()?,
            created: time(row.created)?,
        })
    };
    rows.into_iter().map(read).collect()
}
