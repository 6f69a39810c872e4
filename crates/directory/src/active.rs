//! Active Directory: everything, page by page and range by range; then what changes.

use std::collections::{HashMap, HashSet};

use access::directory::{EntryId, Group, Member, Read};
use futures::FutureExt;
use futures::future::BoxFuture;
use service::directory::reach::{Failed, LeftOut, Position, Reading, Since};
use std::time::Duration;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use crate::caught;
use crate::dirsync::{self, Changed, Mark};
use crate::entry::Entry;
use crate::failed;
use crate::names::Names;
use crate::openldap::{ASKED, BEAT, suffix_of};
use crate::session::{Ask, Session, Stream};

/// How many ids are looked for by one filter.
const AT_ONCE: usize = 100;
/// More changed entries than this are read faster by reading all.
const MOST_CHANGED: usize = 20_000;
/// How long further notices are gathered after one: changes come in swarms.
const GATHER: Duration = Duration::from_millis(100);

/// An Active Directory that is being read.
#[derive(Debug)]
pub(crate) struct ActiveDirectory {
    pub(crate) session: Session,
    pub(crate) names: Names,
    /// What the base is in: changes are told of all of it.
    pub(crate) context: String,
    /// The domain controller, and which life of its database this is.
    server: String,
    /// The search that stays; none before it was asked for, and where it is refused.
    notices: Option<Stream>,
    refused: bool,
    /// The groups that are somebody's primary group, by their security id.
    primary: HashMap<Vec<u8>, Option<EntryId>>,
}

impl ActiveDirectory {
    pub(crate) async fn new(mut session: Session, names: Names) -> Result<Self, Failed> {
        let wanted = ["namingContexts", "defaultNamingContext", "dsServiceName"];
        let root = session.find(Ask::one("", &wanted)).await?.pop().unwrap_or_default();
        if root.text("defaultNamingContext").is_none() {
            return Err(Failed::new("protocol", "this is no Active Directory; choose the kind OpenLdap"));
        }
        let contexts = root.texts("namingContexts").chain(root.texts("defaultNamingContext"));
        let context = suffix_of(&names.base, contexts);
        let service = root.text("dsServiceName").unwrap_or_default().to_owned();
        // A domain controller that was restored from a backup counts anew, under another invocation id.
        let mut life = None;
        if !service.is_empty() {
            let ask = Ask::one(&service, &["invocationId"]);
            session.search(ask, &mut |entry| life = entry.values("invocationId").first().cloned()).await?;
        }
        let life = life.and_then(|life| Uuid::from_slice_le(&life).ok()).unwrap_or_default();
        let server = format!("{service} {life} {context}");
        let (notices, refused, primary) = (None, false, HashMap::new());
        Ok(Self { session, names, context, server, notices, refused, primary })
    }

    async fn read_all(&mut self, take: &mut (dyn FnMut(Read) + Send)) -> Result<Position, Failed> {
        let mark = dirsync::now(&mut self.session, &self.context, &self.names).await?;
        let names = self.names.clone();
        let (mut primary, mut without_id) = (Vec::new(), Vec::new());
        let mut each = |entry: Entry| match entry.person(&names) {
            Some(person) => {
                primary.extend(primary_group(&entry).map(|group| (group, person.id)));
                take(Read::Person(person));
            }
            None => without_id.push(entry.dn),
        };
        let ask = Ask::below(&names.base, names.people.clone(), &names.of_people());
        self.session.paged(ask.with(dirsync::named()), &mut each).await?;
        let mut groups = Vec::new();
        let ask = Ask::below(&names.base, names.groups.clone(), &names.of_groups(true));
        self.session.paged(ask.with(dirsync::named()), &mut |entry| groups.push(entry)).await?;
        let mut members: HashMap<Vec<u8>, Vec<Member>> = HashMap::new();
        for (group, person) in primary {
            members.entry(group).or_default().push(Member::Id(person));
        }
        for entry in groups {
            match self.group(&entry).await? {
                Some(mut group) => {
                    let sid = entry.values("objectSid").first();
                    group.members.extend(sid.and_then(|sid| members.remove(sid)).unwrap_or_default());
                    take(Read::Group(group));
                }
                None => without_id.push(entry.dn),
            }
        }
        for dn in without_id {
            self.session.leave_out_nobody(&dn, "it has no objectGUID");
        }
        Ok(Position { server: self.server.clone(), cookie: mark.write() })
    }

    /// A group with all its members: a domain controller hands out 1,500 of them at once (MS-ADTS 3.1.1.3.1.3.3).
    async fn group(&mut self, entry: &Entry) -> Result<Option<Group>, Failed> {
        let Some(mut group) = entry.group(&self.names) else { return Ok(None) };
        // What is small comes without a range.
        let Some(mut range) = Range::of(entry, &self.names.member, 0)? else { return Ok(Some(group)) };
        while let Some(from) = range.take(&mut group.members) {
            let wanted = format!("{};range={from}-*", self.names.member);
            let found = self.session.find(Ask::one(&entry.dn, &[&wanted]).with(dirsync::named())).await?;
            let next = found.first().map(|entry| Range::of(entry, &self.names.member, from)).transpose()?;
            // A group whose members end before their end would look as if the others had left it.
            range = next.flatten().ok_or_else(failed::protocol)?;
        }
        Ok(Some(group))
    }

