//! The outputs. Members without a value are left out.

use super::{AccountType, License, RegistrationStatus, SigninDelegateGroup, UserType};
use crate::{Error, ErrorCode};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct Account {
    pub aws_account_id: String,
    pub account_id: String,
    pub name: String,
    pub account_type: AccountType,
    #[serde(serialize_with = "timestamp")]
    pub created_timestamp: Timestamp,
    pub default_license: License,
    pub supported_licenses: Vec<License>,
    pub account_status: AccountStatus,
    pub signin_delegate_groups: Vec<SigninDelegateGroup>,
}

/// The model's `AccountStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the model's")]
pub enum AccountStatus {
    Active,
    Suspended,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct User {
    pub user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub license_type: Option<License>,
    pub user_type: UserType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_registration_status: Option<RegistrationStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_invitation_status: Option<InviteStatus>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "timestamp_of")]
    pub registered_on: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "timestamp_of")]
    pub invited_on: Option<Timestamp>,
    #[serde(rename = "PersonalPIN", skip_serializing_if = "Option::is_none")]
    pub personal_pin: Option<String>,
}

/// The answer to one invited address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct Invite {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invite_id: Option<String>,
    pub status: InviteStatus,
    pub email_address: String,
    pub email_status: EmailStatus,
}

/// The model's `InviteStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the model's")]
pub enum InviteStatus {
    Pending,
    Accepted,
    Failed,
}

/// The model's `EmailStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the model's")]
pub enum EmailStatus {
    NotSent,
    Sent,
    Failed,
}

/// Why one user of a batch was left as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct UserError {
    pub user_id: String,
    pub error_code: ErrorCode,
    pub error_message: String,
}

impl UserError {
    /// What `error` would have said, had the batch been of this user alone.
    pub fn new(user_id: String, error: Error) -> Self {
        let error_code = error.kind.code().unwrap_or(ErrorCode::BadRequest);
        Self { user_id, error_code, error_message: error.message }
    }
}

/// The output of `CreateAccount`, `GetAccount` and `UpdateAccount`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct AccountOutput {
    pub account: Account,
}

/// The output of `CreateUser`, `GetUser`, `UpdateUser` and `ResetPersonalPIN`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct UserOutput {
    pub user: User,
}

/// The output of `ListAccounts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct ListAccountsOutput {
    pub accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// The output of `ListUsers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct ListUsersOutput {
    pub users: Vec<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_token: Option<String>,
}

/// The output of `InviteUsers`: one answer per address, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct InviteUsersOutput {
    pub invites: Vec<Invite>,
}

/// The output of `BatchUpdateUser`, `BatchSuspendUser` and `BatchUnsuspendUser`: only the users that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct UserErrorsOutput {
    pub user_errors: Vec<UserError>,
}

/// `2026-11-24T18:00:00.123Z`.
fn timestamp<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{at:.3}"))
}

fn timestamp_of<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => timestamp(at, serializer),
        None => serializer.serialize_none(),
    }
}
