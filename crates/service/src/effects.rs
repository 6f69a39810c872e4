//! Writing people together with everything that follows from their change: sessions, keys, seats, letters. The set of
//! effects is closed and matched in one place, so that none can be forgotten.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use access::change::{Effect, Letter, Transition, answered_by_joining, seat_freed};
use access::{AccountId, BaseLicense, Refusal, User, UserId};
use store::{Held, Notice, Record, Write};

use crate::Error;
use crate::accounts::Accounts;
use crate::facts::Facts;
use crate::mail::{Addressed, Mail};
use crate::notices;
use crate::run::{Outcome, Stage};

/// People who wait are given free seats so many at a time.
const PROMOTED: u64 = 1_000;

/// A person's change.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Before, as it was loaded; `None` for somebody new.
    pub before: Option<User>,
    /// After, and what follows.
    pub transition: Transition,
}

/// A change that was written.
#[derive(Debug)]
pub(crate) struct Written {
    /// The person as they are now.
    pub user: User,
    /// What the trail keeps of it.
    pub audit: Vec<Record>,
    /// Who is told.
    pub notices: Vec<Notice>,
}

/// What a set of changes asks for besides the people themselves.
#[derive(Default)]
struct Asked {
    keys: Vec<(UserId, Option<AccountId>)>,
    credentials: Vec<UserId>,
    freed: BTreeSet<(AccountId, BaseLicense)>,
    signed_out: BTreeSet<UserId>,
}

/// Writes the changes, each of another person, in their order. The accounts whose seats are concerned must be locked.
/// Whoever gets a freed seat is recorded beside the last of them.
pub(crate) async fn write(
    w: &mut Write,
    stage: &Stage,
    accounts: &mut Accounts,
    action: &'static str,
    changes: Vec<Change>,
) -> Result<Vec<Written>, Error> {
    let mut asked = Asked::default();
    let (mut written, mut new, mut saved) = (Vec::with_capacity(changes.len()), Vec::new(), Vec::new());
    let mut joined = Vec::new();
    for Change { before, transition } in changes {
        let (user, notices) = carry(stage, accounts, &mut asked, transition)?;
        let account = |user: &User| user.membership.map(|membership| membership.account);
        if account(&user) != before.as_ref().and_then(account) {
            joined.extend(account(&user).map(|account| (account, written.len())));
        }
        let audit = stage.person_changed(action, before.as_ref(), &user);
        match before {
            Some(before) => saved.push((before, user.clone())),
            None => new.push(user.clone()),
        }
        written.push(Written { user, audit, notices });
    }
    w.insert_users(&new).await?;
    tell_applications(w, stage, &asked, &saved, &mut written).await?;
    w.save_users(&saved, stage.cx.at).await?;
    let mut ended: HashMap<UserId, Vec<Held>> = HashMap::new();
    for held in w.end_keys(&asked.keys, stage.cx.at).await? {
        ended.entry(held.grant.user).or_default().push(held);
    }
    for person in &mut written {
        person.audit.extend(stage.keys_ended(ended.remove(&person.user.id).unwrap_or_default()));
    }
    w.delete_passwords(&asked.credentials).await?;
    w.delete_factors(&asked.credentials).await?;
    w.forget_upstream(&asked.credentials).await?;
    accounts.save_seats(w).await?;
    answer_invitations(w, stage, &mut written, joined).await?;
    let promoted = promote(w, stage, accounts, asked.freed).await?;
    if let Some(last) = written.last_mut() {
        last.audit.extend(promoted);
    }
    Ok(written)
}

/// The applications that people are signed out of are told.
async fn tell_applications(
    w: &mut Write,
    stage: &Stage,
    asked: &Asked,
    saved: &[(User, User)],
    written: &mut [Written],
) -> Result<(), Error> {
    let before = saved.iter().map(|(before, _)| before).filter(|before| asked.signed_out.contains(&before.id));
    let before: Vec<User> = before.cloned().collect();
    if before.is_empty() {
        return Ok(());
    }
    let mut told = notices::all_ended(w, stage, &before).await?;
    for person in written {
        person.notices.extend(told.remove(&person.user.id).unwrap_or_default());
    }
    Ok(())
}

/// The same for a list of commands, of which some were refused: an outcome for each, in their order.
pub(crate) async fn write_decided(
    w: &mut Write,
    stage: &Stage,
    accounts: &mut Accounts,
    action: &'static str,
    decided: Vec<Result<Change, Refusal>>,
) -> Result<Vec<Outcome<User>>, Error> {
    let (mut changes, mut refusals) = (Vec::with_capacity(decided.len()), Vec::with_capacity(decided.len()));
    for decided in decided {
        refusals.push(decided.map(|change| changes.push(change)).err());
    }
    let mut written = write(w, stage, accounts, action, changes).await?.into_iter();
    let outcomes = refusals.into_iter().filter_map(|refusal| match refusal {
        Some(refusal) => {
            let record = stage.refused(action, None, None, &refusal);
            Some(Outcome { result: Err(refusal), audit: vec![record], notices: vec![] })
        }
        None => written.next().map(|Written { user, audit, notices }| Outcome { result: Ok(user), audit, notices }),
    });
    Ok(outcomes.collect())
}

