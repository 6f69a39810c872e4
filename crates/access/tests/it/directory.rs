//! A directory that changes step by step: what follows from the changes alone is what a full read would lead to.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use access::directory::{
    Agreed, Brake, Command, Conflict, EntryId, Group, Known, Mapping, Member, Person, Plan, Read, Snapshot, Stored,
    plan as plan_at,
};
use access::{BaseLicense, Domain, UserId};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

/// Plans for a moment at which nobody's account has ended.
fn plan(snapshot: &Snapshot, mappings: &[Mapping], only: Option<&BTreeSet<EntryId>>, known: &Known) -> Plan {
    plan_at(snapshot, mappings, only, known, Timestamp::UNIX_EPOCH)
}

const PEOPLE: usize = 4;
const GROUPS: usize = 3;

/// What may happen in a directory.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody comes, or is another in some way.
    Person {
        who: usize,
        mail: usize,
        enabled: bool,
        moved: bool,
    },
    PersonGone(usize),
    /// A group comes, or is called otherwise.
    Group {
        which: usize,
        name: usize,
    },
    GroupGone(usize),
    /// A person (by their number) or a group (by its number, after the people) is in a group from now on, or no more.
    Member {
        group: usize,
        member: usize,
        is: bool,
    },
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..PEOPLE, 0..5_usize, any::<bool>(), any::<bool>())
            .prop_map(|(who, mail, enabled, moved)| Step::Person { who, mail, enabled, moved }),
        1 => (0..PEOPLE).prop_map(Step::PersonGone),
        2 => (0..GROUPS, 0..GROUPS).prop_map(|(which, name)| Step::Group { which, name }),
        1 => (0..GROUPS).prop_map(Step::GroupGone),
        6 => (0..GROUPS, 0..PEOPLE + GROUPS, any::<bool>())
            .prop_map(|(group, member, is)| Step::Member { group, member, is }),
    ]
}

/// The directory itself, as simple as it can be.
#[derive(Clone, Debug, Default)]
struct Model {
    people: BTreeMap<usize, Person>,
    groups: BTreeMap<usize, (String, BTreeSet<usize>)>,
}

fn id(number: usize) -> EntryId {
    Uuid::from_u128(number as u128 + 1)
}

impl Model {
    fn dn(&self, number: usize) -> Option<String> {
        match number.checked_sub(PEOPLE) {
            None => self.people.get(&number).map(|person| person.dn.clone()),
            Some(group) => self.groups.get(&group).map(|_| format!("CN=group{group},DC=x")),
        }
    }

    fn member(&self, number: usize, by_dn: bool) -> Option<Member> {
        let dn = self.dn(number)?;
        Some(if by_dn { Member::Dn(dn.to_uppercase()) } else { Member::Id(id(number)) })
    }

    fn read_group(&self, which: usize, by_dn: bool) -> Read {
        let (name, members) = &self.groups[&which];
        let members = members.iter().filter_map(|member| self.member(*member, by_dn)).collect();
        Read::Group(Group { id: id(PEOPLE + which), dn: format!("CN=group{which},DC=x"), name: name.clone(), members })
    }

    /// Does a step, and returns what a reader of changes finds of it.
    fn step(&mut self, step: &Step, by_dn: bool) -> Vec<Read> {
        match *step {
            Step::Person { who, mail, enabled, moved } => {
                let mail = match mail {
                    0 => None,
                    1 => Some(format!("p{who}@elsewhere.example")),
                    mail => Some(format!("P{}@own.example", mail - 2)),
                };
                let dn = format!("CN=p{who},OU={},DC=x", if moved { "New" } else { "Old" });
                let person = Person { id: id(who), dn, mail, enabled, ..Person::default() };
                self.people.insert(who, person.clone());
                vec![Read::Person(person)]
            }
            Step::PersonGone(who) => self.gone(who, self.people.contains_key(&who)),
            Step::Group { which, name } => {
                self.groups.entry(which).or_default().0 = format!("group {name}");
                vec![self.read_group(which, by_dn)]
            }
            Step::GroupGone(which) => self.gone(PEOPLE + which, self.groups.contains_key(&which)),
            Step::Member { group, member, is } => {
                let Some(read) = self.member(member, by_dn) else { return vec![] };
                let Some((_, members)) = self.groups.get_mut(&group) else { return vec![] };
                let changed = if is { members.insert(member) } else { members.remove(&member) };
                let (added, removed) = if is { (vec![read], vec![]) } else { (vec![], vec![read]) };
                match changed {
                    true => vec![Read::Members { group: id(PEOPLE + group), named: None, added, removed }],
                    false => vec![],
                }
            }
        }
    }

