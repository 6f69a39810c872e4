//! Directories that accounts' people come from: how they are read, what was applied of them, and by which runs.

use std::collections::{BTreeSet, HashMap, HashSet};

use access::directory::{Agreed, Brake, Connection, Counts, EntryId, Mapping, Stored};
use access::{AccountId, UserId};
use jiff::{SignedDuration, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set, Statement,
};
use uuid::Uuid;

use super::rows::{CHUNK, insert, padded, upsert};
use super::{Lock, Write, locked};
use crate::convert::{self, json, ms, time, times};
use crate::entity::{directories, directory_confirmations, directory_entries, directory_log, directory_runs};
use crate::seal::Place;
use crate::{Error, Sealer};

/// Entries of a directory that are read at once.
const PIECE: u64 = 4_096;
/// The runs that are kept of a directory, besides those of [`LATELY`].
const KEPT_RUNS: i64 = 200;
/// What runs of this time did counts for what the next ones may do without being asked about (rule 85).
const LATELY: SignedDuration = SignedDuration::from_hours(1);

/// A directory that an account has set up. The password it is read with is not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// Whose.
    pub account: AccountId,
    /// Grows with each change of what follows.
    pub version: i64,
    /// Where it is and how it is read.
    pub connection: Connection,
    /// Which groups give which license.
    pub mappings: Vec<Mapping>,
    /// What a run may do without being asked about.
    pub brake: Brake,
    /// When it was set up.
    pub created: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
    /// Somebody wants all of it read now.
    pub wanted: bool,
    /// What somebody has agreed to for the next full run.
    pub agreed: Option<Agreed>,
    /// Since when it answers, or does not.
    pub heard: Option<Timestamp>,
    /// Why it does not answer: a stable word and a sentence.
    pub failure: Option<(String, String)>,
    /// Members of the account when all of it was applied last.
    pub members: u64,
}

/// How much of a directory a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunKind {
    /// All of it.
    Full,
    /// What has changed.
    Changes,
}

impl RunKind {
    const ALL: [Self; 2] = [Self::Full, Self::Changes];

    /// A stable word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Changes => "changes",
        }
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It is being applied.
    Running,
    /// The brake has stopped it before it changed anything; somebody is asked (rule 85).
    Asking,
    /// Somebody has agreed; a full run does it.
    Agreed,
    /// It is done.
    Done,
    /// Something went wrong, or the node went away. What was applied stays.
    Failed,
    /// An administrator stopped it. What was applied stays.
    Cancelled,
    /// Somebody was asked and said no.
    Refused,
    /// A later full run came before anybody answered.
    Outdated,
}

impl RunState {
    /// Every state.
    pub const ALL: [Self; 8] = [
        Self::Running,
        Self::Asking,
        Self::Agreed,
        Self::Done,
        Self::Failed,
        Self::Cancelled,
        Self::Refused,
        Self::Outdated,
    ];

    /// A stable word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Asking => "asking",
            Self::Agreed => "agreed",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Refused => "refused",
            Self::Outdated => "outdated",
        }
    }
}

/// A run of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryRun {
    /// Its number in the account, from 1.
    pub number: i64,
    /// How much it is about.
    pub kind: RunKind,
    /// Where it stands.
    pub state: RunState,
    /// When it began.
    pub started: Timestamp,
    /// When it was over.
    pub ended: Option<Timestamp>,
    /// What it was to do.
    pub counts: Counts,
    /// What the brake asks.
    pub question: Option<Agreed>,
    /// What was agreed to.
    pub agreed: Option<Agreed>,
    /// People it has applied so far.
    pub applied: u64,
    /// People it has locked out or removed so far.
    pub put_out: u64,
    /// People it has let in so far.
    pub let_in: u64,
    /// People of whom something was refused.
    pub refused: u64,
    /// People of whom the directory said something else than was followed: a defect.
    pub drift: u64,
    /// Lines of its log.
    pub logged: i64,
    /// Why it failed.
    pub error: Option<String>,
}

/// A line of a run's log. It names people by id only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryLine {
    /// Its place in the log, from 1.
    pub serial: i64,
    /// The entry.
    pub entry: EntryId,
    /// The person, if there is one.
    pub user: Option<UserId>,
    /// What came of it: a stable word.
    pub outcome: String,
    /// Why, where something was not done: a stable word.
    pub code: Option<String>,
}

