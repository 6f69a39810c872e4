//! Concrete facts for the words of the tables.

use access::account::Seat;
use access::decision::{AccountFacts, ApplicationFacts, AudienceFacts, Facts, SourceFacts, SuspensionFacts};
use access::invitation::InvitationState;
use access::user::{Block, LicenseOrigin, Membership, Origin, Suspension, Trial};
use access::{
    Account, AccountId, AccountSettings, AccountType, ApplicationId, BaseLicense, Catalog, Email, Feature, Invitation,
    InvitationId, License, Seats, User, UserId,
};
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

/// The moment of every question.
pub fn now() -> Timestamp {
    Timestamp::from_second(1_750_000_000).expect("a time")
}

pub fn hours(from_now: i64) -> Timestamp {
    now().checked_add(from_now.hours()).expect("a time")
}

pub fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

pub const ACCOUNT: AccountId = AccountId(Uuid::from_u128(1));
pub const OTHER: AccountId = AccountId(Uuid::from_u128(2));

pub fn base(word: &str) -> Option<BaseLicense> {
    BaseLicense::ALL.into_iter().find(|license| license.name() == word)
}

pub fn feature(word: &str) -> Option<Feature> {
    Feature::parse(word).ok()
}

/// Every license grants `of.all`, the two that are everything grant `of.pro`.
pub fn catalog() -> Catalog {
    let all = (feature("of.all").expect("a feature"), License::ALL.to_vec());
    let pro = (feature("of.pro").expect("a feature"), vec![License::Pro, License::ProTrial]);
    Catalog { version: 1, features: [all, pro].into() }
}

/// `none`, `on`, `off`, `on:Plus` ... as what a source says.
pub fn source(word: &str) -> Option<SourceFacts> {
    let (state, license) = word.split_once(':').unwrap_or((word, ""));
    (state != "none").then(|| SourceFacts { enabled: state == "on", license: base(license) })
}

/// Facts of a registered free user with `Basic`.
pub fn facts() -> Facts {
    Facts {
        user: UserId(id(100)),
        epoch: 0,
        registered: true,
        suspension: None,
        blocked: false,
        account: None,
        managed_by: None,
        source: None,
        license: BaseLicense::Basic,
        license_origin: LicenseOrigin::Free,
        waiting: None,
        trial_until: None,
    }
}

pub fn suspension(word: &str) -> Option<SuspensionFacts> {
    match word {
        "none" => None,
        "ended" => Some(SuspensionFacts { until: Some(now()) }),
        _ => Some(SuspensionFacts { until: None }),
    }
}

pub fn account(kind: &str, deleted: bool) -> Option<AccountFacts> {
    AccountType::from_name(kind).map(|kind| AccountFacts { id: ACCOUNT, kind, deleted })
}

pub fn trial(word: &str) -> Option<Timestamp> {
    match word {
        "none" => None,
        "over" => Some(now()),
        _ => Some(hours(1)),
    }
}

pub fn origin(word: &str) -> LicenseOrigin {
    match word {
        "free" => LicenseOrigin::Free,
        "default" => LicenseOrigin::Default,
        "administrator" => LicenseOrigin::Administrator,
        _ => LicenseOrigin::Group,
    }
}

pub fn application(word: &str, audience: &str, license: &str, demanded: &str) -> Option<ApplicationFacts> {
    let audience = match audience {
        "anyone" => AudienceFacts::Anyone,
        "own members" => AudienceFacts::Members(Some(ACCOUNT)),
        "other members" => AudienceFacts::Members(Some(OTHER)),
        "deployment members" => AudienceFacts::Members(None),
        listed => AudienceFacts::Accounts { listed: listed == "theirs listed" },
    };
    (word != "none").then(|| ApplicationFacts {
        id: ApplicationId(id(200)),
        stopped: word == "stopped",
        audience,
        required_license: base(license),
        required_feature: feature(demanded),
    })
}

/// An account of a type, or `deleted`, with `Plus` as default.
pub fn an_account(word: &str) -> Account {
    Account {
        id: ACCOUNT,
        name: "Example".to_owned(),
        kind: AccountType::from_name(word).unwrap_or(AccountType::EnterpriseLwa),
        default_license: BaseLicense::Plus,
        trials: true,
        second_factor: false,
        created: hours(-1000),
        deleted: (word == "deleted").then(|| hours(-1)),
        settings: AccountSettings::default(),
        delegate_groups: Vec::new(),
    }
}

/// Seats without limits, or with none left of any license.
pub fn seats(word: &str) -> Seats {
    let mut seats = Seats::default();
    if word == "none left" {
        BaseLicense::ALL.into_iter().for_each(|license| seats.set(license, Some(Seat { limit: 1, used: 1 })));
    }
    seats
}

pub fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

/// Nobody registered yet.
pub fn new_person() -> User {
    User::new(UserId(id(100)), email("ada@example.org"), hours(-100))
}

/// A person who is `new`, `registered` (a trial runs), `suspended` or `blocked`; in no account.
pub fn person(word: &str) -> User {
    let mut user = new_person();
    if word != "new" {
        user.registered = Some(hours(-10));
        user.trial = Trial { started: Some(hours(-10)), until: Some(hours(10)) };
    }
    user.suspension = (word == "suspended").then(|| suspended("holds")).flatten();
    user.block = (word == "blocked").then(|| Block { by: None, at: hours(-1), reason: None });
    user
}

/// The same person as a member who holds `Plus` by default.
pub fn member(mut user: User, account: AccountId) -> User {
    user.membership =
        Some(Membership { account, origin: Origin::Invitation, since: hours(-5), invited: Some(hours(-6)) });
    user.license = BaseLicense::Plus;
    user.license_origin = LicenseOrigin::Default;
    user
}

pub fn suspended(word: &str) -> Option<Suspension> {
    let until = (word == "ended").then(now);
    (word != "none").then(|| Suspension { by: None, at: hours(-2), reason: None, until })
}

/// An invitation that is `open`, `expired` or in a final state.
pub fn invitation(word: &str) -> Invitation {
    let state = InvitationState::ALL.into_iter().find(|state| state.name() == word);
    Invitation {
        id: InvitationId(id(300)),
        account: ACCOUNT,
        address: email("ada@example.org"),
        by: None,
        created: hours(-400),
        expires: if word == "expired" { now() } else { hours(1) },
        license: None,
        state: state.unwrap_or(InvitationState::Pending),
        accepted_by: None,
        undelivered: None,
    }
}
