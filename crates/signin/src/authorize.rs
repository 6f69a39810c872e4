//! What an application asks for, and the code it gets (RFC 6749 section 4.1, OpenID Connect Core section 3.1).

use access::application::{Application, Client};
use access::authority::Caller;
use access::{ApplicationId, Refusal, UserId};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use oidc::authorize::{Request, Target, request, target};
use oidc::{Code, Error as Answer, Params, Scope};
use serde_json::{Value, json};
use service::{Context, Outcome, Stage, single};
use store::{SessionFacts, TokenHash, Write};
use uuid::Uuid;

use crate::subject::may_enter;
use crate::{Error, SignIn, secrets};

const VERB: &str = "application.authorize";
const CONSENT: &str = "application.consent";
/// How long a code may be exchanged (RFC 6749 section 4.1.2 allows 10 minutes).
const CODE_LENGTH: SignedDuration = SignedDuration::from_secs(60);
/// In a continued request: a proof after this moment is one that was given for it. In milliseconds since 1970.
const PROVED_SINCE: &str = "proved_since";
/// How old that moment may be. Whoever writes it into a request themselves saves a proof for so long at most.
const CONTINUED: i64 = 15 * 60 * 1000;

/// What a request leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorized {
    /// Back to the application, with a code or an error.
    Back(String),
    /// The person signs in, and then asks the same again.
    SignIn {
        /// The query of the same request, once they have.
        again: String,
        /// The address they will probably sign in with. Personal.
        hint: Option<String>,
        /// The application asks for more than one factor.
        two_factors: bool,
    },
    /// The person decides what a third party may learn.
    Consent {
        /// The application's name.
        application: String,
        /// What it asks for.
        scope: Scope,
        /// As whom they are signed in. Personal.
        address: String,
    },
    /// The person may not enter; the page says so.
    Refused(Refusal),
    /// The request is not one that any application of ours sends; the page says so, and nobody is sent anywhere.
    Wrong(Answer),
}

/// What a person answers to being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Nothing was asked.
    Unasked,
    /// Yes.
    Given,
    /// No.
    Declined,
}

/// A request that was read.
struct Asked {
    application: Application,
    client: Client,
    target: Target,
    request: Request,
}

impl SignIn {
    /// Answers an authorization request of whoever has this cookie.
    pub async fn authorize(
        &self,
        cx: &Context,
        cookie: Option<&str>,
        query: &[u8],
        consent: Consent,
    ) -> Result<Authorized, Error> {
        let params = match Params::parse(query) {
            Ok(params) => params,
            Err(error) => return Ok(Authorized::Wrong(error)),
        };
        let asked = match self.asked(&params).await? {
            Ok(asked) => asked,
            Err(answer) => return Ok(answer.authorized(self.issuer())),
        };
        let session = match cookie {
            Some(cookie) => self.session(cookie, Some(asked.application.id)).await?,
            None => None,
        };
        let since = params.get(PROVED_SINCE).and_then(|since| since.parse().ok());
        let expected = match &asked.request.id_token_hint {
            Some(hint) => match self.hinted(hint, asked.application.id).await? {
                // One that says nothing, such as an old one, is none. Whose it was is not known then, so nobody is taken
                // for them without being asked.
                None if asked.request.prompt.none => {
                    let why = "the id_token_hint is none that this application got here lately";
                    return Ok(self.back(&asked, &Answer::new(Code::LoginRequired, why)));
                }
                named => named,
            },
            None => None,
        };
        let anew = |session: &SessionFacts| proved_anew(session, since, cx.at);
        let enough = |session: &SessionFacts| anew(session) || proves_enough(session, &asked.request, cx.at);
        let Some(session) = session.filter(enough) else {
            return Ok(self.sign_in(&asked, query, cx.at));
        };
        if expected.is_some_and(|sub| sub != session.person.asked.facts.user.to_string()) {
            return Ok(match anew(&session) {
                true => self.back(&asked, &Answer::new(Code::LoginRequired, "somebody else signed in")),
                false => self.sign_in(&asked, query, cx.at),
            });
        }
        if !anew(&session) && !asked.request.prompt.none && self.proves_too_little(&session, &asked.request).await? {
            return Ok(self.sign_in(&asked, query, cx.at));
        }
        if let Some(refusal) = self.refused(&session, cx.at).await? {
            return Ok(self.denied(&asked, refusal));
        }
        self.consented(cx, asked, session, consent).await
    }