impl Write {
    /// The directory of an account, locked.
    pub async fn directory(&mut self, account: AccountId) -> Result<Option<Directory>, Error> {
        let select = locked(directories::Entity::find_by_id(account.0), Lock::Exclusive);
        select.one(&self.transaction).await?.as_ref().map(directory).transpose()
    }

    /// A directory that is set up, with the password it is read with.
    pub async fn insert_directory(&mut self, directory: &Directory, password: &str) -> Result<(), Error> {
        let sealed = self.sealer.seal(place(&directory.account.0), password.as_bytes())?;
        let row = directories::ActiveModel { password_sealed: Set(sealed), ..row(directory)? };
        insert::<directories::Entity, _>(&self.transaction, vec![row]).await
    }

    /// A changed directory; `password` when it is another one.
    pub async fn save_directory(&mut self, directory: &Directory, password: Option<&str>) -> Result<(), Error> {
        let mut row = row(directory)?;
        if let Some(password) = password {
            row.password_sealed = Set(self.sealer.seal(place(&directory.account.0), password.as_bytes())?);
        }
        directories::Entity::update(row).exec(&self.transaction).await?;
        Ok(())
    }

    /// A directory is gone, with its entries and runs.
    pub async fn delete_directory(&mut self, account: AccountId) -> Result<(), Error> {
        directories::Entity::delete_by_id(account.0).exec(&self.transaction).await?;
        Ok(())
    }

    /// The password that a directory is read with.
    pub async fn directory_password(&mut self, account: AccountId) -> Result<Option<String>, Error> {
        password(&self.transaction, &self.sealer, account).await
    }

    /// What was applied of these entries.
    pub async fn directory_entries(
        &mut self,
        account: AccountId,
        ids: &[EntryId],
    ) -> Result<HashMap<EntryId, Stored>, Error> {
        entries(&self.transaction, account, ids).await
    }

    /// Some of the entries, the first by id: to forget them piece by piece.
    pub async fn first_directory_entries(
        &mut self,
        account: AccountId,
        limit: u64,
    ) -> Result<HashMap<EntryId, Stored>, Error> {
        let select = entries_of(account).order_by_asc(directory_entries::Column::EntryId).limit(limit);
        select.all(&self.transaction).await?.iter().map(entry).collect()
    }

    /// What was applied of entries from now on. None may stand there twice.
    pub async fn save_directory_entries(
        &mut self,
        account: AccountId,
        entries: &[(EntryId, Stored)],
    ) -> Result<(), Error> {
        let row = |(id, stored): &(EntryId, Stored)| {
            let Stored { user, present, grants, digest } = *stored;
            directory_entries::Model {
                account_id: account.0,
                entry_id: *id,
                user_id: user.0,
                present,
                grants: grants.map(|license| license.name().to_owned()),
                digest,
            }
            .into_active_model()
        };
        upsert::<directory_entries::Entity, _>(&self.transaction, entries.iter().map(row).collect()).await
    }

