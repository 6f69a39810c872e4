//! `carillon serve`: the doors, until somebody says stop.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use access::application::is_loopback;
use carillon_http::{HttpSettings, Metrics, Rate, router};
use outgoing::Outgoing;
use service::{Clock, Service};
use signin::SignIn;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;
use worker::{Logout, Mailer, Worker, tasks};

use crate::commands::admin::{Link, setup_link};
use crate::commands::host_context;
use crate::demo;
use crate::failure::Failure;
use crate::files::{make_folder, write_private};
use crate::logging;
use crate::mailer::mailer;
use crate::open::{Opened, open, url_file};
use crate::output::{Done, Output};
use crate::settings::{Limits, Settings};

/// Answers until SIGTERM or SIGINT, then lets what runs end.
pub fn serve(mut settings: Settings, demo: bool, output: Output) -> Done {
    logging::start(&settings.log)?;
    settings.mailbox |= demo; // whoever tries the samples reads the mails there
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(&settings, demo, output))
}

async fn run(settings: &Settings, demo: bool, mut output: Output) -> Done {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let taken = |error| {
        Failure::unavailable(format!(
            "cannot listen on {}: {error}; choose another address with --listen",
            settings.listen
        ))
    };
    let listener = TcpListener::bind(settings.listen).await.map_err(taken)?;
    let url = settings.base_url.clone().unwrap_or_else(|| reachable(listener.local_addr().unwrap_or(settings.listen)));
    let url = url.trim_end_matches('/').to_owned();
    let mut http = http_settings(settings, &url)?;
    let monitoring = monitoring(settings).await?;
    let metrics = Metrics::new(Clock::system().now());
    http.metrics = Some(metrics.clone());
    let mailer = mailer(settings, &http.base_url)?;
    let outgoing = outgoing(settings, &http.base_url)?;
    http.outgoing = Some(outgoing.clone());
    make_folder(&settings.data)?;
    write_private(&url_file(settings), url.as_bytes())?;
    let Opened { store, service } = open(settings, url.clone()).await?;
    let signin = SignIn::new(service.clone());
    let facts = if demo { Some(demo::prepare(&service, settings, &url).await?) } else { None };
    let setup = if demo { None } else { first_operator(&service).await? };
    match facts {
        _ if output.is_json() => output.json_lines(&[serde_json::json!({ "url": url, "setup": setup })])?,
        Some(facts) => {
            let program = std::env::current_exe()?;
            output.text(&demo::story(&facts, &std::path::absolute(&settings.data)?, &program))?;
        }
        None => output.text(&format!("Carillon answers at {url}"))?,
    }
    if let (Some(Link { url, expires }), false) = (&setup, output.is_json()) {
        output.text(&format!(
            "Nobody administers it yet. Become its operator here, once, until {expires}:\n\n    {url}\n"
        ))?;
    }
    tracing::info!(%url, version = env!("CARGO_PKG_VERSION"), "ready");
    let (limits, proxies, drain) = (http.limits.clone(), http.trusted_proxies.clone(), http.drain.clone());
    let time = Duration::from_secs(settings.limits.drain_seconds);
    let stop = async {
        tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => return tracing::info!("stopping") }
        drain.begin();
        tracing::info!(seconds = time.as_secs(), "stopping: not ready any more, answering still");
        // Who has no patience says so once more.
        tokio::select! { () = sleep(time) => {}, _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
        tracing::info!("stopping: running requests end first");
    };
    let mailer = mailer.map(|smtp| Arc::new(smtp) as Arc<dyn Mailer>);
    let tasks = tasks::all(&signin);
    let worker = Worker::start(&service, mailer, Logout { signin, outgoing }, tasks);
    let mut noting = JoinSet::new();
    noting.spawn(record_uses(service.clone()));
    let doors = carillon_http::serve(listener, router(service.clone(), http), &limits, &proxies, stop);
    let counting = metrics.clone();
    noting.spawn(async move { counting.gather().await });
    match monitoring {
        Some(listener) => tokio::select! {
            () = doors => {}
            () = metrics.serve(listener, service.clone(), &limits, std::future::pending()) => {}
        },
        None => doors.await,
    }
    worker.stop(limits.shutdown_time).await;
    noting.shutdown().await;
    written_down(service.record_uses().await);
    store.close().await;
    Ok(())
}

