//! A client of the Chime API that tells an answer from none.

use serde_json::Value;

use crate::harness::server::Server;
use crate::harness::web::Chime;

/// The operator's way to a server.
pub struct Door(Chime);

/// What came of a request.
#[derive(Debug)]
pub enum Answer {
    /// It was done; the body.
    Done(Value),
    /// `503 ServiceUnavailable`: done or not done, as with any 5xx.
    Unavailable,
    /// No answer, or half of one.
    Lost,
}

impl Door {
    pub fn of(server: &Server) -> Self {
        Self(Chime::operator(server))
    }

    /// Another client with the same credentials and connections of its own.
    pub fn another(&self) -> Self {
        Self(self.0.another())
    }

    /// A change.
    pub fn post(&self, target: &str, body: &Value) -> Answer {
        self.send("POST", target, Some(body))
    }

    /// A question.
    pub fn get(&self, target: &str) -> Answer {
        self.send("GET", target, None)
    }

    /// These requests are all permitted and well-formed: any other answer than success or 503 is a fault.
    fn send(&self, method: &str, target: &str, body: Option<&Value>) -> Answer {
        let Ok(answer) = self.0.try_send(method, target, body) else { return Answer::Lost };
        match answer.status {
            200..300 => Answer::Done(answer.json()),
            503 => Answer::Unavailable,
            _ => panic!("{target} was answered {answer:?}"),
        }
    }
}
