//! A person's own name, personal PIN, and whether colleagues find them (rules 20, 27 and 60).

use access::change::{self, Transition};
use access::user::usable_name;
use access::{Refusal, User};
use futures::FutureExt;

use super::{Locked, oneself};
use crate::effects::{self, Change};
use crate::reset_pin::fresh_pin;
use crate::run::{Outcome, single};
use crate::{Context, Error, Service};

impl Service {
    /// Another name. [`Refusal::Invalid`] for one that cannot be kept.
    ///
    /// **Permission**: oneself.
    pub async fn rename_oneself(&self, cx: &Context, name: &str) -> Result<User, Error> {
        const VERB: &str = "user.rename";
        let name = match usable_name(name) {
            Ok(name) => name,
            Err(refusal) => return self.refuse(cx, VERB, refusal).await,
        };
        self.change_oneself(cx, VERB, move |user, _| {
            let user = User { display_name: Some(name.clone()), ..user.clone() };
            Ok(Transition { user, effects: Vec::new() })
        })
        .await
    }

    /// Colleagues find the caller, or do not (rule 20).
    ///
    /// **Permission**: oneself.
    pub async fn set_private(&self, cx: &Context, private: bool) -> Result<User, Error> {
        self.change_oneself(cx, "user.set-private", move |user, _| Ok(change::set_private(user, private))).await
    }

    /// A member gets a new PIN; the former one is nobody's (rule 60).
    ///
    /// **Permission**: oneself.
    pub async fn reset_own_pin(&self, cx: &Context) -> Result<User, Error> {
        self.change_oneself(cx, "user.reset-pin", |user, pin| match user.membership {
            Some(_) => Ok(change::reset_pin(user, pin)),
            None => Err(Refusal::NotAMember),
        })
        .await
    }

    /// A change of the caller alone. The rule is given a PIN that probably nobody has, for who needs one.
    async fn change_oneself<R>(&self, cx: &Context, verb: &'static str, rule: R) -> Result<User, Error>
    where
        R: Fn(&User, String) -> Result<Transition, Refusal> + Send + Sync + 'static,
    {
        let id = oneself(cx)?;
        let rule = std::sync::Arc::new(rule);
        let changed = self.run(cx, verb, move |w, stage| {
            let rule = rule.clone();
            async move {
                let mut locked = Locked::of(w, stage, id).await?;
                let transition = rule(&locked.user, fresh_pin(&stage.random))?;
                let change = Change { before: Some(locked.user), transition };
                let written = effects::write(w, stage, &mut locked.accounts, verb, vec![change]).await?;
                let outcome = |done: effects::Written| Outcome {
                    result: Ok(done.user),
                    audit: done.audit,
                    notices: done.notices,
                };
                Ok(written.into_iter().map(outcome).collect())
            }
            .boxed()
        });
        single(changed.await)
    }
}
