//! Administrators with their browser's session (rules 22, 28 and 56): no more than their grants, from our own pages only,
//! and nothing any more once the session, the person or the grant is gone.

use access::authority::{Over, Role};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::json;

use super::Client;
use crate::app::{Answer, App, on_both_engines, on_sqlite};
use crate::browser::Browser;
use crate::people;

const OWN: [(&str, &str); 2] = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];

async fn ask(browser: &mut Browser<'_>, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    browser.send(request.body(Body::from(body.to_owned())).expect("a request")).await
}

#[test]
fn an_administrators_browser_does_what_their_roles_allow() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::enterprise(&world, "Home", "home.example").await;
        let other = people::team(&world, "Other").await;
        people::registered(&world, "boss@home.example", "Boss").await;
        let mut boss = Browser::signed_in(&app, "boss@home.example").await;
        let (list, own) = (format!("/api/v1/accounts/{account}/users"), format!("/api/v1/accounts/{account}"));
        people::registered(&world, "second@home.example", "Second").await;
        let (host, over) = (world.host(), Over::Account(account));
        let second = world.service.create_grant(&host, "second@home.example", over, Role::FullAccess);
        second.await.expect("a grant, so that the other is not the last");
        let without = boss.get(&list).await;
        assert_eq!((without.status, &without.json()["code"]), (StatusCode::FORBIDDEN, &json!("no-role")));
        let sessions = boss.get("/api/v1/me/sessions").await;
        assert_eq!(sessions.json()["sessions"][0]["remote"], "192.0.2.7", "their own things they have");

        let over = Over::Account(account);
        let grant = world.service.create_grant(&world.host(), "boss@home.example", over, Role::FullAccess).await;
        let grant = grant.expect("a grant");
        assert_eq!(boss.get(&list).await.status, StatusCode::OK, "a grant counts at once");
        assert_eq!(boss.get(&format!("/api/v1/accounts/{other}")).await.status, StatusCode::NOT_FOUND);
        let renamed = ask(&mut boss, Method::PATCH, &own, &OWN, r#"{"name": "Castle"}"#).await;
        assert_eq!((renamed.status, &renamed.json()["name"]), (StatusCode::OK, &json!("Castle")), "{}", renamed.body);
        let bad =
            Request::get(&list).header("authorization", "Bearer nonsense").body(Body::empty()).expect("a request");
        assert_eq!(boss.send(bad).await.status, StatusCode::UNAUTHORIZED, "a token that is none is not made good");

        world.service.revoke_grant(&world.host(), grant.id).await.expect("taken");
        assert_eq!(boss.get(&list).await.status, StatusCode::FORBIDDEN, "and its end, too");
    });
}

#[test]
fn no_other_site_acts_with_an_administrators_session() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let account = people::enterprise(&world, "Home", "home.example").await;
        people::registered(&world, "boss@home.example", "Boss").await;
        let over = Over::Account(account);
        let made = world.service.create_grant(&world.host(), "boss@home.example", over, Role::FullAccess).await;
        made.expect("a grant");
        let mut boss = Browser::signed_in(&app, "boss@home.example").await;
        let own = format!("/api/v1/accounts/{account}");
        let before = world.dump().await;
        let origin = world.service.settings().base_url.origin().ascii_serialization();
        let json = ("content-type", "application/json");
        for (headers, status) in [
            (&[json][..], 403),
            (&[json, ("sec-fetch-site", "cross-site")], 403),
            (&[json, ("sec-fetch-site", "same-site")], 403),
            (&[json, ("sec-fetch-site", "none")], 403),
            (&[json, ("origin", "https://evil.example")], 403),
            (&[json, ("origin", "null")], 403),
            (&[json, ("sec-fetch-site", "cross-site"), ("origin", &origin)], 403),
            (&[("sec-fetch-site", "same-origin"), ("content-type", "text/plain")], 415),
            (&[("sec-fetch-site", "same-origin")], 415),
        ] {
            let answer = ask(&mut boss, Method::PATCH, &own, headers, r#"{"name": "Eve"}"#).await;
            assert_eq!(answer.status.as_u16(), status, "{headers:?}: {}", answer.body);
        }
        let leave = ask(&mut boss, Method::POST, "/api/v1/me/sign-out", &[("sec-fetch-site", "same-origin")], "").await;
        assert_eq!(leave.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "a form can send nothing at all, too");
        let read = ask(&mut boss, Method::GET, &own, &[("sec-fetch-site", "cross-site")], "").await;
        assert_eq!(read.status, StatusCode::FORBIDDEN);
        assert_eq!(world.dump().await, before);
        let by_origin =
            ask(&mut boss, Method::PATCH, &own, &[json, ("origin", &origin)], r#"{"name": "Castle"}"#).await;
        assert_eq!(by_origin.status, StatusCode::OK, "an older browser: {}", by_origin.body);
    });
}