    async fn asked(&self, params: &Params) -> Result<Result<Asked, Unanswered>, Error> {
        let wrong = |why: &str| Ok(Err(Unanswered::Here(Answer::new(Code::InvalidRequest, why))));
        let Some(id) = params.get("client_id") else { return wrong("the parameter client_id is missing") };
        let found = match id.parse() {
            Ok(id) => self.signs_people_in(id).await?,
            Err(_) => None,
        };
        let Some((application, client)) = found else {
            return wrong("the client_id is not one of an application that signs people in here");
        };
        let target = match target(params, &client) {
            Ok(target) => target,
            Err(error) => return Ok(Err(Unanswered::Here(error))),
        };
        match request(params, &client) {
            Ok(request) => Ok(Ok(Asked { application, client, target, request })),
            Err(error) => Ok(Err(Unanswered::There(target, error))),
        }
    }

    /// Whether more factors are wanted than the session has, and the person has them. What `acr_values` says is a wish
    /// (OpenID Connect Core section 5.5.1.1): who has one factor only comes in with that, and the application sees it.
    async fn proves_too_little(&self, session: &SessionFacts, request: &Request) -> Result<bool, Error> {
        let more = session.methods.split(' ').any(|method| method == "mfa");
        Ok(request.two_factors && !more && self.has_second_factor(session.person.asked.facts.user).await?)
    }

    /// Whom an ID token of this application names.
    async fn hinted(&self, hint: &str, application: ApplicationId) -> Result<Option<String>, Error> {
        let claims = self.own_claims(hint).await?;
        let named = |name: &str| claims.as_ref().and_then(|claims| claims.get(name)).and_then(Value::as_str);
        Ok(named("sub").filter(|_| named("aud") == Some(&*application.to_string())).map(str::to_owned))
    }

    /// They prove who they are, and the same request comes again.
    fn sign_in(&self, asked: &Asked, query: &[u8], at: Timestamp) -> Authorized {
        if asked.request.prompt.none {
            return self.back(asked, &Answer::new(Code::LoginRequired, "the person must sign in"));
        }
        let params = oidc::params::pairs(query).filter(|(name, _)| name != PROVED_SINCE);
        let again = format!("{}&{PROVED_SINCE}={}", oidc::params::text(params), at.as_millisecond());
        let Request { login_hint, two_factors, .. } = &asked.request;
        Authorized::SignIn { again, hint: login_hint.clone(), two_factors: *two_factors }
    }

    /// Whether the person may not enter, on the facts their session was read with.
    async fn refused(&self, session: &SessionFacts, at: Timestamp) -> Result<Option<Refusal>, Error> {
        let asked = &session.person.asked;
        let Some(application) = &asked.application else { return Ok(Some(Refusal::MayNotEnter)) };
        let catalog = self.service().store().catalog(asked.catalog_version).await?;
        let allowed = may_enter(&asked.facts, application, &catalog, at).allowed;
        Ok((!allowed).then_some(Refusal::MayNotEnter))
    }

    async fn consented(
        &self,
        cx: &Context,
        asked: Asked,
        session: SessionFacts,
        consent: Consent,
    ) -> Result<Authorized, Error> {
        let user = session.person.asked.facts.user;
        let cx = Context { caller: Caller::Oneself(user), ..cx.clone() };
        if consent == Consent::Declined {
            return Ok(self.back(&asked, &Answer::new(Code::AccessDenied, "the person declined")));
        }
        let (application, scope) = (asked.application.id, asked.request.scope.clone());
        if asked.client.third_party && consent == Consent::Unasked {
            let agreed = self.service().consent(user, application).await?;
            let agreed = agreed.is_some_and(|agreed| scope.is_within(&Scope::parse(&agreed)));
            match (agreed && !asked.request.prompt.consent, asked.request.prompt.none) {
                (true, _) => {}
                (false, true) => {
                    return Ok(self.back(&asked, &Answer::new(Code::ConsentRequired, "the person must consent")));
                }
                (false, false) => {
                    let (application, address) = (asked.application.name.clone(), session.person.address.clone());
                    return Ok(Authorized::Consent { application, scope, address });
                }
            }
        }
        let given = asked.client.third_party && consent == Consent::Given;
        let minting = Minting {
            user,
            session: session.id,
            application,
            redirect_uri: asked.target.sent.clone(),
            request: asked.request.clone(),
            consent: given,
        };
        match self.mint(&cx, minting).await {
            Ok(code) => Ok(Authorized::Back(asked.target.with_code(&code, self.issuer()))),
            Err(Error::Refused(refusal @ (Refusal::MayNotEnter | Refusal::MayNotSignIn))) => {
                Ok(self.denied(&asked, refusal))
            }
            Err(error) => Err(error),
        }
    }

