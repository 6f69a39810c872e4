//! Clients that make changes through the Chime API, one after the other, each on people and accounts of its own.

use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::thread;

use serde_json::{Value, json};

use super::chance::Chance;
use super::door::{Answer, Door};
use super::ledger::{Change, Effect, Ledger};
use super::seen::Seen;
use crate::harness::server::Server;

/// The sample accounts that the changes happen in.
#[derive(Clone)]
pub struct Accounts {
    pub team: String,
    pub enterprise: String,
    domain: String,
}

impl Accounts {
    pub fn of(server: &Server) -> Self {
        let fact = |pointer| server.demo(pointer).to_owned();
        let domain = fact("/accounts/enterprise/domain");
        Self { team: fact("/accounts/team/id"), enterprise: fact("/accounts/enterprise/id"), domain }
    }
}

/// One client: what it wants next is decided by its seed and by what it knows.
pub struct Client {
    name: String,
    accounts: Accounts,
    chance: Chance,
    made: usize,
    pub ledger: Ledger,
    /// People of the Enterprise account by address: their ids, as far as an answer told them.
    ids: BTreeMap<String, String>,
}

/// Why a client stopped.
#[derive(Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It had made as many changes as it should, or was told that it is over.
    Finished,
    /// It was told 503.
    Unavailable,
    /// An answer did not come.
    Lost,
}

impl Client {
    /// So many clients; a seed each.
    pub fn several(count: u64, seed: u64, server: &Server) -> Vec<Self> {
        let client = |n| {
            let name = format!("client{n}-");
            let chance = Chance::new(seed.wrapping_mul(1_000).wrapping_add(n));
            let ledger = Ledger::new(&name);
            Self { name, accounts: Accounts::of(server), chance, made: 0, ledger, ids: BTreeMap::new() }
        };
        (0..count).map(client).collect()
    }

    /// Makes changes until one is not answered, and tells of each acknowledgement.
    pub fn work(&mut self, door: &Door, most: usize, mut acknowledged: impl FnMut(&str, &Change)) -> Stopped {
        for _ in 0..most {
            let change = self.next_change();
            match door.post(&change.target, &change.body) {
                Answer::Done(answer) => {
                    self.learn(&change, &answer);
                    self.ledger.acknowledged(&change);
                    acknowledged(&self.name, &change);
                }
                Answer::Unavailable => {
                    self.ledger.unanswered(change);
                    return Stopped::Unavailable;
                }
                Answer::Lost => {
                    self.ledger.unanswered(change);
                    return Stopped::Lost;
                }
                Answer::Over => return Stopped::Finished,
            }
        }
        Stopped::Finished
    }

    /// Compares what is there with what was acknowledged, and learns what became of the unanswered change.
    pub fn settle(&mut self, seen: &Seen) -> Result<(), String> {
        self.ledger.settle(&seen.world).map_err(|e| format!("{}: {e}", self.name))?;
        let own =
            seen.ids.iter().filter(|(name, _)| name.starts_with(&self.name) && name.ends_with(&self.accounts.domain));
        self.ids = own.map(|(name, id)| (name.clone(), id.clone())).collect();
        Ok(())
    }

    fn learn(&mut self, change: &Change, answer: &Value) {
        let refused = answer["UserErrors"].as_array().is_some_and(|errors| !errors.is_empty());
        let failed = answer["Invites"].as_array().into_iter().flatten().any(|invite| invite["Status"] != "Pending");
        assert!(!refused && !failed, "{}{} was answered {answer}", change.target, change.body);
        if let Some(id) = answer["User"]["UserId"].as_str() {
            self.ids.insert(change.effects[0].subject.clone(), id.to_owned());
        }
    }

    fn next_change(&mut self) -> Change {
        self.made += 1;
        let people = self.people();
        match self.chance.below(8) {
            0 => self.create_account(),
            1 | 2 => self.invite(),
            3.. if people.is_empty() => self.create_user(),
            3 | 4 => self.create_user(),
            5 => self.license(&people),
            _ => self.suspend_or_activate(&people),
        }
    }

    /// Up to three people of the Enterprise account, all suspended or none.
    fn people(&mut self) -> Vec<String> {
        let world = self.ledger.world();
        let known: Vec<&String> = self.ids.keys().collect();
        if known.is_empty() {
            return Vec::new();
        }
        let first = *self.chance.pick(&known);
        let suspended = |name: &String| world[name].facts.contains("Suspended");
        let others = known.iter().filter(|name| **name != first && suspended(name) == suspended(first));
        let count = self.chance.below(3);
        std::iter::once(first).chain(others.copied().take(count)).cloned().collect()
    }

