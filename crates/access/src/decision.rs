//! The decision: one pure function of facts read in one snapshot (rule 21).

use jiff::Timestamp;

use crate::{
    AccountId, AccountType, ApplicationId, BaseLicense, Catalog, Feature, License, UserId, user::LicenseOrigin,
};

/// Everything a decision about one person depends on, read in one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The person.
    pub user: UserId,
    /// The generation of their sessions; what a decision mints carries it (rule 23).
    pub epoch: i64,
    /// A credential or a directory link exists.
    pub registered: bool,
    /// A suspension is recorded.
    pub suspension: Option<SuspensionFacts>,
    /// The operator blocked them.
    pub blocked: bool,
    /// The account they are a member of.
    pub account: Option<AccountFacts>,
    /// The account that has verified the domain of their primary address.
    pub managed_by: Option<AccountId>,
    /// What the account's source says of them.
    pub source: Option<SourceFacts>,
    /// The license held.
    pub license: BaseLicense,
    /// Where it comes from.
    pub license_origin: LicenseOrigin,
    /// The license they wait for.
    pub waiting: Option<BaseLicense>,
    /// When their trial ends, unless it was ended already.
    pub trial_until: Option<Timestamp>,
}

/// A recorded suspension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuspensionFacts {
    /// When it ends by itself; `None` for never.
    pub until: Option<Timestamp>,
}

/// The account of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountFacts {
    /// Its id.
    pub id: AccountId,
    /// Its kind.
    pub kind: AccountType,
    /// Deleted, and not restored (rule 8).
    pub deleted: bool,
}

/// What a source says of a person (rule 19).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFacts {
    /// Enabled there.
    pub enabled: bool,
    /// What the mapped groups grant.
    pub license: Option<BaseLicense>,
}

/// The application a question is about (rule 13).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationFacts {
    /// Its id.
    pub id: ApplicationId,
    /// Its owner was deleted, so it stopped (rule 8).
    pub stopped: bool,
    /// Who may enter.
    pub audience: AudienceFacts,
    /// The least license it demands.
    pub required_license: Option<BaseLicense>,
    /// The feature it demands.
    pub required_feature: Option<Feature>,
}

/// Who may enter, as far as this person is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudienceFacts {
    /// Whoever may sign in.
    Anyone,
    /// Members of this account; `None`, an owner that is the deployment, has no members.
    Members(Option<AccountId>),
    /// Members of listed accounts; whether the person's account is listed.
    Accounts {
        /// The person's account is on the list.
        listed: bool,
    },
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Yes or no, to all that was asked.
    pub allowed: bool,
    /// The effective license (rule 9), also when the answer is no.
    pub license: License,
    /// What the license grants; empty for who may not sign in.
    pub features: Vec<Feature>,
    /// The chain that led here, in the order the rules were applied.
    pub reasons: Vec<Reason>,
}

/// One link of the chain. Its code is stable and is what applications are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No credential and no directory link.
    NotRegistered,
    /// A suspension holds.
    Suspended {
        /// When it ends by itself.
        until: Option<Timestamp>,
    },
    /// The operator blocked the person.
    Blocked,
    /// The account was deleted.
    AccountDeleted(AccountId),
    /// In no account, but the address is on a verified domain (rule 7).
    AddressManaged(AccountId),
    /// Disabled or unknown in the account's source.
    DisabledInSource,
    /// In none of the groups mapped to a license.
    NotInGroup,
    /// A member of an account.
    Member(AccountId),
    /// In no account.
    FreeUser,
    /// A trial runs.
    Trial {
        /// When it ends.
        until: Timestamp,
    },
    /// The license held, and where it comes from.
    License(BaseLicense, LicenseOrigin),
    /// Meanwhile `Basic`: the license they should have has no seat left (rule 12).
    WaitingForSeat(BaseLicense),
    /// The application's owner was deleted.
    ApplicationStopped,
    /// Not in the application's audience.
    NotInAudience,
    /// The application demands a license or a feature that the person does not have.
    LicenseRequired {
        /// The least license demanded, when it is a license.
        license: Option<BaseLicense>,
        /// The feature demanded, when it is a feature.
        feature: Option<Feature>,
    },
    /// The catalog does not know the feature.
    UnknownFeature(Feature),
    /// The license grants the feature.
    FeatureGranted(Feature),
    /// The license does not grant the feature.
    FeatureNotGranted(Feature),
}

impl Reason {
    /// The stable code, in kebab case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "not-registered",
            Self::Suspended { .. } => "suspended",
            Self::Blocked => "blocked",
            Self::AccountDeleted(_) => "account-deleted",
            Self::AddressManaged(_) => "address-managed",
            Self::DisabledInSource => "disabled-in-source",
            Self::NotInGroup => "not-in-group",
            Self::Member(_) => "member",
            Self::FreeUser => "free-user",
            Self::Trial { .. } => "trial",
            Self::License(_, LicenseOrigin::Free) => "license-free",
            Self::License(_, LicenseOrigin::Default) => "license-by-default",
            Self::License(_, LicenseOrigin::Administrator) => "license-by-administrator",
            Self::License(_, LicenseOrigin::Group) => "license-by-group",
            Self::WaitingForSeat(_) => "waiting-for-seat",
            Self::ApplicationStopped => "application-stopped",
            Self::NotInAudience => "not-in-audience",
            Self::LicenseRequired { .. } => "license-required",
            Self::UnknownFeature(_) => "unknown-feature",
            Self::FeatureGranted(_) => "feature-granted",
            Self::FeatureNotGranted(_) => "feature-not-granted",
        }
    }
}