/// Where it is told how the server is doing, without a login, if anywhere.
async fn monitoring(settings: &Settings) -> Result<Option<TcpListener>, Failure> {
    let Some(address) = settings.metrics.listen else { return Ok(None) };
    let taken = |error| {
        Failure::unavailable(format!(
            "cannot listen on {address} for metrics: {error}; choose another address with --metrics-listen"
        ))
    };
    let listener = TcpListener::bind(address).await.map_err(taken)?;
    let at = listener.local_addr()?;
    tracing::info!("metrics at http://{at}/metrics");
    if !at.ip().is_loopback() {
        tracing::warn!("whoever reaches {at} can read the metrics: let only the monitoring through");
    }
    Ok(Some(listener))
}

/// What requests to others' addresses are sent with. On a machine of its own, such as a developer's, everything else is
/// there too.
fn outgoing(settings: &Settings, base_url: &Url) -> Result<Outgoing, Failure> {
    let private = settings.outgoing_private.unwrap_or_else(|| is_loopback(base_url));
    Outgoing::new(private).map_err(|error| Failure::usage(error.to_string()))
}

/// A link for the first operator, as long as there is none (rule 57). Links that other nodes printed go on working.
async fn first_operator(service: &Service) -> Result<Option<Link>, Failure> {
    let cx = host_context(service);
    if service.has_operator(&cx).await? {
        return Ok(None);
    }
    Ok(Some(setup_link(service, service.create_setup_link(&cx, false).await?)))
}

/// Writes down once a minute which keys and tokens this node saw.
async fn record_uses(service: Service) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        written_down(service.record_uses().await);
    }
}

fn written_down(written: Result<(), service::Error>) {
    if let Err(error) = written {
        tracing::warn!(%error, "when keys and tokens were used last could not be written down; tried again later");
    }
}

/// A URL under which this machine reaches an address that the server listens on.
fn reachable(mut address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        let local = |v4| if v4 { IpAddr::V4(Ipv4Addr::LOCALHOST) } else { IpAddr::V6(Ipv6Addr::LOCALHOST) };
        address.set_ip(local(address.is_ipv4()));
    }
    format!("http://{address}")
}

fn http_settings(settings: &Settings, url: &str) -> Result<HttpSettings, Failure> {
    let base_url =
        url.parse().map_err(|error| Failure::usage(format!("the setting base_url is not usable: {error}")))?;
    let mut http = HttpSettings::new(base_url);
    for text in &settings.trusted_proxies {
        let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(Into::into));
        let wrong =
            |_| Failure::usage(format!("the setting trusted_proxies names {text}, which is no address or network"));
        http.trusted_proxies.push(network.map_err(wrong)?);
    }
    http.local_mailbox = settings.mailbox;
    http.limits = limits(&settings.limits);
    Ok(http)
}

fn limits(limits: &Limits) -> carillon_http::Limits {
    carillon_http::Limits {
        body: limits.body_bytes,
        head_time: Duration::from_secs(limits.head_seconds),
        body_time: Duration::from_secs(limits.body_seconds),
        answer_time: Duration::from_secs(limits.answer_seconds),
        shutdown_time: Duration::from_secs(limits.shutdown_seconds),
        connections: limits.connections,
        connections_per_address: Some(limits.connections_per_address).filter(|most| *most > 0),
        requests: limits.requests,
        per_credential: Rate::per_second(limits.per_credential),
        per_address: Rate::per_second(limits.per_address),
        forms: Rate::new(limits.forms_per_minute, Duration::from_secs(60)),
        sign_ins: Rate::new(limits.sign_in_forms_per_minute, Duration::from_secs(60)),
    }
}
