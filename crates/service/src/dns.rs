//! What the verbs need of DNS. The asking itself is handed in with the settings, so that there is no network here.

use std::fmt;

use access::Domain;
use access::domain::Seen;
use futures::FutureExt;
use futures::future::BoxFuture;

/// Asks for TXT records, and for nothing else.
pub trait Dns: Send + Sync {
    /// The TXT records of a domain as they are now, not from a cache; bounded in time and size. A server in trouble is an
    /// answer too.
    fn txt<'a>(&'a self, domain: &'a Domain) -> BoxFuture<'a, Seen>;
}

/// Where no DNS server is known.
#[derive(Clone, Copy, Debug)]
pub struct Nowhere;

impl Dns for Nowhere {
    fn txt<'a>(&'a self, _: &'a Domain) -> BoxFuture<'a, Seen> {
        async { Seen::Trouble("none is known here; set dns.servers".to_owned()) }.boxed()
    }
}

impl fmt::Debug for dyn Dns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Dns")
    }
}
