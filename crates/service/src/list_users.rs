//! List users: an account's members and open invitations in one list, by address (rule 14), narrowed and searched as
//! administrators need it (rule 91).

use access::authority::{Action, Over, Permit, permit};
use access::invitation::InvitationState;
use access::user::{LicenseOrigin, Origin, Status};
use access::{Account, AccountId, BaseLicense, Email, License, Refusal};
use store::read::{EntryFilter, Narrowed, Position};
use store::{Entry, Read};

use crate::{Context, Error, Page, PageRequest, Service, UserView};

/// The most lines that are looked at for a page.
const LOOKED_AT: usize = 5_000;

/// How many are read at once where each is looked at.
const AT_ONCE: u64 = 500;

/// Which of them. Each member that is given narrows the list by what it shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// The one with this address; a member's secondary addresses count.
    pub address: Option<Email>,
    /// Those whose address begins like this.
    pub prefix: Option<String>,
    /// Those whose address begins like this, then those whose name does, by name. Instead of the two above.
    pub search: Option<String>,
    /// Those with this effective license; an open invitation has what acceptance will give.
    pub license: Option<License>,
    /// Those who stand like this.
    pub status: Option<ListedAs>,
    /// Members who came like this.
    pub origin: Option<Origin>,
    /// Members whose license comes from this.
    pub license_origin: Option<LicenseOrigin>,
}

/// How a line of the list stands, as administrators look for it (rule 91). The first five exclude each other; a member
/// may wait or be disabled besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListedAs {
    /// A member who is registered and not suspended.
    Registered,
    /// A member who is neither registered nor suspended.
    Unregistered,
    /// A member who is suspended.
    Suspended,
    /// An open invitation.
    Pending,
    /// An open invitation whose mail reached nobody (rule 65).
    Failed,
    /// A member who waits for a seat (rule 12).
    Waiting,
    /// A member whom the account's source has disabled (rule 19).
    Disabled,
}

impl ListedAs {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Registered,
        Self::Unregistered,
        Self::Suspended,
        Self::Pending,
        Self::Failed,
        Self::Waiting,
        Self::Disabled,
    ];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "Registered",
            Self::Unregistered => "Unregistered",
            Self::Suspended => "Suspended",
            Self::Pending => "Pending",
            Self::Failed => "Failed",
            Self::Waiting => "Waiting",
            Self::Disabled => "Disabled",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    fn holds(self, view: &UserView) -> bool {
        let open = view.invitation.filter(|_| view.is_invitation());
        match self {
            Self::Registered => view.status == Status::Registered,
            Self::Unregistered => view.status == Status::Unregistered && open.is_none(),
            Self::Suspended => view.status == Status::Suspended,
            Self::Pending => open == Some(InvitationState::Pending),
            Self::Failed => open == Some(InvitationState::Failed),
            Self::Waiting => view.waiting.is_some(),
            Self::Disabled => view.enabled_in_source == Some(false),
        }
    }
}

impl UserFilter {
    /// Whether lines must be looked at one by one.
    fn looks(&self) -> bool {
        let Self { license, status, origin, license_origin, .. } = self;
        license.is_some() || status.is_some() || origin.is_some() || license_origin.is_some()
    }

    fn shows(&self, view: &UserView) -> bool {
        self.license.is_none_or(|license| view.license == license)
            && self.status.is_none_or(|status| status.holds(view))
            && self.origin.is_none_or(|origin| view.origin == Some(origin))
            && self.license_origin.is_none_or(|origin| view.license_origin == Some(origin))
    }

    /// What an index is asked for: of several the one of which there are fewest, most likely.
    fn narrowed(&self) -> Option<Narrowed> {
        let held = match self.license {
            Some(License::Basic) => Some(BaseLicense::Basic),
            Some(License::Plus) => Some(BaseLicense::Plus),
            Some(License::Pro) => Some(BaseLicense::Pro),
            // It is computed from time (rule 9), so no index knows it.
            Some(License::ProTrial) | None => None,
        };
        let members = (self.status == Some(ListedAs::Registered)).then_some(Narrowed::Members);
        match self.status {
            Some(ListedAs::Suspended) => Some(Narrowed::Suspended),
            Some(ListedAs::Unregistered) => Some(Narrowed::Unregistered),
            Some(ListedAs::Waiting) => Some(Narrowed::Waiting),
            Some(ListedAs::Disabled) => Some(Narrowed::Disabled),
            Some(ListedAs::Pending | ListedAs::Failed) => Some(Narrowed::Invited),
            Some(ListedAs::Registered) | None => {
                let by_origin = || self.origin.map(Narrowed::Origin);
                let by_license_origin = || self.license_origin.map(Narrowed::LicenseOrigin);
                held.map(Narrowed::License).or_else(by_origin).or_else(by_license_origin).or(members)
            }
        }
    }
}

