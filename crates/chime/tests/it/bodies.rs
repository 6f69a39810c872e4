//! Bodies: what is read, and what is refused with the name of the member.

use carillon_chime::shapes::{
    AssociateGroups, BatchUpdateUser, Bucket, CreateAccount, CreateUser, DisassociateGroups, InviteUsers, License,
    Telephony, UpdateAccount, UpdateAccountSettings, UpdateGlobalSettings, UpdateUser, UpdateUserSettings, UserIdList,
    UserUpdate,
};
use carillon_chime::{Error, ErrorKind};
use proptest::prelude::*;
use serde_json::json;

const JSON: Option<&[u8]> = Some(b"application/json");

type Parse = fn(Option<&[u8]>, &[u8]) -> Result<String, Error>;

/// Any input's parser, with the result as text.
macro_rules! parser {
    ($input:ty) => {
        |content_type, body| <$input>::parse(content_type, body).map(|input| format!("{input:?}"))
    };
}

const CREATE_ACCOUNT: Parse = parser!(CreateAccount);
const INVITE: Parse = parser!(InviteUsers);
const CREATE_USER: Parse = parser!(CreateUser);
const UPDATE: Parse = parser!(UpdateUser);
const BATCH: Parse = parser!(BatchUpdateUser);
const IDS: Parse = parser!(UserIdList);
const UPDATE_ACCOUNT: Parse = parser!(UpdateAccount);
const ACCOUNT_SETTINGS: Parse = parser!(UpdateAccountSettings);
const ASSOCIATE: Parse = parser!(AssociateGroups);
const DISASSOCIATE: Parse = parser!(DisassociateGroups);
const USER_SETTINGS: Parse = parser!(UpdateUserSettings);
const GLOBAL: Parse = parser!(UpdateGlobalSettings);
const ALL: [Parse; 12] = [
    CREATE_ACCOUNT,
    INVITE,
    CREATE_USER,
    UPDATE,
    BATCH,
    IDS,
    UPDATE_ACCOUNT,
    ACCOUNT_SETTINGS,
    ASSOCIATE,
    DISASSOCIATE,
    USER_SETTINGS,
    GLOBAL,
];

