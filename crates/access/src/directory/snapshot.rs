//! All people and groups of a directory at one moment, and who is in which group. Kept in memory beside the directory and
//! brought up to date by what a reader finds; what a check reads is never this, but the rows of the store.
//!
//! Members are known by id: who is renamed or moved stays in their groups, and who is deleted leaves them, whether the
//! directory says so of the groups or not.

mod mapped;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Bound;
use std::sync::Arc;

use jiff::Timestamp;

use super::dn::DnKey;
use super::{EntryId, Group, Member, Person, Read};
use crate::Email;

pub use mapped::{Granting, Resolved};

/// A directory at one moment.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    people: HashMap<EntryId, Arc<Person>>,
    groups: HashMap<EntryId, Known>,
    by_dn: HashMap<DnKey, EntryId>,
    /// By the key of their primary address (rule 1): several when the directory gives one address twice.
    by_mail: HashMap<String, Vec<EntryId>>,
    /// The groups that somebody, or a group, is a direct member of.
    parents: HashMap<EntryId, Vec<EntryId>>,
    /// Groups that name a member nobody has read yet.
    awaited: HashMap<DnKey, Vec<EntryId>>,
    /// When whose account ends.
    expiring: BTreeSet<(Timestamp, EntryId)>,
    /// Who left.
    departed: HashSet<EntryId>,
    incomplete: bool,
}

/// A group that was read.
#[derive(Clone, Debug, Default)]
struct Known {
    dn: String,
    name: String,
    members: HashSet<EntryId>,
    /// Members that nobody has read yet.
    awaited: HashSet<DnKey>,
}

/// Of whom something may have changed; `None` while everybody is read.
struct Touched(Option<BTreeSet<EntryId>>);

impl Touched {
    fn extend(&mut self, ids: impl IntoIterator<Item = EntryId>) {
        if let Some(touched) = &mut self.0 {
            touched.extend(ids);
        }
    }
}

impl Snapshot {
    /// One without anything, with room for as much as an earlier one has.
    pub fn with_room_of(earlier: Option<&Self>) -> Self {
        let Some(earlier) = earlier else { return Self::default() };
        Self {
            people: HashMap::with_capacity(earlier.people.len()),
            groups: HashMap::with_capacity(earlier.groups.len()),
            by_dn: HashMap::with_capacity(earlier.by_dn.len()),
            by_mail: HashMap::with_capacity(earlier.by_mail.len()),
            parents: HashMap::with_capacity(earlier.parents.len()),
            ..Self::default()
        }
    }

    /// Takes over one thing that a reading of everything has found. Whoever is as in an earlier one is shared with it, so that
    /// both fit into memory.
    pub fn add(&mut self, read: Read, earlier: Option<&Self>) {
        let touched = &mut Touched(None);
        match read {
            Read::Person(person) => {
                let known =
                    earlier.and_then(|earlier| earlier.people.get(&person.id)).filter(|known| ***known == person);
                self.person(known.map_or_else(|| Arc::new(person), Arc::clone), touched);
            }
            other => self.read(other, touched),
        }
    }

    /// Takes over what was found. Returns the people of whom something may have changed: their facts, their groups, or
    /// those of somebody with the same address.
    pub fn take(&mut self, reads: Vec<Read>) -> BTreeSet<EntryId> {
        let mut touched = Touched(Some(BTreeSet::new()));
        for read in reads {
            self.read(read, &mut touched);
        }
        let mut touched = touched.0.unwrap_or_default();
        let mails = touched.iter().filter_map(|id| mail_key(self.people.get(id)?));
        let sharing: Vec<EntryId> = mails.flat_map(|mail| self.with_mail(&mail).to_vec()).collect();
        touched.extend(sharing);
        touched
    }

    fn read(&mut self, read: Read, touched: &mut Touched) {
        match read {
            Read::Person(person) => self.person(Arc::new(person), touched),
            Read::Group(group) => self.group(group, touched),
            Read::Members { group, named, added, removed } => self.members(group, named, &added, &removed, touched),
            Read::Gone(id) => self.gone(id, touched),
        }
    }

    /// Whether something came that only a full read tells all of: somebody, or a group, that had left, and in whose groups
    /// nothing changed for that; or members of a group that was never read.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// Somebody, by their id.
    pub fn person_of(&self, id: EntryId) -> Option<&Person> {
        self.people.get(&id).map(Arc::as_ref)
    }

    /// Everybody's id.
    pub fn people(&self) -> impl Iterator<Item = EntryId> {
        self.people.keys().copied()
    }

    /// When the first account ends that has not ended at a moment.
    pub fn next_expiry(&self, after: Timestamp) -> Option<Timestamp> {
        self.ending_after(after).next().map(|(at, _)| *at)
    }

