//! The request and response structures, and the model's constraints that clients don't check: every maximum,
//! every pattern, every enum.

mod body;
mod query;
mod request;
mod response;
mod settings;

pub use query::{ListAccounts, ListUsers, Page};
pub use request::{
    BatchUpdateUser, CreateAccount, CreateUser, InviteUsers, UpdateAccount, UpdateUser, UserIdList, UserUpdate,
};
pub use response::{
    Account, AccountOutput, AccountStatus, EmailStatus, Invite, InviteStatus, InviteUsersOutput, ListAccountsOutput,
    ListUsersOutput, User, UserError, UserErrorsOutput, UserOutput,
};

pub use settings::{
    AccountSettings, AccountSettingsOutput, AssociateGroups, Bucket, DisassociateGroups, GlobalSettings,
    SigninDelegateGroup, Telephony, UpdateAccountSettings, UpdateGlobalSettings, UpdateUserSettings, UserSettings,
    UserSettingsOutput,
};

pub use access::{AccountType, License, user::Status as RegistrationStatus};

use crate::Error;
use serde::{Deserialize, Serialize};

/// The model's `UserType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub enum UserType {
    /// A person: the only kind there is here.
    PrivateUser,
    /// A device in a room; not offered.
    SharedDevice,
}

// An enum derived by serde may also be spelt {"Pro": null}, which is not the API's.
impl TryFrom<String> for UserType {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.as_str() {
            "PrivateUser" => Ok(Self::PrivateUser),
            "SharedDevice" => Ok(Self::SharedDevice),
            _ => Err("expected PrivateUser or SharedDevice"),
        }
    }
}

/// `NonEmptyString` of an id: one character that is not white space (`.*\S.*`), and no control characters,
/// which no id has and no database wants.
pub(crate) fn check_id(member: &str, text: &str) -> Result<(), Error> {
    if text.trim().is_empty() {
        return Err(Error::bad_request(format!("{member} must not be empty.")));
    }
    check_no_control(member, text)
}

/// `AccountName`: 1 to 100 characters, one of which is not white space.
fn check_account_name(member: &str, text: &str) -> Result<(), Error> {
    if text.trim().is_empty() || text.chars().count() > 100 {
        let message = format!("{member} must have 1 to 100 characters, not only white space.");
        return Err(Error::bad_request(message));
    }
    check_no_control(member, text)
}

/// `Email`: `.+@.+\..+`. Whether it is an address that can be used is decided behind the door.
fn check_email(member: &str, text: &str) -> Result<(), Error> {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let matches = text[first..].split_once('@').is_some_and(|(_, domain)| {
        let last = domain.char_indices().next_back().map_or(0, |(at, _)| at);
        domain[..last].rfind('.').is_some_and(|dot| dot > 0)
    });
    if !matches {
        return Err(Error::bad_request(format!("{member} must be an address like name@example.org.")));
    }
    check_no_control(member, text)
}

fn check_no_control(member: &str, text: &str) -> Result<(), Error> {
    if text.chars().any(char::is_control) {
        return Err(Error::bad_request(format!("{member} must not contain control characters.")));
    }
    Ok(())
}
