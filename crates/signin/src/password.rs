//! Signing in with address and password. Who does not exist, has no password or gives a wrong one hears the same, after
//! the same time.

use access::authority::Caller;
use access::{Email, Refusal, User};
use futures::FutureExt;
use service::{Context, single};
use store::{Scope, TokenHash};

use crate::attempt::{Attempt, By, Proved, Step, VERB, Wanted, Went, first_proved};
use crate::sessions::Browser;
use crate::{Error, SignIn};

/// The method's name (RFC 8176).
pub(crate) const METHOD: &str = "pwd";

impl SignIn {
    /// Signs a person in by one of their addresses and their password, as far as that leads.
    ///
    /// [`Refusal::WrongCredentials`] whatever was wrong; [`Refusal::MayNotSignIn`] only for who gave the right password. On a
    /// domain whose account has a directory the directory compares the password.
    pub async fn with_password(
        &self,
        cx: &Context,
        address: &Email,
        password: String,
        wanted: Wanted,
        browser: Browser,
    ) -> Result<Went, Error> {
        if let Some(account) = self.service.directory_for(&address.domain()).await? {
            return self.with_directory_password(cx, (account, address), password, wanted, browser).await;
        }
        let user = self.service.store().read(Scope::Public).user_by_address(address.key()).await?;
        let Some((user, proved)) = self.password_proved(cx, (Some(address), user), password, &browser).await? else {
            return self.service.refuse(cx, VERB, Refusal::WrongCredentials).await;
        };
        self.first_proved(cx, user, proved, wanted, browser).await
    }

    /// The person whom a provider named proves by the password they have that it is them (rule 81); an administrator
    /// whom the account's directory knows confirms that it is to be linked to them (rule 19).
    pub async fn confirm_with_password(
        &self,
        cx: &Context,
        cookie: &str,
        password: String,
        browser: Browser,
    ) -> Result<Went, Error> {
        let cookie = TokenHash::of(cookie);
        let read = self.service.store().read(Scope::Public);
        let state = read.sign_in(&cookie, cx.at).await?.and_then(Attempt::open);
        let (wanted, user, link) = match state.clone() {
            Some(Attempt { wanted, step: Step::Confirm { user, link, .. } }) => (wanted, user, Some(link)),
            Some(Attempt { wanted, step: Step::ConfirmDirectory { user } }) => (wanted, user, None),
            _ => return self.service.refuse(cx, VERB, Refusal::SignInEnded).await,
        };
        let cx = Context { caller: Caller::Oneself(user), ..cx.clone() };
        let user = read.user(user).await?;
        let Some((user, proved)) = self.password_proved(&cx, (None, user), password, &browser).await? else {
            return self.service.refuse(&cx, VERB, Refusal::WrongCredentials).await;
        };
        if link.is_none() {
            return self.directory_confirmed(&cx, cookie).await;
        }
        let proved = Proved { link, ..proved };
        let went = self.service.run(&cx, VERB, move |w, stage| {
            let (user, proved, wanted, browser) = (user.clone(), proved.clone(), wanted.clone(), browser.clone());
            let read = state.clone();
            async move {
                if Some(Attempt::locked(w, &cookie, stage.cx.at).await?) != read {
                    return Err(Refusal::SignInEnded.into());
                }
                w.delete_sign_in(&cookie).await?;
                Ok(vec![first_proved(w, stage, &user, proved, (&wanted, &browser)).await?])
            }
            .boxed()
        });
        single(went.await)
    }

    /// That somebody has this password, or that nobody does, after the same time. Who tries often waits (rule 76).
    async fn password_proved(
        &self,
        cx: &Context,
        (address, user): (Option<&Email>, Option<User>),
        password: String,
        browser: &Browser,
    ) -> Result<Option<(User, Proved)>, Error> {
        let held = self.slow(cx, address, user.as_ref().map(|user| user.id), browser).await?;
        let stored = match &user {
            Some(user) => self.service.store().read(Scope::Public).password(user.id).await?,
            None => None,
        };
        let right = self.service.passwords().verify(password, stored.clone()).await?;
        let (Some(user), Some(stored), true) = (user, stored, right) else { return Ok(None) };
        held.right();
        let by = By::Password(TokenHash::of(&stored).0);
        let proved = Proved { user: user.id, epoch: user.epoch, methods: vec![METHOD.to_owned()], by, link: None };
        Ok(Some((user, proved)))
    }
}
