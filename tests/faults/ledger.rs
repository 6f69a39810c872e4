//! What one client knows to be true: the changes that were acknowledged to it, one after the other.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is known of one subject, a person in an account or an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What lists show of it now; empty if they do not show it.
    pub facts: String,
    /// What was done to it, oldest first: the audit trail.
    pub trail: Vec<String>,
    /// The mails to it, oldest first.
    pub mails: Vec<String>,
}

/// Subjects by name: a person's address or an account's name.
pub type World = BTreeMap<String, Known>;

/// A request, and all that it does if it is done.
#[derive(Clone)]
pub struct Change {
    pub target: String,
    pub body: Value,
    pub effects: Vec<Effect>,
}

/// What a change does to one subject.
#[derive(Clone)]
pub struct Effect {
    pub subject: String,
    pub facts: String,
    pub action: &'static str,
    pub mail: Option<&'static str>,
}

impl Change {
    fn apply(&self, world: &mut World) {
        for effect in &self.effects {
            let known = world.entry(effect.subject.clone()).or_default();
            known.facts.clone_from(&effect.facts);
            known.trail.push(effect.action.to_owned());
            known.mails.extend(effect.mail.map(str::to_owned));
        }
    }
}

/// The changes of one client. All its subjects' names begin with its own name.
#[derive(Default)]
pub struct Ledger {
    client: String,
    world: World,
    unanswered: Option<Change>,
}

impl Ledger {
    pub fn new(client: &str) -> Self {
        Self { client: client.to_owned(), ..Self::default() }
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// A change was acknowledged.
    pub fn acknowledged(&mut self, change: &Change) {
        change.apply(&mut self.world);
    }

    /// A change was sent and its answer never came: it may be done or not.
    pub fn unanswered(&mut self, change: Change) {
        assert!(self.unanswered.is_none(), "one at a time");
        self.unanswered = Some(change);
    }

    /// Compares with what is there: all acknowledged changes, and the unanswered one wholly or not at all. What became
    /// of it is known then.
    pub fn settle(&mut self, seen: &World) -> Result<(), String> {
        let own = |name: &str| name.starts_with(&self.client);
        let seen: World =
            seen.iter().filter(|(name, _)| own(name)).map(|(n, known)| (n.clone(), known.clone())).collect();
        let unanswered = self.unanswered.take();
        if seen == self.world {
            return Ok(());
        }
        let lacking = difference(&self.world, &seen);
        let Some(change) = unanswered else { return Err(lacking) };
        change.apply(&mut self.world);
        if seen == self.world {
            return Ok(());
        }
        let half = difference(&self.world, &seen);
        Err(format!("without the change that was not answered:\n{lacking}\nand with it:\n{half}"))
    }
}

/// After how many of a client's changes, oldest first, the world looked like this; `None` when it never did.
pub fn after_how_many(changes: &[Change], client: &str, seen: &World) -> Option<usize> {
    let own = seen.iter().filter(|(name, _)| name.starts_with(client));
    let seen: World = own.map(|(name, known)| (name.clone(), known.clone())).collect();
    let mut world = World::new();
    for (made, change) in changes.iter().enumerate() {
        if world == seen {
            return Some(made);
        }
        change.apply(&mut world);
    }
    (world == seen).then_some(changes.len())
}

fn difference(expected: &World, seen: &World) -> String {
    let names = expected.keys().chain(seen.keys().filter(|name| !expected.contains_key(*name)));
    let differ = names.filter(|name| expected.get(*name) != seen.get(*name));
    let line = |name: &String| format!("{name}: expected {:?}, there is {:?}", expected.get(name), seen.get(name));
    differ.map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_ledger_notices_what_is_lost_and_what_is_half_done() {
    let invite = |names: &[&str]| Change {
        target: String::new(),
        body: Value::Null,
        effects: names.iter().map(|name| effect(name, "invited", Some("invitation"))).collect(),
    };
    let (first, second) = (invite(&["c-1"]), invite(&["c-2", "c-3"]));
    let mut one = World::new();
    first.apply(&mut one);
    let mut all = one.clone();
    second.apply(&mut all);
    let settle = |seen: &World| {
        let mut ledger = Ledger::new("c-");
        ledger.acknowledged(&first);
        ledger.unanswered(second.clone());
        ledger.settle(seen).map(|()| ledger.world)
    };

    assert_eq!(settle(&one), Ok(one.clone()), "not at all");
    assert_eq!(settle(&all), Ok(all.clone()), "wholly");
    assert!(settle(&World::new()).is_err(), "the acknowledged change is lost");
    let half = |spoil: fn(&mut World)| {
        let mut world = all.clone();
        spoil(&mut world);
        settle(&world)
    };
    assert!(half(|world| drop(world.remove("c-3"))).is_err(), "one of two");
    assert!(half(|world| world.get_mut("c-3").unwrap().mails.clear()).is_err(), "without its mail");
    assert!(half(|world| world.get_mut("c-3").unwrap().trail.clear()).is_err(), "without its audit record");
    assert!(half(|world| world.get_mut("c-1").unwrap().trail.push("more".to_owned())).is_err(), "done twice");
    assert_eq!(half(|world| drop(world.insert("d-1".to_owned(), Known::default()))), Ok(all.clone()), "another's");
}

/// What a change does to one subject.
pub fn effect(subject: &str, action: &'static str, mail: Option<&'static str>) -> Effect {
    Effect { subject: subject.to_owned(), facts: action.to_owned(), action, mail }
}
