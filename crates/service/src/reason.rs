//! An administrator's words.

use access::Refusal;

/// The most characters of a reason.
const LONGEST: usize = 500;

/// A reason without white space around it; a blank one is none.
pub(crate) fn usable(reason: Option<String>) -> Result<Option<String>, Refusal> {
    let Some(reason) = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if reason.chars().count() > LONGEST || reason.chars().any(|c| c.is_control() && c != '\n') {
        let why = format!("give {LONGEST} characters at most, and no control characters");
        return Err(Refusal::Invalid { member: "reason", why });
    }
    Ok(Some(reason))
}
