//! What the doors are told at start. Every value has a default that suits a small deployment.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::Metrics;

/// How the doors present and protect themselves.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Where people and programs reach Carillon. Links and metadata come from it, never from the Host header.
    pub base_url: Url,
    /// Proxies whose `X-Forwarded-For` is believed; everyone else's is ignored.
    pub trusted_proxies: Vec<IpNet>,
    /// Show the mails that are kept locally on `/mail`, to clients on this machine only.
    pub local_mailbox: bool,
    /// What requests to providers are sent with; `None` for the default: private networks are reached only where Carillon
    /// is reached on its own machine.
    pub outgoing: Option<signin::Outgoing>,
    /// Bounds that keep one client from starving the others.
    pub limits: Limits,
    /// Whether this server is about to stop.
    pub drain: Drain,
    /// Where requests and decisions are counted.
    pub metrics: Option<Metrics>,
}

/// A server that is about to stop goes on answering, but `/readyz` says no, and every answer closes its connection: so
/// whoever shares out requests, and every client that keeps connections, goes elsewhere before the doors close.
#[derive(Clone, Debug, Default)]
pub struct Drain(Arc<AtomicBool>);

impl Drain {
    /// From now on.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it has begun.
    pub(crate) fn begun(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Bounds on sizes, times and rates.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The most bytes of a request's body.
    pub body: usize,
    /// How long a client may take to send the head of a request; also how long a connection may be idle.
    pub head_time: Duration,
    /// How long a client may take to send the body.
    pub body_time: Duration,
    /// How long an answer may take once the request is there.
    pub answer_time: Duration,
    /// How long running requests may go on after a shutdown was asked for.
    pub shutdown_time: Duration,
    /// The most connections at once; further ones wait in the listener's queue.
    pub connections: usize,
    /// The most connections of one address (/64 of IPv6) that is no trusted proxy; further ones are closed at once. `None`:
    /// without limit.
    pub connections_per_address: Option<usize>,
    /// The most requests worked on at once; further ones are told to come again.
    pub requests: usize,
    /// For each credential and address it comes from. `None`: without limit.
    pub per_credential: Option<Rate>,
    /// For each address. `None`: without limit.
    pub per_address: Option<Rate>,
    /// For each address that sends the forms of the pages: they cost a mail or a password hash.
    pub forms: Option<Rate>,
    /// For each address that sends the forms of signing in and of people's own pages: a whole office may be behind it, and
    /// a sign-in takes two or three. Who tries passwords is slowed besides (rule 76).
    pub sign_ins: Option<Rate>,
}

/// A steady rate with room for bursts.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// The most requests at once.
    pub burst: NonZeroU32,
    /// In what time a used-up burst comes back.
    pub refill: Duration,
}

impl HttpSettings {
    /// The defaults, for an address under which Carillon is reached.
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            trusted_proxies: Vec::new(),
            local_mailbox: false,
            outgoing: None,
            limits: Limits::default(),
            drain: Drain::default(),
            metrics: None,
        }
    }

    /// Whether this address belongs to a proxy that is believed.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        trusted(&self.trusted_proxies, address)
    }

    /// The path under which Carillon is reached, without a slash at its end.
    pub(crate) fn root(&self) -> &str {
        self.base_url.path().trim_end_matches('/')
    }

    /// An address of Carillon's own, for metadata: `path` below the base URL.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", service::base(&self.base_url))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1024 * 1024,
            head_time: Duration::from_secs(30),
            body_time: Duration::from_secs(20),
            answer_time: Duration::from_secs(30),
            shutdown_time: Duration::from_secs(10),
            connections: 800,
            connections_per_address: Some(400),
            requests: 512,
            per_credential: Rate::per_second(2_000),
            per_address: Rate::per_second(4_000),
            forms: Rate::new(30, Duration::from_secs(60)),
            sign_ins: Rate::new(300, Duration::from_secs(60)),
        }
    }
}

impl Rate {
    /// `burst` requests at once, coming back within `refill`; `None`, which is no limit, for a burst of zero.
    pub fn new(burst: u32, refill: Duration) -> Option<Self> {
        NonZeroU32::new(burst).map(|burst| Self { burst, refill })
    }

    /// So many a second, and as many at once.
    pub fn per_second(requests: u32) -> Option<Self> {
        Self::new(requests, Duration::from_secs(1))
    }
}

/// Whether an address belongs to one of these networks.
pub(crate) fn trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|network| network.contains(&address))
}
