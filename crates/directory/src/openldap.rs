//! OpenLDAP: everything, page by page; then what changes, told by the server itself (RFC 4533) where it does that, else asked
//! for by the time of the change.

use std::collections::HashSet;
use std::time::Duration;

use access::directory::{EntryId, Group, Read};
use futures::FutureExt;
use futures::future::{BoxFuture, select};
use service::directory::reach::{Failed, LeftOut, Position, Reading, Since};
use tokio::time::{sleep, timeout};

use crate::caught;
use crate::entry::Entry;
use crate::names::Names;
use crate::session::{ANSWER, Ask, Session};
use crate::synchronisation::{CONTROL, Follow, Of, Told};

/// How often a server is asked that does not tell.
pub(crate) const ASKED: Duration = Duration::from_secs(30);
/// How often it is looked whether a server is still there while nothing changes.
pub(crate) const BEAT: Duration = Duration::from_secs(60);

/// An OpenLDAP that is being read.
#[derive(Debug)]
pub(crate) struct OpenLdap {
    session: Session,
    names: Names,
    /// What the base is in (`namingContexts`).
    suffix: String,
    tells: bool,
    /// The searches by which people and groups are followed.
    following: Option<[Follow; 2]>,
    /// Who and what was there, to know what is gone when the server says only what has stayed.
    known: [Option<HashSet<EntryId>>; 2],
}

/// What a position of this kind of server is made of.
enum Mark {
    /// What the server was given to go on from, for people and for groups.
    Cookies([Vec<u8>; 2]),
    /// The time of the last change.
    Stamp(String),
}

impl OpenLdap {
    pub(crate) async fn new(mut session: Session, names: Names) -> Result<Self, Failed> {
        let root = session.find(Ask::one("", &["namingContexts", "supportedControl"])).await?;
        let root = root.first().cloned().unwrap_or_default();
        let suffix = suffix_of(&names.base, root.texts("namingContexts"));
        let tells = root.texts("supportedControl").any(|control| control == CONTROL);
        Ok(Self { session, names, suffix, tells, following: None, known: [None, None] })
    }

    /// What changes can be asked for from now on: where the server tells, its state (`contextCSN`).
    async fn state(&mut self) -> Result<Option<Vec<u8>>, Failed> {
        if !self.tells {
            return Ok(None);
        }
        let found = self.session.find(Ask::one(&self.suffix, &["contextCSN"])).await?;
        let mut states: Vec<&str> = found.iter().flat_map(|entry| entry.texts("contextCSN")).collect();
        states.sort_unstable();
        Ok((!states.is_empty()).then(|| format!("rid=000,csn={}", states.join(";")).into_bytes()))
    }

    /// Whether changes are told, deletions too.
    pub(crate) async fn follows(&mut self) -> Result<bool, Failed> {
        Ok(self.state().await?.is_some())
    }

    async fn read_all(&mut self, take: &mut (dyn FnMut(Read) + Send)) -> Result<Position, Failed> {
        let following = self.following.take();
        self.end(following).await?;
        let state = self.state().await?;
        let mut last = String::new();
        for of in Of::BOTH {
            let mut known = HashSet::new();
            let mut each = |read| {
                known.extend(id_of(&read));
                take(read);
            };
            self.read(of, None, &mut last, &mut each).await?;
            if let Some(slot) = self.known.get_mut(of.place()) {
                *slot = Some(known);
            }
        }
        let mark = state.map_or(Mark::Stamp(last), |state| Mark::Cookies([state.clone(), state]));
        Ok(self.position(mark))
    }

    /// Hands over people or groups, all or those that changed at a time or later; and the last time of a change, if that is
    /// later.
    async fn read(
        &mut self,
        of: Of,
        since: Option<&str>,
        last: &mut String,
        take: &mut (dyn FnMut(Read) + Send),
    ) -> Result<(), Failed> {
        let names = self.names.clone();
        let filter = match since {
            None => of.filter(&names),
            Some(stamp) => format!("(&{}(modifyTimestamp>={stamp}))", of.filter(&names)),
        };
        let mut attributes = of.attributes(&names);
        attributes.push("modifyTimestamp".to_owned());
        let mut without_id = Vec::new();
        let mut each = |entry: Entry| {
            if let Some(stamp) = entry.text("modifyTimestamp").filter(|stamp| is_stamp(stamp) && *stamp > last.as_str())
            {
                stamp.clone_into(last);
            }
            match of.read(&entry, &names) {
                Some(read) => take(read),
                None => without_id.push(entry.dn),
            }
        };
        self.session.paged(Ask::below(&names.base, filter, &attributes), &mut each).await?;
        for dn in without_id {
            self.session.leave_out_nobody(&dn, "it has no entryUUID");
        }
        Ok(())
    }

    async fn read_since(&mut self, position: &Position) -> Result<Since, Failed> {
        if position.server != self.server() {
            return Ok(Since::All);
        }
        match Mark::read(&position.cookie) {
            None => Ok(Since::All),
            Some(Mark::Stamp(stamp)) => {
                let (mut reads, mut last) = (Vec::new(), stamp.clone());
                for of in Of::BOTH {
                    let since = (!stamp.is_empty()).then_some(stamp.as_str());
                    self.read(of, since, &mut last, &mut |read| reads.push(read)).await?;
                }
                Ok(Since::Changes(reads, self.position(Mark::Stamp(last))))
            }
            Some(Mark::Cookies(cookies)) => self.told(cookies).await,
        }
    }

