//! `/keys` and `/tokens`: what administrators' programs and applications sign in with (rules 28 and 56).

use access::authority::{Action, Caller, Extent, Role};
use access::{AccountId, ApplicationId, GrantId, Refusal};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use service::{AccessKey, Issued, NewAccessKey, NewCredential, NewToken, Rotation, Service, Token, TokenHolder};

use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List, nothing};
use super::call::{Call, Nothing, Paging, Query, over};
use super::error::Problem;
use super::names;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(create_key, list_keys, rotate_key, revoke_key, create_token, list_tokens, rotate_token, revoke_token))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let performs = Performs::Administration(Action::ManageGrants);
    Routes::new()
        .post("/api/v1/keys", performs, create_key)
        .get("/api/v1/keys", performs, list_keys)
        .post("/api/v1/keys/{key}/rotate", performs, rotate_key)
        .delete("/api/v1/keys/{key}", performs, revoke_key)
        .post("/api/v1/tokens", performs, create_token)
        .get("/api/v1/tokens", performs, list_tokens)
        .post("/api/v1/tokens/{token}/rotate", performs, rotate_token)
        .delete("/api/v1/tokens/{token}", performs, revoke_token)
}

/// What keys and tokens have in common.
#[derive(Serialize, ToSchema)]
struct Common {
    name: String,
    /// The highest role it carries; `null` for its owner's.
    #[schema(value_type = Option<names::Role>)]
    most: Option<Role>,
    /// The one account that an operator's reaches; `null` for all.
    within: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    created: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked: Option<Timestamp>,
    /// A minute late at most.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used: Option<Timestamp>,
}

impl From<Issued> for Common {
    fn from(issued: Issued) -> Self {
        let Issued { name, extent: Extent { most, within }, created, expires, revoked, last_used } = issued;
        Self { name, most, within: within.map(|account| account.0), created, expires, revoked, last_used }
    }
}

/// An access key, for the Chime API.
#[derive(Serialize, ToSchema)]
#[schema(as = AccessKey)]
struct Key {
    access_key_id: String,
    /// Shown once, when it is made; a preview makes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_access_key: Option<String>,
    grant: Uuid,
    #[serde(flatten)]
    common: Common,
}

/// An API token, of an administrator's role or of an application.
#[derive(Serialize, ToSchema)]
struct ApiToken {
    id: Uuid,
    /// Shown once, when it is made; a preview makes none.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    grant: Option<Uuid>,
    application: Option<Uuid>,
    #[serde(flatten)]
    common: Common,
}

impl Key {
    fn of(key: AccessKey, secret_access_key: Option<String>) -> Self {
        let AccessKey { id, grant, issued } = key;
        Self { access_key_id: id, secret_access_key, grant: grant.0, common: issued.into() }
    }

    /// How one that is made is shown. What a preview would show as its secret would never work.
    fn shape(preview: bool) -> fn(NewAccessKey) -> Self {
        match preview {
            true => |made| Self::of(made.key, None),
            false => |made| Self::of(made.key, Some(made.secret)),
        }
    }
}

impl ApiToken {
    fn of(stored: Token, token: Option<String>) -> Self {
        let Token { id, holder, issued } = stored;
        let (grant, application) = match holder {
            TokenHolder::Grant(grant) => (Some(grant.0), None),
            TokenHolder::Application(application) => (None, Some(application.0)),
        };
        Self { id, token, grant, application, common: issued.into() }
    }

    /// As of a key.
    fn shape(preview: bool) -> fn(NewToken) -> Self {
        match preview {
            true => |made| Self::of(made.token, None),
            false => |made| Self::of(made.token, Some(made.secret)),
        }
    }
}

#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCredential)]
struct NewOne {
    /// What it is for; 1 to 100 characters.
    name: String,
    /// The role it carries: one of the caller's own; without it the one that the caller's token carries.
    grant: Option<Uuid>,
    /// Tokens only: the application it is for, instead of a role.
    application: Option<Uuid>,
    /// The highest role it carries.
    #[schema(value_type = Option<names::Role>)]
    most: Option<Role>,
    /// The one account that an operator's reaches.
    within: Option<Uuid>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
}

impl NewOne {
    fn wish(&self) -> NewCredential {
        let extent = Extent { most: self.most, within: self.within.map(AccountId) };
        NewCredential { name: self.name.clone(), extent, expires: self.expires }
    }

    /// The grant that was named, else the one behind the caller's token.
    fn grant(&self, caller: &Caller) -> Result<GrantId, Problem> {
        let carried = match caller {
            Caller::Administrator { grants, .. } => grants.first().map(|grant| grant.id),
            _ => None,
        };
        self.grant.map(GrantId).or(carried).ok_or_else(|| Problem::bad("name the grant it is for"))
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The account; without it the deployment and every account.
    account: Option<String>,
}

impl Query for Filter {
    const PAGED: bool = true;
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Turn {
    /// How long the old one works still.
    #[serde(default = "a_day")]
    #[schema(minimum = 0, maximum = 2_592_000, default = 86_400)]
    overlap_seconds: u32,
    /// When the new one stops working; without it, when the old one would have.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
}

fn a_day() -> u32 {
    86_400
}

impl From<&Turn> for Rotation {
    fn from(turn: &Turn) -> Self {
        Self { overlap: SignedDuration::from_secs(turn.overlap_seconds.into()), expires: turn.expires }
    }
}

/// Makes an access key for a role of the caller's own; its secret is in this answer only. **Permission**: FullAccess
/// over what the role is over.
#[utoipa::path(post, path = "/api/v1/keys", request_body = NewOne,
    responses((status = 201, description = "The key", body = Key)))]
