//! What is done to the people of an account: one verb on many, an answer for each.

use access::authority::Action;
use access::{AccountId, Email, License, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{Context, InviteOutcome, Outcomes, Service, UserView};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, Results, ok};
use super::call::{Call, Nothing};
use super::error::Problem;
use super::names;
use super::users::User;
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(create, invite, resend, cancel, license, suspend, activate, remove, log_out, block, unblock))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    let performs = Performs::Administration;
    Routes::new()
        .post("/api/v1/accounts/{account}/users", performs(Action::CreateUser), create)
        .post("/api/v1/accounts/{account}/invitations", performs(Action::Invite), invite)
        .post("/api/v1/accounts/{account}/invitations/resend", performs(Action::Invite), resend)
        .post("/api/v1/accounts/{account}/invitations/cancel", performs(Action::Invite), cancel)
        .post("/api/v1/accounts/{account}/users/license", performs(Action::AssignLicense), license)
        .post("/api/v1/accounts/{account}/users/suspend", performs(Action::Suspend), suspend)
        .post("/api/v1/accounts/{account}/users/activate", performs(Action::Suspend), activate)
        .post("/api/v1/accounts/{account}/users/remove", performs(Action::Remove), remove)
        .post("/api/v1/accounts/{account}/users/log-out", performs(Action::LogOut), log_out)
        .post("/api/v1/users/block", performs(Action::Block), block)
        .post("/api/v1/users/unblock", performs(Action::Block), unblock)
}

/// The most people of one request.
const MOST: usize = 1_000;

/// Ids of a request, a bounded number of them.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(try_from = "Vec<String>")]
#[schema(value_type = Vec<String>, min_items = 1, max_items = 1000)]
pub(super) struct Ids(pub Vec<String>);

impl TryFrom<Vec<String>> for Ids {
    type Error = String;

    fn try_from(ids: Vec<String>) -> Result<Self, String> {
        match ids.len() {
            1..=MOST => Ok(Self(ids)),
            sent => Err(format!("{sent} ids; send 1 to {MOST} at once")),
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    address: String,
}

/// Creates a user: on the account's verified domain an unregistered member, on a Team an invitation (rule 16).
/// **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users", params(("account", Path)), request_body = NewUser,
    responses((status = 201, description = "The user", body = User)))]
async fn create(call: Call<Nothing, NewUser>) -> Answer {
    let (account, address) = (call.account()?, Email::parse(&call.body.address)?);
    call.create(|service, cx| async move { service.create_user(&cx, account, address).await }, User::from).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invitees {
    /// Addresses separated by `;`, `,` or white space; `Name <address>` too.
    addresses: String,
}

/// An answer per address, in their order: a bad one does not stop the others.
#[derive(Serialize, ToSchema)]
struct Invited {
    results: Vec<InvitedOne>,
}

/// What one of them came to: `ok` or `problem`.
#[derive(Serialize, ToSchema)]
struct InvitedOne {
    /// What was read.
    address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ok: Option<Invitation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// A mail is on its way: the same whether the address is known or not (rule 14).
#[derive(Serialize, ToSchema)]
struct Invitation {
    /// The invitation; `null` where people are told how to register themselves (rule 15).
    invitation: Option<Uuid>,
    /// Until when its link works.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires: Option<Timestamp>,
}

impl InvitedOne {
    fn new(address: String, result: Result<Option<access::Invitation>, Refusal>) -> Self {
        match result {
            Ok(made) => {
                let (invitation, expires) = made.map(|made| (made.id.0, made.expires)).unzip();
                Self { address, ok: Some(Invitation { invitation, expires }), problem: None }
            }
            Err(refusal) => Self { address, ok: None, problem: Some(refusal.into()) },
        }
    }
}

impl From<Vec<InviteOutcome>> for Invited {
    fn from(outcomes: Vec<InviteOutcome>) -> Self {
        let one = |InviteOutcome { text, result }| InvitedOne::new(text, result);
        Self { results: outcomes.into_iter().map(one).collect() }
    }
}

/// Invites addresses; on an Enterprise account they are told how to register. **Permission**: UserManagement over the
/// account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/invitations", params(("account", Path)),
    request_body = Invitees, responses((status = 201, description = "An answer per address", body = Invited)))]
async fn invite(call: Call<Nothing, Invitees>) -> Answer {
    let (account, list) = (call.account()?, access::address::split_list(&call.body.addresses));
    if !(1..=MOST).contains(&list.len()) {
        return Err(Problem::bad(format!("{} addresses; send 1 to {MOST} at once", list.len())));
    }
    let texts: Vec<String> = list.iter().map(|(text, _)| text.clone()).collect();
    let made = move |answers: &[Result<Option<access::Invitation>, Refusal>]| {
        let one = |(text, answer): (&String, &Result<_, _>)| InvitedOne::new(text.clone(), answer.clone());
        let results: Vec<InvitedOne> = texts.iter().zip(answers).map(one).collect();
        results.iter().any(|one| one.ok.is_some()).then_some(Invited { results })
    };
    let verb = |service: Service, cx: Context| async move { service.invite(&cx, account, list).await };
    call.create_from(verb, Invited::from, made).await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invitations {
    #[schema(inline)]
    invitations: Ids,
}

/// Sends open invitations again, with new links. **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/invitations/resend", params(("account", Path)),
    request_body = Invitations, responses((status = 200, description = "An answer per id", body = Results<User>)))]
