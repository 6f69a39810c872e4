//! `carillon key` and `carillon token`: what programs sign in with. The same words for both.

use std::collections::HashMap;

use access::authority::{Extent, Over, Role};
use access::{ApplicationId, GrantId};
use clap::{Args, Subcommand};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::Serialize;
use service::{GrantView, NewCredential, Rotation};
use store::{AccessKey, Issued, Token, TokenHolder};
use uuid::Uuid;

use super::user::{moment, role};
use super::views::time;
use super::{Host, grant};
use crate::failure::Failure;
use crate::output::Done;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Access keys, for the Chime API.
    Key,
    /// API tokens, for everything else.
    Token,
}

/// Keys or tokens.
#[derive(Debug, Subcommand)]
pub enum Credential {
    /// Make one that carries a person's role; its secret is shown this once
    Create(Create),
    /// List them, revoked ones too, without their secrets
    List {
        /// The account's id or name; without it, the deployment
        #[arg(long)]
        over: Option<String>,
    },
    /// Make a new one in its place; the old one works for a while beside it
    Rotate {
        /// The id of the old one
        id: String,
        /// The terms.
        #[command(flatten)]
        turn: Turn,
    },
    /// Revoke one; it stops working at once
    Revoke {
        /// Its id
        id: String,
    },
}

/// What a new one is to be.
#[derive(Debug, Args)]
pub struct Create {
    /// Whose: an id or address
    owner: String,
    /// What it is for
    #[arg(long, default_value = "command line")]
    name: String,
    /// The account's id or name; without it, the owner's role over the deployment
    #[arg(long)]
    over: Option<String>,
    /// The highest role it carries; without it, the owner's
    #[arg(long, value_parser = role)]
    most: Option<Role>,
    /// The one account that an operator's reaches, by id or name
    #[arg(long, conflicts_with = "over")]
    within: Option<String>,
    /// When it stops working: a date, or a moment such as 2027-01-31T12:00:00Z
    #[arg(long, value_parser = moment)]
    expires: Option<Timestamp>,
}

/// How one is replaced.
#[derive(Debug, Args)]
pub struct Turn {
    /// How long the old one works still, such as 24h or 7d; 30d at most
    #[arg(long, default_value = "24h", value_parser = length)]
    overlap: SignedDuration,
    /// When the new one stops working; without it, when the old one would have
    #[arg(long, value_parser = moment)]
    expires: Option<Timestamp>,
}

/// One as it is shown. Keys and tokens name themselves and their secrets as their clients do.
#[derive(Debug, Default, Serialize)]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_access_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    name: String,
    grant: Option<GrantId>,
    application: Option<ApplicationId>,
    #[serde(flatten)]
    extent: Extent,
    created: Timestamp,
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
    last_used: Option<Timestamp>,
}

impl Shown {
    fn issued(issued: Issued) -> Self {
        let Issued { name, extent, created, expires, revoked, last_used } = issued;
        Self { name, extent, created, expires, revoked, last_used, ..Self::default() }
    }

    fn key(key: AccessKey, secret: Option<String>) -> Self {
        let AccessKey { id, grant, issued } = key;
        Self { access_key_id: Some(id), secret_access_key: secret, grant: Some(grant), ..Self::issued(issued) }
    }

    fn token(stored: Token, token: Option<String>) -> Self {
        let Token { id, holder, issued } = stored;
        let (grant, application) = match holder {
            TokenHolder::Grant(grant) => (Some(grant), None),
            TokenHolder::Application(application) => (None, Some(application)),
        };
        Self { id: Some(id), token, grant, application, ..Self::issued(issued) }
    }

    /// A line of the list; `grants` tells who holds what.
    fn cells(&self, grants: &HashMap<GrantId, GrantView>) -> Vec<String> {
        let held = self.grant.and_then(|grant| grants.get(&grant));
        let of = match (held, self.application) {
            (Some(held), _) => held.user.primary.to_string(),
            (None, Some(application)) => format!("application {application}"),
            (None, None) => String::new(),
        };
        let carried =
            held.map(|held| held.grant.carried(self.extent)).map_or_else(String::new, |carried| match carried.over {
                Over::Deployment => format!("{} over the deployment", carried.role.name()),
                Over::Account(account) => format!("{} over {account}", carried.role.name()),
            });
        let id = self.access_key_id.clone().or(self.id.map(|id| id.to_string())).unwrap_or_default();
        let times = [Some(self.created), self.expires, self.revoked, self.last_used].map(time);
        [vec![self.name.clone(), of, carried], times.to_vec(), vec![id]].concat()
    }
}

