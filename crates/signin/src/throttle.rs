//! Slowing who tries passwords (rule 76). Nothing is ever locked: a lock is a tool for strangers against the
//! person. A wrong try makes the next one for the same address, person or network wait longer, up to some seconds, and
//! this wears off; a browser in which the person signed in before waits for its own tries only.
//!
//! It is in this node's memory, bounded, and forgotten at a restart: with N nodes somebody who tries has N times as many
//! tries, which is why the bounds are low. Whether an address exists makes no difference to it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use access::directory::EntryId;
use access::{AccountId, Email, UserId};
use jiff::Timestamp;
use service::Context;

use crate::sessions::Browser;
use crate::{Error, SignIn};

/// The longest that an answer is held back.
pub const LONGEST: Duration = Duration::from_secs(8);
/// The shortest, of those that are.
const SHORTEST: Duration = Duration::from_millis(250);
/// So many are held back at once, unless the doors say otherwise; who comes then is told to come again.
const MOST_HELD: usize = 128;
/// The part of them that are of one site at most: whoever tries from one leaves places to those whom they slow.
const SHARE: usize = 4;
/// So many counts are kept in each of two generations: some megabytes in all.
const GENERATION: usize = 32_768;

/// How many tries are free, how fast they are forgiven, and how many more double the wait.
#[derive(Clone, Copy, Debug)]
struct Limit {
    free: u64,
    forgiven_each: Duration,
    doubling: u64,
}

/// For one address, and for one browser that is known: people mistype.
const CLOSE: Limit = Limit { free: 5, forgiven_each: Duration::from_secs(60), doubling: 1 };
/// For one person by all of their addresses. More than for an address, so that it is not told by the waits which
/// addresses are one person's.
const PERSON: Limit = Limit { free: 20, forgiven_each: Duration::from_secs(60), doubling: 1 };
/// For a network, behind which there may be a whole office.
const NETWORK: Limit = Limit { free: 60, forgiven_each: Duration::from_secs(5), doubling: 10 };

/// For wrong passwords of one person that a directory sees: fewer than it locks somebody for (rule 89).
const DIRECTORY: Limit = Limit { free: 3, forgiven_each: Duration::from_secs(600), doubling: 1 };

/// Who tries, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'a> {
    /// The address that was given; `None` where it is a further step of a sign-in.
    pub address: Option<&'a Email>,
    /// Whose it is, if anybody's.
    pub user: Option<UserId>,
    /// Where the request comes from.
    pub remote: Option<IpAddr>,
    /// The mark of a browser in which this person signed in before: proved, not merely said.
    pub browser: Option<u64>,
}

/// What one count is about.
#[derive(Hash)]
enum About<'a> {
    Address(&'a str),
    Person(UserId),
    Network(IpAddr),
    Browser(u64),
    /// At a directory: of an entry in an account's, and of a browser that is known to its person.
    Entry(AccountId, EntryId),
    Own(u64),
}

/// Too many are being held back at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// A try that is held back for a while. Counts as a wrong one unless it is said to have been right.
#[derive(Debug)]
pub struct Held {
    throttle: Arc<Throttle>,
    counts: Vec<(u64, Limit)>,
    forgiving: Vec<u64>,
    /// Where it comes from, if it is held back.
    site: Option<Option<IpAddr>>,
    /// For how long.
    pub wait: Duration,
}

/// The counts.
#[derive(Debug)]
pub struct Throttle {
    counts: Mutex<Counts>,
    held: Mutex<HeldBack>,
    most_held: AtomicUsize,
    /// Keyed anew in each process: nobody finds two names that share a count.
    keys: RandomState,
}

/// How many tries are held back, in all and of each site.
#[derive(Debug, Default)]
struct HeldBack {
    all: usize,
    sites: HashMap<Option<IpAddr>, usize>,
}

/// Counts in two generations: a full one is dropped when the next is. Whatever is touched is in the newer.
#[derive(Debug, Default)]
struct Counts {
    newer: HashMap<u64, Count>,
    older: HashMap<u64, Count>,
}

/// Tries that are not forgiven yet, in milliseconds of forgiving.
#[derive(Clone, Copy, Debug)]
struct Count {
    owed: u64,
    at: i64,
}

