//! Asking DNS for TXT records, and for nothing else: the operator's servers alone are asked, for names that were read as
//! domains, in bounded time. Search lists, the hosts file and caches play no part.

use std::net::SocketAddr;
use std::time::Duration;

use access::Domain;
use access::domain::Seen;
use futures::FutureExt;
use futures::future::BoxFuture;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Resolver, TokioResolver};
use service::dns::{Dns, Nowhere};
use tokio::time::timeout;

use crate::failure::Failure;

/// The most TXT records of a domain that are looked at. A message has 65,535 bytes at most (RFC 1035 section 4.2.2).
const MOST: usize = 500;

/// The DNS servers of the settings, or those of the system.
pub struct Servers {
    config: ResolverConfig,
    options: ResolverOpts,
    time: Duration,
}

impl Servers {
    /// `servers`: addresses, with a port when it is not 53; none for those of `/etc/resolv.conf`. `time`: how long one
    /// look may take.
    pub fn new(servers: &[String], time: Duration) -> Result<Self, Failure> {
        let named = servers.iter().map(|text| name_server(text)).collect::<Result<Vec<_>, _>>()?;
        // A host without that file has no servers, which a look then says: it stops nobody from starting.
        let system = || read_system_conf().map(|(config, _)| config.name_servers().to_vec()).unwrap_or_default();
        let name_servers = if named.is_empty() { system() } else { named };
        let mut options = ResolverOpts::default();
        options.timeout = time / 3;
        options.attempts = 2;
        options.use_hosts_file = ResolveHosts::Never;
        options.cache_size = 0;
        options.positive_max_ttl = Some(Duration::ZERO);
        options.negative_max_ttl = Some(Duration::ZERO);
        Ok(Self { config: ResolverConfig::from_parts(None, Vec::new(), name_servers), options, time })
    }

    /// Made anew for each look: nothing of an earlier one has a say, neither a connection nor a server's reputation.
    fn resolver(&self) -> Result<TokioResolver, NetError> {
        let builder = Resolver::builder_with_config(self.config.clone(), TokioRuntimeProvider::default());
        builder.with_options(self.options.clone()).build()
    }

    async fn look(&self, domain: &Domain) -> Result<Seen, NetError> {
        let name = Name::from_ascii(format!("{domain}.")).map_err(NetError::from)?;
        let answer = self.resolver()?.txt_lookup(name.clone()).await?;
        let text = |record: &RData| match record {
            // One record may come in several strings, which are one text (RFC 7208 section 3.3).
            RData::TXT(txt) => Some(String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()),
            _ => None,
        };
        // At the domain itself: what an alias points at is somebody else's to write.
        let own = answer.answers().iter().filter(|record| record.name == name);
        let records: Vec<String> = own.filter_map(|record| text(&record.data)).take(MOST).collect();
        Ok(if records.is_empty() { Seen::NoRecord } else { Seen::Records(records) })
    }
}

impl Dns for Servers {
    fn txt<'a>(&'a self, domain: &'a Domain) -> BoxFuture<'a, Seen> {
        async move {
            if self.config.name_servers().is_empty() {
                return Nowhere.txt(domain).await;
            }
            match timeout(self.time, self.look(domain)).await {
                Ok(Ok(seen)) => seen,
                Ok(Err(error)) => meaning(&error),
                Err(_) => Seen::Trouble(format!("none within {} seconds", self.time.as_secs())),
            }
        }
        .boxed()
    }
}

fn name_server(text: &str) -> Result<NameServerConfig, Failure> {
    let address = text.parse::<SocketAddr>().or_else(|_| text.parse().map(|ip| SocketAddr::new(ip, 53)));
    let wrong = |_| {
        Failure::usage(format!(
            "the setting dns.servers names {text}, which is no address; write 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53"
        ))
    };
    let address = address.map_err(wrong)?;
    let at_port = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    // A long answer is cut short over UDP and asked for again over TCP.
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(at_port).to_vec();
    Ok(NameServerConfig::new(address.ip(), true, connections))
}

/// What an answer without records means.
fn meaning(error: &NetError) -> Seen {
    let trouble = |why: &str| Seen::Trouble(why.to_owned());
    match error {
        NetError::Dns(DnsError::NoRecordsFound(found)) => match found.response_code {
            ResponseCode::NXDomain => Seen::NoSuchName,
            ResponseCode::NoError => Seen::NoRecord,
            code => Seen::Trouble(format!("they answered: {code}")),
        },
        NetError::Dns(DnsError::ResponseCode(code)) => Seen::Trouble(format!("they answered: {code}")),
        NetError::Timeout => trouble("they did not answer in time"),
        NetError::NoConnections | NetError::Io(_) => trouble("they cannot be reached"),
        _ => trouble("their answer cannot be read"),
    }
}

#[cfg(test)]
mod tests;
