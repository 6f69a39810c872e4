//! The token endpoint: who may exchange what, once, and how everybody else is refused.

use access::Audience;
use access::application::Client;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use service::{ApplicationUpdate, Rotation};

use super::*;
use crate::app::{get, on_both_engines, on_sqlite};
use crate::people;

const FORM: &str = "application/x-www-form-urlencoded";

fn raw(path: &str, kind: &str, authorization: &[axum::http::HeaderValue], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::post(path).header("content-type", kind).body(body.into()).unwrap();
    for value in authorization {
        request.headers_mut().append("authorization", value.clone());
    }
    request
}

#[test]
fn a_code_is_good_once_for_who_asked_for_it() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        let other = party(&world, &app, wish(client())).await;
        let public = party(&world, &app, wish(Client { public: true, ..client() })).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let refused = (400, "invalid_grant".to_owned());

        let code = wiki.code(&cookie, &[]).await;
        assert_eq!(said(&other.redeem(&code, &[]).await), refused, "another application's");
        let wrong = "e".repeat(43);
        for others in [
            [("redirect_uri", "https://app.example.org/other")],
            [("redirect_uri", "")],
            [("code_verifier", "")],
            [("code_verifier", &*wrong)],
            [("code_verifier", CHALLENGE)],
            [("code", "cac_0000")],
        ] {
            assert_eq!(said(&wiki.redeem(&code, &others).await), refused, "{others:?}");
        }
        assert_eq!(said(&wiki.redeem("", &[]).await), (400, "invalid_request".to_owned()));
        let first = issued(&wiki.redeem(&code, &[]).await);
        assert!(wiki.active(&first.access).await);
        assert_eq!(said(&wiki.redeem(&code, &[]).await), refused, "a second time");
        assert!(!wiki.active(&first.access).await, "the family ends");
        assert_eq!(said(&wiki.refresh(&first.refresh).await), refused);

        let code = wiki.code(&cookie, &[("code_challenge", ""), ("code_challenge_method", "")]).await;
        assert_eq!(said(&wiki.redeem(&code, &[]).await), refused, "a verifier without a challenge");
        issued(&wiki.redeem(&code, &[("code_verifier", "")]).await);

        let late = wiki.code(&cookie, &[]).await;
        world.later(1);
        assert_eq!(said(&wiki.redeem(&late, &[]).await), refused, "too late");

        let code = public.code(&cookie, &[]).await;
        assert_eq!(said(&public.redeem(&code, &[("client_secret", "guess")]).await).0, 401);
        assert_eq!(said(&public.redeem(&code, &[("code_verifier", "")]).await), refused);
        let tokens = issued(&public.redeem(&code, &[]).await);
        let next = issued(&public.refresh(&tokens.refresh).await);
        assert_eq!(said(&public.refresh(&tokens.refresh).await), refused, "used before");
        assert_eq!(said(&public.refresh(&next.refresh).await), refused, "so all of it is over");
    });
}

#[test]
fn two_at_once_get_one_answer() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let code = wiki.code(&cookie, &[]).await;
        let (one, two) = futures::join!(wiki.redeem(&code, &[]), wiki.redeem(&code, &[]));
        let good = [&one, &two].into_iter().find(|answer| answer.status == StatusCode::OK).expect("one is served");
        assert_ne!(one.status, two.status);
        assert!(!wiki.active(&issued(good).access).await, "and it was in two hands");
        let tokens = wiki.tokens(&cookie, &[]).await;
        let (one, two) = futures::join!(wiki.refresh(&tokens.refresh), wiki.refresh(&tokens.refresh));
        assert_ne!(one.status, two.status);
        assert!(!wiki.active(&tokens.access).await);
    });
}

