//! Signing out: what applications ask for (OpenID Connect RP-Initiated Logout 1.0), and what they are told (OpenID
//! Connect Back-Channel Logout 1.0).

use access::application::Client;
use access::{ApplicationId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::claims::seconds;
use crate::{Params, authorize};

/// What says that a logout token is one.
pub const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// The `typ` of a logout token.
pub const TYPE: &str = "logout+jwt";

/// A logout token (section 2.4): sessions of a person are over.
#[derive(Clone, Debug, Serialize)]
pub struct LogoutToken {
    /// Who says so.
    pub iss: String,
    /// To whom.
    pub aud: ApplicationId,
    /// When it was made.
    #[serde(serialize_with = "seconds")]
    pub iat: Timestamp,
    /// When it stops being believed.
    #[serde(serialize_with = "seconds")]
    pub exp: Timestamp,
    /// Its id, the same each time it is sent.
    pub jti: String,
    /// Whose sessions.
    pub sub: UserId,
    /// The one session; all of the person's without.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// Grows with each notice about a person.
    pub seq: i64,
    /// What happened.
    pub events: Events,
}

/// What happened: [`EVENT`], and nothing else is said of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    backchannel_logout: Nothing,
}

/// `{}`
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Nothing {}

/// Where people go after they signed out, if the application registered that place.
pub fn target(params: &Params, client: &Client) -> Option<String> {
    let asked = params.get("post_logout_redirect_uri")?;
    let uri = client.post_logout_redirect_uris.iter().find(|registered| *registered == asked)?;
    let state = params.get("state").map(|state| ("state", state));
    Some(authorize::append(uri, state.into_iter()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_event_is_an_empty_object() {
        let events = serde_json::to_value(Events::default()).unwrap();
        assert_eq!(events, json!({ EVENT: {} }));
    }
}
