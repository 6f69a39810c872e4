//! The pages: an invited person joins, somebody registers, and nothing else happens by opening a link.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use service::testing::World;

use crate::app::{Answer, App, form, get, on_both_engines, on_sqlite};
use crate::people::{self, PASSWORD};

const ADA: [(&str, &str); 3] = [("answer", "accept"), ("name", "Ada <Lovelace>"), ("password", PASSWORD)];

/// What every page must have.
pub fn check(answer: &Answer) {
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    let policy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    assert_eq!(answer.header("content-security-policy"), policy);
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("set-cookie"), "");
    let html = &answer.body;
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{html}");
    assert!(html.contains("<main>") && html.contains("name=\"viewport\""), "{html}");
    let handler = html.split(" on").skip(1).any(|rest| rest.split([' ', '>']).next().unwrap().contains('='));
    assert!(!html.contains("<script") && !html.contains("style=") && !handler, "{html}");
    assert_eq!(html.matches("<h1>").count(), 1, "{html}");
    for id in html.split("<input id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(html.contains(&format!("<label for=\"{id}\">")), "{id} has a label: {html}");
    }
}

async fn state(world: &World) -> std::collections::BTreeMap<&'static str, Vec<String>> {
    world.dump().await
}

#[test]
fn an_invited_person_joins_once() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example & Sons").await;
        let link = people::invited(&world, team, "ada@example.org").await;
        let before = state(&world).await;
        for _ in 0..2 {
            let page = app.get(&link).await;
            assert_eq!(page.status, StatusCode::OK, "{}", page.body);
            check(&page);
            assert!(page.body.contains("<h1>Join Example &#38; Sons</h1>"), "{}", page.body);
            assert!(page.body.contains("as ada@example.org"), "{}", page.body);
        }
        assert_eq!(state(&world).await, before, "mail scanners open links too");

        let done = app.send(form(&link, &ADA)).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        check(&done);
        assert!(
            done.body.contains("You are a member of Example &#38; Sons with the license ProTrial."),
            "{}",
            done.body
        );
        let after = state(&world).await;
        assert_ne!(after, before);
        let again = app.send(form(&link, &ADA)).await;
        assert_eq!((again.status, &again.body), (done.status, &done.body), "the second half of a double click");
        for request in [get(&link), form(&link, &[("answer", "decline")])] {
            let again = app.send(request).await;
            assert_eq!(again.status, StatusCode::GONE, "{}", again.body);
            check(&again);
        }
        assert_eq!(state(&world).await, after);
    });
}

#[test]
fn a_double_click_joins_once_and_says_so_twice() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let link = people::invited(&world, team, "ada@example.org").await;
        let (one, two) = futures::join!(app.send(form(&link, &ADA)), app.send(form(&link, &ADA)));
        assert_eq!((one.status, two.status), (StatusCode::OK, StatusCode::OK), "{}\n{}", one.body, two.body);
        let state = state(&world).await;
        assert_eq!((state["users"].len(), state["passwords"].len()), (1, 1));
    });
}

#[test]
fn what_was_typed_stays_and_the_error_stands_next_to_its_field() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let link = people::invited(&world, team, "ada@example.org").await;
        let before = state(&world).await;
        for (password, name, field) in [("short", "Ada", "password"), ("", "Ada", "password"), (PASSWORD, " ", "name")]
        {
            let answer = app.send(form(&link, &[("answer", "accept"), ("name", name), ("password", password)])).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.body);
            check(&answer);
            assert!(answer.body.contains(&format!("value=\"{name}\"")), "{}", answer.body);
            assert!(password.is_empty() || !answer.body.contains(password), "{}", answer.body);
            assert!(answer.body.contains(&format!("id=\"{field}-error\"")), "{}", answer.body);
            assert!(answer.body.contains("aria-invalid=\"true\""), "{}", answer.body);
        }
        assert_eq!(state(&world).await, before);
    });
}

