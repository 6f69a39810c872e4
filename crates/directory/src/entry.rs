//! Entries as they come, and people and groups made of them.

use access::directory::{EntryId, Group, Kind, Member, Person};
use jiff::Timestamp;
use ldap3::asn1::StructureTag;
use uuid::Uuid;

use crate::names::Names;

/// The longest value that is read. What people are called and where they get mail has some hundred bytes.
const LONGEST: usize = 64 * 1024;
/// The most further addresses of a person.
const MOST_OTHERS: usize = 200;

/// An entry: a distinguished name and attributes with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) dn: String,
    /// What the extended form of the name says of the id (MS-ADTS 3.1.1.3.4.1.5).
    id: Option<EntryId>,
    attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// Of a search result entry (RFC 4511 section 4.5.2), or the name of what cannot be read and why.
    pub(crate) fn read(tag: StructureTag) -> Result<Self, (String, &'static str)> {
        const BROKEN: &str = "it is against the protocol";
        let unnamed = || ("an entry".to_owned(), BROKEN);
        let mut parts = tag.expect_constructed().ok_or_else(unnamed)?.into_iter();
        let dn = parts.next().and_then(StructureTag::expect_primitive).ok_or_else(unnamed)?;
        let dn = String::from_utf8(dn).map_err(|_| ("an entry".to_owned(), "its name is no UTF-8"))?;
        let attributes = parts.next().and_then(StructureTag::expect_constructed);
        let attributes = attributes.and_then(|all| all.into_iter().map(attribute).collect::<Option<Vec<_>>>());
        let Some(attributes) = attributes else { return Err((dn, BROKEN)) };
        if attributes.iter().any(|(_, values)| values.iter().any(|value| value.len() > LONGEST)) {
            return Err((dn, "it has a value that is too large"));
        }
        let (id, dn) = extended(&dn);
        Ok(Self { id, dn: dn.to_owned(), attributes })
    }

    /// What of it cannot be read, where the rest can.
    pub(crate) fn partly(&self) -> Option<&'static str> {
        let text = |name: &str| !["objectguid", "objectsid"].contains(&name.to_ascii_lowercase().as_str());
        let broken = self.attributes.iter().filter(|(name, _)| text(name)).flat_map(|(_, values)| values);
        let broken = broken.filter(|value| std::str::from_utf8(value).is_err()).count();
        (broken > 0).then_some("it has values that are no UTF-8; they are read as if they were not there")
    }

    /// The values of an attribute, as they are.
    pub(crate) fn values(&self, name: &str) -> &[Vec<u8>] {
        let found = self.attributes.iter().find(|(is, _)| is.eq_ignore_ascii_case(name));
        found.map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    /// The names of its attributes with their values.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&str, &[Vec<u8>])> {
        self.attributes.iter().map(|(name, values)| (name.as_str(), values.as_slice()))
    }

    /// The values of an attribute that are text, without control characters.
    pub(crate) fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let texts = self.values(name).iter().filter_map(|value| std::str::from_utf8(value).ok());
        texts.filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
    }

    /// An attribute's value. Of several it is always the same one, the least: servers keep them in no order.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).min()
    }

    /// A number; none where there is none.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// Its lasting id: `objectGUID` has the bytes of Windows' structure, `entryUUID` is written out.
    pub(crate) fn id(&self, names: &Names) -> Option<EntryId> {
        match names.kind {
            Kind::ActiveDirectory => {
                let bytes = self.values(names.id).first().and_then(|value| Uuid::from_slice_le(value).ok());
                bytes.or(self.id)
            }
            Kind::OpenLdap => self.text(names.id)?.parse().ok(),
        }
    }

    /// The person it is. `now` is for those whose account ends at a moment.
    pub(crate) fn person(&self, names: &Names, now: Timestamp) -> Option<Person> {
        let name = names.name.iter().find_map(|name| self.text(name)).map(str::to_owned);
        Some(Person {
            id: self.id(names)?,
            dn: self.dn.clone(),
            mail: self.text(&names.mail).map(str::to_owned),
            others: self.others(names),
            name,
            principal: self.text(&names.principal).map(str::to_owned),
            enabled: self.enabled(names, now),
        })
    }

    /// Further addresses: of `proxyAddresses`, which has several kinds, those of mail.
    fn others(&self, names: &Names) -> Vec<String> {
        let Some(attribute) = &names.others else { return Vec::new() };
        let address = |text: &str| match text.split_once(':') {
            Some((kind, address)) => kind.eq_ignore_ascii_case("smtp").then(|| address.to_owned()),
            None => Some(text.to_owned()),
        };
        let mut others: Vec<String> = self.texts(attribute).filter_map(address).collect();
        others.sort_unstable();
        others.dedup();
        others.truncate(MOST_OTHERS);
        others
    }

    /// May sign in there. Where Active Directory does not show it, nobody may: what is not known allows nothing.
    fn enabled(&self, names: &Names, now: Timestamp) -> bool {
        match names.kind {
            Kind::ActiveDirectory => {
                let control = self.number("userAccountControl");
                control.is_some_and(|control| control & 2 == 0)
                    && self.number("accountExpires").is_none_or(|expires| !has_passed(expires, now))
            }
            // Locked for good (draft-behera-ldap-password-policy section 5.3.3); other times are locks that end.
            Kind::OpenLdap => self.text("pwdAccountLockedTime") != Some("000001010000Z"),
        }
    }

    /// The group it is, with the members that stand in it.
    pub(crate) fn group(&self, names: &Names) -> Option<Group> {
        let id = self.id(names)?;
        let name = self.text("cn").unwrap_or_default().to_owned();
        let members = self.values(&names.member).iter().filter_map(|value| member(value)).collect();
        Some(Group { id, dn: self.dn.clone(), name, members })
    }
}

