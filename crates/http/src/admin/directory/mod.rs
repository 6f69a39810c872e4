//! `/accounts/{account}/directory`: the directory that decides who is in an account, and its runs (rules 3, 11, 19 and 85).

mod runs;
mod shapes;

use access::AccountType;
use access::authority::Action;
use access::directory::{Agreed as Numbers, Mapping};
use serde::{Deserialize, Serialize};
use service::directory::reach::Step;
use service::directory::{DirectoryView, NewDirectory, Proposal};
use service::{Page, Service};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use self::shapes::{Agreed, Brake, Connection, DirectoryPreview, GroupMapping};
use super::answer::{Answer, List, nothing, ok, tagged};
use super::call::{Call, Nothing, Query};
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(
    show,
    set,
    remove,
    test,
    preview,
    groups,
    map,
    connect,
    disconnect,
    runs::start,
    runs::list,
    runs::show,
    runs::log,
    runs::cancel,
    runs::confirm
))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let manage = Performs::Administration(Action::ManageDirectory);
    let view = Performs::Administration(Action::ViewAccount);
    Routes::new()
        .get("/api/v1/accounts/{account}/directory", view, show)
        .put("/api/v1/accounts/{account}/directory", manage, set)
        .delete("/api/v1/accounts/{account}/directory", manage, remove)
        .post("/api/v1/accounts/{account}/directory/test", manage, test)
        .post("/api/v1/accounts/{account}/directory/preview", manage, preview)
        .get("/api/v1/accounts/{account}/directory/groups", manage, groups)
        .put("/api/v1/accounts/{account}/directory/mappings", manage, map)
        .post("/api/v1/accounts/{account}/directory/connect", manage, connect)
        .post("/api/v1/accounts/{account}/directory/disconnect", manage, disconnect)
        .and(runs::routes())
}

/// An account's directory. Its password is not shown.
#[derive(Serialize, ToSchema)]
struct Directory {
    /// Whether it decides who is in the account.
    connected: bool,
    connection: Connection,
    mappings: Vec<GroupMapping>,
    brake: Brake,
    /// Whether all of it is to be read as soon as possible.
    full_run_wanted: bool,
    /// Since when it answers, or does not; `null` before anybody asked.
    #[schema(value_type = Option<String>, format = DateTime)]
    heard: Option<jiff::Timestamp>,
    /// Why it does not answer.
    failure: Option<Failure>,
    #[schema(value_type = String, format = DateTime)]
    created: jiff::Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated: jiff::Timestamp,
}

/// Why a directory does not answer.
#[derive(Serialize, ToSchema)]
struct Failure {
    /// A stable word, such as `unreachable`, `tls` or `credentials`.
    code: String,
    /// What happened and what to do.
    detail: String,
}

impl From<&DirectoryView> for Directory {
    fn from(view: &DirectoryView) -> Self {
        let directory = view.directory.clone();
        Self {
            connected: view.connected,
            connection: directory.connection.into(),
            mappings: directory.mappings.into_iter().map(GroupMapping::from).collect(),
            brake: directory.brake.into(),
            full_run_wanted: directory.wanted,
            heard: directory.heard,
            failure: directory.failure.map(|(code, detail)| Failure { code, detail }),
            created: directory.created,
            updated: directory.updated,
        }
    }
}

fn shown(view: &DirectoryView) -> Answer {
    tagged(&view.directory, &Directory::from(view))
}

/// The account's directory. **Permission**: any role over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/directory", params(("account", Path)),
    responses((status = 200, description = "The directory", body = Directory, headers(("ETag" = String)))))]
async fn show(call: Call) -> Answer {
    shown(&call.service.directory(&call.cx, call.account()?).await?)
}

/// How a directory is to be reached and read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    connection: Connection,
    /// The password of the account that reads. Left out, the one that is kept stays; it must be given again when the URLs,
    /// the certificates or the account change.
    password: Option<String>,
    /// Left out, they stay.
    mappings: Option<Vec<GroupMapping>>,
    /// Left out, it stays.
    brake: Option<Brake>,
}

/// Sets the directory up, or changes how it is read. It decides nothing until it is connected. **Permission**: FullAccess
/// over the account.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/directory", request_body = Wish,
    params(
        ("account", Path),
        ("If-None-Match" = Option<String>, Header, description = "`*`: only where none is set up yet."),
    ),
    responses((status = 200, description = "The directory", body = Directory, headers(("ETag" = String)))))]
async fn set(call: Call<Nothing, Wish>) -> Answer {
    let Wish { connection, password, mappings, brake } = &call.body;
    let wish = NewDirectory {
        connection: connection.clone().into(),
        password: password.clone(),
        mappings: mappings.clone().map(read),
        brake: brake.map(access::directory::Brake::from),
    };
    shown(&call.service.set_directory(&call.cx, call.account()?, wish).await?)
}

fn read(mappings: Vec<GroupMapping>) -> Vec<Mapping> {
    mappings.into_iter().map(Mapping::from).collect()
}

