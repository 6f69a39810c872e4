//! What the trail keeps of oneself (rule 27), and one's sessions.

use store::{AuditEntry, AuditFilter, Scope, Session};

use super::oneself;
use crate::{Context, Error, Page, PageRequest, Service};

impl Service {
    /// The records about the caller, the newest first. What is personal about somebody else who acted is left out.
    ///
    /// **Permission**: oneself.
    pub async fn own_history(&self, cx: &Context, page: PageRequest) -> Result<Page<AuditEntry>, Error> {
        let id = oneself(cx)?;
        let filter = AuditFilter { newest_first: true, ..AuditFilter::default() };
        let read = self.store().read(Scope::Oneself(id));
        let mut records = read.audit(&filter, page.position()?, page.sought()).await?;
        for record in records.iter_mut().filter(|record| record.actor != Some(id.0)) {
            record.actor_personal = None;
        }
        Ok(page.page(records, |record| record.seq))
    }

    /// The sessions of the caller that hold, the newest first (rule 23).
    ///
    /// **Permission**: oneself.
    pub async fn own_sessions(&self, cx: &Context) -> Result<Vec<Session>, Error> {
        let id = oneself(cx)?;
        let epoch = self.store().read(Scope::Public).user(id).await?.map(|user| user.epoch);
        let mut sessions = self.store().read(Scope::Oneself(id)).sessions().await?;
        sessions.retain(|session| epoch.is_some_and(|epoch| session.holds(epoch, cx.at)));
        Ok(sessions)
    }
}
