//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::HeaderMap;

use crate::HttpSettings;

/// The other end of the connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remote(IpAddr);

impl Remote {
    /// As the connection says; nothing is known of a request that came without one.
    pub fn of(request: &Request) -> Option<Self> {
        request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| Self(peer.ip().to_canonical()))
    }

    /// The client behind proxies that are trusted: the right-most address of `X-Forwarded-For` that is none of
    /// them. What a proxy cannot vouch for (everything further left, or a text that is no address) is ignored.
    pub fn behind(self, headers: &HeaderMap, settings: &HttpSettings) -> Option<IpAddr> {
        let mut client = self.0;
        let lists = headers.get_all("x-forwarded-for").iter().rev();
        let mut hops = lists.flat_map(|list| list.to_str().unwrap_or("").rsplit(','));
        while settings.trusts(client) {
            match hops.next().map(|hop| hop.trim().parse::<IpAddr>()) {
                Some(Ok(hop)) => client = hop.to_canonical(),
                Some(Err(_)) | None => break,
            }
        }
        Some(client)
    }
}
