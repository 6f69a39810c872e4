//! `/me/address`: ask for another address; `/me/address/{token}`: confirm it, signed in, by the link that was mailed to it
//! (rule 74).

use access::Email;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::{Signed, back, framed, shown, wrong};
use crate::pages::error::Error;
use crate::pages::request::{Link, Sent, no_sooner};
use crate::pages::{Pages, texts};

const HERE: &str = "/me/address";

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::pages) struct Wanted {
    #[serde(default)]
    address: String,
}

/// Shows the form, or why there is none.
pub(super) async fn get(State(door): State<Pages>, signed: Signed) -> Response {
    if let Some(again) = signed.again(&door, HERE) {
        return again;
    }
    match door.service.may_change_address(&signed.cx).await {
        Ok(()) => shown(&door, HERE, texts::address::ask(&signed.session.person.address, ""), None),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Sends the link. The answer is the same when somebody has the address, and takes as long.
pub(super) async fn request(State(door): State<Pages>, signed: Signed, Sent(sent): Sent<Wanted>) -> Response {
    if let Some(again) = signed.again(&door, HERE) {
        return again;
    }
    let then = no_sooner();
    let asked = match Email::parse(&sent.address) {
        Ok(address) => door.service.request_address(&signed.cx, &address).await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(()) => {
            then.await;
            framed(&door, HERE, texts::address::sent()).response(StatusCode::OK, door.root())
        }
        Err(error) => wrong(&door, error, HERE, texts::address::ask(&signed.session.person.address, &sent.address)),
    }
}

/// Shows what the link would do. Changes nothing: mail scanners open links too.
pub(super) async fn confirm(State(door): State<Pages>, signed: Signed, Link(token): Link) -> Response {
    match door.service.address_link(&signed.cx, &token).await {
        Ok(link) => shown(&door, HERE, texts::address::confirm(&link), None),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Does it. This session stays.
pub(super) async fn change(State(door): State<Pages>, signed: Signed, Link(token): Link) -> Response {
    match door.service.change_address(&signed.cx, &token, Some(signed.session.id)).await {
        Ok(()) => back(&door, "/me", "address"),
        Err(error) => Error::from(error).response(&door),
    }
}
