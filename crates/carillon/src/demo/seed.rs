//! The first start of the samples: accounts, people, an operator, an application. Every step is a verb, and the links
//! are read from the mails, as people would.

use access::authority::{Caller, Over, Role};
use access::{AccountId, Audience, Domain, Email, License, User, UserId};
use service::{Accept, Context, Door, NewApplication, NewCredential, PageRequest, Register, Service, letters};
use store::TokenHolder;

use super::facts::{Accounts, Application, Enterprise, Facts, Operator, Person, Team};
use crate::commands::{context, host_context};
use crate::failure::Failure;

const TEAM: &str = "Sample Team";
const ENTERPRISE: &str = "Sample Enterprise";
const DOMAIN: &str = "corp.example"; // RFC 2606: nobody has it
const OPERATOR: (&str, &str) = ("operator@example.com", "Sample Operator");

/// Address, name and license; without a name they have not registered.
type Sample = (&'static str, Option<&'static str>, License);

const MEMBERS: [Sample; 3] = [
    ("grace@example.com", Some("Grace Hopper"), License::Pro),
    ("alan@example.com", Some("Alan Turing"), License::Plus),
    ("edsger@example.com", Some("Edsger Dijkstra"), License::Basic),
];

const STAFF: [Sample; 4] = [
    ("barbara@corp.example", Some("Barbara Liskov"), License::Pro),
    ("dennis@corp.example", Some("Dennis Ritchie"), License::Plus),
    ("frances@corp.example", Some("Frances Allen"), License::Basic),
    ("niklaus@corp.example", None, License::Plus),
];

/// Makes everything; `url` is where the mails' links lead.
pub async fn seed(service: &Service, url: &str) -> Result<Facts, Failure> {
    let seeder = Seeder { service, url };
    let team = service.create_account(&seeder.host(), TEAM.to_owned()).await?.id;
    let enterprise = service.create_account(&seeder.host(), ENTERPRISE.to_owned()).await?.id;
    service.vouch_domain(&seeder.host(), enterprise, Domain::parse(DOMAIN)?).await?;
    let mut users = Vec::new();
    for sample in MEMBERS {
        users.push(seeder.member(team, sample).await?);
    }
    for sample in STAFF {
        users.push(seeder.staff(enterprise, sample).await?);
    }
    let (operator, password) = seeder.register(OPERATOR.0, OPERATOR.1).await?;
    let id = operator.id.to_string();
    let grant = service.create_grant(&seeder.host(), &id, Over::Deployment, Role::FullAccess).await?;
    let key = service.create_access_key(&seeder.host(), grant.id, NewCredential::named("sample")).await?;
    let holder = TokenHolder::Grant(grant.id);
    let token = service.create_token(&seeder.host(), holder, NewCredential::named("sample")).await?;
    Ok(Facts {
        url: url.to_owned(),
        api_token: token.secret,
        access_key_id: key.key.id,
        secret_access_key: key.secret,
        operator: Operator { user_id: id, address: OPERATOR.0.to_owned(), password },
        accounts: Accounts {
            team: Team { id: team.to_string(), name: TEAM.to_owned() },
            enterprise: Enterprise {
                id: enterprise.to_string(),
                name: ENTERPRISE.to_owned(),
                domain: DOMAIN.to_owned(),
            },
        },
        users,
        application: seeder.application().await?,
    })
}

struct Seeder<'a> {
    service: &'a Service,
    url: &'a str,
}

impl Seeder<'_> {
    /// Invited to a Team, and accepted.
    async fn member(&self, account: AccountId, (address, name, license): Sample) -> Result<Person, Failure> {
        let email = Email::parse(address)?;
        self.service.invite(&self.host(), account, vec![(address.to_owned(), Ok(email))]).await?;
        let token = self.mailed(address, &letters::invitation_link(self.url, "")).await?;
        let password = self.password();
        let answer = Accept { name: name.unwrap_or(address).to_owned(), password: password.clone(), leave: false };
        let accepted = self.service.accept(&self.visitor(), &token, answer).await?;
        self.licensed(account, accepted.user.id, address, Some(password), license).await
    }

    /// Registered with an address on the domain; or created, and not registered yet.
    async fn staff(&self, account: AccountId, (address, name, license): Sample) -> Result<Person, Failure> {
        let (id, password) = match name {
            Some(name) => {
                let (user, password) = self.register(address, name).await?;
                (user.id, Some(password))
            }
            None => {
                let created = self.service.create_user(&self.host(), account, Email::parse(address)?).await?;
                (self.service.find_user(&self.host(), &created.id).await?.id, None)
            }
        };
        self.licensed(account, id, address, password, license).await
    }

    async fn register(&self, address: &str, name: &str) -> Result<(User, String), Failure> {
        let visitor = self.visitor();
        self.service.request_registration(&visitor, &Email::parse(address)?).await?;
        let token = self.mailed(address, &letters::registration_link(self.url, "")).await?;
        let password = self.password();
        let answer = Register { name: name.to_owned(), password: password.clone() };
        Ok((self.service.register(&visitor, &token, answer).await?.user, password))
    }

    async fn licensed(
        &self,
        account: AccountId,
        id: UserId,
        address: &str,
        password: Option<String>,
        license: License,
    ) -> Result<Person, Failure> {
        let outcomes = self.service.assign_license(&self.host(), account, vec![(id.to_string(), license)]).await?;
        outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (id, account) = (id.to_string(), account.to_string());
        Ok(Person { id, address: address.to_owned(), password, account, license: license.to_string() })
    }

    async fn application(&self) -> Result<Application, Failure> {
        let wish = NewApplication {
            name: "Meetings".to_owned(),
            owner: None,
            audience: Some(Audience::Anyone),
            required_license: None,
            required_feature: None,
            client: None,
        };
        let made = self.service.create_application(&self.host(), wish).await?;
        let holder = TokenHolder::Application(made.id);
        let token = self.service.create_token(&self.host(), holder, NewCredential::named("sample")).await?;
        Ok(Application { id: made.id.to_string(), name: made.name, credential: token.secret })
    }

    /// What follows `link` in the newest mail to an address.
    async fn mailed(&self, address: &str, link: &str) -> Result<String, Failure> {
        let newest = PageRequest { after: None, limit: 10 };
        let mails = self.service.list_mails(&self.host(), newest).await?.items;
        let texts = mails.iter().filter(|mail| mail.mail.to == address).map(|mail| mail.mail.text.as_str());
        let found = texts.flat_map(str::split_whitespace).find_map(|word| word.strip_prefix(link));
        let missing = || Failure::unavailable(format!("no mail to {address} has a link {link}"));
        found.map(str::to_owned).ok_or_else(missing)
    }

    fn host(&self) -> Context {
        host_context(self.service)
    }

    fn visitor(&self) -> Context {
        context(self.service, Caller::Visitor, Door::System)
    }

    /// Twenty small letters: 94 random bits.
    fn password(&self) -> String {
        self.service.random().bytes::<20>().iter().map(|byte| char::from(b'a' + byte % 26)).collect()
    }
}
