//! `carillon application`.

use std::collections::BTreeMap;

use access::application::{AccessTokenFormat, Application as App, Audience, Client, SigningAlgorithm};
use access::{AccountId, ApplicationId, BaseLicense, Feature};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use service::{ApplicationUpdate, NewApplication, NewCredential, TokenHolder};

use super::{Host, credential, user::moment};
use crate::configurations::Connection;
use crate::failure::Failure;
use crate::output::Done;

/// Applications.
#[derive(Debug, Subcommand)]
pub enum Application {
    /// Make an application. With --redirect-uri it signs people in, and all that an OpenID Connect client asks for is
    /// printed; without, make it a token with `application token`
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
    /// Change its name, audience, demands or how it signs people in
    Update {
        /// Its id
        id: String,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// Who may enter, and what it demands.
        #[command(flatten)]
        terms: Terms,
        /// How it signs people in; what is not named stays.
        #[command(flatten)]
        sign_in: SignIn,
        /// It signs nobody in any more, it only asks
        #[arg(long, conflicts_with_all = ["redirect_uris", "post_logout_redirect_uris", "backchannel_logout_uri",
            "public", "third_party", "jwt_access_tokens", "rs256"])]
        no_sign_in: bool,
    },
    /// Delete an application with its tokens and all that was made for it; there is no way back
    Delete {
        /// Its id
        id: String,
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
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<String>,
    /// Where it is told that sessions ended; `none` and it is not told
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<String>,
    /// It can keep no secret: it runs in a browser or on people's devices
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    public: Option<bool>,
    /// Somebody else's: people are asked before it learns of them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    third_party: Option<bool>,
    /// Its access tokens are JWT, believed for five minutes whatever happens meanwhile
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    jwt_access_tokens: Option<bool>,
    /// Its ID tokens are signed with RS256 instead of ES256
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    rs256: Option<bool>,
}

impl SignIn {
    fn says_something(&self) -> bool {
        let Self { redirect_uris, post_logout_redirect_uris, backchannel_logout_uri, .. } = self;
        let switches = [self.public, self.third_party, self.jwt_access_tokens, self.rs256];
        let uris = !redirect_uris.is_empty() || !post_logout_redirect_uris.is_empty();
        uris || backchannel_logout_uri.is_some() || switches.iter().any(Option::is_some)
    }

    /// What it is then, from what it was; nothing when it only asks.
    fn client(self, before: Option<Client>) -> Result<Option<Client>, Failure> {
        if !self.says_something() {
            return Ok(before);
        }
        let fresh = || Client {
            public: false,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            third_party: false,
            access_tokens: AccessTokenFormat::Opaque,
            id_token_algorithm: SigningAlgorithm::ES256,
        };
        let mut client = before.unwrap_or_else(fresh);
        if !self.redirect_uris.is_empty() {
            client.redirect_uris = self.redirect_uris;
        }
        if client.redirect_uris.is_empty() {
            let say =
                "say where people are sent back to after signing in: --redirect-uri https://app.example.org/callback";
            return Err(Failure::usage(say));
        }
        if !self.post_logout_redirect_uris.is_empty() {
            client.post_logout_redirect_uris = self.post_logout_redirect_uris;
        }
        if let Some(uri) = self.backchannel_logout_uri {
            client.backchannel_logout_uri = Some(uri).filter(|uri| uri != "none");
        }
        client.public = self.public.unwrap_or(client.public);
        client.third_party = self.third_party.unwrap_or(client.third_party);
        client.access_tokens = match self.jwt_access_tokens {
            Some(true) => AccessTokenFormat::Jwt,
            Some(false) => AccessTokenFormat::Opaque,
            None => client.access_tokens,
        };
        client.id_token_algorithm = match self.rs256 {
            Some(true) => SigningAlgorithm::RS256,
            Some(false) => SigningAlgorithm::ES256,
            None => client.id_token_algorithm,
        };
        Ok(Some(client))
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
    /// How it signs people in; nothing when it only asks.
    #[serde(flatten)]
    sign_in: Option<ShownClient>,
}

/// What a client of OpenID Connect asks for, and what is known of it.
#[derive(Debug, Serialize)]
struct ShownClient {
    issuer: String,
    discovery_url: String,
    client_id: ApplicationId,
    /// Only when it was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    client: Client,
    /// Copy-paste configurations by the client's name; only when it was just made.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    configurations: BTreeMap<&'static str, String>,
}

impl Shown {
    fn new(host: &Host, application: App) -> Self {
        let audience = application.audience.name();
        let accounts = match application.audience {
            Audience::Accounts(accounts) => accounts,
            Audience::Anyone | Audience::Members => Vec::new(),
        };
        let App { id, name, owner, required_license, required_feature, client, .. } = application;
        let issuer = signin::SignIn::new(host.service.clone()).issuer().to_owned();
        let sign_in = client.map(|client| ShownClient {
            discovery_url: format!("{issuer}/.well-known/openid-configuration"),
            issuer,
            client_id: id,
            client_secret: None,
            client,
            configurations: BTreeMap::new(),
        });
        Self { id, name, owner, audience, accounts, required_license, required_feature, sign_in }
    }

    fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        let accounts: Vec<String> = self.accounts.iter().map(AccountId::to_string).collect();
        let mut facts = vec![
            ("id", Some(self.id.to_string())),
            ("name", Some(self.name.clone())),
            ("owner", Some(self.owner.map_or_else(|| "deployment".to_owned(), |owner| owner.to_string()))),
            ("audience", Some(self.audience.to_owned())),
            ("accounts", Some(accounts.join(", ")).filter(|accounts| !accounts.is_empty())),
            ("required license", self.required_license.map(|license| license.to_string())),
            ("required feature", self.required_feature.as_ref().map(Feature::to_string)),
        ];
        facts.extend(self.sign_in.iter().flat_map(ShownClient::facts));
        facts
    }
}

impl ShownClient {
    fn facts(&self) -> Vec<(&'static str, Option<String>)> {
        let client = &self.client;
        let list = |uris: &[String]| Some(uris.join(", ")).filter(|uris| !uris.is_empty());
        let format = match client.access_tokens {
            AccessTokenFormat::Opaque => "opaque",
            AccessTokenFormat::Jwt => "JWT",
        };
        let kind = if client.public { "public" } else { "confidential" };
        vec![
            ("issuer", Some(self.issuer.clone())),
            ("discovery url", Some(self.discovery_url.clone())),
            ("client_id", Some(self.client_id.to_string())),
            ("client_secret", self.client_secret.clone()),
            ("client", Some(kind.to_owned())),
            ("redirect uris", list(&client.redirect_uris)),
            ("post-logout redirect uris", list(&client.post_logout_redirect_uris)),
            ("back-channel logout uri", client.backchannel_logout_uri.clone()),
            ("third party", client.third_party.then(|| "people are asked for their consent".to_owned())),
            ("access tokens", Some(format.to_owned())),
            ("id tokens", Some(client.id_token_algorithm.name().to_owned())),
        ]
    }
}

/// What is left of an application that was deleted.
#[derive(Debug, Serialize)]
struct Deleted {
    /// Its id.
    deleted: String,
}

/// Does it.
pub async fn run(host: &mut Host, command: Application) -> Done {
    let application = match command {
        Application::List { owner } => return list(host, owner.as_deref()).await,
        Application::Delete { id } => {
            host.service.delete_application(&host.cx, parse(&id)?).await?;
            return host.output.one(&Deleted { deleted: id.clone() }, &[("deleted", Some(id))]);
        }
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
            let client = sign_in.client(None)?;
            let wish = NewApplication { name, owner, audience, required_license, required_feature, client };
            let made = host.service.create_application(&host.cx, wish).await?;
            return created(host, made).await;
        }
        Application::Show { id } => host.service.show_application(&host.cx, parse(&id)?).await?,
        Application::Update { id, name, terms, sign_in, no_sign_in } => {
            let id = parse(&id)?;
            let audience = audience(host, terms.audience.as_deref()).await?;
            let required_license = terms.required_license.map(|demand| demand.0);
            let required_feature = terms.required_feature.map(|demand| demand.0);
            let client = match (no_sign_in, sign_in.says_something()) {
                (true, _) => Some(None),
                (false, false) => None,
                (false, true) => {
                    let before = host.service.show_application(&host.cx, id).await?.client;
                    Some(sign_in.client(before)?)
                }
            };
            let update = ApplicationUpdate { name, audience, required_license, required_feature, client };
            host.service.update_application(&host.cx, id, update).await?
        }
    };
    let shown = Shown::new(host, application);
    host.output.one(&shown, &shown.facts())
}

/// All that a client of OpenID Connect asks for, with a secret if it can keep one.
async fn created(host: &mut Host, application: App) -> Done {
    let id = application.id;
    let mut shown = Shown::new(host, application);
    let Some(sign_in) = &mut shown.sign_in else { return host.output.one(&shown, &shown.facts()) };
    if !sign_in.client.public {
        let wish = NewCredential::named("client secret");
        sign_in.client_secret =
            Some(host.service.create_token(&host.cx, TokenHolder::Application(id), wish).await?.secret);
    }
    let connection = Connection {
        issuer: &sign_in.issuer,
        client_id: id.to_string(),
        client_secret: sign_in.client_secret.as_deref(),
        redirect_uri: sign_in.client.redirect_uris.first().map_or("", String::as_str),
    };
    sign_in.configurations = connection.configurations();
    let configurations = sign_in.configurations.clone();
    host.output.one(&shown, &shown.facts())?;
    if host.output.is_json() {
        return Ok(());
    }
    for (client, lines) in configurations {
        host.output.text(&format!("\n--- {client}\n{}", lines.trim_end()))?;
    }
    if shown.sign_in.is_some_and(|sign_in| sign_in.client_secret.is_some()) {
        host.remark("The client_secret is shown this once; keep it now.");
    }
    Ok(())
}

async fn list(host: &mut Host, owner: Option<&str>) -> Done {
    let over = host.over(owner).await?;
    let applications = host.service.list_applications(&host.cx, over).await?;
    let shown: Vec<Shown> = applications.into_iter().map(|application| Shown::new(host, application)).collect();
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
