//! Answers that are kept for a while, so that a repeated request makes nothing twice.

use jiff::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::Write;
use super::rows::insert;
use crate::convert::ms;
use crate::entity::answers;
use crate::seal::Place;
use crate::{Error, TokenHash};

/// The answer a request got. May hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Of everything the request said.
    pub request: TokenHash,
    /// What was answered.
    pub answer: Vec<u8>,
}

impl Write {
    /// What a caller's request that named itself by this key was answered, if that was after `since`.
    pub async fn kept_answer(
        &mut self,
        caller: &TokenHash,
        key: &TokenHash,
        since: Timestamp,
    ) -> Result<Option<KeptAnswer>, Error> {
        let found = answers::Entity::find_by_id((caller.0.to_vec(), key.0.to_vec()))
            .filter(answers::Column::Created.gt(ms(since)))
            .one(&self.transaction)
            .await?;
        let Some(row) = found else { return Ok(None) };
        let request = row.request.try_into().map_err(|_| Error::corrupt("the hash of a request"))?;
        let answer = self.sealer.open(place(&row.key), &row.sealed)?;
        Ok(Some(KeptAnswer { request: TokenHash(request), answer }))
    }

    /// Keeps an answer instead of one that is not newer than `since`. A newer one is a conflict: the same request is
    /// being answered twice at once.
    pub async fn keep_answer(
        &mut self,
        caller: &TokenHash,
        key: &TokenHash,
        kept: &KeptAnswer,
        at: Timestamp,
        since: Timestamp,
    ) -> Result<(), Error> {
        let old = answers::Entity::delete_by_id((caller.0.to_vec(), key.0.to_vec()));
        old.filter(answers::Column::Created.lte(ms(since))).exec(&self.transaction).await?;
        let row = answers::Model {
            caller: caller.0.to_vec(),
            key: key.0.to_vec(),
            request: kept.request.0.to_vec(),
            created: ms(at),
            sealed: self.sealer.seal(place(&key.0), &kept.answer)?,
        };
        insert::<answers::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Drops answers that are not newer than `since`, at most so many. Returns how many.
    pub async fn drop_answers(&mut self, since: Timestamp, most: u64) -> Result<u64, Error> {
        let old = answers::Entity::find()
            .filter(answers::Column::Created.lte(ms(since)))
            .order_by_asc(answers::Column::Created)
            .limit(most);
        let mut dropped = 0;
        for row in old.all(&self.transaction).await? {
            let deletion = answers::Entity::delete_by_id((row.caller, row.key));
            dropped += deletion.exec(&self.transaction).await?.rows_affected;
        }
        Ok(dropped)
    }
}

fn place(key: &[u8]) -> Place<'_> {
    Place { column: "answers.sealed", row: key }
}
