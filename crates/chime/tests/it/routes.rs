//! Method and target to operation.

use carillon_chime::Operation::{self, *};
use carillon_chime::operation::route;
use carillon_chime::shapes::{ListAccounts as AccountsQuery, ListUsers as UsersQuery, Page, UserType};
use carillon_chime::{Error, ErrorKind};
use proptest::prelude::*;

fn page(max_results: u8, next_token: Option<&str>) -> Page {
    Page { max_results, next_token: next_token.map(str::to_owned) }
}

fn a() -> String {
    "a".to_owned()
}

fn u() -> String {
    "u".to_owned()
}

#[test]
fn every_offered_operation_has_its_route_and_status() {
    let accounts = AccountsQuery { name: None, user_email: None, page: page(100, None) };
    let users = UsersQuery { user_email: None, user_type: None, page: page(100, None) };
    let table: [(&str, &str, Operation, &str, u16); 23] = [
        ("POST", "/accounts", CreateAccount, "CreateAccount", 201),
        ("GET", "/accounts", ListAccounts(accounts), "ListAccounts", 200),
        ("GET", "/accounts/a", GetAccount { account_id: a() }, "GetAccount", 200),
        ("GET", "/accounts/a/users", ListUsers { account_id: a(), query: users }, "ListUsers", 200),
        ("POST", "/accounts/a/users", BatchUpdateUser { account_id: a() }, "BatchUpdateUser", 200),
        ("POST", "/accounts/a/users?operation=add", InviteUsers { account_id: a() }, "InviteUsers", 201),
        ("POST", "/accounts/a/users?operation=create", CreateUser { account_id: a() }, "CreateUser", 201),
        ("POST", "/accounts/a/users?operation=suspend", BatchSuspendUser { account_id: a() }, "BatchSuspendUser", 200),
        (
            "POST",
            "/accounts/a/users?operation=unsuspend",
            BatchUnsuspendUser { account_id: a() },
            "BatchUnsuspendUser",
            200,
        ),
        ("GET", "/accounts/a/users/u", GetUser { account_id: a(), user_id: u() }, "GetUser", 200),
        ("POST", "/accounts/a/users/u", UpdateUser { account_id: a(), user_id: u() }, "UpdateUser", 200),
        (
            "POST",
            "/accounts/a/users/u?operation=logout",
            LogoutUser { account_id: a(), user_id: u() },
            "LogoutUser",
            204,
        ),
        ("POST", "/accounts/a", UpdateAccount { account_id: a() }, "UpdateAccount", 200),
        ("DELETE", "/accounts/a", DeleteAccount { account_id: a() }, "DeleteAccount", 204),
        ("GET", "/accounts/a/settings", GetAccountSettings { account_id: a() }, "GetAccountSettings", 200),
        ("PUT", "/accounts/a/settings", UpdateAccountSettings { account_id: a() }, "UpdateAccountSettings", 204),
        (
            "POST",
            "/accounts/a?operation=associate-signin-delegate-groups",
            AssociateSigninDelegateGroupsWithAccount { account_id: a() },
            "AssociateSigninDelegateGroupsWithAccount",
            200,
        ),
        (
            "POST",
            "/accounts/a?operation=disassociate-signin-delegate-groups",
            DisassociateSigninDelegateGroupsFromAccount { account_id: a() },
            "DisassociateSigninDelegateGroupsFromAccount",
            200,
        ),
        (
            "POST",
            "/accounts/a/users/u?operation=reset-personal-pin",
            ResetPersonalPIN { account_id: a(), user_id: u() },
            "ResetPersonalPIN",
            200,
        ),
        (
            "GET",
            "/accounts/a/users/u/settings",
            GetUserSettings { account_id: a(), user_id: u() },
            "GetUserSettings",
            200,
        ),
        (
            "PUT",
            "/accounts/a/users/u/settings",
            UpdateUserSettings { account_id: a(), user_id: u() },
            "UpdateUserSettings",
            204,
        ),
        ("GET", "/settings", GetGlobalSettings, "GetGlobalSettings", 200),
        ("PUT", "/settings", UpdateGlobalSettings, "UpdateGlobalSettings", 204),
    ];
    for (method, target, operation, name, status) in table {
        assert_eq!(operation.name(), name);
        assert_eq!(operation.success_status(), status, "{name}");
        assert_eq!(route(method, target), Ok(operation), "{method} {target}");
    }
}

