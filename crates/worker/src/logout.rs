//! Telling applications that sessions ended (OpenID Connect Back-Channel Logout 1.0). One loop takes what is due under
//! leases and sends it, to many applications at once and little of it to each; it keeps no transaction open meanwhile.
//!
//! An application that does not answer costs one of many places for as long as a request may take, and is from then on
//! tried by single notices in a few places of their own, until it answers: so those that hang do not delay the others,
//! however many they are.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use access::ApplicationId;
use futures::FutureExt;
use jiff::SignedDuration;
use outgoing::http::{Request, StatusCode, header};
use outgoing::{Bytes, Outgoing};
use service::{Ended, Error, Service, Told, Undelivered};
use signin::SignIn;
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::sleep;

use crate::back_off::BackOff;

/// How often it is looked for notices that another process made, or whose time has come.
const LOOK: Duration = Duration::from_secs(1);
/// How long a notice is held without a report. Longer than a request may take.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// Applications told at a time.
const PLACES: usize = 128;
/// Applications tried at a time of those that did not answer last time.
const PLACES_OF_FAILING: usize = 16;
/// Notices sent to one application at a time.
const TO_ONE: u64 = 4;
/// How often a notice is tried: over some nine hours.
const ATTEMPTS: i64 = 20;
/// Between tries.
const WAITS: BackOff = BackOff { first: SignedDuration::from_secs(2), longest: SignedDuration::from_hours(1) };

/// What applications are told with.
#[derive(Clone)]
pub struct Logout {
    /// Who signs.
    pub signin: SignIn,
    /// Who sends.
    pub outgoing: Outgoing,
}

/// Tells until told to stop.
pub(crate) async fn keep(logout: Logout, mut stop: watch::Receiver<bool>) {
    let service = logout.signin.service().clone();
    let mut telling = Telling::new(logout);
    while !*stop.borrow() {
        if let Err(error) = telling.begin().await {
            tracing::warn!(%error, "notices to applications could not be taken from the outbox; it is tried again");
        }
        tokio::select! {
            () = telling.ended(), if telling.is_under_way() => {}
            () = service.notice_made() => telling.look = true,
            () = sleep(LOOK) => telling.look = true,
            _ = stop.changed() => {}
        }
    }
    while telling.is_under_way() {
        telling.ended().await;
    }
}

/// Who is being told, and who is next.
pub struct Telling {
    logout: Logout,
    running: JoinSet<Told>,
    /// By application, what of it runs.
    under_way: BTreeMap<ApplicationId, usize>,
    /// Those that did not answer when they were last told something.
    failing: BTreeSet<ApplicationId>,
    next: VecDeque<ApplicationId>,
    look: bool,
}

impl Telling {
    /// Nobody yet.
    pub fn new(logout: Logout) -> Self {
        let (under_way, failing) = (BTreeMap::new(), BTreeSet::new());
        Self { logout, running: JoinSet::new(), under_way, failing, next: VecDeque::new(), look: true }
    }

    /// Whether anybody is being told.
    pub fn is_under_way(&self) -> bool {
        !self.running.is_empty()
    }

    /// Begins to tell those whose turn it is, as far as there are places.
    pub async fn begin(&mut self) -> Result<(), Error> {
        let service = self.logout.signin.service().clone();
        if self.next.is_empty() && std::mem::take(&mut self.look) {
            self.next.extend(service.applications_to_tell().await?);
        }
        let chosen = self.choose();
        if chosen.is_empty() {
            return Ok(());
        }
        for ended in service.take_notices(chosen, LEASE).await? {
            *self.under_way.entry(ended.application).or_default() += 1;
            self.running.spawn(tell(self.logout.clone(), ended));
        }
        Ok(())
    }

    /// Whose turn it is, and how much of it. Who is being told has another turn when that has ended.
    fn choose(&mut self) -> Vec<(ApplicationId, u64)> {
        let failing = self.under_way.keys().filter(|application| self.failing.contains(application)).count();
        let mut of_failing = PLACES_OF_FAILING.saturating_sub(failing);
        let mut places = PLACES.saturating_sub(self.under_way.len() - failing);
        let (mut chosen, mut later) = (Vec::new(), VecDeque::new());
        for application in std::mem::take(&mut self.next) {
            let (left, most) = match self.failing.contains(&application) {
                true => (&mut of_failing, 1),
                false => (&mut places, TO_ONE),
            };
            if self.under_way.contains_key(&application) {
                continue;
            }
            match left.checked_sub(1) {
                Some(less) => {
                    *left = less;
                    chosen.push((application, most));
                }
                None => later.push_back(application),
            }
        }
        self.next = later;
        chosen
    }

