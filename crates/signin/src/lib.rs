//! How people sign in, and what applications get for it. Every answer is decided on facts that are read for it, and what
//! is minted carries the epoch that its decision was taken on (rules 22 and 23).
//!
//! | module | holds |
//! | --- | --- |
//! | [`sessions`] | a browser's session: whose it is now, and how it ends |
//! | [`attempt`] | a sign-in as steps: address, first factor, second factor, session |
//! | [`password`], [`passkey`], [`totp`] | what people prove who they are with |
//! | [`security`] | what a signed-in person does about how they sign in |
//! | [`authorize`] | what an application asks for, and the code it gets |
//! | [`exchange`] | codes and refresh tokens become tokens |
//! | [`introspect`] | what a token stands for now, and giving it back |
//! | [`logout`] | what applications ask for when they send people to sign out |
//! | [`keys`] | the keys that sign |

pub mod attempt;
pub mod authorize;
pub mod exchange;
pub mod introspect;
pub mod keys;
pub mod logout;
mod passkey;
mod password;
mod secrets;
pub mod security;
pub mod sessions;
mod subject;
pub mod totp;

use std::sync::Arc;

use service::Service;

pub use service::Error;

/// The flows over one service. Cheap to clone.
#[derive(Clone)]
pub struct SignIn {
    service: Service,
    keys: Arc<keys::Signers>,
    issuer: Arc<str>,
    passkeys: Option<Arc<webauthn_rs::Webauthn>>,
}

impl SignIn {
    /// Over a service; the issuer is where it is reached.
    pub fn new(service: Service) -> Self {
        let issuer = service.settings().base_url.as_str().trim_end_matches('/').into();
        let passkeys = passkey::relying_party(&service.settings().base_url, &service.settings().organisation);
        Self { service, keys: Arc::default(), issuer, passkeys }
    }

    /// Who says what tokens say: the base URL, without a slash at its end.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The verbs behind the flows.
    pub fn service(&self) -> &Service {
        &self.service
    }
}
