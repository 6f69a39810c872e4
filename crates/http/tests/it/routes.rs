//! Every route, asked by nobody in particular.

use access::authority::Action;
use axum::body::Body;
use axum::http::{Method, Request};
use carillon_http::{Performs, routes};

use crate::app::{App, on_sqlite};

/// What a stranger without any credential or link gets from each route.
const ANONYMOUS: &[(&str, &str, Performs, u16)] = &[
    ("GET", "/healthz", Performs::Nothing, 200),
    ("GET", "/readyz", Performs::Nothing, 200),
    ("GET", "/.well-known/authzen-configuration", Performs::Nothing, 200),
    ("GET", "/assets/pages.css", Performs::Nothing, 200),
    ("POST", "/access/v1/evaluation", Performs::Evaluation, 401),
    ("POST", "/access/v1/evaluations", Performs::Evaluation, 401),
    ("GET", "/invitations/{token}", Performs::Joining, 410),
    ("POST", "/invitations/{token}", Performs::Joining, 415),
    ("GET", "/register", Performs::Joining, 200),
    ("POST", "/register", Performs::Joining, 415),
    ("GET", "/register/{token}", Performs::Joining, 410),
    ("POST", "/register/{token}", Performs::Joining, 415),
    ("GET", "/mail", Performs::LocalMailbox, 404),
    ("GET", "/api/v1/openapi.json", Performs::Nothing, 200),
    ("POST", "/api/v1/accounts", Performs::Administration(Action::CreateAccount), 401),
    ("GET", "/api/v1/accounts", Performs::Administration(Action::ViewAccount), 401),
    ("GET", "/api/v1/accounts/{account}", Performs::Administration(Action::ViewAccount), 401),
    ("PATCH", "/api/v1/accounts/{account}", Performs::Administration(Action::UpdateAccount), 401),
    ("GET", "/api/v1/accounts/{account}/users", Performs::Administration(Action::ViewUsers), 401),
    ("GET", "/api/v1/accounts/{account}/users/{user}", Performs::Administration(Action::ViewUsers), 401),
    ("POST", "/api/v1/accounts/{account}/users", Performs::Administration(Action::CreateUser), 401),
    ("POST", "/api/v1/accounts/{account}/invitations", Performs::Administration(Action::Invite), 401),
    ("POST", "/api/v1/accounts/{account}/invitations/resend", Performs::Administration(Action::Invite), 401),
    ("POST", "/api/v1/accounts/{account}/invitations/cancel", Performs::Administration(Action::Invite), 401),
    ("POST", "/api/v1/accounts/{account}/users/license", Performs::Administration(Action::AssignLicense), 401),
    ("POST", "/api/v1/accounts/{account}/users/suspend", Performs::Administration(Action::Suspend), 401),
    ("POST", "/api/v1/accounts/{account}/users/activate", Performs::Administration(Action::Suspend), 401),
    ("POST", "/api/v1/accounts/{account}/users/remove", Performs::Administration(Action::Remove), 401),
    ("POST", "/api/v1/accounts/{account}/users/log-out", Performs::Administration(Action::LogOut), 401),
    ("POST", "/api/v1/applications", Performs::Administration(Action::ManageApplications), 401),
    ("GET", "/api/v1/applications", Performs::Administration(Action::ManageApplications), 401),
    ("GET", "/api/v1/applications/{application}", Performs::Administration(Action::ManageApplications), 401),
    ("PATCH", "/api/v1/applications/{application}", Performs::Administration(Action::ManageApplications), 401),
    ("GET", "/api/v1/catalog", Performs::Administration(Action::ViewAccount), 401),
    ("PUT", "/api/v1/catalog", Performs::Administration(Action::EditCatalog), 401),
    ("GET", "/api/v1/audit", Performs::Administration(Action::ReadAudit), 401),
    ("POST", "/api/v1/explain", Performs::Administration(Action::Explain), 401),
    ("GET", "/api/v1/mails", Performs::Administration(Action::ReadMail), 401),
    ("GET", "/api/v1/me/contacts", Performs::Oneself, 401),
    ("POST", "/api/v1/me/leave", Performs::Oneself, 401),
    ("DELETE", "/api/v1/accounts/{account}", Performs::Administration(Action::DeleteAccount), 401),
    ("POST", "/api/v1/accounts/{account}/restore", Performs::Administration(Action::DeleteAccount), 401),
    ("PATCH", "/api/v1/accounts/{account}/settings", Performs::Administration(Action::UpdateAccount), 401),
    ("POST", "/api/v1/accounts/{account}/delegate-groups/add", Performs::Administration(Action::UpdateAccount), 401),
    ("POST", "/api/v1/accounts/{account}/delegate-groups/remove", Performs::Administration(Action::UpdateAccount), 401),
    ("POST", "/api/v1/accounts/{account}/users/reset-pin", Performs::Administration(Action::ResetPin), 401),
    ("POST", "/api/v1/accounts/{account}/users/settings", Performs::Administration(Action::UpdateUserSettings), 401),
    ("GET", "/api/v1/deployment/settings", Performs::Administration(Action::ViewDeployment), 401),
    ("PATCH", "/api/v1/deployment/settings", Performs::Administration(Action::UpdateDeployment), 401),
    ("POST", "/api/v1/users/block", Performs::Administration(Action::Block), 401),
    ("POST", "/api/v1/users/unblock", Performs::Administration(Action::Block), 401),
];

/// The Chime API's paths; nothing is said of them to who doesn't sign.
const SIGNED: &[(&str, &str)] = &[
    ("GET", "/accounts"),
    ("POST", "/accounts"),
    ("GET", "/accounts/"),
    ("GET", "/accounts/a"),
    ("DELETE", "/accounts/a"),
    ("GET", "/accounts/a/users"),
    ("POST", "/accounts/a/users?operation=add"),
    ("POST", "/accounts/a/users?operation=suspend"),
    ("GET", "/accounts/a/users/u"),
    ("POST", "/accounts/a/users/u"),
    ("GET", "/accounts/a/nothing"),
    ("GET", "/settings"),
    ("GET", "/phone-numbers"),
];

#[test]
fn strangers_get_what_the_table_says() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let declared = routes();
        let before = world.dump().await;
        for (method, path, performs, status) in ANONYMOUS {
            let known = declared
                .iter()
                .any(|route| (route.method.as_str(), route.path, route.performs) == (*method, *path, *performs));
            assert!(known, "{method} {path} performs something else, or is no route");
            let answer = app.send(request(method, &path.replace(['{', '}'], ""))).await;
            assert_eq!(answer.status.as_u16(), *status, "{method} {path}: {}", answer.body);
        }
        assert_eq!(declared.len(), ANONYMOUS.len(), "every route has a row: {declared:?}");
        assert_eq!(world.dump().await, before, "strangers change nothing");
    });
}

#[test]
fn the_chime_api_asks_for_a_signature_first() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        for (method, path) in SIGNED {
            let answer = app.send(request(method, path)).await;
            assert_eq!(answer.status.as_u16(), 403, "{method} {path}");
            assert_eq!(answer.header("x-amzn-errortype"), "MissingAuthenticationTokenException", "{method} {path}");
        }
    });
}

fn request(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method.parse::<Method>().unwrap()).uri(path).body(Body::empty()).unwrap()
}