impl Default for Throttle {
    fn default() -> Self {
        let most_held = AtomicUsize::new(MOST_HELD);
        Self { counts: Mutex::default(), held: Mutex::default(), most_held, keys: RandomState::new() }
    }
}

impl SignIn {
    /// From now on no more tries are held back at once than this: each takes the place of a request while it waits.
    pub fn hold_back(&self, most: usize) {
        self.throttle.most_held.store(most, Ordering::Relaxed);
    }

    /// How many tries are held back now.
    pub fn held_back(&self) -> usize {
        self.throttle.held()
    }

    /// Holds a try of a password back for as long as it must be, before it is looked at. It counts as wrong
    /// unless [`Held::right`] is called. [`Error::Unavailable`] when too many are held back.
    pub async fn slow(
        &self,
        cx: &Context,
        address: Option<&Email>,
        user: Option<UserId>,
        browser: &Browser,
    ) -> Result<Held, Error> {
        let known = user.zip(browser.known.as_deref());
        let browser = known.and_then(|(user, mark)| self.known_browser(user, mark, cx.at));
        let held = self.throttle.tried(&Tried { address, user, remote: cx.remote, browser }, cx.at);
        let held = held.map_err(|TooMany| Error::Unavailable("too many sign-ins are held back".to_owned()))?;
        if !held.wait.is_zero() {
            tokio::time::sleep(held.wait).await;
        }
        Ok(held)
    }
}

impl Throttle {
    /// Counts a try and says how long its answer must wait. Counted before it is known to be wrong: many at once get
    /// no further than one after the other.
    pub fn tried(self: &Arc<Self>, tried: &Tried<'_>, at: Timestamp) -> Result<Held, TooMany> {
        let own = tried.browser.map(|mark| (self.key(&About::Browser(mark)), CLOSE));
        let address = tried.address.map(|address| (self.key(&About::Address(address.key())), CLOSE));
        let person = tried.user.map(|user| (self.key(&About::Person(user)), PERSON));
        let network = tried.remote.map(|remote| (self.key(&About::Network(network(remote))), NETWORK));
        // What strangers tried for the person does not slow a browser of theirs.
        let counts: Vec<_> = match own {
            Some(own) => vec![own],
            None => address.into_iter().chain(person).chain(network).collect(),
        };
        let forgiving = own.into_iter().chain(address).chain(person).map(|(key, _)| key).collect();
        let wait = {
            let mut kept = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            counts.iter().map(|(key, limit)| limit.wait(kept.add(*key, *limit, at))).max().unwrap_or_default()
        };
        let site = (!wait.is_zero()).then(|| tried.remote.map(site));
        if let Some(site) = site {
            let most = self.most_held.load(Ordering::Relaxed);
            self.held.lock().unwrap_or_else(PoisonError::into_inner).one_more(site, most)?;
        }
        Ok(Held { throttle: Arc::clone(self), counts, forgiving, site, wait })
    }

    /// Whether a directory may see one more password of somebody; `None` when it has seen too many wrong ones lately. A
    /// browser in which they signed in before has a count of its own, which strangers cannot use up. It counts as wrong
    /// unless [`Reaching::right`] is called.
    pub fn reaches(
        self: &Arc<Self>,
        (account, entry): (AccountId, EntryId),
        browser: Option<u64>,
        at: Timestamp,
    ) -> Option<Reaching> {
        let about = browser.map_or(About::Entry(account, entry), About::Own);
        let key = self.key(&about);
        let tries = self.counts.lock().unwrap_or_else(PoisonError::into_inner).add(key, DIRECTORY, at);
        (tries <= DIRECTORY.free).then(|| Reaching { throttle: Arc::clone(self), key })
    }

    /// How many answers are held back now.
    pub fn held(&self) -> usize {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).all
    }

    /// How many counts there are.
    pub fn size(&self) -> usize {
        let kept = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        kept.newer.len() + kept.older.len()
    }

    fn key(&self, about: &About<'_>) -> u64 {
        self.keys.hash_one(about)
    }
}

