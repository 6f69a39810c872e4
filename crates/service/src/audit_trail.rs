//! Reading the audit trail (rules 24 and 25).

use access::authority::{Action, Over};
use store::{AuditEntry, AuditFilter};

use crate::{Context, Error, Page, PageRequest, Service};

impl Service {
    /// The records of the deployment or of an account, in the order the filter asks for.
    ///
    /// **Permission**: [`Action::ReadAudit`] there.
    pub async fn audit(
        &self,
        cx: &Context,
        over: Over,
        filter: &AuditFilter,
        page: PageRequest,
    ) -> Result<Page<AuditEntry>, Error> {
        let read = self.permitted(cx, Action::ReadAudit, over)?;
        let records = read.audit(filter, page.position()?, page.sought()).await?;
        Ok(page.page(records, |record| record.seq))
    }
}
