//! The question an application asks: may this person sign in here, may they use this feature (rules 13 and 21)?
//!
//! The hot path: one statement on current facts and one pure function. Nothing is written, and nothing but the
//! immutable catalog is remembered (rule 22).

use access::authority::{Grant, Over};
use access::decision::{self, ApplicationFacts, Facts};
use access::{AccountId, ApplicationId, Catalog, Email, Feature, License, UserId};
use jiff::Timestamp;
use store::{Asked, Holder, Subject, TokenHash};
use uuid::Uuid;

use crate::{Error, Service};

/// What is asked about a person. Ids and names are as they were sent: one that cannot be read names nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// May they sign in to this application?
    SignIn {
        /// Its id.
        application: String,
    },
    /// May they use this feature? An application asks for itself: its audience and demands count too.
    Use {
        /// `area.verb`.
        feature: String,
    },
}

/// What the asker hears: yes or no, and codes, never names (rule 21).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Yes or no, to all that was asked.
    pub allowed: bool,
    /// The effective license; `None` when the person is unknown to the asker.
    pub license: Option<License>,
    /// The codes of [`access::decision::Reason`], or `unknown-subject` or `unknown-application`.
    pub reasons: Vec<&'static str>,
}

/// Who asks, as the token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    /// An application, for itself.
    Application(ApplicationId),
    /// An administrator, about the people and applications within reach of the grant behind the token.
    Administrator(Grant),
}

impl Service {
    /// Answers a question about `subject`, a user id or an address. `None`: the token is unknown, expired or revoked,
    /// or whoever is behind it may do nothing any more.
    pub async fn evaluate(&self, token: &str, subject: &str, question: &Question) -> Result<Option<Answer>, Error> {
        let application = match question {
            Question::SignIn { application } => application.parse().ok(),
            Question::Use { .. } => None,
        };
        let found = self.store().ask(&TokenHash::of(token), &subject_named(subject), application).await?;
        let at = self.clock().now();
        let Some(token) = found.asker.filter(|token| token.works(at)) else { return Ok(None) };
        self.noted().token(token.id, at);
        let asker = match token.holder {
            Holder::Application { id, .. } => Asker::Application(id),
            Holder::Administrator { grant, .. } => Asker::Administrator(grant),
        };
        let Some(asked) = &found.asked else {
            return Ok(Some(answer_about_nobody(asker, question)));
        };
        let catalog = self.store().catalog(asked.catalog_version).await?;
        Ok(Some(answer(asker, question, asked, &catalog, at)))
    }
}

/// An id, else an address, else nobody: the nil id, so that the token is checked all the same.
pub(crate) fn subject_named(text: &str) -> Subject {
    if let Ok(id) = text.parse() {
        return Subject::Id(id);
    }
    match Email::parse(text) {
        Ok(address) => Subject::Address(address.key().to_owned()),
        Err(_) => Subject::Id(UserId(Uuid::nil())),
    }
}

impl Answer {
    fn no(code: &'static str) -> Self {
        Self { allowed: false, license: None, reasons: vec![code] }
    }
}

/// What is said of somebody who does not exist.
fn answer_about_nobody(asker: Asker, question: &Question) -> Answer {
    match names_another(asker, question) {
        true => Answer::no("unknown-application"),
        false => Answer::no("unknown-subject"),
    }
}

/// Whether an application asks about another one, which it knows nothing of.
fn names_another(asker: Asker, question: &Question) -> bool {
    match (asker, question) {
        (Asker::Application(own), Question::SignIn { application }) => application.parse() != Ok(own),
        (Asker::Application(_), Question::Use { .. }) | (Asker::Administrator(_), _) => false,
    }
}

/// The answer, from facts read in one snapshot. A person outside an application's audience, or out of an
/// administrator's reach, looks exactly like nobody.
fn answer(asker: Asker, question: &Question, asked: &Asked, catalog: &Catalog, at: Timestamp) -> Answer {
    if names_another(asker, question) {
        return Answer::no("unknown-application");
    }
    let (facts, application) = (&asked.facts, asked.application.as_ref());
    match asker {
        Asker::Application(_) => match application {
            Some(application) if decision::in_audience(facts, application) => {}
            Some(_) | None => return Answer::no("unknown-subject"),
        },
        Asker::Administrator(grant) => {
            if !reaches(grant, facts.account.map(|account| account.id)) {
                return Answer::no("unknown-subject");
            }
            let known = application.is_some() && reaches(grant, asked.application_owner);
            if matches!(question, Question::SignIn { .. }) && !known {
                return Answer::no("unknown-application");
            }
        }
    }
    decided(facts, application, question, catalog, at)
}

/// Whether a grant reaches what belongs to this account, or to none.
fn reaches(grant: Grant, account: Option<AccountId>) -> bool {
    match grant.over {
        Over::Deployment => true,
        Over::Account(own) => account == Some(own),
    }
}

fn decided(
    facts: &Facts,
    application: Option<&ApplicationFacts>,
    question: &Question,
    catalog: &Catalog,
    at: Timestamp,
) -> Answer {
    let feature = match question {
        Question::SignIn { .. } => None,
        Question::Use { feature } => Some(Feature::parse(feature)),
    };
    let nameless = matches!(feature, Some(Err(_)));
    let decision = decision::decide(facts, catalog, application, feature.and_then(Result::ok).as_ref(), at);
    let mut reasons: Vec<&'static str> = decision.reasons.iter().map(decision::Reason::code).collect();
    if nameless && decision.allowed {
        reasons.push("unknown-feature");
    }
    Answer { allowed: decision.allowed && !nameless, license: Some(decision.license), reasons }
}

