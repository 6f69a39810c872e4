//! `/me/license`: which license, and why.

use axum::extract::State;
use axum::response::Response;

use super::{Signed, shown};
use crate::pages::error::Error;
use crate::pages::{Pages, texts};

/// Shows it.
pub(super) async fn get(State(door): State<Pages>, signed: Signed) -> Response {
    match door.service.own_standing(&signed.cx).await {
        Ok(standing) => shown(&door, "/me/license", texts::license::page(&standing, signed.cx.at), None),
        Err(error) => Error::from(error).response(&door),
    }
}