    /// Waits until somebody was told, or was not, and writes down all that ended meanwhile.
    pub async fn ended(&mut self) {
        let mut told = Vec::new();
        let first = self.running.join_next().await;
        let ended = first.into_iter().chain(std::iter::from_fn(|| self.running.join_next().now_or_never().flatten()));
        for ended in ended.collect::<Vec<_>>() {
            told.extend(self.noted(ended));
        }
        self.look = true;
        // What could not be written down is sent again when its lease ends.
        if let Err(error) = self.logout.signin.service().applications_told(told).await {
            tracing::warn!(%error, "what came of notices to applications could not be written down");
        }
    }

    fn noted(&mut self, ended: Result<Told, JoinError>) -> Option<Told> {
        let told = match ended {
            Ok(told) => told,
            Err(error) => {
                // Whose it was is not known any more: all have another turn.
                tracing::error!(%error, "a notice to an application was not sent; it is tried again when its lease ends");
                self.under_way.clear();
                return None;
            }
        };
        let application = told.ended.application;
        if let Some(left) = self.under_way.get_mut(&application) {
            *left -= 1;
            if *left == 0 {
                self.under_way.remove(&application);
            }
        }
        match told.out_of_reach {
            true => self.failing.insert(application),
            false => self.failing.remove(&application),
        };
        Some(told)
    }
}

async fn tell(logout: Logout, ended: Ended) -> Told {
    let service = logout.signin.service().clone();
    let (notice, application, attempt) = (ended.lease.id, ended.application, ended.lease.tries);
    let Err(failure) = send(&logout, &ended).await else {
        tracing::info!(notice, %application, attempt, "an application was told that sessions ended");
        return Told { ended, failed: None, out_of_reach: false };
    };
    let (reason, again, out_of_reach) = match failure {
        Failure::Moot(reason) => (reason.to_owned(), false, false),
        Failure::Refused(status) => (format!("it answered {}", status.as_u16()), true, false),
        Failure::OutOfReach(reason) => (reason, true, true),
    };
    let again = (again && attempt < ATTEMPTS).then(|| again_after(&service, attempt));
    tracing::warn!(notice, %application, attempt, reason, given_up = again.is_none(), "an application was not told");
    Told { ended, failed: Some(Undelivered { reason, again }), out_of_reach }
}

fn again_after(service: &Service, attempt: i64) -> SignedDuration {
    WAITS.after(attempt, service.random().bytes())
}

/// Why an application was not told.
enum Failure {
    /// There is nobody to tell.
    Moot(&'static str),
    /// It answered that it does not take this notice.
    Refused(StatusCode),
    /// It takes no notice at all now. In words that hold nothing personal.
    OutOfReach(String),
}

async fn send(logout: &Logout, ended: &Ended) -> Result<(), Failure> {
    let ours = |error: Error| Failure::OutOfReach(format!("the notice could not be made: {error}"));
    let Some(notice) = logout.signin.logout_notice(ended).await.map_err(ours)? else {
        return Err(Failure::Moot("the application is gone, or has no backchannel_logout_uri any more"));
    };
    let request = Request::post(&notice.uri)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::USER_AGENT, "Carillon")
        // A JWT is made of letters that need no encoding.
        .body(Bytes::from(format!("logout_token={}", notice.token)));
    let request = request.map_err(|_| Failure::Moot("the application's backchannel_logout_uri cannot be used"))?;
    let answer = logout.outgoing.send(request).await.map_err(|failed| Failure::OutOfReach(failed.to_string()))?;
    match answer.status() {
        status if status.is_success() => Ok(()),
        status @ (StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS) => {
            Err(Failure::OutOfReach(format!("it answered {}", status.as_u16())))
        }
        status if status.is_server_error() => Err(Failure::OutOfReach(format!("it answered {}", status.as_u16()))),
        status => Err(Failure::Refused(status)),
    }
}
