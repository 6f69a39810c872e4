//! The `next-token` of a list: opaque to clients, safe in a URL, good for the query it came from and no other.
//!
//! A position names a person by address, and URLs end in logs: so the token is encrypted, not only authenticated.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};

use crate::Error;
use crate::mac::{finish, hmac};

/// The nonce in front of the encrypted position, in bytes.
const NONCE: usize = 24;

/// Makes the token that leads to `position` of the list that `binding` names: operation, caller, account and
/// filters, in whatever form says all of them. Only the holder of `key` can make or read one.
#[expect(clippy::expect_used, reason = "a position is far below the cipher's bound of 256 GiB, this can't fail")]
pub fn seal(position: &str, binding: &str, key: &[u8; 32]) -> String {
    // Made from all that is encrypted, so that two positions never share one and no randomness is needed.
    let length = (binding.len() as u64).to_be_bytes();
    let parts = [b"next-token nonce".as_slice(), &length, binding.as_bytes(), position.as_bytes()];
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&finish(hmac(key, &parts.concat()))[..NONCE]);
    let payload = Payload { msg: position.as_bytes(), aad: binding.as_bytes() };
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), payload).expect("a short text");
    URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())
}

/// The position that [`seal`] put into a token, given the same `binding` and `key`.
///
/// # Errors
/// `BadRequest` for a token that was made up, changed, or given for another query or under another key.
pub fn open(token: &str, binding: &str, key: &[u8; 32]) -> Result<String, Error> {
    let refuse = || Error::bad_request("next-token doesn't belong to this query: start again without it.");
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refuse())?;
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE>().ok_or_else(refuse)?;
    let payload = Payload { msg: sealed, aad: binding.as_bytes() };
    let position = cipher(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| refuse())?;
    String::from_utf8(position).map_err(|_| refuse())
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(finish(hmac(key, b"next-token key"))))
}
