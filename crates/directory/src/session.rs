//! A connection with the reading account, and searches on it: bounded, without referrals, and never stopped by one bad entry.

use std::time::Duration;

use access::directory::{Connection, Group};
use ldap3::controls::{PagedResults, RawControl};
use ldap3::{LdapResult, ResultEntry, Scope, SearchOptions, SearchStream, ldap_escape};
use service::directory::reach::{Failed, LeftOut};
use tokio::time::timeout;

use crate::ber;
use crate::connect::{Link, Outward};
use crate::entry::Entry;
use crate::failed;
use crate::names::Names;

/// How long a directory may take for its next word.
pub(crate) const ANSWER: Duration = Duration::from_secs(30);
/// How long one search, or one page of it, may take in all.
const SEARCH: Duration = Duration::from_secs(600);
/// Entries of a page: the most that Active Directory hands out (MaxPageSize).
pub(crate) const PAGE: i32 = 1000;
/// The most entries that one search may find, over all its pages.
const MOST_ENTRIES: usize = 2_000_000;
/// The most reasons of what was left out that are kept.
const MOST_REASONS: usize = 100;

/// A search that is being answered.
pub(crate) type Stream = SearchStream<'static, String, Vec<String>>;

/// A connection on which somebody is bound.
#[derive(Debug)]
pub(crate) struct Session {
    link: Link,
    left_out: LeftOut,
}

/// What is looked for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) base: String,
    pub(crate) scope: Scope,
    pub(crate) filter: String,
    pub(crate) attributes: Vec<String>,
    pub(crate) controls: Vec<RawControl>,
    /// How many entries at most; 0 for all.
    pub(crate) most: i32,
}

impl Ask {
    /// Everything below a base that fits a filter.
    pub(crate) fn below(base: &str, filter: impl Into<String>, attributes: &[String]) -> Self {
        let (base, filter, attributes) = (base.to_owned(), filter.into(), attributes.to_vec());
        Self { base, scope: Scope::Subtree, filter, attributes, controls: Vec::new(), most: 0 }
    }

    /// One entry by its distinguished name, whatever it is.
    pub(crate) fn one(dn: &str, attributes: &[&str]) -> Self {
        let attributes: Vec<String> = attributes.iter().map(|name| (*name).to_owned()).collect();
        Self { scope: Scope::Base, ..Self::below(dn, "(objectClass=*)", &attributes) }
    }

    /// The same with controls.
    pub(crate) fn with(self, controls: Vec<RawControl>) -> Self {
        Self { controls, ..self }
    }

    /// The same, but no more than so many entries.
    pub(crate) fn at_most(self, most: usize) -> Self {
        Self { most: i32::try_from(most).unwrap_or(i32::MAX), ..self }
    }
}

impl Session {
    /// Connects by the first URL that works and binds with the reading account. A refused password is not tried elsewhere.
    pub(crate) async fn open(outward: &Outward, connection: &Connection, password: &str) -> Result<Self, Failed> {
        let mut all = Vec::new();
        for url in &connection.urls {
            let opened = match outward.link(connection, url).await {
                Ok(link) => Self::bound(link, connection, password).await,
                Err(failed) => Err(failed),
            };
            match opened {
                Ok(session) => return Ok(session),
                Err(failed) if failed.code == "credentials" => return Err(failed),
                Err(failed) => all.push(failed),
            }
        }
        let text = all.iter().map(|failed| failed.text.as_str()).collect::<Vec<_>>().join("; ");
        let code = all.first().map_or("unreachable", |failed| failed.code);
        Err(Failed::new(code, if text.is_empty() { "no URL is given".to_owned() } else { text }))
    }