    /// As Active Directory does it: who is gone is in no group, and no group says so.
    fn gone(&mut self, number: usize, there: bool) -> Vec<Read> {
        self.people.remove(&number);
        self.groups.remove(&number.wrapping_sub(PEOPLE));
        for (_, members) in self.groups.values_mut() {
            members.remove(&number);
        }
        if there { vec![Read::Gone(id(number))] } else { vec![] }
    }

    fn whole(&self, by_dn: bool, earlier: &Snapshot) -> Snapshot {
        let groups = self.groups.keys().map(|which| self.read_group(*which, by_dn));
        let reads = groups.chain(self.people.values().cloned().map(Read::Person));
        let mut snapshot = Snapshot::default();
        reads.for_each(|read| snapshot.add(read, Some(earlier)));
        snapshot
    }
}

/// What the store keeps, as far as plans are concerned.
#[derive(Clone, Debug, Default, PartialEq)]
struct Kept(BTreeMap<EntryId, Stored>);

impl Kept {
    fn known(&self, only: Option<&BTreeSet<EntryId>>) -> Known {
        let entries = self.0.iter().filter(|(id, _)| only.is_none_or(|only| only.contains(id)));
        Known {
            entries: entries.map(|(id, stored)| (*id, *stored)).collect(),
            domains: HashSet::from([Domain::parse("own.example").expect("a domain")]),
            ..Known::default()
        }
    }

    fn apply(&mut self, plan: &Plan) {
        for command in &plan.commands {
            match command {
                Command::Has { entry, digest, .. } => {
                    let id: EntryId = entry.id.parse().expect("an id");
                    let grants = entry.license.filter(|_| entry.enabled);
                    let stored = Stored { user: UserId(id), present: true, grants, digest: Some(*digest) };
                    self.0.insert(id, stored);
                }
                Command::Lost { id, user } => {
                    self.0.insert(*id, Stored { user: *user, present: false, grants: None, digest: None });
                }
            }
        }
    }
}

