//! People, accounts and times to test with.

use access::{
    Account, AccountId, AccountSettings, AccountType, BaseLicense, Claim, Domain, Email, InvitationId, User, UserId,
};
use jiff::Timestamp;
use store::{Actor, Error, Record, Store, Write};
use uuid::Uuid;

pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + ms).expect("a time")
}

pub fn uuid(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn email(text: &str) -> Email {
    Email::parse(text).expect("an address")
}

pub fn account(n: u128) -> Account {
    Account {
        id: AccountId(uuid(n)),
        name: format!("Account {n}"),
        kind: AccountType::Team,
        default_license: BaseLicense::Plus,
        trials: true,
        second_factor: false,
        created: at(0),
        deleted: None,
        settings: AccountSettings::default(),
        delegate_groups: Vec::new(),
    }
}

pub fn user(n: u128) -> User {
    User::new(UserId(uuid(n)), email(&format!("User{n}@example.org")), at(0))
}

pub fn member(n: u128, account: AccountId) -> User {
    let mut user = user(n);
    user.membership = Some(access::user::Membership {
        account,
        origin: access::user::Origin::Invitation,
        since: at(1),
        invited: Some(at(0)),
    });
    user.registered = Some(at(1));
    user.license = BaseLicense::Plus;
    user.license_origin = access::user::LicenseOrigin::Default;
    user
}

pub fn invitation(n: u128, account: AccountId, address: &str) -> access::Invitation {
    access::Invitation {
        id: InvitationId(uuid(n)),
        account,
        address: email(address),
        by: None,
        created: at(0),
        expires: at(1_000_000),
        license: None,
        state: access::invitation::InvitationState::Pending,
        accepted_by: None,
        undelivered: None,
    }
}

pub fn record(action: &'static str, subject: Option<Uuid>) -> Record {
    Record {
        at: at(0),
        door: "test",
        request: uuid(99),
        actor: Actor { kind: "host", id: None, personal: None },
        action,
        account: None,
        subject,
        refusal: None,
        before: None,
        after: None,
        why: None,
        personal: None,
    }
}

/// Writes accounts and people as they stand.
pub async fn given(store: &Store, accounts: Vec<Account>, people: Vec<User>) {
    let done: Result<(), Error> = store
        .write(move |write: &mut Write| {
            Box::pin(async move {
                write.insert_accounts(&accounts).await?;
                write.insert_users(&people).await?;
                write.commit((), vec![record("given", None)], vec![]).await
            })
        })
        .await;
    done.expect("the facts are written");
}

/// A claim to a domain, verified then.
pub fn claim(account: AccountId, name: &str, verified: Option<Timestamp>) -> Claim {
    let domain = Domain::parse(name).expect("a domain");
    let (token, since) = (format!("token of {account}"), at(0));
    Claim { account, domain, token, since, verified, missing: None, checked: verified, vouched: false }
}
