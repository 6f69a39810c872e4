//! `carillon user grant`, `grants`, `change-role`, `revoke`: who may administer what.

use access::GrantId;
use access::authority::{Grant, Over, Role};
use serde::Serialize;
use service::GrantView;

use super::Host;
use crate::failure::Failure;
use crate::output::Done;

/// A grant as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: GrantId,
    user: access::UserId,
    address: String,
    role: &'static str,
    /// The account's id; nothing for the deployment.
    account: Option<access::AccountId>,
}

impl Shown {
    fn new(grant: &Grant, address: String) -> Self {
        let account = match grant.over {
            Over::Account(account) => Some(account),
            Over::Deployment => None,
        };
        Self { id: grant.id, user: grant.user, address, role: grant.role.name(), account }
    }

    fn cells(&self) -> Vec<String> {
        let over = self.account.map_or_else(|| "deployment".to_owned(), |account| account.to_string());
        vec![self.address.clone(), self.role.to_owned(), over, self.id.to_string()]
    }
}

const HEADINGS: &[&str] = &["USER", "ROLE", "OVER", "GRANT"];

/// Gives a role.
pub async fn create(host: &mut Host, user: &str, role: Role, over: Option<&str>) -> Done {
    let over = host.over(over).await?;
    let grant = host.service.create_grant(&host.cx, user, over, role).await?;
    host.output.list(&[Shown::new(&grant, user.to_owned())], HEADINGS, Shown::cells)
}

/// Lists the roles over one account, or all of them; perhaps only one person's.
pub async fn list(host: &mut Host, over: Option<&str>, of: Option<&str>) -> Done {
    let over = host.over(over).await?;
    let mut grants = host.service.list_grants(&host.cx, over).await?;
    if let Some(of) = of {
        let person = host.person(of).await?.id;
        grants.retain(|view| view.user.id == person);
    }
    let shown: Vec<Shown> = grants.iter().map(|view| Shown::new(&view.grant, view.user.primary.to_string())).collect();
    host.output.list(&shown, HEADINGS, Shown::cells)
}

/// Gives another role in the place of a grant's.
pub async fn change(host: &mut Host, id: &str, role: Role) -> Done {
    let grant = host.service.change_grant(&host.cx, parse(id)?, role).await?;
    let address = host.person(&grant.user.to_string()).await?.primary.to_string();
    host.output.list(&[Shown::new(&grant, address)], HEADINGS, Shown::cells)
}

/// Takes a role back.
pub async fn revoke(host: &mut Host, id: &str) -> Done {
    host.service.revoke_grant(&host.cx, parse(id)?).await?;
    host.said(&format!("revoked {id}, and its keys and tokens"))
}

fn parse(id: &str) -> Result<GrantId, Failure> {
    id.parse().map_err(|_| Failure::not_found(format!("there is no grant {id}; list them with `user grants`")))
}

/// The grant of a person over the deployment or an account: what a key or token is made for.
pub async fn held(host: &Host, owner: &str, over: Option<&str>) -> Result<Grant, Failure> {
    let person = host.person(owner).await?;
    let over = host.over(over).await?;
    let grants = host.service.list_grants(&host.cx, over).await?;
    let found = grants.iter().find(|GrantView { grant, .. }| grant.user == person.id);
    let missing = || {
        Failure::not_found(format!(
            "{owner} holds no role there that a key or token could carry; give them one with `carillon user grant`"
        ))
    };
    found.map(|view| view.grant).ok_or_else(missing)
}
