//! Reset PIN: a member gets a new personal PIN, and the former one is nobody's (rule 60).

use access::authority::Action;
use access::{AccountId, change};
use futures::FutureExt;
use store::{Lock, Random, Write};

use crate::changes::{Decided, carry_out};
use crate::run::{Outcome, Scene, Verb};
use crate::targets::{self, only_invited};
use crate::{Context, Error, Outcomes, Service, UserView};

const VERB: Verb = Verb { name: "user.reset-pin", action: Action::ResetPin };

impl Service {
    /// Gives each of these members a new PIN; the answer shows it.
    ///
    /// **Permission**: `ResetPin` over the account.
    pub async fn reset_pin(&self, cx: &Context, account: AccountId, users: Vec<String>) -> Outcomes<UserView> {
        self.in_account_on(cx, VERB, account, Lock::Share, users.clone(), move |w, scene| {
            let users = users.clone();
            async move { apply(w, scene, &users).await }.boxed()
        })
        .await
    }
}

pub(crate) async fn apply(w: &mut Write, scene: &mut Scene, users: &[String]) -> Result<Vec<Outcome<UserView>>, Error> {
    let random = scene.stage.random.clone();
    let decided = targets::resolve(w, scene, users).await?.into_iter().map(|target| {
        target.decide(
            |user| {
                let transition = change::reset_pin(&user, fresh_pin(&random));
                Decided::person(user, Ok(transition))
            },
            |invitation| Decided::invitation(invitation, Err(only_invited()), false),
        )
    });
    let decided = decided.collect();
    carry_out(w, scene, decided).await
}

/// Ten digits, the first of them no zero. If somebody has them already, the database says so and the runner tries
/// again with others.
pub(crate) fn fresh_pin(random: &Random) -> String {
    // 64 bits over nine billion: the bias is one in two billion.
    (1_000_000_000 + u64::from_be_bytes(random.bytes()) % 9_000_000_000).to_string()
}