#[test]
fn what_is_not_offered_says_so() {
    let table = [
        ("POST", "/accounts/a/users/u?operation=associate-phone-number", "AssociatePhoneNumberWithUser"),
        ("POST", "/accounts/a/users/u?operation=disassociate-phone-number", "DisassociatePhoneNumberFromUser"),
        ("GET", "/settings/phone-number", "GetPhoneNumberSettings"),
        ("PUT", "/settings/phone-number", "UpdatePhoneNumberSettings"),
        ("GET", "/accounts/a/retention-settings", "GetRetentionSettings"),
        ("GET", "/accounts/a/bots/b%2Fc", "GetBot"),
        ("POST", "/accounts/a/bots/b?operation=regenerate-security-token", "RegenerateSecurityToken"),
        ("POST", "/accounts/a/rooms", "CreateRoom"),
        ("POST", "/accounts/a/rooms/r/memberships?operation=batch-create", "BatchCreateRoomMembership"),
        ("GET", "/phone-numbers?max-results=5", "ListPhoneNumbers"),
        ("GET", "/search?type=phone-numbers", "SearchAvailablePhoneNumbers"),
        ("POST", "/meetings/m/dial-outs", "CreateMeetingDialOut"),
    ];
    for (method, target, name) in table {
        let expected = format!("Not offered by this service: {name}.");
        assert_eq!(route(method, target), Err(Error::bad_request(expected)), "{method} {target}");
    }
}