#[test]
fn applications_prove_who_they_are_in_one_way() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let wiki = party(&world, &app, wish(client())).await;
        people::registered(&world, "ada@example.org", "Ada").await;
        let cookie = sign_in(&app, "ada@example.org").await;
        let (id, secret) = (wiki.id.as_str(), wiki.secret.as_deref().unwrap());
        let tokens = wiki.tokens(&cookie, &[]).await;
        let own = [("client_id", id), ("client_secret", secret)];
        let asked = [("grant_type", "refresh_token"), ("refresh_token", &*tokens.refresh), ("token", &*tokens.access)];
        let body = |more: Params<'_>| query(&[&asked[..], more].concat());
        for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            for (authorization, more, expected) in [
                (vec![], &[][..], (401, "invalid_client")),
                (vec![], &[("client_id", id)], (401, "invalid_client")),
                (vec![], &[("client_id", id), ("client_secret", "guess")], (401, "invalid_client")),
                (vec![], &[("client_id", "\0"), ("client_secret", secret)], (401, "invalid_client")),
                (vec![], &[("client_id", id), ("client_assertion", "e30.e30.x")], (401, "invalid_client")),
                (vec![basic(id, "guess")], &[], (401, "invalid_client")),
                (vec![basic("", secret)], &[], (401, "invalid_client")),
                (vec!["Basic !".parse().unwrap()], &[], (401, "invalid_client")),
                (vec![format!("Bearer {secret}").parse().unwrap()], &[], (401, "invalid_client")),
                (vec![basic(id, secret)], &own, (400, "invalid_request")),
                (vec![basic(id, secret)], &[("client_id", "another")], (400, "invalid_request")),
                (vec![basic(id, secret), basic(id, secret)], &[], (400, "invalid_request")),
                (vec![], &[own[0], own[1], own[1]], (400, "invalid_request")),
                (vec![basic(id, secret)], &[("token", "x")], (400, "invalid_request")),
            ] {
                let answer = app.send(raw(path, FORM, &authorization, body(more))).await;
                assert_eq!(said(&answer), (expected.0, expected.1.to_owned()), "{path} {authorization:?} {more:?}");
                let challenged = answer.header("www-authenticate").starts_with("Basic ");
                assert_eq!(challenged, expected.0 == 401, "{answer:?}");
                assert!(!answer.body.contains(secret), "{}", answer.body);
            }
            for kind in ["application/json", "text/plain", ""] {
                let answer = app.send(raw(path, kind, &[basic(id, secret)], body(&[]))).await;
                assert_eq!(said(&answer), (400, "invalid_request".to_owned()), "{kind}");
            }
            let answer = app.send(raw(path, FORM, &[basic(id, secret)], vec![b'a'; 2 << 20])).await;
            assert_eq!(said(&answer), (413, "invalid_request".to_owned()));
            let answer = app.send(raw(path, FORM, &[basic(id, secret)], "\u{fffd}=%ff&\0=%00")).await;
            assert_eq!(said(&answer).0, 400);
            for method in ["GET", "PUT", "DELETE"] {
                let answer = app.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap()).await;
                assert_eq!(said(&answer), (405, "invalid_request".to_owned()), "{method} {path}");
            }
        }
        let answer = app.send(raw("/oauth2/token", FORM, &[], body(&own))).await;
        let tokens = issued(&answer);
        for (fields, error) in [
            (&[("grant_type", "password")][..], "unsupported_grant_type"),
            (&[("grant_type", "client_credentials")], "unsupported_grant_type"),
            (&[("grant_type", "")], "invalid_request"),
            (&[("grant_type", "refresh_token")], "invalid_request"),
            (&[("grant_type", "refresh_token"), ("refresh_token", &*tokens.access)], "invalid_grant"),
            (&[("grant_type", "refresh_token"), ("refresh_token", "\u{0}")], "invalid_grant"),
            (
                &[("grant_type", "refresh_token"), ("refresh_token", &*tokens.refresh), ("scope", "offline_access")],
                "invalid_scope",
            ),
        ] {
            assert_eq!(said(&wiki.ask("/oauth2/token", fields).await), (400, error.to_owned()), "{fields:?}");
        }
        let less = [("grant_type", "refresh_token"), ("refresh_token", &*tokens.refresh), ("scope", "openid")];
        let answer = wiki.ask("/oauth2/token", &less).await;
        assert_eq!(answer.json()["scope"], "openid", "less is given");
    });
}

