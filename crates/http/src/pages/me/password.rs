//! `/me/password`: another password, for who knows the one they have.

use access::Refusal;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use super::{Signed, back, framed, shown, wrong};
use crate::pages::error::Error;
use crate::pages::request::Sent;
use crate::pages::sign_in::browser;
use crate::pages::{Pages, texts};

const HERE: &str = "/me/password";

/// What the form sends.
#[derive(Deserialize)]
pub(in crate::pages) struct Passwords {
    #[serde(default)]
    former: String,
    #[serde(default)]
    password: String,
}

/// Shows the form.
pub(super) async fn get(State(door): State<Pages>, signed: Signed) -> Response {
    match door.service.has_password(&signed.cx).await {
        Ok(true) => shown(&door, HERE, texts::password::change(door.root()), None),
        Ok(false) => shown(&door, HERE, texts::password::none_yet(door.root()), None),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Changes it. This session stays.
pub(super) async fn post(
    State(door): State<Pages>,
    signed: Signed,
    headers: HeaderMap,
    Sent(sent): Sent<Passwords>,
) -> Response {
    let kept = Some(signed.session.id);
    let user = signed.session.person.asked.facts.user;
    let held = match door.signin.slow(&signed.cx, None, Some(user), &browser(&door, &headers)).await {
        Ok(held) => held,
        Err(error) => return Error::from(error).response(&door),
    };
    let form = texts::password::change(door.root());
    match door.service.change_password(&signed.cx, sent.former, sent.password, kept).await {
        Ok(()) => {
            held.right();
            back(&door, "/me", "password")
        }
        Err(service::Error::Refused(Refusal::WrongCredentials)) => {
            let form = framed(&door, HERE, form);
            let form = form.with_error(Some(texts::password::FORMER), texts::me::WRONG_PASSWORD.to_owned());
            form.response(StatusCode::FORBIDDEN, door.root())
        }
        Err(error) => wrong(&door, error, HERE, form),
    }
}
