//! `carillon admin`: how operators come, and come back.

use access::Email;
use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;
use service::{NewLink, Service, letters};

use super::Host;
use crate::failure::Failure;
use crate::output::Done;

/// For whoever runs the host.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Print a new one-time link for the first operator; the links before it end
    SetupLink,
    /// Give a person full access to everything; the other operators are told by mail
    Recover {
        /// Their address; they may be new
        address: String,
    },
}

/// A link as it is shown.
#[derive(Debug, Serialize)]
pub struct Link {
    /// Where it leads.
    pub url: String,
    /// When it stops working.
    pub expires: Timestamp,
}

/// What a recovery came to.
#[derive(Debug, Serialize)]
struct Recovered {
    user: access::UserId,
    grant: access::GrantId,
    before: Option<&'static str>,
    role: &'static str,
    may_sign_in: bool,
    operators_told: usize,
    register: Option<Link>,
}

/// Does it.
pub async fn run(host: &mut Host, command: Admin) -> Done {
    match command {
        Admin::SetupLink => {
            let made = host.service.create_setup_link(&host.cx, true).await?;
            let link = setup_link(&host.service, made);
            host.output.one(&link, &[("url", Some(link.url.clone())), ("expires", Some(link.expires.to_string()))])?;
            host.remark("The link works once. Whoever opens it becomes the operator.");
            Ok(())
        }
        Admin::Recover { address } => recover(host, &Email::parse(&address)?).await,
    }
}

/// Where the first operator sets up.
pub fn setup_link(service: &Service, made: NewLink) -> Link {
    let NewLink { token, expires } = made;
    Link { url: letters::setup_link(root(service), &token), expires }
}

async fn recover(host: &mut Host, address: &Email) -> Result<(), Failure> {
    let done = host.service.recover_operator(&host.cx, address).await?;
    let register = done
        .link
        .map(|link| Link { url: letters::registration_link(root(&host.service), &link.token), expires: link.expires });
    let shown = Recovered {
        user: done.user.id,
        grant: done.grant.id,
        before: done.before.map(access::authority::Role::name),
        role: done.grant.role.name(),
        may_sign_in: done.may_sign_in,
        operators_told: done.told,
        register,
    };
    let facts = [
        ("user", Some(shown.user.to_string())),
        ("role before", Some(shown.before.unwrap_or("none").to_owned())),
        ("role now", Some(format!("{} over the deployment", shown.role))),
        ("grant", Some(shown.grant.to_string())),
        ("operators told", Some(shown.operators_told.to_string())),
        ("register at", shown.register.as_ref().map(|link| link.url.clone())),
        ("until", shown.register.as_ref().map(|link| link.expires.to_string())),
    ];
    host.output.one(&shown, &facts)?;
    host.remark(&match (&shown.register, shown.may_sign_in) {
        (Some(_), _) => format!("{address} is not registered: the role does nothing before they are, by this link."),
        (None, false) => format!(
            "{address} may not sign in, so the role does nothing yet. `carillon explain {address}` says why; \
             `user activate` and `user unblock` lift what can be lifted."
        ),
        (None, true) => format!("Next: `carillon token create {address}`, or `carillon key create {address}`."),
    });
    Ok(())
}

fn root(service: &Service) -> &str {
    service::base(&service.settings().base_url)
}
