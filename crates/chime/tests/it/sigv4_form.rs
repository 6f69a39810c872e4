//! The rules of form: which requests are refused before any secret is looked up, and as what.

use crate::oracle::{Request, SECRET, sample};
use carillon_chime::ErrorKind::{
    BadRequest, IncompleteSignature, MissingAuthenticationToken, SignatureDoesNotMatch, UnrecognizedClient,
};
use carillon_chime::{ErrorKind, sigv4};

fn add(request: &mut Request, name: &str, value: &[u8]) {
    request.headers.push((name.to_owned(), value.to_vec()));
}

fn replace(request: &mut Request, from: &str, to: &str) {
    let header = request.header("authorization");
    let text = String::from_utf8(header.clone()).unwrap();
    assert!(text.contains(from), "{text}");
    *header = text.replace(from, to).into_bytes();
}

type Change = fn(&mut Request);

#[rustfmt::skip]
const CASES: &[(&str, ErrorKind, Change)] = &[
    ("no signature at all", MissingAuthenticationToken,
        |r| r.headers.retain(|(name, _)| name != "authorization")),
    ("another scheme", IncompleteSignature, |r| *r.header("authorization") = b"Bearer abc".to_vec()),
    ("another algorithm", IncompleteSignature, |r| replace(r, "HMAC-SHA256", "ECDSA-P256-SHA256")),
    ("not ASCII", IncompleteSignature, |r| r.header("authorization").extend("ü".as_bytes())),
    ("not UTF-8", IncompleteSignature, |r| r.header("authorization").push(0xff)),
    ("two Authorization headers", IncompleteSignature, |r| {
        let again = r.header("authorization").clone();
        add(r, "Authorization", &again);
    }),
    ("header and presigned at once", IncompleteSignature, |r| r.target.push_str("&X-Amz-Signature=00")),
    ("header and an encoded presigned at once", IncompleteSignature,
        |r| r.target.push_str("&x%2Damz-Signature=00")),
    ("presigned", MissingAuthenticationToken, |r| {
        r.headers.retain(|(name, _)| name != "authorization");
        r.target.push_str("&X-Amz-Signature=00");
    }),
    ("a session token", UnrecognizedClient, |r| add(r, "X-Amz-Security-Token", b"abc")),
    ("a field twice", IncompleteSignature, |r| replace(r, "Signature=", "Signature=, Signature=")),
    ("an unknown field", IncompleteSignature, |r| replace(r, "Signature=", "Region=x, Signature=")),
    ("no signature field", IncompleteSignature, |r| {
        let header = r.header("authorization");
        let text = String::from_utf8(header.clone()).unwrap();
        *header = text.rsplit_once(',').unwrap().0.into();
    }),
    ("a short scope", IncompleteSignature, |r| replace(r, "/aws4_request", "")),
    ("a long scope", IncompleteSignature, |r| replace(r, "/aws4_request", "/x/aws4_request")),
    ("no key id", IncompleteSignature, |r| replace(r, "AKIDEXAMPLE", "")),
    ("another day", IncompleteSignature, |r| replace(r, "20261124", "20261125")),
    ("another service", SignatureDoesNotMatch, |r| replace(r, "/chime/", "/s3/")),
    ("another region", SignatureDoesNotMatch, |r| replace(r, "/eu-west-1/", "/eu-west-2/")),
    ("host not signed", IncompleteSignature, |r| replace(r, ";host;", ";")),
    ("content-type not signed", IncompleteSignature, |r| replace(r, "content-type;", "")),
    ("date not signed", IncompleteSignature, |r| replace(r, ";x-amz-date", "")),
    ("hash not signed", IncompleteSignature, |r| add(r, "x-amz-content-sha256", b"abc")),
    ("signed headers unsorted", IncompleteSignature, |r| replace(r, "host;x-amz-date", "x-amz-date;host")),
    ("signed header twice", IncompleteSignature, |r| replace(r, "host;", "host;host;")),
    ("signed header in upper case", IncompleteSignature, |r| replace(r, "content-type;", "Content-Type;")),
    ("signed header absent", IncompleteSignature, |r| replace(r, "host;", "host;user-agent;")),
    ("signature in upper case", IncompleteSignature, |r| {
        let header = r.header("authorization");
        let at = header.len() - 64;
        header[at..].make_ascii_uppercase();
    }),
    ("signature too short", IncompleteSignature, |r| { r.header("authorization").pop(); }),
    ("no date", IncompleteSignature, |r| r.headers.retain(|(name, _)| name != "x-amz-date")),
    ("two dates", IncompleteSignature, |r| add(r, "X-Amz-Date", b"20261124T180000Z")),
    ("a date of another form", IncompleteSignature,
        |r| *r.header("x-amz-date") = b"2026-11-24T18:00:00Z".to_vec()),
    ("a date too long", IncompleteSignature, |r| *r.header("x-amz-date") = b"20261124T1800000Z".to_vec()),
    ("a date that is none", IncompleteSignature, |r| *r.header("x-amz-date") = b"20261124T250000Z".to_vec()),
    ("a dot segment", BadRequest, |r| r.target = "/accounts/..".to_owned()),
    ("an encoded dot segment", BadRequest, |r| r.target = "/accounts/%2e%2E/users".to_owned()),
    ("an empty segment", BadRequest, |r| r.target = "/accounts//users".to_owned()),
    ("a bad escape in the path", BadRequest, |r| r.target = "/accounts/%4".to_owned()),
    ("a bad escape in the query", BadRequest, |r| r.target = "/accounts?name=%zz".to_owned()),
    ("an absolute target", BadRequest, |r| r.target = "https://chime.example.org/accounts".to_owned()),
];

#[test]
fn bad_form_is_refused_by_name() {
    let original = sample();
    assert_eq!(original.verify(Some(SECRET), original.at), Ok(()));
    for (what, kind, change) in CASES {
        let mut request = original.clone();
        change(&mut request);
        let refusal = request.verify(Some(SECRET), request.at).expect_err(what);
        assert_eq!(refusal.kind, *kind, "{what}: {refusal}");
    }
}

/// Headers that a client doesn't sign and a proxy may add don't matter.
#[test]
fn unsigned_headers_are_free() {
    let mut request = sample();
    add(&mut request, "x-amz-cf-id", b"added by a proxy");
    add(&mut request, "User-Agent", b"Boto3/1.44.8");
    assert_eq!(request.verify(Some(SECRET), request.at), Ok(()));
}

/// Neither a signature nor a body reaches a log through Debug.
#[test]
fn debug_tells_the_key_id_only() {
    let request = sample();
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let presented = sigv4::parse("chime", &request.method, &request.target, &headers).unwrap();
    assert_eq!(format!("{presented:?}"), "Presented { access_key_id: \"AKIDEXAMPLE\", .. }");
}
