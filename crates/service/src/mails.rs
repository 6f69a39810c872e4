//! The mails that were made, as they are read: delivered or not.

use access::authority::{Action, Over};
use access::{AccountId, Refusal};
use jiff::Timestamp;
use serde_json::Value;

use crate::letters::{self, Letterhead, Rendered};
use crate::mail::{Addressed, Mail};
use crate::{Context, Error, Page, PageRequest, Service, base};

/// A mail as it was made. Holds personal data and the secrets of links.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailView {
    /// Its number; grows with each.
    pub id: i64,
    /// When it was made.
    pub at: Timestamp,
    /// What it is: `invitation`, `registration` and so on.
    pub kind: String,
    /// The account it comes from.
    pub account: Option<AccountId>,
    /// What is read.
    pub mail: Rendered,
}

impl Service {
    /// The mails, the newest first.
    ///
    /// **Permission**: [`Action::ReadMail`] over the deployment.
    pub async fn list_mails(&self, cx: &Context, page: PageRequest) -> Result<Page<MailView>, Error> {
        let read = self.permitted(cx, Action::ReadMail, Over::Deployment)?;
        let mails = read.mails(page.position()?, page.sought()).await?;
        let views = mails.into_iter().map(|mail| self.mail_view(mail)).collect::<Result<Vec<_>, _>>()?;
        Ok(page.page(views, |view| view.id))
    }

    /// One mail.
    ///
    /// **Permission**: [`Action::ReadMail`] over the deployment.
    pub async fn show_mail(&self, cx: &Context, id: i64) -> Result<MailView, Error> {
        let read = self.permitted(cx, Action::ReadMail, Over::Deployment)?;
        let mails = read.mails(id.checked_add(1), 1).await?;
        self.mail_view(mails.into_iter().find(|mail| mail.id == id).ok_or(Refusal::UnknownMail(id))?)
    }

    fn mail_view(&self, mail: store::Mail) -> Result<MailView, Error> {
        let without = |why: &str| Rendered {
            to: why.to_owned(),
            subject: mail.kind.clone(),
            text: String::new(),
            html: String::new(),
        };
        let rendered = match self.written(mail.id, mail.payload) {
            Ok(Some((_, rendered))) => rendered,
            Ok(None) => without("erased person"),
            Err(_) => without("it cannot be read: it was made by another version, or changed"),
        };
        Ok(MailView { id: mail.id, at: mail.at, mail: rendered, kind: mail.kind, account: mail.account })
    }

    /// A mail and as it is read, from what the outbox keeps of it; `None` when the person was erased.
    pub(crate) fn written(&self, id: i64, payload: Option<Value>) -> Result<Option<(Mail, Rendered)>, Error> {
        let Some(payload) = payload else { return Ok(None) };
        let unreadable = |error| Error::Internal(format!("mail {id} cannot be read: {error}"));
        let addressed: Addressed = serde_json::from_value(payload).map_err(unreadable)?;
        let rendered = self.rendered(&addressed)?;
        Ok(Some((addressed.mail, rendered)))
    }

    /// A mail as it is read.
    pub(crate) fn rendered(&self, addressed: &Addressed) -> Result<Rendered, Error> {
        let settings = self.settings();
        let letterhead = Letterhead { base_url: base(&settings.base_url), organisation: &settings.organisation };
        letters::render(addressed, letterhead).map_err(|error| Error::Internal(error.to_string()))
    }
}
