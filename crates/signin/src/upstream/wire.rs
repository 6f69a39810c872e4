//! What is said between us and a provider: discovery, where a browser is sent, and the exchange of its code.

use std::borrow::Cow;

use access::Email;
use futures::FutureExt;
use futures::future::BoxFuture;
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
use store::{Provider, Scope};

use crate::attempt::known_methods;
use crate::{Error, SignIn};

/// What a provider says of itself beside OpenID Connect Discovery.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Further {
    /// It names itself in its answers (RFC 9207).
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
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
pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Whom a provider named.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub subject: String,
    /// Vouched for.
    pub address: Option<Email>,
    pub name: Option<String>,
    /// How they proved it there (RFC 8176).
    pub methods: Vec<String>,
}

/// What the provider's answer is verified with.
pub(super) struct Expected {
    pub nonce: String,
    pub verifier: String,
}

impl SignIn {
    /// The provider as it describes itself now, and us as its client.
    pub(super) async fn known_at(&self, provider: &Provider) -> Result<(Further, Client), Error> {
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
    pub(super) fn fetch(&self) -> Fetch {
        Fetch(self.outgoing().cloned())
    }
}

/// What sends requests to providers, if anything does.
pub(super) struct Fetch(Option<Outgoing>);

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
pub(super) fn address(client: &Client, (state, nonce, verifier): (&str, &str, &str), hint: Option<&Email>) -> String {
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
pub(super) async fn exchanged(http: Fetch, client: Client, code: String, expected: Expected) -> Result<Named, String> {
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

/// A provider that was not reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreached {
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
