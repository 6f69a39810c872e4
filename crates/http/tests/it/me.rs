//! `/me` and below, and forgotten passwords: what a signed-in person sees and does, and what nobody else does.

use axum::http::StatusCode;

use crate::app::{Answer, App, form, get, on_both_engines, on_sqlite};
use crate::browser::Browser;
use crate::pages::check;
use crate::people::{self, PASSWORD};

const OTHER: &str = "seven copper lanterns";
const PAGES: [&str; 9] = [
    "/me",
    "/me/license",
    "/me/sessions",
    "/me/applications",
    "/me/password",
    "/me/history",
    "/me/address",
    "/me/leave",
    "/me/delete",
];

fn sees<'a>(answer: &'a Answer, text: &str) -> &'a Answer {
    assert!(answer.body.contains(text), "{text} in {}", answer.body);
    answer
}

fn value<'a>(body: &'a str, name: &str) -> &'a str {
    let rest = body.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("a hidden field");
    rest.split('"').next().expect("a value")
}

#[test]
fn people_see_their_own_things_and_nobody_elses() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Engines").await;
        people::member(&world, team, "ada@example.org", "Ada <Lovelace>").await;
        people::member(&world, team, "bob@example.org", "Bob").await;
        let mut ada = Browser::signed_in(&app, "ada@example.org").await;
        for path in PAGES {
            let stranger = app.get(path).await;
            assert_eq!(stranger.status, StatusCode::SEE_OTHER, "{path}");
            let to = url::form_urlencoded::byte_serialize(path.as_bytes()).collect::<String>();
            assert_eq!(stranger.header("location"), format!("/signin?then={to}"));
            let page = ada.get(path).await;
            assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
            check(&page);
            assert!(!page.body.contains("bob@example.org") && !page.body.contains("Bob"), "{path}: {}", page.body);
            assert!(page.body.contains("aria-label=\"Your account\""), "{path}: {}", page.body);
        }
        sees(&ada.get("/me").await, "value=\"Ada &#60;Lovelace&#62;\"");
        let license = ada.get("/me/license").await;
        sees(&license, "You are a member of Engines since");
        sees(&license, "Your trial runs until");
        sees(&ada.get("/me/sessions").await, "Firefox on Linux: this one");
        sees(&ada.get("/me/sessions").await, "from 192.0.2.7");
        sees(&ada.get("/me/history").await, "Signed in");
        sees(&ada.get("/me/leave").await, "Your membership of Engines ends at once");
        sees(&ada.get("/me/delete").await, "as those of an erased person");
    });
}

#[test]
fn a_profile_is_changed() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Engines").await;
        people::member(&world, team, "ada@example.org", "Ada").await;
        let mut ada = Browser::signed_in(&app, "ada@example.org").await;
        let bad = ada.post("/me/name", &[("name", " ")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bad.body);
        sees(&bad, "id=\"name-error\"");
        for (path, fields, then, sentence) in [
            ("/me/name", [("name", "Countess")], "/me?done=saved", "value=\"Countess\""),
            ("/me/privacy", [("private", "yes")], "/me?done=saved", " checked"),
            ("/me/pin", [("answer", "draw")], "/me?done=pin", "You have a new PIN."),
        ] {
            let done = ada.post(path, &fields).await;
            assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, then), "{}", done.body);
            sees(&ada.get(then).await, sentence);
        }
        ada.post("/me/privacy", &[]).await;
        assert!(!ada.get("/me").await.body.contains(" checked"));
        assert!(!ada.get("/me?done=%3Cb%3E").await.body.contains("role=\"status\""));
    });
}

#[test]
fn sessions_end_one_by_one_and_all_at_once() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        people::registered(&world, "bob@example.org", "Bob").await;
        let mut here = Browser::signed_in(&app, "ada@example.org").await;
        world.later(1);
        let mut there = Browser::signed_in(&app, "ada@example.org").await;
        let mut bob = Browser::signed_in(&app, "bob@example.org").await;
        let page = there.get("/me/sessions").await.body;
        // The newest stands first: that is there.
        let of_there = value(&page, "session").to_owned();
        let foreign = bob.post("/me/sessions", &[("session", &of_there)]).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", foreign.body);
        assert_eq!(there.get("/me").await.status, StatusCode::OK);
        let ended = here.post("/me/sessions", &[("session", &of_there)]).await;
        assert_eq!(ended.header("location"), "/me/sessions?done=session", "{}", ended.body);
        assert_eq!(there.get("/me").await.status, StatusCode::SEE_OTHER);
        assert_eq!(here.get("/me").await.status, StatusCode::OK);

        let mut there = Browser::signed_in(&app, "ada@example.org").await;
        let all = here.post("/me/sessions/everywhere", &[]).await;
        sees(&all, "<h1>You are signed out</h1>");
        for browser in [&mut here, &mut there] {
            assert_eq!(browser.get("/me").await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(bob.get("/me").await.status, StatusCode::OK);
    });
}

