//! `tests/tables/changes.md` is total, unambiguous and equal to `change` over the full product.

use access::change::{
    Accepting, Addressee, Assigned, Assignee, Entry, Invited, Person, Registration, Transition, accept, activate,
    answered_by_joining, assign_license, block, cancel, create_user, decline, invitation_after_verification, invite,
    join_by_domain, leave, log_out, register, remove, resend, reset_pin, seat_freed, source_has, suspend, unblock,
    undelivered, under_way, update_user_settings,
};
use access::user::{Block, SourceLink, Suspension, Waiting};
use access::{Account, AccountId, Invitation, InvitationId, License, Refusal, Seats, User, UserId, UserSettings};

use crate::outcome::{effects, license, list, outcome, refused, told, word};
use crate::table::{Axis, Table, titles};
use crate::world::{self, ACCOUNT, OTHER, an_account, base, email, hours, id, invitation, member, now, person, seats};

const TEXT: &str = include_str!("../tables/changes.md");

const YES_NO: &[&str] = &["yes", "no"];
const TYPES: &[&str] = &["Team", "EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC"];
const ACCOUNTS: &[&str] = &["Team", "EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC", "deleted"];
const INVITATIONS: &[&str] = &["open", "expired", "Accepted", "Declined", "Cancelled", "Failed"];
const PEOPLE: &[&str] = &["new", "registered", "suspended", "blocked"];
const SUSPENSIONS: &[&str] = &["none", "ended", "holds"];
const SEATS: Axis = ("seats", &["left", "none left"]);
const OWN_DOMAIN: Axis = ("own domain", YES_NO);
const BY: Axis = ("by", &["themselves", "another", "the host"]);

fn prove(title: &str, axes: &[Axis], code: impl Fn(&[&str]) -> Vec<String>) {
    Table::read(TEXT, title, axes).equals(code);
}

#[test]
fn every_table_is_proved_here() {
    let source = include_str!("change_tables.rs");
    let unproved: Vec<String> =
        titles(TEXT).into_keys().filter(|title| !source.contains(&format!("\"{title}\""))).collect();
    assert!(unproved.is_empty(), "{unproved:?}");
}

#[test]
fn joining_brings_a_license() {
    let ways = &[
        "accept",
        "register",
        "create",
        "domain",
        "source Plus",
        "source Pro",
        "accept with Pro",
        "register with Pro",
        "domain with Pro",
    ];
    prove("Joining", &[("way", ways), ("default", &["Basic", "Plus", "Pro"]), SEATS], |point| {
        let account = Account { default_license: base(point[1]).expect("a license"), ..an_account("EnterpriseLWA") };
        let mut ledger = seats(point[2]);
        let before = if point[0].starts_with("domain") { person("registered") } else { person("new") };
        let joined = join(point[0], &account, &mut ledger, &before);
        let takes: Vec<String> = joined.effects.iter().map(word).filter(|word| word.starts_with("takes")).collect();
        let used = |ledger: &Seats| ledger.get(joined.user.license).map(|seat| seat.used);
        assert_eq!(used(&ledger), used(&seats(point[2])).map(|used| used + 1), "the ledger at {point:?}");
        vec![license(&before, &joined.user), list(&takes)]
    });
}

fn join(way: &str, account: &Account, ledger: &mut Seats, user: &User) -> Transition {
    let chosen = way.ends_with("with Pro").then(|| base("Pro")).flatten();
    let open = |license| Invitation { license, ..invitation("open") };
    let accepting = Accepting { user, current: None, leave: false, domain_owner: None };
    let accepted = |license, ledger| accept(account, ledger, &open(license), accepting, now()).expect("accepted");
    let entry = |license| Entry {
        id: "guid".to_owned(),
        mail: email("ada@example.org"),
        own_domain: true,
        secondary: Vec::new(),
        enabled: true,
        license: base(license),
        name: None,
    };
    let sourced = |license, ledger| match source_has(
        &an_account("EnterpriseDirectory"),
        ledger,
        &entry(license),
        Person::New(user.id),
        now(),
    ) {
        Ok(access::change::Applied::Person { transition, .. }) => transition,
        other => panic!("{other:?}"),
    };
    match way {
        "accept" | "accept with Pro" => accepted(chosen, ledger),
        "register" | "register with Pro" => {
            let registration = Registration { user, domain_owner: Some((account, ledger)), invited: chosen };
            register(registration, now()).expect("registered")
        }
        "create" => create_user(account, ledger, user, true, None, now()).expect("created"),
        "domain" | "domain with Pro" => join_by_domain(account, ledger, user, chosen, now()),
        "source Plus" => sourced("Plus", ledger),
        _ => sourced("Pro", ledger),
    }
}

