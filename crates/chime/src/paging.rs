//! The `next-token` of a list: opaque to clients, safe in a URL, good for the query it came from and no other.

use crate::Error;
use crate::mac::{finish, hmac};
use ::hmac::Mac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The tag in front of the position, in bytes.
const TAG: usize = 32;

/// Makes the token that leads to `position` of the list that `binding` names: operation, caller, account and
/// filters, in whatever form says all of them. The position can be read by whoever holds the token, and only
/// the holder of `key` can make one.
pub fn seal(position: &str, binding: &str, key: &[u8; 32]) -> String {
    let tag = finish(tag(position.as_bytes(), binding, key));
    URL_SAFE_NO_PAD.encode([tag.as_slice(), position.as_bytes()].concat())
}

/// The position that [`seal`] put into a token, given the same `binding` and `key`.
///
/// # Errors
/// `BadRequest` for a token that was made up, changed, or given for another query or under another key.
pub fn open(token: &str, binding: &str, key: &[u8; 32]) -> Result<String, Error> {
    let refuse = || {
        let message = "next-token doesn't belong to this query: start again without it.";
        Error::bad_request(message)
    };
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refuse())?;
    let (presented, position) = bytes.split_at_checked(TAG).ok_or_else(refuse)?;
    tag(position, binding, key).verify_slice(presented).map_err(|_| refuse())?;
    String::from_utf8(position.to_vec()).map_err(|_| refuse())
}

/// Over purpose, length of the binding, binding and position: no two of them give the same bytes.
fn tag(position: &[u8], binding: &str, key: &[u8; 32]) -> ::hmac::Hmac<sha2::Sha256> {
    let length = (binding.len() as u64).to_be_bytes();
    hmac(key, &[b"next-token", length.as_slice(), binding.as_bytes(), position].concat())
}
