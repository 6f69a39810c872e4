//! What the fixed statements say, column by column.

use access::authority::{Extent, Grant, credential_works};
use access::decision::{
    AccountFacts, ApplicationFacts, AudienceFacts, Facts, SourceFacts, SuspensionFacts, may_sign_in,
};
use access::{AccountId, ApplicationId, Feature, GrantId, UserId};
use jiff::Timestamp;
use uuid::Uuid;

use super::Row;
use crate::convert::{kind, license, license_origin, over, role, times};
use crate::write::keys::key_place;
use crate::{Error, Sealer};

/// Facts for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The person's.
    pub facts: Facts,
    /// The application's; `None` when none was asked about, or it is unknown.
    pub application: Option<ApplicationFacts>,
    /// The account that owns the application.
    pub application_owner: Option<AccountId>,
    /// The catalog in force.
    pub catalog_version: i64,
}

/// Who asks, and about whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The token's holder; `None` when the token is unknown. See [`TokenFacts::works`].
    pub asker: Option<TokenFacts>,
    /// The facts; `None` when the person is unknown.
    pub asked: Option<Asked>,
    /// The application asked about, also when the person is unknown.
    pub application: Option<ApplicationId>,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// Its id.
    pub id: Uuid,
    /// What it stands for.
    pub holder: Holder,
    /// When it stops working by itself.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

/// What a token stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// An application.
    Application {
        /// Its id.
        id: ApplicationId,
        /// The account that owns it.
        owner: Option<AccountId>,
        /// Its owner was deleted (rule 8).
        stopped: bool,
    },
    /// An administrator with one of their grants.
    Administrator {
        /// The grant, as far as the token carries it.
        grant: Grant,
        /// How its holder stands.
        standing: Standing,
    },
}

/// Whether a grant's holder may use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The holder's facts.
    pub facts: Facts,
    /// The account it reaches was deleted (rule 8).
    pub over_deleted: bool,
}

/// An access key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// Its secret, in the clear.
    pub secret: String,
    /// The grant, as far as the key carries it.
    pub grant: Grant,
    /// How its holder stands.
    pub standing: Standing,
    /// When it stops working by itself.
    pub expires: Option<Timestamp>,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl std::fmt::Debug for KeyFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyFacts").field("grant", &self.grant).field("standing", &self.standing).finish_non_exhaustive()
    }
}

impl Standing {
    /// Whether the holder may act at a moment: a key or token answers only while its owner may sign in (rule 34), and
    /// nobody acts on a deleted account through it (rule 8).
    pub fn may_act(&self, at: Timestamp) -> bool {
        !self.over_deleted && may_sign_in(&self.facts, at)
    }
}

impl Holder {
    /// The application it stands for.
    pub fn application(&self) -> Option<ApplicationId> {
        match self {
            Self::Application { id, .. } => Some(*id),
            Self::Administrator { .. } => None,
        }
    }
}

impl TokenFacts {
    /// Whether the token works at a moment: neither expired nor revoked, and its holder may act (rules 8, 28, 34).
    pub fn works(&self, at: Timestamp) -> bool {
        let holder_may = match &self.holder {
            Holder::Application { stopped, .. } => !stopped,
            Holder::Administrator { standing, .. } => standing.may_act(at),
        };
        self.revoked.is_none() && credential_works(self.expires, at) && holder_may
    }
}

impl KeyFacts {
    /// Whether the key works at a moment: neither expired nor revoked, and its holder may act (rules 8, 28, 34).
    pub fn works(&self, at: Timestamp) -> bool {
        self.revoked.is_none() && credential_works(self.expires, at) && self.standing.may_act(at)
    }
}

/// Reads a row from left to right.
pub(super) struct Reader<'r> {
    pub row: &'r dyn Row,
    pub next: usize,
}

