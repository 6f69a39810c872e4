//! `/me/sessions`: where one is signed in, and signing out of it.

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use uuid::Uuid;

use super::device::Device;
use super::{Done, Signed, back, shown};
use crate::pages::error::Error;
use crate::pages::request::Sent;
use crate::pages::sign_in::signed_out;
use crate::pages::{Pages, texts};

const HERE: &str = "/me/sessions";

/// The session that is to end.
#[derive(Deserialize)]
pub(in crate::pages) struct Which {
    session: Uuid,
}

/// Shows them.
pub(super) async fn get(State(door): State<Pages>, signed: Signed, done: Query<Done>) -> Response {
    let sessions = match door.service.own_sessions(&signed.cx).await {
        Ok(sessions) => sessions,
        Err(error) => return Error::from(error).response(&door),
    };
    let devices: Vec<_> = sessions.iter().map(|session| (session, Device::of(session.device.as_ref()))).collect();
    shown(&door, HERE, texts::sessions::page(&devices, signed.session.id, door.root()), Some(&done))
}

/// Ends one of them; who ends this one is signed out.
pub(super) async fn end(State(door): State<Pages>, signed: Signed, Sent(sent): Sent<Which>) -> Response {
    match door.service.end_own_session(&signed.cx, sent.session).await {
        Ok(()) if sent.session == signed.session.id => signed_out(&door, texts::signed_out()),
        Ok(()) => back(&door, HERE, "session"),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Ends all of them, this one too.
pub(super) async fn everywhere(State(door): State<Pages>, signed: Signed) -> Response {
    match door.service.sign_out_everywhere(&signed.cx).await {
        Ok(()) => signed_out(&door, texts::signed_out()),
        Err(error) => Error::from(error).response(&door),
    }
}
