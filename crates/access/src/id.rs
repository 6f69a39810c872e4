//! Typed ids. Each is a UUIDv7 (RFC 9562), made from a time and randomness that the caller passes in.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A UUIDv7 (RFC 9562 section 5.7) of `unix_ms` milliseconds and ten random bytes.
pub fn uuid_v7(unix_ms: u64, random: [u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// An organisation (tenant).
    AccountId,
    /// One person.
    UserId,
    /// An invitation; until it is accepted it stands in the account's user list under this id (rule 14).
    InvitationId,
    /// A relying party that asks who may sign in.
    ApplicationId,
    /// A right to administer (rule 28).
    GrantId,
}
