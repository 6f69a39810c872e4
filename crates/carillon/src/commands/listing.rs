//! `carillon user list` and `user search`.

use access::License;
use access::user::{LicenseOrigin, Origin};
use clap::Args;
use serde::de::DeserializeOwned;
use serde_json::Value;
use service::{ListedAs, PageRequest, UserFilter};

use super::Host;
use super::views::{USER_HEADINGS, UserFacts, user_cells};
use crate::output::{Done, remark};

/// The most that a search shows: who seeks more narrows it.
const SEARCH_SHOWN: u64 = 50;

/// An account's list, or what is wanted of it.
#[derive(Debug, Args)]
pub struct List {
    /// The account's id or name
    account: String,
    /// Only who stands so: Registered, Unregistered, Suspended, Pending, Failed, Waiting or Disabled
    #[arg(long, value_parser = listed_as)]
    status: Option<ListedAs>,
    /// Only who has this license: Basic, Plus, Pro or ProTrial
    #[arg(long)]
    license: Option<License>,
    /// Only who came so: Invitation, Domain, Directory, Scim or Administrator
    #[arg(long, value_parser = named::<Origin>)]
    origin: Option<Origin>,
    /// Only whose license comes from this: Free, Default, Administrator or Group
    #[arg(long, value_parser = named::<LicenseOrigin>)]
    license_origin: Option<LicenseOrigin>,
    /// At most so many
    #[arg(long, default_value_t = 100)]
    limit: usize,
}

fn listed_as(text: &str) -> Result<ListedAs, String> {
    let all = || ListedAs::ALL.map(ListedAs::name).join(", ");
    ListedAs::named(text).ok_or_else(|| format!("use one of {}", all()))
}

/// What has this name on the wire.
fn named<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_value(Value::from(text)).map_err(|error| error.to_string())
}

/// Shows the list.
pub async fn list(host: &mut Host, command: List) -> Done {
    let List { account, status, license, origin, license_origin, limit } = command;
    let account = host.account(&account).await?;
    let filter = UserFilter { license, status, origin, license_origin, ..UserFilter::default() };
    let (users, more) = host.users(account, &filter, limit).await?;
    let users: Vec<UserFacts> = users.into_iter().map(UserFacts::from).collect();
    host.output.list(&users, USER_HEADINGS, user_cells)?;
    host.more(more);
    Ok(())
}

/// Shows whose address or name begins like this.
pub async fn search(host: &mut Host, account: &str, prefix: &str) -> Done {
    let account = host.account(account).await?;
    let filter = UserFilter { search: Some(prefix.to_owned()), ..UserFilter::default() };
    let page = PageRequest { after: None, limit: SEARCH_SHOWN };
    let found = host.service.list_users(&host.cx, account, filter, page).await?;
    let users: Vec<UserFacts> = found.items.into_iter().map(UserFacts::from).collect();
    host.output.list(&users, USER_HEADINGS, user_cells)?;
    if found.next.is_some() {
        remark("Only the first are shown; give more of the address or name.");
    }
    Ok(())
}
