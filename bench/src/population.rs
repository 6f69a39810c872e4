//! The people, applications and tokens everything is measured on: computed from a number, so that a load generator and
//! `pgbench` can name any of them without asking.

use access::account::AccountType;
use access::application::{Application, Audience};
use access::id::uuid_v7;
use access::user::{LicenseOrigin, Membership, Origin, Suspension};
use access::{Account, AccountId, AccountSettings, ApplicationId, BaseLicense, Claim, Domain, Email, User, UserId};
use jiff::Timestamp;
use store::{Issued, Token, TokenHash, TokenHolder};
use uuid::Uuid;

use crate::Outcome;

/// When the first of them was made, in milliseconds: an id's time is this plus its number.
pub const FIRST: u64 = 1_750_000_000_000;
/// The month in which a third of them got another license, and the report that is measured is about.
pub const MONTH: &str = "2025-07";
/// When they did, in milliseconds: on the 10th.
const CHANGED: i64 = 1_752_105_600_000;
/// Applications, and accounts beside the large one.
pub const APPLICATIONS: u64 = 1_000;
/// Tokens, spread over the applications.
pub const TOKENS: u64 = 10_000;
/// The domain of the large account.
pub const DOMAIN: &str = "crowd.example";

const GIVEN: [&str; 16] = [
    "ada", "bao", "carmen", "dmitri", "elif", "fatima", "gustav", "hana", "ivan", "jun", "kofi", "lena", "maria",
    "noor", "omar", "pia",
];
const FAMILY: [&str; 16] = [
    "adler", "bauer", "costa", "demir", "eriksen", "fischer", "garcia", "haddad", "ito", "jensen", "kim", "lopez",
    "moreau", "nowak", "okafor", "petrov",
];

/// A number that looks like chance (the finaliser of SplitMix64).
pub fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// An id computed from a number.
pub fn id(number: u64) -> Uuid {
    uuid_v7(FIRST + number, [0; 10])
}

/// The account of all these people.
pub fn large_account() -> AccountId {
    AccountId(id(0))
}

/// The token with this number, as it is presented.
pub fn token(number: u64) -> String {
    format!("benchmark-token-{number}")
}

/// The application a token stands for.
pub fn application_of(token: u64) -> ApplicationId {
    ApplicationId(id(token % APPLICATIONS))
}

/// What people of this number are called by: spread over the alphabet, unlike their ids.
pub fn address(number: u64) -> String {
    let (given, family) = names(number);
    format!("{given}.{family}.{number}@{DOMAIN}")
}

fn names(number: u64) -> (&'static str, &'static str) {
    let chance = mixed(number);
    (GIVEN[(chance & 15) as usize], FAMILY[((chance >> 4) & 15) as usize])
}

/// A member of the large account; a few are suspended, a few not registered.
pub fn user(number: u64) -> Outcome<User> {
    let at = time(number)?;
    let (given, family) = names(number);
    let mut user = User::new(UserId(id(number)), email(&address(number))?, at);
    user.display_name = Some(format!("{given} {family}"));
    user.membership = Some(Membership { account: large_account(), origin: Origin::Domain, since: at, invited: None });
    user.registered = (number % 20 != 7).then_some(at);
    user.suspension = (number % 50 == 3).then_some(Suspension { by: None, at, reason: None, until: None });
    user.license = BaseLicense::ALL[(number % 3) as usize];
    user.license_origin = LicenseOrigin::Administrator;
    Ok(user)
}

/// What a third of them held before the month of the report, and when that changed.
pub fn former(user: &User) -> Outcome<Option<(User, Timestamp)>> {
    let changed = user.license == BaseLicense::Basic;
    let before = changed.then(|| User { license: BaseLicense::Pro, ..user.clone() });
    Ok(before.zip(Some(Timestamp::from_millisecond(CHANGED)?)))
}

/// The large account, and a small one for each application.
pub fn accounts() -> Outcome<Vec<Account>> {
    let account = |number| {
        Ok(Account {
            id: AccountId(id(number)),
            name: format!("Account {number}"),
            kind: if number == 0 { AccountType::EnterpriseLwa } else { AccountType::Team },
            default_license: BaseLicense::Pro,
            trials: true,
            second_factor: false,
            created: time(number)?,
            deleted: None,
            settings: AccountSettings::default(),
            delegate_groups: Vec::new(),
        })
    };
    (0..=APPLICATIONS).map(account).collect()
}

/// The domain of the large account.
pub fn domain() -> Outcome<Claim> {
    let name = Domain::parse(DOMAIN).map_err(|error| format!("{error:?}"))?;
    let at = time(0)?;
    let (account, token, verified) = (large_account(), "none".to_owned(), Some(at));
    Ok(Claim { account, domain: name, token, since: at, verified, missing: None, checked: None, vouched: true })
}

/// Applications with each sort of audience; the large account is in all of them.
pub fn applications() -> Vec<Application> {
    let application = |number| {
        let own = AccountId(id(number + 1));
        let (owner, audience) = match number % 3 {
            0 => (None, Audience::Anyone),
            1 => (Some(large_account()), Audience::Members),
            _ => (Some(own), Audience::Accounts(vec![large_account(), own])),
        };
        let name = format!("Application {number}");
        let id = ApplicationId(id(number));
        Application { id, name, owner, audience, required_license: None, required_feature: None, client: None }
    };
    (0..APPLICATIONS).map(application).collect()
}

/// A token and what is kept of it.
pub fn stored_token(number: u64) -> Outcome<(Token, TokenHash)> {
    let stored = Token {
        id: id(number),
        holder: TokenHolder::Application(application_of(number)),
        issued: Issued::new("benchmark", time(number)?),
    };
    Ok((stored, TokenHash::of(&token(number))))
}

/// When the thing with this number was made.
pub fn time(number: u64) -> Outcome<Timestamp> {
    Ok(Timestamp::from_millisecond(i64::try_from(FIRST + number)?)?)
}

fn email(text: &str) -> Outcome<Email> {
    Email::parse(text).map_err(|error| format!("{error:?}").into())
}
