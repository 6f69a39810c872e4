//! What a mail is called (RFC 5322 section 3.6.4): its number and a code that only this deployment can make, so that
//! nobody who has not seen the mail can say that it came back.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use url::Url;

/// Hexadecimal digits of the code: 128 bits.
const DIGITS: usize = 32;

/// Of the mail with this number.
pub(super) fn of(id: i64, key: &[u8; 32], base_url: &Url) -> String {
    format!("{id}.{}@{}", code(id, key), base_url.host_str().unwrap_or("localhost"))
}

/// The number of the mail that is called like this, if one of ours is.
pub(super) fn read(text: &str, key: &[u8; 32]) -> Option<i64> {
    let (left, _) = text.trim().trim_start_matches('<').trim_end_matches('>').rsplit_once('@')?;
    let (number, presented) = left.split_once('.')?;
    let id = number.parse().ok().filter(|id: &i64| id.to_string() == number)?;
    bool::from(code(id, key).as_bytes().ct_eq(presented.as_bytes())).then_some(id)
}

fn code(id: i64, key: &[u8; 32]) -> String {
    let mut block = [0; 64]; // HMAC pads a key to the hash's block with zeros (RFC 2104)
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    mac.update(&id.to_be_bytes());
    let digits = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    digits[..DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_known_again_by_its_own_id_alone() {
        let (key, base) = ([7; 32], "https://id.example.org/x".parse().unwrap());
        let id = of(12, &key, &base);
        assert!(id.ends_with("@id.example.org"), "{id}");
        assert_eq!(read(&id, &key), Some(12));
        assert_eq!(read(&format!(" <{id}> "), &key), Some(12));
        assert_eq!(read(&id, &[8; 32]), None, "another deployment's");
        for other in [id.replacen("12.", "13.", 1), id.replacen("12.", "012.", 1), "x".to_owned(), id.replace('@', "")]
        {
            assert_eq!(read(&other, &key), None, "{other}");
        }
    }
}
