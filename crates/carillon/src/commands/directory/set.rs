//! `carillon directory set`.

use std::path::PathBuf;

use access::directory::{Attributes, Brake, Connection, Kind};
use access::{AccountId, Refusal};
use clap::{Args, ValueEnum};
use service::directory::{DirectoryView, NewDirectory};

use crate::commands::Host;
use crate::failure::Failure;

/// How one is read.
#[derive(Debug, Args)]
pub struct Set {
    /// The account: its id or name
    pub(super) account: String,
    /// Which server it is
    #[arg(long)]
    kind: Option<Server>,
    /// ldaps://host or ldap://host; may be given more than once, the first that answers is asked
    #[arg(long)]
    url: Vec<String>,
    /// Begin TLS on ldap://
    #[arg(long)]
    start_tls: Option<bool>,
    /// A file with the certificate authorities to trust, in PEM
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// The account that reads: a distinguished name, or a principal name
    #[arg(long)]
    bind: Option<String>,
    /// Read its password from standard input
    #[arg(long, conflicts_with = "password_file")]
    password_stdin: bool,
    /// Read its password from a file
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Where people and groups are looked for
    #[arg(long)]
    base: Option<String>,
    /// Which entries are people: a filter
    #[arg(long, value_name = "FILTER")]
    people: Option<String>,
    /// Which entries are groups: a filter
    #[arg(long, value_name = "FILTER")]
    groups: Option<String>,
    /// The attribute with the primary address
    #[arg(long, value_name = "ATTRIBUTE")]
    mail_attribute: Option<String>,
    /// The attribute with further addresses
    #[arg(long, value_name = "ATTRIBUTE")]
    others_attribute: Option<String>,
    /// The attribute with the name people see
    #[arg(long, value_name = "ATTRIBUTE")]
    name_attribute: Option<String>,
    /// The attribute that people sign in with besides their address
    #[arg(long, value_name = "ATTRIBUTE")]
    principal_attribute: Option<String>,
    /// The attribute with a group's members
    #[arg(long, value_name = "ATTRIBUTE")]
    member_attribute: Option<String>,
    /// A run may lock out, or let in, so many per cent of the members without asking
    #[arg(long, value_name = "PER CENT")]
    brake_share: Option<u32>,
    /// A run may lock out, or let in, so many people without asking
    #[arg(long, value_name = "PEOPLE")]
    brake_least: Option<u64>,
}

/// Which server.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Server {
    /// Active Directory, or Samba as a domain controller
    ActiveDirectory,
    /// OpenLDAP, or another server by RFC 4511
    Openldap,
}

/// Sets it up, or changes it.
pub(super) async fn apply(host: &Host, account: AccountId, set: Set) -> Result<DirectoryView, Failure> {
    let password = match (&set.password_file, set.password_stdin) {
        (Some(file), _) => Some(first_line(&std::fs::read_to_string(file)?)),
        (None, true) => {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line)?;
            Some(first_line(&line))
        }
        (None, false) => None,
    };
    let before = match host.service.directory(&host.cx, account).await {
        Ok(view) => Some(view.directory),
        Err(service::Error::Refused(Refusal::NoDirectory)) => None,
        Err(error) => return Err(error.into()),
    };
    let brake = before.as_ref().map_or_else(Brake::default, |before| before.brake);
    let brake = Brake { share: set.brake_share.unwrap_or(brake.share), least: set.brake_least.unwrap_or(brake.least) };
    let connection = set.connection(before.as_ref().map(|before| &before.connection))?;
    let wish = NewDirectory { connection, password, mappings: None, brake: Some(brake) };
    Ok(host.service.set_directory(&host.cx, account, wish).await?)
}

impl Set {
    /// What is given, and for the rest what there was.
    fn connection(self, old: Option<&Connection>) -> Result<Connection, Failure> {
        let needed = |what: &str| Failure::usage(format!("there is no directory yet; give {what} as well"));
        let kind = self.kind.map(|kind| match kind {
            Server::ActiveDirectory => Kind::ActiveDirectory,
            Server::Openldap => Kind::OpenLdap,
        });
        let urls = Some(self.url).filter(|urls| !urls.is_empty()).or_else(|| Some(old?.urls.clone()));
        let attributes = old.map(|old| old.attributes.clone()).unwrap_or_default();
        Ok(Connection {
            kind: kind.or_else(|| Some(old?.kind)).ok_or_else(|| needed("--kind"))?,
            urls: urls.ok_or_else(|| needed("--url"))?,
            start_tls: self.start_tls.or_else(|| Some(old?.start_tls)).unwrap_or_default(),
            ca: match &self.ca {
                Some(file) => Some(std::fs::read_to_string(file)?),
                None => old.and_then(|old| old.ca.clone()),
            },
            bind: self.bind.or_else(|| Some(old?.bind.clone())).ok_or_else(|| needed("--bind"))?,
            base: self.base.or_else(|| Some(old?.base.clone())).ok_or_else(|| needed("--base"))?,
            people: self.people.or_else(|| old?.people.clone()),
            groups: self.groups.or_else(|| old?.groups.clone()),
            attributes: Attributes {
                mail: self.mail_attribute.or(attributes.mail),
                others: self.others_attribute.or(attributes.others),
                name: self.name_attribute.or(attributes.name),
                principal: self.principal_attribute.or(attributes.principal),
                member: self.member_attribute.or(attributes.member),
            },
        })
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