/// A place in the list: those found by address come first, then those found by name.
#[derive(Clone, Debug)]
struct Place {
    by_name: bool,
    after: Position,
}

/// What stands before a place among those found by name.
const BY_NAME: char = '~';

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.by_name {
            write!(f, "{BY_NAME}")?;
        }
        write!(f, "{}", self.after)
    }
}

impl std::str::FromStr for Place {
    type Err = <Position as std::str::FromStr>::Err;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = text.strip_prefix(BY_NAME);
        Ok(Self { by_name: named.is_some(), after: named.unwrap_or(text).parse()? })
    }
}

impl Service {
    /// A page of an account's users. Where the filter has more than an index knows, it may have fewer lines than asked
    /// for, or none, and yet a next one: a page looks at 5,000 lines at most.
    ///
    /// **Permission**: `ViewUsers` over the account.
    pub async fn list_users(
        &self,
        cx: &Context,
        account: AccountId,
        filter: UserFilter,
        page: PageRequest,
    ) -> Result<Page<UserView>, Error> {
        let (permit, account) = self.viewed(cx, account).await?;
        let search = filter.search.as_deref().map(str::trim).map(str::to_owned);
        if search.as_deref() == Some("") {
            let why = "give the beginning of an address or a name".to_owned();
            return Err(Refusal::Invalid { member: "search", why }.into());
        }
        let entries = EntryFilter {
            address: filter.address.as_ref().map(|address| address.key().to_owned()),
            prefix: search.clone().or_else(|| filter.prefix.clone()),
            narrowed: filter.narrowed(),
        };
        let list = List { read: self.store().read(permit), search, entries };
        let show = |entry: &Entry| UserView::of(entry, &account, permit, cx.at);
        list.page(&filter, &page, show).await
    }

    /// The account whose users the caller may see.
    pub(crate) async fn viewed(&self, cx: &Context, id: AccountId) -> Result<(Permit, Account), Error> {
        let permit = permit(&cx.caller, Action::ViewUsers, Over::Account(id))?;
        let account = self.store().read(permit).account(id).await?.filter(|account| !account.is_gone(cx.at));
        Ok((permit, account.ok_or_else(|| Refusal::UnknownAccount(id.to_string()))?))
    }
}

/// A list that is read piece by piece.
struct List {
    read: Read,
    search: Option<String>,
    entries: EntryFilter,
}

impl List {
    async fn page(
        &self,
        filter: &UserFilter,
        page: &PageRequest,
        show: impl Fn(&Entry) -> UserView,
    ) -> Result<Page<UserView>, Error> {
        let mut place: Option<Place> = page.position()?;
        let mut by_name = place.as_ref().is_some_and(|place| place.by_name);
        let (shown, sought) = (page.shown(), page.sought());
        let (mut items, mut looked) = (Vec::new(), 0);
        loop {
            let size = if filter.looks() || by_name { sought.max(AT_ONCE) } else { sought };
            let piece = self.piece(by_name, place.as_ref().map(|place| &place.after), size).await?;
            let ends = (piece.len() as u64) < size;
            for entry in piece {
                let view = show(&entry);
                if filter.shows(&view) && !(by_name && self.found_by_address(&entry)) {
                    if items.len() == shown {
                        return Ok(Page { items, next: place.map(|place| place.to_string()) });
                    }
                    items.push(view);
                }
                let after = if by_name { entry.position_by_name() } else { entry.position() };
                place = Some(Place { by_name, after });
                looked += 1;
                if looked == LOOKED_AT {
                    return Ok(Page { items, next: place.map(|place| place.to_string()) });
                }
            }
            match (ends, by_name, &self.search) {
                (false, ..) => {}
                (true, false, Some(_)) => (by_name, place) = (true, None),
                (true, ..) => return Ok(Page { items, next: None }),
            }
        }
    }

    async fn piece(&self, by_name: bool, after: Option<&Position>, size: u64) -> Result<Vec<Entry>, Error> {
        match &self.search {
            Some(search) if by_name => Ok(self.read.entries_by_name(search, after, size).await?),
            _ => Ok(self.read.entries(&self.entries, after, size).await?),
        }
    }

    /// Whether a line stood in the first half of a search already.
    fn found_by_address(&self, entry: &Entry) -> bool {
        let prefix = self.entries.prefix.as_deref().unwrap_or_default().to_ascii_lowercase();
        entry.address().key().starts_with(&prefix)
    }
}
