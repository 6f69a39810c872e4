//! How an account's directory is reached and read, and which groups give which license (rules 3 and 11).

use std::collections::HashSet;

use access::authority::{Action, Over};
use access::directory::{Brake, Connection, Mapping, Stored};
use access::{AccountId, AccountType, Refusal};
use futures::FutureExt;
use serde_json::json;
use store::{Directory, Lock, Read, Write};

use super::{DirectoryView, Turn};
use crate::effects::{self, Change};
use crate::facts::Facts;
use crate::run::{Outcome, Scene, Verb, single};
use crate::terms::Tagged;
use crate::{Context, Error, Service};

const SET: Verb = Verb { name: "directory.set", action: Action::ManageDirectory };
const MAP: Verb = Verb { name: "directory.map", action: Action::ManageDirectory };
const REMOVE: Verb = Verb { name: "directory.remove", action: Action::ManageDirectory };

/// The longest password of the account a directory is read with, in bytes.
const LONGEST: usize = 1_000;
/// So many people are let go of in one transaction.
const PIECE: u64 = 512;

/// How a directory is to be reached and read; what is `None` stays, or is the default.
#[derive(Clone)]
pub struct NewDirectory {
    /// Where it is.
    pub connection: Connection,
    /// The password of the account it is read with. To be given again when it would go elsewhere than before.
    pub password: Option<String>,
    /// Which groups give which license.
    pub mappings: Option<Vec<Mapping>>,
    /// What a run may do without being asked about (rule 85).
    pub brake: Option<Brake>,
}

impl std::fmt::Debug for NewDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewDirectory").field("connection", &self.connection).finish_non_exhaustive()
    }
}

impl Tagged for Directory {
    fn tagged(&self) -> Facts {
        facts(Some(self))
    }
}

impl Service {
    /// Sets up an account's directory, or changes how it is read. It decides nothing until it is connected; what a connected
    /// one leads to is seen by a preview first.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn set_directory(
        &self,
        cx: &Context,
        account: AccountId,
        wish: NewDirectory,
    ) -> Result<DirectoryView, Error> {
        let set = self.in_account(cx, SET, account, Lock::Exclusive, move |w, scene| {
            let wish = wish.clone();
            async move { Ok(vec![set(w, scene, wish).await?]) }.boxed()
        });
        single(set.await)
    }

    /// Another list of mappings. Those that name a group of before go on following it, as long as it is there (rule 84).
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn map_directory(
        &self,
        cx: &Context,
        account: AccountId,
        mappings: Vec<Mapping>,
    ) -> Result<DirectoryView, Error> {
        let mapped = self.in_account(cx, MAP, account, Lock::Exclusive, move |w, scene| {
            let mappings = mappings.clone();
            async move {
                let before = found(w, scene).await?;
                let after = Directory { mappings: following(&before, mappings)?, ..before.clone() };
                Ok(vec![save(w, scene, &before, after, None).await?])
            }
            .boxed()
        });
        single(mapped.await)
    }

    /// What was found of the mapped groups is kept: their ids and new names (rule 11). Returns the version, which stays the
    /// same as the same groups are meant; `None` when somebody changed the directory meanwhile.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn keep_mappings(
        &self,
        cx: &Context,
        turn: Turn,
        version: i64,
        mappings: Vec<Mapping>,
    ) -> Result<Option<i64>, Error> {
        let kept = self.in_account(cx, MAP, turn.account, Lock::Share, move |w, scene| {
            let mappings = mappings.clone();
            async move {
                turn.held(w, scene.stage.cx.at).await?;
                let before = found(w, scene).await?;
                let same = Some(version).filter(|version| *version == before.version);
                if same.is_none() || before.mappings == mappings {
                    return Ok(vec![Outcome { result: Ok(same), audit: vec![], notices: vec![] }]);
                }
                let after = Directory { mappings, ..before.clone() };
                w.save_directory(&after, None).await?;
                Ok(vec![outcome(scene, Some(&before), after)?.try_map(|_| Ok(same))?])
            }
            .boxed()
        });
        single(kept.await)
    }

    /// The account's directory, without its password.
    ///
    /// **Permission**: `ViewAccount` over the account.
    pub async fn directory(&self, cx: &Context, account: AccountId) -> Result<DirectoryView, Error> {
        let read = self.permitted(cx, Action::ViewAccount, Over::Account(account))?;
        let kind = self.present(cx, &read, account).await?.kind;
        let directory = read.directory().await?.ok_or(Refusal::NoDirectory)?;
        Ok(DirectoryView { connected: kind == AccountType::EnterpriseDirectory, directory })
    }

    /// Forgets a directory that is not connected, and which of its entries is which person: whoever is connected next is
    /// linked by address (rule 19). People, licenses and history stay. Done in pieces; repeating it does the rest.
    ///
    /// **Permission**: `ManageDirectory` over the account.
    pub async fn remove_directory(&self, cx: &Context, account: AccountId) -> Result<(), Error> {
        loop {
            let removed = self.in_account(cx, REMOVE, account, Lock::Exclusive, |w, scene| {
                async move { Ok(vec![remove(w, scene).await?]) }.boxed()
            });
            if single(removed.await)? {
                return Ok(());
            }
            // A preview ends with the first piece: it undoes it.
            if cx.preview {
                return Ok(());
            }
        }
    }
}

