//! AWS Signature Version 4, from the verifier's side.
//!
//! Accepted is a signature in the Authorization header, for any region. Refused are presigned URLs (they end
//! in logs, and serve only requests without a body) and session tokens (none are issued here). A replay within
//! the 15 minutes is not detected: Signature Version 4 leaves that to TLS.

mod canonical;
mod header;

use crate::mac::{finish, hmac};
use crate::target::Target;
use crate::{Error, ErrorKind};
use hmac::{Hmac, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use std::fmt;

/// The name under which clients sign for this API.
pub const SERVICE: &str = "chime";

/// How far the client's clock may be from ours, either way.
pub const MAX_SKEW: SignedDuration = SignedDuration::from_mins(15);

/// Takes the place of an unknown key's secret, so that looking for keys takes as long as using one.
const NO_SECRET: &[u8] = b"no access key of this name: no secret";

/// A signature as presented: well formed, and not yet proved. Look up the secret of [`Self::access_key_id`],
/// then [`Self::verify`].
pub struct Presented {
    credential: header::Credential,
    signature: [u8; 32],
    /// `x-amz-date` as sent, and the instant it names.
    date: (String, Timestamp),
    /// The canonical request up to and including the line before the hash of the body.
    canonical: Vec<u8>,
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A signature is good for 15 minutes: it is not for logs.
        f.debug_struct("Presented").field("access_key_id", &self.access_key_id()).finish_non_exhaustive()
    }
}

/// Reads the signature of a request for `service`; `target` is the path and query exactly as the client sent
/// them (before any prefix is stripped), `headers` are all headers, repeated ones one by one.
///
/// # Errors
/// `BadRequest` for a path that can't be signed soundly, else one of the four signature errors.
pub fn parse(service: &str, method: &str, target: &str, headers: &[(&str, &[u8])]) -> Result<Presented, Error> {
    let target = Target::parse(target)?;
    let authorization = header::authorization(&target, headers)?;
    let header::Authorization { credential, signed_headers, signature } = authorization;
    header::check_signed(headers, &signed_headers)?;
    let (text, at) = header::date(headers)?;
    if credential.date != text[..8] {
        return Err(header::incomplete("The credential's date is not the day of x-amz-date."));
    }
    if credential.service != service {
        let message = format!("The credential is for another service; sign for '{service}'.");
        return Err(Error::new(ErrorKind::SignatureDoesNotMatch, message));
    }
    let canonical = canonical::request(method, &target, headers, &signed_headers)?;
    Ok(Presented { credential, signature, date: (text, at), canonical })
}

impl Presented {
    /// Whose secret must have signed: the access key id the client claims.
    pub fn access_key_id(&self) -> &str {
        &self.credential.access_key_id
    }

    /// Proves the signature over the request and the `body` actually read, at the time `now`. `secret` is
    /// `None` when the access key id is unknown: the work is the same, and the answer a refusal.
    ///
    /// # Errors
    /// `SignatureDoesNotMatch` (wrong secret, anything signed was changed, or more than [`MAX_SKEW`] away
    /// from `now`), `UnrecognizedClient` without a secret.
    pub fn verify(&self, secret: Option<&[u8]>, body: &[u8], now: Timestamp) -> Result<(), Error> {
        self.check_clock(now)?;
        let matches = self.mac(secret.unwrap_or(NO_SECRET), body).verify_slice(&self.signature);
        if secret.is_none() {
            let message = "The access key id of the request is not known: it may have been revoked.";
            return Err(Error::new(ErrorKind::UnrecognizedClient, message));
        }
        matches.map_err(|_| {
            let message = "The signature calculated for the request is not the one sent. Check the secret \
                access key; behind a proxy, that Host, path and signed headers arrive as the client sent them.";
            Error::new(ErrorKind::SignatureDoesNotMatch, message)
        })
    }

    /// Clients recognise skew by the words "Signature expired", AWS's own.
    fn check_clock(&self, now: Timestamp) -> Result<(), Error> {
        let (text, at) = &self.date;
        let ahead = at.duration_since(now);
        let (what, relation, sign, limit) = if ahead < -MAX_SKEW {
            ("expired", "now earlier", '-', now - MAX_SKEW)
        } else if ahead > MAX_SKEW {
            ("not yet current", "still later", '+', now + MAX_SKEW)
        } else {
            return Ok(());
        };
        let (limit, now) = (basic(limit), basic(now));
        let message = format!("Signature {what}: {text} is {relation} than {limit} ({now} {sign} 15 min.)");
        Err(Error::new(ErrorKind::SignatureDoesNotMatch, message))
    }

    /// The signature that `secret` gives, to be compared in constant time.
    fn mac(&self, secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
        let mut canonical = self.canonical.clone();
        canonical.extend_from_slice(canonical::hex_sha256(body).as_bytes());
        let to_sign = format!(
            "{}\n{}\n{}\n{}",
            header::ALGORITHM,
            self.date.0,
            self.credential.scope(),
            canonical::hex_sha256(&canonical)
        );
        let header::Credential { date, region, service, .. } = &self.credential;
        let mut key = [b"AWS4", secret].concat();
        for part in [date, region, service, header::TERMINATOR] {
            key = finish(hmac(&key, part.as_bytes())).to_vec();
        }
        hmac(&key, to_sign.as_bytes())
    }
}

/// `20150830T123600Z`: how Signature Version 4 writes a time.
fn basic(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}
