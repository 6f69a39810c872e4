//! `tests/tables/accounts.md` is total, unambiguous and equal to the code over the full product.

use std::collections::BTreeSet;

use access::authority::{Action, Caller, Extent, Grant, Over, Permit, Role, may_act_on, may_change_role, permit};
use access::change::{
    AccountChange, AccountSettingsChange, AfterVerification, Applied, DeploymentSettingsChange, Entry, Person,
    Transition, add_delegate_groups, after_release, after_verification, claim_domain, connect_source, create_account,
    delete_account, disconnect_source, release_domain, remove_delegate_groups, restore_account, source_has,
    source_lost, take_over_domain, update_account, update_account_settings, update_deployment_settings, verify_domain,
    vouch_domain,
};
use access::decision::{Facts, SourceFacts};
use access::domain::{Seen, shipped_public_mail};
use access::user::{LicenseOrigin, SourceLink, Trial};
use access::{
    Account, AccountSettings, AccountType, ApplicationId, Claim, DeploymentSettings, Domain, GrantId, Refusal, User,
    UserId,
};

use crate::outcome::{effects, outcome, refused, told};
use crate::table::{Axis, Table, titles};
use crate::world::{self, ACCOUNT, OTHER, an_account, email, hours, id, member, now, person, seats};

const TEXT: &str = include_str!("../tables/accounts.md");

const YES_NO: &[&str] = &["yes", "no"];
const ACCOUNTS: Axis = ("account", &["Team", "EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC", "deleted"]);
const ENTERPRISE: Axis = ("account", &["EnterpriseLWA", "EnterpriseDirectory", "EnterpriseOIDC"]);
const LEFT: &[&str] = &["none", "some"];
const SUSPENSION: Axis = ("suspension", &["none", "holds"]);
const CALLERS: Axis = (
    "caller",
    &[
        "the host",
        "themselves",
        "a visitor",
        "an application",
        "ReadOnly",
        "UserManagement",
        "FullAccess",
        "another account's FullAccess",
        "operator ReadOnly",
        "operator UserManagement",
        "operator FullAccess",
    ],
);

fn prove(title: &str, axes: &[Axis], code: impl Fn(&[&str]) -> Vec<String>) {
    Table::read(TEXT, title, axes).equals(code);
}

fn said<T>(result: Result<T, Refusal>, yes: impl FnOnce(T) -> String) -> Vec<String> {
    vec![result.map_or_else(|refusal| refused(&refusal), yes)]
}

#[test]
fn every_table_is_proved_here() {
    let source = include_str!("account_tables.rs");
    let unproved: Vec<String> =
        titles(TEXT).into_keys().filter(|title| !source.contains(&format!("\"{title}\""))).collect();
    assert!(unproved.is_empty(), "{unproved:?}");
}

#[test]
fn an_account_has_a_usable_name() {
    let long = "é".repeat(100);
    for name in ["A", " Example ", "Äpfel & Söhne", &long] {
        let account = create_account(ACCOUNT, name, now()).expect("an account");
        assert_eq!((account.name.as_str(), account.kind.name()), (name, "Team"));
        let change = AccountChange { name: Some(name), ..AccountChange::default() };
        let after = update_account(&an_account("EnterpriseLWA"), change).expect("renamed");
        assert_eq!(after, Account { name: name.to_owned(), ..an_account("EnterpriseLWA") }, "nothing else changes");
        assert_eq!(update_account(&an_account("deleted"), change), Err(Refusal::AccountDeleted));
    }
    for name in ["", " \t", "a\nb", "a\0", &format!("{long}é")] {
        assert_eq!(create_account(ACCOUNT, name, now()).map_err(|refusal| refusal.code()), Err("invalid"), "{name:?}");
    }
}

