//! `/me` and below: what people see of themselves and do for themselves (rules 20, 27 and 73 to 75). **Permissions**:
//! whoever the browser's session stands for, and nobody else; a form must come from our own site.

mod address;
mod applications;
mod device;
mod going;
mod history;
mod license;
mod password;
mod profile;
pub(super) mod security;
mod sessions;

use access::authority::Caller;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use service::{Context, Credential, Door};
use signin::security::is_fresh;
use signin::sessions::SessionFacts;

pub(super) use device::Device;

use super::error::Error;
use super::page::Page;
use super::request::own_site;
use super::sign_in::{see, sign_in_path};
use super::{Pages, texts};
use crate::cookies::Cookie;
use crate::frame::Origin;
use crate::route::{Performs, Routes};

pub(super) fn routes() -> Routes<Pages> {
    Routes::new()
        .get("/me", Performs::SigningIn, profile::get)
        .post("/me/name", Performs::SigningIn, profile::rename)
        .post("/me/privacy", Performs::SigningIn, profile::set_private)
        .post("/me/pin", Performs::SigningIn, profile::reset_pin)
        .get("/me/license", Performs::SigningIn, license::get)
        .get("/me/history", Performs::SigningIn, history::get)
        .get("/me/sessions", Performs::SigningIn, sessions::get)
        .post("/me/sessions", Performs::SigningIn, sessions::end)
        .post("/me/sessions/everywhere", Performs::SigningIn, sessions::everywhere)
        .get("/me/applications", Performs::SigningIn, applications::get)
        .post("/me/applications", Performs::SigningIn, applications::take_back)
        .get("/me/password", Performs::SigningIn, password::get)
        .post("/me/password", Performs::SigningIn, password::post)
        .get("/me/address", Performs::SigningIn, address::get)
        .post("/me/address", Performs::SigningIn, address::request)
        .get("/me/address/{token}", Performs::SigningIn, address::confirm)
        .post("/me/address/{token}", Performs::SigningIn, address::change)
        .and(security::routes())
        .get("/me/leave", Performs::SigningIn, going::leaving)
        .post("/me/leave", Performs::SigningIn, going::leave)
        .get("/me/delete", Performs::SigningIn, going::deleting)
        .post("/me/delete", Performs::SigningIn, going::delete)
}

/// Who is signed in, and what they may do: their own things. A form of theirs came from our own site.
pub(in crate::pages) struct Signed {
    /// For the verbs: the person, acting for themselves.
    pub cx: Context,
    /// The session of this browser.
    pub session: SessionFacts,
}

impl FromRequestParts<Pages> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, door: &Pages) -> Result<Self, Response> {
        let form = parts.method != Method::GET;
        if form {
            own_site(door, &parts.headers).map_err(|error| error.response(door))?;
        }
        let cookie = Cookie::Session.of(&parts.headers, &door.settings);
        let session = match cookie {
            Some(cookie) => door.signin.session(cookie, None).await,
            None => Ok(None),
        };
        let session = session.map_err(|error| Error::from(error).response(door))?;
        let (Some(cookie), Some(session)) = (cookie, session) else {
            // What a form said is not kept: the person is shown where it was.
            let path = parts.uri.path_and_query().filter(|_| !form).map_or("/me", |path| path.as_str());
            return Err(see(&sign_in_path(door.root(), &format!("{}{path}", door.root()), None)));
        };
        let origin = parts.extensions.get::<Origin>().copied();
        let Some(origin) = origin else {
            return Err(Error::from(service::Error::Internal("a request without an id".to_owned())).response(door));
        };
        let caller = Caller::Oneself(session.person.asked.facts.user);
        let cx = door.service.context(caller, Door::Pages, origin.request, origin.remote);
        // Read again by what changes something: the session may have ended by then.
        let cx = cx.with_credential(Credential::session(cookie));
        Ok(Self { cx, session })
    }
}

impl Signed {
    /// Sends who proved who they are too long ago to prove it again, and then back to `path`.
    fn again(&self, door: &Pages, path: &str) -> Option<Response> {
        (!is_fresh(self.session.authenticated, self.cx.at)).then(|| self.sign_in_again(door, path))
    }

    /// They sign in again, and then come back to `path`.
    fn sign_in_again(&self, door: &Pages, path: &str) -> Response {
        let hint = Some(self.session.person.address.as_str());
        see(&sign_in_path(door.root(), &format!("{}{path}", door.root()), hint))
    }
}

/// What was done before a page is shown.
#[derive(Deserialize)]
pub(super) struct Done {
    done: Option<String>,
}

/// A page of one's own, with the ones beside it, and what was done.
fn shown(door: &Pages, here: &str, page: Page, done: Option<&Query<Done>>) -> Response {
    let done = done.and_then(|Query(done)| texts::me::done(done.done.as_deref()?));
    framed(door, here, Page { done, ..page }).response(StatusCode::OK, door.root())
}

/// A page of one's own, with the ones beside it.
pub(in crate::pages) fn framed(door: &Pages, here: &str, page: Page) -> Page {
    Page { beside: texts::me::beside(door.root(), here), ..page }
}

/// Back to one of the pages, to be told there what was done.
fn back(door: &Pages, path: &str, done: &str) -> Response {
    see(&format!("{}{path}?done={done}", door.root()))
}

/// What a verb refused, beside its field or on a page of its own.
fn wrong(door: &Pages, error: service::Error, here: &str, form: Page) -> Response {
    Error::from(error).on_form(door, framed(door, here, form))
}
