//! The Chime API door (Amazon Chime administration API, 2018-05-01), signed with AWS Signature Version 4.
//!
//! One handler takes every path of the API as it was sent: the signature covers the raw path, so nothing may be
//! decoded or folded before it is proved. [`performs`] names the action of each operation (rule 28).

mod accounts;
pub(crate) mod error;
mod settings;
mod shape;
mod users;

use access::authority::Action;
use access::{AccountId, Email, Refusal};
use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chime::{Error, ErrorKind, Operation, paging, shapes, sigv4};
use serde::Serialize;
use service::{Context, Credential, Door, PageRequest, Service};

use crate::dialect::{Dialect, Trouble};
use crate::frame::{Origin, Ran, Whole};

/// A request whose signature is proved.
struct Call {
    context: Context,
    access_key_id: String,
    content_type: Option<HeaderValue>,
    body: Bytes,
}

/// First parts of the paths of the API's model, also those of operations that are not offered.
const PATHS: &[&str] =
    &["accounts", "meetings", "phone-number-countries", "phone-number-orders", "phone-numbers", "search", "settings"];

/// Whether a path that starts like this belongs to the API.
pub(crate) fn has_path(first: &str) -> bool {
    PATHS.contains(&first)
}

/// What each operation performs (rule 28). `service` checks it within the operation's transaction.
pub fn performs(operation: &Operation) -> Action {
    match operation {
        Operation::CreateAccount => Action::CreateAccount,
        Operation::GetAccount { .. } | Operation::ListAccounts(_) => Action::ViewAccount,
        Operation::ListUsers { .. } | Operation::GetUser { .. } => Action::ViewUsers,
        Operation::InviteUsers { .. } => Action::Invite,
        Operation::CreateUser { .. } => Action::CreateUser,
        Operation::UpdateUser { .. } | Operation::BatchUpdateUser { .. } => Action::AssignLicense,
        Operation::BatchSuspendUser { .. } | Operation::BatchUnsuspendUser { .. } => Action::Suspend,
        Operation::LogoutUser { .. } => Action::LogOut,
        Operation::GetAccountSettings { .. } => Action::ViewAccount,
        Operation::UpdateAccount { .. }
        | Operation::UpdateAccountSettings { .. }
        | Operation::AssociateSigninDelegateGroupsWithAccount { .. }
        | Operation::DisassociateSigninDelegateGroupsFromAccount { .. } => Action::UpdateAccount,
        Operation::DeleteAccount { .. } => Action::DeleteAccount,
        Operation::ResetPersonalPIN { .. } => Action::ResetPin,
        Operation::GetUserSettings { .. } => Action::ViewUsers,
        Operation::UpdateUserSettings { .. } => Action::UpdateUserSettings,
        Operation::GetGlobalSettings => Action::ViewDeployment,
        Operation::UpdateGlobalSettings => Action::UpdateDeployment,
    }
}

/// Takes whatever no other route took: a request in the API's dialect, or one for nothing at all.
pub(crate) async fn answer(
    State(service): State<Service>,
    Extension(origin): Extension<Origin>,
    Whole { parts, body }: Whole,
) -> Response {
    match Dialect::of(&parts.uri, &parts.headers) {
        Dialect::Chime => {}
        other => return other.trouble(Trouble::NotFound),
    }
    signed(&service, &parts, body, origin).await.unwrap_or_else(|error| error::response(&error))
}

/// Proves the signature, then finds the operation: strangers don't learn what there is.
async fn signed(service: &Service, parts: &Parts, body: Bytes, origin: Origin) -> Result<Response, Error> {
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let method = parts.method.as_str();
    let headers: Vec<(&str, &[u8])> =
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let presented = sigv4::parse(sigv4::SERVICE, method, target, &headers)?;
    let key = service.authenticate_key(presented.access_key_id()).await.map_err(error::from_service)?;
    let secret = key.as_ref().map(|(secret, _)| secret.as_bytes());
    let now = service.clock().now();
    presented.verify(secret, &body, now)?;
    let Some((_, caller)) = key else {
        return Err(unknown_key());
    };
    service.used_access_key(presented.access_key_id(), now);
    let operation = chime::operation::route(method, target)?;
    let context = service.context(caller, Door::Chime, origin.request, origin.remote);
    let call = Call {
        context: context.with_credential(Credential::Key(presented.access_key_id().to_owned())),
        access_key_id: presented.access_key_id().to_owned(),
        content_type: parts.headers.get(header::CONTENT_TYPE).cloned(),
        body,
    };
    let span = tracing::debug_span!("operation", name = operation.name(), performs = ?performs(&operation));
    let mut response = tracing::Instrument::instrument(run(service, &call, &operation), span)
        .await
        .unwrap_or_else(|error| error::response(&error));
    if method == "GET" && !service.stands(&call.context).await.map_err(error::from_service)? {
        return Err(unknown_key());
    }
    response.extensions_mut().insert(Ran(operation.name()));
    Ok(response)
}