/// May this person sign in (and enter this application, and use this feature) at this moment, and why?
pub fn decide(
    facts: &Facts,
    catalog: &Catalog,
    application: Option<&ApplicationFacts>,
    feature: Option<&Feature>,
    at: Timestamp,
) -> Decision {
    let license = effective_license(facts, at);
    let mut reasons = refusals_to_sign_in(facts, at);
    if !reasons.is_empty() {
        return Decision { allowed: false, license, features: Vec::new(), reasons };
    }
    reasons.extend(standing(facts, license));
    let features: Vec<Feature> = catalog.features_of(license).cloned().collect();
    let mut allowed = true;
    if let Some(refusal) = application.and_then(|asked| refusal_to_enter(facts, asked, license, &features)) {
        allowed = false;
        reasons.push(refusal);
    }
    if let Some(feature) = feature.filter(|_| allowed) {
        let granted = features.contains(feature);
        allowed = granted;
        reasons.push(match granted {
            true => Reason::FeatureGranted(feature.clone()),
            false if catalog.features.contains_key(feature) => Reason::FeatureNotGranted(feature.clone()),
            false => Reason::UnknownFeature(feature.clone()),
        });
    }
    Decision { allowed, license, features, reasons }
}

/// Whether they may sign in at all, to no application in particular.
pub fn may_sign_in(facts: &Facts, at: Timestamp) -> bool {
    refusals_to_sign_in(facts, at).is_empty()
}

/// Rule 9: the effective license of the person these facts are about.
pub fn effective_license(facts: &Facts, at: Timestamp) -> License {
    let group = facts.source.and_then(|source| source.license);
    with_trial(facts.license, facts.trial_until, facts.account.map(|account| account.kind), group, at)
}

/// Rule 9: `ProTrial` while the trial runs and the base is not `Pro`; on an account with a source only for who is in
/// a `Plus` group.
pub(crate) fn with_trial(
    base: BaseLicense,
    trial_until: Option<Timestamp>,
    kind: Option<AccountType>,
    group: Option<BaseLicense>,
    at: Timestamp,
) -> License {
    let eligible = !kind.is_some_and(AccountType::has_source) || group == Some(BaseLicense::Plus);
    let running = trial_until.is_some_and(|until| at < until);
    if running && eligible && base != BaseLicense::Pro { License::ProTrial } else { base.into() }
}

/// The table "Who may sign in": everything that stands in the way.
fn refusals_to_sign_in(facts: &Facts, at: Timestamp) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if let Some(suspension) = facts.suspension.filter(|s| s.until.is_none_or(|until| at < until)) {
        reasons.push(Reason::Suspended { until: suspension.until });
    }
    if facts.blocked {
        reasons.push(Reason::Blocked);
    }
    if !facts.registered {
        reasons.push(Reason::NotRegistered);
    }
    match (facts.account, facts.managed_by) {
        (Some(account), _) if account.deleted => reasons.push(Reason::AccountDeleted(account.id)),
        (Some(account), _) if account.kind.has_source() => match facts.source {
            Some(SourceFacts { enabled: true, license: Some(_) }) => {}
            Some(SourceFacts { enabled: true, license: None }) => reasons.push(Reason::NotInGroup),
            Some(SourceFacts { enabled: false, .. }) | None => reasons.push(Reason::DisabledInSource),
        },
        (None, Some(owner)) => reasons.push(Reason::AddressManaged(owner)),
        (Some(_) | None, _) => {}
    }
    reasons
}

/// Why the person stands where they stand: account, then license.
fn standing(facts: &Facts, license: License) -> Vec<Reason> {
    let mut reasons = vec![facts.account.map_or(Reason::FreeUser, |account| Reason::Member(account.id))];
    if let (License::ProTrial, Some(until)) = (license, facts.trial_until) {
        reasons.push(Reason::Trial { until });
    }
    if let Some(wanted) = facts.waiting {
        reasons.push(Reason::WaitingForSeat(wanted));
    }
    reasons.push(Reason::License(facts.license, facts.license_origin));
    reasons
}

/// Whether the person is in the application's audience, may they sign in or not (rule 13).
pub fn in_audience(facts: &Facts, application: &ApplicationFacts) -> bool {
    let account = facts.account.map(|account| account.id);
    match application.audience {
        AudienceFacts::Anyone => true,
        AudienceFacts::Members(owner) => owner.is_some() && owner == account,
        AudienceFacts::Accounts { listed } => listed && account.is_some(),
    }
}

/// Rule 13: the audience, then what the application demands.
fn refusal_to_enter(
    facts: &Facts,
    application: &ApplicationFacts,
    license: License,
    features: &[Feature],
) -> Option<Reason> {
    let in_audience = in_audience(facts, application);
    let lacks_license = application.required_license.filter(|required| !license.meets(*required));
    let lacks_feature = application.required_feature.as_ref().filter(|required| !features.contains(required));
    match (application.stopped, in_audience, lacks_license, lacks_feature) {
        (true, ..) => Some(Reason::ApplicationStopped),
        (_, false, ..) => Some(Reason::NotInAudience),
        (_, _, None, None) => None,
        (_, _, license, feature) => Some(Reason::LicenseRequired { license, feature: feature.cloned() }),
    }
}
