//! `/accounts/{account}/users`: the people of an account.

use access::Refusal;
use chime::shapes::{
    BatchUpdateUser, CreateUser, EmailStatus, Invite, InviteStatus, InviteUsers, InviteUsersOutput, ListUsers,
    ListUsersOutput, UpdateUser, UserErrorsOutput, UserIdList, UserOutput, UserType,
};
use chime::{Error, paging};
use service::{Outcomes, Service, UserFilter, UserView};

use super::error::{from_refusal, from_service, user_errors};
use super::{Call, account_id, shape};

/// The people and open invitations of an account. **Permissions**: any role over the account; PINs from
/// UserManagement on.
pub(super) async fn list(
    service: &Service,
    call: &Call,
    account: &str,
    query: &ListUsers,
) -> Result<ListUsersOutput, Error> {
    let account = account_id(account)?;
    if query.user_type == Some(UserType::SharedDevice) {
        // There are people only; the account is asked for all the same, so that a foreign one stays unknown.
        service.show_account(&call.context, account).await.map_err(from_service)?;
        return Ok(ListUsersOutput { users: Vec::new(), next_token: None });
    }
    let binding = format!("ListUsers {} {account} {:?}", call.access_key_id, query.user_email);
    let address = query.user_email.as_deref().map(super::address).transpose()?;
    let filter = UserFilter { address, ..UserFilter::default() };
    let page = super::page(service, &query.page, &binding)?;
    let found = service.list_users(&call.context, account, filter, page).await.map_err(from_service)?;
    let next_token = found.next.map(|position| paging::seal(&position, &binding, &service.door_key()));
    Ok(ListUsersOutput { users: found.items.into_iter().map(shape::user).collect(), next_token })
}

/// **Permissions**: any role over the account; the PIN from UserManagement on.
pub(super) async fn get(service: &Service, call: &Call, account: &str, user: &str) -> Result<UserOutput, Error> {
    let account = account_id(account)?;
    let view = service.show_user(&call.context, account, user).await.map_err(from_service)?;
    Ok(UserOutput { user: shape::user(view) })
}

/// Invites to a Team (rules 14 and 15). **Permissions**: UserManagement.
pub(super) async fn invite(service: &Service, call: &Call, account: &str) -> Result<InviteUsersOutput, Error> {
    let account = account_id(account)?;
    let InviteUsers { emails } = InviteUsers::parse(call.content_type(), &call.body)?;
    let list = emails.into_iter().map(|email| {
        let read = access::Email::parse(&email);
        (email, read)
    });
    let answers = service.invite_to_team(&call.context, account, list.collect()).await.map_err(from_service)?;
    let invites = answers.into_iter().map(|answer| match answer.result {
        Ok(invitation) => Invite {
            invite_id: invitation.map(|invitation| invitation.id.to_string()),
            status: InviteStatus::Pending,
            email_address: answer.text,
            // It leaves after the answer; the invitation's status tells when it reached nobody (rule 65).
            email_status: EmailStatus::NotSent,
        },
        Err(_) => Invite {
            invite_id: None,
            status: InviteStatus::Failed,
            email_address: answer.text,
            email_status: EmailStatus::NotSent,
        },
    });
    Ok(InviteUsersOutput { invites: invites.collect() })
}

/// Creates a user: a member on a verified domain, an invitation on a Team (rule 16). Nobody names another person:
/// a Username is taken and not used. **Permissions**: UserManagement.
pub(super) async fn create(service: &Service, call: &Call, account: &str) -> Result<UserOutput, Error> {
    let account = account_id(account)?;
    let CreateUser { email, username: _ } = CreateUser::parse(call.content_type(), &call.body)?;
    let address = super::address(&email)?;
    let view = service.create_user(&call.context, account, address).await.map_err(from_service)?;
    Ok(UserOutput { user: shape::user(view) })
}

