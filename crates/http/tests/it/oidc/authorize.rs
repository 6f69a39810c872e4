//! Authorization requests: who is sent where, with what, and who is not.

use access::application::Client;
use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::*;
use crate::app::{get, on_both_engines, on_sqlite};
use crate::people;

/// An answer that sends nobody anywhere and that nobody can put into a frame.
fn page(answer: &Answer, status: u16) {
    assert_eq!((answer.status.as_u16(), answer.header("location")), (status, ""), "{}", answer.body);
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{answer:?}");
    assert_eq!((answer.header("cache-control"), answer.header("referrer-policy")), ("no-store", "no-referrer"));
}

#[test]
fn people_are_sent_back_to_registered_places_only() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        for uri in [
            "https://app.example.org/callback",
            "https://app.example.org/callback?tenant=1&x",
            "https://app.example.org/callback?tenant=1#x",
            "https://APP.example.org/callback?tenant=1",
            "https://app.example.org:443/callback?tenant=1",
            "https://app.example.org/callback/../callback?tenant=1",
            "https://app.example.org.evil.example/callback?tenant=1",
            "https://app.example.org@evil.example/callback?tenant=1",
            "https://evil.example",
            "//evil.example",
            "javascript:alert(1)",
            "\\\\evil.example",
            "https://app.example.org/callback?tenant=1\r\nx",
            "https://app.example.org/goodbye",
        ] {
            for cookie in ["", &*cookie] {
                let answer = wiki.authorize(cookie, &[("redirect_uri", uri)]).await;
                page(&answer, 400);
                assert!(!answer.body.contains("evil.example"), "{}", answer.body);
            }
        }
        for request in [
            wiki.request(&[("redirect_uri", "")]),
            wiki.request(&[("client_id", "")]),
            wiki.request(&[("client_id", "nobody")]),
            wiki.request(&[("client_id", "0190aaaa-bbbb-7ccc-8ddd-000000000001")]),
            format!("{}&client_id={}", wiki.request(&[]), wiki.id),
            format!("{}&redirect_uri=https%3A%2F%2Fevil.example", wiki.request(&[])),
            format!("{}&%00=%ff&%00=%ff", wiki.request(&[])),
            "/oauth2/authorize".to_owned(),
        ] {
            page(&app.send(with_cookie(&request, &cookie)).await, 400);
        }
        let answer = wiki.authorize(&cookie, &[("redirect_uri", "https://app.example.org/other")]).await;
        assert_eq!(landed(&answer).0, "https://app.example.org/other");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "the code goes no further");
    });
}

#[test]
fn what_is_wrong_is_said_where_the_request_came_from() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        let public = party(&world, &app, wish(Client { public: true, ..client() })).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let long = "x".repeat(2_001);
        for (params, error) in [
            ([("response_type", ""), ("x", "")], "invalid_request"),
            ([("response_type", "token"), ("x", "")], "unsupported_response_type"),
            ([("response_type", "code id_token"), ("x", "")], "unsupported_response_type"),
            ([("response_mode", "fragment"), ("x", "")], "invalid_request"),
            ([("request", "e30."), ("x", "")], "request_not_supported"),
            ([("request_uri", "https://app.example.org/r"), ("x", "")], "request_uri_not_supported"),
            ([("registration", "{}"), ("x", "")], "registration_not_supported"),
            ([("prompt", "none login"), ("x", "")], "invalid_request"),
            ([("prompt", "dance"), ("x", "")], "invalid_request"),
            ([("max_age", "-1"), ("x", "")], "invalid_request"),
            ([("max_age", "soon"), ("x", "")], "invalid_request"),
            ([("code_challenge", "short"), ("x", "")], "invalid_request"),
            ([("code_challenge_method", "plain"), ("x", "")], "invalid_request"),
            ([("code_challenge_method", ""), ("x", "")], "invalid_request"),
            ([("code_challenge", ""), ("x", "")], "invalid_request"),
            ([("nonce", &*long), ("x", "")], "invalid_request"),
            ([("login_hint", &*long), ("x", "")], "invalid_request"),
        ] {
            for cookie in ["", &*cookie] {
                let answer = wiki.authorize(cookie, &params).await;
                assert_eq!(sent_back(&answer), error, "{params:?}");
                assert_eq!(landed(&answer).1["state"], "st&te");
            }
        }
        let without = [("code_challenge", ""), ("code_challenge_method", "")];
        assert_eq!(sent_back(&public.authorize(&cookie, &without).await), "invalid_request");
        wiki.code(&cookie, &without).await;
        wiki.code(&cookie, &[("unknown", "x"), ("display", "popup"), ("ui_locales", "de"), ("claims", "{}")]).await;
    });
}