fn mappings() -> Vec<Mapping> {
    let mapping = |license, name: &str, nested| Mapping { license, group: name.into(), id: None, anew: false, nested };
    vec![
        mapping(BaseLicense::Pro, "group 0", true),
        mapping(BaseLicense::Plus, "group 1", true),
        mapping(BaseLicense::Pro, "group 2", false),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn changes_lead_where_a_full_read_does(batches in vec(vec(steps(), 1..5), 1..30), by_dn in any::<bool>()) {
        let (mut model, mut followed, mut mapped) = (Model::default(), Snapshot::default(), mappings());
        let (mut by_changes, mut by_full_reads) = (Kept::default(), Kept::default());
        for batch in batches {
            let reads = batch.iter().flat_map(|step| model.step(step, by_dn)).collect();
            let touched = followed.take(reads);
            let whole = model.whole(by_dn, &followed);
            // Who came back is known by a full read only.
            let anew = followed.is_incomplete();
            if anew {
                followed = whole.clone();
            }
            prop_assert_eq!(followed.differing(&whole), 0);
            let mut fresh = mapped.clone();
            let resolved = followed.resolve(&mut mapped);
            prop_assert_eq!(&resolved, &whole.resolve(&mut fresh));
            prop_assert_eq!(&mapped, &fresh);

            // Other groups count: then everybody is looked at.
            let only = Some(&touched).filter(|_| !resolved.changed && !anew);
            let by_some = plan(&followed, &mapped, only, &by_changes.known(only));
            by_changes.apply(&by_some);
            by_full_reads.apply(&plan(&whole, &mapped, None, &by_full_reads.known(None)));
            prop_assert_eq!(&by_changes, &by_full_reads);
            let again = plan(&whole, &mapped, None, &by_changes.known(None));
            prop_assert_eq!(again.commands, vec![]);
        }
    }
}

fn person(number: usize, mail: &str) -> Person {
    let dn = format!("CN=p{number},DC=x");
    Person { id: id(number), dn, mail: Some(mail.into()), enabled: true, ..Person::default() }
}

fn group(number: usize, name: &str, members: &[usize]) -> Read {
    let members = members.iter().map(|member| Member::Id(id(*member))).collect();
    Read::Group(Group { id: id(number), dn: format!("CN={name},DC=x"), name: name.into(), members })
}

fn pro(group: &str) -> Vec<Mapping> {
    vec![Mapping { license: BaseLicense::Pro, group: group.into(), id: None, anew: false, nested: true }]
}

#[test]
fn a_renamed_group_keeps_its_members_and_a_new_one_of_its_name_gets_nothing() {
    let (mut snapshot, mut mapped) = (Snapshot::default(), pro("Hosts"));
    snapshot.take(vec![Read::Person(person(1, "a@own.example")), group(10, "Hosts", &[1])]);
    assert!(snapshot.resolve(&mut mapped).changed);
    snapshot.take(vec![
        group(10, "Former hosts", &[1]),
        group(11, "Hosts", &[2]),
        Read::Person(person(2, "b@own.example")),
    ]);
    assert!(snapshot.resolve(&mut mapped).changed, "the name is shown as it is now");
    assert_eq!((mapped[0].group.as_str(), mapped[0].id), ("Former hosts", Some(id(10))));
    let planned = plan(&snapshot, &mapped, None, &Kept::default().known(None));
    assert_eq!((planned.counts.join, planned.counts.ignored), (1, 1));
    snapshot.take(vec![Read::Gone(id(10))]);
    assert_eq!(snapshot.resolve(&mut mapped).missing, ["Former hosts"]);
}

#[test]
fn another_group_of_a_name_is_mapped_by_an_administrator_alone() {
    let (mut snapshot, mut mapped) = (Snapshot::default(), pro("Hosts"));
    snapshot.take(vec![group(10, "Hosts", &[1])]);
    snapshot.resolve(&mut mapped);
    // Named again while it is there, it is the same.
    mapped[0].anew = true;
    assert!(snapshot.resolve(&mut mapped).changed);
    assert_eq!((mapped[0].id, mapped[0].anew), (Some(id(10)), false));
    snapshot.take(vec![Read::Gone(id(10)), group(11, "Hosts", &[1])]);
    assert_eq!(snapshot.resolve(&mut mapped).missing, ["Hosts"]);
    assert_eq!(mapped[0].id, Some(id(10)));
    mapped[0].anew = true;
    let resolved = snapshot.resolve(&mut mapped);
    assert_eq!((resolved.changed, mapped[0].id, mapped[0].anew), (true, Some(id(11)), false));
    // None of that name: whichever comes next, as for a new name.
    snapshot.take(vec![Read::Gone(id(11))]);
    mapped[0].anew = true;
    assert_eq!((snapshot.resolve(&mut mapped).changed, mapped[0].id), (true, None));
    snapshot.take(vec![group(12, "Hosts", &[1])]);
    snapshot.resolve(&mut mapped);
    assert_eq!(mapped[0].id, Some(id(12)));
}

#[test]
fn an_account_that_ends_locks_out_at_its_moment_and_is_no_drift() {
    let at = |second| Timestamp::from_second(second).expect("a moment");
    let (mut snapshot, mut mapped, mut kept) = (Snapshot::default(), pro("Hosts"), Kept::default());
    let ends = |number, mail, second| Read::Person(Person { expires: Some(at(second)), ..person(number, mail) });
    snapshot.take(vec![
        group(10, "Hosts", &[1, 2, 3]),
        ends(1, "a@own.example", 100),
        ends(2, "b@own.example", 200),
        Read::Person(person(3, "c@own.example")),
    ]);
    snapshot.resolve(&mut mapped);
    let planned = plan_at(&snapshot, &mapped, None, &kept.known(None), at(99));
    assert_eq!((planned.counts.join, planned.counts.pro), (3, 3));
    kept.apply(&planned);
    assert_eq!((snapshot.next_expiry(at(99)), snapshot.next_expiry(at(100))), (Some(at(100)), Some(at(200))));
    let ended = snapshot.expired(at(99), at(100));
    assert_eq!(ended, BTreeSet::from([id(1)]));
    let planned = plan_at(&snapshot, &mapped, Some(&ended), &kept.known(Some(&ended)), at(100));
    assert_eq!((planned.counts.lock_out, planned.commands.len()), (1, 1));
    kept.apply(&planned);
    // A full read after it says the same.
    let planned = plan_at(&snapshot, &mapped, None, &kept.known(None), at(150));
    assert_eq!(planned.commands, vec![]);
    assert_eq!(snapshot.differing(&snapshot.clone()), 0);
    // Prolonged, they are back; who is gone ends no more.
    let touched = snapshot.take(vec![ends(1, "a@own.example", 300), Read::Gone(id(2))]);
    let planned = plan_at(&snapshot, &mapped, Some(&touched), &kept.known(Some(&touched)), at(150));
    assert_eq!((planned.counts.unlock, planned.counts.remove), (1, 1));
    assert_eq!(snapshot.expired(at(0), at(1_000)), BTreeSet::from([id(1)]));
}

#[test]
fn who_is_refused_does_not_join_and_dropped_people_are_no_administrators() {
    let (mut snapshot, mut mapped, mut kept) = (Snapshot::default(), pro("Hosts"), Kept::default());
    snapshot.take(vec![
        group(10, "Hosts", &[1, 2]),
        Read::Person(person(1, "a@own.example")),
        Read::Person(person(2, "b@own.example")),
    ]);
    snapshot.resolve(&mut mapped);
    let planned = plan(&snapshot, &mapped, None, &kept.known(None));
    let refused = HashMap::from([(id(2), Conflict::LinkUnconfirmed)]);
    let planned = planned.without_refused(&refused);
    assert_eq!((planned.counts.join, planned.counts.conflicts, planned.commands.len()), (1, 1, 1));
    assert_eq!(planned.conflicts, [(id(2), Conflict::LinkUnconfirmed)]);
    kept.apply(&planned);
    // Who is known already is not refused by it, and stays concerned.
    let known = Known { administrators: HashSet::from([UserId(id(1))]), ..kept.known(None) };
    let gone = plan(&Snapshot::default(), &mapped, None, &known);
    let gone = gone.without_refused(&HashMap::from([(id(1), Conflict::ManagedElsewhere)]));
    assert_eq!(gone.asks().administrators, BTreeSet::from([UserId(id(1))]));
    assert_eq!(gone.without_removals().asks(), Agreed::default());
}

#[test]
fn what_was_agreed_to_does_not_count_against_the_next_run() {
    let agreed = |out, into| Agreed { out, into, ..Agreed::default() };
    for (out, into, to, unasked) in [
        (5, 6, None, (5, 6)),
        (5, 6, Some(agreed(0, 0)), (5, 6)),
        (5, 6, Some(agreed(5, 6)), (0, 0)),
        (5, 6, Some(agreed(10, 5)), (0, 6)),
    ] {
        let found = Agreed::unasked(out, into, to.as_ref());
        assert_eq!((found.out, found.into), unasked, "{to:?}");
    }
    assert_eq!(agreed(1, 2).and(&agreed(3, 4)), agreed(4, 6));
}

#[test]
fn a_name_of_several_groups_matches_none_and_a_distinguished_name_one() {
    let mut snapshot = Snapshot::default();
    snapshot.take(vec![group(10, "Hosts", &[]), group(11, "Hosts", &[])]);
    let mut mapped = pro("Hosts");
    assert_eq!(snapshot.resolve(&mut mapped).ambiguous, ["Hosts"]);
    let mut snapshot = Snapshot::default();
    snapshot.take(vec![group(10, "Hosts", &[])]);
    let mut mapped = pro("cn=hosts, dc=x");
    assert!(snapshot.resolve(&mut mapped).changed);
    assert_eq!((mapped[0].group.as_str(), mapped[0].id), ("cn=hosts, dc=x", Some(id(10))));
}

#[test]
fn who_cannot_be_taken_over_stops_nobody_else_and_is_locked_out_all_the_same() {
    let (mut snapshot, mut mapped, mut kept) = (Snapshot::default(), pro("Hosts"), Kept::default());
    let nobody = Person { mail: None, ..person(5, "") };
    snapshot.take(vec![
        group(10, "Hosts", &[1, 2, 3, 4, 5]),
        Read::Person(person(1, "a@own.example")),
        Read::Person(person(2, "same@own.example")),
        Read::Person(person(3, "Same@own.example")),
        Read::Person(person(4, "b@elsewhere.example")),
        Read::Person(nobody),
    ]);
    snapshot.resolve(&mut mapped);
    let planned = plan(&snapshot, &mapped, None, &kept.known(None));
    assert_eq!((planned.commands.len(), planned.counts.join, planned.counts.conflicts), (1, 1, 4));
    let why: HashMap<EntryId, Conflict> = planned.conflicts.iter().copied().collect();
    assert_eq!(why[&id(2)], Conflict::MailTwice);
    assert_eq!((why[&id(4)], why[&id(5)]), (Conflict::NotOnOwnDomain, Conflict::NoMail));
    kept.apply(&planned);

    let whole = plan(&Snapshot::default(), &mapped, None, &kept.known(None));
    assert_eq!((whole.counts.remove, whole.commands.len()), (1, 1));
    assert_eq!((whole.clone().without_removals().counts.remove, whole.without_removals().commands.len()), (0, 0));

    let touched = snapshot.take(vec![Read::Person(Person { mail: None, enabled: false, ..person(1, "") })]);
    let planned = plan(&snapshot, &mapped, Some(&touched), &kept.known(Some(&touched)));
    assert_eq!((planned.counts.lock_out, planned.counts.conflicts), (1, 1));
    let Command::Has { entry, .. } = &planned.commands[0] else { panic!("it is there still") };
    assert!(!entry.enabled && !entry.own_domain);
}

#[test]
fn the_brake_asks_before_many_people_or_an_administrator_are_concerned() {
    let (mut snapshot, mut mapped, mut kept) = (Snapshot::default(), pro("Hosts"), Kept::default());
    let all: Vec<usize> = (100..200).collect();
    let people = all.iter().map(|number| Read::Person(person(*number, &format!("p{number}@own.example"))));
    snapshot.take(people.chain([group(10, "Hosts", &all)]).collect());
    snapshot.resolve(&mut mapped);
    let stops = |planned: &Plan, members, agreed: &Agreed, lately: u64| {
        let (asks, lately) = (planned.asks(), Agreed { out: lately, ..Agreed::default() });
        Brake::default().stops(&asks, members, agreed, &lately).then_some(asks)
    };
    let nothing = Agreed::default();
    let planned = plan(&snapshot, &mapped, None, &kept.known(None));
    let asks = stops(&planned, 0, &nothing, 0).expect("a hundred people are let in");
    assert_eq!((asks.into, asks.out), (100, 0));
    assert_eq!(stops(&planned, 0, &asks, 0), None, "it was agreed to");
    kept.apply(&planned);

    let without = |n: usize, known: &Known| {
        let mut snapshot = snapshot.clone();
        snapshot.take(vec![group(10, "Hosts", &all[n..])]);
        plan(&snapshot, &mapped, None, known)
    };
    let known = kept.known(None);
    assert_eq!(stops(&without(20, &known), 100, &nothing, 0), None);
    let asks = stops(&without(21, &known), 100, &nothing, 0).expect("21 are too many");
    assert_eq!((asks.into, asks.out), (0, 21));
    assert_eq!(stops(&without(21, &known), 100, &Agreed { out: 20, ..asks.clone() }, 0), Some(asks.clone()));
    assert_eq!(stops(&without(21, &known), 100, &asks, 20), None, "it was agreed to, whatever was before");
    assert_eq!(stops(&without(21, &known), 1_000, &nothing, 0), None, "a tenth of a thousand");
    assert_eq!(stops(&without(5, &known), 100, &nothing, 15), None);
    assert!(stops(&without(5, &known), 100, &nothing, 16).is_some(), "small runs add up");

    let known = Known { administrators: HashSet::from([UserId(id(100))]), ..known };
    let asks = stops(&without(1, &known), 100, &nothing, 0).expect("an administrator is concerned");
    assert_eq!(asks.administrators, BTreeSet::from([UserId(id(100))]));
    assert_eq!(stops(&without(1, &known), 100, &asks, 0), None);
}
