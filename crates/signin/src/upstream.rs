//! *Login with ...*: OpenID providers that people sign in with, the deployment's or those of an account for its verified
//! domains (rule 81).
//!
//! Whom a provider names is believed as far as the provider may speak: an account's about addresses on the domains that
//! the account has verified and sent to it, the deployment's about addresses that no account manages. Somebody who exists
//! is never found by an address alone where that could be somebody else's word: they prove it is them first.

use std::borrow::Cow;

use access::authority::Caller;
use access::{Email, Refusal, User};
use futures::FutureExt;
use futures::future::BoxFuture;
use oidc::Params;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod,
    CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
    CoreResponseType, CoreSubjectIdentifierType, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, Scope as Asked, TokenResponse,
};
use outgoing::{Bytes, Failed, Outgoing};
use serde::{Deserialize, Serialize};
use service::{Context, Outcome, Stage, single};
use store::{Provider, Scope, TokenHash, UpstreamLink, Write};
use uuid::Uuid;

use crate::attempt::{Attempt, By, Proved, Step, VERB, Wanted, Went, first_proved, known_methods};
use crate::links::{self, NewLink};
use crate::sessions::Browser;
use crate::{Error, SignIn};

/// Another browser, too late, or an answer that nobody asked for.
const NOT_ASKED: &str = "the provider's answer belongs to no sign-in of this browser; begin again";
const DECLINED: &str = "the provider did not sign you in; try again, or sign in another way";
const NOT_BELIEVED: &str = "the provider's answer could not be verified; try again, and tell whoever runs this server";
const NO_ADDRESS: &str =
    "the provider does not vouch for your e-mail address; confirm your address there, and sign in again";
const OTHER_DOMAIN: &str = "the provider named an address that it may not speak for; sign in with the address of your \
                            organisation";
const MANAGED: &str = "an organisation manages this address, so this provider cannot let you in with it; sign in with \
                       your address, or register it by mail first";
const REGISTER_FIRST: &str = "you administer things here, or belong to another organisation, and have no password yet; \
                              register by mail first, and then sign in with the provider again";

/// What a provider says of itself beside OpenID Connect Discovery.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Further {
    /// It names itself in its answers (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Further {}

type Metadata = ProviderMetadata<
    Further,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Whom a provider named.
#[derive(Clone, Debug)]
struct Named {
    subject: String,
    /// Vouched for.
    address: Option<Email>,
    name: Option<String>,
    /// How they proved it there (RFC 8176).
    methods: Vec<String>,
}

/// A sign-in at a provider, of which the answer came.
#[derive(Clone)]
struct Answered {
    provider: Provider,
    named: Named,
    wanted: Wanted,
    browser: Browser,
}

/// What the provider's answer is verified with.
struct Expected {
    nonce: String,
    verifier: String,
}

impl SignIn {
    /// The deployment's providers, which everybody may sign in with.
    pub async fn offered_providers(&self) -> Result<Vec<Provider>, Error> {
        Ok(self.service.store().read(Scope::Public).providers(None).await?)
    }

    /// Sends a browser to a provider: the address to go to, and the value of the attempt's cookie.
    pub async fn to_provider(
        &self,
        cx: &Context,
        id: Uuid,
        wanted: Wanted,
        hint: Option<&Email>,
    ) -> Result<(String, String), Error> {
        let Some(provider) = self.service.store().read(Scope::Public).provider(id).await? else {
            return Err(Refusal::UnknownProvider(id.to_string()).into());
        };
        let (_, client) = self.known_at(&provider).await?;
        let random = self.service.random();
        let (state, nonce, verifier) =
            (service::fresh::token(random), service::fresh::token(random), service::fresh::token(random));
        let to = address(&client, (&state, &nonce, &verifier), hint);
        let attempt = Attempt { wanted, step: Step::Upstream { provider: id, state, nonce, verifier } };
        let began = self.service.run(cx, VERB, move |w, stage| {
            let attempt = attempt.clone();
            async move {
                let cookie = attempt.begin(w, stage).await?;
                Ok(vec![Outcome { result: Ok(cookie), audit: vec![], notices: vec![] }])
            }
            .boxed()
        });
        Ok((to, single(began.await)?))
    }

