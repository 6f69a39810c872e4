//! Invitations (rule 14).

use std::collections::{BTreeSet, HashMap};

use access::{AccountId, BaseLicense, Domain, Invitation, InvitationId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, Set, sea_query::Expr};
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::convert::{self, ms};
use crate::entity::invitations;
use crate::{Error, TokenHash};

/// A literal, not a value, so that the engines see that the index over open invitations serves.
pub(crate) const PENDING: &str = "state = 'Pending'";

impl Write {
    /// The account's invitations there are among these, locked, by id. Other accounts' are not even waited for.
    pub async fn invitations(&mut self, of: AccountId, ids: &[InvitationId]) -> Result<Vec<Invitation>, Error> {
        let ids: BTreeSet<Uuid> = ids.iter().map(|id| id.0).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(CHUNK) {
            found.extend(self.lock_invitations(by_ids(chunk).filter(invitations::Column::AccountId.eq(of.0))).await?);
        }
        Ok(found)
    }

    /// The account's open invitations of these address keys, locked.
    pub async fn pending_invitations(&mut self, account: AccountId, keys: &[String]) -> Result<Vec<Invitation>, Error> {
        let keys: BTreeSet<&String> = keys.iter().collect();
        let keys: Vec<&String> = keys.into_iter().collect();
        let mut found = Vec::new();
        for chunk in keys.chunks(CHUNK) {
            let select = pending()
                .filter(invitations::Column::AccountId.eq(account.0))
                .filter(invitations::Column::AddressKey.is_in(padded(chunk).into_iter().cloned()));
            found.extend(self.lock_invitations(select).await?);
        }
        Ok(found)
    }

    /// The open invitations of an address in any account, locked.
    pub async fn pending_invitations_of(&mut self, key: &str) -> Result<Vec<Invitation>, Error> {
        self.lock_invitations(pending_of_address(key)).await
    }

    /// The open invitations to addresses on a domain, in any account, locked (rule 5).
    pub async fn pending_for_domain(&mut self, domain: &Domain) -> Result<Vec<Invitation>, Error> {
        self.lock_invitations(pending().filter(invitations::Column::Domain.eq(domain.as_str()))).await
    }

    /// The invitation a mailed link stands for, in whatever state, locked.
    pub async fn invitation_by_token(&mut self, token: &TokenHash) -> Result<Option<Invitation>, Error> {
        Ok(self.lock_invitations(by_token(token)).await?.pop())
    }

    /// New invitations with the hashes of their links.
    ///
    /// [`Error::Conflict`] when an address has an open one in that account.
    pub async fn insert_invitations(&mut self, new: &[(Invitation, TokenHash)]) -> Result<(), Error> {
        let rows = new.iter().map(|(invitation, token)| {
            let mut row = row(invitation);
            row.token_hash = Set(token.0.to_vec());
            row
        });
        insert::<invitations::Entity, _>(&self.transaction, rows.collect()).await
    }

    /// Changed invitations; with a hash the link is a new one, and the former stops working.
    pub async fn save_invitations(&mut self, changed: &[(Invitation, Option<TokenHash>)]) -> Result<(), Error> {
        let ids: Vec<Uuid> = changed.iter().map(|(invitation, _)| invitation.id.0).collect();
        let mut kept: HashMap<Uuid, Vec<u8>> = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let select = by_ids(chunk).select_only();
            let select = select.columns([invitations::Column::Id, invitations::Column::TokenHash]);
            kept.extend(select.into_tuple::<(Uuid, Vec<u8>)>().all(&self.transaction).await?);
        }
        let rows = changed.iter().map(|(invitation, token)| {
            let link = token.map(|token| token.0.to_vec()).or_else(|| kept.remove(&invitation.id.0));
            let link = link.ok_or_else(|| Error::corrupt("an invitation is gone"))?;
            Ok(invitations::ActiveModel { token_hash: Set(link), ..row(invitation) })
        });
        let rows = rows.collect::<Result<Vec<_>, Error>>()?;
        upsert::<invitations::Entity, _>(&self.transaction, rows).await
    }

    /// Whom these invitations of the account, once accepted, go on naming (rule 14), without locks: to learn whom to
    /// lock first.
    pub async fn accepted_aliases(
        &mut self,
        account: AccountId,
        ids: &[InvitationId],
    ) -> Result<HashMap<InvitationId, UserId>, Error> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let mut aliases = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let select = by_ids(chunk).filter(invitations::Column::AccountId.eq(account.0));
            let accepted = select.filter(invitations::Column::AcceptedBy.is_not_null());
            let rows: Vec<(Uuid, Uuid)> = accepted
                .select_only()
                .columns([invitations::Column::Id, invitations::Column::AcceptedBy])
                .into_tuple()
                .all(&self.transaction)
                .await?;
            aliases.extend(rows.into_iter().map(|(id, user)| (InvitationId(id), UserId(user))));
        }
        Ok(aliases)
    }

    async fn lock_invitations(&self, select: Select<invitations::Entity>) -> Result<Vec<Invitation>, Error> {
        let select = locked(select.order_by_asc(invitations::Column::Id), Lock::Exclusive);
        select.all(&self.transaction).await?.iter().map(convert::invitation).collect()
    }
}

/// Open invitations.
pub(crate) fn pending() -> Select<invitations::Entity> {
    invitations::Entity::find().filter(Expr::cust(PENDING))
}

/// Open invitations of an address in any account.
pub(crate) fn pending_of_address(key: &str) -> Select<invitations::Entity> {
    pending().filter(invitations::Column::AddressKey.eq(key))
}

/// The invitation of a mailed link.
pub(crate) fn by_token(token: &TokenHash) -> Select<invitations::Entity> {
    invitations::Entity::find().filter(invitations::Column::TokenHash.eq(token.0.to_vec()))
}

fn by_ids(chunk: &[Uuid]) -> Select<invitations::Entity> {
    invitations::Entity::find().filter(invitations::Column::Id.is_in(padded(chunk)))
}

/// Everything but the hash of the link.
fn row(invitation: &Invitation) -> invitations::ActiveModel {
    invitations::ActiveModel {
        id: Set(invitation.id.0),
        account_id: Set(invitation.account.0),
        address: Set(invitation.address.as_typed().to_owned()),
        address_key: Set(invitation.address.key().to_owned()),
        domain: Set(invitation.address.domain().into()),
        invited_by: Set(invitation.by.map(|by| by.0)),
        created: Set(ms(invitation.created)),
        expires: Set(ms(invitation.expires)),
        license: Set(invitation.license.map(BaseLicense::name).map(str::to_owned)),
        state: Set(invitation.state.name().to_owned()),
        accepted_by: Set(invitation.accepted_by.map(|user| user.0)),
        undelivered: Set(invitation.undelivered.clone()),
        token_hash: sea_orm::ActiveValue::NotSet,
    }
}
