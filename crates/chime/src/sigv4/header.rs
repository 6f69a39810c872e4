//! What the signature's headers say, and the rules of form they must keep.

use crate::target::Target;
use crate::{Error, ErrorKind};
use jiff::{Timestamp, civil, tz::TimeZone};

/// The only algorithm; Signature Version 4A is another one.
pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// The last part of every credential scope.
pub(super) const TERMINATOR: &str = "aws4_request";

/// `KEY/yyyymmdd/REGION/SERVICE/aws4_request`.
pub(super) struct Credential {
    pub access_key_id: String,
    pub date: String,
    pub region: String,
    pub service: String,
}

impl Credential {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let &[access_key_id, date, region, service, TERMINATOR] = parts.as_slice() else {
            return None;
        };
        if access_key_id.is_empty() || region.is_empty() {
            return None;
        }
        let [access_key_id, date, region, service] = [access_key_id, date, region, service].map(str::to_owned);
        Some(Self { access_key_id, date, region, service })
    }

    /// The credential without the key: what the string to sign names.
    pub fn scope(&self) -> String {
        format!("{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }
}

/// The parsed Authorization header.
pub(super) struct Authorization {
    pub credential: Credential,
    /// Lower case, sorted, no name twice.
    pub signed_headers: Vec<String>,
    pub signature: [u8; 32],
}

/// Reads the one Authorization header; refuses every other way to authenticate.
pub(super) fn authorization(target: &Target<'_>, headers: &[(&str, &[u8])]) -> Result<Authorization, Error> {
    let mut values = all(headers, "authorization");
    let (value, more) = (values.next(), values.next());
    let presigned = target.parameters.iter().any(|(name, _)| name.to_ascii_lowercase().starts_with(b"x-amz-"));
    if more.is_some() || (value.is_some() && presigned) {
        return Err(incomplete("The request carries more than one signature."));
    }
    if presigned {
        return Err(missing("Presigned URLs are not accepted: sign in the Authorization header."));
    }
    let Some(value) = value else {
        return Err(missing("Missing Authentication Token: the request is not signed."));
    };
    if all(headers, "x-amz-security-token").next().is_some() {
        let message = "Session tokens are not issued here: use an access key alone.";
        return Err(Error::new(ErrorKind::UnrecognizedClient, message));
    }
    let value = std::str::from_utf8(value).ok().filter(|value| value.is_ascii());
    let fields = value.and_then(|value| value.strip_prefix(ALGORITHM)?.strip_prefix(' '));
    let Some(fields) = fields else {
        let message = format!("Authorization must start with '{ALGORITHM} ' and be ASCII.");
        return Err(incomplete(&message));
    };
    parse_fields(fields)
}

/// `Credential=..., SignedHeaders=..., Signature=...`, each once, in any order.
fn parse_fields(fields: &str) -> Result<Authorization, Error> {
    const NAMES: [&str; 3] = ["Credential", "SignedHeaders", "Signature"];
    let mut found = [None; 3];
    for field in fields.split(',') {
        let slot = field.trim().split_once('=').and_then(|(name, value)| {
            let index = NAMES.iter().position(|known| *known == name)?;
            found[index].replace(value).is_none().then_some(())
        });
        if slot.is_none() {
            let message = "Authorization holds Credential=, SignedHeaders= and Signature=, each once.";
            return Err(incomplete(message));
        }
    }
    let [Some(credential), Some(signed_headers), Some(signature)] = found else {
        return Err(incomplete("Authorization needs Credential=, SignedHeaders= and Signature=."));
    };
    let Some(credential) = Credential::parse(credential) else {
        let message = "Credential must be KEY/yyyymmdd/REGION/SERVICE/aws4_request.";
        return Err(incomplete(message));
    };
    let signed_headers: Vec<String> = signed_headers.split(';').map(str::to_owned).collect();
    let lower = !signed_headers.iter().any(|name| name.chars().any(|c| c.is_ascii_uppercase()));
    if !lower || !signed_headers.is_sorted_by(|a, b| a < b) {
        return Err(incomplete("SignedHeaders must be lower case, sorted, and name no header twice."));
    }
    let Some(signature) = parse_signature(signature) else {
        return Err(incomplete("Signature must be 64 lower-case hexadecimal digits."));
    };
    Ok(Authorization { credential, signed_headers, signature })
}

/// 64 lower-case digits, so that one signature has one spelling.
fn parse_signature(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 || digits.iter().any(u8::is_ascii_uppercase) {
        return None;
    }
    let mut signature = [0; 32];
    for (byte, pair) in signature.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = [pair[0], pair[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(signature)
}

/// What decides the meaning of a request must be under the signature. Not every `x-amz-*`: proxies add some.
pub(super) fn check_signed(headers: &[(&str, &[u8])], signed: &[String]) -> Result<(), Error> {
    let is_signed = |name: &str| signed.iter().any(|signed| signed == name);
    if !is_signed("host") {
        return Err(incomplete("SignedHeaders must name 'host'."));
    }
    for name in ["content-type", "x-amz-content-sha256", "x-amz-date"] {
        if all(headers, name).next().is_some() && !is_signed(name) {
            return Err(incomplete(&format!("The header '{name}' must be named in SignedHeaders.")));
        }
    }
    if all(headers, "host").nth(1).is_some() {
        return Err(incomplete("The request has more than one Host header."));
    }
    Ok(())
}

/// `x-amz-date`: the text, and the instant it names.
pub(super) fn date(headers: &[(&str, &[u8])]) -> Result<(String, Timestamp), Error> {
    let mut values = all(headers, "x-amz-date");
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(incomplete("The request needs one x-amz-date header."));
    };
    std::str::from_utf8(value)
        .ok()
        .and_then(|text| Some((text.to_owned(), parse_date(text)?)))
        .ok_or_else(|| incomplete("x-amz-date must be a time like 20150830T123600Z."))
}

/// `20150830T123600Z`, and no other form.
fn parse_date(text: &str) -> Option<Timestamp> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if day.len() != 8 || time.len() != 6 || !digits(day) || !digits(time) {
        return None;
    }
    let two = |text: &str, at: usize| text[at..at + 2].parse::<i8>().ok();
    let date = civil::Date::new(day[..4].parse().ok()?, two(day, 4)?, two(day, 6)?).ok()?;
    let time = civil::Time::new(two(time, 0)?, two(time, 2)?, two(time, 4)?, 0).ok()?;
    TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
}

/// All values of one header, in the order sent.
pub(super) fn all<'a>(headers: &'a [(&str, &'a [u8])], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// 400: the signature can't be read.
pub(super) fn incomplete(message: &str) -> Error {
    Error::new(ErrorKind::IncompleteSignature, message)
}

fn missing(message: &str) -> Error {
    Error::new(ErrorKind::MissingAuthenticationToken, message)
}