const HEADINGS: &[&str] = &["NAME", "OF", "CARRIES", "CREATED", "EXPIRES", "REVOKED", "LAST USED", "ID"];

/// Does it.
pub async fn run(host: &mut Host, kind: Kind, command: Credential) -> Done {
    let (service, cx) = (host.service.clone(), host.cx.clone());
    match command {
        Credential::Create(create) => {
            let grant = grant::held(host, &create.owner, create.over.as_deref()).await?.id;
            let within = match create.within.as_deref() {
                Some(account) => Some(host.account(account).await?),
                None => None,
            };
            let extent = Extent { most: create.most, within };
            let wish = NewCredential { name: create.name, extent, expires: create.expires };
            let shown = match kind {
                Kind::Key => {
                    let made = service.create_access_key(&cx, grant, wish).await?;
                    Shown::key(made.key, Some(made.secret))
                }
                Kind::Token => new_token(service.create_token(&cx, TokenHolder::Grant(grant), wish).await?),
            };
            shown_once(host, &shown)
        }
        Credential::List { over } => list(host, kind, over.as_deref()).await,
        Credential::Rotate { id, turn } => {
            let rotation = Rotation { overlap: turn.overlap, expires: turn.expires };
            let shown = match kind {
                Kind::Key => {
                    let made = service.rotate_access_key(&cx, &id, rotation).await?;
                    Shown::key(made.key, Some(made.secret))
                }
                Kind::Token => new_token(service.rotate_token(&cx, token_id(&id)?, rotation).await?),
            };
            shown_once(host, &shown)
        }
        Credential::Revoke { id } => {
            match kind {
                Kind::Key => service.revoke_access_key(&cx, &id).await?,
                Kind::Token => service.revoke_token(&cx, token_id(&id)?).await?,
            }
            host.said(&format!("revoked {id}"))
        }
    }
}

async fn list(host: &mut Host, kind: Kind, over: Option<&str>) -> Done {
    let over = host.over(over).await?;
    let (service, cx) = (&host.service, &host.cx);
    let shown: Vec<Shown> = match kind {
        Kind::Key => {
            let keys = service.list_access_keys(cx, over).await?;
            keys.into_iter().map(|key| Shown::key(key, None)).collect()
        }
        Kind::Token => {
            let tokens = service.list_tokens(cx, over).await?;
            tokens.into_iter().map(|token| Shown::token(token, None)).collect()
        }
    };
    let grants = service.list_grants(cx, over).await?;
    let grants = grants.into_iter().map(|view| (view.grant.id, view)).collect();
    host.output.list(&shown, HEADINGS, |shown| shown.cells(&grants))
}

/// A new token of an application.
pub async fn create_for_application(host: &mut Host, id: ApplicationId, wish: NewCredential) -> Done {
    let made = host.service.create_token(&host.cx, TokenHolder::Application(id), wish).await?;
    shown_once(host, &new_token(made))
}

fn new_token(made: service::NewToken) -> Shown {
    Shown::token(made.token, Some(made.secret))
}

/// A new one, with its secret.
fn shown_once(host: &mut Host, shown: &Shown) -> Done {
    let facts = [
        ("access_key_id", shown.access_key_id.clone()),
        ("secret_access_key", shown.secret_access_key.clone()),
        ("token", shown.token.clone()),
        ("id", shown.id.map(|id| id.to_string())),
        ("expires", shown.expires.map(|at| at.to_string())),
    ];
    host.output.one(shown, &facts)?;
    host.remark(match shown.token {
        Some(_) => "The token is shown this once; keep it now.",
        None => "The secret is shown this once; keep it now.",
    });
    Ok(())
}

fn token_id(id: &str) -> Result<Uuid, Failure> {
    let unknown = |_| Failure::not_found(format!("there is no token {id}; list them with `carillon token list`"));
    id.parse().map_err(unknown)
}

/// A length of time; a day has 24 hours.
fn length(text: &str) -> Result<SignedDuration, String> {
    let wrong = |_| "use a length of time such as 24h or 7d".to_owned();
    let span: Span = text.parse().map_err(wrong)?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(wrong)
}
