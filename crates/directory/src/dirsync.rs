//! What Active Directory says has changed: by DirSync (MS-ADTS 3.1.1.3.4.1.3) where the account may, else by the numbers that
//! a domain controller gives to its changes (`uSNChanged`).

use std::collections::HashMap;

use access::directory::{EntryId, Member};
use ldap3::LdapResult;
use ldap3::controls::RawControl;
use service::directory::reach::Failed;

use crate::ber;
use crate::entry::{Entry, member};
use crate::failed;
use crate::names::Names;
use crate::session::{Ask, Session};

/// The control of DirSync.
const DIRSYNC: &str = "1.2.840.113556.1.4.841";
/// Deleted entries are shown too (MS-ADTS 3.1.1.3.4.1.14).
const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";
/// Names come with their ids (MS-ADTS 3.1.1.3.4.1.5).
const EXTENDED_NAME: &str = "1.2.840.113556.1.4.529";
/// A search that stays and tells that something has changed (MS-ADTS 3.1.1.3.4.1.9).
const NOTIFY: &str = "1.2.840.113556.1.4.528";
/// Bytes of an answer that a domain controller aims at.
const SIZE: [u8; 3] = [0x10, 0x00, 0x00];
/// The most answers of DirSync to one question.
const MOST_ROUNDS: usize = 10_000;

/// How changes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By DirSync, which tells all that changes.
    Replication,
    /// By DirSync, which tells what the account may see.
    Visible,
    /// By number.
    Number,
}

impl How {
    /// The octets of the flags: changed members alone are told (LDAP_DIRSYNC_INCREMENTAL_VALUES), and LDAP_DIRSYNC_OBJECT_SECURITY.
    fn flags(self) -> [u8; 4] {
        [0x80, 0, 0, u8::from(self == Self::Visible)]
    }

    fn letter(self) -> u8 {
        match self {
            Self::Replication => b'D',
            Self::Visible => b'V',
            Self::Number => b'N',
        }
    }
}

/// How far changes have been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) how: How,
    pub(crate) cookie: Vec<u8>,
}

impl Mark {
    pub(crate) fn write(&self) -> Vec<u8> {
        [&[self.how.letter()], self.cookie.as_slice()].concat()
    }

    pub(crate) fn read(written: &[u8]) -> Option<Self> {
        let (letter, cookie) = written.split_first()?;
        let how = [How::Replication, How::Visible, How::Number].into_iter().find(|how| how.letter() == *letter)?;
        Some(Self { how, cookie: cookie.to_vec() })
    }

    /// The number of a change.
    fn number(number: i64) -> Self {
        Self { how: How::Number, cookie: number.to_string().into_bytes() }
    }
}

/// What was told of an entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Touched {
    /// It was deleted.
    pub(crate) gone: bool,
    /// It is new.
    pub(crate) new: bool,
    /// Which members changed is not told: all are to be read.
    pub(crate) whole: bool,
    /// New members.
    pub(crate) added: Vec<Member>,
    /// Members no more.
    pub(crate) removed: Vec<Member>,
}

/// Entries in the order in which they were told first.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    pub(crate) order: Vec<EntryId>,
    pub(crate) entries: HashMap<EntryId, Touched>,
}

/// The controls of searches in which entries are named with their ids.
pub(crate) fn named() -> Vec<RawControl> {
    vec![RawControl { crit: false, ..ber::critical(EXTENDED_NAME, Some(ber::write(0x30, &ber::write(2, &[1])))) }]
}

/// The search that stays and tells that something has changed. The filter may be no other.
pub(crate) fn notices(context: &str) -> Ask {
    let ask = Ask::below(context, "(objectClass=*)", &["objectGUID".to_owned()]);
    ask.with(vec![ber::critical(NOTIFY, None), ber::critical(SHOW_DELETED, None)])
}

/// Whether an account sees what was deleted: the container of it shows its id to those who may look into it.
pub(crate) async fn sees_deleted(session: &mut Session, context: &str) -> Result<bool, Failed> {
    let container = format!("<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,{context}>");
    let ask = Ask::one(&container, &["objectGUID"]).with(vec![ber::critical(SHOW_DELETED, None)]);
    let mut seen = false;
    let result = session.search(ask, &mut |entry| seen |= !entry.values("objectGUID").is_empty()).await?;
    Ok(result.rc == 0 && seen)
}

/// Where changes are to be read from, from now on; by the best way that this account may.
pub(crate) async fn now(session: &mut Session, context: &str, names: &Names) -> Result<Mark, Failed> {
    for how in [How::Replication, How::Visible] {
        // No entry fits: what is wanted is how far the directory is.
        let (filter, attributes) = ("(objectClass=carillonNone)", vec![names.id.to_owned()]);
        let ask = Ask::below(context, filter, &attributes);
        if let Ok(cookie) = rounds(session, ask, how, Vec::new(), &mut |_| ()).await? {
            return Ok(Mark { how, cookie });
        }
    }
    Ok(Mark::number(highest(session).await?))
}