#[test]
fn deleting_and_restoring() {
    prove("Delete", &[ACCOUNTS, ("users left", LEFT), ("domains left", LEFT)], |point| {
        let left = |word| if word == "some" { 3 } else { 0 };
        said(delete_account(&an_account(point[0]), left(point[1]), left(point[2]), now()), |after| {
            assert_eq!(after.deleted, Some(now()));
            "deleted".to_owned()
        })
    });
    prove("Restore", &[("deleted", &["no", "89 days ago", "90 days ago"])], |point| {
        let days = point[0].split(' ').next().and_then(|days| days.parse::<i64>().ok());
        let account = Account { deleted: days.map(|days| hours(-24 * days)), ..an_account("Team") };
        assert_eq!(account.is_gone(now()), days == Some(90), "gone once nobody can restore it");
        said(restore_account(&account, now()), |after| {
            assert_eq!(after.deleted, None);
            "restored".to_owned()
        })
    });
}

#[test]
fn settings_and_delegate_groups() {
    let groups = &["Delegates", "Assistants", "blank", "with a line break", "too long", "a hundred"];
    prove("Settings", &[ACCOUNTS, ("verb", &["set", "add", "take"]), ("groups", groups)], |point| {
        let account = Account { delegate_groups: vec!["Delegates".to_owned()], ..an_account(point[0]) };
        let names = match point[2] {
            "blank" => vec![" \t".to_owned()],
            "with a line break" => vec!["a\nb".to_owned()],
            "too long" => vec!["\u{e9}".repeat(257)],
            "a hundred" => (0..100).map(|n| format!("{n}")).collect(),
            name => vec![name.to_owned(), name.to_owned()],
        };
        let listed = |after: Account| match after.delegate_groups.as_slice() {
            [] => "-".to_owned(),
            groups => groups.join(", "),
        };
        match point[1] {
            "add" => said(add_delegate_groups(&account, &names), listed),
            "take" => said(remove_delegate_groups(&account, &names), listed),
            _ => {
                let change = AccountSettingsChange { enable_dial_out: Some(true), ..AccountSettingsChange::default() };
                said(update_account_settings(&account, change), |after| {
                    let settings = AccountSettings { enable_dial_out: true, disable_remote_control: false };
                    assert_eq!(after, Account { settings, ..account.clone() }, "nothing else changes");
                    "set".to_owned()
                })
            }
        }
    });
}

#[test]
fn the_deployments_buckets_are_set_kept_and_taken_away() {
    let change = |business: Option<Option<&str>>| DeploymentSettingsChange {
        business_calling_bucket: business.map(|bucket| bucket.map(str::to_owned)),
        voice_connector_bucket: None,
    };
    let both = DeploymentSettings {
        business_calling_bucket: Some("b".to_owned()),
        voice_connector_bucket: Some("v".to_owned()),
    };
    let business = |change| update_deployment_settings(&both, change).map(|after| after.business_calling_bucket);
    assert_eq!(update_deployment_settings(&both, change(None)), Ok(both.clone()));
    assert_eq!(business(change(Some(Some("new")))), Ok(Some("new".to_owned())));
    assert_eq!(business(change(Some(None))), Ok(None));
    for bad in ["", " ", "a\0b", &"x".repeat(257)] {
        assert_eq!(business(change(Some(Some(bad)))).map_err(|refusal| refusal.code()), Err("invalid"), "{bad:?}");
    }
}

#[test]
fn connecting_a_source() {
    let holders = &["nobody", "in a group", "in no group", "suspended", "outside"];
    let axes = [ACCOUNTS, ("source", &["directory", "identity provider", "none"]), ("FullAccess", holders)];
    prove("Connect", &axes, |point| {
        let account = an_account(point[0]);
        let kind = match point[1] {
            "directory" => AccountType::EnterpriseDirectory,
            "identity provider" => AccountType::EnterpriseOidc,
            _ => AccountType::EnterpriseLwa,
        };
        let inside = world::account(account.kind.name(), false);
        let of = |source: &str| Facts { account: inside, source: world::source(source), ..world::facts() };
        let administrators = match point[2] {
            "nobody" => Vec::new(),
            "in a group" => vec![of("on:Plus")],
            "in no group" => vec![of("on")],
            "suspended" => vec![Facts { suspension: world::suspension("holds"), ..of("on:Plus") }],
            _ => vec![world::facts()],
        };
        said(connect_source(&account, kind, &administrators, now()), |after| after.kind.name().to_owned())
    });
    prove("Disconnect", &[ACCOUNTS], |point| {
        said(disconnect_source(&an_account(point[0])), |after| after.kind.name().to_owned())
    });
}

