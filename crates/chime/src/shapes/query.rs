//! The queries of the two lists.

use super::{UserType, check_account_name, check_email};
use crate::Error;

/// `ListAccounts`: at most one page of the accounts the caller may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAccounts {
    /// Only accounts whose name starts with this.
    pub name: Option<String>,
    /// Only the account that the user with this address is in.
    pub user_email: Option<String>,
    /// Which page.
    pub page: Page,
}

/// `ListUsers`: at most one page of an account's users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUsers {
    /// Only the user with this address.
    pub user_email: Option<String>,
    /// Only users of this type.
    pub user_type: Option<UserType>,
    /// Which page.
    pub page: Page,
}

/// The position in a list, and how much of it is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// 1 to 200; 100 when the client doesn't say.
    pub max_results: u8,
    /// As the client sent it: to be opened with [`crate::paging::open`].
    pub next_token: Option<String>,
}

impl ListAccounts {
    pub(crate) const PARAMETERS: [&str; 4] = ["name", "user-email", "max-results", "next-token"];

    pub(crate) fn parse(pairs: &[(String, String)]) -> Result<Self, Error> {
        let name = find(pairs, "name");
        name.map_or(Ok(()), |name| check_account_name("name", name))?;
        Ok(Self { name: name.map(str::to_owned), user_email: user_email(pairs)?, page: Page::parse(pairs)? })
    }
}

impl ListUsers {
    pub(crate) const PARAMETERS: [&str; 4] = ["user-email", "user-type", "max-results", "next-token"];

    pub(crate) fn parse(pairs: &[(String, String)]) -> Result<Self, Error> {
        let user_type = find(pairs, "user-type")
            .map(|name| UserType::try_from(name.to_owned()))
            .transpose()
            .map_err(|expected| Error::bad_request(format!("user-type: {expected}.")))?;
        Ok(Self { user_email: user_email(pairs)?, user_type, page: Page::parse(pairs)? })
    }
}

impl Page {
    fn parse(pairs: &[(String, String)]) -> Result<Self, Error> {
        let max_results = match find(pairs, "max-results") {
            None => 100,
            Some(text) => text
                .parse()
                .ok()
                .filter(|count| (1..=200).contains(count) && !text.starts_with('+'))
                .ok_or_else(|| Error::bad_request("max-results must be a number from 1 to 200."))?,
        };
        Ok(Self { max_results, next_token: find(pairs, "next-token").map(str::to_owned) })
    }
}

fn user_email(pairs: &[(String, String)]) -> Result<Option<String>, Error> {
    let email = find(pairs, "user-email");
    email.map_or(Ok(()), |email| check_email("user-email", email))?;
    Ok(email.map(str::to_owned))
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
