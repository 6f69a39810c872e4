//! What the tests stand on.

use std::collections::BTreeMap;

use access::directory::{Connection, Group, Person, Read};
use carillon_directory::Network;
use carillon_directory::testing::PASSWORD;
use service::Clock;
use service::directory::reach::{Compared, Directories, Failed, Reading, Whom};

/// When it is in these tests.
pub const NOW: &str = "2026-03-01T00:00:00Z";

/// Directories that may be on this machine.
pub fn network() -> Network {
    Network::new(true, Clock::settable(NOW.parse().unwrap()))
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