impl<'r> Reader<'r> {
    fn column(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    pub fn uuid(&mut self) -> Result<Option<Uuid>, Error> {
        let column = self.column();
        self.row.uuid(column)
    }

    pub fn number(&mut self) -> Result<Option<i64>, Error> {
        let column = self.column();
        self.row.number(column)
    }

    pub fn time(&mut self) -> Result<Option<Timestamp>, Error> {
        times(self.number()?)
    }

    /// Missing counts as no.
    pub fn flag(&mut self) -> Result<bool, Error> {
        Ok(self.maybe()?.unwrap_or(false))
    }

    fn maybe(&mut self) -> Result<Option<bool>, Error> {
        let column = self.column();
        self.row.flag(column)
    }

    pub fn text(&mut self) -> Result<Option<&'r str>, Error> {
        let column = self.column();
        self.row.text(column)
    }

    fn word<T>(&mut self, read: impl Fn(&str) -> Result<T, Error>) -> Result<Option<T>, Error> {
        self.text()?.map(read).transpose()
    }

    fn suspension(&mut self) -> Result<Option<SuspensionFacts>, Error> {
        let (recorded, until) = (self.flag()?, self.time()?);
        Ok(recorded.then_some(SuspensionFacts { until }))
    }

    fn extent(&mut self) -> Result<Extent, Error> {
        Ok(Extent { most: self.word(role)?, within: self.uuid()?.map(AccountId) })
    }

    /// A grant and its holder's standing.
    fn grant(&mut self) -> Result<Option<(Grant, Standing)>, Error> {
        let (id, user, account, role) = (self.uuid()?, self.uuid()?, self.uuid()?, self.word(role)?);
        let (over_deleted, holder) = (self.flag()?, self.person()?);
        let (Some(id), Some(user), Some(role), Some(facts)) = (id, user, role, holder) else { return Ok(None) };
        let over = over(account.map(AccountId));
        let standing = Standing { facts, over_deleted };
        Ok(Some((Grant { id: GrantId(id), user: UserId(user), over, role }, standing)))
    }

    fn token(&mut self) -> Result<Option<Token>, Error> {
        let (id, expires, revoked) = (self.uuid()?, self.time()?, self.time()?);
        let (application, grant, extent) = (self.uuid()?, self.uuid()?, self.extent()?);
        Ok(id.map(|id| Token { id, expires, revoked, application, grant, extent }))
    }

    fn columns(&mut self) -> Result<Columns, Error> {
        let catalog_version = self.number()?.ok_or_else(|| missing("a catalog"))?;
        let (token, person, application) = (self.token()?, self.person()?, self.application()?);
        Ok(Columns { catalog_version, token, person, application })
    }

    pub fn person(&mut self) -> Result<Option<Facts>, Error> {
        let (id, epoch, registered) = (self.uuid()?, self.number()?, self.flag()?);
        let (suspension, blocked) = (self.suspension()?, self.flag()?);
        let (account, account_kind, deleted) = (self.uuid()?, self.word(kind)?, self.flag()?);
        let managed_by = self.uuid()?.map(AccountId);
        let (source_enabled, source_license) = (self.maybe()?, self.word(license)?);
        let (held, origin) = (self.word(license)?, self.word(license_origin)?);
        let (waiting, trial_until) = (self.word(license)?, self.time()?);
        let Some(id) = id else { return Ok(None) };
        let account = account.zip(account_kind).map(|(id, kind)| AccountFacts { id: AccountId(id), kind, deleted });
        Ok(Some(Facts {
            user: UserId(id),
            epoch: epoch.ok_or_else(|| missing("an epoch"))?,
            registered,
            suspension,
            blocked,
            account,
            managed_by,
            source: source_enabled.map(|enabled| SourceFacts { enabled, license: source_license }),
            license: held.ok_or_else(|| missing("a license"))?,
            license_origin: origin.ok_or_else(|| missing("a license's origin"))?,
            waiting,
            trial_until,
        }))
    }

