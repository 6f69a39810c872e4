//! Seats as they stand, and who waits for one (rule 12).

use access::authority::{Action, Over, permit};
use access::{AccountId, BaseLicense, Refusal, User};
use jiff::Timestamp;
use store::read::{Moment, Position};
use store::{Entry, Read};

use crate::{Context, Error, Page, PageRequest, Service, UserView};

/// The seats of one license.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatView {
    /// The license.
    pub license: BaseLicense,
    /// The most that joins and assignments may fill; `None` when it is not limited.
    pub limit: Option<u32>,
    /// Members who hold it, suspended ones too. May exceed the limit after that was lowered.
    pub used: u64,
    /// How many more may be taken; `None` when it is not limited.
    pub left: Option<u32>,
    /// Members who should have it and wait, with `Basic` meanwhile.
    pub waiting: u64,
}

/// Somebody who waits for a seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingView {
    /// The place in the list of their license, from 1.
    pub place: u64,
    /// The license they wait for.
    pub license: BaseLicense,
    /// Since when.
    pub since: Timestamp,
    /// Who.
    pub user: UserView,
}

impl Service {
    /// The seats of each license, lowest first. Counts the members when a license is not limited.
    ///
    /// **Permission**: `ViewAccount` over the account.
    pub async fn seats(&self, cx: &Context, account: AccountId) -> Result<Vec<SeatView>, Error> {
        let read = self.store().read(permit(&cx.caller, Action::ViewAccount, Over::Account(account))?);
        self.present(cx, &read, account).await?;
        let seats = read.seats().await?;
        let unlimited = BaseLicense::ALL.iter().any(|license| seats.get(*license).is_none());
        let counted = if unlimited { read.license_counts().await? } else { [0; 3] };
        let mut views = Vec::with_capacity(BaseLicense::ALL.len());
        for (license, counted) in BaseLicense::ALL.into_iter().zip(counted) {
            views.push(SeatView {
                license,
                limit: seats.get(license).map(|seat| seat.limit),
                used: seats.get(license).map_or(counted, |seat| seat.used.into()),
                left: seats.left(license),
                waiting: read.waiting_count(license, None).await?,
            });
        }
        Ok(views)
    }

    /// A page of those who wait for a seat, of one license or of each, in the order in which they get one.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn waiting(
        &self,
        cx: &Context,
        account: AccountId,
        license: Option<BaseLicense>,
        page: PageRequest,
    ) -> Result<Page<WaitingView>, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let read = self.store().read(permit);
        let after = page.position()?.map(|place| waits_at(&place)).transpose()?;
        let mut found = Vec::new();
        for license in BaseLicense::ALL.into_iter().filter(|one| license.is_none_or(|wanted| wanted == *one)) {
            let after = match after {
                Some((reached, _)) if license < reached => continue,
                Some((reached, moment)) if license == reached => Some(moment),
                _ => None,
            };
            let room = page.sought().saturating_sub(found.len() as u64);
            found.extend(places(&read, license, after, room).await?);
        }
        let page = page.page(found, |(_, license, since, user)| Position {
            key: format!("{license} {}", since.as_millisecond()),
            id: user.id.0,
        });
        Ok(page.map(|(place, license, since, user)| WaitingView {
            place,
            license,
            since,
            user: UserView::of(&Entry::User(user), &account, permit, cx.at),
        }))
    }
}

/// Those who wait for one license, with their places.
async fn places(
    read: &Read,
    license: BaseLicense,
    after: Option<Moment>,
    limit: u64,
) -> Result<Vec<(u64, BaseLicense, Timestamp, User)>, Error> {
    let users = if limit == 0 { Vec::new() } else { read.waiting(license, after, limit).await? };
    let waiting: Vec<(Timestamp, User)> =
        users.into_iter().filter_map(|user| Some((user.waiting?.since, user))).collect();
    let Some((at, first)) = waiting.first() else { return Ok(Vec::new()) };
    let before = read.waiting_count(license, Some(Moment { at: *at, user: first.id })).await?;
    Ok((before + 1..).zip(waiting).map(|(place, (since, user))| (place, license, since, user)).collect())
}

/// A position in the waiting lists, read.
fn waits_at(place: &Position) -> Result<(BaseLicense, Moment), Refusal> {
    let parts = place
        .key
        .split_once(' ')
        .and_then(|(license, at)| Some((license.parse().ok()?, Timestamp::from_millisecond(at.parse().ok()?).ok()?)));
    let (license, at) = parts.ok_or_else(PageRequest::unknown_position)?;
    Ok((license, Moment { at, user: access::UserId(place.id) }))
}