/// Forgets a directory that is not connected, and which of its entries is which person. People, licenses and history stay.
/// **Permission**: FullAccess over the account.
#[utoipa::path(delete, path = "/api/v1/accounts/{account}/directory", params(("account", Path)),
    responses((status = 204, description = "It is forgotten")))]
async fn remove(call: Call) -> Answer {
    call.service.remove_directory(&call.cx, call.account()?).await?;
    nothing()
}

/// A directory that is asked: as it is set up, but for what is given here.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
struct Proposed {
    connection: Option<Connection>,
    /// The password of the account that reads. To be given when the one that is kept would go elsewhere.
    password: Option<String>,
    mappings: Option<Vec<GroupMapping>>,
}

impl Proposed {
    fn proposal(&self) -> Proposal {
        Proposal {
            connection: self.connection.clone().map(access::directory::Connection::from),
            password: self.password.clone(),
            mappings: self.mappings.clone().map(read),
        }
    }
}

/// One thing that was tried.
#[derive(Serialize, ToSchema)]
struct TestStep {
    /// A stable word: `reach`, `tls`, `bind`, `base`, `people`, `groups`, `mail`, `deletions` or `changes`.
    what: &'static str,
    ok: bool,
    /// What was found, or why it does not work and what to do.
    detail: Option<String>,
}

/// What was tried, in its order.
#[derive(Serialize, ToSchema)]
struct Tested {
    steps: Vec<TestStep>,
}

/// Tries the directory step by step, and changes nothing. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/directory/test", params(("account", Path)), request_body = Proposed,
    responses((status = 200, description = "What works and what does not", body = Tested)))]
async fn test(call: Call<Nothing, Proposed>) -> Answer {
    let steps = call.service.test_directory(&call.cx, call.account()?, call.body.proposal()).await?;
    let step = |Step { what, ok, why }| TestStep { what, ok, detail: why };
    ok(&Tested { steps: steps.into_iter().map(step).collect() })
}

/// Reads all of the directory and says what it would lead to; changes nothing. **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/directory/preview", params(("account", Path)),
    request_body = Proposed, responses((status = 200, description = "What it would lead to", body = DirectoryPreview)))]
async fn preview(call: Call<Nothing, Proposed>) -> Answer {
    let seen = call.service.preview_directory(&call.cx, call.account()?, call.body.proposal()).await?;
    ok(&DirectoryPreview::from(seen))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Search {
    /// How the name begins.
    #[serde(default)]
    search: String,
}

impl Query for Search {}

/// A group of the directory.
#[derive(Serialize, ToSchema)]
struct DirectoryGroup {
    id: Uuid,
    name: String,
    distinguished_name: String,
}

/// The first 200 groups whose names begin so, by name, on one page. **Permission**: FullAccess over the account.
#[utoipa::path(get, path = "/api/v1/accounts/{account}/directory/groups", params(("account", Path), Search),
    responses((status = 200, description = "The groups", body = List<DirectoryGroup>)))]
async fn groups(call: Call<Search>) -> Answer {
    let items = call.service.directory_groups(&call.cx, call.account()?, &call.query.search).await?;
    call.list(Page { items, next: None }, |group| DirectoryGroup {
        id: group.id,
        name: group.name,
        distinguished_name: group.dn,
    })
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Mappings {
    mappings: Vec<GroupMapping>,
}

/// Another list of mappings; look at a preview of it first. **Permission**: FullAccess over the account.
#[utoipa::path(put, path = "/api/v1/accounts/{account}/directory/mappings", params(("account", Path)),
    request_body = Mappings,
    responses((status = 200, description = "The directory", body = Directory, headers(("ETag" = String)))))]
async fn map(call: Call<Nothing, Mappings>) -> Answer {
    shown(&call.service.map_directory(&call.cx, call.account()?, read(call.body.mappings.clone())).await?)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Connecting {
    /// What was seen: `asks` of the preview.
    #[serde(default)]
    agreed: Agreed,
}

/// What kind of account it is now.
#[derive(Serialize, ToSchema)]
struct Switched {
    account: Uuid,
    #[schema(value_type = names::AccountType)]
    account_type: AccountType,
}

impl From<access::Account> for Switched {
    fn from(account: access::Account) -> Self {
        Self { account: account.id.0, account_type: account.kind }
    }
}

/// Connects the directory: it decides from now on, and the first full run begins. **Permission**: FullAccess over the
/// account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/directory/connect", params(("account", Path)),
    request_body = Connecting, responses((status = 200, description = "The account", body = Switched)))]
async fn connect(call: Call<Nothing, Connecting>) -> Answer {
    let agreed = Numbers::from(call.body.agreed.clone());
    ok(&Switched::from(call.service.connect_directory(&call.cx, call.account()?, agreed).await?))
}

/// Disconnects the directory: people keep membership, license and history, and administrators assign licenses again.
/// **Permission**: FullAccess over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/directory/disconnect", params(("account", Path)),
    responses((status = 200, description = "The account", body = Switched)))]
async fn disconnect(call: Call) -> Answer {
    ok(&Switched::from(call.service.disconnect_directory(&call.cx, call.account()?).await?))
}
