//! What the pages' handlers take from a request; what is wrong with it is answered as a page.

use std::time::Duration;

use axum::extract::{Form, FromRequest, FromRequestParts, Path, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use serde::de::DeserializeOwned;
use tokio::time::{Sleep, sleep};

use super::Pages;
use super::error::Error;
use crate::own_site::from_own_site;

/// The secret of a mailed or printed link: the last part of the path.
pub(super) struct Link(pub String);

impl FromRequestParts<Pages> for Link {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &Pages) -> Result<Self, Response> {
        let link = Path::from_request_parts(parts, door).await;
        link.map(|Path(token)| Self(token)).map_err(|unreadable| Error::from(unreadable).response(door))
    }
}

/// The form was not sent from another site. Before the form itself in a handler's arguments.
pub(super) struct OwnSite;

impl FromRequestParts<Pages> for OwnSite {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &Pages) -> Result<Self, Response> {
        own_site(door, &parts.headers).map(|()| Self).map_err(|error| error.response(door))
    }
}

/// What a form sends.
pub(super) struct Sent<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Pages> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, door: &Pages) -> Result<Self, Response> {
        let sent = Form::from_request(request, door).await;
        sent.map(|Form(form)| Self(form)).map_err(|no_form| Error::from(no_form).response(door))
    }
}

/// No answer to who asks for a mail comes sooner, counted from now: what is written for some addresses only must not be
/// told by the time.
pub(super) fn no_sooner() -> Sleep {
    sleep(Duration::from_millis(250))
}

/// Refuses a form that a browser says was sent from another site.
pub(super) fn own_site(door: &Pages, headers: &HeaderMap) -> Result<(), Error> {
    if from_own_site(&door.settings.base_url, headers, false) { Ok(()) } else { Err(Error::OtherSite) }
}
