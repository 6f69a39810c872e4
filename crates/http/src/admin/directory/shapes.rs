//! What directories, their previews and their runs look like on the wire.

use access::BaseLicense;
use access::directory::{self as facts, Kind};
use serde::{Deserialize, Serialize};
use service::directory::Previewed;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::names;

/// How a directory is reached and read.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectoryConnection)]
pub(super) struct Connection {
    #[schema(value_type = names::DirectoryKind)]
    kind: Kind,
    /// `ldaps://host[:port]` or `ldap://host[:port]`, 1 to 8: the first that answers is asked.
    urls: Vec<String>,
    /// TLS is begun on `ldap://`; without it that is refused but on this machine.
    #[serde(default)]
    start_tls: bool,
    /// The certificate authorities to trust, in PEM; `null` for those of the host.
    #[serde(default)]
    ca: Option<String>,
    /// The account that reads: a distinguished name, or a principal name of Active Directory.
    bind: String,
    /// Where people and groups are looked for.
    base: String,
    /// Which entries are people, as a filter (RFC 4515); `null` for the default of the kind.
    #[serde(default)]
    people: Option<String>,
    /// Which entries are groups; `null` for the default of the kind.
    #[serde(default)]
    groups: Option<String>,
    #[serde(default)]
    attributes: Attributes,
}

/// Names of attributes that are others than the defaults of the kind.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = DirectoryAttributes)]
struct Attributes {
    /// The primary address.
    mail: Option<String>,
    /// Further addresses.
    others: Option<String>,
    /// The name people see.
    name: Option<String>,
    /// What people sign in with besides their address.
    principal: Option<String>,
    /// A group's members.
    member: Option<String>,
}

impl From<facts::Connection> for Connection {
    fn from(connection: facts::Connection) -> Self {
        let facts::Connection { kind, urls, start_tls, ca, bind, base, people, groups, attributes } = connection;
        let facts::Attributes { mail, others, name, principal, member } = attributes;
        let attributes = Attributes { mail, others, name, principal, member };
        Self { kind, urls, start_tls, ca, bind, base, people, groups, attributes }
    }
}

impl From<Connection> for facts::Connection {
    fn from(connection: Connection) -> Self {
        let Connection { kind, urls, start_tls, ca, bind, base, people, groups, attributes } = connection;
        let Attributes { mail, others, name, principal, member } = attributes;
        let attributes = facts::Attributes { mail, others, name, principal, member };
        Self { kind, urls, start_tls, ca, bind, base, people, groups, attributes }
    }
}

/// A group whose members get a license (rule 11).
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupMapping {
    /// `Pro` or `Plus`.
    #[schema(value_type = names::BaseLicense)]
    license: BaseLicense,
    /// The group's exact name, or its distinguished name.
    group: String,
    /// Its id once it was found: a rename drops nobody. What is sent here is not looked at.
    #[serde(default)]
    id: Option<Uuid>,
    /// Members of its member groups count, through any depth.
    #[serde(default = "yes")]
    #[schema(default = true)]
    nested: bool,
}

fn yes() -> bool {
    true
}

impl From<facts::Mapping> for GroupMapping {
    fn from(mapping: facts::Mapping) -> Self {
        let facts::Mapping { license, group, id, nested, .. } = mapping;
        Self { license, group, id, nested }
    }
}

impl From<GroupMapping> for facts::Mapping {
    fn from(mapping: GroupMapping) -> Self {
        Self { license: mapping.license, group: mapping.group, id: None, anew: false, nested: mapping.nested }
    }
}

/// What a run may do without being asked about (rule 85).
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DirectoryBrake)]
pub(super) struct Brake {
    /// So many per cent of the members may be removed or locked out, and as many let in.
    #[schema(maximum = 100)]
    share: u32,
    /// So many people may in any case.
    least: u64,
}

impl From<facts::Brake> for Brake {
    fn from(facts::Brake { share, least }: facts::Brake) -> Self {
        Self { share, least }
    }
}

