//! The server that answers questions, with the facts of the database or with facts that never change.

use std::net::SocketAddr;
use std::sync::Arc;

use access::decision::{AccountFacts, ApplicationFacts, AudienceFacts, Facts as Person, Reason, decide};
use access::user::LicenseOrigin;
use access::{AccountType, ApplicationId, BaseLicense, Catalog, Feature, UserId};
use carillon_http::{Evaluate, HttpSettings, router, router_asking, serve};
use clap::ValueEnum;
use futures::FutureExt;
use futures::future::BoxFuture;
use service::{Answer, Error, Question, Service};
use signin::{Known, SignIn};
use store::{Bearer, SessionFacts, TokenHash};
use tokio::net::TcpListener;

use crate::children::base_url;
use crate::population::{self, id};
use crate::{Outcome, print, signed_in};

/// Where answers come from.
#[derive(Clone, Copy, ValueEnum)]
pub enum Facts {
    /// The database.
    Real,
    /// Memory: they never change.
    Constant,
}

impl Facts {
    /// As an argument.
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Constant => "constant",
        }
    }
}

/// Prints its address and answers until the input ends.
pub async fn answer(service: Service, facts: Facts) -> Outcome<()> {
    let mut settings = HttpSettings::new(base_url()?);
    // All questions come from one address here, and nothing else is limited by it.
    settings.limits.per_credential = None;
    settings.limits.per_address = None;
    let limits = settings.limits.clone();
    let router = match facts {
        Facts::Real => router(service, settings),
        Facts::Constant => {
            let first = Arc::new(First::read(&service).await?);
            router_asking(Constant::new(service.clone()), SignIn::new(service).knowing(first), settings)
        }
    };
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    print(&listener.local_addr()?.to_string());
    let ended = tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin()));
    serve(listener, router, &limits, &[], async { drop(ended.await) }).await;
    Ok(())
}

/// Decides like the product, on facts that never change: all that is missing is reading them.
#[derive(Clone)]
struct Constant(Arc<Held>);

struct Held {
    service: Service,
    known: Person,
    application: ApplicationFacts,
    catalog: Catalog,
}

impl Constant {
    fn new(service: Service) -> Self {
        let account =
            AccountFacts { id: population::large_account(), kind: AccountType::EnterpriseLwa, deleted: false };
        let known = Person {
            user: UserId(id(1)),
            epoch: 0,
            registered: true,
            suspension: None,
            blocked: false,
            account: Some(account),
            managed_by: Some(account.id),
            source: None,
            license: BaseLicense::Pro,
            license_origin: LicenseOrigin::Administrator,
            waiting: None,
            trial_until: None,
        };
        let application = ApplicationFacts {
            id: ApplicationId(id(1)),
            stopped: false,
            audience: AudienceFacts::Members(Some(account.id)),
            required_license: None,
            required_feature: None,
        };
        Self(Arc::new(Held { service, known, application, catalog: Catalog::shipped() }))
    }
}

impl Evaluate for Constant {
    async fn evaluate(&self, token: &str, subject: &str, question: &Question) -> Result<Option<Answer>, Error> {
        std::hint::black_box((TokenHash::of(token), subject.parse::<UserId>().ok()));
        let feature = match question {
            Question::SignIn { application } => {
                std::hint::black_box(application.parse::<ApplicationId>().ok());
                None
            }
            Question::Use { feature } => Feature::parse(feature).ok(),
        };
        let held = &self.0;
        let at = held.service.clock().now();
        let decision = decide(&held.known, &held.catalog, Some(&held.application), feature.as_ref(), at);
        let reasons = decision.reasons.iter().map(Reason::code).collect();
        Ok(Some(Answer { allowed: decision.allowed, license: Some(decision.license), reasons }))
    }
}

/// What the first session and the first access token stand for, said of every one: all that is missing is reading it.
struct First {
    session: Option<SessionFacts>,
    bearer: Bearer,
}

impl First {
    async fn read(service: &Service) -> Outcome<Self> {
        let hash = |text: &str| TokenHash::of(text);
        let application = population::application_of(signed_in::APPLICATION);
        let session = service.store().session(&hash(&signed_in::cookie(0)), Some(application)).await?;
        let client = hash(&population::token(signed_in::APPLICATION));
        let bearer = service.store().bearer(Some(&client), &hash(&signed_in::access_token(0))).await?;
        Ok(Self { session, bearer })
    }
}

impl Known for First {
    fn session(
        &self,
        cookie: TokenHash,
        application: Option<ApplicationId>,
    ) -> BoxFuture<'_, Result<Option<SessionFacts>, store::Error>> {
        std::hint::black_box((cookie, application));
        async { Ok(self.session.clone()) }.boxed()
    }

    fn bearer(&self, client: Option<TokenHash>, token: TokenHash) -> BoxFuture<'_, Result<Bearer, store::Error>> {
        std::hint::black_box((client, token));
        async { Ok(self.bearer.clone()) }.boxed()
    }
}
