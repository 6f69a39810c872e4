//! Making, changing, deleting and restoring accounts, and connecting a source (rules 3 and 8).

use jiff::Timestamp;

use crate::{
    Account, AccountId, AccountSettings, AccountType, BaseLicense, Refusal,
    decision::{Facts, may_sign_in},
};

/// The most characters in an account's name.
const MAX_NAME: usize = 100;

/// A new account: a `Team` whose members get `Plus` and, at their first registration, a trial.
pub fn create_account(id: AccountId, name: &str, at: Timestamp) -> Result<Account, Refusal> {
    Ok(Account {
        id,
        name: usable_name(name)?,
        kind: AccountType::Team,
        default_license: BaseLicense::Plus,
        trials: true,
        second_factor: false,
        created: at,
        deleted: None,
        settings: AccountSettings::default(),
        delegate_groups: Vec::new(),
    })
}

/// What an administrator may change about an account; what is `None` stays.
#[derive(Clone, Copy, Debug, Default)]
pub struct AccountChange<'a> {
    /// A new name.
    pub name: Option<&'a str>,
    /// What members get from now on when they join (rule 10).
    pub default_license: Option<BaseLicense>,
    /// Whether who registers from now on gets a trial (rule 9).
    pub trials: Option<bool>,
    /// Whether members prove two factors when they sign in from now on (rule 80).
    pub second_factor: Option<bool>,
}

/// Renames an account, changes its default license, its trials or what its members prove. Members keep what they have.
pub fn update_account(account: &Account, change: AccountChange<'_>) -> Result<Account, Refusal> {
    standing(account)?;
    Ok(Account {
        name: change.name.map_or(Ok(account.name.clone()), usable_name)?,
        default_license: change.default_license.unwrap_or(account.default_license),
        trials: change.trials.unwrap_or(account.trials),
        second_factor: change.second_factor.unwrap_or(account.second_factor),
        ..account.clone()
    })
}

/// Deletes an account that has neither members (`users`) nor verified `domains`. Its open invitations rest: nobody can
/// accept them unless it is restored.
pub fn delete_account(account: &Account, users: u64, domains: u64, at: Timestamp) -> Result<Account, Refusal> {
    standing(account)?;
    if users > 0 || domains > 0 {
        return Err(Refusal::AccountNotEmpty { users, domains });
    }
    Ok(Account { deleted: Some(at), ..account.clone() })
}

/// Restores a deleted account within 90 days; later it is as unknown as one that never was.
pub fn restore_account(account: &Account, at: Timestamp) -> Result<Account, Refusal> {
    match account.deleted {
        None => Err(Refusal::NotDeleted),
        Some(_) if account.is_gone(at) => Err(Refusal::UnknownAccount(account.id.to_string())),
        Some(_) => Ok(Account { deleted: None, ..account.clone() }),
    }
}

/// Connects a directory or an identity provider: one at a time, only with a verified domain, and not if no
/// `FullAccess` administrator could sign in afterwards. `administrators` are the facts of those who hold that grant
/// over the account or the deployment, with what the new source says of them.
pub fn connect_source(
    account: &Account,
    kind: AccountType,
    administrators: &[Facts],
    at: Timestamp,
) -> Result<Account, Refusal> {
    standing(account)?;
    match (account.kind, kind.has_source()) {
        (_, false) => {
            Err(Refusal::Invalid { member: "source", why: "name a directory or an identity provider".into() })
        }
        (AccountType::Team, _) => Err(Refusal::NoVerifiedDomain),
        (AccountType::EnterpriseDirectory | AccountType::EnterpriseOidc, _) => Err(Refusal::SourceConnected),
        (AccountType::EnterpriseLwa, _) => {
            let afterwards = |facts: &Facts| {
                let mut facts = facts.clone();
                if let Some(own) = facts.account.as_mut().filter(|own| own.id == account.id) {
                    own.kind = kind;
                }
                may_sign_in(&facts, at)
            };
            match administrators.iter().any(afterwards) {
                true => Ok(Account { kind, ..account.clone() }),
                false => Err(Refusal::NoAdministratorLeft),
            }
        }
    }
}

/// Disconnects the source: people keep license and membership, and administrators assign licenses again.
pub fn disconnect_source(account: &Account) -> Result<Account, Refusal> {
    match account.kind.has_source() {
        true => Ok(Account { kind: AccountType::EnterpriseLwa, ..account.clone() }),
        false => Err(Refusal::NoSource),
    }
}

/// A deleted account only waits to be restored.
pub(super) fn standing(account: &Account) -> Result<(), Refusal> {
    match account.deleted {
        Some(_) => Err(Refusal::AccountDeleted),
        None => Ok(()),
    }
}

/// 1 to 100 characters on one line, at least one of them not white space (`.*\S.*`).
fn usable_name(name: &str) -> Result<String, Refusal> {
    let bad = |why: &str| Err(Refusal::Invalid { member: "Name", why: why.to_owned() });
    match name {
        name if name.chars().count() > MAX_NAME => bad("it has more than 100 characters; shorten it"),
        name if name.chars().all(char::is_whitespace) => bad("it is blank; give 1 to 100 characters"),
        name if name.chars().any(char::is_control) => bad("it has control characters; leave them out"),
        name => Ok(name.to_owned()),
    }
}
