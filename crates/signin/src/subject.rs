//! What an application learns of a person, from the facts of one snapshot.

use access::Catalog;
use access::decision::{ApplicationFacts, Decision, Facts, decide};
use jiff::Timestamp;
use oidc::Scope;
use oidc::claims::Subject;
use store::Person;

use crate::{Error, SignIn};

/// What is said of a person who may enter.
pub(crate) fn subject(
    facts: &Facts,
    decision: Decision,
    name: Option<String>,
    (address, proved): (String, bool),
    scope: &Scope,
) -> Subject {
    let subject = Subject {
        sub: facts.user,
        license: decision.license,
        features: decision.features,
        account: facts.account.map(|account| account.id),
        name,
        email: Some(address),
        // Proved by a mailed link, or said by a source or a provider that speaks for it; not what was typed or named on the
        // host (rule 57).
        email_verified: Some(proved),
    };
    subject.within(scope)
}

/// May they sign in, and enter the application (rule 13)?
pub(crate) fn may_enter(facts: &Facts, application: &ApplicationFacts, catalog: &Catalog, at: Timestamp) -> Decision {
    decide(facts, catalog, Some(application), None, at)
}

impl SignIn {
    /// What is said of a person to the application they were read with; `None` when they may not enter it now.
    pub(crate) async fn subject(
        &self,
        person: &Person,
        scope: &Scope,
        at: Timestamp,
    ) -> Result<Option<Subject>, Error> {
        let Some(application) = &person.asked.application else { return Ok(None) };
        let catalog = self.service.store().catalog(person.asked.catalog_version).await?;
        let decision = may_enter(&person.asked.facts, application, &catalog, at);
        let (name, address) = (person.name.clone(), (person.address.clone(), person.address_proved));
        Ok(decision.allowed.then(|| subject(&person.asked.facts, decision, name, address, scope)))
    }
}
