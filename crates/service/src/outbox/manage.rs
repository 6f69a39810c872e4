//! What administrators see of the outbox, and do about it.

use access::authority::{Action, Over};
use access::{ApplicationId, Refusal, change};
use futures::FutureExt;
use serde_json::json;
use store::{OutboxEntry, OutboxFilter, OutboxState, Write};

use super::change_invitation;
use crate::authority::authority;
use crate::run::{Outcome, Stage};
use crate::{Context, Error, Outcomes, Page, PageRequest, Service};

const RETRY: &str = "outbox.retry";
const DISCARD: &str = "outbox.discard";

impl Service {
    /// The outbox, the newest first.
    ///
    /// **Permission**: [`Action::ViewOutbox`] over the deployment.
    pub async fn list_outbox(
        &self,
        cx: &Context,
        filter: &OutboxFilter,
        page: PageRequest,
    ) -> Result<Page<OutboxEntry>, Error> {
        let read = self.permitted(cx, Action::ViewOutbox, Over::Deployment)?;
        let entries = read.outbox(filter, page.position()?, page.sought()).await?;
        Ok(page.page(entries, |entry| entry.id))
    }

    /// What is to be told to an application, or was, the newest first; all of it, or what is in a state.
    ///
    /// **Permission**: [`Action::ManageApplications`] over the application's owner; one out of reach looks unknown.
    pub async fn list_deliveries(
        &self,
        cx: &Context,
        application: ApplicationId,
        state: Option<OutboxState>,
        page: PageRequest,
    ) -> Result<Page<OutboxEntry>, Error> {
        for read in self.reaches(cx, Action::ManageApplications) {
            let entries = read.deliveries(application, state, page.position()?, page.sought()).await?;
            if let Some(entries) = entries {
                return Ok(page.page(entries, |entry| entry.id));
            }
        }
        Err(Refusal::UnknownApplication(application.to_string()).into())
    }

    /// One row of the outbox.
    ///
    /// **Permission**: [`Action::ViewOutbox`] over the deployment.
    pub async fn show_outbox(&self, cx: &Context, id: i64) -> Result<OutboxEntry, Error> {
        let read = self.permitted(cx, Action::ViewOutbox, Over::Deployment)?;
        let newest = read.outbox(&OutboxFilter::default(), id.checked_add(1), 1).await?;
        let found = newest.into_iter().find(|entry| entry.id == id);
        Ok(found.ok_or(Refusal::UnknownMail(id))?)
    }

    /// Has mails sent now that wait, were given up or are kept. An invitation that had failed with its mail is pending
    /// again (rule 65).
    ///
    /// **Permission**: [`Action::ManageOutbox`] over the deployment.
    pub async fn retry_mails(&self, cx: &Context, ids: Vec<i64>) -> Outcomes<OutboxEntry> {
        let answers = self.manage(cx, RETRY, ids).await;
        self.tell_of_mail();
        self.tell_of_notices();
        answers
    }

    /// Gives mails up that wait or are kept. An invitation fails with its mail (rule 65).
    ///
    /// **Permission**: [`Action::ManageOutbox`] over the deployment.
    pub async fn discard_mails(&self, cx: &Context, ids: Vec<i64>) -> Outcomes<OutboxEntry> {
        self.manage(cx, DISCARD, ids).await
    }

    async fn manage(&self, cx: &Context, verb: &'static str, ids: Vec<i64>) -> Outcomes<OutboxEntry> {
        self.run(cx, verb, move |w, stage| {
            let ids = ids.clone();
            async move {
                authority(w, stage, Action::ManageOutbox, Over::Deployment).await?;
                let mut outcomes = Vec::with_capacity(ids.len());
                for id in ids {
                    outcomes.push(change(w, stage, verb, id).await?);
                }
                Ok(outcomes)
            }
            .boxed()
        })
        .await
    }
}

async fn change(w: &mut Write, stage: &Stage, verb: &'static str, id: i64) -> Result<Outcome<OutboxEntry>, Error> {
    let refused = |refusal: Refusal| {
        let audit = vec![stage.refused(verb, None, None, &refusal)];
        Outcome { result: Err(refusal), audit, notices: vec![] }
    };
    let Some(mail) = w.mail(id).await? else { return Ok(refused(Refusal::UnknownMail(id))) };
    if mail.state == OutboxState::Delivered {
        return Ok(refused(Refusal::MailDelivered));
    }
    let mut audit = vec![stage.noted(verb, mail.account, mail.person, json!({ "mail": id }))];
    let changed = match verb {
        RETRY => {
            audit.extend(change_invitation(w, stage, verb, &mail, change::under_way).await?);
            w.mail_anew(id, stage.cx.at).await?
        }
        _ => {
            let why = "discarded by an administrator";
            let failed = |open: &access::Invitation| change::undelivered(open, why);
            audit.extend(change_invitation(w, stage, verb, &mail, failed).await?);
            w.mail_given_up(id, why).await?
        }
    };
    if !changed {
        return Err(Error::Conflict("the mail was delivered meanwhile".to_owned()));
    }
    let entry = w.mail(id).await?.ok_or_else(|| Error::Internal("a mail is gone".to_owned()))?;
    Ok(Outcome { result: Ok(entry), audit, notices: vec![] })
}
