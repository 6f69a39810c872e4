//! Purge: what is left of an account 90 days after its deletion goes for good (rules 8, 44 and 61).

use access::authority::{Action, Caller, Over};
use access::{AccountId, Application, Audience, Refusal};
use futures::FutureExt;
use store::{Lock, Record, Remains, Write};

use crate::facts::Facts;
use crate::run::{Outcome, Stage, Verb, single};
use crate::{Context, Error, Progress, Service, directory};

const VERB: Verb = Verb { name: "account.purge", action: Action::DeleteAccount };

/// At most so many accounts in one piece.
const MOST: u64 = 20;

impl Service {
    /// Deletes for good what is left of some accounts that nobody can restore any more, each in a transaction of its
    /// own. Doing it again does no harm.
    ///
    /// **Permission**: Carillon itself, by its schedule.
    pub async fn purge_deleted_accounts(&self, cx: &Context) -> Result<Progress, Error> {
        if cx.caller != Caller::System {
            return self.refuse(cx, VERB.name, Refusal::NotPermitted { action: VERB.action }).await;
        }
        let read = self.permitted(cx, VERB.action, Over::Deployment)?;
        let gone = read.gone_accounts(cx.at, MOST).await?;
        for account in &gone {
            let account = *account;
            let purged = self
                .run(cx, VERB.name, move |w, stage| async move { Ok(vec![apply(w, stage, account).await?]) }.boxed());
            single(purged.await)?;
        }
        Ok(Progress::after(gone.len() as u64, MOST))
    }
}

/// Deletes it, if it is still there: another node may have been faster.
async fn apply(w: &mut Write, stage: &Stage, id: AccountId) -> Result<Outcome<()>, Error> {
    let remains = w.remains_of(id).await?;
    let Some(account) = w.account(id, Lock::Exclusive).await?.filter(|account| account.is_gone(stage.cx.at)) else {
        return Ok(Outcome { result: Ok(()), audit: vec![], notices: vec![] });
    };
    let mut facts = Facts::of_account(&account).and(&Facts::of_seats(&w.seats(id).await?)).and(&Facts::of_domain(None));
    for claimed in w.domains_of(id).await? {
        facts = facts.and(&Facts::of_domain(Some(&claimed)));
    }
    let directory = w.directory(id).await?;
    facts = facts.and(&directory::facts(directory.as_ref()));
    w.delete_account(id).await?;
    let mut audit = records(stage, id, &remains);
    audit.push(gone(stage, id, id.0, &facts));
    Ok(Outcome { result: Ok(()), audit, notices: vec![] })
}

/// What the trail keeps of everything that went with an account.
fn records(stage: &Stage, id: AccountId, remains: &Remains) -> Vec<Record> {
    let mut audit = Vec::new();
    for application in &remains.listed_by {
        let (facts, then) = (Facts::of(application), Facts::of(&without(application, id)));
        audit.push(stage.changed(VERB.name, application.owner, application.id.0, &facts, &then));
    }
    audit.extend(remains.tokens.iter().map(|token| gone(stage, id, token.id, &Facts::of_token(token))));
    audit.extend(remains.applications.iter().map(|one| gone(stage, id, one.id.0, &Facts::of(one))));
    audit.extend(remains.invitations.iter().map(|one| gone(stage, id, one.id.0, &Facts::of_invitation(one))));
    for held in &remains.grants {
        audit.extend(held.tokens.iter().map(|token| gone(stage, id, token.id, &Facts::of_token(token))));
        audit.push(gone(stage, id, held.grant.id.0, &Facts::of_grant(held)));
    }
    audit
}

fn gone(stage: &Stage, account: AccountId, subject: uuid::Uuid, facts: &Facts) -> Record {
    stage.changed(VERB.name, Some(account), subject, facts, &Facts::none())
}

/// An application whose audience listed the account.
fn without(application: &Application, account: AccountId) -> Application {
    let audience = match &application.audience {
        Audience::Accounts(listed) => {
            Audience::Accounts(listed.iter().copied().filter(|one| *one != account).collect())
        }
        other => other.clone(),
    };
    Application { audience, ..application.clone() }
}
