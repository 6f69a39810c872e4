//! What this provider can do (OpenID Connect Discovery 1.0 section 3, RFC 8414 section 2).

use access::application::SigningAlgorithm;
use serde_json::{Value, json};

use crate::Scope;
use crate::authorize::{ONE_FACTOR, TWO_FACTORS};

/// The paths of the endpoints, below the issuer.
pub mod paths {
    /// People are sent here (RFC 6749 section 3.1).
    pub const AUTHORIZE: &str = "/oauth2/authorize";
    /// Codes and refresh tokens become tokens here (RFC 6749 section 3.2).
    pub const TOKEN: &str = "/oauth2/token";
    /// What a token stands for (RFC 7662).
    pub const INTROSPECT: &str = "/oauth2/introspect";
    /// A token is given back (RFC 7009).
    pub const REVOKE: &str = "/oauth2/revoke";
    /// Who an access token's person is (OpenID Connect Core section 5.3).
    pub const USERINFO: &str = "/oauth2/userinfo";
    /// The public keys (RFC 7517).
    pub const JWKS: &str = "/oauth2/jwks";
    /// Applications send people here to sign out (OpenID Connect RP-Initiated Logout 1.0).
    pub const LOGOUT: &str = "/oauth2/logout";
}

/// The document.
pub fn metadata(issuer: &str) -> Value {
    let at = |path: &str| format!("{issuer}{path}");
    let clients = ["client_secret_basic", "client_secret_post"];
    json!({
        "issuer": issuer,
        "authorization_endpoint": at(paths::AUTHORIZE),
        "token_endpoint": at(paths::TOKEN),
        "introspection_endpoint": at(paths::INTROSPECT),
        "revocation_endpoint": at(paths::REVOKE),
        "userinfo_endpoint": at(paths::USERINFO),
        "jwks_uri": at(paths::JWKS),
        "end_session_endpoint": at(paths::LOGOUT),
        "scopes_supported": Scope::KNOWN,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "claim_types_supported": ["normal"],
        "id_token_signing_alg_values_supported": SigningAlgorithm::ALL.map(SigningAlgorithm::name),
        "token_endpoint_auth_methods_supported": [clients[0], clients[1], "none"],
        "introspection_endpoint_auth_methods_supported": clients,
        "revocation_endpoint_auth_methods_supported": [clients[0], clients[1], "none"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "acr_values_supported": [ONE_FACTOR, TWO_FACTORS],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "nonce", "sid", "auth_time", "acr", "amr", "name", "email",
            "email_verified", "license", "features", "account",
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "backchannel_logout_supported": true,
        "backchannel_logout_session_supported": true,
    })
}
