//! Nothing signed can be changed, and nothing a client sends makes the verifier panic.

use crate::oracle::{Request, SECRET, encoded, request, sample};
use carillon_chime::{ErrorKind, operation, sigv4};
use jiff::SignedDuration;
use proptest::prelude::*;

fn refused(request: &Request) -> bool {
    request.verify(Some(SECRET), request.at).is_err()
}

/// Every text that differs from `text` in one byte, which stays visible ASCII.
fn one_byte_off(text: &str) -> impl Iterator<Item = String> {
    (0..text.len()).flat_map(move |at| {
        let replace = move |byte: u8| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[at] = byte;
            String::from_utf8(bytes).unwrap()
        };
        let old = text.as_bytes()[at];
        (b'!'..=b'~').filter(move |byte| *byte != old).map(replace)
    })
}

#[test]
fn every_one_byte_change_is_refused() {
    let original = sample();
    assert!(!refused(&original));
    let mut tried = 0;
    let mut check = |forged: &Request, what: &str| {
        tried += 1;
        assert!(refused(forged), "{what}: {forged:?}");
    };
    for method in one_byte_off(&original.method) {
        check(&Request { method, ..original.clone() }, "method");
    }
    for target in one_byte_off(&original.target) {
        check(&Request { target, ..original.clone() }, "target");
    }
    for (index, (name, value)) in original.headers.iter().enumerate() {
        let value = std::str::from_utf8(value).unwrap();
        for forged in one_byte_off(value) {
            // The space after a comma of the Authorization header is nobody's.
            if name == "authorization" && forged.split(',').map(str::trim).eq(value.split(',').map(str::trim)) {
                continue;
            }
            let mut request = original.clone();
            request.headers[index].1 = forged.into_bytes();
            check(&request, name);
        }
    }
    for at in 0..original.body.len() {
        for bit in 0..8 {
            let mut request = original.clone();
            request.body[at] ^= 1 << bit;
            check(&request, "body");
        }
    }
    assert!(tried > 10_000, "{tried}");
}

#[test]
fn additions_and_omissions_are_refused() {
    let changes: [fn(&mut Request); 8] = [
        |request| request.body.push(b' '),
        |request| request.body.clear(),
        |request| request.target.push_str("&x=1"),
        |request| request.target.push('/'),
        |request| request.target.truncate(request.target.find('?').unwrap()),
        |request| {
            request.headers.push(("amz-sdk-request".to_owned(), b"more".to_vec()));
        },
        |request| {
            request.headers.retain(|(name, _)| name != "amz-sdk-request");
        },
        |request| {
            request.headers.push(("host".to_owned(), b"chime.example.org:8443".to_vec()));
        },
    ];
    for (index, change) in changes.iter().enumerate() {
        let mut request = sample();
        change(&mut request);
        assert!(refused(&request), "change {index}");
    }
}

#[test]
fn the_key_decides() {
    let request = sample();
    let unknown = request.verify(None, request.at).unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::UnrecognizedClient);
    for secret in ["", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEy"] {
        let wrong = request.verify(Some(secret), request.at).unwrap_err();
        assert_eq!(wrong.kind, ErrorKind::SignatureDoesNotMatch);
    }
}

#[test]
fn the_clock_may_be_off_by_fifteen_minutes() {
    let request = sample();
    let at = |seconds| request.verify(Some(SECRET), request.at + SignedDuration::from_secs(seconds));
    for seconds in [-900, -840, 0, 840, 900] {
        assert_eq!(at(seconds), Ok(()), "{seconds}");
    }
    let late = at(901).unwrap_err();
    assert_eq!(late.kind, ErrorKind::SignatureDoesNotMatch);
    assert_eq!(
        late.message,
        "Signature expired: 20261124T180000Z is now earlier than 20261124T180001Z \
         (20261124T181501Z - 15 min.)"
    );
    let early = at(-901).unwrap_err();
    assert_eq!(early.kind, ErrorKind::SignatureDoesNotMatch);
    assert_eq!(
        early.message,
        "Signature not yet current: 20261124T180000Z is still later than 20261124T175959Z \
         (20261124T174459Z + 15 min.)"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_changed_request_is_refused(
        request in request(), part in 0..4usize, at: prop::sample::Index, text in "[a-z0-9:@ü]{1,6}",
    ) {
        let mut forged = request;
        match part {
            0 => forged.body.insert(at.index(forged.body.len() + 1), 0),
            1 => forged.target.insert_str(1, &encoded(&text)),
            2 => forged.method.push('X'),
            _ => forged.header("host").extend(text.as_bytes()),
        }
        prop_assert!(refused(&forged));
    }

    #[test]
    fn nothing_panics(
        method in ".{0,8}", target in "(/|\\?|%|&|=|\\.|[0-9a-f]|.){0,24}",
        headers in prop::collection::vec((
            "(authorization|host|x-amz-date|content-type|x-amz-security-token|.{0,6})",
            prop::collection::vec(any::<u8>(), 0..60),
        ), 0..6),
        fields in "(AWS4-HMAC-SHA256 )?((Credential|SignedHeaders|Signature|x)=[a-zA-Z0-9/;]{0,70},? ?){0,4}",
        date in "[0-9]{8}T[0-9]{6}Z?|.{0,20}", with_slash: bool,
    ) {
        let target = if with_slash { format!("/{target}") } else { target };
        let mut all: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let _ = sigv4::parse("chime", &method, &target, &all);
        all.retain(|(name, _)| *name != "authorization" && *name != "x-amz-date");
        all.extend([("authorization", fields.as_bytes()), ("x-amz-date", date.as_bytes())]);
        let _ = sigv4::parse("chime", &method, &target, &all);
        let _ = operation::route(&method, &target);
        let mut bent = sample();
        *bent.header("x-amz-date") = date.into_bytes();
        prop_assert!(refused(&bent));
    }
}
