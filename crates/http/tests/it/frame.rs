//! What stands around every door.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use carillon_http::Rate;
use futures::stream;

use crate::app::{App, form, get, json, on_sqlite};

#[test]
fn a_sane_request_id_is_echoed_and_any_other_replaced() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let uuid = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
        let long = "x".repeat(129);
        for (sent, echoed) in [(uuid, true), ("order 17/b", true), (&*long, false), ("caf\u{e9}", false), ("", false)] {
            let request = Request::get("/healthz").header("x-request-id", sent.as_bytes());
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            let id = answer.header("x-request-id");
            assert_eq!(id == sent, echoed, "{sent:?} became {id:?}");
            assert!(echoed || id.len() == 36, "{id:?}");
        }
        let signed = Request::get("/accounts").header("x-request-id", uuid).body(Body::empty()).unwrap();
        assert_eq!(app.send(signed).await.header("x-amzn-requestid"), uuid);
        assert_ne!(app.get("/healthz").await.header("x-request-id"), app.get("/healthz").await.header("x-request-id"));
    });
}

#[test]
fn each_door_says_too_large_in_its_dialect() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let large = || Body::from(vec![b' '; 1024 * 1024 + 1]);
        let answer = app.send(json("/access/v1/evaluation", "t", large())).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::PAYLOAD_TOO_LARGE, "application/json"));
        assert_eq!(answer.header("connection"), "close");
        let answer = app.send(Request::post("/register").body(large()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(answer.body.contains("<!doctype html>"), "{}", answer.body);
        let answer = app.send(Request::post("/accounts").body(large()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-amzn-errortype")), (400, "BadRequestException"));
    });
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    on_sqlite(|world| async move {
        let app = App::with(&world, |settings| settings.limits.body_time = Duration::from_millis(10));
        let endless = Body::from_stream(stream::pending::<Result<Bytes, std::io::Error>>());
        let answer = app.send(json("/access/v1/evaluation", "t", endless)).await;
        assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
        let broken = Body::from_stream(stream::iter([Err::<Bytes, _>(std::io::Error::other("gone"))]));
        assert_eq!(app.send(json("/access/v1/evaluation", "t", broken)).await.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn who_asks_too_often_is_told_to_wait() {
    on_sqlite(|world| async move {
        let slow = |burst| Rate::new(burst, Duration::from_secs(3600));
        let app = App::with(&world, |settings| {
            settings.limits.per_address = slow(3);
            settings.limits.per_credential = slow(1);
            settings.limits.forms = slow(1);
        });
        let ask = || json("/access/v1/evaluation", "t", "{}");
        assert_eq!(app.send(ask()).await.status, StatusCode::BAD_REQUEST);
        let answer = app.send(ask()).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "the credential is used up");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() > 1, "{answer:?}");
        assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
        assert_eq!(app.get("/healthz").await.status, StatusCode::TOO_MANY_REQUESTS, "the address is used up");
        let elsewhere = app.send_from("192.0.2.8:1", ask()).await;
        assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST, "the same credential from another address");
        let answer = app.send_from("192.0.2.9:1", form("/register", &[])).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let answer = app.send_from("192.0.2.9:1", form("/register", &[])).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.body.contains("Too many requests"), "{}", answer.body);
        let answer = app.send_from("192.0.2.7:9", get("/accounts")).await;
        assert_eq!(answer.header("x-amzn-errortype"), "ThrottledClientException");
    });
}

#[test]
fn only_trusted_proxies_say_where_a_request_comes_from() {
    on_sqlite(|world| async move {
        let app = App::with(&world, |settings| {
            settings.limits.per_address = Rate::new(1, Duration::from_secs(3600));
            settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        });
        let status = async |peer: &str, forwarded: &str| {
            let request = Request::get("/healthz").header("x-forwarded-for", forwarded).body(Body::empty()).unwrap();
            app.send_from(peer, request).await.status.as_u16()
        };
        assert_eq!(status("10.0.0.1:1", "198.51.100.1").await, 200);
        assert_eq!(status("10.0.0.2:1", "198.51.100.1").await, 429, "the same client through another proxy");
        assert_eq!(status("10.0.0.1:1", "198.51.100.1, 198.51.100.2, 10.9.9.9").await, 200, "the first that is none");
        assert_eq!(status("10.0.0.1:1", "198.51.100.2").await, 429);
        assert_eq!(status("203.0.113.1:1", "198.51.100.3").await, 200);
        assert_eq!(status("203.0.113.1:1", "198.51.100.4").await, 429, "a stranger's word is not believed");
        assert_eq!(status("10.0.0.3:1", "nonsense").await, 200);
        assert_eq!(status("10.0.0.3:1", "").await, 429, "then it is the proxy itself");
        assert_eq!(status("[2001:db8::1]:1", "").await, 200);
        assert_eq!(status("[2001:db8::ffff:2]:1", "").await, 429, "one network of IPv6 is one client");
    });
}

#[test]
fn more_requests_than_places_are_told_to_come_again() {
    on_sqlite(|world| async move {
        let app = App::with(&world, |settings| settings.limits.requests = 0);
        for (path, dialect) in [("/healthz", ""), ("/accounts", "ServiceUnavailableException")] {
            let answer = app.get(path).await;
            assert_eq!((answer.status, answer.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
            assert_eq!(answer.header("x-amzn-errortype"), dialect);
        }
    });
}

#[test]
fn what_is_not_there_is_said_in_a_sensible_dialect() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let with = |method: Method, path: &str, name: &str, value: &str| {
            Request::builder().method(method).uri(path).header(name, value).body(Body::empty()).unwrap()
        };
        let answer = app.send(with(Method::GET, "/nothing", "accept", "text/html,*/*")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"));
        let answer = app.send(with(Method::GET, "/nothing", "accept", "*/*")).await;
        assert_eq!((answer.status, &*answer.body), (StatusCode::NOT_FOUND, "There is nothing at this address.\n"));
        let answer = app.send(with(Method::GET, "/access/v1/search/subject", "accept", "*/*")).await;
        assert_eq!((answer.status, answer.json()["error"]["status"].as_u64()), (StatusCode::NOT_FOUND, Some(404)));
        let answer = app.send(with(Method::DELETE, "/access/v1/evaluation", "accept", "*/*")).await;
        assert_eq!(answer.json()["error"]["status"], 405);
        assert_eq!(answer.header("allow"), "POST");
        let answer = app.send(with(Method::PUT, "/register", "accept", "*/*")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert!(answer.body.contains("<h1>Nothing here</h1>"), "{}", answer.body);
    });
}
