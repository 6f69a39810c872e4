//! Connect and disconnect: from when on a directory decides who is in an account, and until when (rules 3 and 45).

use std::collections::{BTreeSet, HashMap};

use access::authority::{Action, Over, Role};
use access::decision::{Facts as Deciding, SourceFacts};
use access::directory::{Agreed, EntryId, Granting, Mapping, Snapshot};
use access::{Account, AccountId, AccountType, Refusal, UserId, change};
use futures::FutureExt;
use jiff::Timestamp;
use store::{Directory, Lock, RunState, Write};

use super::ask::{Proposal, Seen};
use super::configure::found;
use crate::run::{Outcome, Scene, Verb, single};
use crate::{Context, Error, Service, update_account};

const CONNECT: Verb = Verb { name: "directory.connect", action: Action::ManageDirectory };
const DISCONNECT: Verb = Verb { name: "directory.disconnect", action: Action::ManageDirectory };

impl Service {
    /// Connects the directory that is set up: the account is an `EnterpriseDirectory`, and the first full run begins. All of
    /// it is read before. Refused when no `FullAccess` administrator could sign in afterwards (rule 3), and when it would
    /// let in or lock out more people than `agreed` says (rule 85): the members that it does not have among them.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn connect_directory(&self, cx: &Context, account: AccountId, agreed: Agreed) -> Result<Account, Error> {
        let read = self.directory_read(cx, account).await?;
        let version = read.directory().await?.ok_or(Refusal::NoDirectory)?.version;
        let seen = self.see_directory(&read, account, Proposal::default(), cx.at).await?;
        let Seen { snapshot, known, asks: asked, mappings, brake, .. } = seen;
        if brake.stops(&asked, known.members, &agreed, &Agreed::default()) {
            return self.refuse_in(cx, CONNECT.name, Some(account), asks(&asked)).await;
        }
        let entries = known.entries.iter().map(|(id, one)| (one.user, *id)).collect();
        let says = says(&snapshot, &mappings, &entries, cx.at);
        let connected = self.in_account(cx, CONNECT, account, Lock::Exclusive, move |w, scene| {
            let (says, agreed) = (says.clone(), agreed.clone());
            async move { Ok(vec![connect(w, scene, version, &says, agreed).await?]) }.boxed()
        });
        let connected = single(connected.await);
        self.0.directory_wished.notify_waiters();
        connected
    }

    /// Disconnects the directory: the account is an `EnterpriseLWA` again, people keep membership, license and history, and a
    /// run that goes on stops. It stays set up, and knows the same people when it is connected again.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn disconnect_directory(&self, cx: &Context, account: AccountId) -> Result<Account, Error> {
        let disconnected = self.in_account(cx, DISCONNECT, account, Lock::Exclusive, |w, scene| {
            async move { Ok(vec![disconnect(w, scene).await?]) }.boxed()
        });
        single(disconnected.await)
    }
}

/// What a directory says of somebody: by their entry, and by their address.
#[derive(Clone, Debug)]
struct Says {
    linked: HashMap<UserId, SourceFacts>,
    by_address: HashMap<String, SourceFacts>,
}

fn says(snapshot: &Snapshot, mappings: &[Mapping], entries: &HashMap<UserId, EntryId>, now: Timestamp) -> Says {
    let granting = Granting::of(mappings);
    let facts = |id: EntryId| {
        let enabled = snapshot.person_of(id).is_some_and(|person| person.may_sign_in(now));
        SourceFacts { enabled, license: snapshot.license_of(id, &granting) }
    };
    let linked = entries.iter().map(|(user, id)| (*user, facts(*id))).collect();
    let address = |id: EntryId| {
        let mail = access::Email::parse(snapshot.person_of(id)?.mail.as_deref()?).ok()?;
        Some((mail.key().to_owned(), facts(id)))
    };
    Says { linked, by_address: snapshot.people().filter_map(address).collect() }
}

async fn connect(
    w: &mut Write,
    scene: &Scene,
    version: i64,
    says: &Says,
    agreed: Agreed,
) -> Result<Outcome<Account>, Error> {
    let directory = found(w, scene).await?;
    if directory.version != version {
        return Err(Refusal::Changed.into());
    }
    let administrators = administrators(w, scene, says).await?;
    let after =
        change::connect_source(scene.account()?, AccountType::EnterpriseDirectory, &administrators, scene.stage.cx.at)?;
    w.save_directory(&Directory { wanted: true, agreed: Some(agreed), ..directory }, None).await?;
    update_account::write(w, scene, after).await
}

/// The facts of who holds `FullAccess` over the account or the deployment, with what the directory says of them. Who is not
/// linked yet counts as in it when they have confirmed the link (rule 19).
async fn administrators(w: &mut Write, scene: &Scene, says: &Says) -> Result<Vec<Deciding>, Error> {
    let mut ids = BTreeSet::new();
    for over in [Over::Deployment, Over::Account(scene.id)] {
        let full = w.grants_over(over).await?.into_iter().filter(|grant| grant.role == Role::FullAccess);
        ids.extend(full.map(|grant| grant.user));
    }
    let ids: Vec<UserId> = ids.into_iter().collect();
    let confirmed = w.confirmed_links(scene.id, &ids).await?;
    let mut facts = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(standing) = w.administrator(id, None, scene.stage.cx.at).await? else { continue };
        let mut one = standing.facts;
        if standing.user.is_member_of(scene.id) {
            let by_address = says.by_address.get(standing.user.primary.key()).filter(|_| confirmed.contains(&id));
            one.source = says.linked.get(&id).or(by_address).copied();
        }
        facts.push(one);
    }
    Ok(facts)
}

async fn disconnect(w: &mut Write, scene: &Scene) -> Result<Outcome<Account>, Error> {
    let before = scene.account()?;
    if before.kind != AccountType::EnterpriseDirectory {
        return Err(Refusal::NoSource.into());
    }
    let after = change::disconnect_source(before)?;
    if let Some(directory) = w.directory(scene.id).await? {
        w.save_directory(&Directory { wanted: false, agreed: None, ..directory }, None).await?;
    }
    for state in [RunState::Running, RunState::Asking, RunState::Agreed] {
        for mut run in w.directory_runs_in(scene.id, state).await? {
            run.state = RunState::Cancelled;
            run.ended = Some(scene.stage.cx.at);
            w.save_directory_run(scene.id, &run).await?;
        }
    }
    update_account::write(w, scene, after).await
}

/// The refusal of what nobody has agreed to.
pub(super) fn asks(asked: &Agreed) -> Refusal {
    Refusal::DirectoryAsks { into: asked.into, out: asked.out, administrators: asked.administrators.len() as u64 }
}
