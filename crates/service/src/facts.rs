//! What the audit trail keeps of a thing: its facts before and after as JSON merge patches (RFC 7396), the plain ones
//! apart from the personal ones, which are sealed under the person's key (rule 25).

use access::domain::Claim;
use access::{Account, BaseLicense, DeploymentSettings, Invitation, Seats, User};
use serde::Serialize;
use serde_json::{Map, Value, json};
use store::{Held, Token};

use crate::{access_keys, tokens};

/// Facts of one thing at one moment. Absent members and nulls are the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// What may be read by whoever reads the trail.
    pub plain: Value,
    /// Names, addresses, reasons.
    pub personal: Value,
}

/// A difference between two [`Facts`], as patches in both directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The changed plain facts as they were.
    pub before: Value,
    /// The changed plain facts as they are: folding these over the trail gives the current facts.
    pub after: Value,
    /// The same for the personal facts, `{"before": .., "after": ..}`; `None` when none changed.
    pub personal: Option<Value>,
}

impl Facts {
    /// Of nothing: what a new thing is compared with.
    pub fn none() -> Self {
        Self { plain: Value::Object(Map::new()), personal: Value::Object(Map::new()) }
    }

    /// Of a person. Of their PIN only whether they have one: `ReadOnly` reads the trail and sees no PIN (rule 28).
    pub fn of_user(user: &User) -> Self {
        let pin = user.pin.as_ref().map(|_| "set".to_owned());
        let shown = User { pin, ..user.clone() };
        Self::split(&shown, &["primary", "secondary", "display_name"], &["suspension", "block"])
    }

    /// Of an invitation, in a member of its own: a person who registers by it has its id (rule 14), so both are facts
    /// of one subject.
    pub fn of_invitation(invitation: &Invitation) -> Self {
        let facts = Self::split(invitation, &["address"], &[]);
        Self { plain: json!({ "invitation": facts.plain }), personal: json!({ "invitation": facts.personal }) }
    }

    /// Of an account. The name of an organisation is not personal.
    pub fn of_account(account: &Account) -> Self {
        Self::split(account, &[], &[])
    }

    /// Of what is set for the whole deployment, in a member of its own: the catalog is a fact of the same subject.
    pub fn of_deployment(settings: &DeploymentSettings) -> Self {
        Self::of(&json!({ "deployment": settings }))
    }

    /// Of anything without personal facts.
    pub fn of(thing: &impl Serialize) -> Self {
        Self::split(thing, &[], &[])
    }

    /// The same without nulls: absent and null mean the same.
    pub(crate) fn without_nulls(self) -> Self {
        Self { plain: without_nulls(self.plain), personal: without_nulls(self.personal) }
    }

    /// Of a grant and of everything that carries it: the keys; tokens are subjects of their own.
    pub fn of_grant(held: &Held) -> Self {
        held.keys.iter().fold(Self::of(&held.grant), |facts, key| facts.and(&access_keys::facts(key)))
    }

    /// Of a token. Its name is in somebody's words.
    pub fn of_token(token: &Token) -> Self {
        tokens::facts(token)
    }

    /// Of the seats of an account: the limits. How many are taken follows from its members.
    pub fn of_seats(seats: &Seats) -> Self {
        let limited = BaseLicense::ALL.into_iter().filter_map(|license| Some((license, seats.get(license)?.limit)));
        let limits: Map<String, Value> =
            limited.map(|(license, limit)| (license.name().into(), limit.into())).collect();
        Self { plain: json!({ "seats": limits }), ..Self::none() }
    }

    /// Of an account's claim to a domain, or of none, beside the account's own facts. When it was last looked for is no
    /// change.
    pub fn of_domain(claim: Option<&Claim>) -> Self {
        let facts = |claim: &Claim| {
            let (since, verified, missing) = (claim.since, claim.verified, claim.missing);
            let vouched = claim.vouched.then_some(true);
            without_nulls(json!({ "since": since, "verified": verified, "missing": missing, "vouched": vouched }))
        };
        let domains: Map<String, Value> =
            claim.into_iter().map(|claim| (claim.domain.to_string(), facts(claim))).collect();
        Self { plain: json!({ "domains": domains }), ..Self::none() }
    }

