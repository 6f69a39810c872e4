//! The applications that a person lets in, and taking that back.

use access::{Application, ApplicationId, Refusal};
use futures::FutureExt;
use serde_json::json;
use store::Scope;

use super::{Locked, oneself};
use crate::run::{Outcome, single};
use crate::{Context, Error, Service};

const VERB: &str = "application.take-back";

/// An application that a person lets in.
#[derive(Clone, Debug, PartialEq)]
pub struct LetIn {
    /// The application.
    pub application: Application,
    /// What they consented to let it know, separated by spaces; `None` when it needed no consent.
    pub scope: Option<String>,
    /// It may act while they are away.
    pub offline: bool,
}

impl Service {
    /// The applications that the caller lets in, by name: whom they consented to, and who got tokens that hold.
    ///
    /// **Permission**: oneself.
    pub async fn own_applications(&self, cx: &Context) -> Result<Vec<LetIn>, Error> {
        let id = oneself(cx)?;
        let epoch = self.store().read(Scope::Public).user(id).await?.map(|user| user.epoch);
        let Some(epoch) = epoch else { return Ok(Vec::new()) };
        let found = self.store().read(Scope::Oneself(id)).authorized_applications(epoch, cx.at).await?;
        let shown = |(application, scope, offline)| LetIn { application, scope, offline };
        Ok(found.into_iter().map(shown).collect())
    }

    /// An application is let in no more: consent, and every token of the caller's it has, end.
    ///
    /// **Permission**: oneself.
    pub async fn take_back(&self, cx: &Context, application: ApplicationId) -> Result<(), Error> {
        let id = oneself(cx)?;
        let taken = self.run(cx, VERB, move |w, stage| {
            async move {
                let locked = Locked::of(w, stage, id).await?;
                let given = w.authorizations_of(id).await?;
                let given: Vec<_> =
                    given.iter().filter(|one| one.application == application).map(|one| one.id).collect();
                if given.is_empty() && w.consent(id, application).await?.is_none() {
                    return Err(Refusal::UnknownApplication(application.to_string()).into());
                }
                w.end_authorizations(&given, stage.cx.at).await?;
                w.delete_consent(id, application).await?;
                let account = locked.account()?.map(|account| account.id);
                let record = stage.noted(VERB, account, id.0, json!({ "application": application.0 }));
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            }
            .boxed()
        });
        single(taken.await)
    }
}
