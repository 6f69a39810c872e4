//! The HTTP doors. Thin: they map words to verbs and answers to words.
//!
//! | module | door | dialect of its errors |
//! | --- | --- | --- |
//! | [`chime`] | the Chime API, signed with AWS Signature Version 4 | the model's exceptions |
//! | [`authzen`] | AuthZEN Authorization API 1.0 | JSON |
//! | [`admin`] | the admin API `/api/v1`, with an administrator's token | problems (RFC 9457) |
//! | [`oidc`] | OAuth 2.0 and OpenID Connect, for applications that sign people in | OAuth's JSON |
//! | [`pages`] | accepting an invitation, registering, signing in; the local mailbox | HTML |
//! | [`check`] | reverse proxies, before they let a request through to an application | a line of text |
//! | [`health`] | is it alive, is it ready | a line of text |
//! | [`metrics`] | how it is doing; on an address of its own | Prometheus' text |
//!
//! [`frame`] stands around all of them: request ids, logs, bounds on size, time and rate, and the answer in the
//! right [`dialect`] when no door could give one.

mod admin;
mod authzen;
mod check;
mod chime;
mod cookies;
mod dialect;
mod frame;
mod health;
mod metrics;
mod object;
mod oidc;
mod own_site;
mod pages;
mod route;
mod serve;
mod settings;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Uri};
use axum::routing::any;
use axum::{Router, middleware};
use service::Service;

pub use admin::document;
pub use authzen::Evaluate;
pub use chime::performs;
pub use metrics::Metrics;
pub use route::{Performs, Route, Routes};
pub use serve::serve;
pub use settings::{Drain, HttpSettings, Limits, Rate};

use authzen::Authzen;
use check::Check;
use dialect::{Dialect, Trouble};
use frame::Frame;
use oidc::Oidc;
use pages::Pages;
use signin::SignIn;

/// Every door, over one service.
pub fn router(service: Service, settings: HttpSettings) -> Router {
    router_asking(service.clone(), SignIn::new(service), settings)
}

/// [`router`], with somebody else to answer AuthZEN's questions, and flows that may have been told what sessions and tokens
/// stand for: a benchmark holds the facts constant this way.
pub fn router_asking<E: Evaluate>(evaluate: E, signin: SignIn, settings: HttpSettings) -> Router {
    let (settings, service) = (Arc::new(settings), signin.service().clone());
    let signin = match settings.outgoing.clone() {
        Some(outgoing) => signin.reaching(outgoing),
        None => signin,
    };
    // Sign-ins that wait must not take every place: the other doors go on.
    signin.hold_back(settings.limits.requests / 4);
    let around = Frame::new(settings.clone(), service.clone());
    let api = any(chime::answer).with_state(service.clone());
    let doors = health::routes()
        .router((service.clone(), settings.drain.clone()))
        .merge(authzen::routes().router(Authzen { evaluate, settings: settings.clone() }))
        .merge(admin::router(service.clone(), settings.metrics.clone()))
        .merge(check::routes().router(Check { signin: signin.clone(), settings: settings.clone() }))
        .merge(oidc::routes().router(Oidc { signin: signin.clone(), settings: settings.clone() }))
        .merge(pages::routes().router(Pages { service, signin, settings }))
        .method_not_allowed_fallback(async |uri: Uri, headers: HeaderMap| {
            Dialect::of(&uri, &headers).trouble(Trouble::WrongMethod)
        })
        .fallback_service(api);
    // The frame has read the body and bounded it by then.
    doors.layer(DefaultBodyLimit::disable()).layer(middleware::from_fn_with_state(Arc::new(around), frame::frame))
}

/// All routes with a path of their own. The Chime API has one handler for all its paths; [`performs`] says what each
/// of its operations does.
pub fn routes() -> Vec<Route> {
    [
        health::routes().declared(),
        authzen::routes::<Service>().declared(),
        admin::routes().declared(),
        check::routes().declared(),
        oidc::routes().declared(),
        pages::routes().declared(),
    ]
    .concat()
}