async fn create_key(call: Call<Nothing, NewOne>) -> Answer {
    if call.body.application.is_some() {
        return Err(Problem::bad("an application has tokens and no keys; leave application out"));
    }
    let (grant, wish) = (call.body.grant(&call.cx.caller)?, call.body.wish());
    let shape = Key::shape(call.cx.preview);
    call.create(|service, cx| async move { service.create_access_key(&cx, grant, wish).await }, shape).await
}

/// The access keys, revoked ones too. **Permission**: FullAccess there.
#[utoipa::path(get, path = "/api/v1/keys", params(Filter, Paging),
    responses((status = 200, description = "A page of keys", body = List<Key>)))]
async fn list_keys(call: Call<Filter>) -> Answer {
    let mut all = call.service.list_access_keys(&call.cx, over(call.query.account.as_deref())?).await?;
    all.sort_by(|a, b| a.id.cmp(&b.id));
    call.list(call.part(all, |key| key.id.clone()), |key| Key::of(key, None))
}

/// Makes a new key in the place of one, which works for a while beside it. **Permission**: its owner, with FullAccess.
#[utoipa::path(post, path = "/api/v1/keys/{key}/rotate", params(("key", Path)), request_body = Turn,
    responses((status = 201, description = "The new key", body = Key)))]
async fn rotate_key(call: Call<Nothing, Turn>) -> Answer {
    let (id, rotation) = (call.param("key").to_owned(), Rotation::from(&call.body));
    let shape = Key::shape(call.cx.preview);
    call.create(|service, cx| async move { service.rotate_access_key(&cx, &id, rotation).await }, shape).await
}

/// Revokes a key; it stops working at once. **Permission**: FullAccess over what its role is over.
#[utoipa::path(delete, path = "/api/v1/keys/{key}", params(("key", Path)),
    responses((status = 204, description = "It works no longer")))]
async fn revoke_key(call: Call) -> Answer {
    call.service.revoke_access_key(&call.cx, call.param("key")).await?;
    nothing()
}

/// Makes an API token for a role of the caller's own, or for an application; it is in this answer only.
/// **Permission**: FullAccess over what the role is over, or over the application's owner.
#[utoipa::path(post, path = "/api/v1/tokens", request_body = NewOne,
    responses((status = 201, description = "The token", body = ApiToken)))]
async fn create_token(call: Call<Nothing, NewOne>) -> Answer {
    let holder = match call.body.application {
        Some(_) if call.body.grant.is_some() => return Err(Problem::bad("send either grant or application")),
        Some(application) => TokenHolder::Application(ApplicationId(application)),
        None => TokenHolder::Grant(call.body.grant(&call.cx.caller)?),
    };
    let wish = call.body.wish();
    let shape = ApiToken::shape(call.cx.preview);
    call.create(|service, cx| async move { service.create_token(&cx, holder, wish).await }, shape).await
}

/// The API tokens of administrators and applications, revoked ones too. **Permission**: FullAccess there.
#[utoipa::path(get, path = "/api/v1/tokens", params(Filter, Paging),
    responses((status = 200, description = "A page of tokens", body = List<ApiToken>)))]
async fn list_tokens(call: Call<Filter>) -> Answer {
    let all = call.service.list_tokens(&call.cx, over(call.query.account.as_deref())?).await?;
    call.list(call.part(all, |token| token.id.to_string()), |token| ApiToken::of(token, None))
}

/// Makes a new token in the place of one, which works for a while beside it. **Permission**: its owner, with
/// FullAccess; of an application's, FullAccess over its owner.
#[utoipa::path(post, path = "/api/v1/tokens/{token}/rotate", params(("token", Path)), request_body = Turn,
    responses((status = 201, description = "The new token", body = ApiToken)))]
async fn rotate_token(call: Call<Nothing, Turn>) -> Answer {
    let (id, rotation) = (call.token()?, Rotation::from(&call.body));
    let shape = ApiToken::shape(call.cx.preview);
    call.create(|service, cx| async move { service.rotate_token(&cx, id, rotation).await }, shape).await
}

/// Revokes a token; it stops working at once. **Permission**: FullAccess over what its role or application is over.
#[utoipa::path(delete, path = "/api/v1/tokens/{token}", params(("token", Path)),
    responses((status = 204, description = "It works no longer")))]
async fn revoke_token(call: Call) -> Answer {
    call.service.revoke_token(&call.cx, call.token()?).await?;
    nothing()
}

impl<Q, B> Call<Q, B> {
    /// The token of the path; an id that cannot be read is as unknown as any other (rule 28).
    fn token(&self) -> Result<Uuid, Problem> {
        let text = self.param("token");
        text.parse().map_err(|_| Refusal::UnknownCredential(text.to_owned()).into())
    }
}
