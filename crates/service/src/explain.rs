//! Why may somebody sign in, or not, and with which license: the chain of reasons with names (rule 21).

use access::authority::{Action, Over, permit};
use access::decision::{Decision, Reason, decide};
use access::user::LicenseOrigin;
use access::{AccountId, ApplicationId, BaseLicense, Catalog, Feature, License, Refusal, User, UserId};
use jiff::Timestamp;
use store::{Read, Scope};

use crate::evaluate::subject_named;
use crate::{Context, Error, Service};

/// A decision, told to an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Who it is about. Personal.
    pub user: User,
    /// Yes or no, to all that was asked.
    pub allowed: bool,
    /// The effective license, also when the answer is no.
    pub license: License,
    /// What it grants; empty for who may not sign in.
    pub features: Vec<Feature>,
    /// The chain, in the order the rules were applied.
    pub reasons: Vec<Explained>,
    /// The licenses that grant the feature in question, from the catalog.
    pub granted_by: Vec<License>,
}

/// One link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The stable code.
    pub code: &'static str,
    /// A sentence with names. Personal.
    pub sentence: String,
}

impl Service {
    /// Explains the decision about a person, named by id or address, now: for an application, a feature, or both.
    /// People and applications out of the caller's reach look unknown (rule 28).
    pub async fn explain(
        &self,
        cx: &Context,
        subject: &str,
        application: Option<ApplicationId>,
        feature: Option<Feature>,
    ) -> Result<Explanation, Error> {
        let unknown = || Refusal::UnknownUser(subject.to_owned());
        if let Some(id) = application {
            self.may_explain(cx, id).await?;
        }
        let asked = self.store().facts(&subject_named(subject), application).await?.ok_or_else(unknown)?;
        let over = asked.facts.account.map_or(Over::Deployment, |account| Over::Account(account.id));
        let permit = permit(&cx.caller, Action::Explain, over).map_err(|_| unknown())?;
        let catalog = self.store().catalog(asked.catalog_version).await?;
        let decision = decide(&asked.facts, &catalog, asked.application.as_ref(), feature.as_ref(), cx.at);
        let read = self.store().read(Scope::Public);
        let user = read.user(asked.facts.user).await?.ok_or_else(unknown)?;
        if user.membership.map(|membership| membership.account) != asked.facts.account.map(|account| account.id) {
            // They moved between the two looks: what is said of them must be of one account.
            return Err(Refusal::Changed.into());
        }
        let names = Names { read, user: &user, catalog: &catalog, operator: permit.is_operator() };
        let mut reasons = Vec::with_capacity(decision.reasons.len());
        for reason in &decision.reasons {
            reasons.push(Explained { code: reason.code(), sentence: names.sentence(reason, decision.license).await? });
        }
        let Decision { allowed, license, features, .. } = decision;
        let granted_by = feature.and_then(|feature| catalog.features.get(&feature).cloned()).unwrap_or_default();
        Ok(Explanation { user, allowed, license, features, reasons, granted_by })
    }

    /// Whether an application is within the caller's reach; otherwise it looks unknown.
    async fn may_explain(&self, cx: &Context, id: ApplicationId) -> Result<(), Error> {
        for read in self.reaches(cx, Action::Explain) {
            if read.application(id).await?.is_some() {
                return Ok(());
            }
        }
        Err(Refusal::UnknownApplication(id.to_string()).into())
    }
}

/// Looks up the names the sentences need.
struct Names<'a> {
    read: Read,
    user: &'a User,
    catalog: &'a Catalog,
    /// The operator's reasons are for operators.
    operator: bool,
}

