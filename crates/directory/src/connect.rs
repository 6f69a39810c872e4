//! Connecting to a directory: its URLs in their order, addresses that may be reached, TLS, and what the reading account is.

use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::Arc;
use std::time::Duration;

use access::directory::Connection;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, StdStream};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use service::directory::reach::Failed;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::watch::{Seen, carry};
use crate::{ber, failed};

/// How long connecting to one URL may take, TLS included.
const TIME: Duration = Duration::from_secs(10);
/// How long one address may take to answer.
const ADDRESS: Duration = Duration::from_secs(4);
/// The most addresses of a name that are tried.
const MOST_ADDRESSES: usize = 4;
/// The request that begins TLS: message 1, an extended request by the name 1.3.6.1.4.1.1466.20037 (RFC 4511 section 4.14).
const START_TLS: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// What every connection is made with.
#[derive(Clone, Debug)]
pub(crate) struct Outward {
    /// Whether addresses in private networks may be reached.
    pub(crate) private: bool,
    /// The certificate authorities of this machine.
    pub(crate) roots: Arc<RootCertStore>,
}

/// A connection on which nobody is bound yet. Dropping it closes it.
#[derive(Debug)]
pub(crate) struct Link {
    /// The client.
    pub(crate) ldap: Ldap,
    /// What was seen of the answers.
    pub(crate) seen: Arc<Seen>,
    /// Where it leads.
    pub(crate) url: String,
    /// The client's side and the one that carries: they end with it. A panic in either stays in its task.
    _tasks: JoinSet<()>,
}

impl Outward {
    /// Connects to one of a connection's URLs.
    pub(crate) async fn link(&self, connection: &Connection, url: &str) -> Result<Link, Failed> {
        let parsed = Url::parse(url).map_err(|error| Failed::new("unreachable", format!("{url}: {error}")))?;
        let tls = match parsed.scheme() == "ldaps" || connection.start_tls {
            true => Some(self.tls(connection)?),
            false => None,
        };
        match timeout(TIME, self.reach(&parsed, connection.start_tls, tls)).await {
            Ok(Ok(link)) => Ok(link),
            Ok(Err(failed)) => Err(Failed { text: format!("{url}: {}", failed.text), ..failed }),
            Err(_) => Err(Failed::new("too-slow", format!("{url}: no answer within {} seconds", TIME.as_secs()))),
        }
    }

    async fn reach(&self, url: &Url, start_tls: bool, tls: Option<TlsConnector>) -> Result<Link, Failed> {
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(Failed::new("unreachable", "it names no host")),
        };
        let secure = url.scheme() == "ldaps";
        let mut stream = self.dial(&host, url.port().unwrap_or(if secure { 636 } else { 389 })).await?;
        if !secure && start_tls {
            begin_tls(&mut stream).await?;
        }
        let Some(tls) = tls else { return link(stream, url).await };
        let name = ServerName::try_from(host)
            .map_err(|_| Failed::new("tls", "its host is no name that a certificate could have"))?;
        let stream = tls.connect(name, stream).await.map_err(|error| failed::of_tls(&error))?;
        link(stream, url).await
    }

    /// A connection to the first of a host's addresses that answers.
    async fn dial(&self, host: &str, port: u16) -> Result<TcpStream, Failed> {
        let addresses = outgoing::addresses(host, port, self.private).await.map_err(|error| match error {
            outgoing::Failed::Private => Failed::new(
                "private",
                "it is in a private network, and the setting directories_private does not allow that",
            ),
            outgoing::Failed::TooSlow => Failed::new("too-slow", "its name could not be resolved in time"),
            _ => Failed::new(
                "unreachable",
                "its name could not be resolved; check the name, and the DNS of this machine",
            ),
        })?;
        let mut why = Failed::new("unreachable", "its name has no address");
        for address in addresses.into_iter().take(MOST_ADDRESSES) {
            match timeout(ADDRESS, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true).ok();
                    return Ok(stream);
                }
                Ok(Err(error)) => why = Failed::new("unreachable", format!("no connection to {address}: {error}")),
                Err(_) => why = Failed::new("unreachable", format!("no answer from {address}")),
            }
        }
        Err(why)
    }

    /// Trusts the connection's own authorities, or this machine's. The provider is named: a process may have several.
    fn tls(&self, connection: &Connection) -> Result<TlsConnector, Failed> {
        let roots = match &connection.ca {
            None => Arc::clone(&self.roots),
            Some(pem) => {
                let mut roots = RootCertStore::empty();
                for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                    let added = certificate.ok().and_then(|certificate| roots.add(certificate).ok());
                    added.ok_or_else(|| Failed::new("tls", "the given CA has a certificate that cannot be read"))?;
                }
                Arc::new(roots)
            }
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| Failed::new("tls", error.to_string()))?;
        Ok(TlsConnector::from(Arc::new(config.with_root_certificates(roots).with_no_client_auth())))
    }
}

/// Asks for TLS and reads the one answer, not a byte more: what came unprotected before TLS is not taken for what comes after.
async fn begin_tls(stream: &mut TcpStream) -> Result<(), Failed> {
    let broken = |_| Failed::new("tls", "the connection ended when TLS was asked for");
    stream.write_all(START_TLS).await.map_err(broken)?;
    let mut head = [0; 2];
    stream.read_exact(&mut head).await.map_err(broken)?;
    let mut length = usize::from(head[1]);
    let mut answer = head.to_vec();
    if let octets @ 0x81..=0x84 = head[1] {
        let mut long = vec![0; usize::from(octets & 0x7f)];
        stream.read_exact(&mut long).await.map_err(broken)?;
        length = long.iter().fold(0, |length, octet| (length << 8) | usize::from(*octet));
        answer.extend(long);
    }
    if length > 4096 {
        return Err(failed::protocol());
    }
    let mut rest = vec![0; length];
    stream.read_exact(&mut rest).await.map_err(broken)?;
    answer.extend(rest);
    match extended_result(&answer) {
        Some(0) => Ok(()),
        Some(code) => Err(Failed::new(
            "tls",
            format!("it does not begin TLS (result code {code}); use ldaps:// if it offers that"),
        )),
        None => Err(failed::protocol()),
    }
}

/// The result code of an extended response (RFC 4511 sections 4.1.9 and 4.12).
fn extended_result(answer: &[u8]) -> Option<i64> {
    let message = ber::read(answer)?;
    let response = message.expect_constructed()?.into_iter().find(|part| part.id == 24)?;
    ber::number(ber::parts(response)?.next()?)
}

/// A client on a stream, which reads what was watched.
async fn link(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static, url: &Url) -> Result<Link, Failed> {
    let here = |error: std::io::Error| Failed::new("unreachable", error.to_string());
    let (ours, theirs) = StdUnixStream::pair().map_err(here)?;
    theirs.set_nonblocking(true).map_err(here)?;
    let theirs = UnixStream::from_std(theirs).map_err(here)?;
    let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(ours));
    let (client, ldap) =
        LdapConnAsync::with_settings(settings, "ldapi:///").await.map_err(|error| failed::of(&error, None))?;
    let seen = Arc::new(Seen::default());
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        client.drive().await.ok();
    });
    let watched = Arc::clone(&seen);
    tasks.spawn(async move { carry(stream, theirs, &watched).await });
    Ok(Link { ldap, seen, url: url.to_string(), _tasks: tasks })
}
