//! What stands around every door: who asks, how much and how fast, request ids, and the answer when no door could
//! give one.

mod client;
mod limits;
mod request_id;

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt;
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use service::Service;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};
use tracing::{Instrument, Span, field};

pub(crate) use client::Remote;
pub(crate) use request_id::RequestId;

use crate::dialect::{Dialect, Trouble};
use crate::{HttpSettings, admin};
pub(crate) use limits::network;
use limits::{Form, Limiters};

/// Shared by all requests.
pub(crate) struct Frame {
    settings: Arc<HttpSettings>,
    limiters: Limiters,
    places: Semaphore,
    service: Service,
}

/// What a door may know of the request beside its words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    /// The request's id in logs and audit.
    pub request: uuid::Uuid,
    /// Where it came from, as far as known.
    pub remote: Option<std::net::IpAddr>,
}

/// A request as a door takes it: nothing is copied, and the body is there.
pub(crate) struct Whole {
    pub parts: Parts,
    pub body: Bytes,
}

impl<S: Sync> FromRequest<S> for Whole {
    type Rejection = Infallible;

    async fn from_request(request: Request, _: &S) -> Result<Self, Infallible> {
        let (parts, body) = request.into_parts();
        // The frame has read it: nothing is left that could fail.
        let body = body.collect().await.map(Collected::to_bytes).unwrap_or_default();
        Ok(Self { parts, body })
    }
}

/// Put by a door into its answer: the operation that ran, where the path's pattern doesn't say it.
#[derive(Clone, Copy)]
pub(crate) struct Ran(pub &'static str);

impl Frame {
    pub(crate) fn new(settings: Arc<HttpSettings>, service: Service) -> Self {
        let limiters = Limiters::new(&settings.limits);
        let places = Semaphore::new(settings.limits.requests);
        Self { settings, limiters, places, service }
    }

    fn new_id(&self) -> uuid::Uuid {
        let now = self.service.clock().now().as_millisecond().unsigned_abs();
        access::id::uuid_v7(now, self.service.random().bytes())
    }

    /// Reads the whole body, bounded in size and time, so that no door has to.
    async fn read(&self, body: Body) -> Result<Bytes, Trouble> {
        let limits = &self.settings.limits;
        let read = timeout(limits.body_time, Limited::new(body, limits.body).collect()).await;
        match read {
            Ok(Ok(body)) => Ok(body.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Trouble::TooLarge { most: limits.body }),
            Ok(Err(_)) => Err(Trouble::BodyBroken),
            Err(_) => Err(Trouble::BodySlow),
        }
    }

    /// Lets the request through to its door, or says what stands in the way.
    async fn answer(&self, dialect: Dialect, mut request: Request, next: Next) -> Result<Response, Trouble> {
        let remote = request.extensions().get::<Origin>().and_then(|origin| origin.remote);
        self.limiters.check(remote, request.headers(), Form::of(dialect, &request))?;
        let body = self.read(std::mem::take(request.body_mut())).await?;
        *request.body_mut() = Body::from(body);
        let _place = self.places.try_acquire().map_err(|_| Trouble::TooBusy)?;
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
        match timeout(self.settings.limits.answer_time, answered).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(_)) => Err(Trouble::Fault),
            Err(_) => Err(Trouble::TooSlow),
        }
    }
}

/// The one layer around all doors. At info it logs method, matched route, status, duration and request id, and
/// nothing personal: no query, no address, no path as it was sent.
pub(crate) async fn frame(State(frame): State<Arc<Frame>>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let dialect = Dialect::of(request.uri(), request.headers());
    let id = RequestId::of(request.headers(), frame.new_id());
    let remote = Remote::of(&request).and_then(|remote| remote.behind(request.headers(), &frame.settings));
    request.extensions_mut().insert(Origin { request: id.uuid(), remote });
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request",
        request = %id.uuid(),
        client_request = id.client().map(field::display),
        method = request.method().as_str(),
        route = field::Empty,
        status = field::Empty,
        duration_us = field::Empty
    );
    let answered = frame.answer(dialect, request, next).instrument(span.clone()).await;
    let mut response = answered.unwrap_or_else(|trouble| {
        let mut response = dialect.trouble(trouble);
        if matches!(trouble, Trouble::TooLarge { .. } | Trouble::BodySlow | Trouble::BodyBroken) {
            // The rest of the body is still under way: it must not be read as the next request.
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    });
    response = admin::error::finish(response, id.uuid());
    if frame.settings.drain.begun() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    id.put(response.headers_mut(), dialect);
    let ran = response.extensions().get::<Ran>();
    let route = ran.map(|ran| ran.0).or(route.as_ref().map(MatchedPath::as_str)).unwrap_or("unmatched");
    let took = started.elapsed();
    if let Some(metrics) = &frame.settings.metrics {
        metrics.request(route, &method, response.status(), took);
    }
    record(&span, route, &response, took);
    response
}

fn record(span: &Span, route: &str, response: &Response, took: Duration) {
    if span.is_disabled() {
        return;
    }
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    span.record("route", route);
    span.record("status", response.status().as_u16());
    span.record("duration_us", micros);
    let _in_span = span.enter();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        tracing::error!("answered");
    } else {
        tracing::info!("answered");
    }
}

/// What follows `Bearer ` in the one Authorization header (RFC 6750 section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
}
