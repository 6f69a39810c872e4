//! What stands around every door.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use carillon_http::{Evaluate, HttpSettings, Rate};
use futures::future::join_all;
use futures::stream::{self, FuturesUnordered, StreamExt};
use service::{Answer, Question};
use signin::SignIn;

use crate::app::{App, form, get, json, on_sqlite};

#[test]
fn a_request_has_an_id_of_ours_and_only_authzen_echoes_the_clients() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let uuid = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
        let long = "x".repeat(129);
        for (sent, sane) in [(uuid, true), ("order 17/b", true), (&*long, false), ("caf\u{e9}", false), ("", false)] {
            for (path, echoes) in [("/healthz", false), ("/api/v1/accounts", false), ("/access/v1/evaluation", true)] {
                let request = Request::get(path).header("x-request-id", sent.as_bytes());
                let answer = app.send(request.body(Body::empty()).unwrap()).await;
                let id = answer.header("x-request-id");
                assert_eq!(id == sent, sane && echoes, "{path}: {sent:?} became {id:?}");
                assert!(id == sent || id.len() == 36, "{id:?}");
            }
        }
        let signed = Request::get("/accounts").header("x-request-id", uuid).body(Body::empty()).unwrap();
        let answer = app.send(signed).await;
        assert_eq!(answer.header("x-amzn-requestid"), answer.header("x-request-id"));
        assert_ne!(answer.header("x-amzn-requestid"), uuid);
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
fn who_signs_in_is_not_stopped_by_the_limit_of_other_forms() {
    on_sqlite(|world| async move {
        let slow = |burst| Rate::new(burst, Duration::from_secs(3600));
        let app = App::with(&world, |settings| {
            settings.limits.forms = slow(1);
            settings.limits.sign_ins = slow(5);
        });
        // One sign-in is two or three forms, and an office is behind one address.
        for path in ["/signin", "/signin/step", "/signout", "/me/name", "/oauth2/consent"] {
            assert_ne!(app.send(form(path, &[])).await.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        }
        assert_eq!(app.send(form("/signin", &[])).await.status, StatusCode::TOO_MANY_REQUESTS, "it has its own");
        assert_ne!(app.send(form("/forgot", &[])).await.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(app.send(form("/forgot", &[])).await.status, StatusCode::TOO_MANY_REQUESTS);
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
            assert_eq!(answer.header("x-amz-retry-after"), if dialect.is_empty() { "" } else { "1000" });
        }
    });
}

#[test]
fn sign_ins_that_are_held_back_leave_places_to_the_others() {
    on_sqlite(|world| async move {
        let signin = SignIn::new(world.service.clone());
        let change = |settings: &mut HttpSettings| {
            settings.limits.requests = 64;
            settings.limits.sign_ins = None;
        };
        let app = App::over(world.service.clone(), signin.clone(), change);
        let wrong = || form("/signin", &[("address", "ada@example.org"), ("password", "seven purple wombats")]);
        let mut trying: FuturesUnordered<_> = (0..200).map(|_| app.send(wrong())).collect();
        let mut answered = 0;
        // Until each is either answered or held back, for seconds most of them.
        while answered + signin.held_back() < 200 {
            trying.next().await.expect("an answer");
            answered += 1;
        }
        // Half of the places are free, all of them at once.
        let others = join_all((0..32).map(|_| app.get("/signin"))).await;
        assert!(others.iter().all(|answer| answer.status == StatusCode::OK), "{others:?}");
        assert_ne!(app.get("/check").await.status, StatusCode::SERVICE_UNAVAILABLE);
        let elsewhere = form("/signin", &[("address", "bob@example.org"), ("password", "seven purple wombats")]);
        let answer = app.send_from("198.51.100.9:1", elsewhere).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "and who is not slowed");
    });
}

/// Answers as it is told to: with a panic, or never.
#[derive(Clone)]
struct Faulty {
    panics: bool,
}

impl Evaluate for Faulty {
    async fn evaluate(&self, _: &str, _: &str, _: &Question) -> Result<Option<Answer>, service::Error> {
        assert!(!self.panics, "a fault in the product");
        std::future::pending().await
    }
}

#[test]
fn a_panic_and_an_answer_that_never_comes_are_told_in_the_dialect() {
    on_sqlite(|world| async move {
        let question = r#"{"subject": {"type": "user", "id": "a"}, "action": {"name": "use"},
            "resource": {"type": "feature", "id": "chat.send"}}"#;
        for (panics, status) in [(true, 500), (false, 503)] {
            let change = |settings: &mut HttpSettings| settings.limits.answer_time = Duration::from_millis(10);
            let app = App::asking(Faulty { panics }, &world, change);
            let answer = app.send(json("/access/v1/evaluation", "t", question)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.json()["error"]["status"].as_u64()),
                (status, Some(status.into()))
            );
            assert!(!answer.body.contains("a fault in the product"), "{}", answer.body);
            assert_eq!(app.get("/healthz").await.status, StatusCode::OK, "the others go on");
        }
    });
}

/// What a log line is written to.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_log_says_what_ran_and_nothing_personal() {
    on_sqlite(|world| async move {
        let app = App::new(&world);
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
        // While there is one subscriber, whoever meets a place in the code first decides whether it is ever logged, and
        // that may be another test's thread, which has none. While there are two, the list of them decides.
        let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
        let guard = tracing::subscriber::set_default(subscriber);
        let uuid = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
        let request = Request::get("/register/s3cret?user-email=lovelace%40example.org").header("x-request-id", uuid);
        app.send(request.body(Body::empty()).unwrap()).await;
        app.get("/accounts?user-email=lovelace%40example.org").await;
        app.send(json(
            "/access/v1/evaluation",
            "t0ken",
            r#"{"subject": {"type": "user", "id": "lovelace@example.org"}}"#,
        ))
        .await;
        app.send(form("/register", &[("address", "lovelace@example.org")])).await;
        drop(guard);
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = log.lines().filter(|line| line.contains("\"answered\"")).collect();
        assert_eq!(lines.len(), 4, "{log}");
        for part in [
            &*format!("\"client_request\":\"{uuid}\""),
            "\"route\":\"/register/{token}\"",
            "\"status\":410",
            "\"method\":\"GET\"",
            "duration_us",
        ] {
            assert!(lines[0].contains(part), "{part}: {}", lines[0]);
        }
        // No name of hexadecimal digits: the ids of requests would have it one day.
        for personal in ["lovelace", "s3cret", "t0ken", "192.0.2.7"] {
            assert!(!log.contains(personal), "{personal}: {log}");
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