impl Names<'_> {
    async fn sentence(&self, reason: &Reason, license: License) -> Result<String, Error> {
        Ok(match reason {
            Reason::NotRegistered => {
                "They have not registered: they have no password and no directory link.".to_owned()
            }
            Reason::Suspended { .. } => self.suspended().await?,
            Reason::Blocked => self.blocked().await?,
            Reason::AccountDeleted(id) => format!("Their account, {}, is deleted.", self.account(*id).await?),
            Reason::AddressManaged(id) => {
                let owner = self.account(*id).await?;
                format!(
                    "Their address is on a domain of {owner}, but they are not a member of it: it must take them in."
                )
            }
            Reason::DisabledInSource => "They are disabled in, or missing from, their account's directory.".to_owned(),
            Reason::NotInGroup => "They are in no group of the directory that gives a license.".to_owned(),
            Reason::Member(id) => {
                let since = self.user.membership.map_or(self.user.created, |membership| membership.since);
                format!("They are a member of {} since {}.", self.account(*id).await?, day(since))
            }
            Reason::FreeUser => "They are a member of no account.".to_owned(),
            Reason::Trial { until } => format!("Their trial runs until {}.", day(*until)),
            Reason::License(base, origin) => held(*base, *origin),
            Reason::WaitingForSeat(wanted) => {
                format!("They wait for a seat of {wanted}: all of them are taken, so they have Basic meanwhile.")
            }
            Reason::ApplicationStopped => "The account that owns the application is deleted.".to_owned(),
            Reason::NotInAudience => "The application is not for them: they are not in its audience.".to_owned(),
            Reason::LicenseRequired { license: wanted, feature } => self.required(*wanted, feature.as_ref(), license),
            Reason::UnknownFeature(feature) => format!("The catalog has no feature {feature}."),
            Reason::FeatureGranted(feature) => format!("{license} grants {feature}."),
            Reason::FeatureNotGranted(feature) => {
                format!("{license} does not grant {feature}; {}.", self.granted_by(feature))
            }
        })
    }

    async fn suspended(&self) -> Result<String, Error> {
        let Some(suspension) = &self.user.suspension else { return Ok("They are suspended.".to_owned()) };
        let by = self.person(suspension.by).await?;
        let until = suspension.until.map_or(String::new(), |until| format!(", until {}", day(until)));
        let why = suspension.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
        Ok(format!("{by} suspended them on {}{until}{why}", day(suspension.at)))
    }

    async fn blocked(&self) -> Result<String, Error> {
        let Some(block) = self.user.block.as_ref().filter(|_| self.operator) else {
            return Ok("The operator blocked them in every account; ask the operator why.".to_owned());
        };
        let by = self.person(block.by).await?;
        let why = block.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
        Ok(format!("{by} blocked them in every account on {}{why}", day(block.at)))
    }

    fn required(&self, wanted: Option<BaseLicense>, feature: Option<&Feature>, license: License) -> String {
        let wanted = wanted.map(|wanted| format!("at least {wanted}"));
        let feature = feature.map(|feature| format!("the feature {feature} ({})", self.granted_by(feature)));
        let demands: Vec<String> = wanted.into_iter().chain(feature).collect();
        format!("The application demands {}; they have {license}.", demands.join(" and "))
    }

    fn granted_by(&self, feature: &Feature) -> String {
        let licenses = self.catalog.features.get(feature).map(Vec::as_slice).unwrap_or_default();
        let names: Vec<&str> = licenses.iter().map(|license| license.name()).collect();
        match names.as_slice() {
            [] => "no license does".to_owned(),
            [one] => format!("{one} does"),
            many => format!("{} do", many.join(", ")),
        }
    }

    async fn account(&self, id: AccountId) -> Result<String, Error> {
        Ok(self.read.account(id).await?.map_or_else(|| id.to_string(), |account| account.name))
    }

    async fn person(&self, id: Option<UserId>) -> Result<String, Error> {
        let Some(id) = id else { return Ok("Somebody with access to the host".to_owned()) };
        let user = self.read.user(id).await?;
        Ok(user.map_or_else(|| id.to_string(), |user| user.display_name.unwrap_or_else(|| user.primary.to_string())))
    }
}

fn held(base: BaseLicense, origin: LicenseOrigin) -> String {
    match origin {
        LicenseOrigin::Free => format!("Their license is {base}, as everyone's without an account."),
        LicenseOrigin::Default => format!("Their license is {base}, the account's default when they joined."),
        LicenseOrigin::Administrator => format!("Their license is {base}, as an administrator assigned."),
        LicenseOrigin::Group => format!("Their license is {base}, from their groups in the directory."),
    }
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
