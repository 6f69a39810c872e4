//! Which operation a request calls.

use crate::not_offered::not_offered;
use crate::shapes::{ListAccounts, ListUsers};
use crate::target::{Target, decode};
use crate::{Error, ErrorKind};

/// An operation that is offered, with its path and query decoded. Ids are as the client wrote them: not blank,
/// without control characters, and otherwise unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the model's; the ids are those of the path")]
pub enum Operation {
    CreateAccount,
    GetAccount { account_id: String },
    ListAccounts(ListAccounts),
    InviteUsers { account_id: String },
    CreateUser { account_id: String },
    ListUsers { account_id: String, query: ListUsers },
    BatchUpdateUser { account_id: String },
    BatchSuspendUser { account_id: String },
    BatchUnsuspendUser { account_id: String },
    GetUser { account_id: String, user_id: String },
    UpdateUser { account_id: String, user_id: String },
    LogoutUser { account_id: String, user_id: String },
    UpdateAccount { account_id: String },
    DeleteAccount { account_id: String },
    GetAccountSettings { account_id: String },
    UpdateAccountSettings { account_id: String },
    AssociateSigninDelegateGroupsWithAccount { account_id: String },
    DisassociateSigninDelegateGroupsFromAccount { account_id: String },
    ResetPersonalPIN { account_id: String, user_id: String },
    GetUserSettings { account_id: String, user_id: String },
    UpdateUserSettings { account_id: String, user_id: String },
    GetGlobalSettings,
    UpdateGlobalSettings,
}

impl Operation {
    /// The operation's name in the model, for logs and the audit.
    pub fn name(&self) -> &'static str {
        match self {
            Self::CreateAccount => "CreateAccount",
            Self::GetAccount { .. } => "GetAccount",
            Self::ListAccounts(_) => "ListAccounts",
            Self::InviteUsers { .. } => "InviteUsers",
            Self::CreateUser { .. } => "CreateUser",
            Self::ListUsers { .. } => "ListUsers",
            Self::BatchUpdateUser { .. } => "BatchUpdateUser",
            Self::BatchSuspendUser { .. } => "BatchSuspendUser",
            Self::BatchUnsuspendUser { .. } => "BatchUnsuspendUser",
            Self::GetUser { .. } => "GetUser",
            Self::UpdateUser { .. } => "UpdateUser",
            Self::LogoutUser { .. } => "LogoutUser",
            Self::UpdateAccount { .. } => "UpdateAccount",
            Self::DeleteAccount { .. } => "DeleteAccount",
            Self::GetAccountSettings { .. } => "GetAccountSettings",
            Self::UpdateAccountSettings { .. } => "UpdateAccountSettings",
            Self::AssociateSigninDelegateGroupsWithAccount { .. } => "AssociateSigninDelegateGroupsWithAccount",
            Self::DisassociateSigninDelegateGroupsFromAccount { .. } => "DisassociateSigninDelegateGroupsFromAccount",
            Self::ResetPersonalPIN { .. } => "ResetPersonalPIN",
            Self::GetUserSettings { .. } => "GetUserSettings",
            Self::UpdateUserSettings { .. } => "UpdateUserSettings",
            Self::GetGlobalSettings => "GetGlobalSettings",
            Self::UpdateGlobalSettings => "UpdateGlobalSettings",
        }
    }

    /// The status of a success, as modelled.
    pub fn success_status(&self) -> u16 {
        match self {
            Self::CreateAccount | Self::InviteUsers { .. } | Self::CreateUser { .. } => 201,
            Self::LogoutUser { .. }
            | Self::DeleteAccount { .. }
            | Self::UpdateAccountSettings { .. }
            | Self::UpdateUserSettings { .. }
            | Self::UpdateGlobalSettings => 204,
            _ => 200,
        }
    }
}

/// Finds the operation of a request. `target` is its path and query, still percent-encoded, without any prefix
/// under which the API is mounted.
///
/// # Errors
/// `BadRequest` for an unsound path, an empty or malformed id, an unknown `?operation=`, a bad query value, or
/// an operation of the model that is not offered; `NotFound` for everything the model doesn't have.
pub fn route(method: &str, target: &str) -> Result<Operation, Error> {
    let target = Target::parse(target)?;
    let segments = target.path[1..].split('/');
    let path = segments.map(segment).collect::<Result<Vec<_>, _>>()?;
    let query = Query::parse(target)?;
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let Some(operation) = offered(method, &path, &query)? else {
        return Err(match (not_offered(method, &path, query.operation()), query.operation(), path.as_slice()) {
            (Some(name), ..) => Error::bad_request(format!("Not offered by this service: {name}.")),
            (None, Some(operation), ["accounts" | "settings", ..]) => {
                Error::bad_request(format!("This path has no 'operation={}'.", operation.escape_debug()))
            }
            (None, ..) => Error::new(ErrorKind::NotFound, "The API has no operation of this method and path."),
        });
    };
    query.check(&operation)?;
    Ok(operation)
}