    /// The provider's answer, as it came in the query. It is good for the browser that was sent there, for this provider
    /// and once.
    pub async fn from_provider(
        &self,
        cx: &Context,
        cookie: &str,
        id: Uuid,
        query: &[u8],
        browser: Browser,
    ) -> Result<Went, Error> {
        let refuse = |why| self.service.refuse(cx, VERB, Refusal::ProviderRefused(why));
        let Ok(params) = Params::parse(query) else { return refuse(NOT_ASKED).await };
        let Some((wanted, expected)) = self.taken(cx, cookie, id, params.get("state")).await? else {
            return refuse(NOT_ASKED).await;
        };
        let Some(provider) = self.service.store().read(Scope::Public).provider(id).await? else {
            return refuse(NOT_ASKED).await;
        };
        let (further, client) = self.known_at(&provider).await?;
        // RFC 9207: an answer of another provider is not taken to this one (mix-up).
        let itself = match params.get("iss") {
            Some(issuer) => issuer == provider.issuer,
            None => !further.authorization_response_iss_parameter_supported,
        };
        if !itself {
            return refuse(NOT_BELIEVED).await;
        }
        let Some(code) = params.get("code") else { return refuse(DECLINED).await };
        let named = match exchanged(self.fetch(), client, code.to_owned(), expected).boxed().await {
            Ok(named) => named,
            Err(why) => {
                // The provider's words may hold anything; the sort of error helps whoever set it up.
                tracing::warn!(provider = %provider.id, %why, "a provider's answer was not believed");
                return refuse(NOT_BELIEVED).await;
            }
        };
        self.named(cx, Answered { provider, named, wanted, browser }).await
    }

    /// Takes the sign-in that was sent to this provider with this state: it is over, whatever comes of it.
    async fn taken(
        &self,
        cx: &Context,
        cookie: &str,
        id: Uuid,
        sent: Option<&str>,
    ) -> Result<Option<(Wanted, Expected)>, Error> {
        let (cookie, sent) = (TokenHash::of(cookie), sent.map(str::to_owned));
        let taken = self.service.run(cx, VERB, move |w, stage| {
            let sent = sent.clone();
            async move {
                let open = w.sign_in(&cookie, stage.cx.at).await?.and_then(Attempt::open);
                let taken = match open {
                    Some(Attempt { wanted, step: Step::Upstream { provider, state, nonce, verifier } })
                        if provider == id && sent.as_ref() == Some(&state) =>
                    {
                        w.delete_sign_in(&cookie).await?;
                        Some((wanted, nonce, verifier))
                    }
                    _ => None,
                };
                Ok(vec![Outcome { result: Ok(taken), audit: vec![], notices: vec![] }])
            }
            .boxed()
        });
        Ok(single(taken.await)?.map(|(wanted, nonce, verifier)| (wanted, Expected { nonce, verifier })))
    }

    /// The provider as it describes itself now, and us as its client.
    async fn known_at(&self, provider: &Provider) -> Result<(Further, Client), Error> {
        let unavailable = |why: String| Error::Unavailable(format!("the provider {}: {why}", provider.id));
        let issuer = IssuerUrl::new(provider.issuer.clone()).map_err(|error| Error::Internal(error.to_string()))?;
        let metadata = discovered(self.fetch(), issuer).await.map_err(unavailable)?;
        let further = metadata.additional_metadata().clone();
        let secret = self.service.store().read(Scope::Public).provider_secret(provider.id).await?;
        let back = format!("{}/signin/upstream/{}", self.issuer(), provider.id);
        let back = RedirectUrl::new(back).map_err(|error| Error::Internal(error.to_string()))?;
        let id = ClientId::new(provider.client_id.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, secret.map(ClientSecret::new));
        Ok((further, client.set_redirect_uri(back)))
    }

    /// What sends requests to providers.
    fn fetch(&self) -> Fetch {
        Fetch(self.outgoing().cloned())
    }

