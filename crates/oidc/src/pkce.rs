//! Proof keys for codes (RFC 7636), by SHA-256 only: `plain` protects nothing (RFC 9700 section 2.1.1).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Whether a text may be a challenge: the base64url of a SHA-256.
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && URL_SAFE_NO_PAD.decode(text).is_ok()
}

/// The challenge to a verifier.
pub fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Whether a verifier is the one behind a challenge. Takes as long for any verifier of the same length.
pub fn verify(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let shaped = (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved);
    let computed = challenge_of(verifier);
    shaped & bool::from(computed.as_bytes().ct_eq(challenge.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_rfc() {
        let (verifier, challenge) =
            ("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge(challenge) && verify(verifier, challenge));
        assert!(!verify("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl", challenge));
        assert!(!verify(challenge, challenge), "plain is not taken");
        assert!(!is_challenge("short") && !is_challenge(&"!".repeat(43)));
    }

    #[test]
    fn a_verifier_has_its_shape() {
        for wrong in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43))] {
            let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(wrong.as_bytes()));
            assert!(!verify(&wrong, &challenge), "{wrong}");
        }
    }
}
