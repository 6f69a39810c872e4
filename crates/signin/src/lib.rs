//! How people sign in, and what applications get for it. Every answer is decided on facts that are read for it, and what
//! is minted carries the epoch that its decision was taken on (rules 22 and 23).
//!
//! | module | holds |
//! | --- | --- |
//! | [`sessions`] | a browser's session: whose it is now, and how it ends |
//! | [`attempt`] | a sign-in as steps: address, first factor, second factor, session |
//! | [`password`], [`passkey`], [`totp`] | what people prove who they are with |
//! | `directory` | signing in with the password that an account's directory compares |
//! | `upstream`, `links` | signing in at an OpenID provider, and who is known from there |
//! | [`security`] | what a signed-in person does about how they sign in |
//! | [`authorize`] | what an application asks for, and the code it gets |
//! | `joining` | accepting an invitation by the password that one has |
//! | [`exchange`] | codes and refresh tokens become tokens |
//! | [`check`] | whether a reverse proxy may let somebody through |
//! | [`introspect`] | what a token stands for now, and giving it back |
//! | [`logout`] | what applications ask for when they send people to sign out |
//! | [`notices`] | what applications are told when sessions end |
//! | [`keys`] | the keys that sign |
//! | `known` | what a cookie or a token stands for, and who knows it |
//! | [`throttle`] | slowing who tries passwords |

pub mod attempt;
pub mod authorize;
pub mod check;
mod directory;
pub mod exchange;
pub mod introspect;
mod joining;
pub mod keys;
mod known;
mod known_browser;
mod links;
pub mod logout;
pub mod notices;
mod passkey;
mod password;
#[cfg(feature = "plant")]
mod planted;
mod secrets;
pub mod security;
pub mod sessions;
mod subject;
pub mod throttle;
pub mod totp;
mod upstream;

use std::sync::{Arc, OnceLock};

use access::ApplicationId;
use access::application::{Application, Client, is_loopback};
pub use outgoing::Outgoing;
use service::Service;

pub use known::Known;
pub use known_browser::KNOWN;
pub use service::Error;

/// The flows over one service. Cheap to clone.
#[derive(Clone)]
pub struct SignIn {
    service: Service,
    known: Arc<dyn Known>,
    keys: Arc<keys::Signers>,
    throttle: Arc<throttle::Throttle>,
    issuer: Arc<str>,
    passkeys: Option<Arc<webauthn_rs::Webauthn>>,
    outgoing: Arc<OnceLock<Option<Outgoing>>>,
}

impl SignIn {
    /// Over a service; the issuer is where it is reached.
    pub fn new(service: Service) -> Self {
        let issuer = service::base(&service.settings().base_url).into();
        let passkeys = passkey::relying_party(&service.settings().base_url, &service.settings().organisation);
        let known = Arc::new(service.store().clone());
        let (keys, throttle, outgoing) = (Arc::default(), Arc::default(), Arc::default());
        Self { service, known, keys, throttle, issuer, passkeys, outgoing }
    }

    /// The same; what sessions and tokens stand for is known by somebody else. For benchmarks: facts that are not read
    /// anew break rule 22.
    #[must_use]
    pub fn knowing(self, known: Arc<dyn Known>) -> Self {
        Self { known, ..self }
    }

    /// The same; providers are reached with this.
    #[must_use]
    pub fn reaching(self, outgoing: Outgoing) -> Self {
        Self { outgoing: Arc::new(OnceLock::from(Some(outgoing))), ..self }
    }

    /// What requests to providers are sent with, made when the first one is.
    pub(crate) fn outgoing(&self) -> Option<&Outgoing> {
        let made = self.outgoing.get_or_init(|| {
            // On a machine of its own, such as a developer's, everything else is there too.
            let made = Outgoing::new(is_loopback(&self.service.settings().base_url));
            made.inspect_err(|error| tracing::warn!(%error, "no requests are sent from here")).ok()
        });
        made.as_ref()
    }

    /// Who says what tokens say: the base URL, without a slash at its end.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// An application that signs people in, and how; `None` when it does not, or has stopped.
    pub(crate) async fn signs_people_in(&self, id: ApplicationId) -> Result<Option<(Application, Client)>, Error> {
        let entrance = self.service.store().entrance(id).await?.filter(|entrance| !entrance.facts.stopped);
        Ok(entrance.and_then(|entrance| {
            let client = entrance.application.client.clone()?;
            Some((entrance.application, client))
        }))
    }

    /// How an application signs people in; `None` when it does not, or has stopped.
    pub async fn client_of(&self, id: ApplicationId) -> Result<Option<Client>, Error> {
        Ok(self.signs_people_in(id).await?.map(|(_, client)| client))
    }

    /// The verbs behind the flows.
    pub fn service(&self) -> &Service {
        &self.service
    }
}
