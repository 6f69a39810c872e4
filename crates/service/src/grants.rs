//! Who may administer: giving, changing, taking and listing grants (rule 28).

use access::authority::{Action, Caller, Grant, Over, Permit, Role, may_change_role, permit};
use access::{Email, GrantId, Refusal, User, UserId};
use store::{Lock, Scope, Write};

use crate::authority::authority;
use crate::facts::Facts;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh, providers};

/// A grant with the person who holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantView {
    /// The grant.
    pub grant: Grant,
    /// Who holds it. Personal.
    pub user: User,
}

impl Service {
    /// Gives a role over the deployment or an account to a person, named by id or address. An account's administrators
    /// give roles to members only: whom else an address belongs to is none of their business.
    pub async fn create_grant(&self, cx: &Context, person: &str, over: Over, role: Role) -> Result<Grant, Error> {
        const VERB: &str = "grant.create";
        let person = person.to_owned();
        let created = self.run(cx, VERB, move |w, stage| {
            let person = person.clone();
            Box::pin(async move {
                permit(&stage.cx.caller, Action::ManageGrants, over)?;
                w.lock_reach(over).await?;
                if let Over::Account(id) = over {
                    let found = w.account(id, Lock::Share).await?.filter(|account| account.deleted.is_none());
                    found.ok_or_else(|| Refusal::UnknownAccount(id.to_string()))?;
                }
                let user = named(w, &person).await?;
                if let (Caller::Administrator { user: caller, .. }, Some(user)) = (&stage.cx.caller, user) {
                    w.lock_together(*caller, None, &[user.0]).await?;
                }
                let permit = authority(w, stage, Action::ManageGrants, over).await?.permit;
                let found = w.users(user.as_slice()).await?.pop().filter(|user| within(user, over, permit));
                let holder = found.ok_or_else(|| Refusal::UnknownUser(person.clone()))?;
                let user = holder.id;
                let there = w.grants_over(over).await?;
                if there.iter().any(|grant| grant.user == user) {
                    let why = "this person holds a role here already; change or revoke it".to_owned();
                    return Err(Refusal::Invalid { member: "user", why }.into());
                }
                may_change_role(&stage.cx.caller, permit, user, None, Some(role), full_access(&there))?;
                let grant = Grant { id: GrantId(fresh::id(&stage.random, stage.cx.at)), user, over, role };
                w.insert_grant(&grant, stage.cx.at).await?;
                let (mut audit, notices) = providers::distrust(w, stage, &holder).await?;
                audit.push(stage.changed(VERB, account(over), grant.id.0, &Facts::none(), &Facts::of(&grant)));
                Ok(vec![Outcome { result: Ok(grant), audit, notices }])
            })
        });
        single(created.await)
    }

    /// Gives another role in the place of a grant's. Its keys and tokens carry no more than the new one from now on.
    pub async fn change_grant(&self, cx: &Context, id: GrantId, role: Role) -> Result<Grant, Error> {
        const VERB: &str = "grant.change";
        let changed = self.run(cx, VERB, move |w, stage| {
            Box::pin(async move {
                let before = changeable(w, stage, id, Some(role)).await?;
                let after = Grant { role, ..before };
                let mut audit = Vec::new();
                if after != before {
                    w.save_role(id, role).await?;
                    let facts = (Facts::of(&before), Facts::of(&after));
                    audit.push(stage.changed(VERB, account(after.over), id.0, &facts.0, &facts.1));
                }
                Ok(vec![Outcome { result: Ok(after), audit, notices: vec![] }])
            })
        });
        single(changed.await)
    }

    /// Takes a grant away; its access keys and tokens go with it.
    pub async fn revoke_grant(&self, cx: &Context, id: GrantId) -> Result<(), Error> {
        const VERB: &str = "grant.revoke";
        let revoked = self.run(cx, VERB, move |w, stage| {
            Box::pin(async move {
                let grant = changeable(w, stage, id, None).await?;
                let held = w.held(&[grant]).await?;
                w.delete_grants(&[id]).await?;
                let gone = |id, facts: &Facts| stage.changed(VERB, account(grant.over), id, facts, &Facts::none());
                let mut audit = Vec::new();
                for held in &held {
                    audit.extend(held.tokens.iter().map(|token| gone(token.id, &Facts::of_token(token))));
                    audit.push(gone(id.0, &Facts::of_grant(held)));
                }
                Ok(vec![Outcome { result: Ok(()), audit, notices: vec![] }])
            })
        });
        single(revoked.await)
    }

    /// The grants over the deployment or an account, oldest first.
    pub async fn list_grants(&self, cx: &Context, over: Over) -> Result<Vec<GrantView>, Error> {
        let read = self.permitted(cx, Action::ManageGrants, over)?;
        let mut views = Vec::new();
        // Who holds a grant here need not be a member.
        let people = self.store().read(Scope::Public);
        for grant in read.grants().await? {
            if let Some(user) = people.user(grant.user).await? {
                views.push(GrantView { grant, user });
            }
        }
        Ok(views)
    }
}

/// The account a grant is over.
pub(crate) fn account(over: Over) -> Option<access::AccountId> {
    match over {
        Over::Deployment => None,
        Over::Account(account) => Some(account),
    }
}

/// A grant whose reach the caller may manage; others look unknown.
pub(crate) async fn within_reach(w: &mut Write, stage: &Stage, id: GrantId) -> Result<Grant, Error> {
    let grant = w.grant(id).await?.ok_or_else(|| unknown(id))?;
    match permit(&stage.cx.caller, Action::ManageGrants, grant.over) {
        Ok(_) => Ok(grant),
        Err(_) => Err(unknown(id).into()),
    }
}

fn unknown(id: GrantId) -> Refusal {
    Refusal::UnknownCredential(id.to_string())
}

fn full_access(grants: &[Grant]) -> u64 {
    grants.iter().filter(|grant| grant.role == Role::FullAccess).count() as u64
}

/// A grant that the caller may turn into another role, or take (`None`), locked with all over the same.
async fn changeable(w: &mut Write, stage: &Stage, id: GrantId, after: Option<Role>) -> Result<Grant, Error> {
    let over = within_reach(w, stage, id).await?.over;
    w.lock_reach(over).await?;
    let permit = authority(w, stage, Action::ManageGrants, over).await?.permit;
    let there = w.grants_over(over).await?;
    // Somebody may have taken it while its row was waited for.
    let grant = *there.iter().find(|held| held.id == id).ok_or_else(|| unknown(id))?;
    may_change_role(&stage.cx.caller, permit, grant.user, Some(grant.role), after, full_access(&there))?;
    Ok(grant)
}

/// Whom an id or an address names, without a lock.
async fn named(w: &mut Write, person: &str) -> Result<Option<UserId>, Error> {
    Ok(match (person.parse::<UserId>(), Email::parse(person)) {
        (Ok(id), _) => Some(id),
        (_, Ok(address)) => w.address_owners(&[address.key().to_owned()]).await?.into_values().next(),
        _ => None,
    })
}

/// Whom a caller may give a role over this.
fn within(user: &User, over: Over, permit: Permit) -> bool {
    permit.is_operator() || matches!(over, Over::Account(account) if user.is_member_of(account))
}
