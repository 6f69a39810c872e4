//! Claimed domains (rule 4), and the people on them.

use std::collections::{BTreeSet, HashMap};

use access::{AccountId, Claim, Domain, User, UserId};
use jiff::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, sea_query::Expr,
};
use uuid::Uuid;

use super::Write;
use super::rows::{CHUNK, insert, padded, upsert};
use crate::Error;
use crate::convert::{self, claim_row, ms};
use crate::entity::{addresses, domains, former_owners, users};

/// Literals, not values, so that the engines see that the partial indexes serve.
const VERIFIED: &str = "state = 'Verified'";
const WATCHED: &str = "state = 'Verified' AND NOT vouched";

impl Write {
    /// The account that has verified each of these domains.
    pub async fn domain_owners(&mut self, names: &[Domain]) -> Result<HashMap<Domain, AccountId>, Error> {
        Ok(owners(&self.transaction, names).await?.into_iter().map(|(name, claim)| (name, claim.account)).collect())
    }

    /// The verified claim to a domain, whoever has it.
    pub async fn owning_claim(&mut self, name: &Domain) -> Result<Option<Claim>, Error> {
        Ok(owners(&self.transaction, std::slice::from_ref(name)).await?.remove(name))
    }

    /// The accounts that had verified a domain before and released it.
    pub async fn former_owners(&mut self, name: &Domain) -> Result<Vec<AccountId>, Error> {
        let select = former_owners::Entity::find().filter(former_owners::Column::Name.eq(name.as_str()));
        Ok(select.all(&self.transaction).await?.into_iter().map(|row| AccountId(row.account_id)).collect())
    }

    /// The account's claims, pending ones too, by name.
    pub async fn domains_of(&mut self, account: AccountId) -> Result<Vec<Claim>, Error> {
        of_account(&self.transaction, account).await
    }

    /// The account's claim to a domain.
    pub async fn claim(&mut self, account: AccountId, name: &Domain) -> Result<Option<Claim>, Error> {
        claim(&self.transaction, account, name).await
    }

    /// A new claim. [`Error::Conflict`] when it is verified and another account has verified it.
    pub async fn insert_domain(&mut self, claim: &Claim) -> Result<(), Error> {
        insert::<domains::Entity, _>(&self.transaction, vec![claim_row(claim)]).await
    }

    /// A claim in its new state. [`Error::Conflict`] when another account has verified it meanwhile.
    pub async fn save_domain(&mut self, claim: &Claim) -> Result<(), Error> {
        upsert::<domains::Entity, _>(&self.transaction, vec![claim_row(claim)]).await
    }

    /// A claim that was withdrawn.
    pub async fn delete_domain(&mut self, claim: &Claim) -> Result<(), Error> {
        let key = (claim.account.0, claim.domain.to_string());
        domains::Entity::delete_by_id(key).exec(&self.transaction).await?;
        Ok(())
    }

