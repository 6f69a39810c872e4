//! Import: people of a file become members or are invited, and get their licenses (rules 10, 12, 14, 16 and 66).
//! Repeating an import changes nothing more, so one that broke off is simply repeated.

mod file;

use std::collections::HashMap;

use access::authority::{Action, may_act_on};
use access::change::Invited;
use access::{AccountId, AccountType, BaseLicense, Email, Invitation, License, Refusal, User, UserId};
use futures::FutureExt;
use store::{Entry, Lock, Write};

use crate::changes::{Decided, InvitationChange, carry_out};
use crate::invite::{self, Known};
use crate::run::{Outcome, Scene, Verb};
use crate::targets::{Target, first_of_each};
use crate::{Context, Error, Service, UserView, assign_license, create_user};

pub(crate) use file::guarded;
pub use file::{ImportRow, MOST_BYTES as IMPORT_BYTES, Wish, read as read_import};

const VERB: Verb = Verb { name: "user.import", action: Action::CreateUser };
/// The rows of one transaction, which is also what seats are counted for (rule 12).
pub const IMPORT_PIECE: usize = 1_000;

/// What a row came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// A new member of an Enterprise account.
    Added,
    /// Invited to a Team, by mail.
    Invited,
    /// Was there, and has another license now.
    Licensed,
    /// Was there as the row says.
    Unchanged,
}

impl Imported {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Added, Self::Invited, Self::Licensed, Self::Unchanged];

    /// A stable word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Invited => "invited",
            Self::Licensed => "licensed",
            Self::Unchanged => "unchanged",
        }
    }
}

/// The answer to one row.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportOutcome {
    /// The line of the file.
    pub line: usize,
    /// The address, as it was written.
    pub address: String,
    /// What was done, and how the person stands in the list now.
    pub result: Result<(Imported, UserView), Refusal>,
}

impl Service {
    /// Imports rows of a file, as [`read_import`] reads them, in pieces of [`IMPORT_PIECE`]: each is a transaction of
    /// its own. A refused row stops no other, but for licenses of members beyond the seats: then none of the piece
    /// gets another one (rule 12). What refuses a piece as a whole, once one before it is done, stands in each row of it
    /// and of those after it: what was done is told in any case. Another failure leaves the pieces before it done;
    /// importing the file again does the rest.
    ///
    /// **Permission**: `CreateUser`, `Invite` and `AssignLicense` over the account; one role has them all.
    pub async fn import_users(
        &self,
        cx: &Context,
        account: AccountId,
        rows: &[ImportRow],
    ) -> Result<Vec<ImportOutcome>, Error> {
        let mut outcomes = Vec::with_capacity(rows.len());
        for piece in rows.chunks(IMPORT_PIECE) {
            let wishes: Vec<_> = piece.iter().map(|row| row.wish.clone()).collect();
            let answers = self.in_account(cx, VERB, account, Lock::Share, move |w, scene| {
                let wishes = wishes.clone();
                async move { apply(w, scene, &wishes).await }.boxed()
            });
            let answers = match answers.await {
                Err(Error::Refused(refusal)) if !outcomes.is_empty() => {
                    let left = rows.iter().skip(outcomes.len());
                    outcomes.extend(left.map(|row| row.came_to(Err(refusal.clone()))));
                    break;
                }
                answers => answers?,
            };
            outcomes.extend(piece.iter().zip(answers).map(|(row, result)| row.came_to(result)));
        }
        Ok(outcomes)
    }
}

impl ImportRow {
    fn came_to(&self, result: Result<Answer, Refusal>) -> ImportOutcome {
        ImportOutcome { line: self.line, address: self.address.clone(), result }
    }
}

/// What a row leads to, before anything is written.
enum Planned<'a> {
    /// Somebody in the list gets another license.
    License(Target, BaseLicense),
    /// Somebody comes into the list.
    Newcomer(&'a Wish),
    /// As it is.
    Unchanged(Entry),
    Refused(Refusal),
}

/// The answer to a row.
type Answer = (Imported, UserView);

pub(crate) async fn apply(
    w: &mut Write,
    scene: &mut Scene,
    rows: &[Result<Wish, Refusal>],
) -> Result<Vec<Outcome<Answer>>, Error> {
    let addresses: Vec<&Email> = rows.iter().flatten().map(|wish| &wish.address).collect();
    let known = Known::of(w, scene.id, &addresses).await?;
    let people = People::of(w, scene, &known, &addresses).await?;
    let planned: Vec<Planned<'_>> = rows.iter().map(|row| plan(scene, &known, &people, row)).collect();

    // Who is there first: newcomers get the seats that are left, or wait for one.
    let mut seats = scene.seats()?;
    let chosen = planned.iter().filter_map(|planned| match planned {
        Planned::License(target, license) => Some((target.clone(), License::from(*license))),
        _ => None,
    });
    let (targets, licenses): (Vec<Target>, Vec<_>) = chosen.unzip();
    let targets = first_of_each(targets);
    let mut licensed = assign_license::decide(scene.account()?, &mut seats, targets, &licenses)?.into_iter();
    let (mut decided, mut kinds, mut outcomes) = (Vec::new(), Vec::new(), Vec::with_capacity(rows.len()));
    for planned in planned {
        let (kind, change) = match planned {
            Planned::Unchanged(entry) => {
                let outcome = Outcome { result: Ok(entry), audit: vec![], notices: vec![] };
                let shown = scene.shown(outcome, |entry| entry)?;
                outcomes.push(Some(shown.try_map(|view| Ok((Imported::Unchanged, view)))?));
                continue;
            }
            Planned::Refused(refusal) => {
                outcomes.push(Some(scene.refused(None, refusal)));
                continue;
            }
            Planned::License(..) => (Imported::Licensed, licensed.next().ok_or_else(unpaired)?),
            Planned::Newcomer(wish) if scene.account()?.kind == AccountType::Team => {
                (Imported::Invited, invited(scene, &known, wish)?)
            }
            Planned::Newcomer(wish) => {
                let (holder, own) = (people.by_key.get(wish.address.key()), known.owner(&wish.address.domain()));
                (Imported::Added, added(scene, &mut seats, holder.cloned(), own == Some(scene.id), wish)?)
            }
        };
        outcomes.push(None);
        kinds.push(kind);
        decided.push(change);
    }
    let mut written = kinds.into_iter().zip(carry_out(w, scene, decided).await?);
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.is_none()) {
        let (kind, done) = written.next().ok_or_else(unpaired)?;
        *outcome = Some(done.try_map(|view| Ok((kind, view)))?);
    }
    Ok(outcomes.into_iter().flatten().collect())
}

