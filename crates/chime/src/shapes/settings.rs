//! Settings of accounts, users and the deployment, and the delegate groups of an account: inputs and outputs.

use super::body::{self, Object};
use super::check_id;
use super::request::{list, required};
use crate::Error;
use serde::{Deserialize, Serialize};

/// The most groups in one request; the model has no bound.
const MAX_GROUPS: usize = 100;

/// `UpdateAccountSettings`; what is `None` stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct UpdateAccountSettings {
    pub disable_remote_control: Option<bool>,
    pub enable_dial_out: Option<bool>,
}

/// `AssociateSigninDelegateGroupsWithAccount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociateGroups {
    /// 1 to 100, none of them blank.
    pub groups: Vec<String>,
}

/// `DisassociateSigninDelegateGroupsFromAccount`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisassociateGroups {
    /// 1 to 100, none of them blank.
    pub groups: Vec<String>,
}

/// `UpdateUserSettings`: all three are required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpdateUserSettings {
    /// What the person may do on the telephone.
    pub telephony: Telephony,
}

/// `UpdateGlobalSettings`. What is `None` stays; a bucket that is not named is taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct UpdateGlobalSettings {
    pub business_calling: Option<Bucket>,
    pub voice_connector: Option<Bucket>,
}

/// The model's `AccountSettings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct AccountSettings {
    pub disable_remote_control: bool,
    pub enable_dial_out: bool,
}

/// The output of `GetAccountSettings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct AccountSettingsOutput {
    pub account_settings: AccountSettings,
}

/// The model's `SigninDelegateGroup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct SigninDelegateGroup {
    pub group_name: String,
}

/// The model's `TelephonySettings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct Telephony {
    pub inbound_calling: bool,
    pub outbound_calling: bool,
    #[serde(rename = "SMS")]
    pub sms: bool,
}

/// The model's `UserSettings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct UserSettings {
    pub telephony: Telephony,
}

/// The output of `GetUserSettings`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct UserSettingsOutput {
    pub user_settings: UserSettings,
}

/// The model's `BusinessCallingSettings` and `VoiceConnectorSettings`: where records of calls go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct Bucket {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cdr_bucket: Option<String>,
}

/// The output of `GetGlobalSettings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(missing_docs, reason = "the names are the model's")]
pub struct GlobalSettings {
    pub business_calling: Bucket,
    pub voice_connector: Bucket,
}

impl UpdateAccountSettings {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            account_settings: Option<Object<Settings>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Settings {
            disable_remote_control: Option<bool>,
            enable_dial_out: Option<bool>,
        }
        let Raw { account_settings } = body::read(content_type, body)?;
        let Object(Settings { disable_remote_control, enable_dial_out }) =
            required("AccountSettings", account_settings)?;
        Ok(Self { disable_remote_control, enable_dial_out })
    }
}

impl AssociateGroups {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            signin_delegate_groups: Option<Vec<Object<Group>>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Group {
            group_name: Option<String>,
        }
        const MEMBER: &str = "SigninDelegateGroups";
        let Raw { signin_delegate_groups } = body::read(content_type, body)?;
        let given = list(MEMBER, signin_delegate_groups, MAX_GROUPS)?.into_iter().enumerate();
        let groups = given.map(|(index, Object(group))| {
            let member = format!("{MEMBER}[{index}].GroupName");
            let name = required(&member, group.group_name)?;
            check_id(&member, &name)?;
            Ok(name)
        });
        Ok(Self { groups: groups.collect::<Result<_, Error>>()? })
    }
}

impl DisassociateGroups {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            group_names: Option<Vec<String>>,
        }
        const MEMBER: &str = "GroupNames";
        let Raw { group_names } = body::read(content_type, body)?;
        let groups = list(MEMBER, group_names, MAX_GROUPS)?;
        for (index, name) in groups.iter().enumerate() {
            check_id(&format!("{MEMBER}[{index}]"), name)?;
        }
        Ok(Self { groups })
    }
}

impl UpdateUserSettings {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            user_settings: Option<Object<Settings>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Settings {
            telephony: Option<Object<Calls>>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Calls {
            inbound_calling: Option<bool>,
            outbound_calling: Option<bool>,
            #[serde(rename = "SMS")]
            sms: Option<bool>,
        }
        let Raw { user_settings } = body::read(content_type, body)?;
        let Object(Settings { telephony }) = required("UserSettings", user_settings)?;
        let Object(calls) = required("UserSettings.Telephony", telephony)?;
        let telephony = Telephony {
            inbound_calling: required("UserSettings.Telephony.InboundCalling", calls.inbound_calling)?,
            outbound_calling: required("UserSettings.Telephony.OutboundCalling", calls.outbound_calling)?,
            sms: required("UserSettings.Telephony.SMS", calls.sms)?,
        };
        Ok(Self { telephony })
    }
}

impl UpdateGlobalSettings {
    /// # Errors
    /// `BadRequest`, naming the member.
    pub fn parse(content_type: Option<&[u8]>, body: &[u8]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Raw {
            business_calling: Option<Object<Bucket>>,
            voice_connector: Option<Object<Bucket>>,
        }
        let Raw { business_calling, voice_connector } = body::read(content_type, body)?;
        let bucket = |given: Option<Object<Bucket>>| given.map(|Object(bucket)| bucket);
        Ok(Self { business_calling: bucket(business_calling), voice_connector: bucket(voice_connector) })
    }
}
