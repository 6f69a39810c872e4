//! `/mails`: the mails that were made, as long as they are kept.

use access::authority::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use service::{MailView, Service};
use utoipa::{OpenApi, ToSchema};
use uuid::Uuid;

use super::answer::{Answer, List};
use super::call::{Call, Paging, Query};
use crate::route::{Performs, Routes};

#[derive(OpenApi)]
#[openapi(paths(list))]
pub(super) struct Document;

pub(super) fn routes() -> Routes<Service> {
    Routes::new().get("/api/v1/mails", Performs::Administration(Action::ReadMail), list)
}

/// A mail. Holds personal data and the secrets of links.
#[derive(Serialize, ToSchema)]
struct Mail {
    /// Grows with each mail.
    id: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// `invitation`, `registration` and so on.
    kind: String,
    account: Option<Uuid>,
    to: String,
    subject: String,
    text: String,
}

impl From<MailView> for Mail {
    fn from(view: MailView) -> Self {
        let MailView { id, at, kind, account, mail } = view;
        let account = account.map(|account| account.0);
        Self { id, at, kind, account, to: mail.to, subject: mail.subject, text: mail.text }
    }
}

/// No filter.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct All {}

impl Query for All {
    const PAGED: bool = true;
}

/// The mails, the newest first. **Permission**: FullAccess over the deployment.
#[utoipa::path(get, path = "/api/v1/mails", params(Paging),
    responses((status = 200, description = "A page of mails", body = List<Mail>)))]
async fn list(call: Call<All>) -> Answer {
    let found = call.service.list_mails(&call.cx, call.page.clone()).await?;
    call.list(found, Mail::from)
}