async fn set(w: &mut Write, scene: &Scene, wish: NewDirectory) -> Result<Outcome<DirectoryView>, Error> {
    if scene.account()?.deleted.is_some() {
        return Err(Refusal::AccountDeleted.into());
    }
    let NewDirectory { connection, password, mappings, brake } = wish;
    connection.check()?;
    if let Some(password) = &password {
        check_password(password)?;
    }
    let brake = brake.map(checked).transpose()?;
    let at = scene.stage.cx.at;
    let Some(before) = w.directory(scene.id).await? else {
        let password = password.ok_or_else(|| needs_password("there is none yet"))?;
        let mappings = mappings.unwrap_or_default();
        Mapping::check(&mappings)?;
        scene.stage.cx.terms.found_nothing()?;
        let new = Directory {
            account: scene.id,
            version: 1,
            connection,
            mappings: unknown(mappings),
            brake: brake.unwrap_or_default(),
            created: at,
            updated: at,
            wanted: false,
            agreed: None,
            heard: None,
            failure: None,
            members: 0,
        };
        w.insert_directory(&new, &password).await?;
        return outcome(scene, None, new);
    };
    scene.stage.cx.terms.found(&before)?;
    if password.is_none() && goes_elsewhere(&before.connection, &connection) {
        return Err(needs_password("it would be sent elsewhere than before").into());
    }
    let mappings = match mappings {
        Some(mappings) => following(&before, mappings)?,
        None => kept(&before, &connection),
    };
    let after = Directory { connection, mappings, brake: brake.unwrap_or(before.brake), ..before.clone() };
    save(w, scene, &before, after, password.as_deref()).await
}

/// The directory as it is, if it is as the request's tag says.
pub(super) async fn found(w: &mut Write, scene: &Scene) -> Result<Directory, Error> {
    let directory = w.directory(scene.id).await?.ok_or(Refusal::NoDirectory)?;
    scene.stage.cx.terms.found(&directory)?;
    Ok(directory)
}

async fn save(
    w: &mut Write,
    scene: &Scene,
    before: &Directory,
    after: Directory,
    password: Option<&str>,
) -> Result<Outcome<DirectoryView>, Error> {
    // Whoever follows the directory begins anew; what was agreed to was about the former one.
    let after =
        Directory { version: before.version + 1, updated: scene.stage.cx.at, wanted: true, agreed: None, ..after };
    w.save_directory(&after, password).await?;
    outcome(scene, Some(before), after)
}

fn outcome(scene: &Scene, before: Option<&Directory>, after: Directory) -> Result<Outcome<DirectoryView>, Error> {
    let (facts, then) = (facts(before), facts(Some(&after)));
    let record = scene.stage.changed(scene.verb.name, Some(scene.id), scene.id.0, &facts, &then);
    let connected = scene.account()?.kind == AccountType::EnterpriseDirectory;
    let view = DirectoryView { connected, directory: after };
    Ok(Outcome { result: Ok(view), audit: vec![record], notices: vec![] })
}