#[test]
fn a_member_of_another_team_consents_to_leave_it_and_proves_who_they_are() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let (one, two) = (people::team(&world, "One").await, people::team(&world, "Two").await);
        people::member(&world, one, "ada@example.org", "Ada").await;
        let link = people::invited(&world, two, "ada@example.org").await;
        let page = app.get(&link).await;
        check(&page);
        assert!(
            page.body.contains("I leave the team I am in")
                && !page.body.contains("One")
                && page.body.contains("autocomplete=\"current-password\"")
        );
        assert!(!page.body.contains("name=\"name\""), "{}", page.body);
        let before = state(&world).await;
        let wrong =
            app.send(form(&link, &[("answer", "accept"), ("password", "not the password"), ("leave", "yes")])).await;
        assert_eq!(wrong.status, StatusCode::FORBIDDEN, "{}", wrong.body);
        assert!(wrong.body.contains("id=\"password-error\"") && wrong.body.contains(" checked"), "{}", wrong.body);
        let stays = app.send(form(&link, &[("answer", "accept"), ("password", PASSWORD)])).await;
        assert_eq!(stays.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", stays.body);
        assert!(stays.body.contains("id=\"leave-error\""), "{}", stays.body);
        assert_eq!(state(&world).await, before);
        let done = app.send(form(&link, &[("answer", "accept"), ("password", PASSWORD), ("leave", "yes")])).await;
        assert!(done.body.contains("You are a member of Two"), "{}", done.body);
    });
}

#[test]
fn an_invitation_is_declined_taken_back_or_too_old() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let link = people::invited(&world, team, "ada@example.org").await;
        let done = app.send(form(&link, &[("answer", "decline")])).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        assert!(done.body.contains("<h1>Declined</h1>"), "{}", done.body);
        assert_eq!(app.send(form(&link, &ADA)).await.status, StatusCode::GONE);

        let old = people::invited(&world, team, "bob@example.net").await;
        world.later(14 * 24 * 60);
        let before = state(&world).await;
        for link in [
            old.as_str(),
            "/invitations/nonsense",
            "/invitations/%00",
            "/invitations/%ff",
            "/register/%ff",
            "/register/nonsense",
        ] {
            for answer in [app.get(link).await, app.send(form(link, &ADA)).await] {
                assert_eq!(answer.status, StatusCode::GONE, "{link}");
                check(&answer);
            }
        }
        assert_eq!(state(&world).await, before);
    });
}

#[test]
fn somebody_registers_by_a_mailed_link() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        people::enterprise(&world, "Acme", "acme.example").await;
        check(&app.get("/register").await);
        let asked = app.send(form("/register", &[("address", "ada@acme.example")])).await;
        assert_eq!(asked.status, StatusCode::OK);
        check(&asked);
        let link = people::link(&world, "ada@acme.example").await;
        check(&app.get(&link).await);
        let before = state(&world).await;
        let weak = app.send(form(&link, &[("name", "Ada"), ("password", "ada@acme.example")])).await;
        assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", weak.body);
        assert_eq!(state(&world).await, before);
        let done = app.send(form(&link, &[("name", "Ada"), ("password", PASSWORD)])).await;
        check(&done);
        assert!(done.body.contains("You are a member of Acme with the license"), "{}", done.body);
        assert_eq!(app.send(form(&link, &[("name", "Ada"), ("password", PASSWORD)])).await.status, StatusCode::GONE);

        let again = app.send(form("/register", &[("address", "ADA@acme.example")])).await;
        let unknown = app.send(form("/register", &[("address", "new@elsewhere.example")])).await;
        assert_eq!((again.status, &again.body), (asked.status, &asked.body), "registered already: the same answer");
        assert_eq!((unknown.status, &unknown.body), (asked.status, &asked.body));
        let bad = app.send(form("/register", &[("address", "no address")])).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad.body.contains("value=\"no address\"") && bad.body.contains("id=\"address-error\""), "{}", bad.body);
    });
}

