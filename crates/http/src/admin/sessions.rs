//! `/accounts/{account}/users/{user}/sessions`: where a member is signed in with a browser. One's own are in `me`.

use access::Refusal;
use access::authority::Action;
use jiff::Timestamp;
use serde::Serialize;
use service::Service;
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, nothing, ok};
use super::call::Call;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(list, end))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let (view, end_one) = (Performs::Administration(Action::ViewUsers), Performs::Administration(Action::LogOut));
    Routes::new().get("/api/v1/accounts/{account}/users/{user}/sessions", view, list).delete(
        "/api/v1/accounts/{account}/users/{user}/sessions/{session}",
        end_one,
        end,
    )
}

/// A browser's session (rule 23).
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    /// A minute late at most.
    #[schema(value_type = String, format = DateTime)]
    last_used: Timestamp,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    expires: Timestamp,
    /// How the person proved who they are (RFC 8176).
    methods: Vec<String>,
    /// What the browser said of itself.
    user_agent: Option<String>,
    /// The network address it was begun from.
    remote: Option<String>,
}

impl From<service::Session> for Session {
    fn from(session: service::Session) -> Self {
        let known = |member: &str| session.device.as_ref()?.get(member)?.as_str().map(str::to_owned);
        Self {
            user_agent: known("user_agent"),
            remote: known("remote"),
            methods: session.methods.split(' ').map(str::to_owned).collect(),
            id: session.id,
            created: session.created,
            last_used: session.last_used,
            expires: session.expires,
        }
    }
}

/// Where somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Sessions {
    sessions: Vec<Session>,
}

impl From<Vec<service::Session>> for Sessions {
    fn from(sessions: Vec<service::Session>) -> Self {
        Self { sessions: sessions.into_iter().map(Session::from).collect() }
    }
}

/// The session that the path names. An id that cannot be read is as unknown as any other.
pub(super) fn named<Q, B>(call: &Call<Q, B>) -> Result<Uuid, Refusal> {
    let text = call.param("session");
    text.parse().map_err(|_| Refusal::UnknownCredential(text.to_owned()))
}

/// The browsers' sessions of a member that hold, the newest first; an open invitation has none (rules 27 and 91).
/// **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/users/{user}/sessions", params(("account", Path), ("user", Path)),
    responses((status = 200, description = "Where they are signed in", body = Sessions)))]
async fn list(call: Call) -> Answer {
    let found = call.service.user_sessions(&call.cx, call.account()?, call.param("user")).await?;
    ok(&Sessions::from(found))
}

/// Ends one session of a member, and what was made in it (rules 23 and 91). **Permission**: UserManagement over the
/// account.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/users/{user}/sessions/{session}",
    params(("account", Path), ("user", Path), ("session", Path)),
    responses((status = 204, description = "It has ended")))]
async fn end(call: Call) -> Answer {
    let session = named(&call)?;
    call.service.end_user_session(&call.cx, call.account()?, call.param("user").to_owned(), session).await?;
    nothing()
}
