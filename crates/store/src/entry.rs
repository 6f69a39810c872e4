//! One line of an account's list.

use access::{Email, Invitation, User};
use uuid::Uuid;

use crate::Position;
use crate::convert::name_key;

/// A member, or an address that is invited and has not answered (rule 14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A member.
    User(User),
    /// An open invitation.
    Invitation(Invitation),
}

impl Entry {
    /// The id it stands under.
    pub fn id(&self) -> Uuid {
        match self {
            Self::User(user) => user.id.0,
            Self::Invitation(invitation) => invitation.id.0,
        }
    }

    /// The address it is listed by.
    pub fn address(&self) -> &Email {
        match self {
            Self::User(user) => &user.primary,
            Self::Invitation(invitation) => &invitation.address,
        }
    }

    /// Its place in the list.
    pub fn position(&self) -> Position {
        Position { key: self.address().key().to_owned(), id: self.id() }
    }

    /// Its place among those who are found by their names.
    pub fn position_by_name(&self) -> Position {
        let name = match self {
            Self::User(user) => user.display_name.as_deref().unwrap_or_default(),
            Self::Invitation(_) => "",
        };
        Position { key: name_key(name), id: self.id() }
    }
}
