//! OpenID Connect as applications and attackers use it.

mod authorize;
mod clients;
mod promise;
mod sign_out;
mod tokens;

use std::collections::BTreeMap;

use access::application::{AccessTokenFormat, Client, SigningAlgorithm};
use access::{Application, Audience};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use service::testing::World;
use service::{NewApplication, NewCredential, TokenHolder};

use crate::app::{Answer, App, form};
use crate::people::PASSWORD;

pub const ISSUER: &str = "https://carillon.example.org";
pub const CALLBACK: &str = "https://app.example.org/callback?tenant=1";
pub const GOODBYE: &str = "https://app.example.org/goodbye";
/// The example of RFC 7636 appendix B.
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// An application that signs people in.
pub struct Party<'a> {
    pub app: &'a App,
    pub id: String,
    /// Nothing when it is public.
    pub secret: Option<String>,
    /// The id of the secret.
    pub credential: Option<uuid::Uuid>,
}

/// Tokens as they were issued.
#[derive(Clone)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub id: String,
}

pub type Params<'p> = &'p [(&'p str, &'p str)];

/// A confidential client of one's own.
pub fn client() -> Client {
    Client {
        public: false,
        redirect_uris: vec![CALLBACK.to_owned(), "https://app.example.org/other".to_owned()],
        post_logout_redirect_uris: vec![GOODBYE.to_owned()],
        backchannel_logout_uri: None,
        third_party: false,
        access_tokens: AccessTokenFormat::Opaque,
        id_token_algorithm: SigningAlgorithm::ES256,
    }
}

pub fn wish(client: Client) -> NewApplication {
    NewApplication {
        name: "Wiki".to_owned(),
        owner: None,
        audience: Some(Audience::Anyone),
        required_license: None,
        required_feature: None,
        client: Some(client),
    }
}

pub async fn party<'a>(world: &World, app: &'a App, wish: NewApplication) -> Party<'a> {
    let public = wish.client.as_ref().is_some_and(|client| client.public);
    let Application { id, .. } = world.service.create_application(&world.host(), wish).await.expect("an application");
    let (mut secret, mut credential) = (None, None);
    if !public {
        let holder = TokenHolder::Application(id);
        let made = world.service.create_token(&world.host(), holder, NewCredential::named("secret")).await.unwrap();
        (secret, credential) = (Some(made.secret), Some(made.token.id));
    }
    Party { app, id: id.to_string(), secret, credential }
}

/// Signs in on the page; the cookie as the browser sends it back.
pub async fn sign_in(app: &App, address: &str) -> String {
    let answer = app.send(form("/signin", &[("address", address), ("password", PASSWORD)])).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-carillon=") && cookie.contains("; Secure"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

pub fn with_cookie(path: &str, cookie: &str) -> Request<Body> {
    Request::get(path).header("cookie", cookie).body(Body::empty()).unwrap()
}

pub fn query(params: Params<'_>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

/// Where an answer sends the browser: the place without its query, and the parameters.
pub fn landed(answer: &Answer) -> (String, BTreeMap<String, String>) {
    let location = answer.header("location");
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{location} {}", answer.body);
    let url = url::Url::parse(ISSUER).unwrap().join(location).unwrap();
    let params = url.query_pairs().into_owned().collect();
    (location.split('?').next().unwrap().to_owned(), params)
}

/// The error that was sent back to the application.
pub fn sent_back(answer: &Answer) -> String {
    let (place, params) = landed(answer);
    assert_eq!(place, CALLBACK.split('?').next().unwrap());
    assert_eq!((&*params["iss"], &*params["tenant"]), (ISSUER, "1"), "mix-up, and what was registered");
    assert!(!params.contains_key("code"), "{params:?}");
    params["error"].clone()
}

/// The error of an answer in JSON.
pub fn said(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.header("content-type"), "application/json", "{answer:?}");
    let json = answer.json();
    assert!(json["error_description"].as_str().is_some_and(|text| text.len() > 10), "{json}");
    (answer.status.as_u16(), json["error"].as_str().unwrap().to_owned())
}

impl Party<'_> {
    /// The parameters of a request that leads to a code, and others in their place or beside them. An empty value
    /// leaves one out.
    pub fn request(&self, others: Params<'_>) -> String {
        let mut params = BTreeMap::from([
            ("response_type", "code"),
            ("client_id", &*self.id),
            ("redirect_uri", CALLBACK),
            ("scope", "openid profile email"),
            ("state", "st&te"),
            ("nonce", "n"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        params.extend(others.iter().copied());
        let params: Vec<(&str, &str)> = params.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("/oauth2/authorize?{}", query(&params))
    }

    pub async fn authorize(&self, cookie: &str, others: Params<'_>) -> Answer {
        self.app.send(with_cookie(&self.request(others), cookie)).await
    }

    pub async fn code(&self, cookie: &str, others: Params<'_>) -> String {
        let answer = self.authorize(cookie, others).await;
        let (_, params) = landed(&answer);
        assert_eq!((&*params["state"], &*params["iss"]), ("st&te", ISSUER), "{params:?}");
        params["code"].clone()
    }

    /// A form to an endpoint with the client's authentication.
    pub fn asks(&self, path: &str, fields: Params<'_>) -> Request<Body> {
        let Some(secret) = &self.secret else {
            return form(path, &[&[("client_id", &*self.id)], fields].concat());
        };
        let mut request = form(path, fields);
        request.headers_mut().insert("authorization", basic(&self.id, secret));
        request
    }

    pub async fn ask(&self, path: &str, fields: Params<'_>) -> Answer {
        self.app.send(self.asks(path, fields)).await
    }

    /// The token request for a code, and others in its fields' place.
    pub async fn redeem(&self, code: &str, others: Params<'_>) -> Answer {
        let mut fields = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ]);
        fields.extend(others.iter().copied());
        let fields: Vec<(&str, &str)> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        self.ask("/oauth2/token", &fields).await
    }

    pub async fn refresh(&self, token: &str) -> Answer {
        self.ask("/oauth2/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Tokens of whoever has a cookie.
    pub async fn tokens(&self, cookie: &str, others: Params<'_>) -> Tokens {
        let code = self.code(cookie, others).await;
        issued(&self.redeem(&code, &[]).await)
    }

    /// What introspection says of a token.
    pub async fn active(&self, token: &str) -> bool {
        let answer = self.ask("/oauth2/introspect", &[("token", token)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["active"].as_bool().unwrap()
    }

    pub async fn userinfo(&self, token: &str) -> Answer {
        let request = Request::get("/oauth2/userinfo").header("authorization", format!("Bearer {token}"));
        self.app.send(request.body(Body::empty()).unwrap()).await
    }
}

pub fn basic(id: &str, secret: &str) -> axum::http::HeaderValue {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))).try_into().unwrap()
}

pub fn issued(answer: &Answer) -> Tokens {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
    let json = answer.json();
    let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
    Tokens { access: text("access_token"), refresh: text("refresh_token"), id: text("id_token") }
}

/// The claims of a JWT, whoever signed it.
pub fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a JWT");
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}