#[test]
fn a_forgotten_password_is_set_by_mail_and_nobody_learns_who_has_one() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let mut ada = Browser::signed_in(&app, "ada@example.org").await;
        check(&app.get("/forgot").await);
        let known = app.send(form("/forgot", &[("address", "ada@example.org")])).await;
        let unknown = app.send(form("/forgot", &[("address", "nobody@example.org")])).await;
        assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
        check(&known);
        let bad = app.send(form("/forgot", &[("address", "no address")])).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        let link = people::link(&world, "ada@example.org").await;
        assert!(link.starts_with("/reset/"), "{link}");
        check(&app.get(&link).await);
        let before = world.dump().await;
        app.get(&link).await;
        assert_eq!(world.dump().await, before, "mail scanners open links too");
        let weak = app.send(form(&link, &[("password", "short")])).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = app.send(form(&link, &[("password", OTHER)])).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        sees(&done, "<h1>Your password is set</h1>");
        assert_eq!(app.send(form(&link, &[("password", OTHER)])).await.status, StatusCode::GONE);
        assert_eq!(ada.get("/me").await.status, StatusCode::SEE_OTHER, "signed out");
        assert_eq!(ada.sign_in("ada@example.org", PASSWORD).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ada.sign_in("ada@example.org", OTHER).await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn a_password_is_changed_by_who_knows_it() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let mut here = Browser::signed_in(&app, "ada@example.org").await;
        let mut there = Browser::signed_in(&app, "ada@example.org").await;
        let wrong = here.post("/me/password", &[("former", OTHER), ("password", OTHER)]).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN);
        sees(&wrong, "id=\"former-error\"");
        let done = here.post("/me/password", &[("former", PASSWORD), ("password", OTHER)]).await;
        assert_eq!(done.header("location"), "/me?done=password", "{}", done.body);
        assert_eq!(here.get("/me").await.status, StatusCode::OK);
        assert_eq!(there.get("/me").await.status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn an_address_is_changed_from_the_new_mailbox_by_who_signed_in_lately() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        people::registered(&world, "bob@example.org", "Bob").await;
        let mut ada = Browser::signed_in(&app, "ada@example.org").await;
        let taken = ada.post("/me/address", &[("address", "bob@example.org")]).await;
        let free = ada.post("/me/address", &[("address", "ada@example.net")]).await;
        assert_eq!((free.status, &free.body), (taken.status, &taken.body), "nobody learns who is there");
        let mails = world.service.list_mails(&world.host(), service::PageRequest { after: None, limit: 1 }).await;
        let text = mails.expect("mails").items.remove(0).mail.text;
        let link = text.split_whitespace().find_map(|word| word.split_once("/me/address/")).expect("a link").1;
        let link = format!("/me/address/{link}");
        let mut bob = Browser::signed_in(&app, "bob@example.org").await;
        assert_eq!(bob.get(&link).await.status, StatusCode::GONE, "somebody else's link");
        sees(&ada.get(&link).await, "known by ada@example.net, and no more by ada@example.org");
        let done = ada.post(&link, &[]).await;
        assert_eq!(done.header("location"), "/me?done=address", "{}", done.body);
        sees(&ada.get("/me").await, "signed in as ada@example.net");

        world.later(16);
        for path in ["/me/address", "/me/delete"] {
            assert_eq!(ada.get(path).await.status, StatusCode::SEE_OTHER, "it is too long ago: {path}");
            let sent = ada.post(path, &[("address", "eve@example.net")]).await;
            assert!(sent.header("location").starts_with("/signin?then="), "{}", sent.body);
        }
        assert_eq!(ada.get("/me").await.status, StatusCode::OK);
    });
}

#[test]
fn people_leave_and_go() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Engines").await;
        people::member(&world, team, "ada@example.org", "Ada").await;
        let mut ada = Browser::signed_in(&app, "ada@example.org").await;
        sees(&ada.post("/me/leave", &[]).await, "<h1>You have left</h1>");
        let mut ada = Browser::signed_in(&app, "ada@example.org").await;
        assert_eq!(ada.get("/me/leave").await.status, StatusCode::CONFLICT, "there is nothing to leave");
        sees(&ada.post("/me/delete", &[]).await, "<h1>You are gone</h1>");
        assert_eq!(ada.sign_in("ada@example.org", PASSWORD).await.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn no_form_of_another_site_and_no_frame_does_anything() {
    on_sqlite(|world| async move {
        // There are more of them than one browser sends in a minute.
        let app = App::with(&world, |settings| settings.limits.forms = None);
        let team = people::team(&world, "Engines").await;
        people::member(&world, team, "ada@example.org", "Ada").await;
        let ada = Browser::signed_in(&app, "ada@example.org").await;
        let before = world.dump().await;
        for route in carillon_http::routes() {
            if route.method != axum::http::Method::POST || !route.path.starts_with("/me") {
                continue;
            }
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
                let mut request =
                    form(&route.path.replace("{token}", "x"), &[("name", "Eve"), ("address", "e@e.example")]);
                request.headers_mut().insert("cookie", ada.cookie().parse().expect("a cookie"));
                request.headers_mut().insert(name, value.parse().expect("a value"));
                let answer = app.send(request).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}: {}", route.path, answer.body);
            }
        }
        assert_eq!(world.dump().await, before);
        let mut request = get("/me/delete");
        request.headers_mut().insert("cookie", ada.cookie().parse().expect("a cookie"));
        let page = app.send(request).await;
        assert!(page.header("content-security-policy").contains("frame-ancestors 'none'"), "no clickjacking");
    });
}

