//! The hot reader: the facts of a decision, read by fixed statements on connections of their own. There is no cache.
//!
//! SQLite is read within the caller's task: a question takes some microseconds, less than handing it over. On
//! PostgreSQL the questions that wait for a connection are asked together, by the same text ([`Statement::of_many`]).

mod batch;
mod facts;
#[cfg(feature = "plant")]
mod planted;
mod postgres;
mod signed_in;
mod sqlite;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use access::{ApplicationId, UserId};
use uuid::Uuid;

use crate::measures::Pool;
use crate::settings::{Database, Settings};
use crate::{Error, Store, TokenHash};

pub use facts::{Asked, Holder, KeyFacts, Question, Standing, TokenFacts};
#[cfg(feature = "plant")]
pub use planted::{Fault, fault};
#[cfg(test)]
pub(crate) use postgres::FIXED_PLANS;
pub use signed_in::{Bearer, Client, IssuedToken, Person, SessionFacts, TokenKind};

/// Whom a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person by id.
    Id(UserId),
    /// A person by the key of any of their addresses.
    Address(String),
}

/// A fixed statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statement {
    Ask,
    /// [`Statement::Ask`] with the standing of the grant's holder. A statement of its own because it takes twice as
    /// long, and nearly all questions are applications'.
    AskAsAdministrator,
    AccessKey,
    Session,
    Bearer,
}

impl Statement {
    /// Every statement, in the order of the variants.
    pub(crate) const ALL: [Self; 5] =
        [Self::Ask, Self::AskAsAdministrator, Self::AccessKey, Self::Session, Self::Bearer];

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Ask => include_str!("ask.sql"),
            Self::AskAsAdministrator => concat!(
                "SELECT question.*, g.id, g.user_id, g.account_id, g.role, ga.deleted IS NOT NULL,
                   o.id, o.epoch, o.registered IS NOT NULL, o.suspended_at IS NOT NULL, o.suspended_until,
                   o.blocked_at IS NOT NULL, oa.id, oa.kind, oa.deleted IS NOT NULL, od.account_id, o.source_enabled,
                   o.source_license, o.license, o.license_origin, o.waiting_license, o.trial_until
                 FROM (",
                include_str!("ask.sql"),
                ") AS question
                 LEFT JOIN grants g ON g.id = question.grant_id
                 LEFT JOIN users o ON o.id = g.user_id
                 LEFT JOIN accounts oa ON oa.id = o.account_id
                 LEFT JOIN domains od ON od.name = o.domain AND od.state = 'Verified'
                 LEFT JOIN accounts ga ON ga.id = COALESCE(question.within_account, g.account_id)"
            ),
            Self::AccessKey => include_str!("access_key.sql"),
            Self::Session => include_str!("session.sql"),
            Self::Bearer => include_str!("bearer.sql"),
        }
    }

    /// PostgreSQL's types of the values it takes, in their order.
    pub(crate) const fn types(self) -> &'static [&'static str] {
        match self {
            Self::Ask | Self::AskAsAdministrator => &["bytea", "uuid", "uuid", "text"],
            Self::AccessKey => &["text"],
            Self::Session => &["bytea", "uuid"],
            Self::Bearer => &["bytea", "bytea"],
        }
    }

    /// The same for many questions at once, on PostgreSQL: each value is an array of theirs, and after the columns comes the
    /// place in these arrays of the question that a row answers, from 1.
    pub(crate) fn of_many(self) -> String {
        debug_assert!(self.types().len() < 10, "$10 would be taken for $1");
        let numbered = || self.types().iter().enumerate().map(|(at, of)| (at + 1, of));
        let arrays: Vec<_> = numbered().map(|(number, of)| format!("${number}::{of}[]")).collect();
        let values: Vec<_> = numbered().map(|(number, _)| format!("value{number}")).collect();
        let one = numbered().fold(self.text().to_owned(), |text, (number, _)| {
            text.replace(&format!("${number}"), &format!("asked.value{number}"))
        });
        format!(
            "SELECT answer.*, asked.place FROM unnest({}) WITH ORDINALITY AS asked({}, place)
             CROSS JOIN LATERAL (\n{one}\n) AS answer",
            arrays.join(", "),
            values.join(", ")
        )
    }
}

