//! `carillon application`.

use access::application::{AccessTokenFormat, Application as App, Audience, Client, SigningAlgorithm};
use access::{AccountId, ApplicationId, BaseLicense, Feature};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use service::{ApplicationUpdate, NewApplication, NewCredential};

use super::{Host, credential, user::moment};
use crate::failure::Failure;
use crate::output::Done;

/// Applications.
#[derive(Debug, Subcommand)]
pub enum Application {
    /// Make an application; then make it a token with `application token`
    Create {
        /// What people call it
        name: String,
        /// The owning account's id or name; without it, the deployment
        #[arg(long)]
        owner: Option<String>,
        /// Who may enter, and what it demands.
        #[command(flatten)]
        terms: Terms,
        /// How it signs people in.
        #[command(flatten)]
        sign_in: SignIn,
    },
    /// List applications
    List {
        /// The owning account's id or name; without it, all of the deployment
        #[arg(long)]
        owner: Option<String>,
    },
    /// Show one application
    Show {
        /// Its id
        id: String,
    },
    /// Change its name, audience or demands
    Update {
        /// Its id
        id: String,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// Who may enter, and what it demands.
        #[command(flatten)]
        terms: Terms,
        /// How it signs people in; all of it anew.
        #[command(flatten)]
        sign_in: SignIn,
    },
    /// Make a token with which the application asks; it is shown this once
    Token {
        /// The application's id
        id: String,
        /// What it is for
        #[arg(long, default_value = "application")]
        name: String,
        /// When it stops working: a date, or a moment such as 2027-01-31T12:00:00Z
        #[arg(long, value_parser = moment)]
        expires: Option<Timestamp>,
    },
}

/// Who may enter, and what it demands.
#[derive(Debug, Args)]
pub struct Terms {
    /// `anyone`, `members` (of the owner), or ids or names of accounts, separated by commas
    #[arg(long)]
    audience: Option<String>,
    /// The least license it demands: Basic, Plus or Pro; `none` lifts the demand
    #[arg(long, value_name = "LICENSE", value_parser = demand::<BaseLicense>)]
    required_license: Option<Demand<BaseLicense>>,
    /// The feature it demands, such as meetings.join; `none` lifts the demand
    #[arg(long, value_name = "FEATURE", value_parser = demand_feature)]
    required_feature: Option<Demand<Feature>>,
}

/// How it signs people in by OpenID Connect.
#[derive(Debug, Args)]
pub struct SignIn {
    /// Where people are sent back to after signing in; may be repeated
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where people may be sent after signing out; may be repeated
    #[arg(long = "post-logout-redirect-uri", value_name = "URI", requires = "redirect_uris")]
    post_logout_redirect_uris: Vec<String>,
    /// Where it is told that sessions ended
    #[arg(long, value_name = "URI", requires = "redirect_uris")]
    backchannel_logout_uri: Option<String>,
    /// It can keep no secret: it runs in a browser or on people's devices
    #[arg(long, requires = "redirect_uris")]
    public: bool,
    /// Somebody else's: people are asked before it learns of them
    #[arg(long, requires = "redirect_uris")]
    third_party: bool,
    /// Its access tokens are JWT, believed for five minutes whatever happens meanwhile
    #[arg(long, requires = "redirect_uris")]
    jwt_access_tokens: bool,
    /// Its ID tokens are signed with RS256 instead of ES256
    #[arg(long, requires = "redirect_uris")]
    rs256: bool,
}

impl SignIn {
    /// Nothing when it only asks.
    fn client(self) -> Option<Client> {
        if self.redirect_uris.is_empty() {
            return None;
        }
        Some(Client {
            public: self.public,
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            backchannel_logout_uri: self.backchannel_logout_uri,
            third_party: self.third_party,
            access_tokens: if self.jwt_access_tokens { AccessTokenFormat::Jwt } else { AccessTokenFormat::Opaque },
            id_token_algorithm: if self.rs256 { SigningAlgorithm::RS256 } else { SigningAlgorithm::ES256 },
        })
    }
}

/// Something demanded, or nothing.
#[derive(Clone, Debug)]
struct Demand<T>(Option<T>);

fn demand<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<Demand<T>, String> {
    match text {
        "none" => Ok(Demand(None)),
        text => text.parse().map(|demanded| Demand(Some(demanded))).map_err(|error: T::Err| error.to_string()),
    }
}

fn demand_feature(text: &str) -> Result<Demand<Feature>, String> {
    match text {
        "none" => Ok(Demand(None)),
        text => Feature::parse(text).map(|demanded| Demand(Some(demanded))).map_err(|error| error.to_string()),
    }
}

