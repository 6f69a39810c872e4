//! `carillon key`: access keys for the Chime API.

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;
use store::AccessKey;

use super::{Host, grant, user::moment};
use crate::output::Done;

/// Access keys.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key that carries a person's role; its secret is shown this once
    Create {
        /// Whose: an id or address
        owner: String,
        /// The account's id or name; without it, the owner's role over the deployment
        #[arg(long)]
        over: Option<String>,
        /// When it stops working: a date, or a moment such as 2027-01-31T12:00:00Z
        #[arg(long, value_parser = moment)]
        expires: Option<Timestamp>,
    },
    /// List keys, without their secrets
    List {
        /// The account's id or name; without it, the deployment
        #[arg(long)]
        over: Option<String>,
    },
    /// Revoke a key; it stops working at once
    Revoke {
        /// The key's id
        id: String,
    },
}

/// A key as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    access_key_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_access_key: Option<String>,
    grant: access::GrantId,
    created: Timestamp,
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
}

impl Shown {
    fn new(key: AccessKey, secret: Option<String>) -> Self {
        let AccessKey { id, grant, created, expires, revoked } = key;
        Self { access_key_id: id, secret_access_key: secret, grant, created, expires, revoked }
    }
}

/// Does it.
pub async fn run(host: &mut Host, command: Key) -> Done {
    match command {
        Key::Create { owner, over, expires } => {
            let grant = grant::held(host, &owner, over.as_deref()).await?;
            let made = host.service.create_access_key(&host.cx, grant.id, expires).await?;
            let shown = Shown::new(made.key, Some(made.secret));
            let facts = [
                ("access_key_id", Some(shown.access_key_id.clone())),
                ("secret_access_key", shown.secret_access_key.clone()),
                ("expires", shown.expires.map(|at| at.to_string())),
            ];
            host.output.one(&shown, &facts)?;
            host.remark("The secret is shown this once; keep it now.");
            Ok(())
        }
        Key::List { over } => {
            let over = host.over(over.as_deref()).await?;
            let keys = host.service.list_access_keys(&host.cx, over).await?;
            let shown: Vec<Shown> = keys.into_iter().map(|key| Shown::new(key, None)).collect();
            host.output.list(&shown, &["KEY", "CREATED", "EXPIRES", "REVOKED", "GRANT"], |key| {
                let times = [Some(key.created), key.expires, key.revoked].map(super::views::time);
                [vec![key.access_key_id.clone()], times.to_vec(), vec![key.grant.to_string()]].concat()
            })
        }
        Key::Revoke { id } => {
            host.service.revoke_access_key(&host.cx, &id).await?;
            host.said(&format!("revoked {id}"))
        }
    }
}
