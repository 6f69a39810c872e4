//! What an application asks for when it sends a person to sign out (OpenID Connect RP-Initiated Logout 1.0).

use oidc::{Params, jose, logout};
use serde_json::Value;

use crate::{Error, SignIn};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Nobody need be asked back: the application proves that it is the person's session that it asks about, or there
    /// is none.
    pub proved: bool,
    /// Where the person goes afterwards, if the application registered that place.
    pub then: Option<String>,
}

impl SignIn {
    /// Reads the request of an application about the session of whoever has this cookie. What cannot be read asks for
    /// nothing more than to sign out.
    pub async fn asked_to_sign_out(&self, cookie: Option<&str>, query: &[u8]) -> Result<Asked, Error> {
        let params = Params::parse(query).unwrap_or_default();
        let hint = match params.get("id_token_hint") {
            Some(hint) => self.own_claims(hint).await?,
            None => None,
        };
        let named = |name: &str| hint.as_ref().and_then(|claims| claims.get(name)).and_then(Value::as_str);
        let application = match (named("aud"), params.get("client_id")) {
            // A hint of another application's is no hint.
            (Some(aud), Some(id)) if aud != id => None,
            (Some(id), _) | (None, Some(id)) => id.parse().ok(),
            (None, None) => None,
        };
        let session = match cookie {
            Some(cookie) => self.session(cookie, None).await?,
            None => None,
        };
        let own = |session: &store::SessionFacts| named("sid") == Some(&*session.id.to_string());
        let proved = session.as_ref().is_none_or(|session| application.is_some() && own(session));
        let client = match application {
            Some(application) => self.client_of(application).await?,
            None => None,
        };
        Ok(Asked { proved, then: client.and_then(|client| logout::target(&params, &client)) })
    }

    /// The claims of a token that we signed, under a key that is published still.
    pub(crate) async fn own_claims(&self, token: &str) -> Result<Option<Value>, Error> {
        let keys = self.service().store().signing_keys(self.service().clock().now()).await?;
        Ok(jose::own_claims(token, keys.iter().map(|key| &key.published), self.issuer()))
    }
}
