//! Signing in with the password that an account's directory compares. The directory says whose password it is, and no
//! more: whether they may sign in is decided here, as always.
//!
//! Wrong passwords count there too, and a directory may lock who had too many: so only a few of what strangers try ever
//! reach it (rule 89).

use std::time::Duration;

use access::directory::EntryId;
use access::{AccountId, Email, Refusal, User, UserId};
use futures::FutureExt;
use service::Context;
use service::directory::reach::{Compared, Whom};
use store::{Scope, TokenHash};

use crate::attempt::{Attempt, By, Proved, Step, VERB, Wanted, Went};
use crate::password::METHOD;
use crate::sessions::Browser;
use crate::{Error, SignIn};

/// No refusal comes sooner: it is not told by the time whether somebody exists there.
const NO_SOONER: Duration = Duration::from_millis(500);

impl SignIn {
    /// Signs a person in by one of their addresses, or the name they sign in with there, and the directory's password.
    ///
    /// [`Refusal::WrongCredentials`] whatever was wrong; [`Refusal::DirectorySays`] and [`Refusal::MayNotSignIn`] only for
    /// who gave the right password. [`Error::Unavailable`] when the directory does not answer.
    pub(crate) async fn with_directory_password(
        &self,
        cx: &Context,
        (account, address): (AccountId, &Email),
        password: String,
        wanted: Wanted,
        browser: Browser,
    ) -> Result<Went, Error> {
        let answer = tokio::time::sleep(NO_SOONER);
        let read = self.service.store().read(Scope::Public);
        let user = read.user_by_address(address.key()).await?;
        let held = self.slow(cx, Some(address), user.as_ref().map(|user| user.id), &browser).await?;
        let refusal = match self.compared(cx, (account, address), user.as_ref(), &password, &browser).await? {
            Compared::Right(entry) => {
                held.right();
                return self.known_there(cx, (account, entry), user, wanted, browser).await;
            }
            // Who is locked there may have been locked by strangers, with no password of theirs.
            Compared::Wrong | Compared::Unknown | Compared::NotNow("account-locked") => Refusal::WrongCredentials,
            Compared::NotNow(why) => {
                held.right();
                Refusal::DirectorySays(why)
            }
        };
        answer.await;
        self.service.refuse(cx, VERB, refusal).await
    }

    /// What the directory says, if it is asked.
    async fn compared(
        &self,
        cx: &Context,
        (account, address): (AccountId, &Email),
        user: Option<&User>,
        password: &str,
        browser: &Browser,
    ) -> Result<Compared, Error> {
        let known = match user {
            Some(user) => self.service.entry_in_directory(account, user.id).await?,
            None => None,
        };
        // Whatever name they were called by: what is counted is whom it is.
        let found = match known {
            Some(entry) => Some(entry),
            None => self.service.find_in_directory(account, address.as_typed()).await?,
        };
        let Some(entry) = found else { return Ok(Compared::Unknown) };
        let Some(reaching) = self.throttle.reaches((account, entry), self.mark(cx, user, browser), cx.at) else {
            tracing::info!(%account, "a directory is not asked: too many wrong passwords for one person");
            return Ok(Compared::Wrong);
        };
        let compared = self.service.compare_with_directory(account, &Whom::Entry(entry), password).await?;
        if matches!(compared, Compared::Right(_)) {
            reaching.right();
        }
        Ok(compared)
    }

    /// Somebody whose password was right, by the entry it is the password of.
    async fn known_there(
        &self,
        cx: &Context,
        (account, entry): (AccountId, EntryId),
        by_address: Option<User>,
        wanted: Wanted,
        browser: Browser,
    ) -> Result<Went, Error> {
        let linked = match self.service.person_in_directory(account, entry).await? {
            Some(id) => self.service.store().read(Scope::Public).user(id).await?,
            None => None,
        };
        let Some(user) = linked else {
            return self.unlinked(cx, by_address, wanted).await;
        };
        let by = By::Directory { account, entry };
        let proved = Proved { user: user.id, epoch: user.epoch, methods: vec![METHOD.to_owned()], by, link: None };
        self.first_proved(cx, user, proved, wanted, browser).await
    }

    /// Somebody whom the directory knows and who is not linked to it: an administrator confirms that with the password
    /// they have here (rule 19); of everybody else the directory has not said yet that they may sign in.
    async fn unlinked(&self, cx: &Context, user: Option<User>, wanted: Wanted) -> Result<Went, Error> {
        let read = self.service.store().read(Scope::Public);
        let confirms = match user {
            Some(user) if self.service.store().read(Scope::Oneself(user.id)).administers().await? => {
                read.password(user.id).await?.map(|_| user.id)
            }
            _ => None,
        };
        let Some(user) = confirms else { return self.service.refuse(cx, VERB, Refusal::MayNotSignIn).await };
        Ok(Went::On(self.begun(cx, Attempt { wanted, step: Step::ConfirmDirectory { user } }).await?))
    }

    /// An administrator has confirmed that the directory is to be linked to them; its next run, which begins at once, does
    /// it.
    pub(crate) async fn directory_confirmed(&self, cx: &Context, cookie: TokenHash) -> Result<Went, Error> {
        self.service.confirm_directory_link(cx).await?;
        self.service.unrecorded(move |w| async move { Ok(w.delete_sign_in(&cookie).await?) }.boxed()).await?;
        Ok(Went::Confirmed)
    }

    fn mark(&self, cx: &Context, user: Option<&User>, browser: &Browser) -> Option<u64> {
        let (user, mark): (UserId, &str) = (user?.id, browser.known.as_deref()?);
        self.known_browser(user, mark, cx.at)
    }
}