fn offered(method: &str, path: &[&str], query: &Query) -> Result<Option<Operation>, Error> {
    let (operation, pairs) = (query.operation(), &query.pairs);
    Ok(Some(match path {
        ["accounts"] => match (method, operation) {
            ("POST", None) => Operation::CreateAccount,
            ("GET", None) => Operation::ListAccounts(ListAccounts::parse(pairs)?),
            _ => return Ok(None),
        },
        ["accounts", account] => return Ok(of_account(method, operation, id("AccountId", account)?)),
        ["accounts", account, "settings"] => {
            let account_id = id("AccountId", account)?;
            match (method, operation) {
                ("GET", None) => Operation::GetAccountSettings { account_id },
                ("PUT", None) => Operation::UpdateAccountSettings { account_id },
                _ => return Ok(None),
            }
        }
        ["accounts", account, "users"] => {
            let account_id = id("AccountId", account)?;
            match (method, operation) {
                ("GET", None) => Operation::ListUsers { account_id, query: ListUsers::parse(pairs)? },
                ("POST", None) => Operation::BatchUpdateUser { account_id },
                ("POST", Some("add")) => Operation::InviteUsers { account_id },
                ("POST", Some("create")) => Operation::CreateUser { account_id },
                ("POST", Some("suspend")) => Operation::BatchSuspendUser { account_id },
                ("POST", Some("unsuspend")) => Operation::BatchUnsuspendUser { account_id },
                _ => return Ok(None),
            }
        }
        ["accounts", account, "users", user, rest @ ..] => {
            let ids = (id("AccountId", account)?, id("UserId", user)?);
            return Ok(of_user(method, operation, ids, rest));
        }
        ["settings"] => match (method, operation) {
            ("GET", None) => Operation::GetGlobalSettings,
            ("PUT", None) => Operation::UpdateGlobalSettings,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

fn of_account(method: &str, operation: Option<&str>, account_id: String) -> Option<Operation> {
    Some(match (method, operation) {
        ("GET", None) => Operation::GetAccount { account_id },
        ("POST", None) => Operation::UpdateAccount { account_id },
        ("DELETE", None) => Operation::DeleteAccount { account_id },
        ("POST", Some("associate-signin-delegate-groups")) => {
            Operation::AssociateSigninDelegateGroupsWithAccount { account_id }
        }
        ("POST", Some("disassociate-signin-delegate-groups")) => {
            Operation::DisassociateSigninDelegateGroupsFromAccount { account_id }
        }
        _ => return None,
    })
}

fn of_user(
    method: &str,
    operation: Option<&str>,
    (account_id, user_id): (String, String),
    rest: &[&str],
) -> Option<Operation> {
    Some(match (method, rest, operation) {
        ("GET", [], None) => Operation::GetUser { account_id, user_id },
        ("POST", [], None) => Operation::UpdateUser { account_id, user_id },
        ("POST", [], Some("logout")) => Operation::LogoutUser { account_id, user_id },
        ("POST", [], Some("reset-personal-pin")) => Operation::ResetPersonalPIN { account_id, user_id },
        ("GET", ["settings"], None) => Operation::GetUserSettings { account_id, user_id },
        ("PUT", ["settings"], None) => Operation::UpdateUserSettings { account_id, user_id },
        _ => return None,
    })
}

/// A path segment, decoded once, after the path was split.
fn segment(segment: &str) -> Result<String, Error> {
    String::from_utf8(decode(segment)?).map_err(|_| Error::bad_request("A segment of the path is not UTF-8."))
}

/// An id from the path. An empty one must not turn `GetAccount` into `ListAccounts`.
fn id(member: &str, text: &str) -> Result<String, Error> {
    crate::shapes::check_id(member, text)?;
    Ok(text.to_owned())
}

/// The decoded query, still to be matched with what the operation knows.
struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    fn parse(target: Target<'_>) -> Result<Self, Error> {
        let text = |bytes| String::from_utf8(bytes).map_err(|_| Error::bad_request("The query is not UTF-8."));
        let pairs = target.parameters.into_iter().map(|(name, value)| Ok((text(name)?, text(value)?)));
        Ok(Self { pairs: pairs.collect::<Result<_, Error>>()? })
    }

    /// The `operation` parameter, which is part of the route.
    fn operation(&self) -> Option<&str> {
        self.pairs.iter().find(|(name, _)| name == "operation").map(|(_, value)| value.as_str())
    }

    /// A misspelt `operation` or filter must not fall through to the plain operation: nothing unknown, and
    /// nothing twice.
    fn check(&self, operation: &Operation) -> Result<(), Error> {
        let known: &[&str] = match operation {
            Operation::ListAccounts(_) => &ListAccounts::PARAMETERS,
            Operation::ListUsers { .. } => &ListUsers::PARAMETERS,
            _ => &[],
        };
        for (index, (name, _)) in self.pairs.iter().enumerate() {
            if name != "operation" && !known.contains(&name.as_str()) {
                let (call, name) = (operation.name(), name.escape_debug());
                return Err(Error::bad_request(format!("{call} has no query parameter '{name}'.")));
            }
            if self.pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Error::bad_request(format!("The query parameter '{name}' is given twice.")));
            }
        }
        Ok(())
    }
}