async fn resend(call: Call<Nothing, Invitations>) -> Answer {
    each(
        &call,
        &call.body.invitations,
        |service, cx, account, ids| async move { service.resend(&cx, account, ids).await },
    )
    .await
}

/// Takes open invitations back. **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/invitations/cancel", params(("account", Path)),
    request_body = Invitations, responses((status = 200, description = "An answer per id", body = Results<User>)))]
async fn cancel(call: Call<Nothing, Invitations>) -> Answer {
    each(
        &call,
        &call.body.invitations,
        |service, cx, account, ids| async move { service.cancel(&cx, account, ids).await },
    )
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignment {
    #[schema(inline)]
    users: Ids,
    #[schema(value_type = names::License)]
    license: License,
}

/// Assigns a license. If the seats do not suffice for all, nobody gets it (rule 12). **Permission**: UserManagement
/// over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/license", params(("account", Path)),
    request_body = Assignment, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn license(call: Call<Nothing, Assignment>) -> Answer {
    let license = call.body.license;
    each(&call, &call.body.users, |service, cx, account, ids| async move {
        let chosen = ids.into_iter().map(|id| (id, license)).collect();
        service.assign_license(&cx, account, chosen).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Suspension {
    #[schema(inline)]
    users: Ids,
    /// Why; shown to administrators.
    reason: Option<String>,
    /// When it ends by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// Suspends people of an Enterprise account: they sign in nowhere (rule 18). **Permission**: UserManagement over the
/// account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/suspend", params(("account", Path)),
    request_body = Suspension, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn suspend(call: Call<Nothing, Suspension>) -> Answer {
    let (reason, until) = (call.body.reason.clone(), call.body.until);
    each(&call, &call.body.users, |service, cx, account, ids| async move {
        service.suspend(&cx, account, ids, reason, until).await
    })
    .await
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Users {
    #[schema(inline)]
    pub users: Ids,
}

/// Ends suspensions. **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/activate", params(("account", Path)),
    request_body = Users, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn activate(call: Call<Nothing, Users>) -> Answer {
    each(&call, &call.body.users, |service, cx, account, ids| async move { service.activate(&cx, account, ids).await })
        .await
}

/// Removes people from the account; they stay free users (rule 17). **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/remove", params(("account", Path)),
    request_body = Users, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn remove(call: Call<Nothing, Users>) -> Answer {
    each(&call, &call.body.users, |service, cx, account, ids| async move { service.remove(&cx, account, ids).await })
        .await
}

/// Ends every session of people; they may sign in again. **Permission**: UserManagement over the account.
#[utoipa::path(post, path = "/api/v1/accounts/{account}/users/log-out", params(("account", Path)),
    request_body = Users, responses((status = 200, description = "An answer per user", body = Results<User>)))]
async fn log_out(call: Call<Nothing, Users>) -> Answer {
    each(&call, &call.body.users, |service, cx, account, ids| async move { service.log_out(&cx, account, ids).await })
        .await
}

/// Runs a verb on people of the path's account.
pub(super) async fn each<B, F: Future<Output = Outcomes<UserView>>>(
    call: &Call<Nothing, B>,
    ids: &Ids,
    verb: impl FnOnce(Service, Context, AccountId, Vec<String>) -> F,
) -> Answer {
    let outcomes = verb(call.service.clone(), call.cx.clone(), call.account()?, ids.0.clone()).await?;
    ok(&Results::new(&ids.0, outcomes, User::from))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Block {
    #[schema(inline)]
    users: Ids,
    /// Why; shown to operators.
    reason: Option<String>,
}

/// A person as the operator sees them, whatever account they are in.
#[derive(Serialize, ToSchema)]
pub(super) struct Person {
    id: Uuid,
    account: Option<Uuid>,
    blocked: bool,
}

impl From<access::User> for Person {
    fn from(user: access::User) -> Self {
        let account = user.membership.map(|membership| membership.account.0);
        Self { id: user.id.0, account, blocked: user.block.is_some() }
    }
}

/// Blocks people in every account: they sign in nowhere, whatever else holds (rule 18). **Permission**:
/// UserManagement over the deployment.
#[utoipa::path(post, path = "/api/v1/users/block", request_body = Block,
    responses((status = 200, description = "An answer per user", body = Results<Person>)))]
async fn block(call: Call<Nothing, Block>) -> Answer {
    let Ids(users) = &call.body.users;
    let outcomes = call.service.block(&call.cx, users.clone(), call.body.reason.clone()).await?;
    people(users, outcomes)
}

/// Ends the operator's block. **Permission**: UserManagement over the deployment.
#[utoipa::path(post, path = "/api/v1/users/unblock", request_body = Users,
    responses((status = 200, description = "An answer per user", body = Results<Person>)))]
async fn unblock(call: Call<Nothing, Users>) -> Answer {
    let Ids(users) = &call.body.users;
    let outcomes = call.service.unblock(&call.cx, users.clone()).await?;
    people(users, outcomes)
}

fn people(users: &[String], outcomes: Vec<Result<access::User, Refusal>>) -> Answer {
    ok(&Results::new(users, outcomes, Person::from))
}
