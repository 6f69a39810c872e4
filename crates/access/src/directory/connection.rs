//! Where a directory is and how its entries are read. The password of the account it is read with is not here.

use serde::{Deserialize, Serialize};
use url::Url;

use super::EntryId;
use crate::application::is_loopback;
use crate::{BaseLicense, Refusal};

/// Which server it is: they differ in how changes are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Active Directory, or Samba as a domain controller.
    ActiveDirectory,
    /// OpenLDAP, or another server by RFC 4511 with `entryUUID`.
    OpenLdap,
}

/// How a directory is reached and read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Which server it is.
    pub kind: Kind,
    /// `ldaps://host[:port]` or `ldap://host[:port]`, 1 to 8: the first that answers is asked.
    pub urls: Vec<String>,
    /// TLS is begun on `ldap://` (RFC 4511 section 4.14). Without it `ldap://` is refused but on this machine.
    #[serde(default)]
    pub start_tls: bool,
    /// The certificate authorities to trust, in PEM; without them those of this machine.
    #[serde(default)]
    pub ca: Option<String>,
    /// The account that reads: a distinguished name, or a principal name of Active Directory.
    pub bind: String,
    /// Where people and groups are looked for. For changes of Active Directory the naming context it is in is read.
    pub base: String,
    /// Which entries are people (RFC 4515); without it the default of the kind.
    #[serde(default)]
    pub people: Option<String>,
    /// Which entries are groups; without it the default of the kind.
    #[serde(default)]
    pub groups: Option<String>,
    /// Which attributes are read.
    #[serde(default)]
    pub attributes: Attributes,
}

/// Names of attributes that are others than the defaults of the kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attributes {
    /// The primary address; `mail`.
    pub mail: Option<String>,
    /// Further addresses; `proxyAddresses` on Active Directory, none elsewhere.
    pub others: Option<String>,
    /// The name people see; `displayName`, and `cn` where there is none.
    pub name: Option<String>,
    /// What people sign in with besides their address; `userPrincipalName` on Active Directory, `uid` elsewhere.
    pub principal: Option<String>,
    /// A group's members; `member`.
    pub member: Option<String>,
}

/// A group whose members get a license (rule 11).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// `Pro` or `Plus`.
    pub license: BaseLicense,
    /// The group's exact name.
    pub group: String,
    /// Its id once it was found: it is followed from then on, so that a rename drops nobody.
    #[serde(default)]
    pub id: Option<EntryId>,
    /// An administrator has named it since it was found: if the group of that id is gone, the one of this name is meant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anew: bool,
    /// Members of its member groups count, through any depth.
    #[serde(default = "yes")]
    pub nested: bool,
}

fn yes() -> bool {
    true
}

/// The most URLs.
const MOST_URLS: usize = 8;
/// The most mappings of an account.
pub const MOST_MAPPINGS: usize = 200;
/// The most characters of a name, a filter or a distinguished name.
const LONGEST: usize = 1_000;
/// The most bytes of certificate authorities.
const LONGEST_CA: usize = 64 * 1024;

impl Connection {
    /// Whether it can be used at all. Passwords of people travel on it: without TLS only to this machine.
    pub fn check(&self) -> Result<(), Refusal> {
        if !(1..=MOST_URLS).contains(&self.urls.len()) {
            return wrong("urls", format!("give 1 to {MOST_URLS} of them"));
        }
        for text in &self.urls {
            self.check_url(text)?;
        }
        for (member, text) in [("bind", Some(&self.bind)), ("base", Some(&self.base))] {
            usable(member, text)?;
        }
        usable("people", self.people.as_ref())?;
        usable("groups", self.groups.as_ref())?;
        let Attributes { mail, others, name, principal, member } = &self.attributes;
        for attribute in [mail, others, name, principal, member].into_iter().flatten() {
            if !is_attribute(attribute) {
                return wrong("attributes", format!("{attribute:?} is no name of an attribute (RFC 4512 section 1.4)"));
            }
        }
        match &self.ca {
            Some(pem) if pem.len() > LONGEST_CA => wrong("ca", format!("it has more than {LONGEST_CA} bytes")),
            Some(pem) if !pem.contains("-----BEGIN CERTIFICATE-----") => {
                wrong("ca", "it has no certificate; give one or several in PEM".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn check_url(&self, text: &str) -> Result<(), Refusal> {
        let url = Url::parse(text).ok().filter(|url| {
            url.host_str().is_some_and(|host| !host.is_empty())
                && matches!(url.path(), "" | "/")
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        });
        match url.as_ref().map(Url::scheme) {
            Some("ldaps") => Ok(()),
            Some("ldap") if self.start_tls || url.as_ref().is_some_and(is_loopback) => Ok(()),
            Some("ldap") => wrong("urls", format!("{text} is without TLS; use ldaps:// or start_tls")),
            _ => wrong("urls", format!("{text:?} is no ldaps://host or ldap://host, with a port or without")),
        }
    }
}

fn is_attribute(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= 100
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn usable(member: &'static str, text: Option<&String>) -> Result<(), Refusal> {
    match text {
        Some(text) if text.trim().is_empty() => wrong(member, "it is blank".to_owned()),
        Some(text) if text.chars().count() > LONGEST => wrong(member, format!("it has more than {LONGEST} characters")),
        Some(text) if text.chars().any(char::is_control) => wrong(member, "it has control characters".to_owned()),
        _ => Ok(()),
    }
}

impl Mapping {
    /// Whether mappings can be used: each group once, with a name, and `Pro` or `Plus`.
    pub fn check(all: &[Self]) -> Result<(), Refusal> {
        if all.len() > MOST_MAPPINGS {
            return wrong("mappings", format!("they are more than {MOST_MAPPINGS}"));
        }
        for (at, mapping) in all.iter().enumerate() {
            usable("mappings", Some(&mapping.group))?;
            if mapping.license == BaseLicense::Basic {
                return wrong("mappings", format!("{} maps to Basic; map to Pro or Plus", mapping.group));
            }
            if all[..at].iter().any(|earlier| earlier.group == mapping.group && earlier.license == mapping.license) {
                return wrong("mappings", format!("{} stands there twice", mapping.group));
            }
        }
        Ok(())
    }
}

fn wrong(member: &'static str, why: String) -> Result<(), Refusal> {
    Err(Refusal::Invalid { member, why })
}
