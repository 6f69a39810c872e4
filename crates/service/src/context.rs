//! Who asks, when, through which door.

use std::net::IpAddr;

use access::UserId;
use access::authority::Caller;
use jiff::Timestamp;
pub use store::Credential;
use uuid::Uuid;

use crate::Terms;

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
    /// The pages for people.
    Pages,
    /// OpenID Connect.
    Oidc,
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
            Self::Oidc => "oidc",
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
    /// Only to see what would come of it: the change is made and undone, nothing is kept and nobody is told.
    pub preview: bool,
    /// What the request demands of the way its change is made.
    pub terms: Terms,
}

impl Context {
    /// The same, with the key or token the caller presented.
    #[must_use]
    pub fn with_credential(self, credential: Credential) -> Self {
        Self { credential: Some(credential), ..self }
    }

    /// The same, to see what would come of a change.
    #[must_use]
    pub fn previewing(self) -> Self {
        Self { preview: true, ..self }
    }

    /// The same request of the same person, who acts for themselves and not as an administrator; `None` for nobody.
    #[must_use]
    pub fn as_oneself(&self) -> Option<Self> {
        let user = self.person()?;
        Some(Self { caller: Caller::Oneself(user), ..self.clone() })
    }

    /// The person who acts, if it is one.
    pub fn person(&self) -> Option<UserId> {
        match &self.caller {
            Caller::Administrator { user, .. } | Caller::Oneself(user) => Some(*user),
            Caller::Host | Caller::Visitor | Caller::Application(_) | Caller::System => None,
        }
    }
}