#[test]
fn accepting_an_invitation() {
    let elsewhere = &["none", "this account", "another Team", "an Enterprise account"];
    let axes = [("account", ACCOUNTS), ("invitation", INVITATIONS), ("domain", DOMAINS), ("person", PEOPLE)];
    prove("Accept", &[&axes[..], &[("member of", elsewhere), ("consents", YES_NO)]].concat(), |point| {
        let account = an_account(point[0]);
        let current = match point[4] {
            "none" => None,
            "this account" => Some(account.clone()),
            "another Team" => Some(Account { id: OTHER, ..an_account("Team") }),
            _ => Some(Account { id: OTHER, ..an_account("EnterpriseLWA") }),
        };
        let user = person(point[3]);
        let user = current.as_ref().map_or(user.clone(), |account| member(user, account.id));
        let invitation = invitation(point[1]);
        let (current, leave) = (current.as_ref(), point[5] == "yes");
        let accepting = Accepting { user: &user, current, leave, domain_owner: owner(point[2]) };
        told(&user, accept(&account, &mut seats("left"), &invitation, accepting, now()))
    });
}

#[test]
fn registering() {
    let people = &["new", "created member", "registered member", "free", "suspended", "blocked"];
    let deciding = &["nobody", "EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC"];
    let axes =
        [("person", &people[..]), ("decides", deciding), ("source", &["none", "off:Plus", "on", "on:Plus"]), TRIALS];
    prove("Register", &axes, |point| {
        let mut user = match point[0] {
            "created member" => member(person("new"), ACCOUNT),
            "registered member" => member(person("registered"), ACCOUNT),
            "free" => person("registered"),
            word => person(word),
        };
        let link = |facts: access::decision::SourceFacts| SourceLink {
            id: "guid".to_owned(),
            enabled: facts.enabled,
            license: facts.license,
        };
        user.source = world::source(point[2]).map(link);
        let account = Account { trials: point[3] == "on", ..an_account(point[1]) };
        let mut ledger = seats("left");
        let domain_owner = (point[1] != "nobody").then_some((&account, &mut ledger));
        told(&user, register(Registration { user: &user, domain_owner, invited: None }, now()))
    });
}

const TRIALS: Axis = ("trials", &["on", "turned off"]);

#[test]
fn creating_a_user() {
    let people = &["new", "free", "suspended, in no account", "member of this", "member of another"];
    prove("Create user", &[("account", ACCOUNTS), OWN_DOMAIN, ("person", people)], |point| {
        let user = match point[2] {
            "new" => person("new"),
            "free" => person("registered"),
            "member of this" => member(person("registered"), ACCOUNT),
            "member of another" => member(person("registered"), OTHER),
            _ => person("suspended"),
        };
        told(&user, create_user(&an_account(point[0]), &mut seats("left"), &user, point[1] == "yes", None, now()))
    });
}

#[test]
fn inviting() {
    let axes = [("own member", YES_NO), ("invitation", &["none", "open", "expired"]), ("domain", DOMAINS)];
    prove("Invite", &[&[("account", ACCOUNTS)], &axes[..]].concat(), |point| {
        let pending = invitation(point[2]);
        let addressee = Addressee {
            address: &email("ada@example.org"),
            own_member: point[1] == "yes",
            pending: (point[2] != "none").then_some(&pending),
            domain_owner: owner(point[3]),
        };
        vec![match invite(&an_account(point[0]), addressee, InvitationId(id(301)), None, now()) {
            Ok(Invited::Invitation(invitation)) => {
                assert_eq!(invitation.expires, Invitation::expiry(now()), "a fresh link works for 14 days");
                assert!(invitation.is_open(now()));
                if invitation.id == pending.id { "renewed" } else { "new invitation" }.to_owned()
            }
            Ok(Invited::Instructions) => "instructions to register".to_owned(),
            Err(refusal) => refused(&refusal),
        }]
    });
}

const DOMAINS: &[&str] = &["nobody's", "own", "another's"];