fn claim(account: access::AccountId) -> Claim {
    let domain = Domain::parse("example.org").expect("a domain");
    let (since, verified, missing, checked) = (hours(-500), None, None, None);
    Claim { account, domain, token: format!("t0ken{account}"), since, verified, missing, checked, vouched: false }
}

#[test]
fn claiming_and_verifying_a_domain() {
    prove(
        "Claim",
        &[ACCOUNTS, ("domain", &["example.org", "co.uk", "gmail.com"]), ("claimed before", YES_NO)],
        |point| {
            let before = (point[2] == "yes").then(|| claim(ACCOUNT));
            let domain = Domain::parse(point[1]).expect("a domain");
            let public = shipped_public_mail();
            said(
                claim_domain(&an_account(point[0]), &domain, before.as_ref(), &public, "new".to_owned(), now()),
                |after| {
                    assert_eq!((after.verified, after.account), (None, ACCOUNT));
                    if Some(&after) == before.as_ref() { "the claim there is" } else { "a new claim" }.to_owned()
                },
            )
        },
    );
    let axes = [ACCOUNTS, ("owner", &["none", "itself", "another"]), ("record", RECORDS)];
    prove("Verify", &axes, |point| {
        let mine = claim(ACCOUNT);
        let owner = match point[1] {
            "none" => None,
            "itself" => Some(mine.clone()),
            _ => Some(claim(OTHER)),
        };
        let seen = records(point[2], &mine, owner.as_ref());
        said(verify_domain(&an_account(point[0]), &mine, owner.as_ref(), &seen, now()), |after| {
            assert_eq!((after.claim.verified, after.claim.checked, after.former), (Some(now()), Some(now()), None));
            format!("{} owns it", after.account.kind.name())
        })
    });
}

const RECORDS: &[&str] = &["there", "both", "none", "no such name", "trouble"];

/// What DNS shows: the claim's own record, the owner's beside it, or neither.
fn records(word: &str, mine: &Claim, owner: Option<&Claim>) -> Seen {
    match word {
        "there" => Seen::Records(vec!["v=spf1 -all".to_owned(), mine.record()]),
        "both" => Seen::Records(owner.into_iter().map(Claim::record).chain([mine.record()]).collect()),
        "none" => Seen::NoRecord,
        "no such name" => Seen::NoSuchName,
        _ => Seen::Trouble("the time was up".to_owned()),
    }
}

#[test]
fn taking_a_domain_over() {
    let owners = &["none", "itself", "another", "another, missing", "another, lapsed"];
    prove("Take over", &[ACCOUNTS, ("owner", owners), ("record", RECORDS)], |point| {
        let mine = claim(ACCOUNT);
        let missing = |since| Some(Claim { missing: Some(since), ..claim(OTHER) });
        let owner = match point[1] {
            "none" => None,
            "itself" => Some(mine.clone()),
            "another" => Some(claim(OTHER)),
            "another, missing" => missing(hours(-24 * 7 + 1)),
            _ => missing(hours(-24 * 7)),
        };
        let seen = records(point[2], &mine, owner.as_ref());
        said(take_over_domain(&an_account(point[0]), &mine, owner.as_ref(), &seen, now()), |after| {
            assert_eq!((after.claim.verified, after.former), (Some(now()), Some(OTHER)));
            format!("{} owns it, the other no more", after.account.kind.name())
        })
    });
}

#[test]
fn the_hosts_word_needs_no_record_and_overrules_nobody() {
    let (account, mine) = (an_account("Team"), claim(ACCOUNT));
    let vouched = vouch_domain(&account, &mine, None, now()).expect("verified");
    assert_eq!((vouched.claim.verified, vouched.claim.vouched, vouched.claim.checked), (Some(now()), true, None));
    assert_eq!(vouched.account.kind, AccountType::EnterpriseLwa);
    let proved = Claim { verified: Some(hours(-9)), missing: Some(hours(-1)), ..mine.clone() };
    let again = vouch_domain(&account, &proved, Some(&proved), now()).expect("verified before");
    assert_eq!(again.claim, proved, "a proved domain is watched as before");
    assert_eq!(vouch_domain(&account, &mine, Some(&claim(OTHER)), now()), Err(Refusal::DomainClaimed));
}

