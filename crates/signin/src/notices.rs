//! What an application is told when sessions end (OpenID Connect Back-Channel Logout 1.0).

use jiff::SignedDuration;
use oidc::logout::{Events, LogoutToken, TYPE};
use service::Ended;

use crate::{Error, SignIn};

/// How long a logout token is believed: it is made anew for each try (section 4 of the specification recommends two
/// minutes).
const BELIEVED: SignedDuration = SignedDuration::from_secs(120);

/// A logout token and where it goes.
#[derive(Clone)]
pub struct LogoutNotice {
    /// The address that the application registered.
    pub uri: String,
    /// The token, signed.
    pub token: String,
}

impl SignIn {
    /// Puts into its form what an application is to be told. `None` when it wants to be told no more, or is gone.
    pub async fn logout_notice(&self, ended: &Ended) -> Result<Option<LogoutNotice>, Error> {
        let entrance = self.service().store().entrance(ended.application).await?;
        let Some(client) = entrance.and_then(|entrance| entrance.application.client) else { return Ok(None) };
        let Some(uri) = client.backchannel_logout_uri else { return Ok(None) };
        let now = self.service().clock().now();
        let claims = LogoutToken {
            iss: self.issuer().to_owned(),
            aud: ended.application,
            iat: now,
            exp: now.saturating_add(BELIEVED).unwrap_or(now),
            jti: ended.lease.id.to_string(),
            sub: ended.user,
            sid: ended.session,
            seq: ended.lease.id,
            events: Events::default(),
        };
        let token = self.sign(client.id_token_algorithm, TYPE, &claims).await?;
        Ok(Some(LogoutNotice { uri, token }))
    }
}