impl From<Brake> for facts::Brake {
    fn from(Brake { share, least }: Brake) -> Self {
        Self { share, least }
    }
}

/// What is asked, or agreed to.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = DirectoryAgreed)]
pub(super) struct Agreed {
    /// So many are removed or locked out.
    out: u64,
    /// So many are let in.
    into: u64,
    /// Administrators whose access changes.
    administrators: Vec<Uuid>,
}

impl From<facts::Agreed> for Agreed {
    fn from(facts::Agreed { out, into, administrators }: facts::Agreed) -> Self {
        Self { out, into, administrators: administrators.into_iter().map(|user| user.0).collect() }
    }
}

impl From<Agreed> for facts::Agreed {
    fn from(Agreed { out, into, administrators }: Agreed) -> Self {
        Self { out, into, administrators: administrators.into_iter().map(access::UserId).collect() }
    }
}

/// How many people something happens to.
#[derive(Serialize, ToSchema)]
#[schema(as = DirectoryCounts)]
pub(super) struct Counts {
    /// Come into the account.
    join: u64,
    /// May sign in again.
    unlock: u64,
    /// Get another license.
    license: u64,
    /// May not sign in any more.
    lock_out: u64,
    /// Are gone from the directory, and leave the account.
    remove: u64,
    /// Something else about them changes.
    other: u64,
    unchanged: u64,
    /// Are in no mapped group, and not known here: they do not sign in.
    ignored: u64,
    /// Cannot be taken over as they are.
    conflicts: u64,
    /// Are members whom the directory does not have: they do not sign in while it decides.
    unlinked: u64,
    /// Get `Pro`, of all.
    pro: u64,
    /// Get `Plus`, of all.
    plus: u64,
}

impl From<facts::Counts> for Counts {
    fn from(counts: facts::Counts) -> Self {
        let facts::Counts {
            join,
            unlock,
            license,
            lock_out,
            remove,
            other,
            unchanged,
            ignored,
            conflicts,
            unlinked,
            pro,
            plus,
        } = counts;
        Self { join, unlock, license, lock_out, remove, other, unchanged, ignored, conflicts, unlinked, pro, plus }
    }
}

/// What a directory would lead to.
#[derive(Serialize, ToSchema)]
pub(super) struct DirectoryPreview {
    counts: Counts,
    /// What would have to be agreed to: send it as `agreed` when connecting.
    asks: Agreed,
    /// Whether the brake stops it until somebody agrees.
    stopped: bool,
    /// Members of the account now.
    members: u64,
    /// The first 200 people, those first who lose something.
    people: Vec<PreviewedPerson>,
    /// Mapped names that match no group.
    missing_groups: Vec<String>,
    /// Mapped names that match several groups.
    ambiguous_groups: Vec<String>,
    /// Entries that could not be read.
    left_out: u64,
    /// The first of these, and why.
    left_out_reasons: Vec<String>,
}

/// What would happen to one person.
#[derive(Serialize, ToSchema)]
struct PreviewedPerson {
    /// Their entry in the directory.
    entry: Uuid,
    #[schema(value_type = names::PreviewedAs)]
    what: &'static str,
    address: Option<String>,
    #[schema(value_type = Option<names::BaseLicense>)]
    license: Option<BaseLicense>,
    /// Why they cannot be taken over as they are.
    code: Option<&'static str>,
}

impl From<service::directory::DirectoryPreview> for DirectoryPreview {
    fn from(preview: service::directory::DirectoryPreview) -> Self {
        let person = |one: Previewed| {
            let Previewed { entry, what, address, license, code } = one;
            PreviewedPerson { entry, what, address, license, code }
        };
        Self {
            counts: preview.counts.into(),
            asks: preview.asks.into(),
            stopped: preview.stopped,
            members: preview.members,
            people: preview.people.into_iter().map(person).collect(),
            missing_groups: preview.missing,
            ambiguous_groups: preview.ambiguous,
            left_out: preview.left_out.count,
            left_out_reasons: preview.left_out.reasons,
        }
    }
}
