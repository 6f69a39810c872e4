//! Distinguished names as keys: two texts of one name (RFC 4514) have one key.

/// A distinguished name without what may differ between two texts of it: letter case, white space beside the separators
/// and the way in which characters are escaped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DnKey(Box<str>);

/// Separates the parts of a key; no name has it.
const NEXT: char = '\u{0}';

impl DnKey {
    /// The key of a text; `None` when it is no distinguished name.
    pub fn of(dn: &str) -> Option<Self> {
        let (mut key, mut kept, mut value) = (String::with_capacity(dn.len()), 0, false);
        let mut rest = dn.trim().chars();
        // `kept`: how much of the key is there to stay, whatever white space follows it.
        while let Some(next) = rest.next() {
            match next {
                '\\' => {
                    key.push_str(&unescaped(&mut rest)?);
                    kept = key.len();
                }
                '=' if !value => {
                    key.truncate(kept);
                    (value, kept) = (true, push(&mut key, '='));
                }
                ',' | ';' | '+' => {
                    if !value {
                        return None;
                    }
                    key.truncate(kept);
                    (value, kept) = (false, push(&mut key, if next == '+' { '+' } else { NEXT }));
                }
                ' ' if key.ends_with([NEXT, '=', '+']) && key.len() == kept => {}
                ' ' => key.push(' '),
                other if other.is_ascii() => kept = push(&mut key, other.to_ascii_lowercase()),
                other => {
                    key.extend(other.to_lowercase());
                    kept = key.len();
                }
            }
        }
        key.truncate(kept);
        value.then(|| Self(key.into_boxed_str()))
    }
}

fn push(key: &mut String, next: char) -> usize {
    key.push(next);
    key.len()
}

/// What stands behind a backslash: a special character, or the bytes of characters as two hexadecimal digits each.
fn unescaped(rest: &mut std::str::Chars<'_>) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let first = rest.next()?;
        match first.to_digit(16) {
            None if bytes.is_empty() => return Some(first.to_lowercase().collect()),
            None => return None,
            Some(high) => bytes.push(u8::try_from(high * 16 + rest.next()?.to_digit(16)?).ok()?),
        }
        match (std::str::from_utf8(&bytes), rest.as_str().starts_with('\\')) {
            (Ok(text), _) => return Some(text.to_lowercase()),
            (Err(_), true) if bytes.len() < 4 => {
                rest.next();
            }
            (Err(_), _) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::DnKey;

    #[test]
    fn texts_of_one_name_have_one_key() {
        let key = |text| DnKey::of(text).expect("a distinguished name");
        assert_eq!(key("CN=Ada Lovelace,OU=Staff,DC=example"), key("cn = ada lovelace , ou=STAFF;dc=Example"));
        assert_eq!(key(r"CN=Lovelace\, Ada,DC=x"), key(r"cn=lovelace\2c ada,dc=x"));
        assert_eq!(key(r"CN=Bj\C3\B6rn,DC=x"), key("CN=Björn,DC=x"));
        assert_eq!(key(r"CN=\ x\ ,DC=x"), key(r"cn=\20x\20,dc=x"));
        assert_ne!(key("CN=a b,DC=x"), key("CN=ab,DC=x"));
        assert_ne!(key(r"CN=a\,OU=b,DC=x"), key("CN=a,OU=b,DC=x"));
        assert_eq!(key("CN=a=b,DC=x"), key(r"CN=a\=b,DC=x"));
    }

    #[test]
    fn what_is_none_has_no_key() {
        for text in ["", "Staff", "CN", "CN=a,b", r"CN=a\", r"CN=a\C3", r"CN=a\C3x"] {
            assert_eq!(DnKey::of(text), None, "{text:?}");
        }
    }
}
