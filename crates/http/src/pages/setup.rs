//! `/setup/{token}`: the first operator (rule 57). **Permissions**: whoever holds the link that the host printed.

use access::Email;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use service::SetUp;

use super::error::Error;
use super::request::{Link, OwnSite, Sent};
use super::{Pages, texts};
use crate::frame::Origin;

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Details {
    #[serde(default)]
    address: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Shows the form. Changes nothing.
pub(super) async fn get(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Link(token): Link,
) -> Response {
    match door.service.setup_link(&door.context(origin), &token).await {
        Ok(_) => texts::setup("", "").response(StatusCode::OK, door.root()),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Makes the first operator, once.
pub(super) async fn post(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    Link(token): Link,
    Sent(details): Sent<Details>,
) -> Response {
    let again = texts::setup(&details.address, &details.name);
    let done = match Email::parse(&details.address) {
        Ok(address) => {
            let answer = SetUp { address, name: details.name, password: details.password };
            door.service.set_up(&door.context(origin), &token, answer).await
        }
        // Nobody learns that a link is good by a bad address.
        Err(refusal) => door.service.setup_link(&door.context(origin), &token).await.and(Err(refusal.into())),
    };
    match done {
        Ok(done) => texts::set_up(done.user.primary.as_typed()).response(StatusCode::OK, door.root()),
        Err(error) => Error::from(error).on_form(&door, again),
    }
}