    async fn read_since(&mut self, position: &Position) -> Result<Since, Failed> {
        let mark = Mark::read(&position.cookie).filter(|_| position.server == self.server);
        let Some(mark) = mark else { return Ok(Since::All) };
        let told = dirsync::changes(&mut self.session, &self.context, &self.names, &mark).await?;
        let Some((changed, mark)) = told.filter(|(changed, _)| changed.order.len() <= MOST_CHANGED) else {
            return Ok(Since::All);
        };
        let position = Position { server: self.server.clone(), cookie: mark.write() };
        Ok(self.settle(changed).await?.map_or(Since::All, |reads| Since::Changes(reads, position)))
    }

    /// What changed entries are now. Only the directory itself can say which of them are people and groups of ours; none where
    /// what lies around people was moved or renamed, which is told of itself alone.
    async fn settle(&mut self, mut changed: Changed) -> Result<Option<Vec<Read>>, Failed> {
        let (mut groups, mut people, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        let missing = self.session.missing();
        let order = std::mem::take(&mut changed.order);
        let (there, left): (Vec<EntryId>, Vec<EntryId>) =
            order.into_iter().partition(|id| changed.entries.get(id).is_some_and(|touched| !touched.gone));
        gone.extend(left.into_iter().map(Read::Gone));
        for ids in there.chunks(AT_ONCE) {
            let filter: String = ids.iter().map(|id| self.names.with_id(*id)).collect();
            let filter = format!("(|{filter})");
            let mut found = HashSet::new();
            for entry in self.found(self.names.groups_with(&filter), &self.names.of_groups(false)).await? {
                let Some(id) = entry.id(&self.names) else { continue };
                found.insert(id);
                let touched = changed.entries.remove(&id).unwrap_or_default();
                groups.extend(self.changed_group(&entry, id, touched).await?);
            }
            for entry in self.found(self.names.people_with(&filter), &self.names.of_people()).await? {
                let Some(person) = entry.person(&self.names) else { continue };
                found.insert(person.id);
                let id = person.id;
                people.push(Read::Person(person));
                people.extend(self.joins_primary_group(&entry, id).await?);
            }
            let others: Vec<EntryId> = ids.iter().filter(|id| !found.contains(id)).copied().collect();
            if self.was_moved(&others, &changed).await? {
                return Ok(None);
            }
            gone.extend(others.into_iter().map(Read::Gone));
        }
        // What could not be read would look as if it were gone.
        if self.session.missing() > missing {
            return Ok(None);
        }
        // Groups before people: who changes their primary group leaves the members of the new one, and belongs to it so.
        gone.extend(groups);
        gone.extend(people);
        Ok(Some(gone))
    }

    async fn found(&mut self, filter: String, attributes: &[String]) -> Result<Vec<Entry>, Failed> {
        let base = self.names.base.clone();
        self.session.find(Ask::below(&base, filter, attributes).with(dirsync::named())).await
    }

    /// A group that changed: the members that did, or, where that is not told, all.
    async fn changed_group(
        &mut self,
        entry: &Entry,
        id: EntryId,
        touched: dirsync::Touched,
    ) -> Result<Option<Read>, Failed> {
        if touched.whole || touched.new {
            let attributes = self.names.of_groups(true);
            let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
            let found = self.session.find(Ask::one(&entry.dn, &attributes).with(dirsync::named())).await?;
            let Some(entry) = found.first() else { return Ok(None) };
            let Some(mut group) = self.group(entry).await? else { return Ok(None) };
            group.members.extend(self.primary_members(entry).await?);
            return Ok(Some(Read::Group(group)));
        }
        let name = entry.text("cn").unwrap_or_default().to_owned();
        let named = Some((name, entry.dn.clone()));
        Ok(Some(Read::Members { group: id, named, added: touched.added, removed: touched.removed }))
    }

    /// Those whose primary group it is: they do not stand in it.
    async fn primary_members(&mut self, group: &Entry) -> Result<Vec<Member>, Failed> {
        let last = group.values("objectSid").first().and_then(|sid| sid.last_chunk::<4>());
        let Some(number) = last.map(|octets| u32::from_le_bytes(*octets)) else { return Ok(Vec::new()) };
        let filter = self.names.people_with(&format!("(primaryGroupID={number})"));
        let (names, mut members) = (self.names.clone(), Vec::new());
        let ask = Ask::below(&names.base, filter, &[names.id.to_owned()]);
        self.session.paged(ask, &mut |entry| members.extend(entry.id(&names).map(Member::Id))).await?;
        Ok(members)
    }

    /// Somebody's belonging to their primary group.
    async fn joins_primary_group(&mut self, entry: &Entry, person: EntryId) -> Result<Option<Read>, Failed> {
        let Some(sid) = primary_group(entry) else { return Ok(None) };
        let known = self.primary.get(&sid).copied();
        let group = match known {
            Some(group) => group,
            None => {
                let octets: String = sid.iter().map(|octet| format!("\\{octet:02x}")).collect();
                let filter = self.names.groups_with(&format!("(objectSid={octets})"));
                let found = self.found(filter, &self.names.of_groups(false)).await?;
                let group = found.first().and_then(|entry| entry.id(&self.names));
                self.primary.insert(sid, group);
                group
            }
        };
        let joins = |group| Read::Members { group, named: None, added: vec![Member::Id(person)], removed: Vec::new() };
        Ok(group.map(joins))
    }

    /// Whether one of these is a container that was there before: what is in it has other names now, and nobody says so.
    async fn was_moved(&mut self, ids: &[EntryId], changed: &Changed) -> Result<bool, Failed> {
        let old = |id: &&EntryId| changed.entries.get(*id).is_some_and(|touched| touched.whole || !touched.new);
        let filter: String = ids.iter().filter(old).map(|id| self.names.with_id(*id)).collect();
        if filter.is_empty() {
            return Ok(false);
        }
        let filter = format!("(&(|(objectClass=organizationalUnit)(objectClass=container))(|{filter}))");
        let context = self.context.clone();
        let found = self.session.find(Ask::below(&context, filter, &[self.names.id.to_owned()])).await?;
        Ok(!found.is_empty())
    }

    /// Waits for a notice; where none are given, a while.
    async fn wait_for_notice(&mut self) -> Result<(), Failed> {
        if self.refused {
            sleep(ASKED).await;
            return Ok(());
        }
        let Some(notices) = &mut self.notices else {
            // What changed before is not told by it: whoever waits asks once more first.
            self.notices = Some(self.session.begin(dirsync::notices(&self.context)).await?);
            return Ok(());
        };
        loop {
            match timeout(BEAT, self.session.next(notices)).await {
                Ok(Ok(Some(_))) => break,
                Ok(Ok(None)) => {
                    (self.notices, self.refused) = (None, true);
                    return Ok(());
                }
                Ok(Err(failed)) => return Err(failed),
                Err(_) => drop(self.session.find(Ask::one("", &["highestCommittedUSN"])).await?),
            }
        }
        sleep(GATHER).await;
        while let Some(Ok(Some(_))) = self.session.next(notices).now_or_never() {}
        Ok(())
    }
}

/// A range of the members of a group (MS-ADTS 3.1.1.3.1.3.3).
struct Range {
    members: Vec<Member>,
    /// Where the next begins; none after the last.
    next: Option<u64>,
}

impl Range {
    /// The range in an entry, which must begin where it was asked for; none where there is none.
    fn of(entry: &Entry, member: &str, from: u64) -> Result<Option<Self>, Failed> {
        let mut ranges = entry.attributes().filter_map(|(name, values)| {
            let (own, range) = name.split_once(";range=")?;
            own.eq_ignore_ascii_case(member).then_some((range, values))
        });
        let Some((range, values)) = ranges.next() else { return Ok(None) };
        let (first, last) = range.split_once('-').ok_or_else(failed::protocol)?;
        let next = match last {
            "*" => None,
            last => Some(last.parse::<u64>().ok().filter(|last| *last >= from).ok_or_else(failed::protocol)?),
        };
        if first.parse() != Ok(from) || ranges.next().is_some() {
            return Err(failed::protocol());
        }
        let members = values.iter().filter_map(|value| crate::entry::member(value)).collect();
        Ok(Some(Self { members, next: next.and_then(|last| last.checked_add(1)) }))
    }