    pub fn application(&mut self) -> Result<Option<(ApplicationFacts, Option<AccountId>)>, Error> {
        let (id, owner, stopped) = (self.uuid()?, self.uuid()?.map(AccountId), self.flag()?);
        let (audience, listed) = (self.text()?, self.flag()?);
        let (required_license, feature) = (self.word(license)?, self.text()?);
        let (Some(id), Some(audience)) = (id, audience) else { return Ok(None) };
        let audience = match audience {
            "anyone" => AudienceFacts::Anyone,
            "members" => AudienceFacts::Members(owner),
            "accounts" => AudienceFacts::Accounts { listed },
            other => return Err(Error::corrupt(format!("unknown audience `{other}`"))),
        };
        let required_feature = feature.map(Feature::parse).transpose().map_err(Error::corrupt)?;
        let id = ApplicationId(id);
        Ok(Some((ApplicationFacts { id, stopped, audience, required_license, required_feature }, owner)))
    }
}

/// A token's own columns.
struct Token {
    id: Uuid,
    expires: Option<Timestamp>,
    revoked: Option<Timestamp>,
    application: Option<Uuid>,
    grant: Option<Uuid>,
    extent: Extent,
}

/// The columns of `ask.sql`.
struct Columns {
    catalog_version: i64,
    token: Option<Token>,
    person: Option<Facts>,
    application: Option<(ApplicationFacts, Option<AccountId>)>,
}

impl Columns {
    /// An application's token asks for itself, so the application asked about is the token's.
    fn holder(&self, token: &Token, grant: Option<(Grant, Standing)>) -> Result<Holder, Error> {
        match (token.application, grant, &self.application) {
            (Some(_), None, Some((own, owner))) => {
                Ok(Holder::Application { id: own.id, owner: *owner, stopped: own.stopped })
            }
            (None, Some((grant, standing)), _) => {
                Ok(Holder::Administrator { grant: grant.carried(token.extent), standing })
            }
            _ => Err(missing("a token's holder")),
        }
    }

    fn question(self, grant: Option<(Grant, Standing)>) -> Result<Question, Error> {
        let asker = match &self.token {
            Some(token) => {
                let holder = self.holder(token, grant)?;
                Some(TokenFacts { id: token.id, holder, expires: token.expires, revoked: token.revoked })
            }
            None => None,
        };
        let (application, owner) = self.application.unzip();
        let id = application.as_ref().map(|facts| facts.id);
        let (catalog_version, application_owner) = (self.catalog_version, owner.flatten());
        let asked = self.person.map(|facts| Asked { facts, application, application_owner, catalog_version });
        Ok(Question { asker, asked, application: id })
    }
}

/// A row of `ask.sql`. `None` when the token is an administrator's, whose standing takes the other statement.
pub(super) fn question(row: &dyn Row) -> Result<Option<Question>, Error> {
    let columns = Reader { row, next: 0 }.columns()?;
    let administrators = columns.token.as_ref().is_some_and(|token| token.grant.is_some());
    if administrators { Ok(None) } else { columns.question(None).map(Some) }
}

/// The same, with the columns about the grant behind it.
pub(super) fn administrators_question(row: &dyn Row) -> Result<Question, Error> {
    let mut reader = Reader { row, next: 0 };
    let (columns, grant) = (reader.columns()?, reader.grant()?);
    columns.question(grant)
}

/// The columns of `access_key.sql`.
pub(super) fn key(row: &dyn Row, id: &str, sealer: &Sealer) -> Result<KeyFacts, Error> {
    let mut reader = Reader { row, next: 1 };
    let (expires, revoked, extent) = (reader.time()?, reader.time()?, reader.extent()?);
    let (grant, standing) = reader.grant()?.ok_or_else(|| missing("a key's grant"))?;
    let sealed = row.bytes(0)?.ok_or_else(|| missing("a key's secret"))?;
    let secret = String::from_utf8(sealer.open(key_place(id), sealed)?).map_err(|_| missing("a key's text"))?;
    Ok(KeyFacts { secret, grant: grant.carried(extent), standing, expires, revoked })
}

pub(super) fn missing(what: &str) -> Error {
    Error::corrupt(format!("{what} is missing"))
}