/// One attribute and its values.
fn attribute(tag: StructureTag) -> Option<(String, Vec<Vec<u8>>)> {
    let mut parts = tag.expect_constructed()?.into_iter();
    let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
    let values = parts.next()?.expect_constructed()?.into_iter().map(StructureTag::expect_primitive);
    Some((name, values.collect::<Option<_>>()?))
}

/// A member by its id where the directory tells it, else by its distinguished name.
pub(crate) fn member(value: &[u8]) -> Option<Member> {
    let (id, dn) = extended(std::str::from_utf8(value).ok()?);
    Some(id.map_or_else(|| Member::Dn(dn.to_owned()), Member::Id))
}

/// The id and the distinguished name in `<GUID=...>;<SID=...>;CN=...`, or in a plain name.
fn extended(dn: &str) -> (Option<EntryId>, &str) {
    let (mut id, mut rest) = (None, dn);
    while let Some((part, after)) = rest.strip_prefix('<').and_then(|inner| inner.split_once(">;")) {
        if let Some(guid) = part.strip_prefix("GUID=") {
            id = guid.parse().ok();
        }
        rest = after;
    }
    (id, rest)
}

/// Whether a moment of Active Directory has passed: 100 ns since 1601; 0 and the largest mean never (MS-ADA1 2.1).
fn has_passed(moment: i64, now: Timestamp) -> bool {
    /// Seconds from 1601 to 1970.
    const BEFORE: i64 = 11_644_473_600;
    moment != 0 && moment != i64::MAX && moment / 10_000_000 - BEFORE <= now.as_second()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extended_form_of_a_name_tells_the_id() {
        let id = "8e6f2b9c-4d7e-4b0a-9a3f-0c1d2e3f4a5b";
        let dn = format!("<GUID={id}>;<SID=S-1-5-21-1-2-3-1104>;CN=Ada\\, B,OU=Staff,DC=example,DC=test");
        assert_eq!(extended(&dn), (Some(id.parse().unwrap()), "CN=Ada\\, B,OU=Staff,DC=example,DC=test"));
        assert_eq!(extended("CN=a>;b"), (None, "CN=a>;b"));
        assert_eq!(extended("<GUID=x>;CN=a"), (None, "CN=a"));
        assert_eq!(member(&[0xff]), None);
    }

    #[test]
    fn an_account_ends_at_its_moment() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let at = |seconds: i64| (now.as_second() + seconds + 11_644_473_600) * 10_000_000;
        for (moment, passed) in
            [(0, false), (i64::MAX, false), (at(-1), true), (at(0), true), (at(1), false), (-1, true)]
        {
            assert_eq!(has_passed(moment, now), passed, "{moment}");
        }
    }
}