/// A password on its way to a directory.
#[derive(Debug)]
pub struct Reaching {
    throttle: Arc<Throttle>,
    key: u64,
}

impl Reaching {
    /// It was right: the directory counts anew, and so do we.
    pub fn right(self) {
        self.throttle.counts.lock().unwrap_or_else(PoisonError::into_inner).forget(self.key);
    }
}

impl Held {
    /// It was right: what is counted for the address, the person and the browser is forgiven, and for the network this
    /// one try.
    pub fn right(self) {
        let mut kept = self.throttle.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, limit) in &self.counts {
            kept.take_back(*key, *limit);
        }
        for key in &self.forgiving {
            kept.forget(*key);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(site) = self.site {
            self.throttle.held.lock().unwrap_or_else(PoisonError::into_inner).one_less(site);
        }
    }
}

impl HeldBack {
    /// One more of a site, if there are fewer than `most` in all, and fewer than the site's share of them.
    fn one_more(&mut self, site: Option<IpAddr>, most: usize) -> Result<(), TooMany> {
        let its = self.sites.get(&site).copied().unwrap_or(0);
        if self.all >= most || its >= (most / SHARE).max(1) {
            return Err(TooMany);
        }
        self.sites.insert(site, its + 1);
        self.all += 1;
        Ok(())
    }

    fn one_less(&mut self, site: Option<IpAddr>) {
        self.all = self.all.saturating_sub(1);
        match self.sites.get_mut(&site) {
            Some(its) if *its > 1 => *its -= 1,
            _ => {
                self.sites.remove(&site);
            }
        }
    }
}

impl Limit {
    /// How long who has so many tries on the count waits.
    fn wait(self, tries: u64) -> Duration {
        let Some(over) = tries.checked_sub(self.free + 1) else { return Duration::ZERO };
        let doublings = u32::try_from(over / self.doubling).unwrap_or(u32::MAX);
        let wait = 1_u32.checked_shl(doublings).and_then(|times| SHORTEST.checked_mul(times));
        wait.map_or(LONGEST, |wait| wait.min(LONGEST))
    }

    /// What one try costs, in milliseconds until it is forgiven.
    fn cost(self) -> u64 {
        u64::try_from(self.forgiven_each.as_millis()).unwrap_or(u64::MAX)
    }

    /// No more is owed than what makes the longest wait: the wait wears off as soon as the trying ends.
    fn most(self) -> u64 {
        let doublings = u64::from((LONGEST.as_millis() / SHORTEST.as_millis()).ilog2()) + 1;
        (self.free + 1 + doublings * self.doubling).saturating_mul(self.cost())
    }
}

impl Counts {
    /// One more try; returns how many are on the count now.
    fn add(&mut self, key: u64, limit: Limit, at: Timestamp) -> u64 {
        let now = at.as_millisecond();
        let former = self.newer.get(&key).or_else(|| self.older.get(&key)).copied();
        let owed = former.map_or(0, |count| {
            let passed = u64::try_from(now.saturating_sub(count.at)).unwrap_or(0);
            count.owed.saturating_sub(passed)
        });
        let owed = owed.saturating_add(limit.cost()).min(limit.most());
        if self.newer.len() >= GENERATION && !self.newer.contains_key(&key) {
            self.older = std::mem::take(&mut self.newer);
        }
        self.older.remove(&key);
        self.newer.insert(key, Count { owed, at: now });
        owed.div_ceil(limit.cost())
    }

    fn take_back(&mut self, key: u64, limit: Limit) {
        if let Some(count) = self.newer.get_mut(&key) {
            count.owed = count.owed.saturating_sub(limit.cost());
        }
    }

    fn forget(&mut self, key: u64) {
        self.newer.remove(&key);
        self.older.remove(&key);
    }
}

/// The network an address is in, as far as one customer usually has it: /24, and /64 of IPv6.
fn network(remote: IpAddr) -> IpAddr {
    match remote.to_canonical() {
        IpAddr::V4(address) => IpAddr::from((u32::from(address) & 0xffff_ff00).to_be_bytes()),
        IpAddr::V6(address) => IpAddr::from((u128::from(address) >> 64 << 64).to_be_bytes()),
    }
}

