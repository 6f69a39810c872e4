//! The model's operations that are not offered: so that a client learns that it asked for one of them.

/// Method, path with `*` for an id and perhaps the fixed query, name.
#[rustfmt::skip]
const OPERATIONS: [(&str, &str, &str); 39] = [
    ("POST", "/accounts/*/users/*?operation=associate-phone-number", "AssociatePhoneNumberWithUser"),
    ("POST", "/accounts/*/rooms/*/memberships?operation=batch-create", "BatchCreateRoomMembership"),
    ("POST", "/phone-numbers?operation=batch-delete", "BatchDeletePhoneNumber"),
    ("POST", "/phone-numbers?operation=batch-update", "BatchUpdatePhoneNumber"),
    ("POST", "/accounts/*/bots", "CreateBot"),
    ("POST", "/meetings/*/dial-outs", "CreateMeetingDialOut"),
    ("POST", "/phone-number-orders", "CreatePhoneNumberOrder"),
    ("POST", "/accounts/*/rooms", "CreateRoom"),
    ("POST", "/accounts/*/rooms/*/memberships", "CreateRoomMembership"),
    ("DELETE", "/accounts/*/bots/*/events-configuration", "DeleteEventsConfiguration"),
    ("DELETE", "/phone-numbers/*", "DeletePhoneNumber"),
    ("DELETE", "/accounts/*/rooms/*", "DeleteRoom"),
    ("DELETE", "/accounts/*/rooms/*/memberships/*", "DeleteRoomMembership"),
    ("POST", "/accounts/*/users/*?operation=disassociate-phone-number", "DisassociatePhoneNumberFromUser"),
    ("GET", "/accounts/*/bots/*", "GetBot"),
    ("GET", "/accounts/*/bots/*/events-configuration", "GetEventsConfiguration"),
    ("GET", "/phone-numbers/*", "GetPhoneNumber"),
    ("GET", "/phone-number-orders/*", "GetPhoneNumberOrder"),
    ("GET", "/settings/phone-number", "GetPhoneNumberSettings"),
    ("GET", "/accounts/*/retention-settings", "GetRetentionSettings"),
    ("GET", "/accounts/*/rooms/*", "GetRoom"),
    ("GET", "/accounts/*/bots", "ListBots"),
    ("GET", "/phone-number-orders", "ListPhoneNumberOrders"),
    ("GET", "/phone-numbers", "ListPhoneNumbers"),
    ("GET", "/accounts/*/rooms/*/memberships", "ListRoomMemberships"),
    ("GET", "/accounts/*/rooms", "ListRooms"),
    ("GET", "/phone-number-countries", "ListSupportedPhoneNumberCountries"),
    ("PUT", "/accounts/*/bots/*/events-configuration", "PutEventsConfiguration"),
    ("PUT", "/accounts/*/retention-settings", "PutRetentionSettings"),
    ("POST", "/accounts/*/conversations/*/messages/*?operation=redact", "RedactConversationMessage"),
    ("POST", "/accounts/*/rooms/*/messages/*?operation=redact", "RedactRoomMessage"),
    ("POST", "/accounts/*/bots/*?operation=regenerate-security-token", "RegenerateSecurityToken"),
    ("POST", "/phone-numbers/*?operation=restore", "RestorePhoneNumber"),
    ("GET", "/search", "SearchAvailablePhoneNumbers"),
    ("POST", "/accounts/*/bots/*", "UpdateBot"),
    ("POST", "/phone-numbers/*", "UpdatePhoneNumber"),
    ("PUT", "/settings/phone-number", "UpdatePhoneNumberSettings"),
    ("POST", "/accounts/*/rooms/*", "UpdateRoom"),
    ("POST", "/accounts/*/rooms/*/memberships/*", "UpdateRoomMembership"),
];

/// The name of the operation of the model that is asked for, when it is none of those offered.
pub(crate) fn not_offered(method: &str, path: &[&str], operation: Option<&str>) -> Option<&'static str> {
    let asked = |(with, pattern, _): &&(&str, &str, &str)| {
        let (pattern, fixed) = pattern.split_once("?operation=").map_or((*pattern, None), |(a, b)| (a, Some(b)));
        let segments = pattern.split('/').skip(1);
        let fits = |(part, given): (&str, &&str)| part == "*" || part == *given;
        *with == method && fixed == operation && segments.clone().count() == path.len() && segments.zip(path).all(fits)
    };
    OPERATIONS.iter().find(asked).map(|(_, _, name)| *name)
}
