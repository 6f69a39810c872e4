//! Show user: one line of an account's list, and all that is known of who stands there (rule 27).

use access::user::{Membership, Suspension};
use access::{AccountId, Email, Refusal};
use jiff::Timestamp;
use store::{Entry, HistoryEntry, Read};

use crate::targets::canonical;
use crate::{Context, Error, Service, UserView};

/// A user's details. Of an open invitation only the view is known (rule 14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserDetails {
    /// The line of the list.
    pub view: UserView,
    /// Addresses besides the primary one (rule 2).
    pub further_addresses: Vec<Email>,
    /// How and since when they are a member.
    pub membership: Option<Membership>,
    /// When the trial ends; `None` when none runs (rule 9).
    pub trial_until: Option<Timestamp>,
    /// The suspension that holds now (rule 18).
    pub suspension: Option<Suspension>,
    /// Their licenses in this account over time, oldest first.
    pub history: Vec<HistoryEntry>,
}

impl Service {
    /// A member or an open invitation. The id of an accepted invitation names the member (rule 14).
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn show_user(&self, cx: &Context, account: AccountId, id: &str) -> Result<UserView, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let entry = entry(&self.store().read(permit), id).await?;
        Ok(UserView::of(&entry, &account, permit, cx.at))
    }

    /// The same with everything that an administrator may know of them (rule 27).
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn user_details(&self, cx: &Context, account: AccountId, id: &str) -> Result<UserDetails, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let read = self.store().read(permit);
        let entry = entry(&read, id).await?;
        let view = UserView::of(&entry, &account, permit, cx.at);
        Ok(match entry {
            Entry::User(user) => UserDetails {
                view,
                membership: user.membership,
                trial_until: user.trial.until.filter(|until| cx.at < *until),
                history: read.license_history(user.id).await?,
                further_addresses: user.secondary,
                suspension: user.suspension.filter(|suspension| suspension.holds(cx.at)),
            },
            Entry::Invitation(_) => UserDetails {
                view,
                further_addresses: Vec::new(),
                membership: None,
                trial_until: None,
                suspension: None,
                history: Vec::new(),
            },
        })
    }
}

/// A line of the account's list.
pub(crate) async fn entry(read: &Read, id: &str) -> Result<Entry, Error> {
    let found = match canonical(id) {
        Some(id) => read.entry(id).await?,
        None => None,
    };
    found.ok_or_else(|| Refusal::UnknownUser(id.to_owned()).into())
}