    /// Somebody whom a provider named: known by the subject, found by the address, or new. A subject by which it knows
    /// somebody for whom it does not speak any more is as good as unknown.
    async fn named(&self, cx: &Context, answered: Answered) -> Result<Went, Error> {
        let hash = UpstreamLink::hash(answered.provider.id, &answered.named.subject);
        let read = self.service.store().read(Scope::Public);
        if let Some(link) = read.upstream_link(&hash).await?
            && let Some(user) = read.user(link.user).await?
            && let Some(went) = self.known(cx, &user, &answered, None).await?
        {
            return Ok(went);
        }
        let refuse = |why| self.service.refuse(cx, VERB, Refusal::ProviderRefused(why));
        let Some(address) = answered.named.address.clone() else { return refuse(NO_ADDRESS).await };
        let domain = address.domain();
        let owner = read.domain_owner(&domain).await?;
        let speaks = match answered.provider.account {
            Some(account) => Some(account) == owner && answered.provider.domains.contains(&domain),
            None => owner.is_none(),
        };
        if !speaks {
            return refuse(if answered.provider.account.is_some() { OTHER_DOMAIN } else { MANAGED }).await;
        }
        let (provider, name) = (answered.provider.id, answered.provider.name.clone());
        let link = NewLink { provider, name, hash: hash.0, confirmed: false };
        match read.user_by_address(address.key()).await? {
            Some(user) if user.registered.is_some() => {
                let sure = answered.provider.account.is_some() && user.primary == address;
                if sure && let Some(went) = self.known(cx, &user, &answered, Some(&link)).await? {
                    return Ok(went);
                }
                self.confirm(cx, user, answered.wanted, NewLink { confirmed: true, ..link }).await
            }
            found => {
                if let Some(user) = &found {
                    let elsewhere = user.membership.is_some_and(|of| Some(of.account) != answered.provider.account);
                    let elsewhere = elsewhere && answered.provider.account.is_some();
                    if elsewhere || self.service.store().read(Scope::Oneself(user.id)).administers().await? {
                        return refuse(REGISTER_FIRST).await;
                    }
                }
                self.newcomer(cx, address, found, answered, link).await
            }
        }
    }

    /// Somebody who exists, and whom the provider named by its subject or, with a new link, by their address. `None` when
    /// its word is not enough to sign them in.
    async fn known(
        &self,
        cx: &Context,
        user: &User,
        answered: &Answered,
        link: Option<&NewLink>,
    ) -> Result<Option<Went>, Error> {
        let cx = Context { caller: Caller::Oneself(user.id), ..cx.clone() };
        let subject = UpstreamLink::hash(answered.provider.id, &answered.named.subject);
        let (methods, by) = (answered.named.methods.clone(), By::Provider(subject.0));
        let proved = Proved { user: user.id, epoch: user.epoch, methods, by, link: link.cloned() };
        let (user, wanted, browser) = (user.clone(), answered.wanted.clone(), answered.browser.clone());
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let (user, proved, wanted, browser) = (user.clone(), proved.clone(), wanted.clone(), browser.clone());
            async move {
                // Asked before anybody is locked, for who is sent another way then, and once more when they are.
                if !links::is_enough(w, &subject, proved.link.as_ref(), &user).await? {
                    return Ok(vec![Outcome { result: Ok(None), audit: vec![], notices: vec![] }]);
                }
                let Outcome { result, audit, notices } =
                    first_proved(w, stage, &user, proved, (&wanted, &browser)).await?;
                Ok(vec![Outcome { result: result.map(Some), audit, notices }])
            }
            .boxed()
        });
        single(went.await)
    }

    /// Somebody who exists proves first that it is them.
    async fn confirm(&self, cx: &Context, user: User, wanted: Wanted, link: NewLink) -> Result<Went, Error> {
        let step = Step::Confirm { user: user.id, link, challenge: None };
        self.go_on(cx, Attempt { wanted, step }).await
    }

    /// Somebody new registers by the provider's word, as by a mailed link (rule 15).
    async fn newcomer(
        &self,
        cx: &Context,
        address: Email,
        found: Option<User>,
        answered: Answered,
        link: NewLink,
    ) -> Result<Went, Error> {
        let id = found.map_or_else(|| access::UserId(service::fresh::id(self.service.random(), cx.at)), |user| user.id);
        let cx = Context { caller: Caller::Oneself(id), ..cx.clone() };
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let (address, answered, link) = (address.clone(), answered.clone(), link.clone());
            async move { register(w, stage, (id, address), answered, link).await }.boxed()
        });
        single(went.await)
    }
}

/// What sends requests to providers, if anything does.
struct Fetch(Option<Outgoing>);

impl<'c> AsyncHttpClient<'c> for Fetch {
    type Error = Unreached;
    type Future = BoxFuture<'c, Result<HttpResponse, Unreached>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        async move {
            let outgoing = self.0.as_ref().ok_or(Unreached::Not)?;
            let answer = outgoing.send(request.map(Bytes::from)).await?;
            Ok(answer.map(|body| body.to_vec()))
        }
        .boxed()
    }
}

/// A provider as it describes itself now.
fn discovered(http: Fetch, issuer: IssuerUrl) -> BoxFuture<'static, Result<Metadata, String>> {
    async move { Metadata::discover_async(issuer, &http).await.map_err(|error| sort(&error)) }.boxed()
}

