//! Create account: a Team (rule 3).

use access::authority::{Action, Over};
use access::{Account, AccountId, change};
use futures::FutureExt;
use store::Write;

use crate::authority::authority;
use crate::facts::Facts;
use crate::run::{Outcome, Stage, Verb, single};
use crate::{Context, Error, Service, fresh};

const VERB: Verb = Verb { name: "account.create", action: Action::CreateAccount };

impl Service {
    /// Makes a Team of this name.
    ///
    /// **Permission**: `CreateAccount` over the deployment.
    pub async fn create_account(&self, cx: &Context, name: String) -> Result<Account, Error> {
        let outcomes = self.run(cx, VERB.name, move |w, stage| {
            let names = [name.clone()];
            async move { apply(w, stage, &names).await }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, stage: &Stage, names: &[String]) -> Result<Vec<Outcome<Account>>, Error> {
    authority(w, stage, VERB.action, Over::Deployment).await?;
    let decided = names.iter().map(|name| {
        let id = AccountId(fresh::id(&stage.random, stage.cx.at));
        change::create_account(id, name, stage.cx.at)
    });
    let decided: Vec<_> = decided.collect();
    let made: Vec<Account> = decided.iter().flatten().cloned().collect();
    w.insert_accounts(&made).await?;
    let outcomes = decided.into_iter().map(|decided| {
        let record = match &decided {
            Ok(made) => stage.changed(VERB.name, Some(made.id), made.id.0, &Facts::none(), &Facts::of_account(made)),
            Err(refusal) => stage.refused(VERB.name, None, None, refusal),
        };
        Outcome { result: decided, audit: vec![record], notices: vec![] }
    });
    Ok(outcomes.collect())
}
