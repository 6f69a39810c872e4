//! Whether a reverse proxy may let somebody through to an application (rules 13 and 78), and how a browser gets a session
//! of its own on the application's host. Each answer is one statement on current facts and one decision.

use access::application::{AccessTokenFormat, Client};
use access::decision::decide;
use access::{ApplicationId, BaseLicense, Feature};
use oidc::claims::Subject;
use oidc::token::{Grant, Issued};
use oidc::{Code, Error as Answer, Scope, params};
use service::Context;
use store::Person;

use crate::exchange::Authenticated;
use crate::subject::subject;
use crate::{Error, SignIn};

/// What the browser's session on an application's host may tell: the name and the address.
const SCOPE: &str = "profile email";

/// What is asked for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What it is a request to.
    pub application: ApplicationId,
    /// The feature that it takes.
    pub feature: Option<Feature>,
    /// The least license that it takes.
    pub license: Option<BaseLicense>,
}

/// What came with the request.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// A session of Carillon's own host. Secret.
    Session(&'a str),
    /// An access token, also that of a browser's session on the application's host. Secret.
    Token(&'a str),
}

/// The answer.
#[derive(Clone, Debug)]
pub enum Checked {
    /// Nobody is signed in by what came with the request.
    Nobody,
    /// They may not; the code of the reason (rule 21).
    Refused(&'static str),
    /// They may, and this is said of them.
    Allowed(Box<Subject>),
}

impl SignIn {
    /// May whoever this stands for enter now?
    pub async fn check(&self, demand: &Demand, presented: Presented<'_>) -> Result<Checked, Error> {
        let at = self.service().clock().now();
        let (person, scope) = match presented {
            Presented::Session(cookie) => match self.session(cookie, Some(demand.application)).await? {
                Some(session) => (session.person, Scope::parse(SCOPE)),
                None => return Ok(Checked::Nobody),
            },
            Presented::Token(token) => match self.access(token, at).await? {
                Some(issued) => (issued.person, Scope::parse(&issued.scope)),
                None => return Ok(Checked::Nobody),
            },
        };
        let Person { asked, address, address_proved, name } = person;
        let Some(mut application) = asked.application else { return Ok(Checked::Refused("unknown-application")) };
        // A token that was made for another application stands for nobody here.
        if application.id != demand.application {
            return Ok(Checked::Nobody);
        }
        application.required_license = application.required_license.max(demand.license);
        let catalog = self.service().store().catalog(asked.catalog_version).await?;
        let decision = decide(&asked.facts, &catalog, Some(&application), demand.feature.as_ref(), at);
        if !decision.allowed {
            let why = decision.reasons.last().map_or("not-allowed", |reason| reason.code());
            return Ok(Checked::Refused(why));
        }
        Ok(Checked::Allowed(Box::new(subject(&asked.facts, decision, name, (address, address_proved), &scope))))
    }

    /// Where a browser is sent to come back to an application's host with a code: the same request that any client
    /// makes, with the same answers.
    pub fn request_to_enter(
        &self,
        application: ApplicationId,
        redirect_uri: &str,
        state: &str,
        verifier: &str,
    ) -> String {
        let request = [
            ("response_type", "code"),
            ("client_id", &*application.to_string()),
            ("redirect_uri", redirect_uri),
            ("scope", SCOPE),
            ("state", state),
            ("code_challenge", &oidc::pkce::challenge_of(verifier)),
            ("code_challenge_method", "S256"),
        ];
        let query = params::text(request.into_iter().map(|(name, value)| (name.into(), value.into())));
        format!("{}{}?{query}", self.issuer(), oidc::metadata::paths::AUTHORIZE)
    }

    /// A code becomes the browser's session on the application's host: an access token, which ends with the session in
    /// which the code was made. The browser proves by the verifier that it is the one that was sent for the code.
    pub async fn enter(
        &self,
        cx: &Context,
        application: ApplicationId,
        redirect_uri: &str,
        code: &str,
        verifier: &str,
    ) -> Result<Result<Issued, Answer>, Error> {
        let Some(client) = self.client_of(application).await? else {
            return Ok(Err(Answer::new(Code::InvalidRequest, "the application does not sign people in here")));
        };
        let client = Client { access_tokens: AccessTokenFormat::Opaque, ..client };
        let grant = Grant::Code {
            code: code.to_owned(),
            redirect_uri: Some(redirect_uri.to_owned()),
            verifier: Some(verifier.to_owned()),
        };
        self.exchange(cx, Authenticated { id: application, client, refreshes: false }, grant).await
    }
}