#[test]
fn what_a_verified_domain_means_for_people() {
    let axes = [ENTERPRISE, ("registered", YES_NO), ("member of", &["none", "this account", "another"])];
    prove("After verification", &[&axes[..], &[("formerly owned", YES_NO), SUSPENSION]].concat(), |point| {
        let mut user = person(if point[1] == "yes" { "registered" } else { "new" });
        user.trial = Trial::default();
        let mut user = match point[2] {
            "none" => user,
            "this account" => member(user, ACCOUNT),
            _ => member(user, OTHER),
        };
        user.suspension = world::suspended(point[4]);
        let (word, transition) = match after_verification(
            &an_account(point[0]),
            &mut seats("left"),
            &user,
            point[3] == "yes",
            None,
            now(),
        ) {
            AfterVerification::Stays => return vec!["stays".to_owned(), "-".to_owned()],
            AfterVerification::Conflict => return vec!["conflict".to_owned(), "-".to_owned()],
            AfterVerification::Joins(transition) => ("joins", transition),
            AfterVerification::Passes(transition) => ("passes", transition),
            AfterVerification::Waits(transition) => ("waits", transition),
        };
        vec![format!("{word}: {}", outcome(&user, &transition)), effects(&transition.effects)]
    });
}

#[test]
fn releasing_a_domain() {
    prove("Release", &[ENTERPRISE, ("domains left", LEFT)], |point| {
        let left = if point[1] == "some" { 2 } else { 0 };
        vec![release_domain(&an_account(point[0]), left).kind.name().to_owned()]
    });
    let axes = [("address", &["primary", "further"][..]), SUSPENSION, ("registered", YES_NO), LOCAL];
    prove("After release", &axes, |point| {
        let mut user = member(person(if point[2] == "yes" { "registered" } else { "new" }), ACCOUNT);
        user.trial = Trial::default();
        user.source = Some(link("on:Plus"));
        user.suspension = world::suspended(point[1]);
        if point[0] == "further" {
            user.primary = email("ada@example.net");
            user.secondary = vec![email("lovelace@example.org"), email("ada@example.com")];
        }
        let domain = Domain::parse("example.org").expect("a domain");
        told(&user, Ok(after_release(&user, &domain, point[3] == "yes", now())))
    });
}

const LOCAL: Axis = ("local credential", YES_NO);

fn link(word: &str) -> SourceLink {
    let SourceFacts { enabled, license } = world::source(word).expect("a source");
    SourceLink { id: "guid".to_owned(), enabled, license }
}

/// Somebody a source may know: their row, and whether they are linked to the entry's id.
fn known(word: &str) -> (User, bool) {
    let mut user = User { trial: Trial::default(), ..person("registered") };
    let account = if word.ends_with("elsewhere") { OTHER } else { ACCOUNT };
    if !word.ends_with("free") && !word.ends_with("removed") {
        user = member(user, account);
        user.license_origin = LicenseOrigin::Group;
    }
    if word.starts_with("linked") {
        user.source = Some(link(if word.ends_with("removed") { "off" } else { "on:Plus" }));
    } else if word.ends_with("other id") {
        user.source = Some(SourceLink { id: "another".to_owned(), ..link("on:Plus") });
    }
    (user, word.starts_with("linked"))
}