    /// Hands over the members, and where the next range begins.
    fn take(self, members: &mut Vec<Member>) -> Option<u64> {
        members.extend(self.members);
        self.next
    }
}

/// The security id of somebody's primary group: that of their domain, and the group's own number (MS-DTYP 2.4.2.2).
fn primary_group(entry: &Entry) -> Option<Vec<u8>> {
    let number = u32::try_from(entry.number("primaryGroupID")?).ok()?;
    let (domain, _) = entry.values("objectSid").first()?.split_last_chunk::<4>()?;
    Some([domain, &number.to_le_bytes()].concat())
}

impl Reading for ActiveDirectory {
    fn each<'a>(&'a mut self, take: &'a mut (dyn FnMut(Read) + Send)) -> BoxFuture<'a, Result<Position, Failed>> {
        caught(self.read_all(take))
    }

    fn since<'a>(&'a mut self, position: &'a Position) -> BoxFuture<'a, Result<Since, Failed>> {
        caught(self.read_since(position))
    }

    fn wait<'a>(&'a mut self, _position: &'a Position) -> BoxFuture<'a, Result<(), Failed>> {
        caught(self.wait_for_notice())
    }

    fn groups<'a>(&'a mut self, prefix: &'a str, most: usize) -> BoxFuture<'a, Result<Vec<Group>, Failed>> {
        caught(self.session.groups(&self.names, prefix, most))
    }

    fn left_out(&mut self) -> LeftOut {
        self.session.take_left_out()
    }
}
