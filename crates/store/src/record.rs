//! What goes with every change: its audit record and its notices (rules 24 and 25).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use access::{AccountId, ApplicationId};
use jiff::Timestamp;
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Set, TryInsertResult};
use serde_json::Value;
use uuid::Uuid;

use crate::Error;
use crate::convert::ms;
use crate::entity::{audit, outbox, person_keys};
use crate::seal::{PersonKey, Place, Sealer};
use crate::write::rows::{CHUNK, insert, padded};

/// Who did it.
#[derive(Clone, Debug, PartialEq)]
pub struct Actor {
    /// What sort of caller: a stable word, such as `administrator` or `host`.
    pub kind: &'static str,
    /// The person or the application.
    pub id: Option<Uuid>,
    /// Name, address, network address: sealed under the actor's key. Dropped for an actor without an id.
    pub personal: Option<Value>,
}

/// An audit record (rule 24). Holds no personal data outside of the `personal` parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// When.
    pub at: Timestamp,
    /// From where: the door, a stable word.
    pub door: &'static str,
    /// The request it belongs to.
    pub request: Uuid,
    /// Who.
    pub actor: Actor,
    /// What was done or tried, a stable word such as `user.suspend`.
    pub action: &'static str,
    /// In which account.
    pub account: Option<AccountId>,
    /// The thing changed: a user, an invitation, an account, an application, a grant.
    pub subject: Option<Uuid>,
    /// The refusal's code; `None` when it was done.
    pub refusal: Option<&'static str>,
    /// The subject's facts before, without personal data.
    pub before: Option<Value>,
    /// An RFC 7396 merge patch that leads from `before` to the facts after.
    pub after: Option<Value>,
    /// The cause when it is not the actor's own request: a stable word, such as `seat-freed`, or a run of a directory.
    pub why: Option<Cow<'static, str>>,
    /// What is personal about the subject and the change (addresses, names, an administrator's words): sealed under
    /// the subject's key, or the account's when there is no subject.
    pub personal: Option<Value>,
}

/// Who gets what leaves Carillon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Receiver {
    /// The mail server, for a person.
    Mail,
    /// An application, at the address it registered.
    Application(ApplicationId),
}

impl Receiver {
    /// The name in the database.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Mail => "mail".to_owned(),
            Self::Application(application) => application.to_string(),
        }
    }

    /// The receiver of this name.
    pub(crate) fn named(name: &str) -> Result<Self, Error> {
        match name {
            "mail" => Ok(Self::Mail),
            id => id.parse().map(Self::Application).map_err(|_| Error::corrupt("an unknown receiver in the outbox")),
        }
    }
}

/// Something that leaves Carillon with the change: a mail, or a notice to an application.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Who gets it.
    pub receiver: Receiver,
    /// Whom it concerns (a user, an invitation, a registration); a mail's payload is sealed under this key.
    pub person: Uuid,
    /// In which account.
    pub account: Option<AccountId>,
    /// What it is, a stable word such as `invitation`.
    pub kind: String,
    /// When it was made.
    pub at: Timestamp,
    /// Everything needed to render it. Of a mail: personal data and links, sealed. Of a notice to an application: nothing
    /// personal, nothing secret.
    pub payload: Value,
}

impl Record {
    /// Under whose key the personal part is sealed.
    fn sealed_for(&self) -> Uuid {
        self.subject.or(self.account.map(|account| account.0)).unwrap_or(Uuid::nil())
    }
}

/// Whose key the subject's part of a stored record is sealed under; the same rule as [`Record::sealed_for`].
pub(crate) fn sealed_for(row: &audit::Model) -> Uuid {
    row.subject.or(row.account_id).unwrap_or(Uuid::nil())
}

/// The place of a record's sealed part: the request ties it to its row, whose number is not known yet.
pub(crate) fn record_place(request: &Uuid) -> Place<'_> {
    Place { column: "audit.subject_sealed", row: request.as_bytes() }
}

/// The place of a record's sealed part about the actor.
pub(crate) fn actor_place(request: &Uuid) -> Place<'_> {
    Place { column: "audit.actor_sealed", row: request.as_bytes() }
}

/// The place of a notice's payload.
pub(crate) fn notice_place(person: &Uuid) -> Place<'_> {
    Place { column: "outbox.payload", row: person.as_bytes() }
}