#[test]
fn a_secret_that_ended_proves_nothing() {
    on_both_engines(|world| async move {
        let app = App::new(&world);
        let account = people::team(&world, "Example").await;
        let member = people::member(&world, account, "ada@example.org", "Ada").await;
        let owned =
            |audience| service::NewApplication { owner: Some(account), audience: Some(audience), ..wish(client()) };
        let (service, host) = (&world.service, world.host());
        let cookie = sign_in(&app, "ada@example.org").await;
        let at_once = Rotation { overlap: jiff::SignedDuration::ZERO, expires: None };

        let wiki = party(&world, &app, owned(Audience::Members)).await;
        let tokens = wiki.tokens(&cookie, &[]).await;
        let rotated = service.rotate_token(&host, wiki.credential.unwrap(), at_once).await.expect("rotated");
        assert_eq!(said(&wiki.refresh(&tokens.refresh).await), (401, "invalid_client".to_owned()));
        let wiki = Party { secret: Some(rotated.secret), credential: Some(rotated.token.id), ..wiki };
        let tokens = issued(&wiki.refresh(&tokens.refresh).await);
        service.revoke_token(&host, wiki.credential.unwrap()).await.expect("revoked");
        for path in ["/oauth2/token", "/oauth2/introspect", "/oauth2/revoke"] {
            let fields = [("grant_type", "refresh_token"), ("refresh_token", &*tokens.refresh), ("token", "x")];
            assert_eq!(said(&wiki.ask(path, &fields).await), (401, "invalid_client".to_owned()), "{path}");
        }

        let wiki = party(&world, &app, owned(Audience::Members)).await;
        let (code, tokens) = (wiki.code(&cookie, &[]).await, wiki.tokens(&cookie, &[]).await);
        let id = wiki.id.parse().unwrap();
        let only_asks = ApplicationUpdate { client: Some(None), ..Default::default() };
        service.update_application(&host, id, only_asks).await.expect("changed");
        assert_eq!(wiki.authorize(&cookie, &[]).await.status, StatusCode::BAD_REQUEST);
        assert_eq!(said(&wiki.redeem(&code, &[]).await), (401, "invalid_client".to_owned()));
        assert_eq!(said(&wiki.refresh(&tokens.refresh).await), (401, "invalid_client".to_owned()));
        assert_eq!(said(&wiki.userinfo(&tokens.access).await), (401, "invalid_token".to_owned()));
        assert!(!wiki.active(&tokens.access).await && !wiki.active(&tokens.refresh).await);

        let wiki = party(&world, &app, owned(Audience::Members)).await;
        let (code, tokens) = (wiki.code(&cookie, &[]).await, wiki.tokens(&cookie, &[]).await);
        service.remove(&host, account, vec![member]).await.expect("an answer").remove(0).expect("removed");
        service.delete_account(&host, account).await.expect("deleted");
        assert_eq!(wiki.authorize(&cookie, &[]).await.status, StatusCode::BAD_REQUEST, "its account is no more");
        assert_eq!(said(&wiki.redeem(&code, &[]).await), (401, "invalid_client".to_owned()));
        assert_eq!(said(&wiki.userinfo(&tokens.access).await), (401, "invalid_token".to_owned()));
    });
}

#[test]
fn pages_of_other_origins_ask_without_cookies() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        for path in ["/oauth2/token", "/oauth2/revoke", "/oauth2/userinfo"] {
            let preflight = Request::options(path).header("origin", "https://app.example.org");
            let preflight = preflight.header("access-control-request-method", "POST").body(Body::empty()).unwrap();
            let answer = app.send(preflight).await;
            assert_eq!((answer.status, answer.header("access-control-allow-origin")), (StatusCode::NO_CONTENT, "*"));
            assert_eq!(answer.header("access-control-allow-headers"), "authorization, content-type");
            assert_eq!(answer.header("access-control-allow-credentials"), "", "no cookie counts here");
        }
        for path in ["/oauth2/authorize", "/oauth2/logout", "/oauth2/consent", "/signin", "/me"] {
            let request = Request::options(path).header("origin", "https://app.example.org");
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (405, ""), "{path}");
            assert_eq!(app.send(get(path)).await.header("access-control-allow-origin"), "", "{path}");
        }
    });
}