#[test]
fn nobody_signs_in_under_a_cookie_that_somebody_else_chose() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        people::registered(&world, "eve@example.org", "Eve").await;
        let mut eve = Browser::signed_in(&app, "eve@example.org").await;
        let planted = eve.cookie();
        // Ada signs in with a browser into which Eve put her session's cookie.
        let mut request = form("/signin", &[("address", "ada@example.org"), ("password", PASSWORD)]);
        request.headers_mut().insert("cookie", planted.parse().expect("a cookie"));
        let answer = app.send(request).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        assert!(!answer.header("set-cookie").is_empty() && !planted.contains(answer.header("set-cookie")));
        sees(&eve.get("/me").await, "signed in as eve@example.org");
    });
}

#[test]
fn nobody_is_sent_to_another_site_after_signing_in() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        for then in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "javascript%3Aalert(1)"]
        {
            let fields = [("address", "ada@example.org"), ("password", PASSWORD)];
            let answer = app.send(form(&format!("/signin?then={then}"), &fields)).await;
            assert_eq!(answer.header("location"), "/me", "{then}");
        }
    });
}

/// Browsers apply `form-action` to every redirect that follows a form, and an application is of another origin.
#[test]
fn the_way_to_the_application_is_open_after_a_mistake_too() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let mut browser = Browser::new(&app);
        let open = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
        assert_eq!(browser.get("/signin").await.header("content-security-policy"), open);
        for (address, password) in [("ada@example.org", OTHER), ("no address", PASSWORD)] {
            let wrong = browser.sign_in(address, password).await;
            assert!(wrong.status.is_client_error(), "{}", wrong.body);
            assert_eq!(wrong.header("content-security-policy"), open, "{address}");
        }
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "that an answer waits is what is tested")]
fn wrong_passwords_are_slowed_and_a_browser_is_known_again() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        people::registered(&world, "ada@example.org", "Ada").await;
        let mut ada = Browser::signed_in(&app, "ada@example.org").await;
        ada.post("/signout", &[]).await;
        assert!(ada.cookie().starts_with("__Host-carillon-known=cab_"), "{}", ada.cookie());
        let mut eve = Browser::new(&app);
        let mut waited = std::time::Duration::ZERO;
        for _ in 0..6 {
            let begun = std::time::Instant::now();
            let wrong = eve.sign_in("ada@example.org", OTHER).await;
            assert_eq!(wrong.status, StatusCode::FORBIDDEN);
            waited = begun.elapsed();
        }
        assert!(waited >= std::time::Duration::from_millis(250), "the sixth waits: {waited:?}");
        assert_eq!(
            ada.sign_in("ada@example.org", PASSWORD).await.status,
            StatusCode::SEE_OTHER,
            "nobody is locked out"
        );
        let mut other = Browser::new(&app);
        assert_eq!(other.sign_in("ada@example.org", PASSWORD).await.status, StatusCode::SEE_OTHER);
    });
}

/// Rule 86: nobody but they themselves.
#[test]
fn who_administers_something_confirms_that_the_directory_may_be_linked() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::enterprise(&world, "Example", "corp.example").await;
        people::registered(&world, "ada@corp.example", "Ada").await;
        people::registered(&world, "bob@corp.example", "Bob").await;
        let (over, role) = (access::authority::Over::Account(account), access::authority::Role::FullAccess);
        world.service.create_grant(&world.host(), "ada@corp.example", over, role).await.expect("a grant");
        let mut ada = Browser::signed_in(&app, "ada@corp.example").await;
        let asked = "Link me to the directory";
        assert!(!ada.get("/me/security").await.body.contains(asked), "there is no directory yet");
        let connection = serde_json::json!({
            "kind": "OpenLdap", "urls": ["ldaps://dc.corp.example"], "bind": "cn=reader", "base": "dc=corp",
        });
        let wish = service::directory::NewDirectory {
            connection: serde_json::from_value(connection).expect("a connection"),
            password: Some("secret".to_owned()),
            mappings: None,
            brake: None,
        };
        world.service.set_directory(&world.host(), account, wish).await.expect("a directory");
        let page = ada.get("/me/security").await;
        check(&page);
        sees(&page, asked);
        let mut bob = Browser::signed_in(&app, "bob@corp.example").await;
        assert!(!bob.get("/me/security").await.body.contains(asked), "he administers nothing");
        let done = ada.post("/me/security/directory", &[]).await;
        assert_eq!(done.header("location"), "/me/security?done=directory", "{}", done.body);
        let page = ada.get("/me/security?done=directory").await;
        sees(&page, "You are linked to the directory when it is read next.");
        assert!(!page.body.contains(asked));
    });
}
