//! Who asks, when, through which door.

use std::net::IpAddr;

use access::UserId;
use access::authority::Caller;
use jiff::Timestamp;
pub use store::Credential;
use uuid::Uuid;

/// The door a request came through; the audit trail names it (rule 24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Door {
    /// The command line on the host.
    Cli,
    /// The admin API.
    Admin,
    /// The Chime API.
    Chime,
    /// AuthZEN.
    Authzen,
    /// The pages for invited and registering people.
    Pages,
    /// Carillon itself: samples, schedules.
    System,
}

impl Door {
    /// The name in the audit trail.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cli => "cli",
            Self::Admin => "admin",
            Self::Chime => "chime",
            Self::Authzen => "authzen",
            Self::Pages => "pages",
            Self::System => "system",
        }
    }
}

/// What a verb must know of the request it serves. Made by [`Service::context`](crate::Service::context).
#[derive(Clone, Debug)]
pub struct Context {
    /// Who asks, as authentication found; authority is read again inside the transaction.
    pub caller: Caller,
    /// The key or token they presented: one that is revoked before the change commits stops it.
    pub credential: Option<Credential>,
    /// When.
    pub at: Timestamp,
    /// Through which door.
    pub door: Door,
    /// The request's id, also in the logs and the answer.
    pub request: Uuid,
    /// From where. Personal: kept sealed in the audit trail only.
    pub remote: Option<IpAddr>,
}

impl Context {
    /// The same, with the key or token the caller presented.
    #[must_use]
    pub fn with_credential(self, credential: Credential) -> Self {
        Self { credential: Some(credential), ..self }
    }

    /// The person who acts, if it is one.
    pub fn person(&self) -> Option<UserId> {
        match &self.caller {
            Caller::Administrator { user, .. } | Caller::Oneself(user) => Some(*user),
            Caller::Host | Caller::Visitor | Caller::Application(_) | Caller::System => None,
        }
    }
}
