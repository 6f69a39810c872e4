//! Delete application: it asks nothing and signs nobody in any more, and what was made for it is gone (rule 13).

use access::{ApplicationId, Refusal};

use crate::facts::Facts;
use crate::grants::account;
use crate::run::{Outcome, single};
use crate::tokens::owner_managed;
use crate::{Context, Error, Service};

const VERB: &str = "application.delete";

impl Service {
    /// Deletes an application with its tokens, and with the sign-ins and consents that people gave it. There is no way
    /// back; its place in the trail stays.
    ///
    /// **Permission**: `ManageApplications` over its owner.
    pub async fn delete_application(&self, cx: &Context, id: ApplicationId) -> Result<(), Error> {
        let deleted = self.run(cx, VERB, move |w, stage| {
            Box::pin(async move {
                let over = account(owner_managed(w, stage, id).await?);
                let unknown = || Refusal::UnknownApplication(id.to_string());
                let application = w.application(id).await?.ok_or_else(unknown)?;
                stage.cx.terms.found(&application)?;
                let tokens = w.tokens_of(id).await?;
                w.delete_application(id).await?;
                let (facts, none) = (Facts::of(&application), Facts::none());
                let mut audit = vec![stage.changed(VERB, over, id.0, &facts, &none)];
                audit.extend(
                    tokens.iter().map(|token| stage.changed(VERB, over, token.id, &Facts::of_token(token), &none)),
                );
                Ok(vec![Outcome { result: Ok(()), audit, notices: vec![] }])
            })
        });
        single(deleted.await)
    }
}
