//! What those who run it are told, and what they are not.

use std::time::Duration;

use access::Audience;
use carillon_http::{Limits, Metrics};
use service::testing::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::admin::Client;
use crate::app::{App, json, on_both_engines};
use crate::people;

/// Everything that `/metrics` says.
async fn scraped(metrics: &Metrics, world: &World) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (metrics, service) = (metrics.clone(), world.service.clone());
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        metrics.serve(listener, service, &Limits::default(), std::future::pending()).await;
    });
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut text = String::new();
    tokio::time::timeout(Duration::from_secs(20), stream.read_to_string(&mut text)).await.unwrap().unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
    text
}

/// The value of the sample with all of these words in its labels.
fn sample(text: &str, family: &str, labels: &[&str]) -> f64 {
    let fits = |line: &&str| {
        let name = line.split(['{', ' ']).next().unwrap_or_default();
        name == family && labels.iter().all(|label| line.contains(label))
    };
    let line = text.lines().find(fits).unwrap_or_else(|| panic!("no {family} {labels:?} in\n{text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

#[test]
fn requests_are_counted_by_pattern_and_class() {
    on_both_engines(|world| async move {
        let metrics = Metrics::new(world.service.clock().now());
        let app = App::with(&world, |settings| settings.metrics = Some(metrics.clone()));
        for _ in 0..3 {
            app.get("/healthz").await;
        }
        app.get("/invitations/a-secret-of-a-link").await;
        app.get("/nowhere/ada@example.org").await;
        let question = r#"{"subject":{"type":"user","id":"ada@example.org"},"action":{"name":"use"}}"#;
        app.send(json("/access/v1/evaluation", "a-secret-token", question)).await;
        let text = scraped(&metrics, &world).await;
        let requests = |labels: &[&str]| sample(&text, "carillon_http_requests_total", labels);
        assert_eq!(requests(&["route=\"/healthz\"", "method=\"GET\"", "status=\"2xx\""]), 3.0);
        assert_eq!(requests(&["route=\"/invitations/{token}\"", "status=\"4xx\""]), 1.0);
        assert_eq!(requests(&["route=\"unmatched\"", "status=\"4xx\""]), 1.0);
        assert_eq!(requests(&["route=\"/access/v1/evaluation\"", "method=\"POST\"", "status=\"4xx\""]), 1.0);
        let family = "carillon_http_request_duration_seconds";
        assert_eq!(sample(&text, &format!("{family}_count"), &["route=\"/healthz\""]), 3.0);
        assert_eq!(sample(&text, &format!("{family}_bucket"), &["route=\"/healthz\"", "le=\"+Inf\""]), 3.0);
        for secret in ["a-secret", "ada", "example.org"] {
            assert!(!text.contains(secret), "{secret} is in\n{text}");
        }
    });
}

#[test]
fn decisions_are_counted_by_what_decided_them() {
    on_both_engines(|world| async move {
        let metrics = Metrics::new(world.service.clock().now());
        let app = App::with(&world, |settings| settings.metrics = Some(metrics.clone()));
        let team = people::team(&world, "Example").await;
        let ada = people::member(&world, team, "ada@example.org", "Ada").await;
        let (_, token) = people::application(&world, Some(team), Audience::Members).await;
        for (subject, feature) in [
            (&*ada, "meetings.join"),
            (&*ada, "meetings.join"),
            ("nobody@example.org", "meetings.join"),
            (&*ada, "x.y"),
        ] {
            let question = format!(
                r#"{{"subject":{{"type":"user","id":"{subject}"}},"action":{{"name":"use"}},
                     "resource":{{"type":"feature","id":"{feature}"}}}}"#
            );
            assert_eq!(app.send(json("/access/v1/evaluation", &token, question)).await.status, 200);
        }
        let text = scraped(&metrics, &world).await;
        let decisions = |labels: &[&str]| sample(&text, "carillon_decisions_total", labels);
        assert_eq!(decisions(&["allowed=\"yes\"", "reason=\"feature-granted\""]), 2.0);
        assert_eq!(decisions(&["allowed=\"no\"", "reason=\"unknown-subject\""]), 1.0);
        assert_eq!(decisions(&["allowed=\"no\"", "reason=\"unknown-feature\""]), 1.0);
        assert!(sample(&text, "carillon_questions_total", &[]) >= 4.0);
        let mails = ["receiver=\"mail\"", "state=\"waiting\""];
        assert!(sample(&text, "carillon_outbox_entries", &mails) >= 1.0, "the invitation");
        assert_eq!(sample(&text, "carillon_outbox_oldest_seconds", &mails), 0.0, "the clock stands still");
        for personal in ["ada", "Ada", "example.org", "Example", &ada] {
            assert!(!text.contains(personal), "{personal} is in\n{text}");
        }
    });
}

#[test]
fn the_store_tells_of_its_work() {
    on_both_engines(|world| async move {
        let metrics = Metrics::new(world.service.clock().now());
        let text = scraped(&metrics, &world).await;
        assert_eq!(sample(&text, "carillon_database_up", &[]), 1.0);
        assert_eq!(sample(&text, "carillon_build_info", &["version=\""]), 1.0);
        assert!(sample(&text, "process_resident_memory_bytes", &[]) > 1e6);
        assert!(sample(&text, "carillon_password_hash_slots", &["free"]) >= 1.0);
        let sqlite = text.contains("engine=\"sqlite\"");
        assert_eq!(text.contains("carillon_sqlite_wal_bytes"), sqlite, "{text}");
        assert_eq!(text.contains("carillon_clock_ahead_seconds"), !sqlite, "{text}");
        assert_eq!(text.contains("carillon_postgres_queue 0"), !sqlite, "{text}");
        let before = sample(&text, "carillon_changes_total", &[]);
        let commits = |text: &str| -> f64 {
            let lines = text.lines().filter_map(|line| line.strip_prefix("carillon_commits_total{"));
            lines.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
        };
        people::team(&world, "Example").await;
        let text_after = scraped(&metrics, &world).await;
        assert_eq!(sample(&text_after, "carillon_changes_total", &[]), before + 1.0, "{text_after}");
        assert_eq!(commits(&text_after), commits(&text) + 1.0);
        assert_eq!(App::new(&world).get("/metrics").await.status, 404, "not beside the public doors");
    });
}

#[test]
fn who_administers_the_deployment_has_them_too() {
    on_both_engines(|world| async move {
        let metrics = Metrics::new(world.service.clock().now());
        let app = App::with(&world, |settings| settings.metrics = Some(metrics.clone()));
        let (over, role) = (access::authority::Over::Deployment, access::authority::Role::ReadOnly);
        let reader = Client::new(&app, &world, "r@example.org", over, role).await;
        app.get("/healthz").await;
        let answer = reader.get("/metrics").await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
        assert!(answer.header("content-type").starts_with("text/plain"), "{answer:?}");
        assert_eq!(
            sample(&answer.body, "carillon_http_requests_total", &["route=\"/healthz\"", "status=\"2xx\""]),
            1.0
        );
        assert_eq!(sample(&answer.body, "carillon_database_up", &[]), 1.0);
    });
}
