//! `/me`: what the owner of the token does for themselves.

use access::authority::{Action, Caller};
use serde::{Deserialize, Serialize};
use service::{Contact, Context, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, nothing, ok};
use super::call::{Call, Query};
use super::error::Problem;
use super::grants::Grant;
use super::people::Person;
use super::sessions::{self as of_members, Sessions};
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(contacts, leave, roles, sessions, end_session, sign_out))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new()
        .get("/api/v1/me/contacts", Performs::Oneself, contacts)
        .post("/api/v1/me/leave", Performs::Oneself, leave)
        .get("/api/v1/me/roles", Performs::Oneself, roles)
        .get("/api/v1/me/sessions", Performs::Oneself, sessions)
        .delete("/api/v1/me/sessions/{session}", Performs::Oneself, end_session)
        .post("/api/v1/me/sign-out", Performs::Oneself, sign_out)
}

/// Whom one finds (rule 20).
#[derive(Serialize, ToSchema)]
struct Contacts {
    contacts: Vec<Found>,
}

/// A colleague.
#[derive(Serialize, ToSchema)]
struct Found {
    id: Uuid,
    name: Option<String>,
    address: String,
}

impl From<Contact> for Found {
    fn from(contact: Contact) -> Self {
        let Contact { id, name, address } = contact;
        Self { id: id.0, name, address }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// How the name or an address begins.
    search: String,
}

impl Query for Search {}

/// The first 50 colleagues whose name or address begins like this, by address; nobody for who is in no account
/// (rule 20). **Permission**: the token's owner.
#[utoipa::path(get, path = "/api/v1/me/contacts", params(Search),
    responses((status = 200, description = "Whom one finds", body = Contacts)))]
async fn contacts(call: Call<Search>) -> Answer {
    let found = call.service.contacts(&oneself(&call.cx)?, &call.query.search).await?;
    ok(&Contacts { contacts: found.into_iter().map(Found::from).collect() })
}

/// Leaves the account; the person stays a free user (rule 17). **Permission**: the token's owner; not by a token that carries
/// ReadOnly.
#[utoipa::path(post, path = "/api/v1/me/leave",
    responses((status = 200, description = "The person", body = Person)))]
async fn leave(call: Call) -> Answer {
    let cx = call.service.as_oneself(&call.cx, "user.leave", Action::Remove).await?;
    let user = call.service.leave(&cx).await?;
    ok(&Person::from(user))
}

/// What one may administer.
#[derive(Serialize, ToSchema)]
struct Roles {
    /// The person.
    user: Uuid,
    grants: Vec<Grant>,
}

/// What the caller administers, as far as the token or session carries it; nothing for who administers nothing (rule
/// 28). **Permission**: the token's owner.
#[utoipa::path(get, path = "/api/v1/me/roles",
    responses((status = 200, description = "What one may administer", body = Roles)))]
async fn roles(call: Call) -> Answer {
    let Caller::Administrator { user, grants } = call.cx.caller else { return Err(Problem::unauthenticated()) };
    ok(&Roles { user: user.0, grants: grants.into_iter().map(Grant::from).collect() })
}

/// The browsers' sessions that hold, the newest first (rule 27). **Permission**: the token's owner.
#[utoipa::path(get, path = "/api/v1/me/sessions",
    responses((status = 200, description = "Where one is signed in", body = Sessions)))]
async fn sessions(call: Call) -> Answer {
    let found = call.service.own_sessions(&oneself(&call.cx)?).await?;
    ok(&Sessions::from(found))
}

/// Ends one session, and what was made in it (rule 23). **Permission**: the token's owner; not by a token that carries
/// ReadOnly.
#[utoipa::path(delete, path = "/api/v1/me/sessions/{session}", params(("session", Path)),
    responses((status = 204, description = "It has ended")))]
async fn end_session(call: Call) -> Answer {
    let cx = call.service.as_oneself(&call.cx, "session.end", Action::LogOut).await?;
    call.service.end_own_session(&cx, of_members::named(&call)?).await?;
    nothing()
}

/// Ends every session, and everything that was made in any (rule 23). **Permission**: the token's owner; not by a token that
/// carries ReadOnly.
#[utoipa::path(post, path = "/api/v1/me/sign-out", responses((status = 204, description = "All have ended")))]
async fn sign_out(call: Call) -> Answer {
    let cx = call.service.as_oneself(&call.cx, "user.sign-out-everywhere", Action::LogOut).await?;
    call.service.sign_out_everywhere(&cx).await?;
    nothing()
}

fn oneself(cx: &Context) -> Result<Context, Problem> {
    cx.as_oneself().ok_or_else(Problem::unauthenticated)
}