/// Whether all is done.
async fn remove(w: &mut Write, scene: &mut Scene) -> Result<Outcome<bool>, Error> {
    let before = found(w, scene).await?;
    let kind = scene.account()?.kind;
    if kind == AccountType::EnterpriseDirectory {
        let (what, instead) = ("removing the directory", "disconnect it first");
        return Err(Refusal::NotOnThisAccount { what, kind, instead }.into());
    }
    let entries = w.first_directory_entries(scene.id, PIECE).await?;
    let ids: Vec<_> = entries.keys().copied().collect();
    let linked = entries.iter().map(|(id, Stored { user, .. })| (id.to_string(), *user));
    let linked: HashSet<(String, access::UserId)> = linked.collect();
    let people: Vec<_> = linked.iter().map(|(_, user)| *user).collect();
    let of = |user: &access::User| {
        let link = user.source.as_ref().map(|source| (source.id.clone(), user.id));
        let here = user.membership.is_none_or(|membership| membership.account == scene.id);
        here && link.is_some_and(|link| linked.contains(&link))
    };
    let changes: Vec<Change> = w.users(&people).await?.into_iter().filter(of).map(unlinked).collect();
    let (mut audit, mut notices) = (Vec::new(), Vec::new());
    for written in effects::write(w, &scene.stage, &mut scene.accounts, scene.verb.name, changes).await? {
        audit.extend(written.audit);
        notices.extend(written.notices);
    }
    w.delete_directory_entries(scene.id, &ids).await?;
    let done = (ids.len() as u64) < PIECE;
    if done {
        w.delete_directory(scene.id).await?;
        let none = Facts::none();
        audit.push(scene.stage.changed(scene.verb.name, Some(scene.id), scene.id.0, &facts(Some(&before)), &none));
    }
    Ok(Outcome { result: Ok(done), audit, notices })
}

fn unlinked(user: access::User) -> Change {
    let after = access::User { source: None, ..user.clone() };
    Change { before: Some(user), transition: access::change::Transition { user: after, effects: Vec::new() } }
}

/// What the trail keeps of a directory, beside the account's own facts. What it is read with names somebody.
pub(crate) fn facts(directory: Option<&Directory>) -> Facts {
    let Some(Directory { connection, mappings, brake, .. }) = directory else { return Facts::none() };
    let mut plain = json!({ "connection": connection, "mappings": mappings, "brake": brake });
    let bind = plain["connection"]["bind"].take();
    Facts { plain: json!({ "directory": plain }), personal: json!({ "directory": { "bind": bind } }) }.without_nulls()
}

/// Whether the password would be sent to another server, or in another way.
pub(super) fn goes_elsewhere(before: &Connection, after: &Connection) -> bool {
    let to = |connection: &Connection| {
        let Connection { urls, start_tls, ca, bind, .. } = connection;
        (urls.clone(), *start_tls, ca.clone(), bind.clone())
    };
    to(before) != to(after)
}

pub(super) fn needs_password(why: &str) -> Refusal {
    Refusal::Invalid { member: "password", why: format!("{why}; give the password of the account that reads") }
}

pub(super) fn check_password(password: &str) -> Result<(), Refusal> {
    // An empty one is an unauthenticated bind (RFC 4513 section 5.1.2).
    match password.len() {
        0 => Err(needs_password("it is empty")),
        1..=LONGEST => Ok(()),
        _ => Err(needs_password("it has more than 1,000 bytes")),
    }
}

fn checked(brake: Brake) -> Result<Brake, Refusal> {
    match brake.share <= 100 {
        true => Ok(brake),
        false => Err(Refusal::Invalid { member: "brake", why: "its share is more than 100 per cent".to_owned() }),
    }
}

/// Mappings without ids that somebody made up.
fn unknown(mappings: Vec<Mapping>) -> Vec<Mapping> {
    mappings.into_iter().map(|mapping| Mapping { id: None, anew: false, ..mapping }).collect()
}

/// New mappings. Whoever names a group of before means that one, whatever it is called by now; if it is gone, the one that
/// is called so now (rule 84).
pub(super) fn following(before: &Directory, mappings: Vec<Mapping>) -> Result<Vec<Mapping>, Refusal> {
    Mapping::check(&mappings)?;
    let known = |group: &str| before.mappings.iter().find(|mapping| mapping.group == group)?.id;
    let of_before = |mapping: Mapping| {
        let id = known(&mapping.group);
        Mapping { id, anew: id.is_some(), ..mapping }
    };
    Ok(mappings.into_iter().map(of_before).collect())
}

/// The mappings of a directory that is read by another connection from now on. Where other groups may be found by it, names
/// are looked for anew: ids of another forest mean nothing.
pub(super) fn kept(before: &Directory, after: &Connection) -> Vec<Mapping> {
    let found_by = |connection: &Connection| (connection.urls.clone(), connection.base.clone(), connection.kind);
    let anew = found_by(&before.connection) != found_by(after);
    let of_now = |mapping: &Mapping| Mapping { anew: mapping.anew || anew && mapping.id.is_some(), ..mapping.clone() };
    before.mappings.iter().map(of_now).collect()
}

/// The account's directory and its password, for asking it.
pub(super) async fn stored(read: &Read) -> Result<Option<(Directory, String)>, Error> {
    let Some(directory) = read.directory().await? else { return Ok(None) };
    let password = read.directory_password().await?.ok_or(Refusal::NoDirectory)?;
    Ok(Some((directory, password)))
}
