//! Signing in with address and password. Who does not exist, has no password or gives a wrong one hears the same, after
//! the same time.

use access::authority::Caller;
use access::{Email, Refusal};
use futures::FutureExt;
use service::{Context, Outcome, join_by_sign_in, single};
use store::Scope;

use crate::sessions::{Began, Browser, begin};
use crate::{Error, SignIn};

const VERB: &str = "user.sign-in";
/// The method's name (RFC 8176).
const METHOD: &str = "pwd";

impl SignIn {
    /// Signs a person in by one of their addresses and their password.
    ///
    /// [`Refusal::WrongCredentials`] whatever was wrong; [`Refusal::MayNotSignIn`] only for who gave the right password.
    pub async fn with_password(
        &self,
        cx: &Context,
        address: &Email,
        password: String,
        browser: Browser,
    ) -> Result<Began, Error> {
        let read = self.service.store().read(Scope::Public);
        let user = read.user_by_address(address.key()).await?;
        let stored = match &user {
            Some(user) => read.password(user.id).await?,
            None => None,
        };
        let right = self.service.passwords().verify(password, stored.clone()).await?;
        let (Some(user), Some(stored), true) = (user, stored, right) else {
            return self.service.refuse(cx, VERB, Refusal::WrongCredentials).await;
        };
        let cx = Context { caller: Caller::Oneself(user.id), ..cx.clone() };
        let signed_in = self.service.run(&cx, VERB, move |w, stage| {
            let (user, stored, browser) = (user.clone(), stored.clone(), browser.clone());
            async move {
                let (mut audit, notices) = join_by_sign_in(w, stage, &user).await?;
                let standing = w.standing(user.id).await?;
                // A password that was changed since it was compared proves nothing.
                let unchanged = w.password(user.id).await?.as_ref() == Some(&stored);
                let Some((user, facts)) = standing.filter(|_| unchanged) else {
                    return Err(Refusal::WrongCredentials.into());
                };
                let (result, record) = match begin(w, stage, (&user, &facts), METHOD, &browser).await? {
                    Ok((began, record)) => (Ok(began), record),
                    Err(refusal) => {
                        let account = user.membership.map(|membership| membership.account);
                        let record = stage.refused(VERB, account, Some(user.id.0), &refusal);
                        (Err(refusal), record)
                    }
                };
                audit.push(record);
                Ok(vec![Outcome { result, audit, notices }])
            }
            .boxed()
        });
        single(signed_in.await)
    }
}