#[test]
fn good_bodies() {
    let read = CreateAccount::parse(JSON, r#"{"Name":"Bj\u00f6rn & Söhne","Unknown":[1]}"#.as_bytes());
    assert_eq!(read, Ok(CreateAccount { name: "Björn & Söhne".to_owned() }));

    let body = br#" {"UserEmailList":["ada@example.org","not-an-address"],"UserType":"PrivateUser"} "#;
    let emails = vec!["ada@example.org".to_owned(), "not-an-address".to_owned()];
    assert_eq!(InviteUsers::parse(JSON, body), Ok(InviteUsers { emails }));

    let content_type: Option<&[u8]> = Some(b"Application/JSON; charset=utf-8");
    let email = "ada@example.org".to_owned();
    let user = CreateUser { email: email.clone(), username: None };
    let read = CreateUser::parse(content_type, br#"{"Email":"ada@example.org","Username":null}"#);
    assert_eq!(read, Ok(user));
    let user = CreateUser { email, username: Some("Ada".to_owned()) };
    let read = CreateUser::parse(content_type, br#"{"Email":"ada@example.org","Username":"Ada"}"#);
    assert_eq!(read, Ok(user));

    for (name, license) in
        [("Basic", License::Basic), ("Plus", License::Plus), ("Pro", License::Pro), ("ProTrial", License::ProTrial)]
    {
        let body = json!({"LicenseType": name, "UserType": "PrivateUser"}).to_string();
        let read = UpdateUser::parse(JSON, body.as_bytes());
        assert_eq!(read, Ok(UpdateUser { license: Some(license) }));
    }

    let body = br#"{"UpdateUserRequestItems":[{"UserId":"u","LicenseType":"Pro"},{"UserId":"v"}]}"#;
    let update = |id: &str, license| UserUpdate { user_id: id.to_owned(), license };
    let updates = vec![update("u", Some(License::Pro)), update("v", None)];
    assert_eq!(BatchUpdateUser::parse(JSON, body), Ok(BatchUpdateUser { updates }));

    let read = UserIdList::parse(JSON, br#"{"UserIdList":["u","v"]}"#);
    assert_eq!(read, Ok(UserIdList { user_ids: vec!["u".to_owned(), "v".to_owned()] }));
}

#[test]
fn good_settings() {
    let read = UpdateAccount::parse(JSON, br#"{"DefaultLicense":"Pro"}"#);
    assert_eq!(read, Ok(UpdateAccount { name: None, default_license: Some(License::Pro) }));
    assert_eq!(UpdateAccount::parse(None, b""), Ok(UpdateAccount { name: None, default_license: None }));

    let read = UpdateAccountSettings::parse(JSON, br#"{"AccountSettings":{"EnableDialOut":true}}"#);
    assert_eq!(read, Ok(UpdateAccountSettings { disable_remote_control: None, enable_dial_out: Some(true) }));

    let groups = vec!["A B".to_owned(), "Ä".to_owned()];
    let body = r#"{"SigninDelegateGroups":[{"GroupName":"A B"},{"GroupName":"Ä"}]}"#;
    assert_eq!(AssociateGroups::parse(JSON, body.as_bytes()), Ok(AssociateGroups { groups: groups.clone() }));
    let body = r#"{"GroupNames":["A B","Ä"]}"#;
    assert_eq!(DisassociateGroups::parse(JSON, body.as_bytes()), Ok(DisassociateGroups { groups }));

    let body = br#"{"UserSettings":{"Telephony":{"InboundCalling":true,"OutboundCalling":false,"SMS":true}}}"#;
    let telephony = Telephony { inbound_calling: true, outbound_calling: false, sms: true };
    assert_eq!(UpdateUserSettings::parse(JSON, body), Ok(UpdateUserSettings { telephony }));

    let body = br#"{"BusinessCalling":{"CdrBucket":"calls"},"VoiceConnector":{}}"#;
    let (business_calling, voice_connector) =
        (Some(Bucket { cdr_bucket: Some("calls".to_owned()) }), Some(Bucket { cdr_bucket: None }));
    assert_eq!(UpdateGlobalSettings::parse(JSON, body), Ok(UpdateGlobalSettings { business_calling, voice_connector }));
    let nothing = UpdateGlobalSettings { business_calling: None, voice_connector: None };
    assert_eq!(UpdateGlobalSettings::parse(JSON, br#"{"BusinessCalling":null}"#), Ok(nothing));
}

/// UpdateUser with nothing set is sent as `{}`; no body at all means the same, whatever its type.
#[test]
fn an_absent_body_is_an_empty_object() {
    for (content_type, body) in [(JSON, "{}"), (JSON, ""), (None, ""), (Some("text/plain".as_bytes()), "")] {
        assert_eq!(UpdateUser::parse(content_type, body.as_bytes()), Ok(UpdateUser { license: None }));
        let refusal = CreateAccount::parse(content_type, body.as_bytes()).unwrap_err();
        assert_eq!(refusal, Error::bad_request("Name is required."));
    }
}

#[test]
fn limits_are_exact() {
    let list = |member: &str, count: usize| {
        let items = vec!["u@example.org"; count];
        json!({member: items}).to_string().into_bytes()
    };
    let batch = |count: usize| {
        let items = vec![json!({"UserId": "u"}); count];
        json!({"UpdateUserRequestItems": items}).to_string().into_bytes()
    };
    let name = |count: usize| json!({"Name": "ü".repeat(count)}).to_string().into_bytes();
    let groups =
        |count: usize| json!({"SigninDelegateGroups": vec![json!({"GroupName": "g"}); count]}).to_string().into_bytes();
    let cases: [(Parse, Vec<u8>, bool); 18] = [
        (ASSOCIATE, groups(0), false),
        (ASSOCIATE, groups(100), true),
        (ASSOCIATE, groups(101), false),
        (DISASSOCIATE, list("GroupNames", 0), false),
        (DISASSOCIATE, list("GroupNames", 100), true),
        (DISASSOCIATE, list("GroupNames", 101), false),
        (INVITE, list("UserEmailList", 0), false),
        (INVITE, list("UserEmailList", 50), true),
        (INVITE, list("UserEmailList", 51), false),
        (IDS, list("UserIdList", 0), false),
        (IDS, list("UserIdList", 50), true),
        (IDS, list("UserIdList", 51), false),
        (BATCH, batch(0), false),
        (BATCH, batch(20), true),
        (BATCH, batch(21), false),
        (CREATE_ACCOUNT, name(0), false),
        (CREATE_ACCOUNT, name(100), true),
        (CREATE_ACCOUNT, name(101), false),
    ];
    for (index, (parse, body, good)) in cases.iter().enumerate() {
        let read = parse(JSON, body);
        assert_eq!(read.is_ok(), *good, "case {index}: {read:?}");
    }
}

#[test]
fn a_refusal_names_the_member() {
    #[rustfmt::skip]
    let table: &[(Parse, &str, &str)] = &[
        (CREATE_ACCOUNT, r#"{"Name":5}"#, "Name: expected a string."),
        (CREATE_ACCOUNT, r#"{"Name":null}"#, "Name is required."),
        (CREATE_ACCOUNT, r#"{"name":"x"}"#, "Name is required."),
        (CREATE_ACCOUNT, r#"{"Name":" \t"}"#, "Name must have 1 to 100 characters, not only white space."),
        (CREATE_ACCOUNT, r#"{"Name":"a\u0000"}"#, "Name must not contain control characters."),
        (CREATE_ACCOUNT, r#"{"Name":"a","Name":"b"}"#, "The body: duplicate field `Name`."),
        (CREATE_ACCOUNT, r#"["a"]"#, "The body: expected an object."),
        (CREATE_ACCOUNT, "null", "The body: expected an object."),
        (CREATE_ACCOUNT, r#""ada@example.org""#, "The body: expected an object."),
        (CREATE_ACCOUNT, "{", "The body is not JSON: EOF while parsing an object at line 1 column 1."),
        (CREATE_ACCOUNT, r#"{"Name":"a"}x"#, "The body is not JSON: trailing characters at line 1 column 13."),
        (UPDATE_ACCOUNT, r#"{"Name":""}"#, "Name must have 1 to 100 characters, not only white space."),
        (UPDATE_ACCOUNT, r#"{"DefaultLicense":"Gold"}"#, "DefaultLicense: expected Basic, Plus, Pro or ProTrial."),
        (ACCOUNT_SETTINGS, "{}", "AccountSettings is required."),
        (ACCOUNT_SETTINGS, r#"{"AccountSettings":[true,true]}"#, "AccountSettings: expected an object."),
        (ACCOUNT_SETTINGS, r#"{"AccountSettings":{"EnableDialOut":"yes"}}"#,
            "AccountSettings.EnableDialOut: expected a boolean."),
        (ASSOCIATE, r#"{"SigninDelegateGroups":[]}"#, "SigninDelegateGroups must have 1 to 100 items."),
        (ASSOCIATE, r#"{"SigninDelegateGroups":[{}]}"#, "SigninDelegateGroups[0].GroupName is required."),
        (ASSOCIATE, r#"{"SigninDelegateGroups":[{"GroupName":" "}]}"#,
            "SigninDelegateGroups[0].GroupName must not be empty."),
        (ASSOCIATE, r#"{"SigninDelegateGroups":["A"]}"#, "SigninDelegateGroups[0]: expected an object."),
        (DISASSOCIATE, r#"{"GroupNames":[]}"#, "GroupNames must have 1 to 100 items."),
        (DISASSOCIATE, r#"{"GroupNames":["A","\u0000b"]}"#, "GroupNames[1] must not contain control characters."),
        (USER_SETTINGS, r#"{"UserSettings":{}}"#, "UserSettings.Telephony is required."),
        (USER_SETTINGS, r#"{"UserSettings":{"Telephony":{"InboundCalling":true,"OutboundCalling":true}}}"#,
            "UserSettings.Telephony.SMS is required."),
        (GLOBAL, r#"{"VoiceConnector":{"CdrBucket":7}}"#, "VoiceConnector.CdrBucket: expected a string."),
        (INVITE, r#"{"UserEmailList":"a@b.c"}"#, "UserEmailList: expected a sequence."),
        (INVITE, r#"{"UserEmailList":[["a@b.c"]]}"#, "UserEmailList[0]: expected a string."),
        (INVITE, r#"{"UserEmailList":["a@b.c",7]}"#, "UserEmailList[1]: expected a string."),
        (INVITE, r#"{"UserEmailList":["a@b.c"],"UserType":"SharedDevice"}"#,
            "UserType SharedDevice is not supported by this service."),
        (CREATE_USER, r#"{"Username":"ada"}"#,
            "Email is required: a user is known by an address, a Username is not enough."),
        (CREATE_USER, r#"{"Email":"ada@example"}"#, "Email must be an address like name@example.org."),
        (CREATE_USER, r#"{"Email":"@example.org"}"#, "Email must be an address like name@example.org."),
        (CREATE_USER, r#"{"Email":"ada@.x"}"#, "Email must be an address like name@example.org."),
        (CREATE_USER, r#"{"Email":"ada@x."}"#, "Email must be an address like name@example.org."),
        (CREATE_USER, r#"{"Email":"ada@example.org\r\nBcc: x"}"#, "Email must not contain control characters."),
        (UPDATE, r#"{"LicenseType":"Gold"}"#, "LicenseType: expected Basic, Plus, Pro or ProTrial."),
        (UPDATE, r#"{"LicenseType":{"Pro":null}}"#, "LicenseType: expected a string."),
        (UPDATE, r#"{"LicenseType":2}"#, "LicenseType: expected a string."),
        (UPDATE, r#"{"UserType":"Robot"}"#, "UserType: expected PrivateUser or SharedDevice."),
        (UPDATE, r#"{"UserType":"SharedDevice"}"#, "UserType SharedDevice is not supported by this service."),
        (UPDATE, r#"{"AlexaForBusinessMetadata":{}}"#,
            "AlexaForBusinessMetadata is not supported by this service."),
        (BATCH, r#"{"UpdateUserRequestItems":{"UserId":"u"}}"#, "UpdateUserRequestItems: expected a sequence."),
        (BATCH, r#"{"UpdateUserRequestItems":[["u","Pro"]]}"#, "UpdateUserRequestItems[0]: expected an object."),
        (BATCH, r#"{"UpdateUserRequestItems":[{"UserId":"u"},{}]}"#,
            "UpdateUserRequestItems[1].UserId is required."),
        (BATCH, r#"{"UpdateUserRequestItems":[{"UserId":" "}]}"#,
            "UpdateUserRequestItems[0].UserId must not be empty."),
        (BATCH, r#"{"UpdateUserRequestItems":[{"UserId":"u","LicenseType":"pro"}]}"#,
            "UpdateUserRequestItems[0].LicenseType: expected Basic, Plus, Pro or ProTrial."),
        (BATCH, r#"{"UpdateUserRequestItems":[{"UserId":"u","UserType":"SharedDevice"}]}"#,
            "UpdateUserRequestItems[0].UserType SharedDevice is not supported by this service."),
        (IDS, r#"{"UserIdList":["u",""]}"#, "UserIdList[1] must not be empty."),
        (IDS, r#"{"UserIdList":[null]}"#, "UserIdList[0]: expected a string."),
        (IDS, "{}", "UserIdList is required."),
    ];
    for (parse, body, message) in table {
        assert_eq!(parse(JSON, body.as_bytes()), Err(Error::bad_request(*message)), "{body}");
    }
}

#[test]
fn type_and_encoding() {
    let body = br#"{"Name":"a"}"#;
    for content_type in [None, Some("text/plain"), Some("application/jsonx"), Some("")] {
        let refusal = CreateAccount::parse(content_type.map(str::as_bytes), body).unwrap_err();
        assert!(refusal.message.contains("Content-Type: application/json"), "{refusal}");
    }
    let refusal = CreateAccount::parse(JSON, b"{\"Name\":\"\xff\"}").unwrap_err();
    assert_eq!(refusal, Error::bad_request("The body is not UTF-8."));
    // UTF-16, and half a surrogate pair.
    assert!(CreateAccount::parse(JSON, b"\xff\xfe{\0}\0").is_err());
    assert!(CreateAccount::parse(JSON, br#"{"Name":"\ud800"}"#).is_err());
    // Deep nesting is a refusal, not a stack overflow.
    let deep = format!(r#"{{"Name":{}"#, "[".repeat(100_000));
    assert!(CreateAccount::parse(JSON, deep.as_bytes()).is_err());
    let deep = format!(r#"{{"Unknown":{}"#, "[".repeat(100_000));
    assert!(CreateAccount::parse(JSON, deep.as_bytes()).is_err());
}

proptest! {
    /// Anything is read or refused as a bad request; a value sent never comes back in the refusal.
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..40),
        pieces in prop::collection::vec(prop::sample::select(vec![
            "{", "}", "[", "]", ":", ",", "\"Name\"", "\"Email\"", "\"UserIdList\"", "\"LicenseType\"",
            "\"UpdateUserRequestItems\"", "\"AccountSettings\"", "\"UserSettings\"", "\"Telephony\"", "\"GroupNames\"", "\"UserId\"", "\"ada@example.org\"", "null", "1e999", "-0", "true",
        ]), 0..12),
    ) {
        for body in [bytes, pieces.concat().into_bytes()] {
            for parse in ALL {
                if let Err(refusal) = parse(JSON, &body) {
                    prop_assert_eq!(refusal.kind, ErrorKind::BadRequest);
                    prop_assert!(!refusal.message.contains("ada@"), "{}", refusal.message);
                }
            }
        }
    }
}