#[test]
fn what_a_source_says() {
    let people = &[
        "nobody",
        "linked member",
        "linked, removed",
        "linked elsewhere",
        "same address, free",
        "same address, member",
        "same address, unconfirmed",
        "same address, other id",
        "same address elsewhere",
    ];
    let axes = [("known", &people[..]), ("entry", &["on", "off", "on:Plus", "on:Pro", "off:Plus"]), MAIL];
    prove("Source has", &axes, |point| {
        let mail = email(if point[2] == "same" { "ada@example.org" } else { "countess@example.org" });
        let SourceLink { id: guid, enabled, license } = link(point[1]);
        let entry = Entry {
            id: guid,
            mail,
            own_domain: point[2] != "foreign",
            secondary: vec![],
            enabled,
            license,
            name: None,
        };
        let (user, is_linked) = known(point[0]);
        let new = UserId(id(102));
        let who = match point[0] {
            "nobody" => Person::New(user.id),
            _ if is_linked => Person::Linked { user: &user, mail_taken: point[2] == "taken" },
            _ => Person::SameAddress { user: &user, unconfirmed_grant: point[0].ends_with("unconfirmed"), new },
        };
        let account = an_account("EnterpriseDirectory");
        let before =
            if point[0] == "nobody" { User { primary: entry.mail.clone(), ..person("new") } } else { user.clone() };
        match source_has(&account, &mut seats("left"), &entry, who, now()) {
            Ok(Applied::Ignored) => vec!["ignored".to_owned(), "-".to_owned()],
            Ok(Applied::Person { transition, mail_conflict }) => of_source(&before, &transition, mail_conflict),
            Ok(Applied::Replaced { former, new: another }) => {
                assert_eq!((another.user.id, another.user.primary == entry.mail), (new, true));
                let former_is = outcome(&user, &former);
                vec![format!("another person; the former: {former_is}"), effects(&former.effects)]
            }
            Err(refusal) => told(&user, Err(refusal)),
        }
    });
    prove("Source lost", &[("member of", &["none", "this account", "another"]), SUSPENSION], |point| {
        let (mut user, _) = known(match point[0] {
            "none" => "linked, removed",
            "this account" => "linked member",
            _ => "linked elsewhere",
        });
        user.suspension = world::suspended(point[1]);
        let lost = source_lost(&an_account("EnterpriseDirectory"), &user);
        let after = lost.user.source.as_ref().map(|link| (link.id.as_str(), link.enabled));
        assert_eq!(after, Some(("guid", point[0] == "another")), "the link is kept, disabled, by whose it is");
        told(&user, Ok(lost))
    });
}

const MAIL: Axis = ("mail", &["same", "new", "taken", "foreign"]);

fn of_source(before: &User, transition: &Transition, mail_conflict: bool) -> Vec<String> {
    let words = outcome(before, transition);
    let words = match (mail_conflict, words.as_str()) {
        (false, _) => words,
        (true, "-") => "mail conflict".to_owned(),
        (true, _) => format!("{words}, mail conflict"),
    };
    vec![words, effects(&transition.effects)]
}

const ACTIONS: [Action; 29] = [
    Action::CreateAccount,
    Action::ViewAccount,
    Action::UpdateAccount,
    Action::DeleteAccount,
    Action::ManageDomains,
    Action::TakeOverDomain,
    Action::ViewUsers,
    Action::Invite,
    Action::CreateUser,
    Action::AssignLicense,
    Action::Suspend,
    Action::Remove,
    Action::LogOut,
    Action::Block,
    Action::Explain,
    Action::ReadAudit,
    Action::ManageGrants,
    Action::ManageApplications,
    Action::EditCatalog,
    Action::ReadMail,
    Action::ResetPin,
    Action::ResetSecondFactor,
    Action::ManageProviders,
    Action::ManageDirectory,
    Action::UpdateUserSettings,
    Action::ViewDeployment,
    Action::UpdateDeployment,
    Action::ViewOutbox,
    Action::ManageOutbox,
];

fn grant(word: &str) -> Option<Grant> {
    let role = Role::ALL.into_iter().find(|role| word.ends_with(role.name()))?;
    let over = match word {
        operator if operator.starts_with("operator") => Over::Deployment,
        other if other.starts_with("another") => Over::Account(OTHER),
        _ => Over::Account(ACCOUNT),
    };
    Some(Grant { id: GrantId(id(400)), user: UserId(id(101)), over, role })
}