    /// Whose account has ended since a moment, until another.
    pub fn expired(&self, after: Timestamp, until: Timestamp) -> BTreeSet<EntryId> {
        self.ending_after(after).take_while(|(at, _)| *at <= until).map(|(_, id)| *id).collect()
    }

    fn ending_after(&self, after: Timestamp) -> impl Iterator<Item = &(Timestamp, EntryId)> {
        self.expiring.range((Bound::Excluded((after, EntryId::max())), Bound::Unbounded))
    }

    /// How many people are not as another reading has them: their facts, or the groups they are directly in.
    pub fn differing(&self, other: &Self) -> usize {
        let groups = |snapshot: &Self, id: &EntryId| -> BTreeSet<EntryId> {
            snapshot.parents.get(id).into_iter().flatten().copied().collect()
        };
        // Lists of groups that are the same need not be put in order to see it.
        let differ =
            |id: &EntryId| self.parents.get(id) != other.parents.get(id) && groups(self, id) != groups(other, id);
        let here = self.people.iter().filter(|(id, person)| other.people.get(id) != Some(person) || differ(id));
        let there_only = other.people.keys().filter(|id| !self.people.contains_key(id));
        here.count() + there_only.count()
    }

    /// How many groups there are.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Everybody whose primary address has this key.
    pub fn with_mail(&self, key: &str) -> &[EntryId] {
        self.by_mail.get(key).map_or(&[], Vec::as_slice)
    }

    fn person(&mut self, person: Arc<Person>, touched: &mut Touched) {
        let id = person.id;
        self.incomplete |= self.departed.contains(&id);
        let old = self.people.get(&id);
        if old == Some(&person) {
            return;
        }
        let (dn, mail) = (DnKey::of(&person.dn), mail_key(&person));
        let (old_dn, old_mail) = (old.and_then(|old| DnKey::of(&old.dn)), old.and_then(|old| mail_key(old)));
        self.ends(id, old.and_then(|old| old.expires), person.expires);
        self.people.insert(id, person);
        touched.extend([id]);
        if mail != old_mail {
            self.mail_leaves(id, old_mail, touched);
            if let Some(mail) = mail {
                let with_it = self.by_mail.entry(mail).or_default();
                touched.extend(with_it.iter().copied());
                push(with_it, id);
            }
        }
        self.moved(id, old_dn, dn, touched);
    }

    fn group(&mut self, group: Group, touched: &mut Touched) {
        let Group { id, dn, name, members } = group;
        self.incomplete |= self.departed.contains(&id);
        let old_dn = self.groups.get(&id).and_then(|old| DnKey::of(&old.dn));
        let key = DnKey::of(&dn);
        let known = self.groups.entry(id).or_default();
        (known.dn, known.name) = (dn, name);
        self.moved(id, old_dn, key, touched);
        self.stop_awaiting(id);
        let members: HashSet<EntryId> = members.iter().filter_map(|member| self.member(id, member)).collect();
        let before = self.groups.get(&id).map(|known| known.members.clone()).unwrap_or_default();
        for left in before.difference(&members) {
            self.leave(id, *left, touched);
        }
        for joined in members.difference(&before) {
            self.join(id, *joined, touched);
        }
    }

    fn members(
        &mut self,
        id: EntryId,
        named: Option<(String, String)>,
        added: &[Member],
        removed: &[Member],
        touched: &mut Touched,
    ) {
        match (self.groups.get_mut(&id), named) {
            (None, None) => return,
            (None, Some(_)) => {
                self.incomplete = true;
                return;
            }
            (Some(_), None) => {}
            (Some(known), Some((name, dn))) => {
                let (old, new) = (DnKey::of(&known.dn), DnKey::of(&dn));
                (known.name, known.dn) = (name, dn);
                self.moved(id, old, new, touched);
            }
        }
        for member in removed {
            if let Some(member) = self.id_of(member) {
                self.leave(id, member, touched);
            } else if let Some(dn) = dn_of(member) {
                self.await_no_more(id, &dn);
            }
        }
        for member in added {
            if let Some(member) = self.member(id, member) {
                self.join(id, member, touched);
            }
        }
    }

    fn gone(&mut self, id: EntryId, touched: &mut Touched) {
        if self.people.contains_key(&id) || self.groups.contains_key(&id) {
            self.departed.insert(id);
        }
        if let Some(person) = self.people.remove(&id) {
            touched.extend([id]);
            self.ends(id, person.expires, None);
            self.mail_leaves(id, mail_key(&person), touched);
            self.forget_dn(id, DnKey::of(&person.dn));
        }
        if let Some(group) = self.groups.get(&id) {
            let (dn, members) = (DnKey::of(&group.dn), group.members.clone());
            for member in members {
                self.leave(id, member, touched);
            }
            self.stop_awaiting(id);
            self.groups.remove(&id);
            self.forget_dn(id, dn);
        }
        for parent in self.parents.remove(&id).unwrap_or_default() {
            if let Some(parent) = self.groups.get_mut(&parent) {
                parent.members.remove(&id);
            }
        }
    }