/// Writes records and notices in their order.
pub(crate) async fn append(
    transaction: &DatabaseTransaction,
    sealer: &Sealer,
    records: Vec<Record>,
    notices: Vec<Notice>,
) -> Result<(), Error> {
    let mails = notices.iter().filter(|notice| notice.receiver == Receiver::Mail);
    let mut persons: BTreeSet<Uuid> = mails.map(|notice| notice.person).collect();
    for record in &records {
        persons.extend(record.personal.as_ref().map(|_| record.sealed_for()));
        persons.extend(record.actor.personal.as_ref().and(record.actor.id));
    }
    let keys = keys_of(transaction, sealer, &persons).await?;
    let seal = |person: Uuid, place: Place<'_>, value: &Value| {
        let key = keys.get(&person).ok_or_else(|| Error::corrupt("a person's key is missing"))?;
        sealer.seal_for(key, place, value.to_string().as_bytes())
    };
    let mut rows = Vec::with_capacity(records.len());
    for record in records {
        let personal = record.personal.as_ref();
        let subject_sealed =
            personal.map(|value| seal(record.sealed_for(), record_place(&record.request), value)).transpose()?;
        let about_actor = record.actor.id.zip(record.actor.personal.as_ref());
        let actor_sealed = about_actor.map(|(id, value)| seal(id, actor_place(&record.request), value)).transpose()?;
        rows.push(audit_row(record, subject_sealed, actor_sealed));
    }
    insert::<audit::Entity, _>(transaction, rows).await?;
    let mut rows = Vec::with_capacity(notices.len());
    for notice in notices {
        rows.push(outbox::ActiveModel {
            id: NotSet,
            receiver: Set(notice.receiver.name()),
            person: Set(notice.person),
            account_id: Set(notice.account.map(|account| account.0)),
            created: Set(ms(notice.at)),
            state: Set("waiting".to_owned()),
            attempts: Set(0),
            forgiven: Set(0),
            due: Set(ms(notice.at)),
            leased: Set(0),
            delivered: Set(None),
            error: Set(None),
            payload: Set(match notice.receiver {
                Receiver::Mail => seal(notice.person, notice_place(&notice.person), &notice.payload)?,
                Receiver::Application(_) => notice.payload.to_string().into_bytes(),
            }),
            kind: Set(notice.kind),
        });
    }
    insert::<outbox::Entity, _>(transaction, rows).await
}

fn audit_row(record: Record, subject_sealed: Option<Vec<u8>>, actor_sealed: Option<Vec<u8>>) -> audit::ActiveModel {
    audit::ActiveModel {
        seq: NotSet,
        at: Set(ms(record.at)),
        door: Set(record.door.to_owned()),
        request: Set(record.request),
        actor_kind: Set(record.actor.kind.to_owned()),
        actor: Set(record.actor.id),
        action: Set(record.action.to_owned()),
        account_id: Set(record.account.map(|account| account.0)),
        subject: Set(record.subject),
        outcome: Set(record.refusal.map(str::to_owned)),
        before: Set(record.before.map(|value| value.to_string())),
        after: Set(record.after.map(|value| value.to_string())),
        why: Set(record.why.map(Cow::into_owned)),
        subject_sealed: Set(subject_sealed),
        actor_sealed: Set(actor_sealed),
    }
}

/// The keys of these persons; new ones are made for who has none.
pub(crate) async fn keys_of(
    transaction: &DatabaseTransaction,
    sealer: &Sealer,
    persons: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, PersonKey>, Error> {
    let mut keys = stored_keys(transaction, sealer, persons).await?;
    let missing: BTreeSet<Uuid> = persons.iter().filter(|person| !keys.contains_key(person)).copied().collect();
    if missing.is_empty() {
        return Ok(keys);
    }
    let mut rows = Vec::with_capacity(missing.len());
    for person in &missing {
        let (key, sealed) = sealer.new_person(*person)?;
        keys.insert(*person, key);
        rows.push(person_keys::ActiveModel { person: Set(*person), sealed: Set(sealed) });
    }
    let mut made = 0;
    for chunk in rows.chunks(CHUNK) {
        let insertion = person_keys::Entity::insert_many(chunk.to_vec()).on_conflict_do_nothing();
        if let TryInsertResult::Inserted(rows) = insertion.exec_without_returning(transaction).await? {
            made += usize::try_from(rows).unwrap_or(0);
        }
    }
    // Another change may have made some of them first: what is stored counts.
    if made < missing.len() {
        keys.extend(stored_keys(transaction, sealer, &missing).await?);
    }
    Ok(keys)
}

/// The keys that exist, in as few statements as it takes.
pub(crate) async fn stored_keys<C: sea_orm::ConnectionTrait>(
    connection: &C,
    sealer: &Sealer,
    persons: &BTreeSet<Uuid>,
) -> Result<BTreeMap<Uuid, PersonKey>, Error> {
    let mut keys = BTreeMap::new();
    let persons: Vec<Uuid> = persons.iter().copied().collect();
    for chunk in persons.chunks(CHUNK) {
        let found = person_keys::Entity::find().filter(person_keys::Column::Person.is_in(padded(chunk)));
        for row in found.all(connection).await? {
            keys.insert(row.person, sealer.person(row.person, &row.sealed)?);
        }
    }
    Ok(keys)
}

/// A sealed part, if there is one and its person was not erased.
pub(crate) fn opened(
    keys: &BTreeMap<Uuid, PersonKey>,
    person: Uuid,
    place: Place<'_>,
    sealed: Option<&[u8]>,
) -> Result<Option<Value>, Error> {
    let (Some(key), Some(sealed)) = (keys.get(&person), sealed) else { return Ok(None) };
    let plain = key.open(place, sealed)?;
    serde_json::from_slice(&plain).map(Some).map_err(Error::corrupt)
}