/// Who has verified the domain.
fn owner(word: &str) -> Option<AccountId> {
    [("own", ACCOUNT), ("another's", OTHER)].into_iter().find(|(known, _)| *known == word).map(|(_, owner)| owner)
}

const UNDELIVERED: &str = "its mail reaches nobody";
const JOIN: &str = "they join in another way";
const ANOTHER: &str = "another account verifies the domain";

#[test]
fn answering_an_invitation() {
    let verbs = &["resend", "cancel", "decline", UNDELIVERED, ANOTHER, "the account itself verifies the domain", JOIN];
    prove("Answer", &[("verb", verbs), ("invitation", INVITATIONS)], |point| {
        let before = invitation(point[1]);
        let owner = Account { id: if point[0] == ANOTHER { OTHER } else { ACCOUNT }, ..an_account("EnterpriseLWA") };
        let after = match point[0] {
            "resend" => resend(&before, now()).map(Some),
            "cancel" => cancel(&before).map(Some),
            "decline" => decline(&before, now()).map(Some),
            UNDELIVERED => Ok(undelivered(&before, "550")),
            JOIN => Ok(answered_by_joining(&before, UserId(id(100)))),
            _ => Ok(invitation_after_verification(&owner, &before)),
        };
        vec![match after {
            Ok(Some(after)) if after.state == before.state && after.expires > before.expires => "renewed".to_owned(),
            Ok(Some(after)) if after.undelivered.is_some() => {
                assert_eq!(
                    (after.shown_state(), after.is_open(now())),
                    (access::invitation::InvitationState::Failed, before.is_open(now()))
                );
                assert_eq!(under_way(&after), Some(before));
                "undelivered".to_owned()
            }
            Ok(Some(after)) => after.state.name().to_owned(),
            Ok(None) => "-".to_owned(),
            Err(refusal) => refused(&refusal),
        }]
    });
}

#[test]
fn assigning_a_license() {
    let licenses = &["Basic", "Plus", "Pro", "ProTrial"];
    let held = &["Basic", "Basic, waits", "Plus", "Pro"];
    let axes = [("account", ACCOUNTS), ("assignee", &["member", "invitation"]), ("license", licenses), ("holds", held)];
    prove("Assign", &[&axes[..], &[SEATS]].concat(), |point| {
        let mut user = member(person("registered"), ACCOUNT);
        user.license = base(point[3]).unwrap_or(access::BaseLicense::Basic);
        user.waiting =
            point[3].ends_with("waits").then(|| Waiting { license: access::BaseLicense::Plus, since: now() });
        let open = invitation("open");
        let assignee = if point[1] == "member" { Assignee::User(&user) } else { Assignee::Invitation(&open) };
        let asked: License = point[2].parse().expect("a license");
        let results = assign_license(&an_account(point[0]), &mut seats(point[4]), &[(assignee, asked)]);
        match results.into_iter().next().expect("one answer") {
            Ok(Assigned::Invitation(after)) => {
                assert_eq!(after.license, asked.base());
                vec!["acceptance gives it".to_owned(), "-".to_owned()]
            }
            Ok(Assigned::User(transition)) => told(&user, Ok(transition)),
            Err(refusal) => told(&user, Err(refusal)),
        }
    });
}

#[test]
fn a_seat_comes_free() {
    prove("Seat freed", &[("waits for", &["nothing", "Plus", "Pro"]), SEATS], |point| {
        let mut user = member(person("registered"), ACCOUNT);
        user.license = access::BaseLicense::Basic;
        user.waiting = base(point[0]).map(|license| Waiting { license, since: now() });
        let nothing = vec!["-".to_owned(), "-".to_owned()];
        let freed = seat_freed(&an_account("Team"), &mut seats(point[1]), &user);
        freed.map_or(nothing, |transition| told(&user, Ok(transition)))
    });
}

#[test]
fn suspending() {
    let axes = [("account", ACCOUNTS), BY, ("suspension", SUSPENSIONS), ("registered", YES_NO), ENDS];
    prove("Suspend", &axes, |point| {
        let mut user = member(person(if point[3] == "yes" { "registered" } else { "new" }), ACCOUNT);
        user.suspension = world::suspended(point[2]);
        let until = match point[4] {
            "never" => None,
            "later" => Some(hours(1)),
            _ => Some(now()),
        };
        let suspension = Suspension { by: by(point[1], &user), at: now(), reason: None, until };
        told(&user, suspend(&an_account(point[0]), &user, suspension))
    });
}

