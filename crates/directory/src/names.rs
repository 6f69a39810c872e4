//! What is asked for by name: filters and attributes, with the defaults of each kind of directory.

use access::directory::{Connection, EntryId, Kind};
use ldap3::{ldap_escape, parse_filter};
use service::directory::reach::Failed;

/// Filters and attributes of a connection.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) kind: Kind,
    /// Where people and groups are.
    pub(crate) base: String,
    /// Which entries are people.
    pub(crate) people: String,
    /// Which entries are groups.
    pub(crate) groups: String,
    /// The lasting id.
    pub(crate) id: &'static str,
    pub(crate) mail: String,
    pub(crate) others: Option<String>,
    /// The first of these that is there.
    pub(crate) name: Vec<String>,
    pub(crate) principal: String,
    pub(crate) member: String,
}

impl Names {
    /// Those of a connection, whose filters must be ones.
    pub(crate) fn of(connection: &Connection) -> Result<Self, Failed> {
        let own = &connection.attributes;
        let or = |given: &Option<String>, default: &str| given.clone().unwrap_or_else(|| default.to_owned());
        let (id, people, groups, principal, others) = match connection.kind {
            Kind::ActiveDirectory => (
                "objectGUID",
                "(&(objectCategory=person)(objectClass=user))",
                "(objectClass=group)",
                "userPrincipalName",
                Some("proxyAddresses"),
            ),
            Kind::OpenLdap => ("entryUUID", "(objectClass=inetOrgPerson)", "(objectClass=groupOfNames)", "uid", None),
        };
        let people = bracketed(&or(&connection.people, people))?;
        Ok(Self {
            kind: connection.kind,
            base: connection.base.clone(),
            people: match connection.kind {
                // A computer is a user too, by its classes.
                Kind::ActiveDirectory => format!("(&{people}(!(objectClass=computer)))"),
                Kind::OpenLdap => people,
            },
            groups: bracketed(&or(&connection.groups, groups))?,
            id,
            mail: or(&own.mail, "mail"),
            others: own.others.clone().or(others.map(str::to_owned)),
            name: own
                .name
                .clone()
                .map_or_else(|| vec!["displayName".to_owned()], |name| vec![name])
                .into_iter()
                .chain(["cn".to_owned()])
                .collect(),
            principal: or(&own.principal, principal),
            member: or(&own.member, "member"),
        })
    }

    /// The attributes of people.
    pub(crate) fn of_people(&self) -> Vec<String> {
        let shown: &[&str] = match self.kind {
            Kind::ActiveDirectory => &["userAccountControl", "accountExpires", "primaryGroupID", "objectSid"],
            Kind::OpenLdap => &["pwdAccountLockedTime", "pwdEndTime"],
        };
        let own = [&self.mail, &self.principal].into_iter().chain(&self.name).chain(&self.others).map(String::as_str);
        distinct([self.id].into_iter().chain(own).chain(shown.iter().copied()))
    }

    /// The attributes of groups, with or without their members.
    pub(crate) fn of_groups(&self, members: bool) -> Vec<String> {
        let sid = (self.kind == Kind::ActiveDirectory).then_some("objectSid");
        distinct([self.id, "cn"].into_iter().chain(sid).chain(members.then_some(self.member.as_str())))
    }

    /// The attributes whose changes Active Directory is asked for: it tells of an entry only where one of them changed. Those
    /// in the filters are among them: who fits no longer is gone.
    pub(crate) fn of_changes(&self) -> Vec<String> {
        let (people, groups) = (self.of_people(), self.of_groups(true));
        let own = people.iter().chain(&groups).map(String::as_str);
        let more = ["name", "isDeleted", "objectClass", "sAMAccountName", "parentGUID"];
        let filters = attributes_in(&self.people).chain(attributes_in(&self.groups));
        distinct(own.chain(more).chain(filters))
    }

    /// The filter for an id.
    pub(crate) fn with_id(&self, id: EntryId) -> String {
        match self.kind {
            Kind::ActiveDirectory => {
                let octets: String = id.to_bytes_le().iter().map(|octet| format!("\\{octet:02x}")).collect();
                format!("({}={octets})", self.id)
            }
            Kind::OpenLdap => format!("({}={id})", self.id),
        }
    }

    /// The filter for what somebody signs in with: a name or an address.
    pub(crate) fn with_principal(&self, principal: &str) -> String {
        let principal = ldap_escape(principal);
        let own = format!("({}={principal})({}={principal})", self.principal, self.mail);
        let others = match (&self.others, self.kind) {
            (None, _) => String::new(),
            (Some(others), Kind::ActiveDirectory) => format!("({others}=smtp:{principal})"),
            (Some(others), Kind::OpenLdap) => format!("({others}={principal})"),
        };
        format!("(|{own}{others})")
    }

    /// The filter for people of whom something is true.
    pub(crate) fn people_with(&self, filter: &str) -> String {
        format!("(&{}{filter})", self.people)
    }

    /// The filter for groups of which something is true.
    pub(crate) fn groups_with(&self, filter: &str) -> String {
        format!("(&{}{filter})", self.groups)
    }
}

/// A filter within brackets, as it stands within others. Each is read by itself: two that only fit together are none.
fn bracketed(filter: &str) -> Result<String, Failed> {
    /// How deep the brackets of a filter may go; its reader goes as deep.
    const DEEPEST: usize = 50;
    let filter = filter.trim();
    let bracketed = if filter.starts_with('(') { filter.to_owned() } else { format!("({filter})") };
    match filter.matches('(').count() <= DEEPEST && parse_filter(&bracketed).is_ok() {
        true => Ok(bracketed),
        false => Err(Failed::new("filter", format!("{filter} is no filter; write it as in RFC 4515"))),
    }
}

/// The names of attributes in a filter: what follows a bracket.
fn attributes_in(filter: &str) -> impl Iterator<Item = &str> {
    let names = filter.split('(').map(|part| {
        let end = part.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-').unwrap_or(0);
        part.get(..end).unwrap_or_default()
    });
    names.filter(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
}

/// Each name once; servers differ in what they make of a second.
fn distinct<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        if !distinct.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            distinct.push(name.to_owned());
        }
    }
    distinct
}
