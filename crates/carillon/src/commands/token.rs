//! `carillon token`: bearer tokens of administrators and applications.

use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;
use service::NewToken;
use store::{Token as Stored, TokenHolder};
use uuid::Uuid;

use super::{Host, grant, user::moment};
use crate::failure::Failure;
use crate::output::Done;

/// API tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token that carries a person's role; it is shown this once
    Create {
        /// Whose: an id or address
        owner: String,
        /// What it is for
        #[arg(long, default_value = "command line")]
        name: String,
        /// The account's id or name; without it, the owner's role over the deployment
        #[arg(long)]
        over: Option<String>,
        /// When it stops working: a date, or a moment such as 2027-01-31T12:00:00Z
        #[arg(long, value_parser = moment)]
        expires: Option<Timestamp>,
    },
    /// List tokens of administrators and applications
    List {
        /// The account's id or name; without it, the deployment
        #[arg(long)]
        over: Option<String>,
    },
    /// Revoke a token; it stops working at once
    Revoke {
        /// The token's id
        id: String,
    },
}

/// A token as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    name: String,
    grant: Option<access::GrantId>,
    application: Option<access::ApplicationId>,
    created: Timestamp,
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
}

impl Shown {
    fn new(stored: Stored, token: Option<String>) -> Self {
        let Stored { id, holder, name, created, expires, revoked } = stored;
        let (grant, application) = match holder {
            TokenHolder::Grant(grant) => (Some(grant), None),
            TokenHolder::Application(application) => (None, Some(application)),
        };
        Self { id, token, name, grant, application, created, expires, revoked }
    }
}

/// Does it.
pub async fn run(host: &mut Host, command: Token) -> Done {
    match command {
        Token::Create { owner, name, over, expires } => {
            let grant = grant::held(host, &owner, over.as_deref()).await?;
            let made = host.service.create_token(&host.cx, TokenHolder::Grant(grant.id), &name, expires).await?;
            shown_once(host, made)
        }
        Token::List { over } => {
            let over = host.over(over.as_deref()).await?;
            let tokens = host.service.list_tokens(&host.cx, over).await?;
            let shown: Vec<Shown> = tokens.into_iter().map(|token| Shown::new(token, None)).collect();
            host.output.list(&shown, &["NAME", "OF", "CREATED", "EXPIRES", "REVOKED", "TOKEN ID"], |token| {
                let of = match (token.grant, token.application) {
                    (Some(grant), _) => format!("grant {grant}"),
                    (None, Some(application)) => format!("application {application}"),
                    (None, None) => String::new(),
                };
                let times = [Some(token.created), token.expires, token.revoked].map(super::views::time);
                [vec![token.name.clone(), of], times.to_vec(), vec![token.id.to_string()]].concat()
            })
        }
        Token::Revoke { id } => {
            let unknown =
                |_| Failure::not_found(format!("there is no token {id}; list them with `carillon token list`"));
            host.service.revoke_token(&host.cx, id.parse().map_err(unknown)?).await?;
            host.said(&format!("revoked {id}"))
        }
    }
}

/// A new token, with the token itself.
pub fn shown_once(host: &mut Host, made: NewToken) -> Done {
    let shown = Shown::new(made.token, Some(made.secret));
    let facts = [
        ("token", shown.token.clone()),
        ("id", Some(shown.id.to_string())),
        ("expires", shown.expires.map(|at| at.to_string())),
    ];
    host.output.one(&shown, &facts)?;
    host.remark("The token is shown this once; keep it now.");
    Ok(())
}
