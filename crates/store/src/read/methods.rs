//! How people sign in: their passkeys and second factors, sign-ins under way, and the providers they sign in with.

use access::{AccountId, Domain, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::Value;
use uuid::Uuid;

use super::{Read, Scope};
use crate::entity::{grants, passkeys, sign_ins};
use crate::write::sessions::opened_sign_in;
use crate::write::{factors, providers};
use crate::{Error, Factors, Passkey, Provider, TokenHash, UpstreamLink};

impl Read {
    /// A sign-in under way; `None` when there is none, or it took too long.
    pub async fn sign_in(&self, cookie: &TokenHash, at: Timestamp) -> Result<Option<Value>, Error> {
        self.public("a sign-in")?;
        let found = sign_ins::Entity::find_by_id(cookie.0.to_vec()).one(&self.reads).await?;
        opened_sign_in(&self.sealer, cookie, found, at)
    }

    /// A passkey by its credential's id.
    pub async fn passkey(&self, id: &[u8]) -> Result<Option<Passkey>, Error> {
        self.public("a passkey")?;
        let found = passkeys::Entity::find_by_id(id.to_vec()).all(&self.reads).await?;
        Ok(factors::read_passkeys(&self.reads, &self.sealer, found).await?.pop())
    }

    /// The person's passkeys, the oldest first.
    pub async fn passkeys(&self) -> Result<Vec<Passkey>, Error> {
        let user = self.own("passkeys")?;
        factors::passkeys_of(&self.reads, &self.sealer, user).await
    }

    /// What the person can prove beside their password.
    pub async fn factors(&self) -> Result<Factors, Error> {
        let user = self.own("second factors")?;
        factors::factors(&self.reads, user).await
    }

    /// Which providers know the person.
    pub async fn upstream_links(&self) -> Result<Vec<UpstreamLink>, Error> {
        let user = self.own("links")?;
        providers::links_of(&self.reads, user).await
    }

    /// Whom a provider knows by a subject.
    pub async fn upstream_link(&self, hash: &TokenHash) -> Result<Option<UpstreamLink>, Error> {
        self.public("a link")?;
        providers::link_by(&self.reads, hash).await
    }

    /// The provider that people on a domain sign in with.
    pub async fn provider_of(&self, domain: &Domain) -> Result<Option<Provider>, Error> {
        self.public("a provider")?;
        match providers::provider_of(&self.reads, domain).await? {
            Some(id) => providers::provider(&self.reads, id).await,
            None => Ok(None),
        }
    }

    /// A provider, whosever.
    pub async fn provider(&self, id: Uuid) -> Result<Option<Provider>, Error> {
        self.public("a provider")?;
        providers::provider(&self.reads, id).await
    }

    /// What we prove to a provider that we are who it knows.
    pub async fn provider_secret(&self, id: Uuid) -> Result<Option<String>, Error> {
        self.public("a provider")?;
        providers::secret(&self.reads, &self.sealer, id).await
    }

    /// The providers of an account, or of the deployment, the oldest first.
    pub async fn providers(&self, account: Option<AccountId>) -> Result<Vec<Provider>, Error> {
        providers::providers_of(&self.reads, account).await
    }

    /// Whether the person administers anything.
    pub async fn administers(&self) -> Result<bool, Error> {
        let user = self.own("grants")?;
        Ok(grants::Entity::find().filter(grants::Column::UserId.eq(user.0)).count(&self.reads).await? > 0)
    }

    fn own(&self, what: &'static str) -> Result<UserId, Error> {
        match self.scope {
            Scope::Oneself(user) => Ok(user),
            Scope::Permitted(_) | Scope::Public => Err(Error::OutOfScope(what)),
        }
    }
}