    async fn bound(link: Link, connection: &Connection, password: &str) -> Result<Self, Failed> {
        if password.is_empty() {
            return Err(Failed::new("credentials", "the account that reads has no password"));
        }
        let url = link.url.clone();
        let mut session = Self { link, left_out: LeftOut::default() };
        let result = session.bind(&connection.bind, password).await?;
        match result.rc {
            0 => Ok(session),
            _ => {
                let failed = failed::of_result(&result);
                Err(Failed { text: format!("{url}: {}", failed.text), ..failed })
            }
        }
    }

    /// A connection on which nobody is bound yet.
    pub(crate) fn unbound(link: Link) -> Self {
        Self { link, left_out: LeftOut::default() }
    }

    /// Binds. The result is the directory's own, whatever it is.
    pub(crate) async fn bind(&mut self, name: &str, password: &str) -> Result<LdapResult, Failed> {
        self.bind_with(name, password, Vec::new()).await
    }

    /// The same with controls.
    pub(crate) async fn bind_with(
        &mut self,
        name: &str,
        password: &str,
        controls: Vec<RawControl>,
    ) -> Result<LdapResult, Failed> {
        if !controls.is_empty() {
            self.link.ldap.with_controls(controls);
        }
        let bound = self.link.ldap.with_timeout(ANSWER).simple_bind(name, password).await;
        bound.map_err(|error| failed::of(&error, Some(&self.link.seen)))
    }

    /// Where it leads.
    pub(crate) fn url(&self) -> &str {
        &self.link.url
    }

    /// Begins a search whose answers are taken one by one, and which may go on for ever.
    pub(crate) async fn begin(&mut self, ask: Ask) -> Result<Stream, Failed> {
        let ldap = &mut self.link.ldap;
        ldap.with_search_options(SearchOptions::new().sizelimit(ask.most));
        if !ask.controls.is_empty() {
            ldap.with_controls(ask.controls);
        }
        let begun = timeout(ANSWER, ldap.streaming_search(&ask.base, ask.scope, &ask.filter, ask.attributes)).await;
        let begun = begun.map_err(|_| Failed::new("too-slow", "it did not take the question in time"))?;
        begun.map_err(|error| failed::of(&error, Some(&self.link.seen)))
    }

    /// Gives a search up, which would otherwise go on at the server (RFC 4511 section 4.11).
    pub(crate) async fn abandon(&mut self, mut stream: Stream) -> Result<(), Failed> {
        let search = stream.ldap_handle().last_id();
        let abandoned = self.link.ldap.with_timeout(ANSWER).abandon(search).await;
        stream.finish().await;
        abandoned.map_err(|error| failed::of(&error, Some(&self.link.seen)))
    }

    /// The next answer of a search; none when it is over.
    pub(crate) async fn next(&self, stream: &mut Stream) -> Result<Option<ResultEntry>, Failed> {
        stream.next().await.map_err(|error| failed::of(&error, Some(&self.link.seen)))
    }

    /// Searches and hands over each entry. The result is the directory's own: not everything but 0 is a failure.
    pub(crate) async fn search(
        &mut self,
        ask: Ask,
        each: &mut (dyn FnMut(Entry) + Send),
    ) -> Result<LdapResult, Failed> {
        let searched = timeout(SEARCH, async {
            let mut stream = self.begin(ask).await?;
            let mut count = 0;
            loop {
                let late = |_| Failed::new("too-slow", "it did not answer in time");
                let Some(item) = timeout(ANSWER, self.next(&mut stream)).await.map_err(late)?? else { break };
                count += 1;
                if count > MOST_ENTRIES {
                    return Err(too_many());
                }
                if let Some(entry) = self.entry(item) {
                    each(entry);
                }
            }
            Ok(stream.finish().await)
        });
        searched
            .await
            .map_err(|_| Failed::new("too-slow", format!("a search took over {} seconds", SEARCH.as_secs())))?
    }

