//! The admin API `/api/v1`: JSON for administrators and their programs, with an API token as
//! `Authorization: Bearer`. How it works for callers is in docs/admin-api.md.
//!
//! | module | holds |
//! | --- | --- |
//! | [`call`] | what a handler gets: caller proved, path, query and body read, unknown members refused |
//! | [`answer`] | what it gives: one thing, a page of a list, an answer per item |
//! | [`error`] | problems (RFC 9457) |
//! | [`preview`] | `?preview=true` |
//! | [`names`] | the closed lists of words in the document, taken from the code |
//! | [`openapi`] | the document |
//! | the others | routes, a file per kind of thing |
//!
//! A route is added in its file: a handler with `#[utoipa::path]`, a line in `routes` that names its action, and the
//! handler's name in `Document`. A new file is named in [`routes`] and [`openapi`]. Tests hold that routes and document
//! say the same and that docs/openapi.json is current (`carillon openapi > docs/openapi.json`).

mod accounts;
mod answer;
mod applications;
mod audit;
mod call;
mod catalog;
mod credentials;
mod csv;
mod directory;
mod domains;
pub(crate) mod error;
mod explain;
mod grants;
mod mails;
mod me;
mod metrics;
mod names;
mod openapi;
mod outbox;
mod people;
mod preview;
mod providers;
mod report;
mod seats;
mod sessions;
mod settings;
mod signing_keys;
mod standing;
mod users;

use axum::{Extension, Router, middleware};
use service::Service;

use crate::Metrics;
use crate::route::{Performs, Routes};

pub use openapi::document;

/// The door, with what stands around its routes.
pub(crate) fn router(service: Service, metrics: Option<Metrics>) -> Router {
    let standing = middleware::from_fn_with_state(service.clone(), standing::layer);
    routes().router(service).layer(standing).layer(Extension(metrics)).layer(middleware::from_fn(preview::layer))
}

pub(crate) fn routes() -> Routes<Service> {
    Routes::new()
        .get("/api/v1/openapi.json", Performs::Nothing, openapi::get)
        .and(accounts::routes())
        .and(users::routes())
        .and(people::routes())
        .and(sessions::routes())
        .and(grants::routes())
        .and(credentials::routes())
        .and(applications::routes())
        .and(providers::routes())
        .and(catalog::routes())
        .and(audit::routes())
        .and(explain::routes())
        .and(mails::routes())
        .and(outbox::routes())
        .and(me::routes())
        .and(metrics::routes())
        .and(settings::routes())
        .and(signing_keys::routes())
        .and(domains::routes())
        .and(directory::routes())
        .and(seats::routes())
        .and(report::routes())
        .and(csv::routes())
}
