//! Many rows per statement, with few different statement texts: engines keep prepared statements by their text.

use jiff::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, Iterable, QueryFilter, QueryOrder,
    QuerySelect, TryGetable, Value,
};

use crate::Error;
use crate::convert::ms;

/// The most rows or list members of one statement. 32 columns x 512 stay below SQLite's 32,766 values.
pub(crate) const CHUNK: usize = 512;

/// A list of a length that is a power of two, by repeating its last member.
pub(crate) fn padded<T: Clone>(list: &[T]) -> Vec<T> {
    let mut padded = list.to_vec();
    if let Some(last) = list.last() {
        padded.resize(list.len().next_power_of_two(), last.clone());
    }
    padded
}

/// Splits rows into chunks whose lengths are powers of two.
fn chunks<T>(mut rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    std::iter::from_fn(move || {
        let size = (1 << rows.len().checked_ilog2()?).min(CHUNK);
        let rest = rows.split_off(size);
        Some(std::mem::replace(&mut rows, rest))
    })
}

/// Inserts rows in their order. [`Error::Conflict`] when one is there, or what it refers to is not any more.
pub(crate) async fn insert<E, A>(connection: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), Error>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E> + Send,
{
    for chunk in chunks(rows) {
        E::insert_many(chunk).exec_without_returning(connection).await.map_err(Error::of_insertion)?;
    }
    Ok(())
}

/// Inserts rows or, where the primary key exists, replaces every other column. No key may occur twice.
pub(crate) async fn upsert<E, A>(connection: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), Error>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E> + Send,
{
    let columns: Vec<E::Column> = others::<E>().collect();
    replace::<E, A>(connection, rows, &columns).await
}

/// Saves rows that are there, as they are stored and as they shall be: of the columns those that differ in any of the rows.
/// SQLite writes an index anew once a statement names one of its columns, changed or not, and for the primary key looks
/// through all that refers to it; for the key PostgreSQL takes the lock that those wait for.
pub(crate) async fn update<E, A>(connection: &impl ConnectionTrait, changes: Vec<(A, A)>) -> Result<(), Error>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E> + Send,
{
    let differs = |column: &E::Column| changes.iter().any(|(before, after)| before.get(*column) != after.get(*column));
    let columns: Vec<E::Column> = others::<E>().filter(differs).collect();
    let rows = changes.into_iter().map(|(_, after)| after).collect();
    if columns.is_empty() { Ok(()) } else { replace::<E, A>(connection, rows, &columns).await }
}

async fn replace<E, A>(connection: &impl ConnectionTrait, rows: Vec<A>, columns: &[E::Column]) -> Result<(), Error>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E> + Send,
{
    for chunk in chunks(rows) {
        let conflict = OnConflict::columns(E::PrimaryKey::iter()).update_columns(columns.iter().copied()).to_owned();
        E::insert_many(chunk).on_conflict(conflict).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// The columns beside the primary key.
fn others<E: EntityTrait>() -> impl Iterator<Item = E::Column> {
    let is_key = |column: &E::Column| E::PrimaryKey::iter().any(|key| key.as_str() == column.as_str());
    E::Column::iter().filter(move |column| !is_key(column))
}

/// Deletes rows whose time is over, those first that are over longest, at most so many. `K` is the type of the key, the
/// table's only one. Returns how many.
pub(crate) async fn drop_expired<E, K>(
    connection: &impl ConnectionTrait,
    key: E::Column,
    expires: E::Column,
    at: Timestamp,
    most: u64,
) -> Result<u64, Error>
where
    E: EntityTrait,
    K: TryGetable + Into<Value>,
{
    let over = E::find().select_only().column(key).filter(expires.lte(ms(at))).order_by_asc(expires).limit(most);
    let over: Vec<K> = over.into_tuple().all(connection).await?;
    Ok(E::delete_many().filter(key.is_in(over)).exec(connection).await?.rows_affected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_keep_order_and_have_few_lengths() {
        let rows: Vec<usize> = (0..1_300).collect();
        let lengths: Vec<usize> = chunks(rows.clone()).map(|chunk| chunk.len()).collect();
        assert_eq!(lengths, [512, 512, 256, 16, 4]);
        assert_eq!(chunks(rows.clone()).flatten().collect::<Vec<_>>(), rows);
        assert_eq!(chunks(Vec::<u8>::new()).count(), 0);
    }

    #[test]
    fn padding_repeats_the_last() {
        assert_eq!(padded(&[1, 2, 3, 4, 5]), [1, 2, 3, 4, 5, 5, 5, 5]);
        assert_eq!(padded::<u8>(&[]), [0_u8; 0]);
    }
}
