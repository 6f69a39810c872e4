//! What an administrator may do at the moment of a change (rule 28).

use access::authority::{Extent, Grant};
use access::decision::Facts;
use access::{AccountId, InvitationId, User, UserId};
use jiff::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseBackend, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::{Lock, Session, Write, keys, locked};
use crate::entity::{access_keys, accounts, api_tokens, grants, users};
use crate::write::users::with_addresses;
use crate::{Error, TokenHash, convert};

/// What an administrator presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// An access key, by its id.
    Key(String),
    /// An API token.
    Token(TokenHash),
    /// A browser's session, by its cookie: it carries all of its owner's grants.
    Session(TokenHash),
}

impl Credential {
    /// A token as it is presented.
    pub fn token(text: &str) -> Self {
        Self::Token(TokenHash::of(text))
    }

    /// A session's cookie as it is presented.
    pub fn session(cookie: &str) -> Self {
        Self::Session(TokenHash::of(cookie))
    }
}

/// An administrator as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// The person.
    pub user: User,
    /// What decides whether they may sign in, and so whether they may act (rule 34).
    pub facts: Facts,
    /// What they hold; behind a key or token only the grant it carries, as far as it does.
    pub grants: Vec<Grant>,
}

impl Write {
    /// Locks an administrator and the people they act on in the order of their ids: of an account the members among
    /// these, and whom its accepted invitations go on naming; of the deployment anyone. A verb may lock the people
    /// again, which then waits for nobody. SQLite has nothing to lock.
    pub async fn lock_together(
        &mut self,
        caller: UserId,
        account: Option<AccountId>,
        named: &[Uuid],
    ) -> Result<(), Error> {
        if named.is_empty() || self.transaction.get_database_backend() != DatabaseBackend::Postgres {
            return Ok(());
        }
        let mut people: Vec<UserId> = named.iter().copied().map(UserId).collect();
        if let Some(account) = account {
            let invitations: Vec<InvitationId> = named.iter().copied().map(InvitationId).collect();
            people.extend(self.accepted_aliases(account, &invitations).await?.into_values());
            let members = self.memberships(&people).await?;
            people = members.into_iter().filter(|(_, of)| *of == account).map(|(user, _)| user).collect();
        }
        let (before, rest): (Vec<_>, Vec<_>) = people.into_iter().partition(|user| *user < caller);
        self.users(&before).await?;
        if rest.contains(&caller) {
            self.users(&rest).await?;
        } else {
            // Two requests of one administrator need not wait for each other.
            locked(users::Entity::find_by_id(caller.0), Lock::Share).one(&self.transaction).await?;
            self.users(&rest).await?;
        }
        Ok(())
    }

    /// Reads an administrator's standing, grants and credential, and holds them unchanged until the commit. `None` when
    /// the person is unknown, or the credential was revoked or has expired; of a session, that it ended (rule 23).
    pub async fn administrator(
        &mut self,
        user: UserId,
        credential: Option<&Credential>,
        at: Timestamp,
    ) -> Result<Option<Administrator>, Error> {
        let person = locked(users::Entity::find_by_id(user.0), Lock::Share).all(&self.transaction).await?;
        let Some(person) = with_addresses(&self.transaction, person).await?.pop() else { return Ok(None) };
        if let Some(Credential::Session(cookie)) = credential {
            let session = self.session(cookie).await?;
            let holds = |session: &Session| session.user == user && session.holds(person.epoch, at);
            if !session.as_ref().is_some_and(holds) {
                return Ok(None);
            }
        }
        let held = grants::Entity::find().filter(grants::Column::UserId.eq(user.0)).order_by_asc(grants::Column::Id);
        let held = locked(held, Lock::Share).all(&self.transaction).await?;
        let mut grants = held.iter().map(convert::grant).collect::<Result<Vec<_>, _>>()?;
        if let Some(credential) = credential.filter(|one| !matches!(one, Credential::Session(_))) {
            let Some((carried, extent)) = self.carried_by(credential, at).await? else { return Ok(None) };
            grants.retain(|grant| grant.id.0 == carried);
            grants = grants.into_iter().map(|grant| grant.carried(extent)).collect();
        }
        let facts = self.decision_facts(&person).await?;
        Ok(Some(Administrator { user: person, facts, grants }))
    }

    /// What a person's sign-in rests on besides themselves: their account and who owns their domain. Without locks:
    /// people are locked after accounts, and a change of these is ordered by the person's own row or overlaps this one.
    pub(crate) async fn decision_facts(&mut self, person: &User) -> Result<Facts, Error> {
        let account = match person.membership {
            Some(membership) => accounts::Entity::find_by_id(membership.account.0).one(&self.transaction).await?,
            None => None,
        };
        let account = account.map(convert::account).transpose()?;
        let domain = person.primary.domain();
        let owner = self.domain_owners(std::slice::from_ref(&domain)).await?.remove(&domain);
        Ok(convert::facts(person, account.as_ref(), owner))
    }

    /// The grant a key or token carries and how much of it, while it works. A session carries none by itself.
    async fn carried_by(&mut self, credential: &Credential, at: Timestamp) -> Result<Option<(Uuid, Extent)>, Error> {
        let (grant, issued) = match credential {
            Credential::Session(_) => return Ok(None),
            Credential::Key(id) => {
                let key = locked(access_keys::Entity::find_by_id(id.clone()), Lock::Share);
                let Some(key) = key.one(&self.transaction).await? else { return Ok(None) };
                (Some(key.grant_id), keys::access_key(key)?.issued)
            }
            Credential::Token(hash) => {
                let token = locked(api_tokens::Entity::find_by_id(hash.0.to_vec()), Lock::Share);
                let Some(token) = token.one(&self.transaction).await? else { return Ok(None) };
                (token.grant_id, keys::token(token)?.issued)
            }
        };
        Ok(grant.filter(|_| issued.works(at)).map(|grant| (grant, issued.extent)))
    }
}
