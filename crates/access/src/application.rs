//! Applications: relying parties that ask who may sign in and with which license.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{AccountId, ApplicationId, BaseLicense, Feature, Refusal};

/// A relying party (rule 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// What people call it.
    pub name: String,
    /// The owning account; `None` when the deployment owns it.
    pub owner: Option<AccountId>,
    /// Who may enter.
    pub audience: Audience,
    /// The least license it demands; a trial counts as `Pro`.
    pub required_license: Option<BaseLicense>,
    /// The feature it demands.
    pub required_feature: Option<Feature>,
    /// How it signs people in by OpenID Connect; `None` when it only asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
}

/// Who may enter an application (rule 13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Whoever may sign in.
    Anyone,
    /// Members of the owning account.
    Members,
    /// Members of these accounts.
    Accounts(Vec<AccountId>),
}

impl Audience {
    /// The name in the database.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Members => "members",
            Self::Accounts(_) => "accounts",
        }
    }
}

/// An application as a client of OpenID Connect (RFC 6749, OpenID Connect Core). Its `client_id` is the application's id,
/// its secret one of the application's tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// It can keep no secret: it runs in a browser or on a person's device (RFC 6749 section 2.1).
    pub public: bool,
    /// Where people may be sent back to; compared character by character (RFC 9700 section 2.1), but for the port of a
    /// loopback address (RFC 8252 section 7.3).
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after they signed out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that sessions ended (OpenID Connect Back-Channel Logout 1.0).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Somebody else's: people are asked before it learns of them.
    #[serde(default)]
    pub third_party: bool,
    /// What its access tokens are.
    #[serde(default)]
    pub access_tokens: AccessTokenFormat,
    /// What its ID tokens are signed with.
    #[serde(default)]
    pub id_token_algorithm: SigningAlgorithm,
}

/// What an access token is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessTokenFormat {
    /// A reference: whoever wants to know what it stands for asks, and hears what is true now (rule 22).
    #[default]
    Opaque,
    /// A signed statement (RFC 9068), believed for five minutes whatever happens meanwhile.
    Jwt,
}

/// How tokens are signed (RFC 7518 section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// ECDSA with P-256 and SHA-256.
    #[default]
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
}

impl SigningAlgorithm {
    /// Every algorithm, the usual one first.
    pub const ALL: [Self; 2] = [Self::ES256, Self::RS256];

    /// The name in `alg`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
        }
    }
}

/// The most URIs of a kind.
pub const MOST_URIS: usize = 50;
const LONGEST_URI: usize = 2_000;

impl Client {
    /// What every client must be: where people are sent is https, loopback, or a scheme of a native application's own
    /// (RFC 8252 sections 7.1 and 7.3), has no fragment (RFC 6749 section 3.1.2) and hides nothing.
    pub fn check(&self) -> Result<(), Refusal> {
        let lists = [
            ("redirect_uris", &self.redirect_uris, true),
            ("post_logout_redirect_uris", &self.post_logout_redirect_uris, true),
        ];
        for (member, uris, schemes) in lists {
            if uris.len() > MOST_URIS {
                return Err(invalid(member, format!("list at most {MOST_URIS}")));
            }
            uris.iter().try_for_each(|uri| usable(member, uri, schemes && self.public))?;
        }
        match &self.backchannel_logout_uri {
            Some(uri) => usable("backchannel_logout_uri", uri, false),
            None => Ok(()),
        }
    }

    /// Whether people may be sent back to this URI: it is registered, character by character; the port of a loopback
    /// address is the application's choice of the moment.
    pub fn sends_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| registered == uri || same_but_port(registered, uri))
    }

    /// The origins of the pages it runs in: where people are sent back to over http or https.
    pub fn origins(&self) -> impl Iterator<Item = String> + '_ {
        let origin = |uri: &String| Some(Url::parse(uri).ok()?.origin()).filter(url::Origin::is_tuple);
        self.redirect_uris.iter().filter_map(origin).map(|origin| origin.ascii_serialization())
    }
}

