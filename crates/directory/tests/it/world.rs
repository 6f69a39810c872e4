//! What the tests stand on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use access::directory::{Connection, EntryId, Group, Member, Person, Read};
use carillon_directory::Network;
use carillon_directory::testing::PASSWORD;
use service::directory::reach::{Compared, Directories, Failed, Position, Reading, Since, Whom};

/// Directories that may be on this machine.
pub fn network() -> &'static Network {
    static NETWORK: LazyLock<Network> = LazyLock::new(|| Network::new(true));
    &NETWORK
}

/// An open connection, which must come about.
pub async fn open(connection: &Connection) -> Box<dyn Reading> {
    network().open(connection, PASSWORD).await.unwrap()
}

/// Why a connection does not come about.
pub async fn refused(connection: &Connection) -> Failed {
    network().open(connection, PASSWORD).await.map(|_| ()).unwrap_err()
}

/// What a directory says of a password.
pub async fn compared(connection: &Connection, whom: &Whom, theirs: &str) -> Compared {
    network().compare(connection, PASSWORD, whom, theirs).await.unwrap()
}

/// The people that were read, by name.
pub fn people(reads: &[Read]) -> BTreeMap<String, Person> {
    let people = reads.iter().filter_map(|read| match read {
        Read::Person(person) => Some((person.name.clone().unwrap_or_default(), person.clone())),
        _ => None,
    });
    people.collect()
}

/// The groups that were read, by name.
pub fn groups(reads: &[Read]) -> BTreeMap<String, Group> {
    let groups = reads.iter().filter_map(|read| match read {
        Read::Group(group) => Some((group.name.clone(), group.clone())),
        _ => None,
    });
    groups.collect()
}

/// Everybody and every group, by what was told.
#[derive(Default)]
pub struct Picture {
    pub people: BTreeMap<EntryId, Person>,
    groups: BTreeMap<EntryId, BTreeSet<Member>>,
}

impl Picture {
    pub fn person(&self, id: EntryId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// The members of a group that are known by their ids.
    pub fn members_of(&self, group: EntryId) -> Vec<EntryId> {
        let members = self.groups.get(&group).into_iter().flatten();
        members.filter_map(|member| if let Member::Id(id) = member { Some(*id) } else { None }).collect()
    }

    fn take(&mut self, reads: &[Read]) {
        for read in reads.iter().cloned() {
            match read {
                Read::Person(person) => drop(self.people.insert(person.id, person)),
                Read::Group(group) => drop(self.groups.insert(group.id, group.members.into_iter().collect())),
                Read::Members { group, added, removed, .. } => {
                    let members = self.groups.entry(group).or_default();
                    members.retain(|member| !removed.contains(member));
                    members.extend(added);
                }
                Read::Gone(id) => {
                    self.people.remove(&id);
                    self.groups.remove(&id);
                }
            }
        }
    }
}

/// Follows a directory, as whoever keeps a picture of it does.
pub struct Following {
    pub reading: Box<dyn Reading>,
    pub position: Position,
    pub picture: Picture,
}

impl Following {
    pub async fn of(connection: &Connection) -> Self {
        let mut reading = open(connection).await;
        let (reads, position) = reading.all().await.unwrap();
        let mut picture = Picture::default();
        picture.take(&reads);
        Self { reading, position, picture }
    }

    /// What is told of changes; with `wait`, as soon as some are. None when all is to be read again.
    pub async fn changes(&mut self, wait: bool) -> Option<Vec<Read>> {
        loop {
            match self.reading.since(&self.position).await.unwrap() {
                Since::All => return None,
                Since::Changes(reads, position) => {
                    self.position = position;
                    self.picture.take(&reads);
                    if !reads.is_empty() || !wait {
                        return Some(reads);
                    }
                }
            }
            self.reading.wait(&self.position).await.unwrap();
        }
    }

    /// Follows until the picture is so.
    pub async fn until(&mut self, so: impl Fn(&Picture) -> bool) {
        while !so(&self.picture) {
            if self.changes(true).await.is_none() {
                let (reads, position) = self.reading.all().await.unwrap();
                (self.picture, self.position) = (Picture::default(), position);
                self.picture.take(&reads);
            }
        }
    }
}