fn caller(word: &str) -> Caller {
    match word {
        "the host" => Caller::Host,
        "themselves" => Caller::Oneself(UserId(id(100))),
        "a visitor" => Caller::Visitor,
        "an application" => Caller::Application(ApplicationId(id(200))),
        administrator => {
            Caller::Administrator { user: UserId(id(101)), grants: grant(administrator).into_iter().collect() }
        }
    }
}

#[test]
fn who_may_do_what() {
    let source = include_str!("../../src/authority.rs");
    let body = source.split("pub enum Action {").nth(1).and_then(|rest| rest.split('}').next()).expect("the actions");
    let written: BTreeSet<&str> = body.lines().filter_map(|line| line.trim().strip_suffix(',')).collect();
    let names: Vec<&'static str> = ACTIONS.iter().map(|action| &*format!("{action:?}").leak()).collect();
    assert_eq!(written, names.iter().copied().collect(), "every action is in the table");
    let sorts = Table::read(TEXT, "Actions", &[("action", names.leak())]);
    let axes = [("sort", &["look", "people", "manage", "operate", "oversee", "block"][..]), CALLERS, OVER];
    prove("Permits", &axes, |point| {
        let over = if point[2] == "the account" { Over::Account(ACCOUNT) } else { Over::Deployment };
        let of_sort = ACTIONS.iter().enumerate().filter(|(number, _)| sorts.at(&[*number])[0] == point[0]);
        let answers: BTreeSet<Vec<String>> =
            of_sort.map(|(_, action)| said(permit(&caller(point[1]), *action, over), |_| "yes".to_owned())).collect();
        assert_eq!(answers.len(), 1, "actions of one sort have one answer: {answers:?} at {point:?}");
        answers.into_iter().next().unwrap_or_default()
    });
}

const OVER: Axis = ("over", &["the account", "the deployment"]);

fn permitted(word: &str) -> Permit {
    permit(&caller(word), Action::ViewUsers, Over::Account(ACCOUNT)).expect("may look")
}

#[test]
fn nobody_acts_on_a_higher_grant_and_roles_stay_in_order() {
    let strong = &["the host", "UserManagement", "FullAccess", "operator UserManagement", "operator FullAccess"];
    let grants = &[
        "none",
        "ReadOnly",
        "UserManagement",
        "FullAccess",
        "operator ReadOnly",
        "operator UserManagement",
        "operator FullAccess",
    ];
    prove("Act on", &[("caller", strong), ("target", grants)], |point| {
        let held: Vec<Grant> = grant(point[1]).into_iter().collect();
        said(may_act_on(permitted(point[0]), &held), |()| "yes".to_owned())
    });
    let roles = &["none", "ReadOnly", "UserManagement", "FullAccess"];
    let callers = &["the host", "UserManagement", "FullAccess"];
    let axes =
        [("caller", &callers[..]), ("target", &["themselves", "another"]), ("before", roles), ("after", roles), OTHERS];
    prove("Change role", &axes, |point| {
        let role = |word| grant(word).map(|grant| grant.role);
        let target = UserId(id(if point[1] == "themselves" { 101 } else { 103 }));
        let full_access = u64::from(point[2] == "FullAccess") + u64::from(point[4] == "yes");
        let asked = (role(point[2]), role(point[3]));
        let answer = may_change_role(&caller(point[0]), permitted(point[0]), target, asked.0, asked.1, full_access);
        said(answer, |()| "yes".to_owned())
    });
}

const OTHERS: Axis = ("others", YES_NO);

#[test]
fn a_key_carries_no_more_than_its_grant() {
    for (held, word) in Role::ALL.into_iter().zip(["ReadOnly", "UserManagement", "FullAccess"]) {
        for most in Role::ALL {
            let capped = Extent { most: Some(most), within: None };
            assert_eq!(grant(word).expect("a grant").carried(capped).role, held.min(most));
        }
        let (one, other) = (ACCOUNT, OTHER);
        let within = Extent { most: None, within: Some(one) };
        let over = |over| Grant { over, ..grant(word).expect("a grant") }.carried(within);
        assert_eq!((over(Over::Deployment).over, over(Over::Deployment).role), (Over::Account(one), held));
        assert_eq!(over(Over::Account(other)).over, Over::Account(other), "a restriction widens nothing");
    }
}
