//! `/me`: name, addresses, PIN, privacy.

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use super::{Done, Signed, back, shown, wrong};
use crate::pages::error::Error;
use crate::pages::request::Sent;
use crate::pages::{Pages, texts};

const HERE: &str = "/me";

/// Another name.
#[derive(Deserialize)]
pub(in crate::pages) struct Name {
    #[serde(default)]
    name: String,
}

/// Whether colleagues find the person.
#[derive(Deserialize)]
pub(in crate::pages) struct Privacy {
    private: Option<String>,
}

/// Shows it.
pub(super) async fn get(State(door): State<Pages>, signed: Signed, done: Query<Done>) -> Response {
    match door.service.own_standing(&signed.cx).await {
        Ok(standing) => shown(&door, HERE, texts::me::profile(&standing, door.root(), None), Some(&done)),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Changes the name.
pub(super) async fn rename(State(door): State<Pages>, signed: Signed, Sent(sent): Sent<Name>) -> Response {
    let standing = match door.service.own_standing(&signed.cx).await {
        Ok(standing) => standing,
        Err(error) => return Error::from(error).response(&door),
    };
    match door.service.rename_oneself(&signed.cx, &sent.name).await {
        Ok(_) => back(&door, HERE, "saved"),
        Err(error) => wrong(&door, error, HERE, texts::me::profile(&standing, door.root(), Some(&sent.name))),
    }
}

/// Colleagues find the person, or do not.
pub(super) async fn set_private(State(door): State<Pages>, signed: Signed, Sent(sent): Sent<Privacy>) -> Response {
    match door.service.set_private(&signed.cx, sent.private.is_some()).await {
        Ok(_) => back(&door, HERE, "saved"),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Draws another PIN.
pub(super) async fn reset_pin(State(door): State<Pages>, signed: Signed) -> Response {
    match door.service.reset_own_pin(&signed.cx).await {
        Ok(_) => back(&door, HERE, "pin"),
        Err(error) => Error::from(error).response(&door),
    }
}
