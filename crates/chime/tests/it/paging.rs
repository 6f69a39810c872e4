//! Tokens: opaque, URL-safe, and good for their own query only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use carillon_chime::ErrorKind;
use carillon_chime::paging::{open, seal};
use proptest::prelude::*;

const KEY: [u8; 32] = [7; 32];

#[test]
fn every_change_of_a_token_is_refused() {
    let token = seal("0193-position", "ListUsers a", &KEY);
    assert_eq!(open(&token, "ListUsers a", &KEY), Ok("0193-position".to_owned()));
    for at in 0..token.len() {
        for byte in 0..=127u8 {
            let mut forged = token.clone().into_bytes();
            if forged[at] != byte {
                forged[at] = byte;
                let forged = String::from_utf8(forged).unwrap();
                let refusal = open(&forged, "ListUsers a", &KEY).expect_err(&forged);
                assert_eq!(refusal.kind, ErrorKind::BadRequest);
            }
        }
        assert!(open(&token[..at], "ListUsers a", &KEY).is_err());
    }
    assert!(open(&format!("{token}="), "ListUsers a", &KEY).is_err());
}

proptest! {
    #[test]
    fn a_token_opens_for_its_query_and_no_other(
        position in ".{0,20}", binding in ".{0,20}", other in ".{0,20}", key: [u8; 32], other_key: [u8; 32],
    ) {
        let token = seal(&position, &binding, &key);
        prop_assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        prop_assert_eq!(open(&token, &binding, &key), Ok(position.clone()));
        prop_assert_eq!(open(&token, &other, &key).is_ok(), other == binding);
        prop_assert_eq!(open(&token, &binding, &other_key).is_ok(), other_key == key);
        // A position may name a person, and URLs end in logs.
        let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
        let shown = position.len() > 3 && bytes.windows(position.len()).any(|part| part == position.as_bytes());
        prop_assert!(!shown);
    }

    #[test]
    fn any_text_is_refused(text in ".{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let encoded = URL_SAFE_NO_PAD.encode(bytes);
        prop_assert!(open(&text, "", &KEY).is_err());
        prop_assert!(open(&encoded, "", &KEY).is_err());
    }
}