    fn create_account(&self) -> Change {
        let name = format!("{}{}", self.name, self.made);
        let effects = vec![effect(&name, "Team", "account.create", None)];
        Change { target: "/accounts".to_owned(), body: json!({ "Name": name }), effects }
    }

    fn invite(&mut self) -> Change {
        let address = |n| format!("{}{}-{n}@invited.example", self.name, self.made);
        let addresses: Vec<String> = (0..=self.chance.below(3)).map(address).collect();
        let invited =
            |address: &String| effect(address, "Plus Unregistered Pending", "user.invite", Some("invitation"));
        Change {
            target: format!("/accounts/{}/users?operation=add", self.accounts.team),
            body: json!({ "UserEmailList": addresses }),
            effects: addresses.iter().map(invited).collect(),
        }
    }

    fn create_user(&self) -> Change {
        let address = format!("{}{}@{}", self.name, self.made, self.accounts.domain);
        Change {
            target: format!("/accounts/{}/users?operation=create", self.accounts.enterprise),
            body: json!({ "Email": address }),
            effects: vec![effect(&address, "Plus Unregistered", "user.create", None)],
        }
    }

    fn license(&mut self, people: &[String]) -> Change {
        let license = *self.chance.pick(&["Basic", "Plus", "Pro"]);
        let items = people.iter().map(|name| json!({ "UserId": self.ids[name], "LicenseType": license }));
        Change {
            target: format!("/accounts/{}/users", self.accounts.enterprise),
            body: json!({ "UpdateUserRequestItems": items.collect::<Vec<_>>() }),
            effects: self.effects(people, "license.assign", |facts| replaced(facts, 0, license)),
        }
    }

    fn suspend_or_activate(&mut self, people: &[String]) -> Change {
        let suspended = self.ledger.world()[&people[0]].facts.contains("Suspended");
        let (operation, action, status) = match suspended {
            true => ("unsuspend", "user.activate", "Unregistered"),
            false => ("suspend", "user.suspend", "Suspended"),
        };
        let ids: Vec<&String> = people.iter().map(|name| &self.ids[name]).collect();
        Change {
            target: format!("/accounts/{}/users?operation={operation}", self.accounts.enterprise),
            body: json!({ "UserIdList": ids }),
            effects: self.effects(people, action, |facts| replaced(facts, 1, status)),
        }
    }

    fn effects(&self, people: &[String], action: &'static str, facts: impl Fn(&str) -> String) -> Vec<Effect> {
        let world = self.ledger.world();
        people.iter().map(|name| effect(name, &facts(&world[name].facts), action, None)).collect()
    }
}

fn effect(subject: &str, facts: &str, action: &'static str, mail: Option<&'static str>) -> Effect {
    Effect { subject: subject.to_owned(), facts: facts.to_owned(), action, mail }
}

/// The facts with one word changed.
fn replaced(facts: &str, at: usize, word: &str) -> String {
    let words = facts.split(' ').enumerate();
    words.map(|(n, known)| if n == at { word } else { known }).collect::<Vec<_>>().join(" ")
}

/// Lets all clients work at once, each on a thread of its own, and returns when the last has stopped. `beside` runs
/// meanwhile, on this thread.
pub fn together(
    clients: &mut [Client],
    door: &Door,
    most: usize,
    acknowledged: impl FnMut(&str, &Change) + Clone + Send,
    beside: impl FnOnce(),
) -> Vec<Stopped> {
    thread::scope(|scope| {
        let start = |client| {
            let (door, acknowledged) = (door.another(), acknowledged.clone());
            scope.spawn(move || Client::work(client, &door, most, acknowledged))
        };
        let working: Vec<_> = clients.iter_mut().map(start).collect();
        drop(acknowledged);
        beside();
        working.into_iter().map(|client| client.join().expect("a client that fails has said why")).collect()
    })
}

/// Waits until so many further changes are acknowledged.
pub fn wait_for(changes: usize, acknowledged: &Receiver<()>) {
    assert_eq!(acknowledged.iter().take(changes).count(), changes, "the clients stopped early");
}
