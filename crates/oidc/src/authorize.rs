//! Authorization requests (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1) and where their answers go.

use access::application::Client;
use url::Url;

use crate::{Code, Error, Params, Scope, pkce};

/// Where the answer goes: a place the application registered. Until this is known, errors are shown to the person and
/// sent nowhere (RFC 6749 section 4.1.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The redirect URI.
    pub uri: String,
    /// As it was sent: the token request must repeat it (RFC 6749 section 4.1.3).
    pub sent: Option<String>,
    /// What the application wants back as it is.
    pub state: Option<String>,
}

/// What an application asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The scopes.
    pub scope: Scope,
    /// To be repeated in the ID token.
    pub nonce: Option<String>,
    /// The proof key's challenge (RFC 7636).
    pub challenge: Option<String>,
    /// Whether the person may be asked anything.
    pub prompt: Prompt,
    /// How many seconds ago they may have proved who they are.
    pub max_age: Option<u64>,
    /// The address they will probably sign in with.
    pub login_hint: Option<String>,
    /// An ID token of the person who is expected.
    pub id_token_hint: Option<String>,
    /// The class of proof that is wanted is more than one factor.
    pub two_factors: bool,
}

/// What `prompt` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// Ask nothing: fail instead.
    pub none: bool,
    /// Have them prove who they are, whatever session there is.
    pub login: bool,
    /// Ask for consent, whatever was consented to.
    pub consent: bool,
}

/// The longest of what is kept of a request.
const LONGEST: usize = 2_000;

/// Where the answer to a request goes.
pub fn target(params: &Params, client: &Client) -> Result<Target, Error> {
    let sent = params.get("redirect_uri");
    let uri = match (sent, client.redirect_uris.as_slice()) {
        (Some(sent), _) if client.sends_to(sent) => sent,
        (Some(_), _) => return Err(Error::request("the redirect_uri is not one that the application registered")),
        (None, [only]) if !params.get("scope").is_some_and(|scope| Scope::parse(scope).has("openid")) => only,
        (None, _) => return Err(Error::request("the parameter redirect_uri is missing")),
    };
    let state = params.get("state").map(str::to_owned);
    Ok(Target { uri: uri.to_owned(), sent: sent.map(str::to_owned), state })
}

/// What is asked for; an error goes to the [`Target`].
pub fn request(params: &Params, client: &Client) -> Result<Request, Error> {
    let refused = |code, why: &str| Err(Error::new(code, why));
    if params.get("request").is_some() {
        return refused(Code::RequestNotSupported, "send the parameters themselves, not a request object");
    }
    if params.get("request_uri").is_some() {
        return refused(Code::RequestUriNotSupported, "send the parameters themselves, not a request_uri");
    }
    if params.get("registration").is_some() {
        return refused(Code::RegistrationNotSupported, "applications are registered by administrators");
    }
    match params.required("response_type")? {
        "code" => {}
        _ => return refused(Code::UnsupportedResponseType, "the only response_type is code"),
    }
    if !matches!(params.get("response_mode"), None | Some("query")) {
        return Err(Error::request("the only response_mode is query"));
    }
    let long = |name: &str| params.get(name).is_some_and(|value| value.len() > LONGEST);
    if let Some(name) = ["scope", "nonce", "state", "login_hint"].into_iter().find(|name| long(name)) {
        return Err(Error::request(format!("{name} has at most {LONGEST} bytes")));
    }
    let challenge = challenge(params, client)?;
    let max_age = params
        .get("max_age")
        .map(|age| age.parse().map_err(|_| Error::request("max_age is a number of seconds, such as 3600")));
    Ok(Request {
        scope: Scope::parse(params.get("scope").unwrap_or_default()),
        nonce: params.get("nonce").map(str::to_owned),
        challenge,
        prompt: prompt(params.get("prompt").unwrap_or_default())?,
        max_age: max_age.transpose()?,
        login_hint: params.get("login_hint").map(str::to_owned),
        id_token_hint: params.get("id_token_hint").map(str::to_owned),
        two_factors: params.get("acr_values").is_some_and(|values| values.split(' ').next() == Some(TWO_FACTORS)),
    })
}

/// The authentication context class of one factor.
pub const ONE_FACTOR: &str = "1";
/// The authentication context class of more than one factor.
pub const TWO_FACTORS: &str = "2";

fn challenge(params: &Params, client: &Client) -> Result<Option<String>, Error> {
    let Some(challenge) = params.get("code_challenge") else {
        return match client.public {
            true => Err(Error::request("public clients send a code_challenge (RFC 7636)")),
            false if params.get("code_challenge_method").is_some() => {
                Err(Error::request("the parameter code_challenge is missing"))
            }
            false => Ok(None),
        };
    };
    if params.get("code_challenge_method") != Some("S256") {
        return Err(Error::request("the only code_challenge_method is S256"));
    }
    if !pkce::is_challenge(challenge) {
        return Err(Error::request("the code_challenge is the base64url of a SHA-256, 43 characters"));
    }
    Ok(Some(challenge.to_owned()))
}