#[test]
fn prompts_ages_and_hints_are_kept() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        for (address, name) in [("ada@example.org", "Ada"), ("bob@example.org", "Bob")] {
            people::registered(&world, address, name).await;
        }
        assert_eq!(sent_back(&wiki.authorize("", &[("prompt", "none")]).await), "login_required");
        let (place, params) = landed(&wiki.authorize("", &[("login_hint", "ada@example.org")]).await);
        assert_eq!(place, "/signin");
        let shown =
            app.get(&format!("/signin?{}", query(&[("then", &params["then"]), ("hint", &params["hint"])]))).await;
        assert!(shown.body.contains("value=\"ada@example.org\""), "{}", shown.body);

        assert_eq!(landed(&wiki.authorize("", &[("acr_values", "2")]).await).1["factors"], "2");

        let ada = sign_in(&app, "ada@example.org").await;
        let one = wiki.tokens(&ada, &[("acr_values", "2")]).await;
        assert_eq!(claims(&one.id)["acr"], "1", "a wish: who has no second factor comes in with one");
        let tokens = wiki.tokens(&ada, &[("prompt", "none")]).await;
        let first = claims(&tokens.id);
        world.later(10);
        wiki.code(&ada, &[("max_age", "600")]).await;
        let fresh = sign_in(&app, "ada@example.org").await;
        assert_eq!(landed(&wiki.authorize(&fresh, &[("max_age", "0")]).await).0, "/signin", "however fresh it is");
        assert_eq!(sent_back(&wiki.authorize(&ada, &[("max_age", "599"), ("prompt", "none")]).await), "login_required");
        for asked in [("max_age", "599"), ("prompt", "login"), ("prompt", "select_account"), ("max_age", "0")] {
            let (place, params) = landed(&wiki.authorize(&ada, &[asked]).await);
            assert_eq!(place, "/signin", "{asked:?}");
            let then = &params["then"];
            let same = app.send(with_cookie(then, &ada)).await;
            assert_eq!(landed(&same).0, "/signin", "{asked:?}: coming back as before proves nothing");
            let anew = sign_in(&app, "ada@example.org").await;
            world.later(1);
            let (place, params) = landed(&app.send(with_cookie(then, &anew)).await);
            assert_eq!(place, "https://app.example.org/callback", "{asked:?}: the proof was given");
            let second = claims(&issued(&wiki.redeem(&params["code"], &[]).await).id);
            assert!(second["auth_time"].as_i64() > first["auth_time"].as_i64(), "{second}");
            assert_eq!(second["sub"], first["sub"]);
            world.later(15);
            assert_eq!(landed(&app.send(with_cookie(then, &anew)).await).0, "/signin", "{asked:?}: not for ever");
        }

        let (ada, bob) = (sign_in(&app, "ada@example.org").await, sign_in(&app, "bob@example.org").await);
        let hint = ("id_token_hint", &*tokens.id);
        wiki.code(&ada, &[hint, ("prompt", "none")]).await;
        assert_eq!(sent_back(&wiki.authorize(&bob, &[hint, ("prompt", "none")]).await), "login_required");
        let (place, params) = landed(&wiki.authorize(&bob, &[hint]).await);
        assert_eq!(place, "/signin", "Ada is expected");
        let bob = sign_in(&app, "bob@example.org").await;
        assert_eq!(sent_back(&app.send(with_cookie(&params["then"], &bob)).await), "login_required");
        let other = party(&world, &app, wish(client())).await;
        // Another application's, or one that is none, names nobody.
        for hint in [hint, ("id_token_hint", "e30.e30.x")] {
            other.code(&ada, &[hint]).await;
            assert_eq!(sent_back(&other.authorize(&ada, &[hint, ("prompt", "none")]).await), "login_required");
        }
    });
}