/// Assigns a license (rules 9 to 12). **Permissions**: UserManagement.
pub(super) async fn update(service: &Service, call: &Call, account: &str, user: &str) -> Result<UserOutput, Error> {
    let id = account_id(account)?;
    let UpdateUser { license } = UpdateUser::parse(call.content_type(), &call.body)?;
    let Some(license) = license else {
        // Nothing is assigned; who may not assign hears so all the same.
        service.assign_license(&call.context, id, vec![]).await.map_err(from_service)?;
        return get(service, call, account, user).await;
    };
    let command = vec![(user.to_owned(), license)];
    let view = only(service.assign_license(&call.context, id, command).await)?;
    Ok(UserOutput { user: shape::user(view) })
}

/// The answer about the one user that a verb was asked to change.
pub(super) fn only(outcomes: Outcomes<UserView>) -> Result<UserView, Error> {
    match outcomes.map_err(from_service)?.into_iter().next() {
        Some(outcome) => outcome.map_err(|refusal| from_refusal(&refusal)),
        None => Err(super::error::fault(&"a change of one user was of nobody")),
    }
}

/// Assigns licenses to many. **Permissions**: UserManagement.
pub(super) async fn batch_update(service: &Service, call: &Call, account: &str) -> Result<UserErrorsOutput, Error> {
    let account = account_id(account)?;
    let BatchUpdateUser { updates } = BatchUpdateUser::parse(call.content_type(), &call.body)?;
    // An update without a license changes nothing.
    let commands: Vec<_> = updates.into_iter().filter_map(|update| Some((update.user_id, update.license?))).collect();
    let ids = commands.iter().map(|(id, _)| id.clone()).collect();
    let outcomes = service.assign_license(&call.context, account, commands).await.map_err(from_service)?;
    Ok(UserErrorsOutput { user_errors: user_errors(ids, &outcomes) })
}

/// Removes from a Team, suspends elsewhere (rule 18). **Permissions**: UserManagement.
pub(super) async fn suspend(service: &Service, call: &Call, account: &str) -> Result<UserErrorsOutput, Error> {
    let account = account_id(account)?;
    let UserIdList { user_ids } = UserIdList::parse(call.content_type(), &call.body)?;
    let outcomes = service.suspend_or_remove(&call.context, account, user_ids.clone()).await.map_err(from_service)?;
    Ok(UserErrorsOutput { user_errors: user_errors(user_ids, &outcomes) })
}

/// Activates; who is not suspended is skipped (rule 18). **Permissions**: UserManagement.
pub(super) async fn unsuspend(service: &Service, call: &Call, account: &str) -> Result<UserErrorsOutput, Error> {
    let account = account_id(account)?;
    let UserIdList { user_ids } = UserIdList::parse(call.content_type(), &call.body)?;
    let outcomes = service.activate(&call.context, account, user_ids.clone()).await.map_err(from_service)?;
    let skipped = |outcome: Result<_, Refusal>| match outcome {
        Err(Refusal::NotSuspended) | Ok(_) => Ok(()),
        Err(refusal) => Err(refusal),
    };
    let outcomes: Vec<_> = outcomes.into_iter().map(skipped).collect();
    Ok(UserErrorsOutput { user_errors: user_errors(user_ids, &outcomes) })
}

/// Ends all sessions of a user. **Permissions**: UserManagement.
pub(super) async fn log_out(service: &Service, call: &Call, account: &str, user: &str) -> Result<(), Error> {
    let account = account_id(account)?;
    only(service.log_out(&call.context, account, vec![user.to_owned()]).await)?;
    Ok(())
}

/// Gives a user a new PIN and shows it. **Permissions**: UserManagement.
pub(super) async fn reset_pin(service: &Service, call: &Call, account: &str, user: &str) -> Result<UserOutput, Error> {
    let account = account_id(account)?;
    let view = only(service.reset_pin(&call.context, account, vec![user.to_owned()]).await)?;
    Ok(UserOutput { user: shape::user(view) })
}
