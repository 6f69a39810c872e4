//! OpenLDAP: everything, page by page.

use std::collections::HashSet;

use access::directory::{Group, Read};
use futures::FutureExt;
use futures::future::BoxFuture;
use service::Clock;
use service::directory::reach::{Failed, LeftOut, Position, Reading, Since};

use crate::caught;
use crate::names::Names;
use crate::session::{Ask, Session};

/// An OpenLDAP that is being read.
#[derive(Debug)]
pub(crate) struct OpenLdap {
    session: Session,
    names: Names,
    clock: Clock,
}

impl OpenLdap {
    pub(crate) async fn new(session: Session, names: Names, clock: Clock) -> Result<Self, Failed> {
        Ok(Self { session, names, clock })
    }

    async fn read_all(&mut self) -> Result<(Vec<Read>, Position), Failed> {
        let (names, now) = (self.names.clone(), self.clock.now());
        let mut reads = Vec::new();
        let mut without_id = HashSet::new();
        let ask = Ask::below(&names.base, names.people.clone(), &names.of_people());
        self.session
            .paged(ask, &mut |entry| match entry.person(&names, now) {
                Some(person) => reads.push(Read::Person(person)),
                None => drop(without_id.insert(entry.dn)),
            })
            .await?;
        let ask = Ask::below(&names.base, names.groups.clone(), &names.of_groups(true));
        self.session
            .paged(ask, &mut |entry| match entry.group(&names) {
                Some(group) => reads.push(Read::Group(group)),
                None => drop(without_id.insert(entry.dn)),
            })
            .await?;
        for dn in without_id {
            self.session.leave_out(&dn, "it has no entryUUID");
        }
        Ok((reads, Position { server: self.session.url().to_owned(), cookie: Vec::new() }))
    }
}

impl Reading for OpenLdap {
    fn all<'a>(&'a mut self) -> BoxFuture<'a, Result<(Vec<Read>, Position), Failed>> {
        caught(self.read_all())
    }

    fn since<'a>(&'a mut self, _position: &'a Position) -> BoxFuture<'a, Result<Since, Failed>> {
        async { Ok(Since::All) }.boxed()
    }

    fn wait<'a>(&'a mut self, _position: &'a Position) -> BoxFuture<'a, Result<(), Failed>> {
        async { Ok(()) }.boxed()
    }

    fn groups<'a>(&'a mut self, prefix: &'a str, most: usize) -> BoxFuture<'a, Result<Vec<Group>, Failed>> {
        caught(self.session.groups(&self.names, prefix, most))
    }

    fn left_out(&mut self) -> LeftOut {
        self.session.take_left_out()
    }
}