/// An application as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: ApplicationId,
    name: String,
    /// The owning account; nothing for the deployment.
    owner: Option<AccountId>,
    audience: &'static str,
    /// The accounts of the audience `accounts`.
    accounts: Vec<AccountId>,
    required_license: Option<BaseLicense>,
    required_feature: Option<Feature>,
}

impl From<App> for Shown {
    fn from(application: App) -> Self {
        let audience = application.audience.name();
        let accounts = match application.audience {
            Audience::Accounts(accounts) => accounts,
            Audience::Anyone | Audience::Members => Vec::new(),
        };
        let App { id, name, owner, required_license, required_feature, .. } = application;
        Self { id, name, owner, audience, accounts, required_license, required_feature }
    }
}

impl Shown {
    fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        let accounts: Vec<String> = self.accounts.iter().map(AccountId::to_string).collect();
        vec![
            ("id", Some(self.id.to_string())),
            ("name", Some(self.name.clone())),
            ("owner", Some(self.owner.map_or_else(|| "deployment".to_owned(), |owner| owner.to_string()))),
            ("audience", Some(self.audience.to_owned())),
            ("accounts", Some(accounts.join(", ")).filter(|accounts| !accounts.is_empty())),
            ("required license", self.required_license.map(|license| license.to_string())),
            ("required feature", self.required_feature.as_ref().map(Feature::to_string)),
        ]
    }
}

/// Does it.
pub async fn run(host: &mut Host, command: Application) -> Done {
    let application = match command {
        Application::List { owner } => return list(host, owner.as_deref()).await,
        Application::Token { id, name, expires } => {
            let wish = NewCredential { name, expires, ..NewCredential::default() };
            return credential::create_for_application(host, parse(&id)?, wish).await;
        }
        Application::Create { name, owner, terms, sign_in } => {
            let owner = match owner {
                Some(owner) => Some(host.account(&owner).await?),
                None => None,
            };
            let audience = audience(host, terms.audience.as_deref()).await?;
            let required_license = terms.required_license.and_then(|demand| demand.0);
            let required_feature = terms.required_feature.and_then(|demand| demand.0);
            let client = sign_in.client();
            let wish = NewApplication { name, owner, audience, required_license, required_feature, client };
            host.service.create_application(&host.cx, wish).await?
        }
        Application::Show { id } => host.service.show_application(&host.cx, parse(&id)?).await?,
        Application::Update { id, name, terms, sign_in } => {
            let audience = audience(host, terms.audience.as_deref()).await?;
            let required_license = terms.required_license.map(|demand| demand.0);
            let required_feature = terms.required_feature.map(|demand| demand.0);
            let client = sign_in.client().map(Some);
            let update = ApplicationUpdate { name, audience, required_license, required_feature, client };
            host.service.update_application(&host.cx, parse(&id)?, update).await?
        }
    };
    let shown = Shown::from(application);
    host.output.one(&shown, &shown.facts())
}

async fn list(host: &mut Host, owner: Option<&str>) -> Done {
    let over = host.over(owner).await?;
    let applications = host.service.list_applications(&host.cx, over).await?;
    let shown: Vec<Shown> = applications.into_iter().map(Shown::from).collect();
    host.output.list(&shown, &["NAME", "OWNER", "AUDIENCE", "DEMANDS", "ID"], |shown| {
        let owner = shown.owner.map_or_else(|| "deployment".to_owned(), |owner| owner.to_string());
        let license = shown.required_license.map(|license| license.to_string());
        let demands = [license, shown.required_feature.as_ref().map(Feature::to_string)];
        let demands: Vec<String> = demands.into_iter().flatten().collect();
        vec![shown.name.clone(), owner, shown.audience.to_owned(), demands.join(", "), shown.id.to_string()]
    })
}

async fn audience(host: &Host, text: Option<&str>) -> Result<Option<Audience>, Failure> {
    Ok(match text {
        None => None,
        Some("anyone") => Some(Audience::Anyone),
        Some("members") => Some(Audience::Members),
        Some(list) => {
            let mut accounts = Vec::new();
            for account in list.split(',').map(str::trim).filter(|account| !account.is_empty()) {
                accounts.push(host.account(account).await?);
            }
            Some(Audience::Accounts(accounts))
        }
    })
}

/// An application's id.
pub fn parse(id: &str) -> Result<ApplicationId, Failure> {
    id.parse().map_err(|_| access::Refusal::UnknownApplication(id.to_owned()).into())
}
