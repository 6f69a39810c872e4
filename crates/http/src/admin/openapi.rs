//! The OpenAPI 3.1 document: made from the handlers' attributes, with what holds for all routes added here.

use std::sync::OnceLock;

use access::authority::Action;
use axum::response::Response;
use utoipa::OpenApi;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response as Described, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Required};

use super::answer::{Answer, written};
use super::error::Problem;
use super::preview::PREVIEW;
use super::{
    accounts, applications, audit, catalog, credentials, csv, directory, domains, explain, grants, mails, me, metrics,
    outbox, people, providers, report, seats, sessions, settings, signing_keys, users,
};
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
    ("412", "The thing is not as the request's If-Match or If-None-Match says."),
    ("413", "The body is too large."),
    ("415", "The body is no JSON."),
    ("422", "The state of something forbids it; the detail says what to change first."),
    ("429", "Too many requests; Retry-After says when to come again."),
    ("500", "A fault of ours; it is in the log under the request's id."),
    ("503", "Not now; Retry-After says when to come again."),
];

const BEARER: &str = "token";
const SESSION: &str = "session";

/// `GET /api/v1/openapi.json`, for everybody.
#[utoipa::path(get, path = "/api/v1/openapi.json", responses((status = 200, description = "This document", body = Object)))]
pub(super) async fn get() -> Answer {
    Ok(served())
}

/// The document never changes while the process runs.
fn served() -> Response {
    static SERVED: OnceLock<String> = OnceLock::new();
    written(axum::http::StatusCode::OK, SERVED.get_or_init(document).clone().into_bytes())
}

/// The document as JSON, with a line's end.
pub fn document() -> String {
    let mut document = Document::openapi();
    let parts = [
        OwnRoute::openapi(),
        accounts::Document::openapi(),
        users::Document::openapi(),
        people::Document::openapi(),
        sessions::Document::openapi(),
        seats::Document::openapi(),
        report::Document::openapi(),
        csv::Document::openapi(),
        grants::Document::openapi(),
        credentials::Document::openapi(),
        applications::Document::openapi(),
        providers::Document::openapi(),
        catalog::Document::openapi(),
        audit::Document::openapi(),
        explain::Document::openapi(),
        mails::Document::openapi(),
        outbox::Document::openapi(),
        me::Document::openapi(),
        metrics::Document::openapi(),
        settings::Document::openapi(),
        signing_keys::Document::openapi(),
        domains::Document::openapi(),
        directory::Document::openapi(),
    ];
    parts.into_iter().for_each(|part| document.merge(part));
    let components = document.components.get_or_insert_default();
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.security_schemes.insert(BEARER.to_owned(), scheme.into());
    let cookie = ApiKeyValue::with_description("__Host-carillon", "An administrator's browser, from our own pages.");
    components.security_schemes.insert(SESSION.to_owned(), SecurityScheme::ApiKey(ApiKey::Cookie(cookie)).into());
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
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Path
        {
            // Any text may be asked for; what is no id is as unknown as any other (rule 28).
            parameter
                .schema
                .get_or_insert_with(|| ObjectBuilder::new().schema_type(SchemaType::new(Type::String)).into());
        }
    }
    if let Performs::Administration(action) = performs {
        operation.extensions = Some(Extensions::from_iter([("x-action", format!("{action:?}"))]));
    }
    if method != "GET" && performs != Performs::Administration(Action::Explain) {
        change(operation, method);
    }
    if performs != Performs::Nothing {
        let either = [BEARER, SESSION].map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()));
        operation.security = Some(either.into());
        for (status, _) in PROBLEMS {
            let known = operation.responses.responses.entry((*status).to_owned());
            known.or_insert_with(|| RefOr::Ref(Ref::new(format!("#/components/responses/{status}"))));
        }
    }
}

/// What a change may be asked for besides (docs/admin-api.md).
fn change(operation: &mut Operation, method: &str) {
    let creates = method == "POST" && operation.responses.responses.contains_key("201");
    let compares = operation.responses.responses.values().any(|response| match response {
        RefOr::T(response) => response.headers.contains_key("ETag"),
        RefOr::Ref(_) => false,
    });
    let text = || ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
    let preview = text().enum_values(Some(["true"])).build();
    let mut more = vec![(PREVIEW, ParameterIn::Query, preview, "Makes no change; the answer is what it would be.")];
    if creates {
        let key = text().min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]+$")).build();
        more.push((
            "Idempotency-Key",
            ParameterIn::Header,
            key,
            "Names the request, so that it can be repeated; it does nothing where nothing is created.",
        ));
    }
    if compares {
        let tag = text().pattern(Some("^\"[!#-~]+\"$")).build();
        more.push(("If-Match", ParameterIn::Header, tag, "The ETag that the change starts from."));
    }
    let parameters = operation.parameters.get_or_insert_default();
    parameters.extend(more.into_iter().map(|(name, place, schema, about)| {
        let parameter = ParameterBuilder::new().name(name).parameter_in(place).required(Required::False);
        parameter.schema(Some(schema)).description(Some(about)).build().into()
    }));
}

fn problem(about: &str) -> Described {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(about).content("application/problem+json", content).build()
}
