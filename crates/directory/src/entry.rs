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

    /// The person it is.
    pub(crate) fn person(&self, names: &Names) -> Option<Person> {
        let name = names.name.iter().find_map(|name| self.text(name)).map(str::to_owned);
        Some(Person {
            id: self.id(names)?,
            dn: self.dn.clone(),
            mail: self.text(&names.mail).map(str::to_owned),
            others: self.others(names),
            name,
            principal: self.text(&names.principal).map(str::to_owned),
            enabled: self.enabled(names),
            expires: self.expires(names),
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

    /// Is not disabled there. Where Active Directory does not show it, nobody may: what is not known allows nothing.
    fn enabled(&self, names: &Names) -> bool {
        match names.kind {
            Kind::ActiveDirectory => self.number("userAccountControl").is_some_and(|control| control & 2 == 0),
            // Locked for good (draft-behera-ldap-password-policy section 5.3.3); other times are locks that end.
            Kind::OpenLdap => self.text("pwdAccountLockedTime") != Some("000001010000Z"),
        }
    }

    /// When the account ends, where it does.
    fn expires(&self, names: &Names) -> Option<Timestamp> {
        match names.kind {
            Kind::ActiveDirectory => moment(self.number("accountExpires")?),
            // When the password is good no more (slapo-ppolicy(5)); a time that cannot be read has come.
            Kind::OpenLdap => Some(generalized(self.text("pwdEndTime")?).unwrap_or(Timestamp::MIN)),
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

/// A moment of Active Directory: 100 ns since 1601; 0 and the largest mean never (MS-ADA1 2.1), as does what is beyond time.
fn moment(ticks: i64) -> Option<Timestamp> {
    /// Seconds from 1601 to 1970.
    const BEFORE: i64 = 11_644_473_600;
    match ticks {
        0 | i64::MAX => None,
        ..0 => Some(Timestamp::MIN),
        _ => Timestamp::from_second(ticks / 10_000_000 - BEFORE).ok(),
    }
}

/// A moment as LDAP writes it (RFC 4517 section 3.3.13), in UTC and with seconds, as OpenLDAP does.
fn generalized(text: &str) -> Option<Timestamp> {
    let civil =
        jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text.strip_suffix('Z')?.split(['.', ',']).next()?).ok()?;
    jiff::tz::Offset::UTC.to_timestamp(civil).ok()
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
        let at: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let ticks = (at.as_second() + 11_644_473_600) * 10_000_000;
        for (ticks, expires) in [
            (0, None),
            (i64::MAX, None),
            (i64::MAX - 1, None),
            (ticks, Some(at)),
            (ticks + 9_999_999, Some(at)),
            (-1, Some(Timestamp::MIN)),
        ] {
            assert_eq!(moment(ticks), expires, "{ticks}");
        }
        for (text, expires) in [
            ("20260301000000Z", Some(at)),
            ("20260301000000.5Z", Some(at)),
            ("20260301000000+0100", None),
            ("20261301000000Z", None),
            ("", None),
        ] {
            assert_eq!(generalized(text), expires, "{text}");
        }
    }
}
