//! The end of sessions by the person whose they are (rule 23). An administrator's is in `log_out.rs`.

use access::authority::{Action, Caller};
use access::{ApplicationId, Refusal, UserId, change};
use futures::FutureExt;
use serde_json::json;
use store::{Lock, Scope, TokenHash, Write};
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::effects::{self, Change};
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, notices, signed_in};

pub(crate) const END: &str = "session.end";
const EVERYWHERE: &str = "user.sign-out-everywhere";

impl Service {
    /// The session behind a cookie ends, and with it what was made in it. Nothing happens when there is none.
    ///
    /// **Permission**: whoever has the cookie.
    pub async fn end_session(&self, cx: &Context, cookie: TokenHash) -> Result<(), Error> {
        let ended = self.run(cx, END, move |w, stage| {
            async move {
                let Some(session) = w.session(&cookie).await? else { return Ok(vec![]) };
                Ok(end(w, stage, session.user, session.id).await?.into_iter().collect())
            }
            .boxed()
        });
        ended.await.map(drop)
    }

    /// One of the caller's own sessions ends.
    ///
    /// **Permission**: oneself.
    pub async fn end_own_session(&self, cx: &Context, id: Uuid) -> Result<(), Error> {
        let Caller::Oneself(user) = cx.caller else {
            return self.refuse(cx, END, Refusal::NotPermitted { action: Action::LogOut }).await;
        };
        let ended = self.run(cx, END, move |w, stage| {
            async move {
                w.user(user).await?;
                signed_in::still(w, stage).await?;
                let ended = end(w, stage, user, id).await?;
                Ok(vec![ended.ok_or_else(|| Refusal::UnknownCredential(id.to_string()))?])
            }
            .boxed()
        });
        single(ended.await)
    }

    /// The scope a person consented to let an application have.
    pub async fn consent(&self, user: UserId, application: ApplicationId) -> Result<Option<String>, Error> {
        Ok(self.store().read(Scope::Oneself(user)).consent(application).await?)
    }

    /// Every session of the caller ends, and everything that was made in any (rule 23).
    ///
    /// **Permission**: oneself.
    pub async fn sign_out_everywhere(&self, cx: &Context) -> Result<(), Error> {
        let Caller::Oneself(user) = cx.caller else {
            return self.refuse(cx, EVERYWHERE, Refusal::NotPermitted { action: Action::LogOut }).await;
        };
        let ended = self.run(cx, EVERYWHERE, move |w, stage| async move { everywhere(w, stage, user).await }.boxed());
        single(ended.await)
    }
}

/// `None` when the person has no such session. They are locked first, as by who enters an application meanwhile, and so
/// that what applications are told of them is in order (rule 24).
pub(crate) async fn end(
    w: &mut Write,
    stage: &Stage,
    user: UserId,
    session: Uuid,
) -> Result<Option<Outcome<()>>, Error> {
    let Some(user) = w.user(user).await? else { return Ok(None) };
    if !w.sessions_of(user.id).await?.iter().any(|held| held.id == session) {
        return Ok(None);
    }
    let notices = notices::one_ended(w, stage, &user, session).await?;
    w.delete_sessions(&[session]).await?;
    let account = user.membership.map(|membership| membership.account);
    let record = stage.noted(END, account, user.id.0, json!({ "session": session }));
    Ok(Some(Outcome { result: Ok(()), audit: vec![record], notices }))
}

async fn everywhere(w: &mut Write, stage: &Stage, user: UserId) -> Result<Vec<Outcome<()>>, Error> {
    let of: Vec<_> = w.memberships(&[user]).await?.into_values().collect();
    let mut accounts = Accounts::lock(w, &of, Lock::Share).await?;
    let Some(before) = w.user(user).await? else { return Err(Refusal::UnknownUser(user.to_string()).into()) };
    signed_in::still(w, stage).await?;
    let change = Change { transition: change::log_out(&before), before: Some(before) };
    let written = effects::write(w, stage, &mut accounts, EVERYWHERE, vec![change]).await?;
    let outcome = |person: effects::Written| Outcome { result: Ok(()), audit: person.audit, notices: person.notices };
    Ok(written.into_iter().map(outcome).collect())
}
