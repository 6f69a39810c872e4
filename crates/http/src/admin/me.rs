//! `/me`: what the owner of the token does for themselves.

use serde::{Deserialize, Serialize};
use service::{Contact, Context, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, ok};
use super::call::{Call, Query};
use super::error::Problem;
use super::people::Person;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(contacts, leave))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().get("/api/v1/me/contacts", Performs::Oneself, contacts).post(
        "/api/v1/me/leave",
        Performs::Oneself,
        leave,
    )
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

/// Leaves the account; the person stays a free user (rule 17). **Permission**: the token's owner.
#[utoipa::path(post, path = "/api/v1/me/leave",
    responses((status = 200, description = "The person", body = Person)))]
async fn leave(call: Call) -> Answer {
    let user = call.service.leave(&oneself(&call.cx)?).await?;
    ok(&Person::from(user))
}

fn oneself(cx: &Context) -> Result<Context, Problem> {
    cx.as_oneself().ok_or_else(Problem::unauthenticated)
}
