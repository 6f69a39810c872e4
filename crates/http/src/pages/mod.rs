//! Server-rendered pages: accepting an invitation, registering, setting up, signing in, setting another password, a
//! person's own account, and the local mailbox. They need no script,
//! but for passkeys. Below `/console` the built console is served, which is all script.
//!
//! Either the link in the path is the whole authority, or the session behind the browser's cookie is. Forms sent from
//! other sites are refused (`request::OwnSite`).

mod assets;
mod console;
pub(crate) mod error;
mod forgot;
mod invitation;
mod mailbox;
mod me;
mod page;
mod register;
mod request;
mod setup;
mod sign_in;
mod texts;

use std::sync::Arc;

use access::authority::Caller;
use service::{Context, Door, Service};
use signin::SignIn;

pub(crate) use page::leaving;
pub(crate) use sign_in::{is_own, see, sign_in_path};
pub(crate) use texts::{consent, sign_out, signed_out};

use crate::HttpSettings;
use crate::frame::Origin;
use crate::route::{Performs, Routes};

/// What the pages' handlers share.
#[derive(Clone)]
pub(crate) struct Pages {
    pub service: Service,
    pub signin: SignIn,
    pub settings: Arc<HttpSettings>,
}

pub(crate) fn routes() -> Routes<Pages> {
    Routes::new()
        .get("/invitations/{token}", Performs::Joining, invitation::get)
        .post("/invitations/{token}", Performs::Joining, invitation::post)
        .get("/register", Performs::Joining, register::ask)
        .post("/register", Performs::Joining, register::request)
        .get("/register/{token}", Performs::Joining, register::get)
        .post("/register/{token}", Performs::Joining, register::post)
        .get("/setup/{token}", Performs::Joining, setup::get)
        .post("/setup/{token}", Performs::Joining, setup::post)
        .and(sign_in::routes())
        .get("/forgot", Performs::Joining, forgot::ask)
        .post("/forgot", Performs::Joining, forgot::request)
        .get("/reset/{token}", Performs::Joining, forgot::get)
        .post("/reset/{token}", Performs::Joining, forgot::post)
        .and(me::routes())
        .and(console::routes())
        .get("/mail", Performs::LocalMailbox, mailbox::get)
        .get("/assets/pages.css", Performs::Nothing, assets::styles)
        .get("/assets/passkey.js", Performs::Nothing, assets::passkey)
}

impl Pages {
    /// The path under which Carillon is reached, without a slash at its end.
    fn root(&self) -> &str {
        self.settings.root()
    }

    /// The pages are for people we don't know yet; the link says whom they act for.
    fn context(&self, origin: Origin) -> Context {
        self.service.context(Caller::Visitor, Door::Pages, origin.request, origin.remote)
    }
}
