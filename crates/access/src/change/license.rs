//! Assigning licenses, and seats that come free (rules 9, 10, 12).

use super::{Effect, Transition};
use crate::{Account, BaseLicense, Invitation, License, Refusal, Seats, User, user::LicenseOrigin};

/// Who is to get a license.
#[derive(Clone, Copy, Debug)]
pub enum Assignee<'a> {
    /// A member of the account.
    User(&'a User),
    /// An invited address: acceptance will give the license (rule 14).
    Invitation(&'a Invitation),
}

/// What assigning leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// A member holds the license now.
    User(Transition),
    /// The invitation will give it.
    Invitation(Invitation),
}

/// Assigns licenses to members and invited addresses of one account. Refusals of single items affect those only; if
/// the others together exceed the seats, none is applied and each of them says so (rule 12).
pub fn assign_license(
    account: &Account,
    seats: &mut Seats,
    items: &[(Assignee<'_>, License)],
) -> Vec<Result<Assigned, Refusal>> {
    let mut ledger = *seats;
    let mut short = None;
    let asked: Vec<Result<BaseLicense, Refusal>> =
        items.iter().map(|(_, license)| may_assign(account, *license)).collect();
    let moves = || {
        items.iter().zip(&asked).filter_map(|((assignee, _), asked)| match (assignee, asked) {
            (Assignee::User(user), Ok(license)) if user.license != *license => Some((user.license, *license)),
            _ => None,
        })
    };
    moves().for_each(|(from, _)| ledger.release(from));
    for (_, to) in moves() {
        if !ledger.take(to) {
            short = Some(Refusal::NoSeatsLeft { license: to, left: seats.left(to).unwrap_or(0) });
            break;
        }
    }
    if short.is_none() {
        *seats = ledger;
    }
    let each = items.iter().zip(asked).map(|((assignee, _), asked)| {
        let license = asked?;
        match (assignee, &short) {
            (Assignee::Invitation(invitation), None) => {
                Ok(Assigned::Invitation(Invitation { license: Some(license), ..(*invitation).clone() }))
            }
            (Assignee::User(user), None) => Ok(Assigned::User(assigned(account, user, license))),
            (_, Some(refusal)) => Err(refusal.clone()),
        }
    });
    each.collect()
}

fn may_assign(account: &Account, license: License) -> Result<BaseLicense, Refusal> {
    if account.deleted.is_some() {
        return Err(Refusal::AccountDeleted);
    }
    let license = license.base().ok_or(Refusal::TrialNotAssignable)?;
    if account.kind.has_source() { Err(Refusal::LicenseByGroup) } else { Ok(license) }
}

/// Assigning any license, also the same one, ends the trial and a wait (rule 9).
fn assigned(account: &Account, user: &User, license: BaseLicense) -> Transition {
    let mut after = user.clone();
    after.license = license;
    after.license_origin = LicenseOrigin::Administrator;
    after.waiting = None;
    after.trial.until = None;
    let effects = if user.license == license {
        Vec::new()
    } else {
        vec![
            Effect::ReleaseSeat { account: account.id, license: user.license },
            Effect::TakeSeat { account: account.id, license },
        ]
    };
    Transition { user: after, effects }
}

/// The next who waits gets a seat that came free, if there is one (rule 12).
pub fn seat_freed(account: &Account, seats: &mut Seats, user: &User) -> Option<Transition> {
    let waiting = user.waiting?;
    if !seats.take(waiting.license) {
        return None;
    }
    seats.release(user.license);
    let after = User { license: waiting.license, waiting: None, ..user.clone() };
    let effects = vec![
        Effect::ReleaseSeat { account: account.id, license: user.license },
        Effect::TakeSeat { account: account.id, license: waiting.license },
    ];
    Some(Transition { user: after, effects })
}
