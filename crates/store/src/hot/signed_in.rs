//! What the statements about sessions and tokens of signed-in people say, column by column.

use access::decision::{ApplicationFacts, Facts, may_sign_in};
use access::{AccountId, ApplicationId};
use jiff::Timestamp;
use uuid::Uuid;

use super::Row;
use super::facts::{Asked, Reader, missing};
use crate::Error;

/// A session of a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionFacts {
    /// Its id, the `sid` that applications know.
    pub id: Uuid,
    /// The generation it was made in (rule 23).
    pub epoch: i64,
    /// When it was made.
    pub created: Timestamp,
    /// When the person last proved who they are.
    pub authenticated: Timestamp,
    /// How, by the names of RFC 8176, separated by spaces.
    pub methods: String,
    /// When it ends by itself.
    pub expires: Timestamp,
    /// When it was last used, as far as that was written down.
    pub last_used: Timestamp,
    /// Whose it is, and the application that was asked about.
    pub person: Person,
}

/// A person who signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What a decision about them depends on.
    pub asked: Asked,
    /// Their primary address as typed. Personal.
    pub address: String,
    /// Whether it is proved that it is theirs (rule 57).
    pub address_proved: bool,
    /// Their name. Personal.
    pub name: Option<String>,
}

/// What is known of an access or refresh token, and who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The application that asks, by a credential that works or not: see [`Client::works`].
    pub client: Option<Client>,
    /// The token; `None` when there is no such token.
    pub issued: Option<IssuedToken>,
}

/// An application by its credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// The credential's id.
    pub token: Uuid,
    /// The application.
    pub id: ApplicationId,
    /// Who owns it.
    pub owner: Option<AccountId>,
    stopped: bool,
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
}

/// Which of the two a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// For a resource, many times.
    Access,
    /// For the next tokens, once.
    Refresh {
        /// When it was used.
        used: Option<Timestamp>,
    },
}

/// A token that was made for an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedToken {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: TokenKind,
    /// What it allows, separated by spaces.
    pub scope: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it stops working by itself.
    pub expires: Timestamp,
    /// The session in which it was made.
    pub sid: Uuid,
    /// The generation in which it was made (rule 23).
    pub epoch: i64,
    /// When the person had proved who they are.
    pub authenticated: Timestamp,
    /// How.
    pub methods: String,
    /// Whose it is, and the application it was made for.
    pub person: Person,
    ended: bool,
    authorization_over: Timestamp,
}

impl SessionFacts {
    /// Whether it holds at a moment: it has not expired, its generation is the person's, and they may sign in (rules
    /// 22 and 23).
    pub fn holds(&self, at: Timestamp) -> bool {
        let facts = &self.person.asked.facts;
        at < self.expires && self.epoch == facts.epoch && may_sign_in(facts, at)
    }
}

impl Client {
    /// Whether the credential works at a moment (rules 8 and 28).
    pub fn works(&self, at: Timestamp) -> bool {
        self.revoked.is_none() && !self.stopped && access::authority::credential_works(self.expires, at)
    }
}

impl IssuedToken {
    /// Whether it holds at a moment, whatever the application demands: neither expired, ended nor used, and its generation
    /// is the person's (rule 23). An authorization that is bound to a session expires when that does and is deleted with
    /// it, so the session is not asked.
    pub fn holds(&self, at: Timestamp) -> bool {
        let unused = !matches!(self.kind, TokenKind::Refresh { used: Some(_) });
        let given = !self.ended && at < self.authorization_over && self.epoch == self.person.asked.facts.epoch;
        unused && given && at < self.expires
    }
}

