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
            let name = name.clone();
            async move { Ok(vec![apply(w, stage, &name).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, stage: &Stage, name: &str) -> Result<Outcome<Account>, Error> {
    authority(w, stage, VERB.action, Over::Deployment).await?;
    let id = AccountId(fresh::id(&stage.random, stage.cx.at));
    let account = change::create_account(id, name, stage.cx.at)?;
    w.insert_accounts(std::slice::from_ref(&account)).await?;
    let record = stage.changed(VERB.name, Some(id), id.0, &Facts::none(), &Facts::of_account(&account));
    Ok(Outcome { result: Ok(account), audit: vec![record], notices: vec![] })
}
