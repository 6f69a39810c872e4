//! Export: everybody in an account's list as CSV, page by page. An import of it changes nothing.

use access::AccountId;
use store::Entry;
use store::read::{EntryFilter, Position};

use crate::import::guarded;
use crate::{Context, Error, PageRequest, Service, UserView};

/// The first line: what the cells of the others are.
pub const EXPORT_COLUMNS: &str = "address,name,license,status,invitation,since,id\r\n";

/// Some of the lines, in the order of addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportPage {
    /// Lines of CSV (RFC 4180). No cell begins like a formula.
    pub text: String,
    /// Where the next page begins; `None` when this is the last.
    pub next: Option<String>,
}

impl Service {
    /// A page of an account's members and open invitations as lines of CSV. The license is the assigned one: an
    /// import gives it back, and a trial is not assigned.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn export_users(&self, cx: &Context, account: AccountId, page: PageRequest) -> Result<ExportPage, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let after: Option<Position> = page.position()?;
        let found = self.store().read(permit).entries(&EntryFilter::default(), after.as_ref(), page.sought()).await?;
        let page = page.page(found, Entry::position);
        let mut lines = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        for entry in page.items {
            let (license, since) = match &entry {
                Entry::User(user) => (Some(user.license), user.membership.map(|membership| membership.since)),
                Entry::Invitation(invitation) => (invitation.license, Some(invitation.created)),
            };
            let view = UserView::of(&entry, &account, permit, cx.at);
            let cells = [
                guarded(&view.address),
                guarded(view.name.as_deref().unwrap_or_default()),
                license.map_or(String::new(), |license| license.name().to_owned()),
                view.status.name().to_owned(),
                view.invitation.map_or(String::new(), |state| state.name().to_owned()),
                since.map_or(String::new(), |at| at.to_string()),
                view.id,
            ];
            lines.write_record(cells).map_err(unwritten)?;
        }
        let bytes = lines.into_inner().map_err(unwritten)?;
        Ok(ExportPage { text: String::from_utf8(bytes).map_err(unwritten)?, next: page.next })
    }
}

fn unwritten(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("lines could not be written: {error}"))
}