#[test]
fn a_form_is_as_good_as_a_link_and_breaks_nothing() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let request = wiki.request(&[]);
        let body = request.split_once('?').unwrap().1.to_owned();
        for path in ["/oauth2/authorize", "/oauth2/logout"] {
            for body in [&b"a=\x01\x02"[..], b"\xff\xfe=\xff", b"x=\r\nSet-Cookie: a=b", b"", b"%%%=%zz&&&=="] {
                let answer = app.send(Request::post(path).body(Body::from(body.to_vec())).unwrap()).await;
                assert!(answer.status.as_u16() < 500 && answer.header("set-cookie").is_empty(), "{body:?}: {answer:?}");
            }
            let long = Body::from("a".repeat(20_000));
            page(&app.send(Request::post(path).body(long).unwrap()).await, 400);
        }
        let answer = app.send(Request::post("/oauth2/authorize").body(Body::from(body)).unwrap()).await;
        let to = answer.header("location").to_owned();
        assert!(answer.status == StatusCode::SEE_OTHER && to.starts_with("/oauth2/authorize?"), "{answer:?}");
        assert!(landed(&app.send(with_cookie(&to, &cookie)).await).1.contains_key("code"));
        for method in ["PUT", "DELETE", "PATCH"] {
            page(&app.send(Request::builder().method(method).uri(&*request).body(Body::empty()).unwrap()).await, 405);
        }
    });
}

#[test]
fn third_parties_learn_what_people_consent_to() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(Client { third_party: true, ..client() })).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        assert_eq!(sent_back(&wiki.authorize(&cookie, &[("prompt", "none")]).await), "consent_required");
        let asked = wiki.authorize(&cookie, &[]).await;
        page(&asked, 200);
        assert!(asked.body.contains("Wiki wants to know you") && asked.body.contains("ada@example.org"));
        let to = wiki.request(&[]).replace("/oauth2/authorize", "/oauth2/consent");
        let answer = async |answer: &str, site: &str, cookie: &str| {
            let mut request = form(&to, &[("answer", answer)]);
            request.headers_mut().insert("sec-fetch-site", site.parse().unwrap());
            request.headers_mut().insert("cookie", cookie.parse().unwrap());
            app.send(request).await
        };
        page(&answer("allow", "cross-site", &cookie).await, 403);
        assert_eq!(landed(&answer("allow", "same-origin", "a=b").await).0, "/signin");
        assert_eq!(sent_back(&answer("deny", "same-origin", &cookie).await), "access_denied");
        assert_eq!(sent_back(&wiki.authorize(&cookie, &[("prompt", "none")]).await), "consent_required");
        assert!(landed(&answer("allow", "same-origin", &cookie).await).1.contains_key("code"));
        wiki.code(&cookie, &[("prompt", "none")]).await;
        wiki.code(&cookie, &[("scope", "openid")]).await;
        page(&wiki.authorize(&cookie, &[("scope", "openid offline_access")]).await, 200);
        page(&wiki.authorize(&cookie, &[("prompt", "consent")]).await, 200);
    });
}

#[test]
fn what_the_provider_can_do_is_published() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let found = app.get("/.well-known/openid-configuration").await;
        assert_eq!(found.header("access-control-allow-origin"), "*");
        let found = found.json();
        assert_eq!(found["issuer"], ISSUER);
        for name in found.as_object().unwrap().keys().filter(|name| name.ends_with("_endpoint") || *name == "jwks_uri")
        {
            let path = found[name].as_str().unwrap().strip_prefix(ISSUER).unwrap();
            let answer = app.send(get(path)).await;
            assert_ne!(answer.status, StatusCode::NOT_FOUND, "{name}");
        }
        assert_eq!(app.get("/.well-known/oauth-authorization-server").await.json(), found);
        let keys = app.get("/oauth2/jwks").await.json();
        let key = &keys["keys"][0];
        assert_eq!(
            (key["alg"].as_str(), key["use"].as_str(), key["kty"].as_str()),
            (Some("ES256"), Some("sig"), Some("EC"))
        );
        assert!(key.get("d").is_none(), "{key}");
    });
}
