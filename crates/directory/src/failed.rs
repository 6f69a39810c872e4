//! Why nothing came of asking a directory, in words for who runs it. No word of a directory's own text is kept but Active
//! Directory's sub-code: that text may hold anything.

use std::error::Error;
use std::io;

use ldap3::{LdapError, LdapResult};
use rustls::{CertificateError, Error as TlsError};
use service::directory::reach::Failed;

use crate::watch::{Broken, LARGEST, Seen};

/// What came is not what was asked for.
pub(crate) fn protocol() -> Failed {
    Failed::new("protocol", "its answer cannot be read: it is no LDAP, or against the protocol")
}

/// What an error of the client means on a connection.
pub(crate) fn of(error: &LdapError, seen: Option<&Seen>) -> Failed {
    match seen.and_then(Seen::broken) {
        Some(Broken::Protocol) => return protocol(),
        Some(Broken::TooLarge) => {
            return Failed::new("too-large", format!("it sent an answer of more than {} MB", LARGEST >> 20));
        }
        None => {}
    }
    match error {
        LdapError::Timeout { .. } => Failed::new("too-slow", "it did not answer in time"),
        LdapError::FilterParsing => Failed::new("filter", "a filter cannot be read; write it as in RFC 4515"),
        LdapError::LdapResult { result } => of_result(result),
        LdapError::Io { source } if source.kind() == io::ErrorKind::Other => protocol(),
        _ => Failed::new("unreachable", "the connection ended"),
    }
}

/// What a result other than success means (RFC 4511 appendix A.2).
pub(crate) fn of_result(result: &LdapResult) -> Failed {
    match result.rc {
        3 | 11 => Failed::new(
            "too-slow",
            "the search took longer than the directory allows to this account; raise its limits",
        ),
        4 => Failed::new(
            "rights",
            "the directory hands out fewer entries to this account than there are; lift its size limit (OpenLDAP: olcLimits)",
        ),
        8 | 13 => Failed::new("tls", "the directory wants TLS; use ldaps:// or start_tls"),
        10 => Failed::new(
            "no-such-base",
            "the base is on another server, and referrals are not followed; name that server",
        ),
        32 | 34 => Failed::new("no-such-base", "the base is not there, or this account may not see it"),
        49 | 48 => Failed::new("credentials", "the directory refuses the account or its password"),
        50 => Failed::new("rights", "this account may not read there"),
        51..=53 => {
            Failed::new("unreachable", format!("the directory does not answer for now (result code {})", result.rc))
        }
        rc => Failed::new("protocol", format!("the directory refused what was asked (result code {rc})")),
    }
}

/// Why TLS did not come about.
pub(crate) fn of_tls(error: &io::Error) -> Failed {
    let cause = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>());
    let text = match cause {
        Some(TlsError::InvalidCertificate(why)) => of_certificate(why),
        Some(other) => format!("TLS failed: {other}"),
        None => format!("TLS failed: {}", error.source().map_or_else(|| error.to_string(), ToString::to_string)),
    };
    Failed::new("tls", text)
}

fn of_certificate(why: &CertificateError) -> String {
    match why {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "its certificate is not from an authority that is trusted here; give the certificate of its CA".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "its certificate is for another name; write the URL with a name that is in the certificate".to_owned()
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "its certificate has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "its certificate is not valid yet; compare the clocks".to_owned()
        }
        other => format!("its certificate is not valid: {other}"),
    }
}