#[test]
fn refusals() {
    use ErrorKind::{BadRequest, NotFound};
    let table = [
        // An empty id never turns one operation into another.
        ("GET", "/accounts/", BadRequest, "AccountId must not be empty"),
        ("GET", "/accounts/a/users/", BadRequest, "UserId must not be empty"),
        ("GET", "/accounts//users", BadRequest, "'//'"),
        ("GET", "/accounts/%20/users", BadRequest, "AccountId must not be empty"),
        ("GET", "/accounts/a%00b", BadRequest, "control characters"),
        ("GET", "/accounts/%FF", BadRequest, "not UTF-8"),
        ("GET", "/accounts/a/users/..", BadRequest, "'..'"),
        ("GET", "/accounts/./users", BadRequest, "'.'"),
        ("GET", "/accounts/%4", BadRequest, "'%'"),
        // Nothing falls through to the plain operation.
        ("POST", "/accounts/a/users?operation=ad", BadRequest, "no 'operation=ad'"),
        ("POST", "/accounts/a/users?operation=", BadRequest, "no 'operation='"),
        ("POST", "/accounts/a/users?operation", BadRequest, "no 'operation='"),
        ("POST", "/accounts/a/users/u?operation=add", BadRequest, "no 'operation=add'"),
        ("POST", "/accounts?operation=add", BadRequest, "no 'operation=add'"),
        ("GET", "/accounts/a?operation=add", BadRequest, "no 'operation=add'"),
        ("POST", "/accounts/a?operation=associate-signin-delegate-group", BadRequest, "no 'operation=associate"),
        ("DELETE", "/accounts/a?operation=delete", BadRequest, "no 'operation=delete'"),
        ("DELETE", "/accounts/", BadRequest, "AccountId must not be empty"),
        ("PUT", "/accounts/a/users//settings", BadRequest, "'//'"),
        ("PUT", "/accounts/a/users/%20/settings", BadRequest, "UserId must not be empty"),
        ("PUT", "/settings?operation=x", BadRequest, "no 'operation=x'"),
        ("PUT", "/settings?name=x", BadRequest, "no query parameter 'name'"),
        ("POST", "/accounts/a/users?operation=add&operation=add", BadRequest, "twice"),
        ("POST", "/accounts/a/users/u?operatoin=logout", BadRequest, "no query parameter 'operatoin'"),
        ("GET", "/accounts?user-type=PrivateUser", BadRequest, "no query parameter 'user-type'"),
        ("GET", "/accounts/a/users?name=x", BadRequest, "no query parameter 'name'"),
        // The two lists.
        ("GET", "/accounts?max-results=0", BadRequest, "1 to 200"),
        ("GET", "/accounts?max-results=201", BadRequest, "1 to 200"),
        ("GET", "/accounts?max-results=256", BadRequest, "1 to 200"),
        ("GET", "/accounts?max-results=-1", BadRequest, "1 to 200"),
        ("GET", "/accounts?max-results=%2B1", BadRequest, "1 to 200"),
        ("GET", "/accounts?max-results=", BadRequest, "1 to 200"),
        ("GET", "/accounts?max-results=5&max-results=6", BadRequest, "twice"),
        ("GET", "/accounts?name=", BadRequest, "name must have 1 to 100"),
        ("GET", "/accounts?name=%00x", BadRequest, "control characters"),
        ("GET", "/accounts?name=%ff", BadRequest, "not UTF-8"),
        ("GET", "/accounts?user-email=ada", BadRequest, "user-email must be an address"),
        ("GET", "/accounts/a/users?user-email=@b.c", BadRequest, "user-email must be an address"),
        ("GET", "/accounts/a/users?user-type=Robot", BadRequest, "PrivateUser or SharedDevice"),
        // What the model doesn't have.
        ("GET", "/", NotFound, "no operation"),
        ("GET", "/account", NotFound, "no operation"),
        ("DELETE", "/accounts", NotFound, "no operation"),
        ("DELETE", "/accounts/a/users/u", NotFound, "no operation"),
        ("get", "/accounts", NotFound, "no operation"),
        ("GET", "/accounts/a/users/u/x", NotFound, "no operation"),
        ("GET", "/accounts/a/users/u/settings/x", NotFound, "no operation"),
        ("DELETE", "/accounts/a/settings", NotFound, "no operation"),
        ("POST", "/settings", NotFound, "no operation"),
        ("PATCH", "/phone-numbers", NotFound, "no operation"),
    ];
    for (method, target, kind, says) in table {
        let refusal = route(method, target).expect_err(target);
        assert_eq!(refusal.kind, kind, "{method} {target}");
        assert!(refusal.message.contains(says), "{method} {target}: {}", refusal.message);
    }
}

#[test]
fn lists_read_their_query() {
    let target = "/accounts?name=A%20%2B+B&user-email=ada%2Bx%40example.org&max-results=200&next-token=t-_%3D";
    let expected = AccountsQuery {
        name: Some("A ++B".to_owned()),
        user_email: Some("ada+x@example.org".to_owned()),
        page: page(200, Some("t-_=")),
    };
    assert_eq!(route("GET", target), Ok(ListAccounts(expected)));
    let query = UsersQuery {
        user_email: Some("ü@example.org".to_owned()),
        user_type: Some(UserType::SharedDevice),
        page: page(1, None),
    };
    let target = "/accounts/a/users?max-results=1&user-type=SharedDevice&user-email=%C3%BC%40example.org";
    assert_eq!(route("GET", target), Ok(ListUsers { account_id: a(), query }));
}

proptest! {
    /// Whatever an id is made of, it comes out as the client put it in, decoded once.
    #[test]
    fn ids_are_decoded_once(account in "[^\\p{C}\\s/.][^\\p{C}]{0,8}", user in "[%/@a-z ]{0,6}x") {
        let encoded = crate::oracle::encoded;
        let target = format!("/accounts/{}/users/{}", encoded(&account), encoded(&user));
        let expected = GetUser { account_id: account, user_id: user };
        prop_assert_eq!(route("GET", &target), Ok(expected));
    }
}