fn invalid(member: &'static str, why: String) -> Refusal {
    Refusal::Invalid { member, why }
}

fn usable(member: &'static str, uri: &str, own_schemes: bool) -> Result<(), Refusal> {
    let no = |why: &str| Err(invalid(member, format!("{uri}: {why}")));
    if uri.len() > LONGEST_URI || uri.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(invalid(member, format!("a URI has at most {LONGEST_URI} bytes and no spaces")));
    }
    let Ok(url) = Url::parse(uri) else { return no("write a whole URI, such as https://app.example.org/callback") };
    if url.fragment().is_some() {
        return no("leave out what follows the #");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return no("leave out user name and password");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(&url) => Ok(()),
        "http" => no("use https; plain http only reaches this machine (127.0.0.1, [::1] or localhost)"),
        scheme if own_schemes && scheme.contains('.') => Ok(()),
        _ => no("use https, or for a native application a scheme of its own such as org.example.app:/callback"),
    }
}

/// Whether a URL leads to this machine and nowhere else.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        // In schemes that `url` knows nothing special of, an address is a name to it.
        Some(url::Host::Domain(name)) => {
            name == "localhost" || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

/// RFC 8252 section 7.3: a native application listens on a port that is free at the moment.
fn same_but_port(registered: &str, uri: &str) -> bool {
    let (Ok(mut registered), Ok(mut asked)) = (Url::parse(registered), Url::parse(uri)) else { return false };
    let literal = |url: &Url| url.scheme() == "http" && is_loopback(url) && url.domain().is_none();
    if !literal(&registered) || !literal(&asked) || asked.as_str() != uri {
        return false;
    }
    let cleared = registered.set_port(None).and(asked.set_port(None));
    cleared.is_ok() && registered == asked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(public: bool, uri: &str) -> Client {
        Client {
            public,
            redirect_uris: vec![uri.to_owned()],
            post_logout_redirect_uris: vec![],
            backchannel_logout_uri: None,
            third_party: false,
            access_tokens: AccessTokenFormat::Opaque,
            id_token_algorithm: SigningAlgorithm::ES256,
        }
    }

    #[test]
    fn where_people_may_be_sent() {
        for (public, uri, usable) in [
            (false, "https://app.example.org/callback?tenant=1", true),
            (false, "http://127.0.0.1:4000/callback", true),
            (false, "http://[::1]/callback", true),
            (false, "http://localhost:4000/callback", true),
            (true, "org.example.app:/callback", true),
            (false, "org.example.app:/callback", false),
            (true, "javascript:alert(1)", false),
            (true, "data:text/html,x", false),
            (false, "http://app.example.org/callback", false),
            (false, "http://localhost.example.org/callback", false),
            (false, "https://app.example.org/callback#here", false),
            (false, "https://ada:secret@app.example.org/callback", false),
            (false, "https://app.example.org/a b", false),
            (false, "/callback", false),
            (false, "", false),
        ] {
            assert_eq!(client(public, uri).check().is_ok(), usable, "{uri}");
        }
    }

    #[test]
    fn redirect_uris_are_compared_exactly() {
        let of = |uri| client(true, uri);
        let app = of("https://app.example.org/callback");
        assert!(app.sends_to("https://app.example.org/callback"));
        for other in [
            "https://app.example.org/callback/",
            "https://app.example.org/callback?x",
            "https://app.example.org:443/callback",
            "https://app.example.org:444/callback",
            "https://APP.example.org/callback",
            "https://app.example.org/callback/../callback",
        ] {
            assert!(!app.sends_to(other), "{other}");
        }
        assert!(of("http://127.0.0.1/callback").sends_to("http://127.0.0.1:49152/callback"));
        assert!(of("http://[::1]:1/callback").sends_to("http://[::1]:49152/callback"));
        assert!(!of("http://localhost/callback").sends_to("http://localhost:49152/callback"));
        assert!(!of("http://127.0.0.1/callback").sends_to("http://127.0.0.1:49152/other"));
        assert!(!of("http://127.0.0.1/callback").sends_to("http://127.0.0.2:49152/callback"));
    }
}
