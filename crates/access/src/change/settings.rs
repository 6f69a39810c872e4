//! What administrators set about calls, delegates and PINs (rules 59 and 60).

use super::{Transition, account::standing};
use crate::{Account, AccountSettings, DeploymentSettings, Refusal, User, UserSettings};

/// The most delegate groups of an account.
const MAX_GROUPS: usize = 100;

/// The most characters in the name of a group or a bucket.
const MAX_NAME: usize = 256;

/// What to change about an account's settings; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountSettingsChange {
    /// See [`AccountSettings::disable_remote_control`].
    pub disable_remote_control: Option<bool>,
    /// See [`AccountSettings::enable_dial_out`].
    pub enable_dial_out: Option<bool>,
}

/// Changes an account's settings.
pub fn update_account_settings(account: &Account, change: AccountSettingsChange) -> Result<Account, Refusal> {
    standing(account)?;
    let before = account.settings;
    let settings = AccountSettings {
        disable_remote_control: change.disable_remote_control.unwrap_or(before.disable_remote_control),
        enable_dial_out: change.enable_dial_out.unwrap_or(before.enable_dial_out),
    };
    Ok(Account { settings, ..account.clone() })
}

/// Adds delegate groups. One that is there already stays once.
pub fn add_delegate_groups(account: &Account, names: &[String]) -> Result<Account, Refusal> {
    standing(account)?;
    let mut groups = account.delegate_groups.clone();
    for name in names {
        groups.push(usable("GroupName", name)?);
    }
    groups.sort_unstable();
    groups.dedup();
    if groups.len() > MAX_GROUPS {
        let why = format!("an account has at most {MAX_GROUPS} delegate groups; take some away first");
        return Err(Refusal::Invalid { member: "SigninDelegateGroups", why });
    }
    Ok(Account { delegate_groups: groups, ..account.clone() })
}

/// Takes delegate groups away. One that is not there is gone already.
pub fn remove_delegate_groups(account: &Account, names: &[String]) -> Result<Account, Refusal> {
    standing(account)?;
    let mut groups = account.delegate_groups.clone();
    groups.retain(|group| !names.contains(group));
    Ok(Account { delegate_groups: groups, ..account.clone() })
}

/// Gives a member a new personal PIN, which is fresh randomness; the former one is nobody's.
pub fn reset_pin(user: &User, pin: String) -> Transition {
    Transition { user: User { pin: Some(pin), ..user.clone() }, effects: Vec::new() }
}

/// Sets what a member may do on the telephone.
pub fn update_user_settings(user: &User, settings: UserSettings) -> Transition {
    Transition { user: User { settings, ..user.clone() }, effects: Vec::new() }
}

/// What to change about the deployment; what is `None` stays, and `Some(None)` takes the bucket away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeploymentSettingsChange {
    /// See [`DeploymentSettings::business_calling_bucket`].
    pub business_calling_bucket: Option<Option<String>>,
    /// See [`DeploymentSettings::voice_connector_bucket`].
    pub voice_connector_bucket: Option<Option<String>>,
}

/// Changes the settings of the deployment.
pub fn update_deployment_settings(
    before: &DeploymentSettings,
    change: DeploymentSettingsChange,
) -> Result<DeploymentSettings, Refusal> {
    let bucket = |wanted: Option<Option<String>>, kept: &Option<String>| match wanted {
        None => Ok(kept.clone()),
        Some(wanted) => wanted.map(|name| usable("CdrBucket", &name)).transpose(),
    };
    Ok(DeploymentSettings {
        business_calling_bucket: bucket(change.business_calling_bucket, &before.business_calling_bucket)?,
        voice_connector_bucket: bucket(change.voice_connector_bucket, &before.voice_connector_bucket)?,
    })
}

/// A name on one line, not blank and not endless. It is compared exactly, so nothing is cut off it.
fn usable(member: &'static str, name: &str) -> Result<String, Refusal> {
    let bad = |why: &str| Err(Refusal::Invalid { member, why: why.to_owned() });
    match name {
        name if name.chars().all(char::is_whitespace) => bad("it is blank; give a name"),
        name if name.chars().any(char::is_control) => bad("it has control characters; leave them out"),
        name if name.chars().count() > MAX_NAME => bad("it has more than 256 characters; shorten it"),
        name => Ok(name.to_owned()),
    }
}
