//! What browsers and applications carry: 256 random bits each, told apart by how they begin, kept as their SHA-256.

use store::Random;

/// A browser's session.
pub const SESSION: &str = "cas_";
/// An authorization code.
pub const CODE: &str = "cac_";
/// An access token.
pub const ACCESS: &str = "cao_";
/// A refresh token.
pub const REFRESH: &str = "car_";
/// A sign-in under way.
pub const ATTEMPT: &str = "cai_";

/// The mark of a browser in which somebody signed in.
pub const BROWSER: &str = "cab_";

/// A new one.
pub(crate) fn new(random: &Random, prefix: &str) -> String {
    format!("{prefix}{}", service::fresh::token(random))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