#[test]
fn a_session_that_ended_administers_nothing() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::enterprise(&world, "Home", "home.example").await;
        let id = people::registered(&world, "boss@home.example", "Boss").await;
        let over = Over::Account(account);
        let made = world.service.create_grant(&world.host(), "boss@home.example", over, Role::FullAccess).await;
        made.expect("a grant");
        let list = format!("/api/v1/accounts/{account}/users");
        let (service, host) = (&world.service, world.host());

        let mut boss = Browser::signed_in(&app, "boss@home.example").await;
        let kept = boss.cookie();
        assert_eq!(boss.get(&list).await.status, StatusCode::OK);
        boss.post("/signout", &[]).await;
        let request = Request::get(&list).header("cookie", &kept).body(Body::empty()).expect("a request");
        assert_eq!(app.send(request).await.status, StatusCode::UNAUTHORIZED, "signed out");

        let mut boss = Browser::signed_in(&app, "boss@home.example").await;
        service.log_out(&host, account, vec![id.clone()]).await.expect("an answer").remove(0).expect("logged out");
        assert_eq!(boss.get(&list).await.status, StatusCode::UNAUTHORIZED, "logged out");

        let mut boss = Browser::signed_in(&app, "boss@home.example").await;
        let suspended = service.suspend(&host, account, vec![id.clone()], None, None).await;
        suspended.expect("an answer").remove(0).expect("suspended");
        assert_eq!(boss.get(&list).await.status, StatusCode::UNAUTHORIZED, "suspended");
        let change = ask(&mut boss, Method::PATCH, &format!("/api/v1/accounts/{account}"), &OWN, "{}").await;
        assert_eq!(change.status, StatusCode::UNAUTHORIZED);
        service.activate(&host, account, vec![id]).await.expect("an answer").remove(0).expect("active again");
        assert_eq!(boss.get(&list).await.status, StatusCode::UNAUTHORIZED, "and dead it stays");
    });
}

#[test]
fn people_sign_out_of_their_sessions_by_program() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let mut there = Browser::signed_in(&app, "ada@example.org").await;
        world.later(1);
        let mut here = Browser::signed_in(&app, "ada@example.org").await;
        let sessions = here.get("/api/v1/me/sessions").await.json()["sessions"].clone();
        assert_eq!(sessions.as_array().map(Vec::len), Some(2), "{sessions}");
        let path = format!("/api/v1/me/sessions/{}", sessions[1]["id"].as_str().expect("an id"));
        assert_eq!(ask(&mut here, Method::DELETE, &path, &OWN, "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(there.get("/me").await.status, StatusCode::SEE_OTHER);
        assert_eq!(ask(&mut here, Method::DELETE, &path, &OWN, "").await.status, StatusCode::NOT_FOUND);
        assert_eq!(ask(&mut here, Method::POST, "/api/v1/me/sign-out", &OWN, "").await.status, StatusCode::NO_CONTENT);
        assert_eq!(here.get("/me").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn administrators_see_and_end_single_sessions_of_their_members() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::enterprise(&world, "Home", "home.example").await;
        let ada = people::registered(&world, "ada@home.example", "Ada").await;
        people::registered(&world, "eve@example.org", "Eve").await;
        let mut here = Browser::signed_in(&app, "ada@home.example").await;
        world.later(1);
        let mut there = Browser::signed_in(&app, "ada@home.example").await;
        let mut foreign = Browser::signed_in(&app, "eve@example.org").await;
        let of_eve = foreign.get("/api/v1/me/sessions").await.json()["sessions"][0]["id"].clone();
        let over = Over::Account(account);
        let manager = Client::new(&app, &world, "m@example.org", over, Role::UserManagement).await;
        let path = format!("/accounts/{account}/users/{ada}/sessions");
        let held = async || manager.get(&path).await.json()["sessions"].clone();
        let sessions = held().await;
        assert_eq!((sessions.as_array().map(Vec::len), &sessions[0]["remote"]), (Some(2), &json!("192.0.2.7")));

        let end = async |client: &Client<'_>, id: &str| client.send("DELETE", &format!("{path}/{id}"), None, &[]).await;
        let (newest, oldest) = (sessions[0]["id"].as_str().unwrap(), sessions[1]["id"].as_str().unwrap());
        for id in [of_eve.as_str().unwrap(), "none"] {
            assert_eq!(end(&manager, id).await.problem(), (404, "unknown-credential".to_owned()), "{id}");
        }
        let reader = Client::new(&app, &world, "r@example.org", over, Role::ReadOnly).await;
        assert_eq!(end(&reader, newest).await.problem().0, 403);
        assert_eq!(end(&manager, newest).await.status, StatusCode::NO_CONTENT);
        assert_eq!(there.get("/me").await.status, StatusCode::SEE_OTHER, "signed out there");
        assert_eq!(here.get("/me").await.status, StatusCode::OK, "and not here");
        assert_eq!(held().await[0]["id"], oldest);
        let record = manager.get(&format!("/audit?account={account}&action=session.end&limit=1")).await.json();
        assert_eq!(record["items"][0]["subject"], json!(ada), "{record}");

        // Nobody acts on who holds a higher grant (rule 28).
        world.service.create_grant(&world.host(), "ada@home.example", over, Role::FullAccess).await.expect("a grant");
        assert_eq!(end(&manager, oldest).await.problem(), (403, "higher-grant".to_owned()));
    });
}
