//! People and groups of a directory, as a reader finds them. Nothing here was judged yet: an entry may be useless.

use jiff::Timestamp;
use uuid::Uuid;

/// The lasting id of an entry: `objectGUID` (MS-ADTS 3.1.1.1.4) or `entryUUID` (RFC 4530). A rename or a move keeps it.
pub type EntryId = Uuid;

/// Somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: EntryId,
    /// Their distinguished name (RFC 4514), as the directory writes it.
    pub dn: String,
    /// `mail`, unparsed. Personal.
    pub mail: Option<String>,
    /// Further addresses, unparsed: those of `proxyAddresses` with `smtp:`. Personal.
    pub others: Vec<String>,
    /// `displayName`. Personal.
    pub name: Option<String>,
    /// `userPrincipalName`. Personal.
    pub principal: Option<String>,
    /// Is not disabled there.
    pub enabled: bool,
    /// From when on they may not sign in any more. Its passing is no change there: nobody tells it.
    pub expires: Option<Timestamp>,
}

impl Person {
    /// May sign in there at a moment.
    pub fn may_sign_in(&self, at: Timestamp) -> bool {
        self.enabled && self.expires.is_none_or(|expires| at < expires)
    }
}

/// A group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: EntryId,
    /// Its distinguished name.
    pub dn: String,
    /// Its name, by which it is mapped first (rule 11): `cn`.
    pub name: String,
    /// Its direct members, all of them.
    pub members: Vec<Member>,
}

/// What a group says of a member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Member {
    /// Its id.
    Id(EntryId),
    /// Its distinguished name, where the directory tells no more.
    Dn(String),
}

/// What a reader found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// Somebody is there, as follows.
    Person(Person),
    /// A group is there, as follows.
    Group(Group),
    /// A group's name, distinguished name and members changed so far; it stays as it is otherwise.
    Members {
        /// The group.
        group: EntryId,
        /// Its name and distinguished name, where the reader knows them.
        named: Option<(String, String)>,
        /// New direct members.
        added: Vec<Member>,
        /// Direct members no more.
        removed: Vec<Member>,
    },
    /// Whatever had this id is gone: deleted, or moved out of what is read.
    Gone(EntryId),
}
