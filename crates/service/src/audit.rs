//! Audit records: who, when, from where, before, after, why (rules 24 and 25).

use access::authority::Caller;
use access::user::{LicenseOrigin, Trial};
use access::{AccountId, BaseLicense, Refusal, User, UserSettings};
use serde_json::{Value, json};
use store::{Actor, Record};
use uuid::Uuid;

use crate::facts::Facts;
use crate::run::Stage;

impl Stage {
    /// A thing changed, or began: then `before` is [`Facts::none`].
    pub fn changed(
        &self,
        action: &'static str,
        account: Option<AccountId>,
        subject: Uuid,
        before: &Facts,
        after: &Facts,
    ) -> Record {
        let difference = before.until(after);
        let mut record = self.record(action, account, Some(subject));
        record.before = Some(difference.before);
        record.after = Some(difference.after);
        record.personal = with(record.personal, difference.personal);
        record
    }

    /// A person changed. Who moves from one account to another gets two records, so that neither account's trail tells
    /// of the other.
    pub fn person_changed(&self, action: &'static str, before: Option<&User>, after: &User) -> Vec<Record> {
        let account = |user: &User| user.membership.map(|membership| membership.account);
        let (left, joined) = (before.and_then(account), account(after));
        let facts = before.map_or_else(Facts::none, Facts::of_user);
        match (before, left, joined) {
            (Some(before), Some(left), Some(joined)) if left != joined => {
                let between = Facts::of_user(&in_no_account(before));
                vec![
                    self.changed("user.leave", Some(left), after.id.0, &facts, &between),
                    self.changed(action, Some(joined), after.id.0, &between, &Facts::of_user(after)),
                ]
            }
            _ => vec![self.changed(action, joined.or(left), after.id.0, &facts, &Facts::of_user(after))],
        }
    }

    /// Something was refused. The subject is named only when it is within the caller's reach.
    pub fn refused(
        &self,
        action: &'static str,
        account: Option<AccountId>,
        subject: Option<Uuid>,
        refusal: &Refusal,
    ) -> Record {
        Record { refusal: Some(refusal.code()), ..self.record(action, account, subject) }
    }

    /// Something happened that changed no facts, such as a mail to an address of which nothing else is kept.
    pub fn noted(&self, action: &'static str, account: Option<AccountId>, subject: Uuid, personal: Value) -> Record {
        let record = self.record(action, account, Some(subject));
        Record { personal: with(record.personal, Some(personal)), ..record }
    }

    fn record(&self, action: &'static str, account: Option<AccountId>, subject: Option<Uuid>) -> Record {
        let (kind, id) = match &self.cx.caller {
            Caller::Host => ("host", None),
            Caller::Administrator { user, .. } => ("administrator", Some(user.0)),
            Caller::Oneself(user) => ("oneself", Some(user.0)),
            Caller::Visitor => ("visitor", None),
            Caller::Application(application) => ("application", Some(application.0)),
            Caller::System => ("system", None),
        };
        let remote = self.cx.remote.map(|remote| json!({ "remote": remote.to_string() }));
        // Without an actor the network address is the subject's, or nobody's.
        let (about_actor, about_subject) = if id.is_some() { (remote, None) } else { (None, remote) };
        Record {
            at: self.cx.at,
            door: self.cx.door.name(),
            request: self.cx.request,
            actor: Actor { kind, id, personal: about_actor },
            action,
            account,
            subject,
            refusal: None,
            before: None,
            after: None,
            why: None,
            personal: about_subject,
        }
    }
}

/// The members of both.
fn with(one: Option<Value>, other: Option<Value>) -> Option<Value> {
    match (one, other) {
        (Some(Value::Object(mut one)), Some(Value::Object(other))) => {
            one.extend(other);
            Some(Value::Object(one))
        }
        (one, other) => one.or(other),
    }
}

/// What is left of a member who went: the state between two accounts.
fn in_no_account(user: &User) -> User {
    User {
        membership: None,
        suspension: None,
        source: None,
        license: BaseLicense::Basic,
        license_origin: LicenseOrigin::Free,
        waiting: None,
        trial: Trial { started: user.trial.started, until: None },
        pin: None,
        settings: UserSettings::default(),
        ..user.clone()
    }
}
