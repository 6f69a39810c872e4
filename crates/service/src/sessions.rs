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
use crate::{Context, Error, Service};

const END: &str = "session.end";
const EVERYWHERE: &str = "user.sign-out-everywhere";

impl Service {
    /// The session behind a cookie ends, and with it what was made in it. Nothing happens when there is none.
    ///
    /// **Permission**: whoever has the cookie.
    pub async fn end_session(&self, cx: &Context, cookie: TokenHash) -> Result<(), Error> {
        let ended = self.run(cx, END, move |w, stage| {
            async move {
                let Some(session) = w.session(&cookie).await? else { return Ok(vec![]) };
                Ok(vec![end(w, stage, session.user, session.id).await?])
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
                if !w.sessions_of(user).await?.iter().any(|session| session.id == id) {
                    return Err(Refusal::UnknownCredential(id.to_string()).into());
                }
                Ok(vec![end(w, stage, user, id).await?])
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

async fn end(w: &mut Write, stage: &Stage, user: UserId, session: Uuid) -> Result<Outcome<()>, Error> {
    w.delete_sessions(&[session]).await?;
    let account = w.memberships(&[user]).await?.remove(&user);
    let record = stage.noted(END, account, user.0, json!({ "session": session }));
    Ok(Outcome { result: Ok(()), audit: vec![record], notices: vec![] })
}

async fn everywhere(w: &mut Write, stage: &Stage, user: UserId) -> Result<Vec<Outcome<()>>, Error> {
    let of: Vec<_> = w.memberships(&[user]).await?.into_values().collect();
    let mut accounts = Accounts::lock(w, &of, Lock::Share).await?;
    let Some(before) = w.user(user).await? else { return Err(Refusal::UnknownUser(user.to_string()).into()) };
    let change = Change { transition: change::log_out(&before), before: Some(before) };
    let written = effects::write(w, stage, &mut accounts, EVERYWHERE, vec![change]).await?;
    let outcome = |person: effects::Written| Outcome { result: Ok(()), audit: person.audit, notices: person.notices };
    Ok(written.into_iter().map(outcome).collect())
}
