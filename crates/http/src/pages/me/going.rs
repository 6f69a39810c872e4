//! `/me/leave`: the end of a membership; `/me/delete`: the end of it all. Each says first what will happen.

use access::Refusal;
use axum::extract::State;
use axum::response::Response;

use super::{Signed, shown};
use crate::pages::error::Error;
use crate::pages::sign_in::signed_out;
use crate::pages::{Pages, texts};

/// Says what leaving would do.
pub(super) async fn leaving(State(door): State<Pages>, signed: Signed) -> Response {
    match door.service.own_standing(&signed.cx).await {
        Ok(standing) => match &standing.account {
            Some(account) => shown(&door, "/me", texts::going::leave(&account.name, standing.managed), None),
            None => Error::from(service::Error::from(Refusal::NotAMember)).response(&door),
        },
        Err(error) => Error::from(error).response(&door),
    }
}

/// Leaves. Every session has ended with the membership, this one too.
pub(super) async fn leave(State(door): State<Pages>, signed: Signed) -> Response {
    match door.service.leave(&signed.cx).await {
        Ok(_) => signed_out(&door, texts::going::left(door.root())),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Says what deleting would do.
pub(super) async fn deleting(State(door): State<Pages>, signed: Signed) -> Response {
    if let Some(again) = signed.again(&door, "/me/delete") {
        return again;
    }
    match door.service.own_standing(&signed.cx).await {
        Ok(standing) => shown(&door, "/me", texts::going::delete(&standing), None),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Deletes everything that is personal.
pub(super) async fn delete(State(door): State<Pages>, signed: Signed) -> Response {
    if let Some(again) = signed.again(&door, "/me/delete") {
        return again;
    }
    match door.service.erase_oneself(&signed.cx).await {
        Ok(()) => signed_out(&door, texts::going::deleted()),
        Err(error) => Error::from(error).response(&door),
    }
}
