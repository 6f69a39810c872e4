//! `/accounts/{account}/import` and `export`: everybody of an account as CSV (rule 66).

use access::authority::Action;
use access::{AccountId, Refusal};
use axum::body::Body;
use axum::http::header;
use axum::response::IntoResponse;
use futures::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use service::{Context, EXPORT_COLUMNS, ExportPage, ImportOutcome, PageRequest, Service, read_import};
use utoipa::{OpenApi, ToSchema};

use super::answer::{Answer, ok};
use super::call::{Call, Nothing};
use super::error::Problem;
use super::users::User;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(import, export))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().post("/api/v1/accounts/{account}/import", Performs::Administration(Action::CreateUser), import).get(
        "/api/v1/accounts/{account}/export",
        Performs::Administration(Action::ViewUsers),
        export,
    )
}

/// How many people are read at once.
const PAGE: u64 = 1_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ImportFile {
    /// A person a line; the first line names the columns, such as `address,name,license`.
    csv: String,
}

/// An answer per row, in their order: a refused one does not stop the others.
#[derive(Serialize, ToSchema)]
struct ImportedRows {
    results: Vec<ImportedRow>,
}

/// What one of them came to: `ok` or `problem`.
#[derive(Serialize, ToSchema)]
struct ImportedRow {
    /// Its line in the file, from 1.
    line: usize,
    /// The address as it was written.
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<Imported>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// How a person stands in the list now.
#[derive(Serialize, ToSchema)]
struct Imported {
    /// `added`, `invited`, `licensed` or `unchanged`.
    outcome: &'static str,
    user: User,
}

impl From<ImportOutcome> for ImportedRow {
    fn from(ImportOutcome { line, address, result }: ImportOutcome) -> Self {
        match result {
            Ok((kind, view)) => {
                Self { line, address, ok: Some(Imported { outcome: kind.name(), user: view.into() }), problem: None }
            }
            Err(refusal) => Self { line, address, ok: None, problem: Some(refusal.into()) },
        }
    }
}

/// Imports people: members of an Enterprise account, invitations of a Team, with their licenses (rule 66). Repeating
/// it changes nothing more. A thousand rows at a time are one transaction. **Permission**: UserManagement over the
/// account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/import", params(("account", Path)), request_body = ImportFile,
    responses((status = 200, description = "An answer per row", body = ImportedRows)))]
async fn import(call: Call<Nothing, ImportFile>) -> Answer {
    let rows = read_import(call.body.csv.as_bytes())?;
    let outcomes = call.service.import_users(&call.cx, call.account()?, &rows).await?;
    ok(&ImportedRows { results: outcomes.into_iter().map(ImportedRow::from).collect() })
}

/// Everybody in the account's list as CSV, as an import takes it back. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/export", params(("account", Path)),
    responses((status = 200, description = "A person a line", body = String, content_type = "text/csv")))]
async fn export(call: Call) -> Answer {
    let (service, cx, account) = (call.service.clone(), call.cx.clone(), call.account()?);
    // What may be refused is, before the answer begins. What fails later breaks the connection off.
    let first = page(&service, &cx, account, None).await?;
    let rest = stream::try_unfold(first.next, move |after| {
        let (service, cx) = (service.clone(), cx.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let page = page(&service, &cx, account, Some(after)).await?;
            Ok(Some((page.text, page.next)))
        }
    });
    let begin = stream::iter([Ok(EXPORT_COLUMNS.to_owned()), Ok::<_, service::Error>(first.text)]);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"people.csv\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(begin.chain(rest))).into_response())
}

async fn page(
    service: &Service,
    cx: &Context,
    account: AccountId,
    after: Option<String>,
) -> Result<ExportPage, service::Error> {
    let page = service.export_users(cx, account, PageRequest { after, limit: PAGE }).await?;
    // Whose token was revoked meanwhile gets no further page (rule 22).
    if !service.stands(cx).await? {
        return Err(Refusal::NotPermitted { action: Action::ViewUsers }.into());
    }
    Ok(page)
}
