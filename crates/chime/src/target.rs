//! The request target: split, checked, decoded; the same way for the signature and for the route, so that
//! what was verified is what is carried out.

use crate::Error;

/// A request target whose path and query are sound: no dot segments, no `//`, every `%` starts an escape.
pub(crate) struct Target<'a> {
    /// Still percent-encoded, starts with `/`.
    pub path: &'a str,
    /// The query's names and values in the order sent, decoded: `%XX` only, a `+` stays a `+`.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'a> Target<'a> {
    /// Clients sign a path with its dot segments removed, but send it with them (`GetUser` of the user `..`):
    /// such a request is refused before anything else looks at it.
    pub fn parse(target: &'a str) -> Result<Self, Error> {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let Some(segments) = path.strip_prefix('/') else {
            return Err(Error::bad_request("The path must start with '/'."));
        };
        if path.contains("//") {
            return Err(Error::bad_request("The path has an empty segment ('//'): an id in it is empty."));
        }
        for segment in segments.split('/') {
            if matches!(decode(segment)?.as_slice(), b"." | b"..") {
                return Err(Error::bad_request("The path has a segment '.' or '..', which is no id."));
            }
        }
        let parameters = query.split('&').filter(|part| !part.is_empty()).map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name)?, decode(value)?))
        });
        Ok(Self { path, parameters: parameters.collect::<Result<_, Error>>()? })
    }
}

/// Percent-decodes once. A `%` without two hexadecimal digits is refused.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        rest = tail;
        if *byte != b'%' {
            out.push(*byte);
            continue;
        }
        let escape = tail.first_chunk::<2>().and_then(|&[high, low]| Some(hex(high)? << 4 | hex(low)?));
        let Some(decoded) = escape else {
            return Err(Error::bad_request("A '%' in the path or the query starts no escape like %2F."));
        };
        out.push(decoded);
        rest = &tail[2..];
    }
    Ok(out)
}

/// One hexadecimal digit of either case.
fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Percent-encodes as Signature Version 4 does: everything but `A-Za-z0-9-_.~` and the bytes in `keep`.
pub(crate) fn encode(bytes: &[u8], keep: &[u8], out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || keep.contains(&byte) {
            out.push(byte);
        } else {
            out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
    }
}
