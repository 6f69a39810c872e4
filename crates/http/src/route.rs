//! Routes that say what they perform.

use access::authority::Action;
use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{delete, get, options, patch, post, put};

/// What a route lets its caller do. A route cannot be added without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Performs {
    /// Says nothing of any person or account: health, metadata, a style sheet.
    Nothing,
    /// Answers the question of an application or administrator with a token of its own (rule 21).
    Evaluation,
    /// What whoever holds a mailed link, or asks for one, may do for themselves (rules 14 and 15); the first operator by
    /// the link that the host printed (rule 57).
    Joining,
    /// What whoever signs in, or is signed in by the browser's cookie, does for themselves (rules 13 and 23).
    SigningIn,
    /// What an application gets for a code or a token it has, with its own credential (rule 13).
    Tokens,
    /// What the owner of an API token may do for themselves (rules 17 and 20).
    Oneself,
    /// What an administrator may do (rule 28). The Chime API says it per operation: `chime::performs`.
    Administration(Action),
    /// What anybody on this machine may do where the local mailbox is switched on.
    LocalMailbox,
}

/// One route, for whoever wants to check all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path's pattern.
    pub path: &'static str,
    /// What it performs.
    pub performs: Performs,
}

/// Routes under construction.
///
/// ```
/// use access::authority::Action;
/// use carillon_http::{Performs, Routes};
///
/// let routes = Routes::new().get("/accounts", Performs::Administration(Action::ViewAccount), async || "none");
/// assert_eq!(routes.router(()).has_routes(), true);
/// ```
///
/// Without saying what it performs, a route does not compile:
///
/// ```compile_fail,E0061
/// use carillon_http::{Performs, Routes};
///
/// let routes = Routes::new().get("/accounts", async || "none");
/// assert_eq!(routes.router(()).has_routes(), true);
/// ```
pub struct Routes<S> {
    router: Router<S>,
    declared: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self { router: Router::new(), declared: Vec::new() }
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a path answers to GET.
    pub fn get<H: Handler<T, S>, T: 'static>(self, path: &'static str, performs: Performs, handler: H) -> Self {
        self.declare(Method::GET, path, performs, get(handler))
    }

    /// What a path does on POST.
    pub fn post<H: Handler<T, S>, T: 'static>(self, path: &'static str, performs: Performs, handler: H) -> Self {
        self.declare(Method::POST, path, performs, post(handler))
    }

    /// What a path answers to OPTIONS.
    pub fn options<H: Handler<T, S>, T: 'static>(self, path: &'static str, performs: Performs, handler: H) -> Self {
        self.declare(Method::OPTIONS, path, performs, options(handler))
    }

    /// What a path does on PUT.
    pub fn put<H: Handler<T, S>, T: 'static>(self, path: &'static str, performs: Performs, handler: H) -> Self {
        self.declare(Method::PUT, path, performs, put(handler))
    }

    /// What a path does on DELETE.
    pub fn delete<H: Handler<T, S>, T: 'static>(self, path: &'static str, performs: Performs, handler: H) -> Self {
        self.declare(Method::DELETE, path, performs, delete(handler))
    }

    /// What a path does on PATCH.
    pub fn patch<H: Handler<T, S>, T: 'static>(self, path: &'static str, performs: Performs, handler: H) -> Self {
        self.declare(Method::PATCH, path, performs, patch(handler))
    }

    /// These routes and others of the same door.
    pub fn and(mut self, others: Self) -> Self {
        self.router = self.router.merge(others.router);
        self.declared.extend(others.declared);
        self
    }

    fn declare(
        mut self,
        method: Method,
        path: &'static str,
        performs: Performs,
        route: axum::routing::MethodRouter<S>,
    ) -> Self {
        self.router = self.router.route(path, route);
        self.declared.push(Route { method, path, performs });
        self
    }

    /// The routes as axum serves them.
    pub fn router(self, state: S) -> Router {
        self.router.with_state(state)
    }

    /// What was declared.
    pub fn declared(self) -> Vec<Route> {
        self.declared
    }
}
