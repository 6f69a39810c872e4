//! The OpenAPI 3.1 document: made from the handlers' attributes, with what holds for all routes added here.

use axum::response::Response;
use utoipa::OpenApi;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::{Response as Described, ResponseBuilder};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr};

use super::answer::{Answer, written};
use super::error::Problem;
use super::{accounts, people, users};
use crate::route::Performs;

/// Carillon's admin API.
#[derive(OpenApi)]
#[openapi(
    info(title = "Carillon admin API", version = "1", description = "Who may sign in, and with which license."),
    components(schemas(Problem))
)]
struct Document;

/// Statuses with a problem that any route may answer.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "The request cannot be right in any state."),
    ("401", "The token is missing, unknown, expired or revoked."),
    ("403", "The caller may not do this."),
    ("404", "There is no such thing within the caller's reach."),
    ("405", "This address does not take this method."),
    ("408", "The body took too long to arrive."),
    ("409", "It clashes with what is there."),
    ("413", "The body is too large."),
    ("415", "The body is no JSON."),
    ("422", "The state of something forbids it; the detail says what to change first."),
    ("429", "Too many requests; Retry-After says when to come again."),
    ("500", "A fault of ours; it is in the log under the request's id."),
    ("503", "Not now; Retry-After says when to come again."),
];

const BEARER: &str = "token";

/// `GET /api/v1/openapi.json`, for everybody.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses((status = 200, description = "This document", body = Object)))]
pub(super) async fn get() -> Answer {
    Ok(served())
}

fn served() -> Response {
    written(axum::http::StatusCode::OK, document().into_bytes())
}

/// The document as JSON, with a line's end.
pub fn document() -> String {
    let mut document = Document::openapi();
    for part in
        [OwnRoute::openapi(), accounts::Document::openapi(), users::Document::openapi(), people::Document::openapi()]
    {
        document.merge(part);
    }
    let components = document.components.get_or_insert_default();
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.security_schemes.insert(BEARER.to_owned(), scheme.into());
    for (status, about) in PROBLEMS {
        components.responses.insert((*status).to_owned(), problem(about).into());
    }
    for route in super::routes().declared() {
        let item = document.paths.paths.get_mut(route.path);
        if let Some(operation) = item.and_then(|item| operation(item, route.method.as_str())) {
            complete(operation, route.method.as_str(), route.path, route.performs);
        }
    }
    document.to_pretty_json().unwrap_or_default() + "\n"
}

#[derive(OpenApi)]
#[openapi(paths(get))]
struct OwnRoute;

/// An operation of a path.
fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    match method {
        "GET" => item.get.as_mut(),
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "PATCH" => item.patch.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

/// What all operations have in common: an id, a group, the action (rule 28), the token, the problems.
fn complete(operation: &mut Operation, method: &str, path: &'static str, performs: Performs) {
    let words = || path.trim_start_matches("/api/v1/").split('/');
    let id: Vec<&str> = words().map(|word| word.trim_matches(['{', '}'])).collect();
    operation.operation_id = Some(format!("{}-{}", method.to_lowercase(), id.join("-")));
    let group = words().filter(|word| !word.starts_with('{')).take(2).last();
    operation.tags = Some(group.map(str::to_owned).into_iter().collect());
    if let Performs::Administration(action) = performs {
        let said = [("x-action", format!("{action:?}"))];
        operation.extensions = Some(Extensions::from_iter(said));
        operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
        for (status, _) in PROBLEMS {
            let known = operation.responses.responses.entry((*status).to_owned());
            known.or_insert_with(|| RefOr::Ref(Ref::new(format!("#/components/responses/{status}"))));
        }
    }
}

fn problem(about: &str) -> Described {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(about).content("application/problem+json", content).build()
}