    /// Entries are forgotten.
    pub async fn delete_directory_entries(&mut self, account: AccountId, ids: &[EntryId]) -> Result<(), Error> {
        for chunk in ids.chunks(CHUNK) {
            let deletion = directory_entries::Entity::delete_many();
            let deletion = deletion.filter(directory_entries::Column::AccountId.eq(account.0));
            let these = directory_entries::Column::EntryId.is_in(padded(chunk));
            deletion.filter(these).exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// How many members the account has.
    pub async fn count_members(&mut self, account: AccountId) -> Result<u64, Error> {
        crate::read::members_of(&self.transaction, account).await
    }

    /// The runs of the last hour that have put somebody out or let somebody in. The directory is to be locked.
    pub async fn directory_runs_lately(
        &mut self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<DirectoryRun>, Error> {
        let did = Condition::any().add(directory_runs::Column::PutOut.gt(0)).add(directory_runs::Column::LetIn.gt(0));
        let select =
            runs(account, None).filter(directory_runs::Column::Started.gt(ms(an_hour_before(now)))).filter(did);
        select.all(&self.transaction).await?.into_iter().map(run).collect()
    }

    /// A new run: its number is the next one. Old ones go.
    pub async fn insert_directory_run(&mut self, account: AccountId, run: DirectoryRun) -> Result<i64, Error> {
        let last = runs(account, None).limit(1).one(&self.transaction).await?;
        let number = last.map_or(1, |row| row.number + 1);
        let row = run_row(account, &DirectoryRun { number, ..run.clone() })?;
        insert::<directory_runs::Entity, _>(&self.transaction, vec![row]).await?;
        let old = directory_runs::Entity::delete_many().filter(directory_runs::Column::AccountId.eq(account.0));
        let old = old.filter(directory_runs::Column::Number.lte(number - KEPT_RUNS));
        let old = old.filter(directory_runs::Column::Started.lte(ms(an_hour_before(run.started))));
        old.exec(&self.transaction).await?;
        Ok(number)
    }

    /// A run, locked.
    pub async fn directory_run(&mut self, account: AccountId, number: i64) -> Result<Option<DirectoryRun>, Error> {
        let select = locked(directory_runs::Entity::find_by_id((account.0, number)), Lock::Exclusive);
        select.one(&self.transaction).await?.map(run).transpose()
    }

    /// The runs in a state, locked.
    pub async fn directory_runs_in(&mut self, account: AccountId, state: RunState) -> Result<Vec<DirectoryRun>, Error> {
        let select = runs(account, None).filter(directory_runs::Column::State.eq(state.name()));
        locked(select, Lock::Exclusive).all(&self.transaction).await?.into_iter().map(run).collect()
    }

    /// A run that got on.
    pub async fn save_directory_run(&mut self, account: AccountId, run: &DirectoryRun) -> Result<(), Error> {
        directory_runs::Entity::update(run_row(account, run)?).exec(&self.transaction).await?;
        Ok(())
    }

    /// Lines of a run's log; their places are given here. The run is to be saved afterwards.
    pub async fn log_directory(
        &mut self,
        account: AccountId,
        run: &mut DirectoryRun,
        lines: Vec<DirectoryLine>,
    ) -> Result<(), Error> {
        let rows = lines.into_iter().map(|line| {
            run.logged += 1;
            let DirectoryLine { entry, user, outcome, code, .. } = line;
            directory_log::Model {
                account_id: account.0,
                run: run.number,
                serial: run.logged,
                entry_id: entry,
                user_id: user.map(|user| user.0),
                outcome,
                code,
            }
            .into_active_model()
        });
        let rows = rows.collect();
        insert::<directory_log::Entity, _>(&self.transaction, rows).await
    }

    /// Who of these people has confirmed that the account's directory may be linked to them (rule 19).
    pub async fn confirmed_links(&mut self, account: AccountId, users: &[UserId]) -> Result<HashSet<UserId>, Error> {
        let ids: BTreeSet<Uuid> = users.iter().map(|user| user.0).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut found = HashSet::new();
        for chunk in ids.chunks(CHUNK) {
            let select = directory_confirmations::Entity::find()
                .filter(directory_confirmations::Column::AccountId.eq(account.0))
                .filter(directory_confirmations::Column::UserId.is_in(padded(chunk)));
            found.extend(select.all(&self.transaction).await?.into_iter().map(|row| UserId(row.user_id)));
        }
        Ok(found)
    }

    /// A person has confirmed it; it does no harm to do so twice.
    pub async fn confirm_link(&mut self, account: AccountId, user: UserId, at: Timestamp) -> Result<(), Error> {
        let row = directory_confirmations::Model { account_id: account.0, user_id: user.0, at: ms(at) };
        upsert::<directory_confirmations::Entity, _>(&self.transaction, vec![row.into_active_model()]).await
    }

    /// Their confirmations are used up.
    pub async fn forget_confirmations(&mut self, account: AccountId, users: &[UserId]) -> Result<(), Error> {
        let ids: Vec<Uuid> = users.iter().map(|user| user.0).collect();
        for chunk in ids.chunks(CHUNK) {
            let deletion = directory_confirmations::Entity::delete_many()
                .filter(directory_confirmations::Column::AccountId.eq(account.0))
                .filter(directory_confirmations::Column::UserId.is_in(padded(chunk)));
            deletion.exec(&self.transaction).await?;
        }
        Ok(())
    }

    /// The directory answers, or does not, since a moment. A wish to read one that does not is over.
    pub async fn note_directory(
        &mut self,
        account: AccountId,
        failure: Option<(String, String)>,
        since: Timestamp,
    ) -> Result<(), Error> {
        let failure = failure.as_ref().map(written).transpose()?;
        let mut noted = directories::Entity::update_many().filter(directories::Column::AccountId.eq(account.0));
        if failure.is_some() {
            noted = noted.col_expr(directories::Column::Wanted, Expr::value(false));
        }
        let noted = noted.col_expr(directories::Column::Heard, Expr::value(ms(since)));
        noted.col_expr(directories::Column::Failure, Expr::value(failure)).exec(&self.transaction).await?;
        Ok(())
    }
}

fn an_hour_before(now: Timestamp) -> Timestamp {
    now.saturating_sub(LATELY).unwrap_or(now)
}

fn place(account: &Uuid) -> Place<'_> {
    Place { column: "directories.password_sealed", row: account.as_bytes() }
}

/// The password that a directory is read with.
pub(crate) async fn password(
    connection: &impl ConnectionTrait,
    sealer: &Sealer,
    account: AccountId,
) -> Result<Option<String>, Error> {
    let Some(row) = directories::Entity::find_by_id(account.0).one(connection).await? else { return Ok(None) };
    let plain = sealer.open(place(&account.0), &row.password_sealed)?;
    String::from_utf8(plain).map(Some).map_err(|_| Error::corrupt("a directory's password is no text"))
}

/// Everything but the password.
fn row(directory: &Directory) -> Result<directories::ActiveModel, Error> {
    Ok(directories::ActiveModel {
        account_id: Set(directory.account.0),
        version: Set(directory.version),
        connection: Set(written(&directory.connection)?),
        password_sealed: sea_orm::ActiveValue::NotSet,
        mappings: Set(written(&directory.mappings)?),
        brake: Set(written(&directory.brake)?),
        created: Set(ms(directory.created)),
        updated: Set(ms(directory.updated)),
        wanted: Set(directory.wanted),
        agreed: Set(directory.agreed.as_ref().map(written).transpose()?),
        heard: Set(directory.heard.map(ms)),
        failure: Set(directory.failure.as_ref().map(written).transpose()?),
        members: Set(directory.members.cast_signed()),
    })
}

fn written(thing: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(thing).map_err(Error::corrupt)
}

pub(crate) fn directory(row: &directories::Model) -> Result<Directory, Error> {
    Ok(Directory {
        account: AccountId(row.account_id),
        version: row.version,
        connection: json(&row.connection)?,
        mappings: json(&row.mappings)?,
        brake: json(&row.brake)?,
        created: time(row.created)?,
        updated: time(row.updated)?,
        wanted: row.wanted,
        agreed: row.agreed.as_deref().map(json).transpose()?,
        heard: times(row.heard)?,
        failure: row.failure.as_deref().map(json).transpose()?,
        members: row.members.cast_unsigned(),
    })
}

fn run_row(account: AccountId, run: &DirectoryRun) -> Result<directory_runs::ActiveModel, Error> {
    Ok(directory_runs::ActiveModel {
        account_id: Set(account.0),
        number: Set(run.number),
        kind: Set(run.kind.name().to_owned()),
        state: Set(run.state.name().to_owned()),
        started: Set(ms(run.started)),
        ended: Set(run.ended.map(ms)),
        counts: Set(written(&run.counts)?),
        question: Set(run.question.as_ref().map(written).transpose()?),
        agreed: Set(run.agreed.as_ref().map(written).transpose()?),
        applied: Set(run.applied.cast_signed()),
        put_out: Set(run.put_out.cast_signed()),
        let_in: Set(run.let_in.cast_signed()),
        refused: Set(run.refused.cast_signed()),
        drift: Set(run.drift.cast_signed()),
        logged: Set(run.logged),
        error: Set(run.error.clone()),
    })
}

pub(crate) fn run(row: directory_runs::Model) -> Result<DirectoryRun, Error> {
    Ok(DirectoryRun {
        number: row.number,
        kind: convert::named(&RunKind::ALL, RunKind::name, &row.kind)?,
        state: convert::named(&RunState::ALL, RunState::name, &row.state)?,
        started: time(row.started)?,
        ended: times(row.ended)?,
        counts: json(&row.counts)?,
        question: row.question.as_deref().map(json).transpose()?,
        agreed: row.agreed.as_deref().map(json).transpose()?,
        applied: row.applied.cast_unsigned(),
        put_out: row.put_out.cast_unsigned(),
        let_in: row.let_in.cast_unsigned(),
        refused: row.refused.cast_unsigned(),
        drift: row.drift.cast_unsigned(),
        logged: row.logged,
        error: row.error,
    })
}

fn entry(row: &directory_entries::Model) -> Result<(EntryId, Stored), Error> {
    Ok((row.entry_id, applied(row.user_id, row.present, row.grants.as_deref(), row.digest)?))
}

fn applied(user: Uuid, present: bool, grants: Option<&str>, digest: Option<i64>) -> Result<Stored, Error> {
    Ok(Stored { user: UserId(user), present, grants: grants.map(convert::license).transpose()?, digest })
}

/// The entries of an account.
pub(crate) fn entries_of(account: AccountId) -> Select<directory_entries::Entity> {
    directory_entries::Entity::find().filter(directory_entries::Column::AccountId.eq(account.0))
}

/// An entry's id, whom it is, whether it is present, what it grants and its digest.
type Applied = (Uuid, Uuid, bool, Option<String>, Option<i64>);

/// All that was applied of a directory, read piece by piece: a row as the engine hands it over takes more memory than what is
/// kept of it, and more time with each column.
pub(crate) async fn all_entries(
    connection: &impl ConnectionTrait,
    account: AccountId,
) -> Result<HashMap<EntryId, Stored>, Error> {
    use directory_entries::Column as C;
    let (mut found, mut after) = (HashMap::new(), None);
    loop {
        let columns = [C::EntryId, C::UserId, C::Present, C::Grants, C::Digest];
        let next = next_entries(account, after).select_only().columns(columns);
        let rows: Vec<Applied> = next.into_tuple().all(connection).await?;
        let Some((last, ..)) = rows.last() else { return Ok(found) };
        after = Some(*last);
        for (id, user, present, grants, digest) in rows {
            found.insert(id, applied(user, present, grants.as_deref(), digest)?);
        }
    }
}

/// The next entries of an account, by id.
pub(crate) fn next_entries(account: AccountId, after: Option<EntryId>) -> Select<directory_entries::Entity> {
    let column = directory_entries::Column::EntryId;
    let next = match after {
        Some(after) => entries_of(account).filter(column.gt(after)),
        None => entries_of(account),
    };
    next.order_by_asc(column).limit(PIECE)
}

/// What was applied of these entries.
pub(crate) async fn entries(
    connection: &impl ConnectionTrait,
    account: AccountId,
    ids: &[EntryId],
) -> Result<HashMap<EntryId, Stored>, Error> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let select = some_entries(connection.get_database_backend(), account, &padded(chunk));
        for row in directory_entries::Entity::find().from_raw_sql(select).all(connection).await? {
            let (id, stored) = entry(&row)?;
            found.insert(id, stored);
        }
    }
    Ok(found)
}