    /// Somebody's account ends at another moment than before.
    fn ends(&mut self, id: EntryId, before: Option<Timestamp>, after: Option<Timestamp>) {
        if let Some(before) = before {
            self.expiring.remove(&(before, id));
        }
        self.expiring.extend(after.map(|after| (after, id)));
    }

    fn join(&mut self, group: EntryId, member: EntryId, touched: &mut Touched) {
        if self.groups.get_mut(&group).is_some_and(|group| group.members.insert(member)) {
            push(self.parents.entry(member).or_default(), group);
            self.touch_below(member, touched);
        }
    }

    fn leave(&mut self, group: EntryId, member: EntryId, touched: &mut Touched) {
        if self.groups.get_mut(&group).is_some_and(|group| group.members.remove(&member)) {
            if let Some(parents) = self.parents.get_mut(&member) {
                parents.retain(|parent| *parent != group);
                if parents.is_empty() {
                    self.parents.remove(&member);
                }
            }
            self.touch_below(member, touched);
        }
    }

    /// Everybody in a group, through any depth; or the person themselves.
    fn touch_below(&self, entry: EntryId, touched: &mut Touched) {
        if touched.0.is_none() {
            return;
        }
        let (mut next, mut seen) = (vec![entry], HashSet::new());
        while let Some(entry) = next.pop() {
            match self.groups.get(&entry) {
                Some(group) if seen.insert(entry) => next.extend(&group.members),
                Some(_) => {}
                None => {
                    touched.extend([entry]);
                }
            }
        }
    }

    /// An entry has another distinguished name; groups that named it before it was read have their member now.
    fn moved(&mut self, id: EntryId, old: Option<DnKey>, new: Option<DnKey>, touched: &mut Touched) {
        if old == new {
            return;
        }
        self.forget_dn(id, old);
        let Some(new) = new else { return };
        for group in self.awaited.remove(&new).unwrap_or_default() {
            if let Some(known) = self.groups.get_mut(&group) {
                known.awaited.remove(&new);
            }
            self.join(group, id, touched);
        }
        self.by_dn.insert(new, id);
    }

    fn forget_dn(&mut self, id: EntryId, dn: Option<DnKey>) {
        if let Some(dn) = dn.filter(|dn| self.by_dn.get(dn) == Some(&id)) {
            self.by_dn.remove(&dn);
        }
    }

    fn mail_leaves(&mut self, id: EntryId, mail: Option<String>, touched: &mut Touched) {
        let Some(mail) = mail else { return };
        let Some(with_it) = self.by_mail.get_mut(&mail) else { return };
        with_it.retain(|other| *other != id);
        touched.extend(with_it.iter().copied());
        if with_it.is_empty() {
            self.by_mail.remove(&mail);
        }
    }

    fn id_of(&self, member: &Member) -> Option<EntryId> {
        match member {
            Member::Id(id) => Some(*id),
            Member::Dn(dn) => self.by_dn.get(&DnKey::of(dn)?).copied(),
        }
    }

    /// A group's member; one that was not read yet is awaited.
    fn member(&mut self, group: EntryId, member: &Member) -> Option<EntryId> {
        let found = self.id_of(member);
        if let (None, Some(dn), Some(known)) = (found, dn_of(member), self.groups.get_mut(&group))
            && known.awaited.insert(dn.clone())
        {
            self.awaited.entry(dn).or_default().push(group);
        }
        found
    }

    fn stop_awaiting(&mut self, group: EntryId) {
        let awaited = self.groups.get_mut(&group).map(|known| std::mem::take(&mut known.awaited));
        for dn in awaited.into_iter().flatten() {
            self.await_no_more(group, &dn);
        }
    }

    fn await_no_more(&mut self, group: EntryId, dn: &DnKey) {
        if let Some(known) = self.groups.get_mut(&group) {
            known.awaited.remove(dn);
        }
        let Some(waiting) = self.awaited.get_mut(dn) else { return };
        waiting.retain(|other| *other != group);
        if waiting.is_empty() {
            self.awaited.remove(dn);
        }
    }
}

/// Without room for more: there are as many of these lists as people, and hardly one has more than a few members.
fn push(list: &mut Vec<EntryId>, id: EntryId) {
    list.reserve_exact(1);
    list.push(id);
}

fn dn_of(member: &Member) -> Option<DnKey> {
    match member {
        Member::Id(_) => None,
        Member::Dn(dn) => DnKey::of(dn),
    }
}

fn mail_key(person: &Person) -> Option<String> {
    Some(Email::parse(person.mail.as_deref()?).ok()?.key().to_owned())
}
