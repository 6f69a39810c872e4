//! Rates per client.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::dialect::{Dialect, Trouble};
use crate::settings::{Limits, Rate};

/// After so many checks those who have been quiet are forgotten.
const SWEEP: u64 = 100_000;

type Client = Option<IpAddr>;

/// The form of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A step of signing in or out, and what signed-in people do for themselves: many from one office, each more than
    /// once.
    SigningIn,
    /// What strangers send: it costs a mail or a password hash.
    Other,
}

impl Form {
    /// What a request sends, if it is a form.
    pub fn of(dialect: Dialect, request: &Request) -> Option<Self> {
        if dialect != Dialect::Page || request.method() != Method::POST {
            return None;
        }
        let first = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
        Some(if matches!(first, "signin" | "signout" | "oauth2" | "me") { Self::SigningIn } else { Self::Other })
    }
}

/// One limiter for each kind of client. A credential is limited together with the address it comes from: it is not
/// proved yet, and nobody shall use up another's share by naming their key.
pub(crate) struct Limiters {
    credentials: Option<DefaultKeyedRateLimiter<(Client, u64)>>,
    addresses: Option<DefaultKeyedRateLimiter<Client>>,
    forms: Option<DefaultKeyedRateLimiter<Client>>,
    sign_ins: Option<DefaultKeyedRateLimiter<Client>>,
    hasher: RandomState,
    checks: AtomicU64,
}

impl Limiters {
    pub fn new(limits: &Limits) -> Self {
        Self {
            credentials: limiter(limits.per_credential),
            addresses: limiter(limits.per_address),
            forms: limiter(limits.forms),
            sign_ins: limiter(limits.sign_ins),
            hasher: RandomState::new(),
            checks: AtomicU64::new(0),
        }
    }

    /// Counts a request; refuses it when its client was too fast.
    pub fn check(&self, remote: Option<IpAddr>, headers: &HeaderMap, form: Option<Form>) -> Result<(), Trouble> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.forget_the_quiet();
        }
        let remote = remote.map(network);
        check(self.addresses.as_ref(), &remote)?;
        match form {
            Some(Form::SigningIn) => check(self.sign_ins.as_ref(), &remote)?,
            Some(Form::Other) => check(self.forms.as_ref(), &remote)?,
            None => {}
        }
        match (&self.credentials, credential(headers)) {
            (Some(limiter), Some(name)) => check(Some(limiter), &(remote, self.hasher.hash_one(name))),
            _ => Ok(()),
        }
    }

    fn forget_the_quiet(&self) {
        self.credentials.iter().for_each(RateLimiter::retain_recent);
        self.addresses.iter().chain(&self.forms).chain(&self.sign_ins).for_each(RateLimiter::retain_recent);
    }
}

fn limiter<K: Hash + Eq + Clone>(rate: Option<Rate>) -> Option<DefaultKeyedRateLimiter<K>> {
    let rate = rate?;
    let quota = Quota::with_period(rate.refill / rate.burst.get())?.allow_burst(rate.burst);
    Some(RateLimiter::keyed(quota))
}

fn check<K: Hash + Eq + Clone>(limiter: Option<&DefaultKeyedRateLimiter<K>>, key: &K) -> Result<(), Trouble> {
    let Some(Err(until)) = limiter.map(|limiter| limiter.check_key(key)) else { return Ok(()) };
    Err(Trouble::TooFast { wait: until.wait_time_from(DefaultClock::default().now()) })
}

/// What names the credential: a bearer token, or the access key of a signature; the signature itself always changes.
fn credential(headers: &HeaderMap) -> Option<&[u8]> {
    let value = headers.get(header::AUTHORIZATION)?.as_bytes();
    Some(value.split(|byte| *byte == b'/').next().unwrap_or(value))
}

/// Who has one IPv6 address has 2^64 of them (RFC 6177): they count as one client.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX)).into(),
    }
}
