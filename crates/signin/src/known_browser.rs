//! Browsers in which a person signed in before (rule 76): a mark that says so, made with a key of ours, so that nothing
//! need be kept. It lets nobody in; it only says whose browser waits for its own wrong tries alone.

use access::UserId;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use store::Random;

use crate::secrets::hex;
use crate::{SignIn, secrets};

/// How long a browser is known after its last sign-in.
pub const KNOWN: SignedDuration = SignedDuration::from_hours(180 * 24);

impl SignIn {
    /// The mark for a browser in which a person signs in now.
    pub fn mark_browser(&self, user: UserId, at: Timestamp) -> String {
        let until = at.saturating_add(KNOWN).unwrap_or(Timestamp::MAX).as_second();
        let nonce = nonce(self.service().random());
        let mac = hex(&self.browser_mac(user, until, &nonce).finalize().into_bytes());
        format!("{}{until}_{nonce}_{mac}", secrets::BROWSER)
    }

    /// What tells a browser from others of this person, if its mark is good for them.
    pub(crate) fn known_browser(&self, user: UserId, mark: &str, at: Timestamp) -> Option<u64> {
        let mut parts = mark.strip_prefix(secrets::BROWSER)?.split('_');
        let (until, nonce, mac) = (parts.next()?, parts.next()?, parts.next()?);
        let until: i64 = until.parse().ok().filter(|until| at.as_second() < *until)?;
        self.browser_mac(user, until, nonce).verify_slice(&unhex(mac)?).ok()?;
        u64::from_str_radix(nonce, 16).ok()
    }

    fn browser_mac(&self, user: UserId, until: i64, nonce: &str) -> Hmac<Sha256> {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.service().door_key());
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(format!("a known browser {user} {until} {nonce}").as_bytes());
        mac
    }
}

fn nonce(random: &Random) -> String {
    hex(&random.bytes::<8>())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(byte).collect())?
}

#[cfg(test)]
mod tests {
    use service::testing::on_sqlite;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_mark_is_good_for_one_person_and_a_time() {
        on_sqlite(|world| async move {
            let signin = SignIn::new(world.service.clone());
            let (ada, bob) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)));
            let at = world.service.clock().now();
            let mark = signin.mark_browser(ada, at);
            assert!(signin.known_browser(ada, &mark, at).is_some());
            assert_ne!(
                signin.known_browser(ada, &mark, at),
                signin.known_browser(ada, &signin.mark_browser(ada, at), at)
            );
            assert_eq!(signin.known_browser(bob, &mark, at), None, "somebody else's");
            assert_eq!(signin.known_browser(ada, &mark, at + KNOWN), None, "long ago");
            let later = mark.replacen("cab_1", "cab_2", 1);
            for forged in
                [later.as_str(), "", "cab_", "cab_99999999999_00_00", "cab_x_y_z", "x", &mark[..mark.len() - 1]]
            {
                assert_eq!(signin.known_browser(ada, forged, at), None, "{forged}");
            }
        });
    }
}