    /// A verified claim that was released: the account goes down as a former owner.
    pub async fn release_domain(&mut self, claim: &Claim, at: Timestamp) -> Result<(), Error> {
        self.delete_domain(claim).await?;
        let (name, account_id) = (claim.domain.to_string(), claim.account.0);
        let row = former_owners::Model { name, account_id, released: ms(at) };
        upsert::<former_owners::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Users in no account whose primary address is on this domain, locked (rule 5).
    pub async fn free_users_on(&mut self, domain: &Domain) -> Result<Vec<User>, Error> {
        self.lock_users(free_on(domain).order_by_asc(users::Column::Id)).await
    }

    /// Suspended members of these accounts whose primary address is on this domain, locked (rule 5).
    pub async fn leftovers_on(&mut self, domain: &Domain, of: &[AccountId]) -> Result<Vec<User>, Error> {
        let of: Vec<Uuid> = of.iter().map(|account| account.0).collect();
        let mut found = Vec::new();
        for chunk in of.chunks(CHUNK) {
            let select = on(domain).filter(users::Column::AccountId.is_in(padded(chunk)));
            let select = select.filter(users::Column::SuspendedAt.is_not_null());
            found.extend(self.lock_users(select.order_by_asc(users::Column::Id)).await?);
        }
        Ok(found)
    }

    /// How many members of other accounts have their primary address on this domain.
    pub async fn count_elsewhere_on(&mut self, domain: &Domain, own: AccountId) -> Result<u64, Error> {
        Ok(elsewhere_on(domain, own).count(&self.transaction).await?)
    }

    /// The account's members with an address on this domain, primary or further, locked, by id (rule 6).
    pub async fn members_on(&mut self, account: AccountId, domain: &Domain) -> Result<Vec<User>, Error> {
        let primary: Vec<Uuid> = members_on(account, domain)
            .select_only()
            .column(users::Column::Id)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let further: Vec<Uuid> = further_on(domain)
            .select_only()
            .column(addresses::Column::UserId)
            .into_tuple()
            .all(&self.transaction)
            .await?;
        let further: Vec<UserId> = further.into_iter().map(UserId).collect();
        let members = self.memberships(&further).await?;
        let further = further.into_iter().filter(|user| members.get(user) == Some(&account));
        let ids: BTreeSet<UserId> = primary.into_iter().map(UserId).chain(further).collect();
        let mut found = self.users(&ids.into_iter().collect::<Vec<_>>()).await?;
        found.retain(|user| user.is_member_of(account));
        Ok(found)
    }
}

/// People whose primary address is on a domain.
fn on(domain: &Domain) -> Select<users::Entity> {
    users::Entity::find().filter(users::Column::Domain.eq(domain.as_str()))
}

/// Those of them in no account.
pub(crate) fn free_on(domain: &Domain) -> Select<users::Entity> {
    on(domain).filter(users::Column::AccountId.is_null())
}

/// Those of them in this account.
pub(crate) fn members_on(account: AccountId, domain: &Domain) -> Select<users::Entity> {
    on(domain).filter(users::Column::AccountId.eq(account.0))
}

/// Those of them in other accounts than this.
pub(crate) fn elsewhere_on(domain: &Domain, own: AccountId) -> Select<users::Entity> {
    let account = users::Column::AccountId;
    on(domain).filter(account.is_not_null()).filter(account.ne(own.0))
}

/// Further addresses on a domain.
pub(crate) fn further_on(domain: &Domain) -> Select<addresses::Entity> {
    addresses::Entity::find().filter(addresses::Column::Domain.eq(domain.as_str())).filter(Expr::cust("NOT is_primary"))
}

/// Verified claims whose record was last looked for before a moment, the longest ago first. The host's word is not
/// looked for.
pub(crate) fn due(before: Timestamp) -> Select<domains::Entity> {
    domains::Entity::find()
        .filter(Expr::cust(WATCHED))
        .filter(domains::Column::Checked.lt(ms(before)))
        .order_by_asc(domains::Column::Checked)
}

pub(crate) async fn owners(
    connection: &impl ConnectionTrait,
    names: &[Domain],
) -> Result<HashMap<Domain, Claim>, Error> {
    let mut owners = HashMap::new();
    for chunk in names.chunks(CHUNK) {
        let names: Vec<&str> = chunk.iter().map(Domain::as_str).collect();
        let select =
            domains::Entity::find().filter(domains::Column::Name.is_in(padded(&names))).filter(Expr::cust(VERIFIED));
        for row in select.all(connection).await? {
            let claim = convert::claim(row)?;
            owners.insert(claim.domain.clone(), claim);
        }
    }
    Ok(owners)
}

pub(crate) async fn of_account(connection: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Claim>, Error> {
    let select = domains::Entity::find().filter(domains::Column::AccountId.eq(account.0));
    let rows = select.order_by_asc(domains::Column::Name).all(connection).await?;
    rows.into_iter().map(convert::claim).collect()
}

pub(crate) async fn claim(
    connection: &impl ConnectionTrait,
    account: AccountId,
    name: &Domain,
) -> Result<Option<Claim>, Error> {
    let found = domains::Entity::find_by_id((account.0, name.to_string())).one(connection).await?;
    found.map(convert::claim).transpose()
}
