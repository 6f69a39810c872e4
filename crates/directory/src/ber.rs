//! Values of controls, which are BER within octets (RFC 4511 section 4.1.11): read within the same bounds as messages, and
//! without a panic.

use ldap3::asn1::{StructureTag, parse_tag};
use ldap3::controls::{Control, RawControl};
use ldap3::{LdapResult, ResultEntry};

use crate::watch::Watch;

/// A value with what is within it; none where it is none, or too deep.
pub(crate) fn read(value: &[u8]) -> Option<StructureTag> {
    Watch::default().take(&write(0x30, value), &mut Vec::new()).ok()?;
    parse_tag(value).ok().map(|(_, tag)| tag)
}

/// The values within a value, in their order.
pub(crate) fn parts(tag: StructureTag) -> Option<std::vec::IntoIter<StructureTag>> {
    Some(tag.expect_constructed()?.into_iter())
}

/// A whole number.
pub(crate) fn number(tag: StructureTag) -> Option<i64> {
    let octets = tag.expect_primitive()?;
    let negative = octets.first().is_some_and(|first| first & 0x80 != 0);
    let begin = if negative { -1 } else { 0 };
    (1..=8)
        .contains(&octets.len())
        .then(|| octets.iter().fold(begin, |number, octet| (number << 8) | i64::from(*octet)))
}

/// A value of a type.
pub(crate) fn write(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[kind, 0x84], length.as_slice(), content].concat()
}

/// A control without which the request is to fail.
pub(crate) fn critical(name: &str, value: Option<Vec<u8>>) -> RawControl {
    RawControl { ctype: name.to_owned(), crit: true, val: value }
}

/// The value of a control by its name.
pub(crate) fn control(controls: &[Control], name: &str) -> Option<StructureTag> {
    let control = controls.iter().find(|Control(_, raw)| raw.ctype == name)?;
    read(control.1.val.as_deref()?)
}

/// Where the next page begins (RFC 2696): an empty cookie is the last page's. None where it is not said: a directory that was
/// asked for pages says it with each.
pub(crate) fn next_page(result: &LdapResult) -> Option<Vec<u8>> {
    let mut page = parts(control(&result.ctrls, "1.2.840.113556.1.4.319")?)?;
    page.nth(1)?.expect_primitive()
}

/// The value of an intermediate response by its name (RFC 4511 section 4.13).
pub(crate) fn intermediate(item: ResultEntry, name: &str) -> Option<StructureTag> {
    let mut parts = parts(item.0)?;
    let is = parts.next().filter(|part| part.id == 0)?.expect_primitive()?;
    let value = parts.next().filter(|part| part.id == 1)?.expect_primitive()?;
    if is == name.as_bytes() { read(&value) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_read_within_bounds() {
        assert!(read(&[0x04, 0x00]).is_some());
        let mut nested = Vec::new();
        for level in (1..20_000_u32).rev() {
            nested.extend([0x30, 0x84]);
            nested.extend((level * 6).to_be_bytes());
        }
        assert!(read(&nested).is_none());
        assert!(read(&[]).is_none());
        assert!(read(&[0x30, 0x05, 0x02]).is_none());
    }

    #[test]
    fn numbers_have_a_sign() {
        for (octets, value) in
            [(vec![0x7f], 127), (vec![0xff], -1), (vec![0x00, 0x80], 128), (vec![0x80, 0, 0, 0], -(1 << 31))]
        {
            assert_eq!(number(read(&write(2, &octets)).unwrap()), Some(value));
        }
        assert_eq!(number(read(&write(2, &[0; 9])).unwrap()), None);
        assert_eq!(number(read(&write(2, &[])).unwrap()), None);
    }
}