#[test]
fn forms_of_other_sites_and_other_bodies_are_refused() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let team = people::team(&world, "Example").await;
        let link = people::invited(&world, team, "ada@example.org").await;
        let before = state(&world).await;
        let with = |name: &'static str, value: &'static str| {
            let mut request = form(&link, &ADA);
            request.headers_mut().insert(name, value.parse().unwrap());
            request
        };
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "http://carillon.example.org"),
        ] {
            assert_eq!(app.send(with(name, value)).await.status, StatusCode::FORBIDDEN, "{name}: {value}");
        }
        let json = Request::post(&link).header("content-type", "application/json").body(Body::from("{}")).unwrap();
        assert_eq!(app.send(json).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        for fields in [&[("answer", "perhaps")][..], &[("name", "Ada")]] {
            let answer = app.send(form(&link, fields)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            check(&answer);
        }
        assert_eq!(state(&world).await, before);
        assert_eq!(app.send(with("sec-fetch-site", "same-origin")).await.status, StatusCode::OK);
    });
}

#[test]
fn the_mailbox_is_for_this_machine_where_it_is_switched_on() {
    on_sqlite(|world| async move {
        let team = people::team(&world, "Example").await;
        let link = people::invited(&world, team, "ada@example.org").await;
        let here = |name: &'static str, value: &'static str| {
            let request = Request::get("/mail").header("host", "127.0.0.1:8080").header(name, value);
            request.body(Body::empty()).unwrap()
        };
        let off = App::new(&world);
        assert_eq!(off.send_from("127.0.0.1:1", here("accept", "*/*")).await.status, StatusCode::NOT_FOUND);
        let app = App::with(&world, |settings| settings.local_mailbox = true);
        let page = app.send_from("127.0.0.1:1", here("accept", "*/*")).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        check(&page);
        assert!(page.body.contains(&format!("<a href=\"https://carillon.example.org{link}\">")), "{}", page.body);
        assert_eq!(app.send_from("192.0.2.1:1", here("accept", "*/*")).await.status, StatusCode::NOT_FOUND);
        let proxied = app.send_from("127.0.0.1:1", here("x-forwarded-for", "192.0.2.1")).await;
        assert_eq!(proxied.status, StatusCode::NOT_FOUND);
        let rebound = Request::get("/mail").header("host", "evil.example").body(Body::empty()).unwrap();
        assert_eq!(app.send_from("127.0.0.1:1", rebound).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn the_first_operator_sets_up_once() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let link = world.service.create_setup_link(&world.host(), true).await.unwrap();
        let path = format!("/setup/{}", link.token);
        let before = state(&world).await;
        let page = app.get(&path).await;
        check(&page);
        assert!(page.status == StatusCode::OK && page.body.contains("Become the operator"), "{}", page.body);
        let ada = [("address", "ada@example.org"), ("name", "Ada <Lovelace>"), ("password", PASSWORD)];
        let mut foreign = form(&path, &ada);
        foreign.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(app.send(foreign).await.status, StatusCode::FORBIDDEN);
        let wrong = app.send(form(&path, &[("address", "nobody"), ("name", "Ada"), ("password", PASSWORD)])).await;
        check(&wrong);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("address-error"), "{wrong:?}");
        assert_eq!(state(&world).await, before, "looking and mistakes change nothing");
        let done = app.send(form(&path, &ada)).await;
        check(&done);
        assert!(
            done.status == StatusCode::OK && done.body.contains("carillon token create ada@example.org"),
            "{done:?}"
        );
        let before = state(&world).await;
        for answer in [app.get(&path).await, app.send(form(&path, &ada)).await] {
            check(&answer);
            assert_eq!(answer.status, StatusCode::GONE);
        }
        assert_eq!(state(&world).await, before, "it works once");
    });
}