/// What has changed since a mark, and the mark after it; none where the directory cannot say.
pub(crate) async fn changes(
    session: &mut Session,
    context: &str,
    names: &Names,
    mark: &Mark,
) -> Result<Option<(Changed, Mark)>, Failed> {
    let mut changed = Changed::default();
    if mark.how == How::Number {
        let next = highest(session).await?;
        let since = std::str::from_utf8(&mark.cookie).ok().and_then(|text| text.parse::<i64>().ok());
        let Some(since) = since.filter(|since| *since <= next) else { return Ok(None) };
        if since < next {
            let filter = format!("(uSNChanged>={})", since + 1);
            let attributes = [names.id, "isDeleted", "objectClass"].map(str::to_owned);
            let ask = Ask::below(context, filter, &attributes).with(vec![ber::critical(SHOW_DELETED, None)]);
            let mut each = |entry: Entry| changed.take(&entry, names, true);
            session.paged(ask, &mut each).await?;
        }
        return Ok(Some((changed, Mark::number(next))));
    }
    let ask = Ask::below(context, "(objectClass=*)", &names.of_changes());
    let mut each = |entry: Entry| changed.take(&entry, names, false);
    let told = rounds(session, ask, mark.how, mark.cookie.clone(), &mut each).await?;
    match told {
        Ok(cookie) => Ok(Some((changed, Mark { how: mark.how, cookie }))),
        // For now: asking again helps. Anything else means that it does not go on from this cookie.
        Err(result) if matches!(result.rc, 3 | 51 | 52) => Err(failed::of_result(&result)),
        Err(_) => Ok(None),
    }
}

/// Asks by DirSync until nothing more is to come. The inner result is the next cookie, or the directory's refusal.
async fn rounds(
    session: &mut Session,
    ask: Ask,
    how: How,
    mut cookie: Vec<u8>,
    each: &mut (dyn FnMut(Entry) + Send),
) -> Result<Result<Vec<u8>, LdapResult>, Failed> {
    for _ in 0..MOST_ROUNDS {
        let value = [ber::write(2, &how.flags()), ber::write(2, &SIZE), ber::write(4, &cookie)].concat();
        let mut controls = named();
        controls.push(ber::critical(DIRSYNC, Some(ber::write(0x30, &value))));
        let result = session.search(ask.clone().with(controls), each).await?;
        if result.rc != 0 {
            return Ok(Err(result));
        }
        let (more, next) = answered(&result).ok_or_else(failed::protocol)?;
        if !more {
            return Ok(Ok(next));
        }
        // One that repeats itself would be asked for ever.
        if next == cookie {
            return Err(failed::protocol());
        }
        cookie = next;
    }
    Err(failed::protocol())
}

/// Whether more is to come, and the cookie to go on with.
fn answered(result: &LdapResult) -> Option<(bool, Vec<u8>)> {
    let mut parts = ber::parts(ber::control(&result.ctrls, DIRSYNC)?)?;
    let more = ber::number(parts.next()?)? != 0;
    Some((more, parts.nth(1)?.expect_primitive()?))
}

/// The number of the last change of this domain controller.
async fn highest(session: &mut Session) -> Result<i64, Failed> {
    let root = session.find(Ask::one("", &["highestCommittedUSN"])).await?;
    root.first().and_then(|root| root.number("highestCommittedUSN")).ok_or_else(failed::protocol)
}

impl Changed {
    /// Notes what an entry says. `whole`: it does not say which members changed.
    fn take(&mut self, entry: &Entry, names: &Names, whole: bool) {
        let Some(id) = entry.id(names) else { return };
        let touched = self.entries.entry(id).or_insert_with(|| {
            self.order.push(id);
            Touched::default()
        });
        touched.gone |= entry.text("isDeleted").is_some_and(|text| text.eq_ignore_ascii_case("TRUE"));
        touched.new |= !entry.values("objectClass").is_empty();
        touched.whole |= whole;
        for (name, values) in entry.attributes() {
            let Some((own, option)) = name.split_once(';') else {
                touched.whole |= name.eq_ignore_ascii_case(&names.member) && !values.is_empty();
                continue;
            };
            if !own.eq_ignore_ascii_case(&names.member) {
                continue;
            }
            let members = values.iter().filter_map(|value| member(value));
            match option.to_ascii_lowercase().as_str() {
                "range=1-1" => touched.added.extend(members),
                "range=0-0" => touched.removed.extend(members),
                _ => touched.whole = true,
            }
        }
    }
}
