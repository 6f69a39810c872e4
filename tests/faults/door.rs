//! A client of the Chime API that tells an answer from none.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;

use crate::harness::server::Server;
use crate::harness::web::Chime;

/// The operator's way to a server.
pub struct Door {
    chime: Chime,
    /// No further request is sent once this is set.
    over: Arc<AtomicBool>,
    /// Requests that no process took, and that were sent to another: how many.
    turned_away: Arc<AtomicUsize>,
}

/// What came of a request.
#[derive(Debug)]
pub enum Answer {
    /// It was done; the body.
    Done(Value),
    /// `503 ServiceUnavailable`: done or not done, as with any 5xx.
    Unavailable,
    /// No answer, or half of one.
    Lost,
    /// Nothing was sent: it is over.
    Over,
}

impl Door {
    pub fn of(server: &Server) -> Self {
        Self::through(Chime::operator(server))
    }

    /// Through a client of whatever way.
    pub fn through(chime: Chime) -> Self {
        Self { chime, over: Arc::default(), turned_away: Arc::default() }
    }

    /// Another client with the same credentials and connections of its own.
    pub fn another(&self) -> Self {
        let (over, turned_away) = (Arc::clone(&self.over), Arc::clone(&self.turned_away));
        Self { chime: self.chime.another(), over, turned_away }
    }

    /// All clients stop before their next request.
    fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
    }

    /// Does something beside the clients, who stop when it is done; also when it fails, or nobody would stop them.
    pub fn while_doing(&self, work: impl FnOnce()) {
        struct End<'a>(&'a Door);
        impl Drop for End<'_> {
            fn drop(&mut self) {
                self.0.end();
            }
        }
        let _end = End(self);
        work();
    }

    /// How often a process took no connection, so that the request went to another.
    pub fn turned_away(&self) -> usize {
        self.turned_away.load(Ordering::SeqCst)
    }

    /// A change.
    pub fn post(&self, target: &str, body: &Value) -> Answer {
        self.send("POST", target, Some(body))
    }

    /// A question.
    pub fn get(&self, target: &str) -> Answer {
        self.send("GET", target, None)
    }

    /// These requests are all permitted and well-formed: any other answer than success or 503 is a fault. One for which
    /// no connection could be made was seen by nobody, and is sent again to the next process.
    fn send(&self, method: &str, target: &str, body: Option<&Value>) -> Answer {
        for _ in 0..ATTEMPTS {
            if self.over.load(Ordering::SeqCst) {
                return Answer::Over;
            }
            match self.chime.try_send(method, target, body) {
                Ok(answer) => match answer.status {
                    200..300 => return Answer::Done(answer.json()),
                    503 => return Answer::Unavailable,
                    _ => panic!("{target} was answered {answer:?}"),
                },
                Err(ureq::Error::Io(error)) if error.kind() == ErrorKind::ConnectionRefused => {
                    self.turned_away.fetch_add(1, Ordering::SeqCst);
                }
                Err(_) => return Answer::Lost,
            }
        }
        Answer::Lost
    }
}

/// More than there are processes.
const ATTEMPTS: usize = 5;
