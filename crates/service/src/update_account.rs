//! Update account: its name, its default license, its trials, what its members prove (rules 9, 10 and 80).

use access::authority::Action;
use access::change::{self, AccountChange};
use access::{Account, AccountId, BaseLicense};
use futures::FutureExt;
use store::{Lock, Write};

use crate::facts::Facts;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service};

const VERB: Verb = Verb { name: "account.update", action: Action::UpdateAccount };

/// What to change; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountUpdate {
    /// A new name.
    pub name: Option<String>,
    /// What members get from now on when they join.
    pub default_license: Option<BaseLicense>,
    /// Whether who registers from now on gets a trial.
    pub trials: Option<bool>,
    /// Whether members prove two factors when they sign in from now on (rule 80).
    pub second_factor: Option<bool>,
}

impl Service {
    /// Changes an account. Members keep what they have.
    ///
    /// **Permission**: `UpdateAccount` over the account.
    pub async fn update_account(
        &self,
        cx: &Context,
        account: AccountId,
        update: AccountUpdate,
    ) -> Result<Account, Error> {
        let outcomes = self.in_account(cx, VERB, account, Lock::Exclusive, move |w, scene| {
            let update = update.clone();
            async move { Ok(vec![apply(w, scene, &update).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &Scene, update: &AccountUpdate) -> Result<Outcome<Account>, Error> {
    let before = found(scene)?;
    let AccountUpdate { name, default_license, trials, second_factor } = update;
    let change = AccountChange {
        name: name.as_deref(),
        default_license: *default_license,
        trials: *trials,
        second_factor: *second_factor,
    };
    let after = change::update_account(before, change)?;
    write(w, scene, after).await
}

/// The account, if it is still as the request's tag says.
pub(crate) fn found(scene: &Scene) -> Result<&Account, Error> {
    let account = scene.account()?;
    scene.stage.cx.terms.found(account)?;
    Ok(account)
}

/// Writes an account after a change of its own facts.
pub(crate) async fn write(w: &mut Write, scene: &Scene, after: Account) -> Result<Outcome<Account>, Error> {
    let (facts, then) = (Facts::of_account(scene.account()?), Facts::of_account(&after));
    w.save_accounts(std::slice::from_ref(&after)).await?;
    let record = scene.stage.changed(scene.verb.name, Some(scene.id), scene.id.0, &facts, &then);
    Ok(Outcome { result: Ok(after), audit: vec![record], notices: vec![] })
}