fn unpaired() -> Error {
    Error::Internal("each row has its answer".to_owned())
}

/// Those of the people behind the addresses who are the account's business, locked: its members and, on its own
/// domains, anybody. Nobody else is even made to wait.
struct People {
    by_key: HashMap<String, User>,
    refused: HashMap<UserId, Refusal>,
}

impl People {
    async fn of(w: &mut Write, scene: &Scene, known: &Known, addresses: &[&Email]) -> Result<Self, Error> {
        let enterprise = scene.account()?.kind != AccountType::Team;
        let own = |address: &&&Email| {
            known.is_member(address) || (enterprise && known.owner(&address.domain()) == Some(scene.id))
        };
        let keys: Vec<String> = addresses.iter().filter(own).map(|address| address.key().to_owned()).collect();
        let found = w.users_by_address(&keys).await?;
        let ids: Vec<UserId> = found.iter().map(|user| user.id).collect();
        // Nobody acts on a person with a higher grant than their own (rule 28).
        let held = w.grants_of(&ids).await?.into_iter();
        let refused =
            held.filter_map(|(user, grants)| Some((user, may_act_on(scene.authority.permit, &grants).err()?)));
        let refused = refused.collect();
        let mut by_key = HashMap::with_capacity(found.len());
        for user in found {
            for address in &user.secondary {
                by_key.insert(address.key().to_owned(), user.clone());
            }
            by_key.insert(user.primary.key().to_owned(), user);
        }
        Ok(Self { by_key, refused })
    }
}

fn plan<'a>(scene: &Scene, known: &Known, people: &People, row: &'a Result<Wish, Refusal>) -> Planned<'a> {
    let wish = match row {
        Ok(wish) => wish,
        Err(refusal) => return Planned::Refused(refusal.clone()),
    };
    let member = people.by_key.get(wish.address.key()).filter(|user| user.is_member_of(scene.id));
    let invitation = known.pending(&wish.address).filter(|open| open.is_open(scene.stage.cx.at));
    match (member, invitation, wish.license) {
        (Some(user), _, Some(license)) if !has(user, license) => match people.refused.get(&user.id) {
            Some(refusal) => Planned::Refused(refusal.clone()),
            None => Planned::License(Target::Member(user.clone()), license),
        },
        (Some(user), ..) => Planned::Unchanged(Entry::User(user.clone())),
        (None, Some(open), Some(license)) if open.license != Some(license) => {
            Planned::License(Target::Invited(open.clone()), license)
        }
        (None, Some(open), _) => Planned::Unchanged(Entry::Invitation(open.clone())),
        (None, None, _) => Planned::Newcomer(wish),
    }
}

/// Whether they hold this license or wait for it. Assigning it once more would end a trial (rule 9), and an import
/// that is repeated must not.
fn has(user: &User, license: BaseLicense) -> bool {
    user.waiting.map_or(user.license, |waiting| waiting.license) == license || user.license == license
}

fn invited(scene: &Scene, known: &Known, wish: &Wish) -> Result<Decided, Error> {
    Ok(match invite::rule(scene, known, &wish.address)? {
        Ok(Invited::Invitation(after)) => Decided::Invitation(InvitationChange {
            before: known.pending(&wish.address).cloned(),
            after: Invitation { license: wish.license.or(after.license), ..after },
            mailed: true,
        }),
        Ok(Invited::Instructions) => return Err(Error::Internal("a Team invites by invitation".to_owned())),
        Err(refusal) => Decided::Refused { subject: None, refusal },
    })
}

fn added(
    scene: &Scene,
    seats: &mut access::Seats,
    holder: Option<User>,
    own_domain: bool,
    wish: &Wish,
) -> Result<Decided, Error> {
    let mut decided = create_user::decide(scene, seats, &wish.address, own_domain, holder, wish.license)?;
    if let Decided::Person { transition, .. } = &mut decided {
        let user = &mut transition.user;
        // Who is registered gave a name themselves.
        if user.registered.is_none() && wish.name.is_some() {
            user.display_name.clone_from(&wish.name);
        }
    }
    Ok(decided)
}