#[cfg(test)]
mod tests {
    use access::authority::Role;
    use access::decision::{AccountFacts, AudienceFacts, SuspensionFacts};
    use access::user::LicenseOrigin;
    use access::{AccountType, BaseLicense, GrantId};

    use super::*;

    const HOME: AccountId = AccountId(Uuid::from_u128(1));
    const OTHER: AccountId = AccountId(Uuid::from_u128(2));
    const APP: ApplicationId = ApplicationId(Uuid::from_u128(3));
    const ASKED_BY_APP: Asker = Asker::Application(APP);

    fn member_of(account: AccountId) -> Asked {
        let facts = Facts {
            user: UserId(Uuid::from_u128(4)),
            epoch: 0,
            registered: true,
            suspension: None,
            blocked: false,
            account: Some(AccountFacts { id: account, kind: AccountType::Team, deleted: false }),
            managed_by: None,
            source: None,
            license: BaseLicense::Plus,
            license_origin: LicenseOrigin::Default,
            waiting: None,
            trial_until: None,
        };
        let application = ApplicationFacts {
            id: APP,
            stopped: false,
            audience: AudienceFacts::Members(Some(HOME)),
            required_license: None,
            required_feature: None,
        };
        Asked { facts, application: Some(application), application_owner: Some(HOME), catalog_version: 1 }
    }

    fn ask(asker: Asker, question: &Question, asked: &Asked) -> Answer {
        answer(asker, question, asked, &Catalog::shipped(), Timestamp::UNIX_EPOCH)
    }

    fn sign_in(application: ApplicationId) -> Question {
        Question::SignIn { application: application.to_string() }
    }

    fn use_of(feature: &str) -> Question {
        Question::Use { feature: feature.to_owned() }
    }

    fn administrator(over: Over) -> Asker {
        let user = UserId(Uuid::from_u128(9));
        Asker::Administrator(Grant { id: GrantId(Uuid::from_u128(8)), user, over, role: Role::ReadOnly })
    }

    #[test]
    fn an_application_hears_the_license_and_codes() {
        let asked = member_of(HOME);
        let yes = ask(ASKED_BY_APP, &use_of("meetings.join"), &asked);
        assert_eq!((yes.allowed, yes.license), (true, Some(License::Plus)));
        assert_eq!(yes.reasons, ["member", "license-by-default", "feature-granted"]);
        let no = ask(ASKED_BY_APP, &use_of("meetings.host"), &asked);
        assert_eq!(no.reasons, ["member", "license-by-default", "feature-not-granted"]);
        assert!(!no.allowed && ask(ASKED_BY_APP, &sign_in(APP), &asked).allowed);
    }

    #[test]
    fn whoever_is_outside_the_audience_looks_unknown_whatever_else_holds() {
        let mut stranger = member_of(OTHER);
        let nobody = answer_about_nobody(ASKED_BY_APP, &sign_in(APP));
        assert_eq!(nobody, Answer { allowed: false, license: None, reasons: vec!["unknown-subject"] });
        for suspension in [None, Some(SuspensionFacts { until: None })] {
            stranger.facts.suspension = suspension;
            for question in [sign_in(APP), use_of("meetings.join"), use_of("no feature")] {
                assert_eq!(ask(ASKED_BY_APP, &question, &stranger), nobody, "{question:?}");
            }
        }
    }

    #[test]
    fn an_application_knows_no_other() {
        let other = sign_in(ApplicationId(Uuid::from_u128(77)));
        assert_eq!(ask(ASKED_BY_APP, &other, &member_of(HOME)), Answer::no("unknown-application"));
        assert_eq!(answer_about_nobody(ASKED_BY_APP, &other), Answer::no("unknown-application"));
    }

    #[test]
    fn an_administrator_asks_about_their_own_people_and_applications() {
        let own = administrator(Over::Account(HOME));
        assert!(ask(own, &sign_in(APP), &member_of(HOME)).allowed);
        assert_eq!(ask(own, &sign_in(APP), &member_of(OTHER)), Answer::no("unknown-subject"));
        let foreign = Asked { application_owner: Some(OTHER), ..member_of(HOME) };
        assert_eq!(ask(own, &sign_in(APP), &foreign), Answer::no("unknown-application"));
        let none = Asked { application: None, ..member_of(HOME) };
        assert_eq!(ask(own, &sign_in(APP), &none), Answer::no("unknown-application"));
        assert!(ask(own, &use_of("meetings.join"), &none).allowed);
        let operator = administrator(Over::Deployment);
        assert_eq!(ask(operator, &sign_in(APP), &member_of(OTHER)).reasons.last(), Some(&"not-in-audience"));
    }

    #[test]
    fn a_feature_that_cannot_be_read_is_unknown() {
        for feature in ["", "Meetings.Host", "meetings", "no.such-feature"] {
            let no = ask(ASKED_BY_APP, &use_of(feature), &member_of(HOME));
            assert!(!no.allowed, "{feature}");
            assert_eq!(no.reasons.last(), Some(&"unknown-feature"), "{feature}");
        }
    }
}