/// A row of `session.sql`. `None` inside when there is no such session.
pub(super) fn session(row: &dyn Row) -> Result<Option<SessionFacts>, Error> {
    let mut reader = Reader { row, next: 0 };
    let catalog = reader.number()?.ok_or_else(|| missing("a catalog"))?;
    let (id, epoch, created, authenticated) = (reader.uuid()?, reader.number()?, reader.time()?, reader.time()?);
    let (methods, expires, last_used) = (reader.text()?, reader.time()?, reader.time()?);
    let person = person(&mut reader, catalog)?;
    let Some(id) = id else { return Ok(None) };
    Ok(Some(SessionFacts {
        id,
        epoch: some(epoch, "a session's epoch")?,
        created: some(created, "a session's beginning")?,
        authenticated: some(authenticated, "a session's proof")?,
        methods: some(methods, "a session's methods")?.to_owned(),
        expires: some(expires, "a session's end")?,
        last_used: some(last_used, "a session's use")?,
        person: some(person, "a session's person")?,
    }))
}

/// A row of `bearer.sql`.
pub(super) fn bearer(row: &dyn Row) -> Result<Bearer, Error> {
    let mut reader = Reader { row, next: 0 };
    let catalog = reader.number()?.ok_or_else(|| missing("a catalog"))?;
    let client = client(&mut reader)?;
    let token = token(&mut reader)?;
    let (sid, epoch, scope) = (reader.uuid()?, reader.number()?, reader.text()?);
    let (authenticated, methods) = (reader.time()?, reader.text()?);
    let (authorization_over, ended) = (reader.time()?, reader.time()?.is_some());
    let person = person(&mut reader, catalog)?;
    let Some(Told { id, kind, narrowed, created, expires }) = token else { return Ok(Bearer { client, issued: None }) };
    let issued = IssuedToken {
        id,
        kind,
        scope: some(narrowed.or(scope), "a token's scope")?.to_owned(),
        created: some(created, "a token's beginning")?,
        expires: some(expires, "a token's end")?,
        sid: some(sid, "a token's session")?,
        epoch: some(epoch, "a token's epoch")?,
        authenticated: some(authenticated, "a token's proof")?,
        methods: some(methods, "a token's methods")?.to_owned(),
        person: some(person, "a token's person")?,
        ended,
        authorization_over: some(authorization_over, "an authorization's end")?,
    };
    Ok(Bearer { client, issued: Some(issued) })
}

/// A token's own columns.
struct Told<'r> {
    id: Uuid,
    kind: TokenKind,
    narrowed: Option<&'r str>,
    created: Option<Timestamp>,
    expires: Option<Timestamp>,
}

fn token<'r>(reader: &mut Reader<'r>) -> Result<Option<Told<'r>>, Error> {
    let (access, narrowed, created, expires) = (reader.uuid()?, reader.text()?, reader.time()?, reader.time()?);
    let (refresh, refresh_created, refresh_expires, used) =
        (reader.uuid()?, reader.time()?, reader.time()?, reader.time()?);
    let (access, refresh) = (
        access.map(|id| Told { id, kind: TokenKind::Access, narrowed, created, expires }),
        refresh.map(|id| Told {
            id,
            kind: TokenKind::Refresh { used },
            narrowed: None,
            created: refresh_created,
            expires: refresh_expires,
        }),
    );
    Ok(access.or(refresh))
}

fn client(reader: &mut Reader<'_>) -> Result<Option<Client>, Error> {
    let (token, expires, revoked) = (reader.uuid()?, reader.time()?, reader.time()?);
    let (id, owner, stopped) = (reader.uuid()?, reader.uuid()?.map(AccountId), reader.flag()?);
    let client = token.zip(id);
    Ok(client.map(|(token, id)| Client { token, id: ApplicationId(id), owner, stopped, expires, revoked }))
}

fn person(reader: &mut Reader<'_>, catalog_version: i64) -> Result<Option<Person>, Error> {
    let facts: Option<Facts> = reader.person()?;
    let (address, unproved, name) = (reader.text()?, reader.flag()?, reader.text()?);
    let (application, owner): (Option<ApplicationFacts>, _) = reader.application()?.unzip();
    let Some(facts) = facts else { return Ok(None) };
    let asked = Asked { facts, application, application_owner: owner.flatten(), catalog_version };
    let address = some(address, "a person's address")?.to_owned();
    Ok(Some(Person { asked, address, address_proved: !unproved, name: name.map(str::to_owned) }))
}

fn some<T>(value: Option<T>, what: &str) -> Result<T, Error> {
    value.ok_or_else(|| missing(what))
}
