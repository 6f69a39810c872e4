//! Token requests (RFC 6749 sections 4.1.3 and 6), who sends them (section 2.3), and their answers (section 5.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::{Code, Error, Params, Scope};

/// How an application says who it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    /// The `client_id`.
    pub id: String,
    /// The `client_secret`; public clients have none.
    pub secret: Option<String>,
}

/// What is to be exchanged for tokens.
#[derive(Clone, PartialEq, Eq)]
pub enum Grant {
    /// An authorization code.
    Code {
        /// The code.
        code: String,
        /// As the authorization request had it.
        redirect_uri: Option<String>,
        /// The proof key (RFC 7636).
        verifier: Option<String>,
    },
    /// A refresh token.
    Refresh {
        /// The token.
        token: String,
        /// Less than was granted, if less is wanted.
        scope: Option<Scope>,
    },
}

/// Tokens (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
#[derive(Clone, Serialize)]
pub struct Issued {
    /// The access token.
    pub access_token: String,
    /// `Bearer` (RFC 6750).
    pub token_type: &'static str,
    /// In how many seconds the access token stops working by itself.
    pub expires_in: i64,
    /// For the next tokens, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Who the person is, to an application that asked with `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What was granted.
    pub scope: String,
}

/// Who sends a request: by `Authorization: Basic`, or by parameters. Never both (RFC 6749 section 2.3).
pub fn client(authorization: Option<&str>, params: &Params) -> Result<Presented, Error> {
    let (id, secret) = (params.get("client_id"), params.get("client_secret"));
    if params.get("client_assertion").is_some() {
        return Err(Error::new(Code::InvalidClient, "authenticate with client_secret_basic or client_secret_post"));
    }
    let Some(authorization) = authorization else {
        let id = id.ok_or_else(|| Error::new(Code::InvalidClient, "say who you are: send a client_id"))?;
        return Ok(Presented { id: id.to_owned(), secret: secret.map(str::to_owned) });
    };
    if secret.is_some() {
        return Err(Error::request("send the client's secret once: in the header, or as a parameter"));
    }
    let presented = basic(authorization)
        .ok_or_else(|| Error::new(Code::InvalidClient, "the Authorization header is not Basic with id and secret"))?;
    match id {
        Some(id) if id != presented.id => Err(Error::request("the client_id is another one than in the header")),
        _ => Ok(presented),
    }
}

/// Id and secret are form-encoded before they are put together (RFC 6749 section 2.3.1).
fn basic(authorization: &str) -> Option<Presented> {
    let (scheme, text) = authorization.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    let plain = |text: &str| {
        let pair = format!("x={}", text.replace('&', "%26"));
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    Some(Presented { id: plain(id)?, secret: Some(plain(secret)?) })
}

/// What is to be exchanged.
pub fn grant(params: &Params) -> Result<Grant, Error> {
    let owned = |name: &str| params.get(name).map(str::to_owned);
    match params.required("grant_type")? {
        "authorization_code" => Ok(Grant::Code {
            code: params.required("code")?.to_owned(),
            redirect_uri: owned("redirect_uri"),
            verifier: owned("code_verifier"),
        }),
        "refresh_token" => {
            let token = params.required("refresh_token")?.to_owned();
            Ok(Grant::Refresh { token, scope: params.get("scope").map(Scope::parse) })
        }
        _ => Err(Error::new(Code::UnsupportedGrantType, "grant_type is authorization_code or refresh_token")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn params(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn clients_say_who_they_are_in_one_way() {
        let basic = format!("Basic {}", STANDARD.encode("a%3Ab:s%20%2B%26"));
        let presented = client(Some(&basic), &params("")).ok().unwrap();
        assert_eq!((presented.id.as_str(), presented.secret.as_deref()), ("a:b", Some("s +&")));
        let code = |header: Option<&str>, text| client(header, &params(text)).err().map(|error| error.code.name());
        assert_eq!(code(Some(&basic), "client_id=a%3Ab"), None);
        assert_eq!(code(Some(&basic), "client_id=other"), Some("invalid_request"));
        assert_eq!(code(Some(&basic), "client_secret=s"), Some("invalid_request"));
        assert_eq!(code(Some("Bearer x"), ""), Some("invalid_client"));
        assert_eq!(code(Some("Basic !"), ""), Some("invalid_client"));
        assert_eq!(code(None, ""), Some("invalid_client"));
        assert_eq!(code(None, "client_id=a&client_assertion=x"), Some("invalid_client"));
        assert_eq!(code(None, "client_id=a&client_secret=s"), None);
    }

    proptest! {
        #[test]
        fn any_header_names_a_client_or_is_refused(
            header in ".{0,60}",
            bytes in prop::collection::vec(any::<u8>(), 0..60),
            form in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let params = Params::parse(&form).unwrap_or_default();
            let encoded = format!("Basic {}", STANDARD.encode(&bytes));
            for header in [header, encoded] {
                let named = client(Some(&header), &params);
                prop_assert!(named.is_err() || named.is_ok_and(|presented| presented.secret.is_some()));
            }
            let _ = (client(None, &params), grant(&params));
        }

        #[test]
        fn what_is_encoded_as_the_rfc_says_is_read_back(id: String, secret: String) {
            let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let header = format!("basic {}", STANDARD.encode(format!("{}:{}", encode(&id), encode(&secret))));
            let presented = client(Some(&header), &Params::default()).ok();
            let meant = Presented { id, secret: Some(secret) };
            prop_assert!(presented.is_some_and(|presented| presented == meant));
        }
    }

    #[test]
    fn grants_are_read() {
        let code = |text| grant(&params(text)).err().map(|error| error.code.name());
        assert_eq!(code("grant_type=authorization_code&code=c"), None);
        assert_eq!(code("grant_type=refresh_token&refresh_token=r"), None);
        assert_eq!(code("grant_type=authorization_code"), Some("invalid_request"));
        assert_eq!(code("grant_type=password&username=a&password=b"), Some("unsupported_grant_type"));
        assert_eq!(code("code=c"), Some("invalid_request"));
    }
}
