//! Settings of accounts, users and the deployment, and delegate groups: kept and shown (rule 59).

use access::UserSettings;
use access::change::{AccountSettingsChange, DeploymentSettingsChange};
use chime::Error;
use chime::shapes::{
    AccountSettings, AccountSettingsOutput, AssociateGroups, Bucket, DisassociateGroups, GlobalSettings, Telephony,
    UpdateAccountSettings, UpdateGlobalSettings, UpdateUserSettings, UserSettings as Shown, UserSettingsOutput,
};
use serde::Serialize;
use service::Service;

use super::error::from_service;
use super::{Call, account_id};

/// An output without members.
#[derive(Serialize)]
pub(super) struct Empty {}

/// **Permissions**: any role over the account.
pub(super) async fn of_account(service: &Service, call: &Call, account: &str) -> Result<AccountSettingsOutput, Error> {
    let account = account_id(account)?;
    let settings = service.show_account(&call.context, account).await.map_err(from_service)?.account.settings;
    let access::AccountSettings { disable_remote_control, enable_dial_out } = settings;
    Ok(AccountSettingsOutput { account_settings: AccountSettings { disable_remote_control, enable_dial_out } })
}

/// **Permissions**: FullAccess over the account.
pub(super) async fn update_account(service: &Service, call: &Call, account: &str) -> Result<(), Error> {
    let account = account_id(account)?;
    let wanted = UpdateAccountSettings::parse(call.content_type(), &call.body)?;
    let UpdateAccountSettings { disable_remote_control, enable_dial_out } = wanted;
    let change = AccountSettingsChange { disable_remote_control, enable_dial_out };
    service.update_account_settings(&call.context, account, change).await.map_err(from_service)?;
    Ok(())
}

/// **Permissions**: FullAccess over the account.
pub(super) async fn associate(service: &Service, call: &Call, account: &str) -> Result<Empty, Error> {
    let account = account_id(account)?;
    let AssociateGroups { groups } = AssociateGroups::parse(call.content_type(), &call.body)?;
    service.add_delegate_groups(&call.context, account, groups).await.map_err(from_service)?;
    Ok(Empty {})
}

/// **Permissions**: FullAccess over the account.
pub(super) async fn disassociate(service: &Service, call: &Call, account: &str) -> Result<Empty, Error> {
    let account = account_id(account)?;
    let DisassociateGroups { groups } = DisassociateGroups::parse(call.content_type(), &call.body)?;
    service.remove_delegate_groups(&call.context, account, groups).await.map_err(from_service)?;
    Ok(Empty {})
}

/// **Permissions**: any role over the account.
pub(super) async fn of_user(
    service: &Service,
    call: &Call,
    account: &str,
    user: &str,
) -> Result<UserSettingsOutput, Error> {
    let account = account_id(account)?;
    let settings = service.show_user(&call.context, account, user).await.map_err(from_service)?.settings;
    let UserSettings { inbound_calling, outbound_calling, sms } = settings;
    let telephony = Telephony { inbound_calling, outbound_calling, sms };
    Ok(UserSettingsOutput { user_settings: Shown { telephony } })
}

/// **Permissions**: UserManagement.
pub(super) async fn update_user(service: &Service, call: &Call, account: &str, user: &str) -> Result<(), Error> {
    let account = account_id(account)?;
    let UpdateUserSettings { telephony } = UpdateUserSettings::parse(call.content_type(), &call.body)?;
    let Telephony { inbound_calling, outbound_calling, sms } = telephony;
    let wanted = UserSettings { inbound_calling, outbound_calling, sms };
    let users = vec![user.to_owned()];
    super::users::only(service.update_user_settings(&call.context, account, users, wanted).await)?;
    Ok(())
}

/// **Permissions**: an operator, with any role.
pub(super) async fn of_deployment(service: &Service, call: &Call) -> Result<GlobalSettings, Error> {
    let settings = service.deployment_settings(&call.context).await.map_err(from_service)?;
    Ok(GlobalSettings {
        business_calling: Bucket { cdr_bucket: settings.business_calling_bucket },
        voice_connector: Bucket { cdr_bucket: settings.voice_connector_bucket },
    })
}

/// **Permissions**: an operator with FullAccess.
pub(super) async fn update_deployment(service: &Service, call: &Call) -> Result<(), Error> {
    let wanted = UpdateGlobalSettings::parse(call.content_type(), &call.body)?;
    let bucket = |given: Option<Bucket>| given.map(|bucket| bucket.cdr_bucket);
    let change = DeploymentSettingsChange {
        business_calling_bucket: bucket(wanted.business_calling),
        voice_connector_bucket: bucket(wanted.voice_connector),
    };
    service.update_deployment_settings(&call.context, change).await.map_err(from_service)?;
    Ok(())
}
