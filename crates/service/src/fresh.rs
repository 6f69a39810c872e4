//! Fresh ids and secrets.

use jiff::Timestamp;
use store::Random;
use uuid::Uuid;

/// A UUIDv7 of this moment (RFC 9562).
pub fn id(random: &Random, at: Timestamp) -> Uuid {
    access::id::uuid_v7(at.as_millisecond().unsigned_abs(), random.bytes())
}

/// A secret to hand out once: 256 random bits as 64 hexadecimal digits.
pub fn token(random: &Random) -> String {
    random.bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}
