//! Which tasks there are. To add one: a verb of `service` that does a piece of it and says whether there is more (see
//! `service/src/expired_links.rs`), and a line here.

use jiff::SignedDuration;
use service::Progress;
use signin::SignIn;

use crate::schedule::Task;

/// All of them.
pub fn all(signin: &SignIn) -> Vec<Task> {
    let signin = signin.clone();
    let hour = SignedDuration::from_hours(1);
    vec![
        Task::new("links.expire", hour, |service, cx| async move { service.drop_expired_links(&cx).await }),
        Task::new("answers.expire", hour, |service, cx| async move { service.drop_old_answers(&cx).await }),
        Task::new("sign-ins.expire", hour, |service, cx| async move { service.drop_expired_sign_ins(&cx).await }),
        // The next key is published days before its turn, so an hour is soon enough.
        Task::new("signing-keys.tend", hour, move |_, _| {
            let signin = signin.clone();
            async move { signin.tend_signing_keys().await }
        }),
        // All of it at once: who was told already is passed over.
        Task::new("trials.notify", hour, |service, cx| async move {
            service.notify_trials(&cx).await.map(|_| Progress::Done)
        }),
        Task::new("accounts.purge", hour, |service, cx| async move { service.purge_deleted_accounts(&cx).await }),
        Task::new("mails.forget", hour, |service, _| async move { service.forget_old_mails().await }),
        // Looks every hour for what was last looked for 6 hours ago: a domain is not looked for more often when servers
        // start, nor all of them at once.
        Task::new("domains.recheck", hour, |service, cx| async move {
            Ok(service.recheck_domains(&cx, SignedDuration::from_hours(6)).await?.progress)
        }),
    ]
}