fn prompt(text: &str) -> Result<Prompt, Error> {
    let mut prompt = Prompt::default();
    for value in text.split(' ').filter(|value| !value.is_empty()) {
        match value {
            "none" => prompt.none = true,
            "login" | "select_account" => prompt.login = true,
            "consent" => prompt.consent = true,
            _ => return Err(Error::request("prompt is none, login, consent or select_account")),
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(Error::request("prompt is none, or it is something else"));
    }
    Ok(prompt)
}

impl Target {
    /// The address that sends a code back (RFC 6749 section 4.1.2), and who sends it (RFC 9207).
    pub fn with_code(&self, code: &str, issuer: &str) -> String {
        self.with(&[("code", code)], issuer)
    }

    /// The address that sends an error back (RFC 6749 section 4.1.2.1).
    pub fn with_error(&self, error: &Error, issuer: &str) -> String {
        self.with(&[("error", error.code.name()), ("error_description", &error.description)], issuer)
    }

    fn with(&self, params: &[(&str, &str)], issuer: &str) -> String {
        let state = self.state.iter().map(|state| ("state", state.as_str()));
        append(&self.uri, params.iter().copied().chain(state).chain([("iss", issuer)]))
    }
}

/// A URI with parameters added to its query. What was there stays as it is.
pub(crate) fn append<'p>(uri: &str, params: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(params);
    let text = text.finish();
    let has_query = Url::parse(uri).is_ok_and(|url| url.query().is_some());
    match (text.is_empty(), has_query) {
        (true, _) => uri.to_owned(),
        (false, true) => format!("{uri}&{text}"),
        (false, false) => format!("{uri}?{text}"),
    }
}

#[cfg(test)]
mod tests {
    use access::application::{AccessTokenFormat, SigningAlgorithm};
    use proptest::prelude::*;

    use super::*;

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn client(public: bool) -> Client {
        Client {
            public,
            redirect_uris: vec!["https://app.example.org/callback?t=1".to_owned()],
            post_logout_redirect_uris: vec![],
            backchannel_logout_uri: None,
            third_party: false,
            access_tokens: AccessTokenFormat::Opaque,
            id_token_algorithm: SigningAlgorithm::ES256,
        }
    }

    fn params(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn answers_go_to_registered_places_only() {
        let client = client(false);
        let known =
            target(&params("redirect_uri=https://app.example.org/callback?t%3D1&state=a%26b"), &client).unwrap();
        assert_eq!(
            known.with_code("c", "https://id.example.org"),
            "https://app.example.org/callback?t=1&code=c&state=a%26b&iss=https%3A%2F%2Fid.example.org"
        );
        assert!(target(&params("redirect_uri=https://app.example.org/callback"), &client).is_err());
        assert!(target(&params("scope=openid"), &client).is_err());
        let only = target(&params(""), &client).unwrap();
        assert_eq!((only.uri.as_str(), only.sent), ("https://app.example.org/callback?t=1", None));
    }

    proptest! {
        /// Whatever comes: people go to the registered place only, and what is said there is said in parameters.
        #[test]
        fn anything_leads_to_a_registered_place_or_nowhere(
            bytes in prop::collection::vec(any::<u8>(), 0..100),
            names in prop::collection::vec(
                prop::sample::select(vec!["redirect_uri", "state", "scope", "prompt", "max_age", "code_challenge"]),
                0..5,
            ),
            values in prop::collection::vec(any::<String>(), 5),
            public: bool,
        ) {
            let client = client(public);
            let known = names.iter().zip(&values).map(|(name, value)| ((*name).into(), value.into()));
            let known = crate::params::text(known);
            let sent = [known.as_bytes(), b"&response_type=code&", &bytes].concat();
            let Ok(params) = Params::parse(&sent) else { return Ok(()) };
            let read = request(&params, &client);
            let Ok(target) = target(&params, &client) else { return Ok(()) };
            prop_assert_eq!(&target.uri, &client.redirect_uris[0]);
            for to in [target.with_code("c", "https://id.example.org"), match &read {
                Err(error) => target.with_error(error, "https://id.example.org"),
                Ok(_) => target.uri,
            }] {
                prop_assert!(to.starts_with(&client.redirect_uris[0]) && to.is_ascii(), "{}", to);
                prop_assert!(!to.contains(['\r', '\n', ' ', '#']), "{}", to);
            }
            prop_assert!(!public || read.is_err() || read.is_ok_and(|request| request.challenge.is_some()));
        }
    }

    #[test]
    fn requests_are_read_strictly() {
        let code = |public, text: &str| request(&params(text), &client(public)).map_err(|error| error.code.name());
        let challenge = format!("response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S256");
        assert!(code(true, &challenge).is_ok());
        assert_eq!(code(true, "response_type=code").unwrap_err(), "invalid_request");
        assert!(code(false, "response_type=code").is_ok());
        for (text, error) in [
            ("", "invalid_request"),
            ("response_type=token", "unsupported_response_type"),
            ("response_type=code&response_mode=fragment", "invalid_request"),
            ("response_type=code&request=x", "request_not_supported"),
            ("response_type=code&request_uri=x", "request_uri_not_supported"),
            ("response_type=code&registration=x", "registration_not_supported"),
            ("response_type=code&prompt=none%20login", "invalid_request"),
            ("response_type=code&prompt=dance", "invalid_request"),
            ("response_type=code&max_age=soon", "invalid_request"),
            ("response_type=code&code_challenge=x&code_challenge_method=S256", "invalid_request"),
            ("response_type=code&code_challenge_method=S256", "invalid_request"),
        ] {
            assert_eq!(code(false, text).unwrap_err(), error, "{text}");
        }
        let plain = format!("response_type=code&code_challenge={CHALLENGE}");
        assert_eq!(code(false, &plain).unwrap_err(), "invalid_request");
    }
}
