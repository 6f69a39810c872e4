//! The canonical request, as the clients of this API build it.

use super::header;
use crate::Error;
use crate::target::{Target, encode};
use sha2::{Digest, Sha256};

/// The canonical request without its last line, the hash of the body.
///
/// The path is encoded *again* as it was sent (`%40` becomes `%2540`): only S3 encodes once.
pub(super) fn request(
    method: &str,
    target: &Target<'_>,
    headers: &[(&str, &[u8])],
    signed_headers: &[String],
) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(512);
    out.extend_from_slice(method.as_bytes());
    out.push(b'\n');
    encode(target.path.as_bytes(), b"/", &mut out);
    out.push(b'\n');
    query(target, &mut out);
    out.push(b'\n');
    for name in signed_headers {
        let values: Vec<&[u8]> = header::all(headers, name).collect();
        if values.is_empty() {
            let message = format!("The signed header '{name}' did not arrive; a proxy may drop it.");
            return Err(header::incomplete(&message));
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        out.extend(values.iter().map(|value| trimmed(value)).collect::<Vec<_>>().join(&b','));
        out.push(b'\n');
    }
    out.push(b'\n');
    out.extend_from_slice(signed_headers.join(";").as_bytes());
    out.push(b'\n');
    Ok(out)
}

/// Decoded, encoded anew, sorted by name and then by value.
fn query(target: &Target<'_>, out: &mut Vec<u8>) {
    let encoded = |bytes: &[u8]| {
        let mut out = Vec::with_capacity(bytes.len());
        encode(bytes, b"", &mut out);
        out
    };
    let parameters = target.parameters.iter();
    let mut pairs: Vec<_> = parameters.map(|(name, value)| [encoded(name), encoded(value)]).collect();
    pairs.sort_unstable();
    let pairs: Vec<Vec<u8>> = pairs.iter().map(|pair| pair.join(&b'=')).collect();
    out.extend(pairs.join(&b'&'));
}

/// Without white space at the ends; inside, every run of it is one space.
fn trimmed(value: &[u8]) -> Vec<u8> {
    let words: Vec<&[u8]> = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    words.join(&b' ')
}

/// SHA-256 in lower-case hexadecimal.
pub(super) fn hex_sha256(data: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(data).iter().fold(String::with_capacity(64), |mut out, byte| {
        // Writing to a String can't fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
