//! Account settings and delegate groups: kept and shown (rule 59).

use access::authority::Action;
use access::change::{self, AccountSettingsChange};
use access::{Account, AccountId, Refusal};
use futures::FutureExt;
use store::{Lock, Write};

use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, update_account};

const SET: Verb = Verb { name: "account.set", action: Action::UpdateAccount };
const ADD: Verb = Verb { name: "account.add-delegate-groups", action: Action::UpdateAccount };
const TAKE: Verb = Verb { name: "account.remove-delegate-groups", action: Action::UpdateAccount };

impl Service {
    /// Changes the settings of an account; the account as it is now.
    ///
    /// **Permission**: `UpdateAccount` over the account.
    pub async fn update_account_settings(
        &self,
        cx: &Context,
        account: AccountId,
        wanted: AccountSettingsChange,
    ) -> Result<Account, Error> {
        self.set(cx, SET, account, move |before| change::update_account_settings(before, wanted)).await
    }

    /// Adds delegate groups; one that is there already stays once.
    ///
    /// **Permission**: `UpdateAccount` over the account.
    pub async fn add_delegate_groups(
        &self,
        cx: &Context,
        account: AccountId,
        groups: Vec<String>,
    ) -> Result<Account, Error> {
        self.set(cx, ADD, account, move |before| change::add_delegate_groups(before, &groups)).await
    }

    /// Takes delegate groups away; one that is not there is gone already.
    ///
    /// **Permission**: `UpdateAccount` over the account.
    pub async fn remove_delegate_groups(
        &self,
        cx: &Context,
        account: AccountId,
        groups: Vec<String>,
    ) -> Result<Account, Error> {
        self.set(cx, TAKE, account, move |before| change::remove_delegate_groups(before, &groups)).await
    }

    async fn set<F>(&self, cx: &Context, verb: Verb, account: AccountId, rule: F) -> Result<Account, Error>
    where
        F: Fn(&Account) -> Result<Account, Refusal> + Clone + Send + Sync + 'static,
    {
        let outcomes = self.in_account(cx, verb, account, Lock::Exclusive, move |w, scene| {
            let rule = rule.clone();
            async move { Ok(vec![apply(w, scene, &rule).await?]) }.boxed()
        });
        single(outcomes.await)
    }
}

async fn apply(
    w: &mut Write,
    scene: &Scene,
    rule: &(impl Fn(&Account) -> Result<Account, Refusal> + Sync),
) -> Result<Outcome<Account>, Error> {
    let after = rule(update_account::found(scene)?)?;
    update_account::write(w, scene, after).await
}
