//! Which operation a request calls.

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
        }
    }

    /// The status of a success, as modelled.
    pub fn success_status(&self) -> u16 {
        match self {
            Self::CreateAccount | Self::InviteUsers { .. } | Self::CreateUser { .. } => 201,
            Self::LogoutUser { .. } => 204,
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
    let operation = match path.as_slice() {
        ["accounts"] => accounts(method, &query)?,
        ["accounts", account_id] => account(method, id("AccountId", account_id)?, &query)?,
        ["accounts", account_id, "users"] => users(method, id("AccountId", account_id)?, &query)?,
        ["accounts", account_id, "users", user_id] => {
            let ids = (id("AccountId", account_id)?, id("UserId", user_id)?);
            user(method, ids, &query)?
        }
        _ => None,
    };
    let Some(operation) = operation else {
        return Err(match elsewhere(method, &path) {
            Some(what) => not_offered(what),
            None => Error::new(ErrorKind::NotFound, "The API has no operation of this method and path."),
        });
    };
    query.check(&operation)?;
    Ok(operation)
}

fn accounts(method: &str, query: &Query) -> Result<Option<Operation>, Error> {
    Ok(Some(match (method, query.operation()) {
        ("POST", None) => Operation::CreateAccount,
        ("GET", None) => Operation::ListAccounts(ListAccounts::parse(&query.pairs)?),
        (_, Some(other)) => return Err(unknown(other)),
        (_, None) => return Ok(None),
    }))
}

fn account(method: &str, account_id: String, query: &Query) -> Result<Option<Operation>, Error> {
    Ok(Some(match (method, query.operation()) {
        ("GET", None) => Operation::GetAccount { account_id },
        ("POST", Some("associate-signin-delegate-groups")) => {
            return Err(not_offered("AssociateSigninDelegateGroupsWithAccount"));
        }
        ("POST", Some("disassociate-signin-delegate-groups")) => {
            return Err(not_offered("DisassociateSigninDelegateGroupsFromAccount"));
        }
        (_, Some(other)) => return Err(unknown(other)),
        (_, None) => return Ok(None),
    }))
}

fn users(method: &str, account_id: String, query: &Query) -> Result<Option<Operation>, Error> {
    Ok(Some(match (method, query.operation()) {
        ("GET", None) => Operation::ListUsers { account_id, query: ListUsers::parse(&query.pairs)? },
        ("POST", None) => Operation::BatchUpdateUser { account_id },
        ("POST", Some("add")) => Operation::InviteUsers { account_id },
        ("POST", Some("create")) => Operation::CreateUser { account_id },
        ("POST", Some("suspend")) => Operation::BatchSuspendUser { account_id },
        ("POST", Some("unsuspend")) => Operation::BatchUnsuspendUser { account_id },
        (_, Some(other)) => return Err(unknown(other)),
        (_, None) => return Ok(None),
    }))
}

fn user(method: &str, ids: (String, String), query: &Query) -> Result<Option<Operation>, Error> {
    let (account_id, user_id) = ids;
    Ok(Some(match (method, query.operation()) {
        ("GET", None) => Operation::GetUser { account_id, user_id },
        ("POST", None) => Operation::UpdateUser { account_id, user_id },
        ("POST", Some("logout")) => Operation::LogoutUser { account_id, user_id },
        ("POST", Some("reset-personal-pin")) => return Err(not_offered("ResetPersonalPIN")),
        ("POST", Some("associate-phone-number")) => {
            return Err(not_offered("AssociatePhoneNumberWithUser"));
        }
        ("POST", Some("disassociate-phone-number")) => {
            return Err(not_offered("DisassociatePhoneNumberFromUser"));
        }
        (_, Some(other)) => return Err(unknown(other)),
        (_, None) => return Ok(None),
    }))
}

/// The model's other operations, so that a client learns that they exist and are not offered.
fn elsewhere(method: &str, path: &[&str]) -> Option<&'static str> {
    Some(match (method, path) {
        ("POST", ["accounts", _]) => "UpdateAccount",
        ("DELETE", ["accounts", _]) => "DeleteAccount",
        ("GET", ["accounts", _, "settings"]) => "GetAccountSettings",
        ("PUT", ["accounts", _, "settings"]) => "UpdateAccountSettings",
        ("GET", ["accounts", _, "users", _, "settings"]) => "GetUserSettings",
        ("PUT", ["accounts", _, "users", _, "settings"]) => "UpdateUserSettings",
        ("GET", ["settings"]) => "GetGlobalSettings",
        ("PUT", ["settings"]) => "UpdateGlobalSettings",
        ("GET", ["settings", "phone-number"]) => "GetPhoneNumberSettings",
        ("PUT", ["settings", "phone-number"]) => "UpdatePhoneNumberSettings",
        ("GET", ["accounts", _, "retention-settings"]) => "GetRetentionSettings",
        ("PUT", ["accounts", _, "retention-settings"]) => "PutRetentionSettings",
        (_, ["accounts", _, "bots", ..]) => "bots",
        (_, ["accounts", _, "rooms", ..]) => "rooms",
        (_, ["accounts", _, "conversations", ..]) => "conversations",
        (_, ["meetings", ..]) => "meetings",
        (_, ["phone-numbers" | "phone-number-orders" | "phone-number-countries" | "search", ..]) => "phone numbers",
        _ => return None,
    })
}

fn not_offered(what: &str) -> Error {
    Error::bad_request(format!("Not offered by this service: {what}."))
}

fn unknown(operation: &str) -> Error {
    Error::bad_request(format!("This path has no 'operation={}'.", operation.escape_debug()))
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