/// All networks that one customer may have: /24, and /48 of IPv6.
fn site(remote: IpAddr) -> IpAddr {
    match network(remote) {
        IpAddr::V6(address) => IpAddr::from((u128::from(address) >> 80 << 80).to_be_bytes()),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn start() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    fn after(seconds: i64) -> Timestamp {
        start() + SignedDuration::from_secs(seconds)
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    fn stranger<'a>(address: &'a Email, remote: &str) -> Tried<'a> {
        Tried { address: Some(address), user: None, remote: Some(remote.parse().unwrap()), browser: None }
    }

    fn waits(throttle: &Arc<Throttle>, tried: &Tried<'_>, at: Timestamp) -> u128 {
        throttle.tried(tried, at).unwrap().wait.as_millis()
    }

    #[test]
    fn wrong_tries_for_an_address_are_slowed_and_forgiven() {
        let (throttle, ada) = (Arc::new(Throttle::default()), email("ada@example.org"));
        let from = |n: u8| format!("192.0.{n}.7");
        let seen: Vec<_> = (0..13).map(|n| waits(&throttle, &stranger(&ada, &from(n)), start())).collect();
        assert_eq!(seen, [0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 8000, 8000, 8000], "wherever they come from");
        let other = email("bob@example.org");
        assert_eq!(waits(&throttle, &stranger(&other, "198.51.100.7"), start()), 0, "another address is not slowed");
        assert_eq!(waits(&throttle, &stranger(&email("ADA@example.org"), "198.51.100.7"), start()), 8000);
        assert_eq!(waits(&throttle, &stranger(&ada, "198.51.100.8"), after(10 * 60)), 0, "it wears off");
    }

    #[test]
    fn who_is_right_begins_anew() {
        let (throttle, ada) = (Arc::new(Throttle::default()), email("ada@example.org"));
        for _ in 0..8 {
            waits(&throttle, &stranger(&ada, "192.0.2.7"), start());
        }
        let held = throttle.tried(&stranger(&ada, "192.0.2.7"), start()).unwrap();
        assert_eq!((held.wait.as_millis(), throttle.held()), (2000, 1));
        held.right();
        assert_eq!((throttle.held(), waits(&throttle, &stranger(&ada, "192.0.2.7"), start())), (0, 0));
    }

    #[test]
    fn strangers_do_not_slow_a_browser_that_is_known() {
        let (throttle, ada) = (Arc::new(Throttle::default()), email("ada@example.org"));
        for n in 0..100 {
            waits(&throttle, &stranger(&ada, &format!("192.0.{n}.7")), start());
        }
        let known = Tried { browser: Some(1), ..stranger(&ada, "192.0.2.7") };
        let own: Vec<_> = (0..6).map(|_| waits(&throttle, &known, start())).collect();
        assert_eq!(own, [0, 0, 0, 0, 0, 250], "but its own tries do");
        let other = Tried { browser: Some(2), ..stranger(&ada, "192.0.2.7") };
        assert_eq!(waits(&throttle, &other, start()), 0);
    }

    #[test]
    fn a_directory_sees_few_wrong_passwords_of_one_person() {
        let throttle = Arc::new(Throttle::default());
        let [account, other] = [7, 8].map(|number| AccountId(uuid::Uuid::from_u128(number)));
        let (person, nobody) = ((account, EntryId::nil()), (other, EntryId::nil()));
        let seen = |whom, browser, seconds| throttle.reaches(whom, browser, after(seconds)).is_some();
        assert_eq!((0..5).map(|_| seen(person, None, 0)).collect::<Vec<_>>(), [true, true, true, false, false]);
        assert!(!seen(person, None, 500), "it takes time");
        assert!((0..3).all(|_| seen(person, Some(1), 0)), "strangers do not use up what the person has");
        assert!(!seen(person, Some(1), 0));
        assert!(seen(person, None, 4 * 600), "and wears off");
        throttle.reaches(nobody, None, start()).expect("another account's").right();
        assert!((0..3).all(|_| seen(nobody, None, 0)), "who is right begins anew");
    }

    #[test]
    fn a_network_and_a_person_have_their_own_counts() {
        let throttle = Arc::new(Throttle::default());
        let tried = |n: u32, remote: &str, user: Option<UserId>| {
            let address = email(&format!("a{n}@example.org"));
            waits(&throttle, &Tried { user, ..stranger(&address, remote) }, start())
        };
        let first = (0..60).map(|n| tried(n, &format!("192.0.2.{n}"), None)).max();
        assert_eq!((first, tried(61, "192.0.2.200", None)), (Some(0), 250), "sixty different ones of one /24");
        assert_eq!(tried(62, "192.0.3.1", None), 0);
        let first = (100..160).map(|n| tried(n, &format!("2001:db8::{n}"), None)).max();
        assert_eq!((first, tried(161, "2001:db8::ffff", None)), (Some(0), 250), "of one /64");
        assert_eq!((tried(162, "2001:db8:0:1::1", None), tried(163, "::ffff:192.0.2.9", None)), (0, 250));
        let person = Some(UserId(uuid::Uuid::from_u128(7)));
        let by_all = (200..220).map(|n| tried(n, &format!("10.0.{}.1", n - 200), person)).max();
        assert_eq!((by_all, tried(221, "10.1.1.1", person)), (Some(0), 250));
    }

    #[test]
    fn memory_and_the_number_held_back_are_bounded() {
        let throttle = Arc::new(Throttle::default());
        let ada = email("ada@example.org");
        for n in 0..200_000_u32 {
            let address = email(&format!("a{n}@example.org"));
            let remote = IpAddr::from(n.to_be_bytes());
            let tried = Tried { address: Some(&address), user: None, remote: Some(remote), browser: None };
            throttle.tried(&tried, start()).unwrap();
            if n % 1_000 == 0 {
                throttle.tried(&stranger(&ada, "192.0.2.7"), start()).unwrap();
            }
        }
        assert!(throttle.size() <= 2 * GENERATION, "{}", throttle.size());
        assert_eq!(waits(&throttle, &stranger(&ada, "198.51.100.7"), start()), 8000, "who is tried is not forgotten");
        let from = |n: usize| throttle.tried(&stranger(&ada, &format!("192.0.{}.7", n % SHARE)), start());
        let held: Vec<_> = (0..MOST_HELD).map(from).collect();
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(throttle.tried(&stranger(&ada, "198.51.100.7"), start()).err(), Some(TooMany));
        drop(held);
        assert_eq!(throttle.held(), 0);
    }

    #[test]
    fn one_site_has_a_share_of_the_places_of_who_is_held_back() {
        let (throttle, ada) = (Arc::new(Throttle::default()), email("ada@example.org"));
        for n in 0..20 {
            waits(&throttle, &stranger(&ada, &format!("10.0.{n}.7")), start());
        }
        for (own, other) in [("192.0.2.", "198.51.100.7"), ("2001:db8:0:1::", "2001:db8:1::1")] {
            let from = |n: usize| throttle.tried(&stranger(&ada, &format!("{own}{n}")), start());
            let held: Vec<_> = (1..=MOST_HELD / SHARE).map(from).collect();
            assert!(held.iter().all(Result::is_ok), "{own}");
            assert_eq!(from(99).err(), Some(TooMany), "{own} has no more");
            let person = throttle.tried(&stranger(&ada, other), start());
            assert!(person.is_ok_and(|held| held.wait == LONGEST), "who is slowed by them waits, and is not sent away");
            drop(held);
            assert!(from(99).is_ok(), "{own}");
        }
        assert_eq!(throttle.held(), 0);
        assert!(throttle.held.lock().unwrap().sites.is_empty(), "nobody is remembered");
    }

    #[test]
    fn no_wait_is_longer_than_the_longest_and_more_tries_never_wait_less() {
        for limit in [CLOSE, PERSON, NETWORK] {
            let mut last = Duration::ZERO;
            for tries in 0..5_000 {
                let wait = limit.wait(tries);
                assert!(last <= wait && wait <= LONGEST, "{limit:?} {tries}");
                last = wait;
            }
            assert_eq!(
                limit.wait(limit.most() / limit.cost()),
                LONGEST,
                "the most that is owed waits longest: {limit:?}"
            );
        }
    }
}
