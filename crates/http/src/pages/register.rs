//! `/register`: ask for a link (rule 15); `/register/{token}`: register with it. **Permissions**: anybody; whoever
//! holds the link.

use access::Email;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use service::{Register, RegistrationView};

use super::error::Error;
use super::request::{Link, OwnSite, Sent, no_sooner};
use super::{Pages, page::Page, texts};
use crate::frame::Origin;

/// What the form for a link sends.
#[derive(Deserialize)]
pub(super) struct Ask {
    address: String,
}

/// What the form of the link sends.
#[derive(Deserialize)]
pub(super) struct Details {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Shows the form that asks for an address.
pub(super) async fn ask(State(door): State<Pages>) -> Response {
    texts::register("").response(StatusCode::OK, door.root())
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
        Ok(address) => door.service.request_registration(&door.context(origin), &address).await,
        Err(refusal) => Err(refusal.into()),
    };
    match asked {
        Ok(()) => {
            then.await;
            texts::link_sent().response(StatusCode::OK, door.root())
        }
        Err(error) => Error::from(error).on_form(&door, texts::register(&typed)),
    }
}

/// Shows the registration. Changes nothing.
pub(super) async fn get(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Link(token): Link,
) -> Response {
    match door.service.registration(&door.context(origin), &token).await {
        Ok(view) => form(&view, "").response(StatusCode::OK, door.root()),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Registers, once.
pub(super) async fn post(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    Link(token): Link,
    Sent(details): Sent<Details>,
) -> Response {
    let view = match door.service.registration(&door.context(origin), &token).await {
        Ok(view) => view,
        Err(error) => return Error::from(error).response(&door),
    };
    let again = form(&view, &details.name);
    let register = Register { name: details.name, password: details.password };
    match door.service.register(&door.context(origin), &token, register).await {
        Ok(done) => texts::member(done.account_name.as_deref(), done.license).response(StatusCode::OK, door.root()),
        Err(error) => Error::from(error).on_form(&door, again),
    }
}

fn form(view: &RegistrationView, name: &str) -> Page {
    texts::registration(&view.address, view.account_name.as_deref(), name)
}
