//! `/signing-keys`: the keys that sign what applications are told (RFC 7517).

use access::authority::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::Service;
use signin::SignIn;
use signin::keys::{Former, SigningKey};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, ok};
use super::call::{Call, Nothing};
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(list, rotate))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().get("/api/v1/signing-keys", Performs::Administration(Action::ViewDeployment), list).post(
        "/api/v1/signing-keys/rotate",
        Performs::Administration(Action::UpdateDeployment),
        rotate,
    )
}

/// The published keys, the oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = SigningKeys)]
struct Keys {
    keys: Vec<Key>,
}

/// A key that signs tokens, without its private half.
#[derive(Serialize, ToSchema)]
#[schema(as = SigningKey)]
struct Key {
    kid: String,
    alg: &'static str,
    /// `next`, `signing` or `former`.
    state: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    signs_from: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    signs_until: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    published_until: Timestamp,
}

impl Key {
    fn new(key: SigningKey, at: Timestamp) -> Self {
        let state = key.state(at).name();
        let SigningKey { id, algorithm, created, signs_from, signs_until, published_until, .. } = key;
        Self { kid: id, alg: algorithm.name(), state, created, signs_from, signs_until, published_until }
    }
}

/// The keys that sign ID tokens, JWT access tokens and logout tokens. **Permission**: any role over the deployment.
#[utoipa::path(get, path = "/api/v1/signing-keys",
    responses((status = 200, description = "The published keys", body = Keys)))]
async fn list(call: Call) -> Answer {
    listed(&SignIn::new(call.service.clone()), &call).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// Somebody may know a private key: what the former keys signed is not to be believed from now on.
    #[serde(default)]
    compromised: bool,
}

/// Makes new keys that sign from now on, as the schedule does every 90 days. **Permission**: FullAccess over the
/// deployment.
#[utoipa::path(post, path = "/api/v1/signing-keys/rotate", request_body = Rotation,
    responses((status = 200, description = "The published keys", body = Keys)))]
async fn rotate(call: Call<Nothing, Rotation>) -> Answer {
    let signin = SignIn::new(call.service.clone());
    let former = if call.body.compromised { Former::Withdrawn } else { Former::Published };
    signin.rotate_signing_keys(&call.cx, former).await?;
    listed(&signin, &call).await
}

async fn listed<Q, B>(signin: &SignIn, call: &Call<Q, B>) -> Answer {
    let keys = signin.list_signing_keys(&call.cx).await?;
    ok(&Keys { keys: keys.into_iter().map(|key| Key::new(key, call.cx.at)).collect() })
}
