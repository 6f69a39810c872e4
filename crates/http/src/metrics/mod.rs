//! `/metrics` in Prometheus' text format, on an address of its own, for whoever runs Carillon. Nothing personal: paths
//! are patterns, accounts and people do not occur.
//!
//! What happens is counted as it happens, on handles that are made once ([`Metrics::request`], [`Metrics::decided`]);
//! what is the case is read when somebody asks (`scrape`). Each server has a recorder of its own.

mod process;
mod scrape;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use metrics::{Counter, Histogram, Key, KeyName, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusRecorder};
use service::{Measures, Service};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval};

use crate::route::{Performs, Routes};
use crate::{Limits, serve};

const REQUESTS: &str = "carillon_http_requests_total";
const DURATIONS: &str = "carillon_http_request_duration_seconds";
const DECISIONS: &str = "carillon_decisions_total";

/// Upper bounds of the durations that are counted together, in seconds.
const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0];

/// How often durations are gathered; until then each takes eight bytes.
const GATHER: Duration = Duration::from_secs(5);

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "other"];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// What is counted. Cheap to clone.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

struct Inner {
    recorder: PrometheusRecorder,
    started: Timestamp,
    /// By pattern or operation, of which there are as many as the doors declare.
    routes: RwLock<HashMap<Box<str>, Arc<Route>>>,
    /// By the answer and the reason's code, both from closed sets.
    decisions: RwLock<HashMap<(bool, &'static str), Counter>>,
}

/// The handles of one route, each made when it is first used.
#[derive(Default)]
struct Route {
    requests: [[OnceLock<Counter>; CLASSES.len()]; METHODS.len()],
    durations: [OnceLock<Histogram>; METHODS.len()],
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Metrics(..)")
    }
}

impl Metrics {
    /// Nothing is counted yet. `started` is when the process began.
    pub fn new(started: Timestamp) -> Self {
        // Bounds that are fixed and not empty are always taken.
        let builder = PrometheusBuilder::new().set_buckets(&BOUNDS).unwrap_or_default();
        let recorder = builder.build_recorder();
        let counter = |name: &'static str, help: &'static str| {
            recorder.describe_counter(KeyName::from_const_str(name), None, help.into());
        };
        counter(REQUESTS, "Requests answered, by route pattern or operation, method and class of status.");
        counter(DECISIONS, "Questions of applications and administrators, by answer and the reason that decided it.");
        let help = "Time from a request's head to its answer, by route pattern or operation and method.";
        recorder.describe_histogram(KeyName::from_const_str(DURATIONS), None, help.into());
        Self(Arc::new(Inner { recorder, started, routes: RwLock::default(), decisions: RwLock::default() }))
    }

    /// A request was answered. `route` is a pattern or an operation's name, never a path as it was sent.
    pub(crate) fn request(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let known = self.0.routes.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
        let handles = known.unwrap_or_else(|| {
            let mut routes = self.0.routes.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(routes.entry(route.into()).or_default())
        });
        let method = METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1);
        let class = usize::from(status.as_u16() / 100).clamp(1, CLASSES.len()) - 1;
        let of_method = || vec![Label::new("route", route.to_owned()), Label::new("method", METHODS[method])];
        let counter = handles.requests[method][class].get_or_init(|| {
            let mut labels = of_method();
            labels.push(Label::new("status", CLASSES[class]));
            self.0.recorder.register_counter(&Key::from_parts(REQUESTS, labels), &METADATA)
        });
        counter.increment(1);
        let histogram = handles.durations[method]
            .get_or_init(|| self.0.recorder.register_histogram(&Key::from_parts(DURATIONS, of_method()), &METADATA));
        histogram.record(took.as_secs_f64());
    }

    /// A question was answered; the last reason of the chain decided it.
    pub(crate) fn decided(&self, allowed: bool, reasons: &[&'static str]) {
        let reason = reasons.last().copied().unwrap_or("none");
        let known = self.0.decisions.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = known.get(&(allowed, reason)) {
            return counter.increment(1);
        }
        drop(known);
        let labels = vec![Label::new("allowed", if allowed { "yes" } else { "no" }), Label::new("reason", reason)];
        let counter = self.0.recorder.register_counter(&Key::from_parts(DECISIONS, labels), &METADATA);
        counter.increment(1);
        self.0.decisions.write().unwrap_or_else(PoisonError::into_inner).insert((allowed, reason), counter);
    }

    /// Gathers durations now and then, for as long as it is awaited.
    pub async fn gather(&self) {
        let handle = self.0.recorder.handle();
        let mut often = interval(GATHER);
        often.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            often.tick().await;
            handle.run_upkeep();
        }
    }

    /// Answers `GET /metrics` on a listener of its own until `shutdown` completes.
    pub async fn serve(
        self,
        listener: TcpListener,
        service: Service,
        limits: &Limits,
        shutdown: impl Future<Output = ()>,
    ) {
        let router = Routes::new().get("/metrics", Performs::Nothing, answer).router((self, service));
        serve(listener, router, limits, &[], shutdown).await;
    }
}

const METADATA: Metadata<'static> = Metadata::new(module_path!(), Level::INFO, None);

async fn answer(State((metrics, service)): State<(Metrics, Service)>) -> impl IntoResponse {
    told(Some(&metrics), &service.measures().await, service.clock().now())
}

/// What was counted so far, if anything counts, and what is the case, in Prometheus' text format.
pub(crate) fn told(metrics: Option<&Metrics>, measures: &Measures, now: Timestamp) -> Response {
    let counted = metrics.map(|metrics| metrics.0.recorder.handle().render()).unwrap_or_default();
    let text = counted + &scrape::now(measures, metrics.map(|metrics| metrics.0.started), now);
    let headers =
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    (headers, text).into_response()
}