    /// A code, in one transaction that reads the person anew (rule 23).
    async fn mint(&self, cx: &Context, minting: Minting) -> Result<String, Error> {
        let minted = self.service().run(cx, VERB, move |w, stage| {
            let minting = minting.clone();
            async move { Ok(vec![mint(w, stage, minting).await?]) }.boxed()
        });
        single(minted.await)
    }

    /// The person is told on a page; where nothing may be shown, the application is.
    fn denied(&self, asked: &Asked, refusal: Refusal) -> Authorized {
        if asked.request.prompt.none {
            return self.back(asked, &Answer::new(Code::AccessDenied, "this person may not use the application"));
        }
        Authorized::Refused(refusal)
    }

    fn back(&self, asked: &Asked, error: &Answer) -> Authorized {
        Authorized::Back(asked.target.with_error(error, self.issuer()))
    }
}

/// What a code is made of.
#[derive(Clone)]
struct Minting {
    user: UserId,
    session: Uuid,
    application: ApplicationId,
    redirect_uri: Option<String>,
    request: Request,
    consent: bool,
}

async fn mint(w: &mut Write, stage: &Stage, minting: Minting) -> Result<Outcome<String>, Error> {
    let at = stage.cx.at;
    let standing = w.standing(minting.user).await?;
    let session = w.session_by_id(minting.session).await?;
    let (Some((user, facts)), Some(session)) = (standing, session) else { return Err(Refusal::MayNotSignIn.into()) };
    if session.epoch != facts.epoch || session.expires <= at {
        return Err(Refusal::MayNotSignIn.into());
    }
    let Some(entrance) = w.entrance(minting.application, &facts).await? else {
        return Err(Refusal::MayNotEnter.into());
    };
    let catalog = w.current_catalog().await?;
    if !may_enter(&facts, &entrance.facts, &catalog, at).allowed {
        return Err(Refusal::MayNotEnter.into());
    }
    let code = secrets::new(&stage.random, secrets::CODE);
    let row = store::Code {
        session: session.id,
        application: minting.application,
        redirect_uri: minting.redirect_uri,
        scope: minting.request.scope.to_string(),
        nonce: minting.request.nonce,
        challenge: minting.request.challenge,
        expires: at.saturating_add(CODE_LENGTH).unwrap_or(at),
        authorization: None,
    };
    w.insert_code(&row, &TokenHash::of(&code)).await?;
    let account = user.membership.map(|membership| membership.account);
    let mut audit = Vec::new();
    if minting.consent {
        let agreed = w.consent(minting.user, minting.application).await?.unwrap_or_default();
        let scope = Scope::parse(&agreed).and(&minting.request.scope).to_string();
        w.save_consent(minting.user, minting.application, &scope, at).await?;
        let what = json!({ "application": minting.application, "scope": scope });
        audit.push(stage.noted(CONSENT, account, user.id.0, what));
    }
    Ok(Outcome { result: Ok(code), audit, notices: vec![] })
}

/// Why a request is not answered as it was asked.
enum Unanswered {
    /// On a page.
    Here(Answer),
    /// At the application.
    There(Target, Answer),
}

impl Unanswered {
    fn authorized(self, issuer: &str) -> Authorized {
        match self {
            Self::Here(answer) => Authorized::Wrong(answer),
            Self::There(target, answer) => Authorized::Back(target.with_error(&answer, issuer)),
        }
    }
}

/// Whether the session's proof is what the application asks for (OpenID Connect Core section 3.1.2.1).
fn proves_enough(session: &SessionFacts, request: &Request, at: Timestamp) -> bool {
    let age = at.as_second().saturating_sub(session.authenticated.as_second()).unsigned_abs();
    // By its errata, `max_age=0` is another word for `prompt=login`.
    request.max_age.is_none_or(|most| most > 0 && age <= most) && !request.prompt.login
}

/// Whether the person proved who they are since the request was first made, a while ago at most.
fn proved_anew(session: &SessionFacts, since: Option<i64>, at: Timestamp) -> bool {
    let fresh = |since: &i64| (0..=CONTINUED).contains(&at.as_millisecond().saturating_sub(*since));
    since.filter(fresh).is_some_and(|since| session.authenticated.as_millisecond() >= since)
}
