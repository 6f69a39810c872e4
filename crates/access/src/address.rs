//! E-mail addresses and domains (rule 1).

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Serialize};

use crate::Refusal;

/// The most bytes an address may have (RFC 5321 section 4.5.3.1.3, less the angle brackets).
const MAX_ADDRESS: usize = 254;
/// The most bytes before the `@` (RFC 5321 section 4.5.3.1.1).
const MAX_LOCAL: usize = 64;

/// A DNS domain as UTS-46 A-labels in lower case, without a trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Domain(String);

impl Domain {
    /// Reads a domain of at least two labels, in U-labels or A-labels, of any case.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bad = |why| Refusal::AddressNotSupported { why };
        let text = text.strip_suffix('.').unwrap_or(text);
        let name = Uts46::new()
            .to_ascii(text.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Verify)
            .map_err(|_| bad("the part after the @ is no domain name"))?;
        let (_, last) = name.rsplit_once('.').ok_or_else(|| bad("the domain has only one label"))?;
        if last.bytes().all(|b| b.is_ascii_digit()) {
            return Err(bad("the part after the @ is a network address"));
        }
        Ok(Self(name.into_owned()))
    }

    /// Reads a domain that stands for itself, not in an address.
    pub fn named(text: &str) -> Result<Self, Refusal> {
        let why = || "it is no domain name; write one such as corp.example".to_owned();
        Self::parse(text).map_err(|_| Refusal::Invalid { member: "domain", why: why() })
    }

    /// The domain in A-labels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a public suffix such as `co.uk`, under which others register (rule 4).
    pub fn is_public_suffix(&self) -> bool {
        psl::domain_str(&self.0).is_none()
    }
}

impl TryFrom<String> for Domain {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

impl std::fmt::Display for Domain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// An e-mail address: as typed, plus the key it is compared by.
///
/// The key is the local part in ASCII lower case and the domain in A-labels; no dot or plus folding (rule 1).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email {
    typed: String,
    key: String,
    at: usize,
}

impl Email {
    /// Reads `local@domain`; white space around it is dropped.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bad = |why| Refusal::AddressNotSupported { why };
        let typed = text.trim();
        let (local, domain) = typed.rsplit_once('@').ok_or_else(|| bad("it has no @"))?;
        if !local.is_ascii() {
            return Err(bad("the part before the @ has characters outside ASCII"));
        }
        // RFC 5322 section 3.2.3, dot-atom; quoted local parts are not supported.
        let atom = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        };
        if local.len() > MAX_LOCAL || !local.split('.').all(atom) {
            return Err(bad("the part before the @ is empty, too long, or has characters that need quoting"));
        }
        let domain = Domain::parse(domain)?;
        let key = format!("{}@{domain}", local.to_ascii_lowercase());
        if key.len() > MAX_ADDRESS || typed.len() > MAX_ADDRESS {
            return Err(bad("it is longer than 254 bytes"));
        }
        Ok(Self { typed: typed.to_owned(), at: local.len(), key })
    }

    /// The address as it was typed.
    pub fn as_typed(&self) -> &str {
        &self.typed
    }

    /// What addresses are compared, sorted and searched by.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The domain in A-labels.
    pub fn domain(&self) -> Domain {
        Domain(self.key[self.at + 1..].to_owned())
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Email {}

impl TryFrom<String> for Email {
    type Error = Refusal;
    fn try_from(text: String) -> Result<Self, Refusal> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.typed
    }
}

impl std::fmt::Display for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.typed)
    }
}

/// Splits what people paste: addresses separated by `;`, `,`, white space or new lines, also `Name <address>` and
/// `"Name, Given" <address>` (rule 14). Each item comes with the text it was read from; none stops the others.
pub fn split_list(text: &str) -> Vec<(String, Result<Email, Refusal>)> {
    let mut items = Vec::new();
    for piece in pieces(text) {
        let (words, named) = match (piece.rfind('<'), piece.rfind('>')) {
            (Some(open), Some(close)) if open < close => {
                // White space separates addresses, so one may stand before a name; a quoted name is only a name.
                let named = Email::parse(&piece[open + 1..close]);
                let other = |word: &&str| Email::parse(word).is_ok_and(|email| named.as_ref() != Ok(&email));
                let unquoted = piece[..open].split('"').step_by(2);
                let before: Vec<&str> = unquoted.flat_map(str::split_whitespace).filter(other).collect();
                (before, Some((piece.trim().to_owned(), named)))
            }
            _ => {
                let bare = piece.split_whitespace().map(|word| word.trim_matches('"'));
                (bare.filter(|word| !word.is_empty()).collect(), None)
            }
        };
        items.extend(words.into_iter().map(|word| (word.to_owned(), Email::parse(word))));
        items.extend(named);
    }
    items
}

/// Pieces between `;`, `,` and new lines; a `>` ends its piece too. In a quoted name before a `<` nothing separates.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = if c == '"' { quoted_name(rest) } else { &rest[..c.len_utf8()] };
        rest = &rest[taken.len()..];
        if !matches!(c, ';' | ',' | '\n' | '\r')
            && let Some(piece) = pieces.last_mut()
        {
            piece.push_str(taken);
        }
        if matches!(c, ';' | ',' | '\n' | '\r' | '>') {
            pieces.push(String::new());
        }
    }
    pieces.retain(|piece| !piece.trim().is_empty());
    pieces
}

/// The quoted name at the start of the text when a `<` follows it, else the quote alone.
fn quoted_name(text: &str) -> &str {
    let end = text[1..].find('"').map(|close| close + 2);
    let name = end.filter(|end| text[*end..].trim_start().starts_with('<'));
    &text[..name.unwrap_or(1)]
}