    /// The entry in an answer; none for a reference to elsewhere, which is not followed, and for what cannot be read, which
    /// is noted.
    pub(crate) fn entry(&mut self, item: ResultEntry) -> Option<Entry> {
        if item.is_ref() || item.is_intermediate() {
            return None;
        }
        match Entry::read(item.0) {
            Ok(entry) => {
                if let Some(why) = entry.partly() {
                    self.leave_out(&entry.dn, why);
                }
                Some(entry)
            }
            Err((dn, why)) => {
                self.leave_out_nobody(&dn, why);
                None
            }
        }
    }

    /// Searches page by page (RFC 2696) and hands over each entry.
    pub(crate) async fn paged(&mut self, ask: Ask, each: &mut (dyn FnMut(Entry) + Send)) -> Result<(), Failed> {
        let (mut cookie, mut count) = (Vec::new(), 0);
        loop {
            let mut page = ask.clone();
            page.controls.push(RawControl { crit: true, ..PagedResults { size: PAGE, cookie: cookie.clone() }.into() });
            let mut counted = |entry| {
                count += 1;
                each(entry);
            };
            let result = self.search(page, &mut counted).await?;
            if result.rc != 0 {
                return Err(failed::of_result(&result));
            }
            // Half of a directory for all of it would remove the others.
            let next = ber::next_page(&result).ok_or_else(failed::protocol)?;
            if next.is_empty() {
                return Ok(());
            }
            // Without it a directory that repeats itself would be read for ever.
            if next == cookie {
                return Err(failed::protocol());
            }
            if count > MOST_ENTRIES {
                return Err(too_many());
            }
            cookie = next;
        }
    }

    /// The entries that a search finds, which must succeed.
    pub(crate) async fn find(&mut self, ask: Ask) -> Result<Vec<Entry>, Failed> {
        let mut found = Vec::new();
        let most = usize::try_from(ask.most).unwrap_or_default();
        let result = self.search(ask, &mut |entry| found.push(entry)).await?;
        match result.rc {
            0 => Ok(found),
            // As many as were asked for, and there are more.
            4 if most > 0 => Ok(found),
            _ => Err(failed::of_result(&result)),
        }
    }

    /// The groups whose names begin so, without their members, by name.
    pub(crate) async fn groups(&mut self, names: &Names, prefix: &str, most: usize) -> Result<Vec<Group>, Failed> {
        let filter = match prefix.trim() {
            "" => names.groups.clone(),
            prefix => names.groups_with(&format!("(cn={}*)", ldap_escape(prefix))),
        };
        let found = self.find(Ask::below(&names.base, filter, &names.of_groups(false)).at_most(most)).await?;
        let mut groups: Vec<Group> = found.iter().filter_map(|entry| entry.group(names)).collect();
        groups.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
        Ok(groups)
    }

    /// Notes an entry that could not be read.
    pub(crate) fn leave_out(&mut self, dn: &str, why: &str) {
        self.left_out.count += 1;
        if self.left_out.reasons.len() < MOST_REASONS {
            self.left_out.reasons.push(format!("{}: {why}", dn.chars().take(300).collect::<String>()));
        }
    }

    /// How many entries are missing in what was read since that was asked last.
    pub(crate) fn missing(&self) -> u64 {
        self.left_out.missing + self.link.seen.too_large_so_far()
    }

    /// Notes an entry of which it is not known who it is.
    pub(crate) fn leave_out_nobody(&mut self, dn: &str, why: &str) {
        self.left_out.missing += 1;
        self.leave_out(dn, why);
    }

    /// What was left out since this was asked last.
    pub(crate) fn take_left_out(&mut self) -> LeftOut {
        let mut left_out = std::mem::take(&mut self.left_out);
        let too_large = self.link.seen.too_large();
        if too_large > 0 {
            left_out.count += too_large;
            left_out.missing += too_large;
            left_out.reasons.push(format!("{too_large} entries are too large to be read at all"));
        }
        left_out
    }
}

fn too_many() -> Failed {
    Failed::new("too-large", format!("it has more than {MOST_ENTRIES} entries; choose a narrower base or filter"))
}
