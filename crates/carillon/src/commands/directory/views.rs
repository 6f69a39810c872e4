//! Directories, and what they would lead to, as they are shown.

use std::fmt::Write as _;

use access::directory::{Agreed, Brake, Connection, Counts, Mapping};
use access::{AccountId, AccountType, BaseLicense};
use serde::Serialize;
use service::directory::reach::Step;
use service::directory::{DirectoryPreview, DirectoryView, Proposal};
use uuid::Uuid;

use super::Groups;
use crate::commands::Host;
use crate::commands::views::time;
use crate::output::Done;

/// A directory as it is shown.
#[derive(Serialize)]
struct Shown<'a> {
    connected: bool,
    connection: &'a Connection,
    mappings: &'a [Mapping],
    brake: Brake,
    full_run_wanted: bool,
    heard: Option<jiff::Timestamp>,
    failure: Option<&'a str>,
}

pub(super) fn show(host: &mut Host, view: &DirectoryView) -> Done {
    let DirectoryView { directory, connected } = view;
    let service::directory::Directory { connection, mappings, brake, heard, .. } = directory;
    let failure = directory.failure.as_ref().map(|(_, text)| text.as_str());
    let (wanted, kind) = (directory.wanted, connection.kind);
    let shown = Shown {
        connected: *connected,
        connection,
        mappings,
        brake: *brake,
        full_run_wanted: wanted,
        heard: *heard,
        failure,
    };
    let named = |license| {
        let groups = mappings.iter().filter(|mapping| mapping.license == license);
        Some(groups.map(|mapping| mapping.group.clone()).collect::<Vec<_>>().join("; ")).filter(|text| !text.is_empty())
    };
    let yes = |yes: bool| Some(if yes { "yes" } else { "no" }.to_owned());
    host.output.one(
        &shown,
        &[
            ("connected", yes(*connected)),
            ("kind", Some(format!("{kind:?}"))),
            ("urls", Some(connection.urls.join(", "))),
            ("StartTLS", yes(connection.start_tls)),
            ("reads as", Some(connection.bind.clone())),
            ("base", Some(connection.base.clone())),
            ("people", connection.people.clone()),
            ("groups", connection.groups.clone()),
            ("gives Pro", named(BaseLicense::Pro)),
            ("gives Plus", named(BaseLicense::Plus)),
            ("brake", Some(format!("{} % or {} people", brake.share, brake.least))),
            ("answers since", failure.is_none().then_some(*heard).flatten().map(|at| time(Some(at)))),
            ("silent since", failure.is_some().then_some(*heard).flatten().map(|at| time(Some(at)))),
            ("why", failure.map(str::to_owned)),
        ],
    )
}

/// One thing that was tried.
#[derive(Serialize)]
struct Tried {
    what: &'static str,
    ok: bool,
    detail: Option<String>,
}

pub(super) async fn test(host: &mut Host, account: &str) -> Done {
    let account = host.account(account).await?;
    let steps = host.service.test_directory(&host.cx, account, Proposal::default()).await?;
    let tried: Vec<Tried> = steps.into_iter().map(|Step { what, ok, why }| Tried { what, ok, detail: why }).collect();
    host.output.list(&tried, &["STEP", "WORKS", "DETAIL"], |step| {
        let ok = if step.ok { "yes" } else { "no" };
        vec![step.what.to_owned(), ok.to_owned(), step.detail.clone().unwrap_or_default()]
    })
}

/// A group.
#[derive(Serialize)]
struct Found {
    id: Uuid,
    name: String,
    distinguished_name: String,
}

pub(super) async fn groups(host: &mut Host, account: &str, prefix: &str) -> Done {
    let account = host.account(account).await?;
    let found = host.service.directory_groups(&host.cx, account, prefix).await?;
    let found: Vec<Found> =
        found.into_iter().map(|group| Found { id: group.id, name: group.name, distinguished_name: group.dn }).collect();
    host.output.list(&found, &["NAME", "DISTINGUISHED NAME", "ID"], |group| {
        vec![group.name.clone(), group.distinguished_name.clone(), group.id.to_string()]
    })
}

/// What a directory would lead to.
#[derive(Serialize)]
struct Seen {
    counts: Counts,
    asks: Agreed,
    stopped: bool,
    members: u64,
    missing_groups: Vec<String>,
    ambiguous_groups: Vec<String>,
    left_out: u64,
    people: Vec<SeenPerson>,
}

/// What would happen to one person.
#[derive(Serialize)]
struct SeenPerson {
    what: &'static str,
    address: Option<String>,
    license: Option<BaseLicense>,
    code: Option<&'static str>,
}

pub(super) async fn preview(host: &mut Host, account: &str, groups: Groups) -> Done {
    let account = host.account(account).await?;
    let mappings = Some(groups.mappings()).filter(|mappings| !mappings.is_empty());
    let proposal = Proposal { mappings, ..Proposal::default() };
    let seen = host.service.preview_directory(&host.cx, account, proposal).await?;
    let DirectoryPreview { counts, asks, stopped, members, people, missing, ambiguous, left_out } = seen;
    let people = people.into_iter().map(|one| SeenPerson {
        what: one.what,
        address: one.address,
        license: one.license,
        code: one.code,
    });
    let seen = Seen {
        counts,
        asks,
        stopped,
        members,
        missing_groups: missing,
        ambiguous_groups: ambiguous,
        left_out: left_out.count,
        people: people.collect(),
    };
    let number = |number: u64| Some(number.to_string());
    let names = |names: &[String]| Some(names.join("; ")).filter(|names| !names.is_empty());
    let Counts { join, unlock, license, lock_out, remove, other, ignored, conflicts, unlinked, pro, plus, .. } = counts;
    host.output.one(
        &seen,
        &[
            ("would join", number(join)),
            ("would be let in again", number(unlock)),
            ("would get another license", number(license)),
            ("would be locked out", number(lock_out)),
            ("would be removed", number(remove)),
            ("would change otherwise", number(other)),
            ("with Pro, of all", number(pro)),
            ("with Plus, of all", number(plus)),
            ("in no mapped group", number(ignored)),
            ("cannot be taken over", number(conflicts)),
            ("members it does not have", number(unlinked)),
            ("could not be read", number(left_out.count)),
            ("names without a group", names(&seen.missing_groups)),
            ("names of several groups", names(&seen.ambiguous_groups)),
            ("to agree to it", Some(agreeing(&seen.asks))),
        ],
    )?;
    if host.output.is_json() {
        return Ok(());
    }
    host.output.text("")?;
    host.output.list(&seen.people, &["WHAT", "ADDRESS", "LICENSE", "WHY NOT"], |one| {
        let license = one.license.map(|license| license.to_string()).unwrap_or_default();
        let address = one.address.clone().unwrap_or_default();
        vec![one.what.to_owned(), address, license, one.code.unwrap_or_default().to_owned()]
    })
}

/// The words by which one agrees to it.
pub(super) fn agreeing(asks: &Agreed) -> String {
    let mut words = format!("--agree-in {} --agree-out {}", asks.into, asks.out);
    for administrator in &asks.administrators {
        let _ = write!(words, " --agree-administrator {administrator}");
    }
    words
}

/// What kind of account it is now.
#[derive(Serialize)]
struct Switched {
    account: AccountId,
    account_type: AccountType,
}

pub(super) fn switched(host: &mut Host, account: &access::Account) -> Done {
    let switched = Switched { account: account.id, account_type: account.kind };
    let kind = account.kind.name().to_owned();
    host.output.one(&switched, &[("account", Some(account.id.to_string())), ("type", Some(kind))])
}
