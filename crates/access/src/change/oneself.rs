//! What people do for themselves: set a password, move to another address, be found or not, go for good (rules 20 and
//! 73 to 75).

use jiff::Timestamp;

use super::{Effect, Transition, leave};
use crate::{Account, Email, Refusal, User, user::Trial, user::UserSettings};

/// Whether a password that is kept here may prove who a person is: not where their account's source does (rule 73).
pub fn has_own_password(account: Option<&Account>, user: &User) -> bool {
    let by_source = user.source.is_some() && account.is_some_and(|account| account.kind.has_source());
    user.registered.is_some() && !by_source
}

/// A person sets another password. Every session ends: whoever else knew the former one is out (rule 73).
pub fn set_password(account: Option<&Account>, user: &User) -> Result<Transition, Refusal> {
    if !has_own_password(account, user) {
        return Err(Refusal::NoPasswordHere);
    }
    Ok(super::log_out(user))
}

/// A person moves to another address, which they have proved. Neither the former nor the new one may be on a domain that
/// an account has verified: there the account says whose an address is (rule 74).
pub fn move_to(user: &User, address: Email, (old_managed, new_managed): (bool, bool)) -> Result<Transition, Refusal> {
    if user.source.is_some() {
        return Err(Refusal::ManagedBySource);
    }
    if old_managed {
        return Err(Refusal::ManagedByDomain);
    }
    if new_managed {
        return Err(Refusal::DomainClaimed);
    }
    let user = User { primary: address, ..user.clone() };
    Ok(Transition { user, effects: vec![Effect::EndSessions] })
}

/// A person is found by their colleagues, or is not (rule 20).
pub fn set_private(user: &User, private: bool) -> Transition {
    Transition { user: User { private, ..user.clone() }, effects: Vec::new() }
}

/// A person goes for good: what [`leave`] ends, and then everything that is personal (rule 75). Who may not leave may
/// not go either.
pub fn erase(account: Option<&Account>, user: &User, own_domain: bool, at: Timestamp) -> Result<Transition, Refusal> {
    let (mut user, mut effects) = match account {
        Some(_) => {
            let Transition { user, effects } = leave(account, user, own_domain, at)?;
            (user, effects)
        }
        None if user.is_suspended(at) || user.block.is_some() => return Err(Refusal::PersonSuspended),
        None => (user.clone(), vec![Effect::EndSessions]),
    };
    // The mail about leaving could not be opened any more: the one about going says it all.
    effects.retain(|effect| !matches!(effect, Effect::Tell(_) | Effect::EndKeys { .. }));
    effects.extend([Effect::EndKeys { over: None }, Effect::EndCredentials]);
    if let Ok(nowhere) = Email::parse(&format!("{}@former.invalid", user.id)) {
        user.primary = nowhere;
    }
    user.secondary.clear();
    user.display_name = None;
    user.registered = None;
    user.trial = Trial::default();
    user.private = true;
    user.pin = None;
    user.settings = UserSettings::default();
    Ok(Transition { user, effects })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::user::{Membership, Origin, SourceLink};
    use crate::{AccountId, AccountType, BaseLicense, UserId};
    use uuid::Uuid;

    fn at() -> Timestamp {
        "2026-11-24T08:00:00Z".parse().unwrap()
    }

    fn email(text: &str) -> Email {
        Email::parse(text).unwrap()
    }

    fn account(kind: AccountType) -> Account {
        Account { kind, ..crate::change::create_account(AccountId(Uuid::nil()), "Acme", at()).unwrap() }
    }

    fn member() -> User {
        let account = AccountId(Uuid::nil());
        let membership = Membership { account, origin: Origin::Invitation, since: at(), invited: None };
        let new = User::new(UserId(Uuid::from_u128(7)), email("ada@example.org"), at());
        User {
            registered: Some(at()),
            membership: Some(membership),
            display_name: Some("Ada".to_owned()),
            pin: Some("1234567890".to_owned()),
            license: BaseLicense::Plus,
            ..new
        }
    }

    fn sourced() -> User {
        User { source: Some(SourceLink { id: "x".to_owned(), enabled: true, license: None }), ..member() }
    }

    #[test]
    fn a_source_proves_who_its_people_are() {
        let (team, directory) = (account(AccountType::Team), account(AccountType::EnterpriseDirectory));
        assert!(set_password(Some(&team), &member()).is_ok_and(|done| done.effects == [Effect::EndSessions]));
        assert!(set_password(None, &User { membership: None, ..member() }).is_ok());
        assert_eq!(set_password(Some(&directory), &sourced()), Err(Refusal::NoPasswordHere));
        assert!(set_password(Some(&account(AccountType::EnterpriseLwa)), &sourced()).is_ok(), "it was disconnected");
        let unregistered = User { registered: None, ..member() };
        assert_eq!(set_password(Some(&team), &unregistered), Err(Refusal::NoPasswordHere));
    }

    #[test]
    fn accounts_say_whose_addresses_on_their_domains_are() {
        let to = || email("ada@example.net");
        let moved = move_to(&member(), to(), (false, false)).unwrap();
        assert_eq!((moved.user.primary, moved.effects), (to(), vec![Effect::EndSessions]));
        assert_eq!(move_to(&member(), to(), (true, false)), Err(Refusal::ManagedByDomain));
        assert_eq!(move_to(&member(), to(), (false, true)), Err(Refusal::DomainClaimed));
        assert_eq!(move_to(&sourced(), to(), (false, false)), Err(Refusal::ManagedBySource));
    }

    #[test]
    fn nothing_personal_stays_of_who_goes() {
        let team = account(AccountType::Team);
        let gone = erase(Some(&team), &member(), false, at()).unwrap();
        let expected = User {
            license_origin: crate::user::LicenseOrigin::Free,
            private: true,
            ..User::new(member().id, email(&format!("{}@former.invalid", member().id)), at())
        };
        assert_eq!(gone.user, expected);
        let release = Effect::ReleaseSeat { account: team.id, license: BaseLicense::Plus };
        let all = [Effect::EndSessions, release, Effect::EndKeys { over: None }, Effect::EndCredentials];
        assert_eq!(gone.effects, all);
        let lwa = account(AccountType::EnterpriseLwa);
        assert_eq!(erase(Some(&lwa), &member(), true, at()), Err(Refusal::ManagedByDomain));
    }
}
