//! What a directory changes about the people of an account: the plan of the pure rules, with what the store knows of them.

use std::collections::{BTreeSet, HashMap, HashSet};

use access::authority::{Action, Over};
use access::directory::{Command, EntryId, Known, Mapping, Plan, Snapshot, plan};
use access::{AccountId, Domain};
use futures::future::try_join;
use jiff::Timestamp;
use store::Read;

use crate::{Context, Error, Service};

impl Service {
    /// What is known of the people of an account's directory: those of some entries, or all.
    ///
    /// **Permission**: Carillon itself.
    pub async fn known_in_directory(
        &self,
        account: AccountId,
        only: Option<&BTreeSet<EntryId>>,
    ) -> Result<Known, Error> {
        let read = self.permitted(&self.system(), Action::ManageDirectory, Over::Account(account))?;
        known(&read, only).await
    }

    /// What is known of people, some or all, and what a directory changes about them as it is at the time of the request.
    ///
    /// **Permission**: Carillon itself.
    pub async fn plan_directory(
        &self,
        cx: &Context,
        account: AccountId,
        snapshot: &Snapshot,
        mappings: &[Mapping],
        only: Option<&BTreeSet<EntryId>>,
    ) -> Result<(Known, Plan), Error> {
        let read = self.permitted(cx, Action::ManageDirectory, Over::Account(account))?;
        planned(&read, snapshot, mappings, only, cx.at).await
    }
}

/// A plan. Who would be refused because of whose address it is here does not join: it is known before anybody is asked.
pub(super) async fn planned(
    read: &Read,
    snapshot: &Snapshot,
    mappings: &[Mapping],
    only: Option<&BTreeSet<EntryId>>,
    now: Timestamp,
) -> Result<(Known, Plan), Error> {
    let known = known(read, only).await?;
    let plan = plan(snapshot, mappings, only, &known, now);
    let of = |command: &Command| Some((command.joining()?.mail.key().to_owned(), command.id()));
    let joining: HashMap<String, EntryId> = plan.commands.iter().filter_map(of).collect();
    let unlinkable = read.unlinkable(&joining.keys().cloned().collect::<Vec<_>>()).await?;
    let refused = unlinkable.into_iter().filter_map(|(key, why)| Some((*joining.get(&key)?, why))).collect();
    Ok((known, plan.without_refused(&refused)))
}

async fn known(read: &Read, only: Option<&BTreeSet<EntryId>>) -> Result<Known, Error> {
    let only: Option<Vec<EntryId>> = only.map(|only| only.iter().copied().collect());
    // For a few people the cost must not grow with the account: the members of the last full run are near enough.
    let others = async {
        let (members, unlinked) = match only {
            None => read.count_members().await?,
            Some(_) => (read.directory().await?.map_or(0, |directory| directory.members), 0),
        };
        Ok((members, unlinked, read.administrators().await?, read.domains().await?))
    };
    // Two at once: there are connections left for those who look at lists.
    let (entries, (members, unlinked, administrators, claims)) =
        try_join(read.directory_entries(only.as_deref()), others).await?;
    let verified = claims.into_iter().filter(|claim| claim.verified.is_some());
    let domains: HashSet<Domain> = verified.map(|claim| claim.domain).collect();
    Ok(Known { entries, administrators, domains, members, unlinked })
}
