//! The inputs that come in a body. `parse` takes the Content-Type header and the body as they arrived.

use super::body::{self, Object};
use super::{License, UserType, check_account_name, check_email, check_id, check_no_control};
use crate::Error;
use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};

/// `CreateAccount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateAccount {
    /// 1 to 100 characters, not only white space.
    pub name: String,
}

/// `UpdateAccount`; what is `None` stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateAccount {
    /// 1 to 100 characters, not only white space.
    pub name: Option<String>,
    /// What people get when they join.
    pub default_license: Option<License>,
}

/// `InviteUsers`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteUsers {
    /// 1 to 50, as written: a bad one has its own answer and never stops the others (Rule 14).
    pub emails: Vec<String>,
}

/// `CreateUser`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateUser {
    /// Has the form of an address.
    pub email: String,
    /// The name to show, if the client gives one.
    pub username: Option<String>,
}

/// `UpdateUser`: the license is all that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateUser {
    /// `None`: nothing changes.
    pub license: Option<License>,
}

/// `BatchUpdateUser`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchUpdateUser {
    /// 1 to 20.
    pub updates: Vec<UserUpdate>,
}

/// One of a batch of updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserUpdate {
    /// Not blank, otherwise unchecked.
    pub user_id: String,
    /// `None`: nothing changes.
    pub license: Option<License>,
}

/// The input of `BatchSuspendUser` and `BatchUnsuspendUser`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserIdList {
    /// 1 to 50, not blank, otherwise unchecked.
    pub user_ids: Vec<String>,
}

impl CreateAccount {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            name: Option<String>,
        }
        let Raw { name } = body::read(content_type, body)?;
        let name = required("Name", name)?;
        check_account_name("Name", &name)?;
        Ok(Self { name })
    }
}

impl UpdateAccount {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            name: Option<String>,
            #[serde(default, deserialize_with = "license")]
            default_license: Option<License>,
        }
        let Raw { name, default_license } = body::read(content_type, body)?;
        name.as_deref().map_or(Ok(()), |name| check_account_name("Name", name))?;
        Ok(Self { name, default_license })
    }
}

impl InviteUsers {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            user_email_list: Option<Vec<String>>,
            user_type: Option<UserType>,
        }
        let Raw { user_email_list, user_type } = body::read(content_type, body)?;
        check_user_type("UserType", user_type)?;
        Ok(Self { emails: list("UserEmailList", user_email_list, 50)? })
    }
}

impl CreateUser {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            username: Option<String>,
            email: Option<String>,
            user_type: Option<UserType>,
        }
        let Raw { username, email, user_type } = body::read(content_type, body)?;
        check_user_type("UserType", user_type)?;
        let Some(email) = email else {
            let message = "Email is required: a user is known by an address, a Username is not enough.";
            return Err(Error::bad_request(message));
        };
        check_email("Email", &email)?;
        username.as_deref().map_or(Ok(()), |name| check_no_control("Username", name))?;
        Ok(Self { email, username })
    }
}

/// What `UpdateUser` and an item of `BatchUpdateUser` have in common.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    user_id: Option<String>,
    #[serde(default, deserialize_with = "license")]
    license_type: Option<License>,
    user_type: Option<UserType>,
    alexa_for_business_metadata: Option<IgnoredAny>,
}

impl Change {
    /// `prefix` leads to the member in an error.
    fn license(&self, prefix: &str) -> Result<Option<License>, Error> {
        check_user_type(&format!("{prefix}UserType"), self.user_type)?;
        if self.alexa_for_business_metadata.is_some() {
            let message = format!("{prefix}AlexaForBusinessMetadata is not supported by this service.");
            return Err(Error::bad_request(message));
        }
        Ok(self.license_type)
    }
}

/// A license by its name. (The derived reader would also take `{"Pro": null}`, which is not the API's.)
fn license<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<License>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    let license = name.map(|name| name.parse()).transpose();
    license.map_err(|_| D::Error::custom("expected Basic, Plus, Pro or ProTrial"))
}

impl UpdateUser {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        let change: Change = body::read(content_type, body)?;
        Ok(Self { license: change.license("")? })
    }
}

impl BatchUpdateUser {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            update_user_request_items: Option<Vec<Object<Change>>>,
        }
        const MEMBER: &str = "UpdateUserRequestItems";
        let Raw { update_user_request_items } = body::read(content_type, body)?;
        let items = list(MEMBER, update_user_request_items, 20)?;
        let updates = items.into_iter().enumerate().map(|(index, Object(change))| {
            let prefix = format!("{MEMBER}[{index}].");
            let license = change.license(&prefix)?;
            let member = format!("{prefix}UserId");
            let user_id = required(&member, change.user_id)?;
            check_id(&member, &user_id)?;
            Ok(UserUpdate { user_id, license })
        });
        Ok(Self { updates: updates.collect::<Result<_, Error>>()? })
    }
}

impl UserIdList {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            user_id_list: Option<Vec<String>>,
        }
        const MEMBER: &str = "UserIdList";
        let Raw { user_id_list } = body::read(content_type, body)?;
        let user_ids = list(MEMBER, user_id_list, 50)?;
        for (index, id) in user_ids.iter().enumerate() {
            check_id(&format!("{MEMBER}[{index}]"), id)?;
        }
        Ok(Self { user_ids })
    }
}

pub(super) fn required<T>(member: &str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| Error::bad_request(format!("{member} is required.")))
}

pub(super) fn list<T>(member: &str, items: Option<Vec<T>>, max: usize) -> Result<Vec<T>, Error> {
    let items = required(member, items)?;
    if items.is_empty() || items.len() > max {
        return Err(Error::bad_request(format!("{member} must have 1 to {max} items.")));
    }
    Ok(items)
}

/// A person is the only type there is; naming it changes nothing.
fn check_user_type(member: &str, user_type: Option<UserType>) -> Result<(), Error> {
    if user_type == Some(UserType::SharedDevice) {
        let message = format!("{member} SharedDevice is not supported by this service.");
        return Err(Error::bad_request(message));
    }
    Ok(())
}
