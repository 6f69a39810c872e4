//! Whether who changes something of their own is signed in still (rules 22 and 23).

use access::decision::may_sign_in;
use access::{Refusal, User, UserId};
use store::{Credential, Session, TokenHash, Write};

use crate::{Error, Stage};

/// The person behind a session's cookie, as they are now and locked, and the session: whatever ended it since the request
/// came in ends the change too. Accounts are locked before. [`Refusal::SignInAgain`] when it holds no more.
pub async fn signed_in(w: &mut Write, stage: &Stage, cookie: &TokenHash, id: UserId) -> Result<(User, Session), Error> {
    w.user(id).await?;
    let session = w.session(cookie).await?.filter(|session| session.user == id && stage.cx.at < session.expires);
    let (Some((user, facts)), Some(session)) = (w.standing(id).await?, session) else {
        return Err(Refusal::SignInAgain.into());
    };
    if session.epoch != facts.epoch || !may_sign_in(&facts, stage.cx.at) {
        return Err(Refusal::SignInAgain.into());
    }
    Ok((user, session))
}

/// The same of whoever acts by a session; of others nothing is asked.
pub(crate) async fn still(w: &mut Write, stage: &Stage) -> Result<(), Error> {
    let (Some(Credential::Session(cookie)), Some(id)) = (&stage.cx.credential, stage.cx.person()) else {
        return Ok(());
    };
    signed_in(w, stage, cookie, id).await.map(drop)
}
