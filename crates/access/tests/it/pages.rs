//! Each code of a refusal or a reason has its section in `docs/refusals.md`, and each section its code.

use std::collections::BTreeSet;

use access::authority::Action;
use access::decision::Reason;
use access::domain::Proof;
use access::user::LicenseOrigin;
use access::{AccountType, BaseLicense, Refusal};

use crate::world::{ACCOUNT, feature, now};

const PAGE: &str = include_str!("../../../../docs/refusals.md");

/// One refusal of each kind. `every_variant_is_sampled` sees when one is missing.
fn refusals() -> Vec<Refusal> {
    [general_refusals(), refusals_of_directories()].concat()
}

fn refusals_of_directories() -> Vec<Refusal> {
    use Refusal as R;
    vec![
        R::NoDirectory,
        R::DirectoryUnavailable { why: "nobody answers".to_owned() },
        R::DirectoryAsks { into: 1, out: 1, administrators: 1 },
        R::UnknownRun(1),
        R::RunOver,
    ]
}

fn general_refusals() -> Vec<Refusal> {
    use Refusal as R;
    let license = BaseLicense::Plus;
    vec![
        R::AddressNotSupported { why: "it has no @" },
        R::Invalid { member: "Name", why: "it is blank".to_owned() },
        R::NotPermitted { action: Action::Invite },
        R::HigherGrant,
        R::UnknownAccount("a".to_owned()),
        R::UnknownUser("u".to_owned()),
        R::UnknownApplication("p".to_owned()),
        R::UnknownCredential("k".to_owned()),
        R::AccountDeleted,
        R::AccountNotEmpty { users: 1, domains: 1 },
        R::NotDeleted,
        R::PublicDomain,
        R::ProofMissing(Proof::NoRecord),
        R::DnsUnavailable { why: "the time was up".to_owned() },
        R::UnknownDomain("d".to_owned()),
        R::DomainVerified,
        R::DomainPending,
        R::NotOwned,
        R::NotLapsed { from: None },
        R::NoVerifiedDomain,
        R::SourceConnected,
        R::NoSource,
        R::NoAdministratorLeft,
        R::LinkUnconfirmed,
        R::AlreadyMember,
        R::AlreadyExists,
        R::DomainClaimed,
        R::NotOnOwnDomain,
        R::InvitationClosed,
        R::MustLeaveTeam,
        R::ManagedElsewhere,
        R::PersonSuspended,
        R::AlreadyRegistered,
        R::NotInSource,
        R::TrialNotAssignable,
        R::LicenseByGroup,
        R::NoSeatsLeft { license, left: 0 },
        R::TeamCannotSuspend,
        R::CannotSuspendYourself,
        R::EndInThePast { until: now() },
        R::NotSuspended,
        R::NotBlocked,
        R::ManagedByDomain,
        R::ManagedBySource,
        R::NotAMember,
        R::LastFullAccess,
        R::OwnRole,
        R::AlreadySetUp,
        R::NotOnThisAccount { what: "x", kind: AccountType::Team, instead: "y" },
        R::MailLimit { limit: 1 },
        R::UnknownMail(1),
        R::MailDelivered,
        R::Changed,
        R::Outdated,
        R::KeyReused,
    ]
    .into_iter()
    .chain(signing_in())
    .collect()
}

/// The same, of those that people hear who sign in.
fn signing_in() -> Vec<Refusal> {
    use Refusal as R;
    vec![
        R::LinkExpired,
        R::WrongCredentials,
        R::NoPasswordHere,
        R::DirectorySays("password-expired"),
        R::MayNotSignIn,
        R::MayNotEnter,
        R::SignInEnded,
        R::WrongCode,
        R::CodesPaused,
        R::PasskeyRefused,
        R::SignInAgain,
        R::LastMethod,
        R::UnknownProvider("p".to_owned()),
        R::ProviderRefused("the provider does not vouch for your address; ask whoever runs it"),
        R::GrantInvalid("the code has expired; send the person to sign in again"),
        R::WeakPassword { why: "it is too short" },
    ]
}

/// One reason for each code.
fn reasons() -> Vec<Reason> {
    use Reason as R;
    let some_feature = feature("meetings.host").expect("a feature");
    let license = |origin| R::License(BaseLicense::Plus, origin);
    vec![
        R::NotRegistered,
        R::Suspended { until: None },
        R::Blocked,
        R::AccountDeleted(ACCOUNT),
        R::AddressManaged(ACCOUNT),
        R::DisabledInSource,
        R::NotInGroup,
        R::Member(ACCOUNT),
        R::FreeUser,
        R::Trial { until: now() },
        license(LicenseOrigin::Free),
        license(LicenseOrigin::Default),
        license(LicenseOrigin::Administrator),
        license(LicenseOrigin::Group),
        R::WaitingForSeat(BaseLicense::Plus),
        R::ApplicationStopped,
        R::NotInAudience,
        R::LicenseRequired { license: None, feature: None },
        R::UnknownFeature(some_feature.clone()),
        R::FeatureGranted(some_feature.clone()),
        R::FeatureNotGranted(some_feature),
    ]
}

#[test]
fn every_code_has_its_section_and_no_section_is_stale() {
    let codes = refusals().iter().map(Refusal::code).chain(reasons().iter().map(Reason::code)).collect::<BTreeSet<_>>();
    let headings: Vec<&str> = PAGE.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    assert_eq!(headings.len(), headings.iter().collect::<BTreeSet<_>>().len(), "a code has one section");
    assert_eq!(codes, headings.into_iter().collect());
}

#[test]
fn every_variant_is_sampled() {
    let codes_in = |source: &str| {
        source.lines().filter(|line| line.trim().starts_with("Self::") && line.contains("=> \"")).count()
    };
    assert_eq!(refusals().len(), codes_in(include_str!("../../src/refusal.rs")));
    assert_eq!(reasons().len(), codes_in(include_str!("../../src/decision.rs")));
}

#[test]
fn a_refusal_says_what_to_do_on_one_line_and_where_to_read_on() {
    for refusal in refusals() {
        let sentence = refusal.to_string();
        assert!(sentence.len() > 20 && !sentence.contains('\n') && !sentence.ends_with('.'), "{sentence}");
        assert_eq!(refusal.page(), format!("refusals.md#{}", refusal.code()));
    }
}
