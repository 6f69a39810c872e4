//! What members held over time (rule 26): rows and back.

use access::decision::SuspensionFacts;
use access::report::{Entry, Held};
use access::{AccountId, UserId};
use sea_orm::{ActiveValue::NotSet, Set};

use crate::Error;
use crate::convert::{license, license_origin, license_origin_name, ms, time, times};
use crate::entity::license_history;

/// A row to insert.
pub(crate) type Row = license_history::ActiveModel;

/// The columns of a row that say what was held.
pub(crate) struct Columns {
    pub at: i64,
    pub license: Option<String>,
    pub origin: Option<String>,
    pub suspended: bool,
    pub suspended_until: Option<i64>,
    pub trial_until: Option<i64>,
    pub source_license: Option<String>,
}

/// The row of an entry.
pub(crate) fn row(user: UserId, account: AccountId, entry: Entry) -> Row {
    let Entry { at, held } = entry;
    let suspension = held.and_then(|held| held.suspension);
    Row {
        id: NotSet,
        user_id: Set(user.0),
        account_id: Set(account.0),
        at: Set(ms(at)),
        license: Set(held.map(|held| held.license.name().to_owned())),
        origin: Set(held.map(|held| license_origin_name(held.origin).to_owned())),
        suspended: Set(suspension.is_some()),
        suspended_until: Set(suspension.and_then(|suspension| suspension.until).map(ms)),
        trial_until: Set(held.and_then(|held| held.trial_until).map(ms)),
        source_license: Set(held.and_then(|held| held.group).map(|license| license.name().to_owned())),
    }
}

/// The entry of a row.
pub(crate) fn entry(row: Columns) -> Result<Entry, Error> {
    let held = match (row.license, row.origin) {
        (Some(held), Some(origin)) => Some(Held {
            license: license(&held)?,
            origin: license_origin(&origin)?,
            suspension: match row.suspended {
                true => Some(SuspensionFacts { until: times(row.suspended_until)? }),
                false => None,
            },
            trial_until: times(row.trial_until)?,
            group: row.source_license.as_deref().map(license).transpose()?,
        }),
        (None, None) => None,
        _ => return Err(Error::corrupt("a history with half a license")),
    };
    Ok(Entry { at: time(row.at)?, held })
}
