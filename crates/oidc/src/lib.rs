//! OAuth 2.0 and OpenID Connect on the wire. Pure: times, keys and randomness are passed in.
//!
//! | module | holds | source |
//! | --- | --- | --- |
//! | [`params`] | parameters of a query or form | RFC 6749 section 3.1 |
//! | [`authorize`] | authorization requests and their answers | RFC 6749 section 4.1, OpenID Connect Core section 3.1.2, RFC 9207 |
//! | [`token`] | token requests and answers, client authentication | RFC 6749 sections 2.3, 4.1.3 and 6 |
//! | [`pkce`] | proof keys for codes | RFC 7636 |
//! | [`scope`] | what is asked for | RFC 6749 section 3.3 |
//! | [`claims`] | what is said of a person | OpenID Connect Core sections 2 and 5, RFC 7662, RFC 9068 |
//! | [`logout`] | signing out, asked for by applications and told to them | OpenID Connect RP-Initiated and Back-Channel Logout 1.0 |
//! | [`jose`] | keys and signatures | RFC 7515, 7517, 7518 and 7638 |
//! | [`metadata`] | what this provider can do | OpenID Connect Discovery 1.0, RFC 8414 |
//! | [`error`] | what goes wrong, by the codes of these | |

pub mod authorize;
pub mod claims;
pub mod error;
pub mod jose;
pub mod logout;
pub mod metadata;
pub mod params;
pub mod pkce;
pub mod scope;
pub mod token;

pub use error::{Code, Error};
pub use params::Params;
pub use scope::Scope;
