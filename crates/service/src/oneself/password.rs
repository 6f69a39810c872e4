//! Another password, for who knows the former one (rule 73).

use access::{Refusal, User};
use futures::FutureExt;
use store::{Scope, Write};
use uuid::Uuid;

use super::forgotten::set;
use super::{Locked, oneself};
use crate::run::single;
use crate::{Context, Error, Service, password};

const VERB: &str = "password.change";

impl Service {
    /// Whether the caller has a password here.
    pub async fn has_password(&self, cx: &Context) -> Result<bool, Error> {
        let user = oneself(cx)?;
        Ok(self.store().read(Scope::Public).password(user).await?.is_some())
    }

    /// Another password in the place of the former one, which is asked for. Every session ends but `kept`, the one in which
    /// it is done; the person is told by mail.
    ///
    /// **Permission**: oneself.
    pub async fn change_password(
        &self,
        cx: &Context,
        former: String,
        new: String,
        kept: Option<Uuid>,
    ) -> Result<(), Error> {
        let id = oneself(cx)?;
        let read = self.store().read(Scope::Public);
        let stored = read.password(id).await?;
        let user = read.user(id).await?;
        let right = self.passwords().verify(former, stored.clone()).await?;
        let (Some(user), Some(stored), true) = (user, stored, right) else {
            return self.refuse(cx, VERB, Refusal::WrongCredentials).await;
        };
        let name = user.display_name.as_deref().unwrap_or_default();
        if let Err(refusal) = password::check(&new, &user.primary, name) {
            return self.refuse(cx, VERB, refusal).await;
        }
        let hash = self.passwords().hash(new, self.random().bytes()).await?;
        let changed = self.run(cx, VERB, move |w, stage| {
            let (stored, hash) = (stored.clone(), hash.clone());
            async move {
                let locked = Locked::of(w, stage, id).await?;
                // One that was changed since it was compared proves nothing.
                if w.password(id).await?.as_ref() != Some(&stored) {
                    return Err(Refusal::WrongCredentials.into());
                }
                let (user, outcome) = set(w, stage, locked, VERB, &hash).await?;
                keep(w, kept, &user).await?;
                Ok(vec![outcome])
            }
            .boxed()
        });
        single(changed.await)
    }
}

/// The session in which a person changed something goes on, in the generation that the change began (rule 23): the
/// one that they are signed in by still.
pub(super) async fn keep(w: &mut Write, session: Option<Uuid>, user: &User) -> Result<(), Error> {
    match session {
        Some(session) => Ok(w.keep_session(session, user.id, user.epoch).await?),
        None => Ok(()),
    }
}