/// A value for a statement.
#[derive(Clone, Copy, Debug)]
enum Value<'a> {
    Bytes(Option<&'a [u8]>),
    Uuid(Option<Uuid>),
    Text(Option<&'a str>),
}

/// A row, whichever engine it came from.
trait Row {
    fn uuid(&self, column: usize) -> Result<Option<Uuid>, Error>;
    fn number(&self, column: usize) -> Result<Option<i64>, Error>;
    fn flag(&self, column: usize) -> Result<Option<bool>, Error>;
    fn text(&self, column: usize) -> Result<Option<&str>, Error>;
    fn bytes(&self, column: usize) -> Result<Option<&[u8]>, Error>;
}

/// The connections for questions.
pub(crate) enum Hot {
    Sqlite(sqlite::Connections),
    Postgres(Arc<postgres::Clients>),
}

impl Hot {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let number = settings.question_connections.max(1);
        Ok(match &settings.database {
            Database::Sqlite(path) => Self::Sqlite(sqlite::Connections::new(path.clone(), number)),
            Database::Postgres(url) => Self::Postgres(Arc::new(postgres::Clients::new(url, number)?)),
        })
    }

    async fn row<T>(
        &self,
        statement: Statement,
        values: &[Value<'_>],
        read: impl Fn(&dyn Row) -> Result<T, Error> + Send,
    ) -> Result<Option<T>, Error> {
        match self {
            Self::Sqlite(connections) => connections.row(statement, values, read),
            Self::Postgres(clients) => clients.row(statement, values).await?.map(|row| read(&row)).transpose(),
        }
    }

    /// The connections as they are now.
    pub(crate) fn pool(&self) -> Pool {
        let (open, most) = match self {
            Self::Sqlite(connections) => connections.open_of(),
            Self::Postgres(clients) => clients.open_of(),
        };
        Pool { name: "questions", open, idle: 0, most }
    }

    /// Questions that wait for a connection; on SQLite none does.
    pub(crate) fn queued(&self) -> Option<usize> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(clients) => Some(clients.waiting()),
        }
    }

    /// Whether questions would be answered: the way to PostgreSQL is tried, SQLite's file is opened when it is asked.
    pub(crate) async fn ready(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(clients) => clients.ready().await,
        }
    }

    pub(crate) fn close(&self) {
        match self {
            Self::Sqlite(connections) => connections.close(),
            Self::Postgres(clients) => clients.close(),
        }
    }
}

impl Store {
    /// The facts about a person, perhaps with regard to an application. `None` when nobody is known by that.
    pub async fn facts(&self, subject: &Subject, application: Option<ApplicationId>) -> Result<Option<Asked>, Error> {
        Ok(self.question(None, subject, application).await?.asked)
    }

    /// Who asks, and the facts they ask for, in one statement. An application's token asks about itself, whatever
    /// application is named.
    pub async fn ask(
        &self,
        token: &TokenHash,
        subject: &Subject,
        application: Option<ApplicationId>,
    ) -> Result<Question, Error> {
        self.question(Some(token), subject, application).await
    }

    /// An access key with its secret and its holder's standing. `None` when there is no such key.
    pub async fn access_key(&self, id: &str) -> Result<Option<KeyFacts>, Error> {
        self.0.counts.questions.fetch_add(1, Ordering::Relaxed);
        let read = |row: &dyn Row| facts::key(row, id, &self.0.sealer);
        self.0.hot.row(Statement::AccessKey, &[Value::Text(Some(id))], read).await
    }

    /// A token by its hash with its holder's standing, revoked or expired ones too.
    pub async fn token(&self, token: &TokenHash) -> Result<Option<TokenFacts>, Error> {
        Ok(self.question(Some(token), &Subject::Id(UserId(Uuid::nil())), None).await?.asker)
    }

    /// A browser's session by its cookie, with regard to an application. It may not hold any more: look.
    pub async fn session(
        &self,
        cookie: &TokenHash,
        application: Option<ApplicationId>,
    ) -> Result<Option<SessionFacts>, Error> {
        let values = [Value::Bytes(Some(&cookie.0)), Value::Uuid(application.map(|application| application.0))];
        self.0.counts.questions.fetch_add(1, Ordering::Relaxed);
        Ok(self.0.hot.row(Statement::Session, &values, signed_in::session).await?.flatten())
    }

    /// An access or refresh token, and the application that asks about it by its own credential, if one does. They may
    /// not work any more: look.
    pub async fn bearer(&self, client: Option<&TokenHash>, token: &TokenHash) -> Result<Bearer, Error> {
        let values = [Value::Bytes(client.map(|client| client.0.as_slice())), Value::Bytes(Some(&token.0))];
        self.0.counts.questions.fetch_add(1, Ordering::Relaxed);
        let found = self.0.hot.row(Statement::Bearer, &values, signed_in::bearer).await?;
        found.ok_or_else(|| Error::corrupt("a question without a row"))
    }

    async fn question(
        &self,
        token: Option<&TokenHash>,
        subject: &Subject,
        application: Option<ApplicationId>,
    ) -> Result<Question, Error> {
        let (id, address) = match subject {
            Subject::Id(id) => (Some(id.0), None),
            Subject::Address(key) => (None, Some(key.as_str())),
        };
        let values = [
            Value::Bytes(token.map(|token| token.0.as_slice())),
            Value::Uuid(application.map(|application| application.0)),
            Value::Uuid(id),
            Value::Text(address),
        ];
        self.0.counts.questions.fetch_add(1, Ordering::Relaxed);
        let without_a_row = || Error::corrupt("a question without a row");
        let asked = self.0.hot.row(Statement::Ask, &values, facts::question).await?.ok_or_else(without_a_row)?;
        if let Some(question) = asked {
            return Ok(question);
        }
        let asked = self.0.hot.row(Statement::AskAsAdministrator, &values, facts::administrators_question).await?;
        asked.ok_or_else(without_a_row)
    }
}
