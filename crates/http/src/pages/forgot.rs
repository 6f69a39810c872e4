//! `/forgot`: ask for a link to set another password with; `/reset/{token}`: set it (rule 73). **Permissions**: anybody;
//! whoever holds the link.

use access::Email;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use super::error::Error;
use super::request::{Link, OwnSite, Sent, no_sooner};
use super::sign_in::signed_out;
use super::{Pages, texts};
use crate::frame::Origin;

/// What the form for a link sends.
#[derive(Deserialize)]
pub(super) struct Ask {
    #[serde(default)]
    address: String,
}

/// What the form of the link sends.
#[derive(Deserialize)]
pub(super) struct Another {
    #[serde(default)]
    password: String,
}

/// Shows the form that asks for an address.
pub(super) async fn ask(State(door): State<Pages>) -> Response {
    texts::password::forgot("").response(StatusCode::OK, door.root())
}

/// Sends the link. The answer is the same for every address, and takes as long.
pub(super) async fn request(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    Sent(Ask { address: typed }): Sent<Ask>,
) -> Response {
    let then = no_sooner();
    let asked = match Email::parse(&typed) {
        Ok(address) => door.service.request_password(&door.context(origin), &address).await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(()) => {
            then.await;
            texts::password::link_sent().response(StatusCode::OK, door.root())
        }
        Err(error) => Error::from(error).on_form(&door, texts::password::forgot(&typed)),
    }
}

/// Shows the form that sets a password. Changes nothing: mail scanners open links too.
pub(super) async fn get(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Link(token): Link,
) -> Response {
    match door.service.password_link(&door.context(origin), &token).await {
        Ok(link) => texts::password::reset(&link.address).response(StatusCode::OK, door.root()),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Sets it, once. The browser's session has ended with the others.
pub(super) async fn post(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    Link(token): Link,
    Sent(Another { password }): Sent<Another>,
) -> Response {
    let cx = door.context(origin);
    let link = match door.service.password_link(&cx, &token).await {
        Ok(link) => link,
        Err(error) => return Error::from(error).response(&door),
    };
    match door.service.reset_password(&cx, &token, password).await {
        Ok(()) => signed_out(&door, texts::password::was_set(door.root())),
        Err(error) => Error::from(error).on_form(&door, texts::password::reset(&link.address)),
    }
}
