//! The secrets administrators hand on: what a bearer token and an access key consist of.

use store::Random;

/// The alphabet of base64url (RFC 4648 section 5): 6 random bits a character.
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Capitals and digits of base32 (RFC 4648 section 6): none looks like another. 5 random bits a character.
const CAPITALS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Letters and digits without the look-alikes l, o, 0 and 1. 5 random bits a character.
const LEGIBLE: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What an administrator's token starts with, so that people and scanners recognise it.
pub const ADMINISTRATOR_TOKEN: &str = "cat_";
/// What an application's credential starts with.
pub const APPLICATION_TOKEN: &str = "caa_";
/// What an access key's id starts with.
pub const ACCESS_KEY: &str = "CARI";

/// A bearer token: its prefix and 258 random bits.
pub(crate) fn bearer(random: &Random, prefix: &str) -> String {
    format!("{prefix}{}", text::<43>(random, URL_SAFE))
}

/// The id of an access key: 20 capitals and digits, of which 80 random bits. Not a secret.
pub(crate) fn access_key_id(random: &Random) -> String {
    format!("{ACCESS_KEY}{}", text::<16>(random, CAPITALS))
}

/// Whether a text may be an access key's id; no other is worth asking the database about.
pub(crate) fn is_access_key_id(text: &str) -> bool {
    text.len() == 20 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The secret of an access key: 40 characters, 200 random bits.
pub(crate) fn access_key_secret(random: &Random) -> String {
    text::<40>(random, LEGIBLE)
}

/// `N` characters of an alphabet whose length divides 256, so that each is as likely as any other.
fn text<const N: usize>(random: &Random, alphabet: &[u8]) -> String {
    random.bytes::<N>().iter().map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_their_shapes_and_do_not_repeat() {
        let random = Random::seeded(1);
        let (a, b) = (bearer(&random, ADMINISTRATOR_TOKEN), bearer(&random, ADMINISTRATOR_TOKEN));
        assert_ne!(a, b);
        assert!(a.starts_with("cat_") && a.len() == 47, "{a}");
        let id = access_key_id(&random);
        assert!(
            id.len() == 20
                && id.starts_with("CARI")
                && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        );
        let secret = access_key_secret(&random);
        assert!(secret.len() == 40 && !secret.contains(['l', 'o', '0', '1']), "{secret}");
    }
}