/// Who joined an account, in whatever way, has accepted its open invitation with that (rule 55): nobody stands in its
/// list twice. Recorded beside their change.
async fn answer_invitations(
    w: &mut Write,
    stage: &Stage,
    written: &mut [Written],
    joined: Vec<(AccountId, usize)>,
) -> Result<(), Error> {
    let mut keys: BTreeMap<AccountId, HashMap<String, usize>> = BTreeMap::new();
    for (account, at) in joined {
        let user = &written[at].user;
        keys.entry(account).or_default().extend(user.addresses().map(|address| (address.key().to_owned(), at)));
    }
    let mut saved = Vec::new();
    for (account, keys) in keys {
        let addresses: Vec<String> = keys.keys().cloned().collect();
        for open in w.pending_invitations(account, &addresses).await? {
            let Some(at) = keys.get(open.address.key()) else { continue };
            let Some(answered) = answered_by_joining(&open, written[*at].user.id) else { continue };
            let (before, after) = (Facts::of_invitation(&open), Facts::of_invitation(&answered));
            let record = stage.changed("invitation.accept", Some(account), open.id.0, &before, &after);
            written[*at].audit.extend([record]);
            saved.push((answered, None));
        }
    }
    Ok(w.save_invitations(&saved).await?)
}

/// Gives free seats to who waits for them, in order (rule 12). Returns the records of it.
pub(crate) async fn promote(
    w: &mut Write,
    stage: &Stage,
    accounts: &mut Accounts,
    freed: BTreeSet<(AccountId, BaseLicense)>,
) -> Result<Vec<Record>, Error> {
    let mut records = Vec::new();
    for (id, license) in freed.into_iter().filter(|(_, license)| *license != BaseLicense::Basic) {
        loop {
            let mut seats = accounts.seats(id)?;
            let account = accounts.account(id)?.clone();
            // Nobody waits for a license without a limit: lifting it promotes them all.
            let free = seats.left(license).map_or(PROMOTED, |left| PROMOTED.min(left.into()));
            let waiting = if free == 0 { Vec::new() } else { w.waiting(id, license, free).await? };
            let promoted: Vec<(User, Transition)> = waiting
                .into_iter()
                .filter_map(|user| seat_freed(&account, &mut seats, &user).map(|transition| (user, transition)))
                .collect();
            if promoted.is_empty() {
                break;
            }
            let mut saved = Vec::with_capacity(promoted.len());
            for (before, transition) in promoted {
                let (after, _) = carry(stage, accounts, &mut Asked::default(), transition)?;
                let changed = stage.person_changed("license.from-waiting-list", Some(&before), &after);
                records.extend(changed.into_iter().map(|record| Record { why: Some("seat-freed".into()), ..record }));
                saved.push((before, after));
            }
            w.save_users(&saved, stage.cx.at).await?;
            accounts.save_seats(w).await?;
        }
    }
    Ok(records)
}

/// Carries out the effects of one transition on the person and the seats, and collects the others.
fn carry(
    stage: &Stage,
    accounts: &mut Accounts,
    asked: &mut Asked,
    transition: Transition,
) -> Result<(User, Vec<Notice>), Error> {
    let Transition { mut user, effects } = transition;
    let mut letters = Vec::new();
    for effect in effects {
        match effect {
            Effect::EndSessions => {
                user.epoch += 1;
                asked.signed_out.insert(user.id);
            }
            Effect::EndKeys { over } => asked.keys.push((user.id, over)),
            Effect::EndCredentials => asked.credentials.push(user.id),
            Effect::TakeSeat { account, license } => accounts.take(account, license)?,
            Effect::ReleaseSeat { account, license } => {
                accounts.release(account, license)?;
                asked.freed.insert((account, license));
            }
            Effect::Tell(letter) => letters.push(letter),
        }
    }
    let notices =
        letters.into_iter().map(|letter| notice_of(stage, accounts, &user, letter)).collect::<Result<_, _>>()?;
    Ok((user, notices))
}

fn notice_of(stage: &Stage, accounts: &Accounts, user: &User, letter: Letter) -> Result<Notice, Error> {
    let name = |account: AccountId| Ok::<_, Error>(accounts.account(account)?.name.clone());
    let (account, mail) = match letter {
        Letter::Joined { account } => (Some(account), Mail::Joined { account, account_name: name(account)? }),
        Letter::Removed { account } => (Some(account), Mail::Removed { account, account_name: name(account)? }),
        Letter::Left { account } => (Some(account), Mail::Left { account, account_name: name(account)? }),
        Letter::SetPassword => (None, Mail::SetPassword),
    };
    Addressed { to: user.primary.as_typed().to_owned(), mail }.notice(user.id.0, account, stage.cx.at)
}
