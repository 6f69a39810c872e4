//! Content synchronisation (RFC 4533): one search that stays, on which the server tells what changes.

use std::collections::{HashSet, VecDeque};

use access::directory::{EntryId, Read};
use ldap3::ResultEntry;
use ldap3::asn1::StructureTag;
use ldap3::controls::{RawControl, RefreshMode, SyncRequest};
use service::directory::reach::Failed;
use uuid::Uuid;

use crate::ber;
use crate::entry::Entry;
use crate::failed;
use crate::names::Names;
use crate::session::{Ask, Session, Stream};

/// The control that asks for it.
pub(crate) const CONTROL: &str = "1.3.6.1.4.1.4203.1.9.1.1";
const STATE: &str = "1.3.6.1.4.1.4203.1.9.1.2";
const INFO: &str = "1.3.6.1.4.1.4203.1.9.1.4";

/// What is followed. People and groups are two searches: what is which, the server's own filters say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    People,
    Groups,
}

impl Of {
    pub(crate) const BOTH: [Self; 2] = [Self::People, Self::Groups];

    /// Its place where something is kept for both.
    pub(crate) fn place(self) -> usize {
        usize::from(self == Self::Groups)
    }

    pub(crate) fn filter(self, names: &Names) -> String {
        match self {
            Self::People => names.people.clone(),
            Self::Groups => names.groups.clone(),
        }
    }

    pub(crate) fn attributes(self, names: &Names) -> Vec<String> {
        match self {
            Self::People => names.of_people(),
            Self::Groups => names.of_groups(true),
        }
    }

    /// An entry as what it is; none without an id.
    pub(crate) fn read(self, entry: &Entry, names: &Names) -> Option<Read> {
        match self {
            Self::People => entry.person(names).map(Read::Person),
            Self::Groups => entry.group(names).map(Read::Group),
        }
    }
}

/// A search that stays.
#[derive(Debug)]
pub(crate) struct Follow {
    of: Of,
    stream: Stream,
    /// How far it has told.
    pub(crate) cookie: Vec<u8>,
    /// Whether all that had changed before it began has been told.
    pub(crate) refreshed: bool,
    /// What has stayed, as far as that was said, until the refresh is over.
    present: HashSet<EntryId>,
    /// What was taken from the stream and not looked at.
    waiting: VecDeque<ResultEntry>,
    ended: bool,
}

/// What an answer on it said.
pub(crate) enum Told {
    /// This.
    Reads(Vec<Read>),
    /// What has stayed, but not what is gone, and it is not known here what was there.
    All,
}

impl Follow {
    /// Begins at a cookie.
    pub(crate) async fn begin(session: &mut Session, ask: Ask, of: Of, cookie: Vec<u8>) -> Result<Self, Failed> {
        let request =
            SyncRequest { mode: RefreshMode::RefreshAndPersist, cookie: Some(cookie.clone()), reload_hint: false };
        let request = RawControl { crit: true, ..request.into() };
        let stream = session.begin(ask.with(vec![request])).await?;
        let (present, waiting) = (HashSet::new(), VecDeque::new());
        Ok(Self { of, stream, cookie, refreshed: false, present, waiting, ended: false })
    }

    /// The server need not tell any more.
    pub(crate) async fn end(self, session: &mut Session) -> Result<(), Failed> {
        if self.ended { Ok(()) } else { session.abandon(self.stream).await }
    }

    /// The next answer; none when the server ended it.
    pub(crate) async fn next(&mut self, session: &Session) -> Result<Option<ResultEntry>, Failed> {
        match self.waiting.pop_front() {
            Some(item) => Ok(Some(item)),
            None if self.ended => Ok(None),
            None => {
                let next = session.next(&mut self.stream).await?;
                self.ended = next.is_none();
                Ok(next)
            }
        }
    }

    /// Waits until there is a next answer, and keeps it.
    pub(crate) async fn word(&mut self, session: &Session) -> Result<(), Failed> {
        if self.waiting.is_empty() {
            let next = self.next(session).await?;
            self.waiting.extend(next);
        }
        Ok(())
    }

    /// Takes what an answer says. `known`: what was there so far, if that is known.
    pub(crate) fn take(
        &mut self,
        session: &mut Session,
        item: ResultEntry,
        names: &Names,
        known: &mut Option<HashSet<EntryId>>,
    ) -> Result<Told, Failed> {
        if item.is_intermediate() {
            return self.info(item, known).ok_or_else(failed::protocol);
        }
        let Some(state) = ber::control(&item.1, STATE).and_then(State::read) else {
            // A reference to elsewhere has a state too, but is nobody.
            return if item.is_ref() { Ok(Told::Reads(Vec::new())) } else { Err(failed::protocol()) };
        };
        if let Some(cookie) = state.cookie {
            self.cookie = cookie;
        }
        if state.code == State::DELETED {
            known.as_mut().map(|known| known.remove(&state.id));
            return Ok(Told::Reads(vec![Read::Gone(state.id)]));
        }
        if !self.refreshed {
            self.present.insert(state.id);
        }
        known.as_mut().map(|known| known.insert(state.id));
        let read = match state.code {
            State::PRESENT => None,
            _ => session.entry(item).and_then(|entry| self.of.read(&entry, names)),
        };
        Ok(Told::Reads(read.into_iter().collect()))
    }

    /// What is said of the synchronisation itself (section 2.5).
    fn info(&mut self, item: ResultEntry, known: &mut Option<HashSet<EntryId>>) -> Option<Told> {
        let info = ber::intermediate(item, INFO)?;
        let kind = info.id;
        if kind == 0 {
            self.cookie = info.expect_primitive()?;
            return Some(Told::Reads(Vec::new()));
        }
        let (mut flag, mut ids) = (kind != 3, Vec::new());
        for part in ber::parts(info)? {
            match part.id {
                4 => self.cookie = part.expect_primitive()?,
                1 => flag = part.expect_primitive()?.first()? != &0,
                17 => ids = ber::parts(part)?.map(id).collect::<Option<_>>()?,
                _ => return None,
            }
        }
        match kind {
            // What has stayed was told: the rest is gone.
            2 => {
                self.refreshed |= flag;
                let Some(known) = known else { return Some(Told::All) };
                let gone: Vec<EntryId> = known.difference(&self.present).copied().collect();
                known.retain(|id| self.present.contains(id));
                self.present = HashSet::new();
                Some(Told::Reads(gone.into_iter().map(Read::Gone).collect()))
            }
            1 => {
                self.refreshed |= flag;
                Some(Told::Reads(Vec::new()))
            }
            // A set of those that are gone, or of those that have stayed.
            3 if flag => {
                if let Some(known) = known {
                    known.retain(|id| !ids.contains(id));
                }
                Some(Told::Reads(ids.into_iter().map(Read::Gone).collect()))
            }
            3 => {
                self.present.extend(ids);
                Some(Told::Reads(Vec::new()))
            }
            _ => None,
        }
    }
}

/// What is said of an entry (section 2.3).
struct State {
    code: i64,
    id: EntryId,
    cookie: Option<Vec<u8>>,
}

impl State {
    const PRESENT: i64 = 0;
    const DELETED: i64 = 3;

    fn read(value: StructureTag) -> Option<Self> {
        let mut parts = ber::parts(value)?;
        let (code, id) = (ber::number(parts.next()?)?, id(parts.next()?)?);
        Some(Self { code, id, cookie: parts.next().and_then(StructureTag::expect_primitive) })
    }
}

fn id(tag: StructureTag) -> Option<EntryId> {
    Uuid::from_slice(&tag.expect_primitive()?).ok()
}