/// These entries of an account. While a directory is applied for the first time PostgreSQL believes that an account has a
/// few of them, and would look through all of the account's for each piece: so it is told to look for each by its key.
pub(crate) fn some_entries(backend: DatabaseBackend, account: AccountId, ids: &[EntryId]) -> Statement {
    if backend != DatabaseBackend::Postgres {
        return entries_of(account)
            .filter(directory_entries::Column::EntryId.is_in(ids.iter().copied()))
            .build(backend);
    }
    let places: Vec<String> = (0..ids.len()).map(|place| format!("(${}::uuid)", place + 2)).collect();
    let select = format!(
        "SELECT entry.* FROM (VALUES {}) AS asked (id) CROSS JOIN LATERAL
         (SELECT * FROM directory_entries WHERE account_id = $1 AND entry_id = asked.id OFFSET 0) AS entry",
        places.join(", ")
    );
    let values = std::iter::once(account.0).chain(ids.iter().copied()).map(Into::into);
    Statement::from_sql_and_values(backend, select, values)
}

/// The runs of an account before a number, the newest first.
pub(crate) fn runs(account: AccountId, before: Option<i64>) -> Select<directory_runs::Entity> {
    let select = directory_runs::Entity::find().filter(directory_runs::Column::AccountId.eq(account.0));
    let select = match before {
        Some(before) => select.filter(directory_runs::Column::Number.lt(before)),
        None => select,
    };
    select.order_by_desc(directory_runs::Column::Number)
}

/// The lines of a run's log after a place, in their order.
pub(crate) fn lines(account: AccountId, run: i64, after: i64) -> Select<directory_log::Entity> {
    directory_log::Entity::find()
        .filter(directory_log::Column::AccountId.eq(account.0))
        .filter(directory_log::Column::Run.eq(run))
        .filter(directory_log::Column::Serial.gt(after))
        .order_by_asc(directory_log::Column::Serial)
}

pub(crate) fn line(row: directory_log::Model) -> DirectoryLine {
    let directory_log::Model { serial, entry_id, user_id, outcome, code, .. } = row;
    DirectoryLine { serial, entry: entry_id, user: user_id.map(UserId), outcome, code }
}
