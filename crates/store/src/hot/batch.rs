//! Questions that wait for a connection, and those that are asked together as one statement.

use std::collections::VecDeque;

use tokio::sync::oneshot;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Statement, Value};
use crate::Error;

/// The most that is asked at once, so that nobody waits long for others' questions.
const MOST: usize = 64;

/// Where the answer to one question goes.
type Asker = oneshot::Sender<Result<Option<Row>, Error>>;

/// What waits, and the connections that have nothing to do. One of the two is empty.
pub(super) struct Desk {
    waiting: VecDeque<Waiting>,
    idle: Vec<usize>,
    closed: bool,
}

struct Waiting {
    statement: Statement,
    values: Vec<Owned>,
    asker: Asker,
}

/// A [`Value`] that outlives who asks: they may leave before the answer.
enum Owned {
    Bytes(Option<Vec<u8>>),
    Uuid(Option<Uuid>),
    Text(Option<String>),
}

impl Desk {
    /// Nothing waits, and so many connections have nothing to do.
    pub(super) fn new(connections: usize) -> Self {
        Self { waiting: VecDeque::new(), idle: (0..connections).collect(), closed: false }
    }

    /// Nothing is asked any more: who waits, and who comes later, hears that nobody answers.
    pub(super) fn close(&mut self) {
        *self = Self { closed: true, ..Self::new(0) };
    }

    /// A question waits from now on. With the connection that was idle and now has to [`Desk::take`] it.
    pub(super) fn ask(
        &mut self,
        statement: Statement,
        values: &[Value<'_>],
    ) -> (oneshot::Receiver<Result<Option<Row>, Error>>, Option<usize>) {
        let (asker, answer) = oneshot::channel();
        let values = values.iter().map(Value::owned).collect();
        if !self.closed {
            self.waiting.push_back(Waiting { statement, values, asker });
        }
        (answer, self.idle.pop())
    }

    /// What a connection asks next: the question that has waited longest, with those like it; not for who has left. When
    /// there is none the connection is idle.
    pub(super) fn take(&mut self, connection: usize) -> Option<Batch> {
        self.waiting.retain(|question| !question.asker.is_closed());
        let Some(first) = self.waiting.front() else {
            self.idle.push(connection);
            return None;
        };
        let (statement, mut room) = (first.statement, MOST);
        let (taken, left): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|question| {
                let fits = question.statement == statement && room > 0;
                room -= usize::from(fits);
                fits
            });
        self.waiting = left;
        Some(Batch { statement, questions: taken.into() })
    }
}

/// Questions that are asked by one statement.
pub(super) struct Batch {
    statement: Statement,
    questions: Vec<Waiting>,
}

impl Batch {
    pub(super) fn statement(&self) -> Statement {
        self.statement
    }

    pub(super) fn len(&self) -> usize {
        self.questions.len()
    }

    /// Each of them as a batch of its own.
    pub(super) fn apart(self) -> impl Iterator<Item = Self> {
        let statement = self.statement;
        self.questions.into_iter().map(move |question| Self { statement, questions: vec![question] })
    }

    /// What [`Statement::of_many`] takes: an array for each of its values.
    pub(super) fn parameters(&self) -> Vec<Box<dyn ToSql + Sync + Send + '_>> {
        (0..self.statement.types().len()).map(|number| self.parameter(number)).collect()
    }

    fn parameter(&self, number: usize) -> Box<dyn ToSql + Sync + Send + '_> {
        let values = self.questions.iter().map(|question| &question.values[number]);
        match self.statement.types()[number] {
            "bytea" => Box::new(values.map(Owned::bytes).collect::<Vec<_>>()),
            "uuid" => Box::new(values.map(Owned::uuid).collect::<Vec<_>>()),
            _ => Box::new(values.map(Owned::text).collect::<Vec<_>>()),
        }
    }

    /// Gives everybody their answer; who has left does not mind.
    pub(super) fn answer(self, rows: Result<Vec<Row>, Error>) {
        let mut answers: Vec<Result<Option<Row>, Error>> = match &rows {
            Ok(_) => self.questions.iter().map(|_| Ok(None)).collect(),
            Err(error) => self.questions.iter().map(|_| Err(error.clone())).collect(),
        };
        for row in rows.unwrap_or_default() {
            let place = row.try_get::<_, i64>(row.len() - 1).ok().and_then(|place| usize::try_from(place - 1).ok());
            if let Some(answer) = place.and_then(|place| answers.get_mut(place)) {
                *answer = Ok(Some(row));
            }
        }
        for (question, answer) in self.questions.into_iter().zip(answers) {
            let _ = question.asker.send(answer);
        }
    }
}

impl Owned {
    fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { bytes.as_deref() } else { None }
    }

    fn uuid(&self) -> Option<Uuid> {
        if let Self::Uuid(uuid) = self { *uuid } else { None }
    }

    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { text.as_deref() } else { None }
    }
}

impl Value<'_> {
    fn owned(&self) -> Owned {
        match *self {
            Self::Bytes(bytes) => Owned::Bytes(bytes.map(<[u8]>::to_vec)),
            Self::Uuid(uuid) => Owned::Uuid(uuid),
            Self::Text(text) => Owned::Text(text.map(str::to_owned)),
        }
    }
}
