//! HMAC-SHA256, keyed with bytes of any length.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The MAC of `data`, to be finalised, or compared in constant time (`verify_slice`).
#[expect(clippy::expect_used, reason = "RFC 2104: HMAC takes a key of any length, this can't fail")]
pub(crate) fn hmac(key: &[u8], data: &[u8]) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(data);
    mac
}

/// The MAC's 32 bytes.
pub(crate) fn finish(mac: Hmac<Sha256>) -> [u8; 32] {
    mac.finalize().into_bytes().into()
}
