//! A member's sessions as administrators see them, and the end of one (rules 23, 27 and 91). The end of all is in
//! `log_out.rs`.

use access::authority::Action;
use access::{AccountId, Refusal};
use futures::FutureExt;
use store::{Entry, Lock, Session, Write};
use uuid::Uuid;

use crate::run::{Outcome, Scene, Verb, single};
use crate::targets::{self, Target, only_invited};
use crate::{Context, Error, Service, sessions, show_user};

const VERB: Verb = Verb { name: sessions::END, action: Action::LogOut };

impl Service {
    /// The sessions of a member that hold, the newest first; an open invitation has none.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn user_sessions(&self, cx: &Context, account: AccountId, id: &str) -> Result<Vec<Session>, Error> {
        let (permit, _) = self.viewed(cx, account).await?;
        let read = self.store().read(permit);
        let Entry::User(user) = show_user::entry(&read, id).await? else { return Ok(Vec::new()) };
        let mut held = read.sessions_of(user.id).await?;
        held.retain(|session| session.holds(user.epoch, cx.at));
        Ok(held)
    }

    /// One session of a member ends, and what was made in it.
    ///
    /// **Permission**: `LogOut` over the account.
    pub async fn end_user_session(
        &self,
        cx: &Context,
        account: AccountId,
        user: String,
        session: Uuid,
    ) -> Result<(), Error> {
        let ended = self.in_account_on(cx, VERB, account, Lock::Share, vec![user.clone()], move |w, scene| {
            let user = user.clone();
            async move { Ok(vec![apply(w, scene, user, session).await?]) }.boxed()
        });
        single(ended.await)
    }
}

async fn apply(w: &mut Write, scene: &mut Scene, user: String, session: Uuid) -> Result<Outcome<()>, Error> {
    let refusal = match targets::resolve(w, scene, &[user]).await?.pop() {
        Some(Target::Member(member)) => {
            let ended = sessions::end(w, &scene.stage, member.id, session).await?;
            return ended.ok_or_else(|| Refusal::UnknownCredential(session.to_string()).into());
        }
        Some(Target::Refused { refusal, .. }) => refusal,
        Some(Target::Invited(_) | Target::Again(_)) | None => only_invited(),
    };
    Err(refusal.into())
}