    /// These facts and others of the same thing.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        merge(&mut self.plain, &other.plain);
        merge(&mut self.personal, &other.personal);
        self
    }

    /// Takes the personal members out, and the `reason` out of the members `reasoned`.
    fn split(thing: &impl Serialize, personal: &[&str], reasoned: &[&str]) -> Self {
        let Ok(Value::Object(mut plain)) = serde_json::to_value(thing) else { return Self::none() };
        let mut kept = Map::new();
        for member in personal {
            kept.extend(plain.remove(*member).map(|value| ((*member).to_owned(), value)));
        }
        for member in reasoned {
            let reason = plain.get_mut(*member).and_then(Value::as_object_mut).and_then(|inner| inner.remove("reason"));
            kept.extend(reason.map(|reason| ((*member).to_owned(), Value::Object(one("reason", reason)))));
        }
        Self { plain: without_nulls(Value::Object(plain)), personal: without_nulls(Value::Object(kept)) }
    }

    /// What turned these facts into `after`.
    pub fn until(&self, after: &Self) -> Difference {
        let personal = match patch(&self.personal, &after.personal) {
            Value::Object(changed) if changed.is_empty() => None,
            changed => {
                let mut both = one("before", patch(&after.personal, &self.personal));
                both.insert("after".to_owned(), changed);
                Some(Value::Object(both))
            }
        };
        Difference { before: patch(&after.plain, &self.plain), after: patch(&self.plain, &after.plain), personal }
    }
}

fn one(key: &str, value: Value) -> Map<String, Value> {
    std::iter::once((key.to_owned(), value)).collect()
}

/// Absent and null mean the same in a merge patch, so facts are compared without nulls.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        other => other,
    }
}

/// The merge patch that turns `from` into `to` (RFC 7396): changed members, null for those that went.
fn patch(from: &Value, to: &Value) -> Value {
    let (Value::Object(from), Value::Object(to)) = (from, to) else { return to.clone() };
    let mut changed = Map::new();
    for (key, old) in from {
        match to.get(key) {
            None => changed.insert(key.clone(), Value::Null),
            Some(new) if new != old => changed.insert(key.clone(), patch(old, new)),
            Some(_) => None,
        };
    }
    let added = to.iter().filter(|(key, _)| !from.contains_key(*key));
    changed.extend(added.map(|(key, value)| (key.clone(), value.clone())));
    Value::Object(changed)
}

/// Applies a merge patch (RFC 7396 section 2): how the trail is replayed.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(members) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(into) = target else { return };
    for (key, value) in members {
        if value.is_null() {
            into.remove(key);
        } else {
            merge(into.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use access::user::Suspension;
    use access::{Email, User, UserId};
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn ada() -> User {
        let address = Email::parse("ada@example.org").expect("an address");
        User { display_name: Some("Ada".into()), ..User::new(UserId(Uuid::nil()), address, Timestamp::UNIX_EPOCH) }
    }

    #[test]
    fn personal_facts_are_kept_apart() {
        let suspension =
            Suspension { by: None, at: Timestamp::UNIX_EPOCH, reason: Some("left us".into()), until: None };
        let facts = Facts::of_user(&User { suspension: Some(suspension), pin: Some("4711".into()), ..ada() });
        let plain = facts.plain.to_string();
        assert!(!plain.contains("4711") && !facts.personal.to_string().contains("4711"), "the PIN in {facts:?}");
        assert_eq!(facts.plain["pin"], "set");
        for personal in ["ada@", "Ada", "left us"] {
            assert!(!plain.contains(personal), "{personal} in {plain}");
            assert!(facts.personal.to_string().contains(personal), "{personal}");
        }
    }

    #[test]
    fn patches_lead_there_and_back() {
        let before = Facts::of_user(&ada());
        let suspension = Suspension { by: None, at: Timestamp::UNIX_EPOCH, reason: Some("why".into()), until: None };
        let after = Facts::of_user(&User { suspension: Some(suspension), display_name: None, ..ada() });
        let difference = before.until(&after);
        let mut there = before.plain.clone();
        merge(&mut there, &difference.after);
        assert_eq!(there, after.plain);
        merge(&mut there, &difference.before);
        assert_eq!(there, before.plain);
        let personal = difference.personal.expect("the reason and the name changed");
        let mut there = before.personal;
        merge(&mut there, &personal["after"]);
        assert_eq!(there, after.personal);
        assert_eq!(after.until(&after).personal, None);
    }
}
