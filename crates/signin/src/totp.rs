//! Time-based one-time passwords (RFC 6238) and the recovery codes that stand in for them (rule 80).

use access::{Email, Refusal, User};
use jiff::{SignedDuration, Timestamp};
use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::json;
use service::Stage;
use service::mail::SecurityChange;
use store::{Notice, Random, Record, TokenHash, Totp, Write};
use totp_rs::{Algorithm, Builder, Secret};

use crate::Error;

/// How many codes in a row may be wrong before none is looked at for a while.
const MOST_WRONG: i64 = 5;
/// For how long: whoever guesses a million codes at this rate needs years, and only who knows the password may guess.
const PAUSE: SignedDuration = SignedDuration::from_mins(15);
/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// The letters of recovery codes (RFC 4648 section 6, in small letters): none that look alike.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// What an authenticator app must be told. Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The key to type in.
    pub key: String,
    /// The same as a link that apps open.
    pub uri: String,
    /// The link as a picture to scan: an SVG element.
    pub picture: String,
}

/// One-time passwords that were set up.
pub(crate) struct Added {
    pub codes: Vec<String>,
    pub record: Record,
    pub notice: Notice,
}

/// What a code was good for: its record, if it needs one of its own, and who is told.
pub(crate) type Used = (Option<Record>, Option<Notice>);

/// 160 bits, as RFC 4226 section 4 recommends.
pub(crate) fn new_secret(random: &Random) -> Vec<u8> {
    random.bytes::<20>().to_vec()
}

fn totp(secret: &[u8], address: &str, organisation: &str) -> Result<totp_rs::Totp, Error> {
    let plain = |text: &str| text.replace(':', " ");
    let built = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(Secret::new(secret.into()))
        .with_account_name(plain(address))
        .with_issuer(Some(plain(organisation)));
    built.build().map_err(|error| Error::Internal(format!("one-time passwords: {error}")))
}

/// What an authenticator app must be told.
pub(crate) fn setup(secret: &[u8], address: &Email, organisation: &str) -> Result<Setup, Error> {
    let totp = totp(secret, address.as_typed(), organisation)?;
    let uri = totp.to_url().map_err(|error| Error::Internal(format!("one-time passwords: {error}")))?;
    let code = QrCode::new(&uri).map_err(|error| Error::Internal(format!("a picture of the key: {error}")))?;
    // Dark on light whatever the page's colours are: cameras want it so.
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    let picture = drawn.find("<svg").map_or_else(String::new, |from| drawn[from..].to_owned());
    let letters = totp.secret().to_base32();
    let groups: Vec<&str> = letters.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    Ok(Setup { key: groups.join(" "), uri, picture })
}

/// The step whose code this is, if it is the current one or one beside it (RFC 6238 section 5.2).
pub(crate) fn matching(secret: &[u8], code: &str, at: Timestamp) -> Result<Option<i64>, Error> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let step = totp(secret, "nobody", "nobody")?.check(&digits, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// Uses a code: a one-time password of a step that none was used of, or a recovery code. What was wrong is counted.
pub(crate) async fn used(
    w: &mut Write,
    stage: &Stage,
    user: &User,
    code: &str,
) -> Result<Result<Used, Refusal>, Error> {
    let at = stage.cx.at;
    let letters: String = code.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    if letters.len() > 8 {
        return recovered(w, stage, user, &letters.to_ascii_lowercase()).await;
    }
    let Some(mut totp) = w.totp(user.id).await? else { return Ok(Err(Refusal::WrongCode)) };
    let paused = totp.wrong_at.saturating_add(PAUSE).unwrap_or(Timestamp::MAX) > at;
    if totp.wrong >= MOST_WRONG && paused {
        return Ok(Err(Refusal::CodesPaused));
    }
    if let Some(step) = matching(&totp.secret, code, at)?.filter(|step| *step > totp.step) {
        (totp.step, totp.wrong) = (step, 0);
        w.save_totp(user.id, &totp).await?;
        return Ok(Ok((None, None)));
    }
    totp.wrong = if totp.wrong >= MOST_WRONG { 1 } else { totp.wrong + 1 };
    totp.wrong_at = at;
    w.save_totp(user.id, &totp).await?;
    Ok(Err(Refusal::WrongCode))
}

async fn recovered(w: &mut Write, stage: &Stage, user: &User, code: &str) -> Result<Result<Used, Refusal>, Error> {
    if !w.use_recovery_code(user.id, &recovery_hash(user, code)).await? {
        return Ok(Err(Refusal::WrongCode));
    }
    let left = w.factors(user.id).await?.recovery_codes;
    let account = user.membership.map(|membership| membership.account);
    let record = stage.noted("user.recovery-code", account, user.id.0, json!({ "left": left }));
    let notice = stage.security_changed(user, SecurityChange::RecoveryCodeUsed { left })?;
    Ok(Ok((Some(record), Some(notice))))
}

/// A person has one-time passwords from now on, and recovery codes.
pub(crate) async fn add(w: &mut Write, stage: &Stage, user: &User, secret: Vec<u8>, step: i64) -> Result<Added, Error> {
    let at = stage.cx.at;
    w.save_totp(user.id, &Totp { secret, step, wrong: 0, wrong_at: at, created: at }).await?;
    let codes = new_recovery_codes(w, stage, user).await?;
    let account = user.membership.map(|membership| membership.account);
    let record = stage.noted("user.add-codes", account, user.id.0, json!({}));
    Ok(Added { codes, record, notice: stage.security_changed(user, SecurityChange::CodesAdded)? })
}

/// New recovery codes in the place of those of before.
pub(crate) async fn new_recovery_codes(w: &mut Write, stage: &Stage, user: &User) -> Result<Vec<String>, Error> {
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(&stage.random)).collect();
    let hashes: Vec<TokenHash> = codes.iter().map(|code| recovery_hash(user, &code.replace('-', ""))).collect();
    w.set_recovery_codes(user.id, &hashes).await?;
    Ok(codes)
}

/// 80 random bits in four groups: too many to guess, so a plain hash keeps them.
fn recovery_code(random: &Random) -> String {
    let letters = random.bytes::<16>().map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

fn recovery_hash(user: &User, code: &str) -> TokenHash {
    TokenHash::of(&format!("{} {code}", user.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_belongs_to_its_step_and_the_ones_beside_it() {
        // RFC 6238 appendix B, the last six of the eight digits of SHA-1 at 59 s.
        let secret = b"12345678901234567890";
        let at = |seconds| Timestamp::from_second(seconds).expect("a time");
        let step = |code: &str, seconds| matching(secret, code, at(seconds)).expect("a step");
        assert_eq!(step("287082", 59), Some(1));
        assert_eq!(step("287 082", 89), Some(1), "a step late");
        assert_eq!(step("287082", 29), Some(1), "a step early");
        assert_eq!(step("287082", 90), None);
        assert_eq!(step("287083", 59), None);
        for none in ["", "28708", "2870822", "abcdef"] {
            assert_eq!(step(none, 59), None, "{none:?}");
        }
    }

    #[test]
    fn an_app_is_told_the_key() {
        let address = Email::parse("ada@example.org").expect("an address");
        let setup = setup(b"12345678901234567890", &address, "Ex: ample").expect("a setup");
        assert_eq!(setup.key, "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert!(setup.uri.starts_with("otpauth://totp/Ex"), "{}", setup.uri);
        assert!(setup.picture.starts_with("<svg"), "{}", setup.picture);
    }
}