    /// What the server has told since cookies: of the searches that stand there, or of new ones.
    async fn told(&mut self, cookies: [Vec<u8>; 2]) -> Result<Since, Failed> {
        let mut following = match self.following.take() {
            Some(standing) if standing.iter().map(|one| &one.cookie).eq(&cookies) => standing,
            others => {
                self.end(others).await?;
                let [people, groups] = cookies;
                [self.follow(Of::People, people).await?, self.follow(Of::Groups, groups).await?]
            }
        };
        let mut reads = Vec::new();
        for (follow, known) in following.iter_mut().zip(&mut self.known) {
            loop {
                // What has not come yet is waited for only until the server has said all that changed up to now.
                let refreshed = follow.refreshed;
                let next = follow.next(&self.session);
                let next = if refreshed { next.now_or_never() } else { Some(in_time(next).await) };
                let Some(next) = next else { break };
                let told = match next? {
                    Some(item) => follow.take(&mut self.session, item, &self.names, known)?,
                    None => Told::All,
                };
                let Told::Reads(told) = told else {
                    self.end(Some(following)).await?;
                    return Ok(Since::All);
                };
                reads.extend(told);
            }
        }
        let cookies = following.each_ref().map(|follow| follow.cookie.clone());
        self.following = Some(following);
        Ok(Since::Changes(reads, self.position(Mark::Cookies(cookies))))
    }

    async fn follow(&mut self, of: Of, cookie: Vec<u8>) -> Result<Follow, Failed> {
        let ask = Ask::below(&self.names.base, of.filter(&self.names), &of.attributes(&self.names));
        Follow::begin(&mut self.session, ask, of, cookie).await
    }

    /// Ends searches that stay: a server has room for a few on a connection, and lets the next wait without a word.
    async fn end(&mut self, following: Option<[Follow; 2]>) -> Result<(), Failed> {
        for follow in following.into_iter().flatten() {
            follow.end(&mut self.session).await?;
        }
        Ok(())
    }

    /// Waits for a word. A server that tells nothing is asked now and then.
    async fn wait_for_word(&mut self, position: &Position) -> Result<(), Failed> {
        if let Some(Mark::Stamp(_)) = Mark::read(&position.cookie) {
            sleep(ASKED).await;
            return Ok(());
        }
        loop {
            let Some([people, groups]) = &mut self.following else { return Ok(()) };
            let told = select(people.word(&self.session).boxed(), groups.word(&self.session).boxed());
            if let Ok(told) = timeout(BEAT, told).await.map(|told| told.factor_first().0) {
                return told;
            }
            self.session.find(Ask::one("", &["objectClass"])).await?;
        }
    }

    fn server(&self) -> String {
        format!("{} {}", self.session.url(), self.suffix)
    }

    fn position(&self, mark: Mark) -> Position {
        Position { server: self.server(), cookie: mark.write() }
    }
}

impl Mark {
    fn write(self) -> Vec<u8> {
        match self {
            Self::Stamp(stamp) => [b"T", stamp.as_bytes()].concat(),
            Self::Cookies([people, groups]) => {
                let length = u32::try_from(people.len()).unwrap_or(u32::MAX).to_be_bytes();
                [b"S", length.as_slice(), &people, &groups].concat()
            }
        }
    }

    fn read(written: &[u8]) -> Option<Self> {
        match written.split_first()? {
            (b'T', stamp) => Some(Self::Stamp(String::from_utf8(stamp.to_vec()).ok()?)),
            (b'S', rest) => {
                let (length, rest) = rest.split_first_chunk::<4>()?;
                let (people, groups) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
                Some(Self::Cookies([people.to_vec(), groups.to_vec()]))
            }
            _ => None,
        }
    }
}

/// The next answer, which must come.
async fn in_time<T>(next: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    timeout(ANSWER, next).await.unwrap_or_else(|_| Err(Failed::new("too-slow", "it did not answer in time")))
}

/// The naming context that a base is in; the base itself where none is told.
pub(crate) fn suffix_of<'a>(base: &str, contexts: impl Iterator<Item = &'a str>) -> String {
    let plain = |dn: &str| dn.split(',').map(|part| part.trim().to_lowercase()).collect::<Vec<_>>();
    let whole = plain(base);
    let around = contexts.filter(|context| !context.is_empty() && whole.ends_with(&plain(context)));
    around.max_by_key(|context| context.len()).unwrap_or(base).to_owned()
}

/// Whether a text is a time as LDAP writes it (RFC 4517 section 3.3.13): it goes into a filter.
fn is_stamp(text: &str) -> bool {
    text.ends_with('Z')
        && text.len() < 30
        && text.trim_end_matches('Z').bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn id_of(read: &Read) -> Option<EntryId> {
    match read {
        Read::Person(person) => Some(person.id),
        Read::Group(group) => Some(group.id),
        Read::Members { .. } | Read::Gone(_) => None,
    }
}

impl Reading for OpenLdap {
    fn each<'a>(&'a mut self, take: &'a mut (dyn FnMut(Read) + Send)) -> BoxFuture<'a, Result<Position, Failed>> {
        caught(self.read_all(take))
    }

    fn since<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<Since, Failed>> {
        caught(self.read_since(position))
    }

    fn wait<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<(), Failed>> {
        caught(self.wait_for_word(position))
    }

    fn groups<'a>(&'a mut self, prefix: &'a str, most: usize) -> BoxFuture<'a, Result<Vec<Group>, Failed>> {
        caught(self.session.groups(&self.names, prefix, most))
    }

    fn left_out(&mut self) -> LeftOut {
        self.session.take_left_out()
    }
}
