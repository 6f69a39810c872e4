//! Outputs: names, timestamps, and nothing that is null.

use carillon_chime::shapes::*;
use serde_json::json;

fn account() -> Account {
    Account {
        aws_account_id: "000000000000".to_owned(),
        account_id: "a".to_owned(),
        name: "Example".to_owned(),
        account_type: AccountType::EnterpriseLwa,
        created_timestamp: "2026-11-24T18:00:00.1239Z".parse().unwrap(),
        default_license: License::Pro,
        supported_licenses: vec![License::Basic, License::Plus, License::Pro, License::ProTrial],
        account_status: AccountStatus::Active,
        signin_delegate_groups: vec![SigninDelegateGroup { group_name: "Assistants".to_owned() }],
    }
}

fn user() -> User {
    User {
        user_id: "u".to_owned(),
        account_id: Some("a".to_owned()),
        primary_email: Some("ada@example.org".to_owned()),
        display_name: Some("Ada".to_owned()),
        license_type: Some(License::ProTrial),
        user_type: UserType::PrivateUser,
        user_registration_status: Some(RegistrationStatus::Registered),
        user_invitation_status: Some(InviteStatus::Accepted),
        registered_on: Some("2026-11-24T18:00:00Z".parse().unwrap()),
        invited_on: Some("2026-11-23T18:00:00.5Z".parse().unwrap()),
        personal_pin: Some("1234567890".to_owned()),
    }
}

#[test]
fn accounts() {
    let expected = json!({
        "AwsAccountId": "000000000000", "AccountId": "a", "Name": "Example", "AccountType": "EnterpriseLWA",
        "CreatedTimestamp": "2026-11-24T18:00:00.123Z", "DefaultLicense": "Pro",
        "SupportedLicenses": ["Basic", "Plus", "Pro", "ProTrial"], "AccountStatus": "Active",
        "SigninDelegateGroups": [{"GroupName": "Assistants"}],
    });
    let one = serde_json::to_value(AccountOutput { account: account() }).unwrap();
    assert_eq!(one, json!({"Account": expected}));
    let next_token = Some("t".to_owned());
    let list = serde_json::to_value(ListAccountsOutput { accounts: vec![account()], next_token }).unwrap();
    assert_eq!(list, json!({"Accounts": [expected], "NextToken": "t"}));
}

#[test]
fn users() {
    let expected = json!({
        "UserId": "u", "AccountId": "a", "PrimaryEmail": "ada@example.org", "DisplayName": "Ada",
        "LicenseType": "ProTrial", "UserType": "PrivateUser", "UserRegistrationStatus": "Registered",
        "UserInvitationStatus": "Accepted", "RegisteredOn": "2026-11-24T18:00:00.000Z",
        "InvitedOn": "2026-11-23T18:00:00.500Z", "PersonalPIN": "1234567890",
    });
    assert_eq!(serde_json::to_value(UserOutput { user: user() }).unwrap(), json!({"User": expected}));
    let sparse = User {
        account_id: None,
        primary_email: None,
        display_name: None,
        license_type: None,
        user_registration_status: None,
        user_invitation_status: None,
        registered_on: None,
        invited_on: None,
        personal_pin: None,
        ..user()
    };
    let list = serde_json::to_value(ListUsersOutput { users: vec![sparse], next_token: None }).unwrap();
    assert_eq!(list, json!({"Users": [{"UserId": "u", "UserType": "PrivateUser"}]}));
}

#[test]
fn invites() {
    let sent = Invite {
        invite_id: Some("i".to_owned()),
        status: InviteStatus::Pending,
        email_address: "ada@example.org".to_owned(),
        email_status: EmailStatus::Sent,
    };
    let failed = Invite {
        invite_id: None,
        status: InviteStatus::Failed,
        email_address: "not-an-address".to_owned(),
        email_status: EmailStatus::NotSent,
    };
    let output = serde_json::to_value(InviteUsersOutput { invites: vec![sent, failed] }).unwrap();
    let expected = json!({"Invites": [
        {"InviteId": "i", "Status": "Pending", "EmailAddress": "ada@example.org", "EmailStatus": "Sent"},
        {"Status": "Failed", "EmailAddress": "not-an-address", "EmailStatus": "NotSent"},
    ]});
    assert_eq!(output, expected);
}

#[test]
fn settings() {
    let account_settings = AccountSettings { disable_remote_control: true, enable_dial_out: false };
    assert_eq!(
        serde_json::to_value(AccountSettingsOutput { account_settings }).unwrap(),
        json!({"AccountSettings": {"DisableRemoteControl": true, "EnableDialOut": false}})
    );
    let telephony = Telephony { inbound_calling: true, outbound_calling: false, sms: true };
    assert_eq!(
        serde_json::to_value(UserSettingsOutput { user_settings: UserSettings { telephony } }).unwrap(),
        json!({"UserSettings": {"Telephony": {"InboundCalling": true, "OutboundCalling": false, "SMS": true}}})
    );
    let (business_calling, voice_connector) =
        (Bucket { cdr_bucket: Some("calls".to_owned()) }, Bucket { cdr_bucket: None });
    assert_eq!(
        serde_json::to_value(GlobalSettings { business_calling, voice_connector }).unwrap(),
        json!({"BusinessCalling": {"CdrBucket": "calls"}, "VoiceConnector": {}})
    );
}