const ENDS: Axis = ("ends", &["never", "later", "in the past"]);

fn by(word: &str, user: &User) -> Option<UserId> {
    match word {
        "themselves" => Some(user.id),
        "another" => Some(UserId(id(101))),
        _ => None,
    }
}

#[test]
fn activating() {
    prove("Activate", &[("suspension", SUSPENSIONS)], |point| {
        let user = User { suspension: world::suspended(point[0]), ..member(person("registered"), ACCOUNT) };
        told(&user, activate(&user, now()))
    });
}

#[test]
fn blocking() {
    prove("Block", &[("verb", &["block", "unblock"]), ("blocked", YES_NO), BY], |point| {
        let user = person(if point[1] == "yes" { "blocked" } else { "registered" });
        let new = Block { by: by(point[2], &user), at: now(), reason: None };
        told(&user, if point[0] == "block" { block(&user, new) } else { unblock(&user) })
    });
}

#[test]
fn removing() {
    prove("Remove", &[("account", TYPES), OWN_DOMAIN, ("suspension", &["none", "holds"])], |point| {
        let user = User { suspension: world::suspended(point[2]), ..member(person("registered"), ACCOUNT) };
        told(&user, remove(&an_account(point[0]), &user, point[1] == "yes"))
    });
}

#[test]
fn leaving() {
    let accounts = &["none", "Team", "EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC"];
    prove(
        "Leave",
        &[("account", accounts), OWN_DOMAIN, ("person", &["registered", "suspended", "blocked"])],
        |point| {
            let account = (point[0] != "none").then(|| an_account(point[0]));
            let user = person(point[2]);
            let user = if account.is_some() { member(user, ACCOUNT) } else { user };
            told(&user, leave(account.as_ref(), &user, point[1] == "yes", now()))
        },
    );
}

#[test]
fn logging_out() {
    prove("Log out", &[("person", PEOPLE)], |point| {
        let user = person(point[0]);
        let after = log_out(&user);
        vec![outcome(&user, &after), effects(&after.effects)]
    });
}

#[test]
fn pins_and_settings() {
    prove("Reset PIN and user settings", &[("verb", &["reset PIN", "set"]), ("person", PEOPLE)], |point| {
        let user = person(point[1]);
        let (pin, settings) = ("1234567890".to_owned(), UserSettings { sms: true, ..UserSettings::default() });
        let after = match point[0] {
            "set" => update_user_settings(&user, settings),
            _ => reset_pin(&user, pin.clone()),
        };
        let expected = match point[0] {
            "set" => User { settings, ..user.clone() },
            _ => User { pin: Some(pin), ..user.clone() },
        };
        assert_eq!(after.user, expected);
        told(&user, Ok(after))
    });
}

#[test]
fn pin_and_settings_end_with_the_membership() {
    let settings = UserSettings { inbound_calling: true, ..UserSettings::default() };
    let user = User { pin: Some("1234567890".to_owned()), settings, ..member(person("registered"), ACCOUNT) };
    let after = remove(&an_account("Team"), &user, false).expect("removed").user;
    assert_eq!((after.pin, after.settings), (None, UserSettings::default()));
}

#[test]
fn a_batch_past_the_seats_is_applied_to_none() {
    let people: Vec<User> =
        (0..3).map(|n| User { id: UserId(id(n)), ..member(person("registered"), ACCOUNT) }).collect();
    let mut ledger = Seats::default();
    ledger.set(access::BaseLicense::Pro, Some(access::account::Seat { limit: 5, used: 3 }));
    let before = ledger;
    let mut items: Vec<(Assignee<'_>, License)> =
        people.iter().map(|user| (Assignee::User(user), License::Pro)).collect();
    items[0].1 = License::ProTrial;
    assert!(
        assign_license(&an_account("Team"), &mut ledger, &items[..2])[1].is_ok(),
        "a refusal affects its user only"
    );
    ledger = before;
    items[0].1 = License::Pro;
    let results = assign_license(&an_account("Team"), &mut ledger, &items);
    let none_left = Refusal::NoSeatsLeft { license: access::BaseLicense::Pro, left: 2 };
    assert!(results.iter().all(|result| result.as_ref() == Err(&none_left)), "{results:?}");
    assert_eq!(ledger, before);
}
