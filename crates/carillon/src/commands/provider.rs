//! `carillon provider`.

use access::Domain;
use access::authority::Over;
use clap::Subcommand;
use serde::Serialize;
use service::NewProvider;
use uuid::Uuid;

use super::Host;
use crate::failure::Failure;
use crate::output::Done;

/// OpenID providers that people sign in with.
#[derive(Debug, Subcommand)]
pub enum Provider {
    /// Add one; without an account it is offered to everybody on the sign-in page
    Add {
        /// What people call it
        name: String,
        /// Its issuer, such as https://login.example.org
        #[arg(long)]
        issuer: String,
        /// What it knows this server by
        #[arg(long)]
        client_id: String,
        /// Read what this server proves that with from standard input; without it, this server is a public client there
        #[arg(long)]
        secret_stdin: bool,
        /// The id or name of the account whose people are sent to it
        #[arg(long, requires = "domain")]
        account: Option<String>,
        /// A verified domain of the account; may be given more than once
        #[arg(long, requires = "account")]
        domain: Vec<String>,
    },
    /// List them
    List {
        /// Those of an account, by id or name; without it, the deployment's
        #[arg(long)]
        account: Option<String>,
    },
    /// Remove one: nobody signs in with it any more; sessions go on
    Remove {
        /// Its id
        id: Uuid,
    },
}

/// One as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: Uuid,
    name: String,
    issuer: String,
    client_id: String,
    domains: Vec<String>,
    /// What the provider must be told: where people come back to.
    redirect_uri: String,
}

/// Does it.
pub async fn run(host: &mut Host, command: Provider) -> Done {
    match command {
        Provider::Add { name, issuer, client_id, secret_stdin, account, domain } => {
            let over = over(host, account.as_deref()).await?;
            let secret = secret_stdin.then(secret).transpose()?;
            let domains = domain.iter().map(|domain| Domain::named(domain)).collect::<Result<_, _>>()?;
            let wish = NewProvider { name, issuer, client_id, secret, domains };
            let shown = shown(host, host.service.add_provider(&host.cx, over, wish).await?);
            host.output.one(&shown, &facts(&shown))
        }
        Provider::List { account } => {
            let over = over(host, account.as_deref()).await?;
            let all = host.service.list_providers(&host.cx, over).await?;
            let all: Vec<Shown> = all.into_iter().map(|provider| shown(host, provider)).collect();
            host.output.list(&all, &["NAME", "ISSUER", "DOMAINS", "ID"], |one| {
                vec![one.name.clone(), one.issuer.clone(), one.domains.join(", "), one.id.to_string()]
            })
        }
        Provider::Remove { id } => {
            host.service.remove_provider(&host.cx, id).await?;
            host.output.text("Nobody signs in with it any more.")
        }
    }
}

async fn over(host: &Host, account: Option<&str>) -> Result<Over, Failure> {
    Ok(match account {
        Some(account) => Over::Account(host.account(account).await?),
        None => Over::Deployment,
    })
}

/// A line of standard input: arguments are seen by everybody on the machine.
fn secret() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

fn shown(host: &Host, provider: service::Provider) -> Shown {
    let base = service::base(&host.service.settings().base_url).to_owned();
    Shown {
        redirect_uri: format!("{base}/signin/upstream/{}", provider.id),
        id: provider.id,
        name: provider.name,
        issuer: provider.issuer,
        client_id: provider.client_id,
        domains: provider.domains.iter().map(ToString::to_string).collect(),
    }
}

fn facts(shown: &Shown) -> Vec<(&'static str, Option<String>)> {
    vec![
        ("id", Some(shown.id.to_string())),
        ("name", Some(shown.name.clone())),
        ("issuer", Some(shown.issuer.clone())),
        ("client id", Some(shown.client_id.clone())),
        ("domains", Some(shown.domains.join(", ")).filter(|domains| !domains.is_empty())),
        ("redirect URI", Some(shown.redirect_uri.clone())),
    ]
}