fn unknown_key() -> Error {
    Error::new(ErrorKind::UnrecognizedClient, "the access key is not known")
}

async fn run(service: &Service, call: &Call, operation: &Operation) -> Result<Response, Error> {
    let status = StatusCode::from_u16(operation.success_status()).unwrap_or_default();
    match operation {
        Operation::CreateAccount => ok(status, &accounts::create(service, call).await?),
        Operation::GetAccount { account_id: id } => ok(status, &accounts::get(service, call, id).await?),
        Operation::ListAccounts(query) => ok(status, &accounts::list(service, call, query).await?),
        Operation::UpdateAccount { account_id: id } => ok(status, &accounts::update(service, call, id).await?),
        Operation::DeleteAccount { account_id: id } => done(status, accounts::delete(service, call, id).await),
        Operation::GetAccountSettings { account_id: id } => ok(status, &settings::of_account(service, call, id).await?),
        Operation::UpdateAccountSettings { account_id: id } => {
            done(status, settings::update_account(service, call, id).await)
        }
        Operation::AssociateSigninDelegateGroupsWithAccount { account_id: id } => {
            ok(status, &settings::associate(service, call, id).await?)
        }
        Operation::DisassociateSigninDelegateGroupsFromAccount { account_id: id } => {
            ok(status, &settings::disassociate(service, call, id).await?)
        }
        Operation::GetGlobalSettings => ok(status, &settings::of_deployment(service, call).await?),
        Operation::UpdateGlobalSettings => done(status, settings::update_deployment(service, call).await),
        Operation::ListUsers { account_id, query } => ok(status, &users::list(service, call, account_id, query).await?),
        Operation::InviteUsers { account_id: id } => ok(status, &users::invite(service, call, id).await?),
        Operation::CreateUser { account_id: id } => ok(status, &users::create(service, call, id).await?),
        Operation::BatchUpdateUser { account_id: id } => ok(status, &users::batch_update(service, call, id).await?),
        Operation::BatchSuspendUser { account_id: id } => ok(status, &users::suspend(service, call, id).await?),
        Operation::BatchUnsuspendUser { account_id: id } => ok(status, &users::unsuspend(service, call, id).await?),
        Operation::GetUser { account_id: of, user_id: id } => ok(status, &users::get(service, call, of, id).await?),
        Operation::UpdateUser { account_id: of, user_id: id } => {
            ok(status, &users::update(service, call, of, id).await?)
        }
        Operation::LogoutUser { account_id: of, user_id: id } => {
            done(status, users::log_out(service, call, of, id).await)
        }
        Operation::ResetPersonalPIN { account_id: of, user_id: id } => {
            ok(status, &users::reset_pin(service, call, of, id).await?)
        }
        Operation::GetUserSettings { account_id: of, user_id: id } => {
            ok(status, &settings::of_user(service, call, of, id).await?)
        }
        Operation::UpdateUserSettings { account_id: of, user_id: id } => {
            done(status, settings::update_user(service, call, of, id).await)
        }
    }
}

impl Call {
    /// The Content-Type as the readers of shapes take it.
    fn content_type(&self) -> Option<&[u8]> {
        self.content_type.as_ref().map(HeaderValue::as_bytes)
    }
}

/// An account's id as sent; one that cannot be read is as unknown as any other (rule 28).
fn account_id(text: &str) -> Result<AccountId, Error> {
    text.parse().map_err(|_| error::from_refusal(&Refusal::UnknownAccount(text.to_owned())))
}

fn address(text: &str) -> Result<Email, Error> {
    Email::parse(text).map_err(|refusal| error::from_refusal(&refusal))
}

/// Where a list goes on: `binding` says which list, so that a token leads nowhere else.
fn page(service: &Service, page: &shapes::Page, binding: &str) -> Result<PageRequest, Error> {
    let open = |token| paging::open(token, binding, &service.door_key());
    let after = page.next_token.as_deref().map(open).transpose()?;
    Ok(PageRequest { after, limit: page.max_results.into() })
}

/// A success without a body.
fn done(status: StatusCode, outcome: Result<(), Error>) -> Result<Response, Error> {
    outcome.map(|()| status.into_response())
}

fn ok(status: StatusCode, output: &impl Serialize) -> Result<Response, Error> {
    let body = serde_json::to_vec(output).map_err(|error| error::fault(&error))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok((status, headers, body).into_response())
}
