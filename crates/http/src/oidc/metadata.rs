//! `/.well-known/openid-configuration` and the public keys. **Permissions**: anybody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::error::Error;
use super::{Oidc, json};

/// What this provider can do (OpenID Connect Discovery 1.0, RFC 8414).
pub(super) async fn get(State(door): State<Oidc>) -> Response {
    json(StatusCode::OK, &oidc::metadata::metadata(door.signin.issuer()))
}

/// The keys that verify what it signs (RFC 7517).
pub(super) async fn jwks(State(door): State<Oidc>) -> Result<Response, Error> {
    Ok(json(StatusCode::OK, &door.signin.jwks().await?))
}
