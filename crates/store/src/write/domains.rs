//! Claimed domains (rule 4).

use std::collections::HashMap;

use access::{AccountId, Domain};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::Expr};

use super::Write;
use super::rows::{CHUNK, insert, padded, upsert};
use crate::Error;
use crate::convert::{self, ms, time, times};
use crate::entity::domains;

/// A domain an account has claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDomain {
    /// The account.
    pub account: AccountId,
    /// The domain.
    pub name: Domain,
    /// What the TXT record must hold.
    pub txt_value: String,
    /// When it was claimed.
    pub created: Timestamp,
    /// When the proof was seen; a pending claim has no effect at all.
    pub verified: Option<Timestamp>,
}

impl ClaimedDomain {
    fn row(&self) -> domains::ActiveModel {
        domains::Model {
            account_id: self.account.0,
            name: self.name.to_string(),
            state: if self.verified.is_some() { "Verified" } else { "Pending" }.to_owned(),
            txt_value: self.txt_value.clone(),
            created: ms(self.created),
            verified: self.verified.map(ms),
        }
        .into_active_model()
    }
}

impl Write {
    /// The account that has verified each of these domains.
    pub async fn domain_owners(&mut self, names: &[Domain]) -> Result<HashMap<Domain, AccountId>, Error> {
        owners(&self.transaction, names).await
    }

    /// The account's domains, pending ones too, by name.
    pub async fn domains_of(&mut self, account: AccountId) -> Result<Vec<ClaimedDomain>, Error> {
        of_account(&self.transaction, account).await
    }

    /// A new claim. [`Error::Conflict`] when it is verified and another account has verified it.
    pub async fn insert_domain(&mut self, domain: &ClaimedDomain) -> Result<(), Error> {
        insert::<domains::Entity, _>(&self.transaction, vec![domain.row()]).await
    }

    /// A claim in its new state. [`Error::Conflict`] when another account has verified it meanwhile.
    pub async fn save_domain(&mut self, domain: &ClaimedDomain) -> Result<(), Error> {
        upsert::<domains::Entity, _>(&self.transaction, vec![domain.row()]).await
    }
}

pub(crate) async fn owners(
    connection: &impl ConnectionTrait,
    names: &[Domain],
) -> Result<HashMap<Domain, AccountId>, Error> {
    let mut owners = HashMap::new();
    for chunk in names.chunks(CHUNK) {
        let names: Vec<&str> = chunk.iter().map(Domain::as_str).collect();
        let select = domains::Entity::find()
            .filter(domains::Column::Name.is_in(padded(&names)))
            .filter(Expr::cust("state = 'Verified'"));
        for row in select.all(connection).await? {
            owners.insert(convert::domain(&row.name)?, AccountId(row.account_id));
        }
    }
    Ok(owners)
}

pub(crate) async fn of_account(
    connection: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<ClaimedDomain>, Error> {
    let select = domains::Entity::find().filter(domains::Column::AccountId.eq(account.0));
    let rows = select.order_by_asc(domains::Column::Name).all(connection).await?;
    let claimed = rows.into_iter().map(|row| {
        Ok(ClaimedDomain {
            account: AccountId(row.account_id),
            name: convert::domain(&row.name)?,
            txt_value: row.txt_value,
            created: time(row.created)?,
            verified: times(row.verified)?,
        })
    });
    claimed.collect()
}
