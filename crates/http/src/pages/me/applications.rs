//! `/me/applications`: which applications one lets in, and taking that back.

use access::ApplicationId;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::{Done, Signed, back, shown};
use crate::pages::error::Error;
use crate::pages::request::Sent;
use crate::pages::{Pages, texts};

const HERE: &str = "/me/applications";

/// The application that is let in no more.
#[derive(Deserialize)]
pub(in crate::pages) struct Which {
    application: Uuid,
}

/// Shows them.
pub(super) async fn get(State(door): State<Pages>, signed: Signed, done: Query<Done>) -> Response {
    match door.service.own_applications(&signed.cx).await {
        Ok(found) => shown(&door, HERE, texts::applications::page(&found, door.root()), Some(&done)),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Takes it back from one.
pub(super) async fn take_back(State(door): State<Pages>, signed: Signed, Sent(sent): Sent<Which>) -> Response {
    match door.service.take_back(&signed.cx, ApplicationId(sent.application)).await {
        Ok(()) => back(&door, HERE, "application"),
        Err(error) => Error::from(error).response(&door),
    }
}