/// Where a browser is sent, with what the answer will be known by.
fn address(client: &Client, (state, nonce, verifier): (&str, &str, &str), hint: Option<&Email>) -> String {
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.to_owned()));
    let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(nonce.to_owned()));
    let request = client.authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce);
    let scopes = ["email", "profile"].map(|scope| Asked::new(scope.to_owned()));
    let request = request.set_pkce_challenge(challenge).add_scopes(scopes);
    let request = match hint {
        Some(hint) => request.add_extra_param("login_hint", hint.as_typed()),
        None => request,
    };
    request.url().0.to_string()
}

/// Exchanges the code and verifies what comes of it (OpenID Connect Core section 3.1.3).
async fn exchanged(http: Fetch, client: Client, code: String, expected: Expected) -> Result<Named, String> {
    let exchange = client.exchange_code(AuthorizationCode::new(code)).map_err(|error| sort(&error))?;
    let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(expected.verifier));
    let tokens = exchange.request_async(&http).await.map_err(|error| sort(&error))?;
    let token = tokens.id_token().ok_or("no ID token came")?;
    let verifier = client.id_token_verifier();
    let claims = token.claims(&verifier, &Nonce::new(expected.nonce)).map_err(|error| sort(&error))?;
    if let Some(hash) = claims.access_token_hash() {
        let (algorithm, key) = (token.signing_alg(), token.signing_key(&verifier));
        let algorithm = algorithm.map_err(|error| sort(&error))?;
        let key = key.map_err(|error| sort(&error))?;
        let ours = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(|error| sort(&error))?;
        if ours != *hash {
            return Err("the access token belongs to another ID token".to_owned());
        }
    }
    let subject = claims.subject().to_string();
    let methods = claims.auth_method_refs().into_iter().flatten().map(|method| Cow::Borrowed(method.as_str()));
    let methods = known_methods(methods);
    let (mut email, mut verified) = (claims.email().cloned(), claims.email_verified());
    let mut name = claims.name().and_then(|names| names.get(None)).map(|name| name.to_string());
    if email.is_none() && client.user_info_url().is_some() {
        let asked = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()));
        let asked = asked.map_err(|error| sort(&error))?;
        let told: CoreUserInfoClaims = asked.request_async(&http).await.map_err(|error| sort(&error))?;
        (email, verified) = (told.email().cloned(), told.email_verified());
        name = name.or_else(|| told.name().and_then(|names| names.get(None)).map(|name| name.to_string()));
    }
    let address = email.filter(|_| verified == Some(true)).and_then(|email| Email::parse(email.as_str()).ok());
    Ok(Named { subject, address, name, methods })
}

async fn register(
    w: &mut Write,
    stage: &Stage,
    (id, address): (access::UserId, Email),
    answered: Answered,
    link: NewLink,
) -> Result<Vec<Outcome<Went>>, Error> {
    let Answered { named, wanted, browser, .. } = answered;
    let registered = service::register_vouched(w, stage, (id, address), named.name.as_deref()).await?;
    let user = match registered.result {
        Ok(user) => user,
        Err(refusal) => {
            let Outcome { audit, notices, .. } = registered;
            return Ok(vec![Outcome { result: Err(refusal), audit, notices }]);
        }
    };
    let by = By::Provider(link.hash);
    let proved = Proved { user: user.id, epoch: user.epoch, methods: named.methods, by, link: Some(link) };
    let outcome = first_proved(w, stage, &user, proved, (&wanted, &browser)).await?;
    let audit = registered.audit.into_iter().chain(outcome.audit).collect();
    let notices = registered.notices.into_iter().chain(outcome.notices).collect();
    Ok(vec![Outcome { result: outcome.result, audit, notices }])
}

/// A provider that was not reached.
#[derive(Debug, thiserror::Error)]
enum Unreached {
    #[error("{0}")]
    Failed(#[from] Failed),
    #[error("no requests are sent from here")]
    Not,
}

/// Which error it is, and why nobody was reached: never what a provider wrote, which may hold anything.
fn sort(error: &dyn std::error::Error) -> String {
    let name: String = format!("{error:?}").chars().take_while(char::is_ascii_alphanumeric).collect();
    let mut cause = error.source();
    while let Some(source) = cause {
        if let Some(unreached) = source.downcast_ref::<Unreached>() {
            return format!("{name}: {unreached}");
        }
        cause = source.source();
    }
    name
}
