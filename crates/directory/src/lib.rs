//! Everything that talks LDAP: reads the people and groups of an organisation's directory and what changes about them, and
//! asks it whether a password is somebody's. Active Directory (or Samba as a domain controller) and OpenLDAP.
//!
//! What a directory sends is bounded before it is parsed, one bad entry stops nothing, and a panic in the client's parser
//! ends no more than the question.
//!
//! | module | holds |
//! | --- | --- |
//! | `connect`, `watch` | connections: failover, TLS, and bounds on what comes |
//! | `session` | the reading account's searches on one |
//! | `ber` | values of controls |
//! | `names`, `entry` | what is asked for by name, and what people and groups are made of |
//! | `openldap`, `synchronisation` | all of an OpenLDAP, and what changes (RFC 4533) |
//! | `active`, `dirsync` | all of an Active Directory, and what changes (MS-ADTS) |
//! | `compare` | whether a password is somebody's |
//! | `steps` | what works of a connection, and what to do about the rest |
//! | `failed` | why nothing came of it |

mod active;
mod ber;
mod compare;
mod connect;
mod dirsync;
mod entry;
mod failed;
mod names;
mod openldap;
mod session;
mod steps;
mod synchronisation;
#[cfg(feature = "testing")]
pub mod testing;
mod watch;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use access::directory::{Connection, EntryId, Kind};
use futures::FutureExt;
use futures::future::BoxFuture;
use rustls::RootCertStore;
use service::directory::reach::{Compared, Directories, Failed, Reading, Step, Whom};

use active::ActiveDirectory;
use connect::Outward;
use names::Names;
use openldap::OpenLdap;
use session::Session;

/// Directories over the network. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Network {
    outward: Outward,
}

impl Network {
    /// `private`: whether addresses in private networks, this machine's among them, may be reached. The certificate
    /// authorities of this machine are read once, here.
    pub fn new(private: bool) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        Self { outward: Outward { private, roots: Arc::new(roots) } }
    }

    async fn reading(&self, connection: &Connection, password: &str) -> Result<Box<dyn Reading>, Failed> {
        let names = Names::of(connection)?;
        let session = Session::open(&self.outward, connection, password).await?;
        match connection.kind {
            Kind::ActiveDirectory => Ok(Box::new(ActiveDirectory::new(session, names).await?)),
            Kind::OpenLdap => Ok(Box::new(OpenLdap::new(session, names).await?)),
        }
    }
}

impl Directories for Network {
    fn open<'a>(
        &'a self,
        connection: &'a Connection,
        password: &'a str,
    ) -> BoxFuture<'a, Result<Box<dyn Reading>, Failed>> {
        caught(self.reading(connection, password))
    }

    fn test<'a>(&'a self, connection: &'a Connection, password: &'a str) -> BoxFuture<'a, Vec<Step>> {
        async {
            let tested = caught(steps::test(&self.outward, connection, password)).await;
            tested.unwrap_or_else(|failed| vec![Step { what: "reach", ok: false, why: Some(failed.text) }])
        }
        .boxed()
    }

    fn find<'a>(
        &'a self,
        connection: &'a Connection,
        password: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<EntryId>, Failed>> {
        caught(compare::find(&self.outward, connection, password, name))
    }

    fn compare<'a>(
        &'a self,
        connection: &'a Connection,
        password: &'a str,
        whom: &'a Whom,
        theirs: &'a str,
    ) -> BoxFuture<'a, Result<Compared, Failed>> {
        caught(compare::compare(&self.outward, connection, password, whom, theirs))
    }
}

/// The client's parsers panic on some answers: that is an answer that cannot be read, and no more.
fn caught<'a, T>(asked: impl Future<Output = Result<T, Failed>> + Send + 'a) -> BoxFuture<'a, Result<T, Failed>> {
    async { AssertUnwindSafe(asked).catch_unwind().await.unwrap_or_else(|_| Err(failed::protocol())) }.boxed()
}
