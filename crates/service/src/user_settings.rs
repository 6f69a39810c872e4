//! User settings: what people may do on the telephone, kept and shown (rule 59).

use access::authority::Action;
use access::{AccountId, UserSettings, change};
use futures::FutureExt;
use store::{Lock, Write};

use crate::changes::{Decided, carry_out};
use crate::run::{Outcome, Scene, Verb};
use crate::targets::{self, only_invited};
use crate::{Context, Error, Outcomes, Service, UserView};

const VERB: Verb = Verb { name: "user.set", action: Action::UpdateUserSettings };

impl Service {
    /// Sets them for each of these members.
    ///
    /// **Permission**: `UpdateUserSettings` over the account.
    pub async fn update_user_settings(
        &self,
        cx: &Context,
        account: AccountId,
        users: Vec<String>,
        settings: UserSettings,
    ) -> Outcomes<UserView> {
        self.in_account_on(cx, VERB, account, Lock::Share, users.clone(), move |w, scene| {
            let users = users.clone();
            async move { apply(w, scene, &users, settings).await }.boxed()
        })
        .await
    }
}

pub(crate) async fn apply(
    w: &mut Write,
    scene: &mut Scene,
    users: &[String],
    settings: UserSettings,
) -> Result<Vec<Outcome<UserView>>, Error> {
    let decided = targets::resolve(w, scene, users).await?.into_iter().map(|target| {
        target.decide(
            |user| {
                let transition = change::update_user_settings(&user, settings);
                Decided::person(user, Ok(transition))
            },
            |invitation| Decided::invitation(invitation, Err(only_invited()), false),
        )
    });
    let decided = decided.collect();
    carry_out(w, scene, decided).await
}
