//! Reading as far as a caller may look, and refusing before a transaction begins.

use access::authority::{Action, Caller, Over, permit};
use access::{Account, AccountId, Refusal};
use futures::FutureExt;
use store::Read;

use crate::{Context, Error, Service};

impl Service {
    /// A read with the reach the caller was permitted.
    pub(crate) fn permitted(&self, cx: &Context, action: Action, over: Over) -> Result<Read, Error> {
        Ok(self.store().read(permit(&cx.caller, action, over)?))
    }

    /// An account by a read that reaches it. One that was deleted long ago is as unknown as one that never was (rule
    /// 44).
    pub(crate) async fn present(&self, cx: &Context, read: &Read, id: AccountId) -> Result<Account, Error> {
        let found = read.account(id).await?.filter(|account| !account.is_gone(cx.at));
        found.ok_or_else(|| Refusal::UnknownAccount(id.to_string()).into())
    }

    /// A read for each reach in which the caller may do this: where things are named without saying whose they are.
    pub(crate) fn reaches(&self, cx: &Context, action: Action) -> Vec<Read> {
        let reaches = match &cx.caller {
            Caller::Administrator { grants, .. } => grants.iter().map(|grant| grant.over).collect(),
            _ => vec![Over::Deployment],
        };
        reaches.into_iter().filter_map(|over| self.permitted(cx, action, over).ok()).collect()
    }

    /// Refuses a change that does not come to its transaction; the trail keeps it all the same (rule 24).
    pub async fn refuse<T: Send + 'static>(
        &self,
        cx: &Context,
        verb: &'static str,
        refusal: Refusal,
    ) -> Result<T, Error> {
        self.refuse_in(cx, verb, None, refusal).await
    }

    /// The same; an account's own trail keeps it.
    pub(crate) async fn refuse_in<T: Send + 'static>(
        &self,
        cx: &Context,
        verb: &'static str,
        account: Option<AccountId>,
        refusal: Refusal,
    ) -> Result<T, Error> {
        let refused = self.run_for(cx, verb, account, move |_, _| {
            let refusal = refusal.clone();
            async move { Err(Error::Refused(refusal)) }.boxed()
        });
        crate::run::single(refused.await)
    }
}
