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

/// What waits, in the order of [`Statement::ALL`] and then of their coming, and the connections that have nothing to do.
/// One of the two is empty.
pub(super) struct Desk {
    waiting: [VecDeque<Waiting>; Statement::ALL.len()],
    came: u64,
    idle: Vec<usize>,
    closed: bool,
}

struct Waiting {
    number: u64,
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
        Self { waiting: Default::default(), came: 0, idle: (0..connections).collect(), closed: false }
    }

    /// Nothing is asked any more: who waits, and who comes later, hears that nobody answers.
    pub(super) fn close(&mut self) {
        *self = Self { closed: true, ..Self::new(0) };
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
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
            self.came += 1;
            self.waiting[statement as usize].push_back(Waiting { number: self.came, values, asker });
        }
        (answer, self.idle.pop())
    }

    /// What a connection asks next: the question that has waited longest, with those like it; not for who has left. When
    /// there is none the connection is idle.
    pub(super) fn take(&mut self, connection: usize) -> Option<Batch> {
        for queue in &mut self.waiting {
            while queue.pop_front_if(|first| first.asker.is_closed()).is_some() {}
        }
        let queues = Statement::ALL.into_iter().zip(&mut self.waiting);
        let oldest = queues.filter_map(|(statement, queue)| Some((queue.front()?.number, statement, queue)));
        let Some((_, statement, queue)) = oldest.min_by_key(|(number, ..)| *number) else {
            self.idle.push(connection);
            return None;
        };
        let here = std::iter::from_fn(|| queue.pop_front()).filter(|question| !question.asker.is_closed());
        Some(Batch { statement, questions: here.take(MOST).collect() })
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
            let Some(answer) = place.and_then(|place| answers.get_mut(place)) else {
                answers.fill(Err(Error::corrupt("an answer to no question")));
                break;
            };
            *answer = Ok(Some(row));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(desk: &mut Desk, statement: Statement) -> oneshot::Receiver<Result<Option<Row>, Error>> {
        desk.ask(statement, &[]).0
    }

    fn taken(desk: &mut Desk) -> Option<(Statement, usize)> {
        desk.take(0).map(|batch| (batch.statement(), batch.len()))
    }

    #[test]
    fn who_has_waited_longest_is_first_with_those_like_them() {
        let mut desk = Desk::new(0);
        let _askers = [Statement::Bearer, Statement::Ask, Statement::Bearer, Statement::Session, Statement::Ask]
            .map(|statement| ask(&mut desk, statement));
        assert_eq!(desk.waiting(), 5);
        assert_eq!(taken(&mut desk), Some((Statement::Bearer, 2)));
        assert_eq!(taken(&mut desk), Some((Statement::Ask, 2)));
        assert_eq!(taken(&mut desk), Some((Statement::Session, 1)));
        assert_eq!((taken(&mut desk), desk.waiting()), (None, 0));
    }

    #[test]
    fn no_batch_is_larger_than_the_most() {
        let mut desk = Desk::new(0);
        let _askers: Vec<_> = (0..MOST + 3).map(|_| ask(&mut desk, Statement::Ask)).collect();
        assert_eq!(taken(&mut desk), Some((Statement::Ask, MOST)));
        assert_eq!(taken(&mut desk), Some((Statement::Ask, 3)));
    }

    #[test]
    fn nothing_is_asked_for_who_has_left() {
        let mut desk = Desk::new(0);
        let mut askers: Vec<_> = (0..4).map(|_| Some(ask(&mut desk, Statement::Session))).collect();
        (askers[0], askers[2]) = (None, None);
        assert_eq!(taken(&mut desk), Some((Statement::Session, 2)));
        drop(ask(&mut desk, Statement::Ask));
        assert_eq!(taken(&mut desk), None);
    }

    #[test]
    fn a_connection_without_work_is_idle_and_is_named_to_who_comes_next() {
        let mut desk = Desk::new(1);
        let (_first, woken) = desk.ask(Statement::Ask, &[]);
        let (_second, none) = desk.ask(Statement::Ask, &[]);
        assert_eq!((woken, none), (Some(0), None));
        assert_eq!((taken(&mut desk), taken(&mut desk)), (Some((Statement::Ask, 2)), None));
        assert_eq!(desk.ask(Statement::Ask, &[]).1, Some(0));
    }

    #[test]
    fn a_closed_desk_tells_everybody() {
        let mut desk = Desk::new(1);
        let mut early = ask(&mut desk, Statement::Ask);
        desk.close();
        let (mut late, woken) = desk.ask(Statement::Ask, &[]);
        assert!(early.try_recv().is_err() && late.try_recv().is_err());
        assert_eq!((woken, desk.waiting()), (None, 0));
    }
}
