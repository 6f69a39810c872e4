//! What a change did, in the words of the tables.

use access::change::{Effect, Letter, Transition};
use access::user::LicenseOrigin;
use access::{AccountId, Refusal, User};

/// A refusal, in the words of the tables.
pub fn refused(refusal: &Refusal) -> String {
    format!("refused: {}", refusal.code())
}

/// A change's outcome and effects, or its refusal.
pub fn told(before: &User, result: Result<Transition, Refusal>) -> Vec<String> {
    match result {
        Ok(transition) => vec![outcome(before, &transition), effects(&transition.effects)],
        Err(refusal) => vec![refused(&refusal), "-".to_owned()],
    }
}

/// What is different about a person. For who joins, the license is left to the table of joining.
pub fn outcome(before: &User, transition: &Transition) -> String {
    let after = &transition.user;
    let mut words: Vec<String> = Vec::new();
    let mut say = |changed: bool, word: &str| words.extend(changed.then(|| word.to_owned()));
    say(before.registered.is_none() && after.registered.is_some(), "registered");
    say(before.registered.is_some() && after.registered.is_none(), "unregistered");
    let account = |user: &User| user.membership.map(|membership| membership.account);
    let (from, to) = (account(before), account(after));
    say(from.is_none() && to.is_some(), "joins");
    say(from.is_some() && to.is_none(), "leaves");
    say(from.is_some() && to.is_some() && from != to, "moves");
    say(after.suspension.is_some() && before.suspension != after.suspension, "suspended");
    say(before.suspension.is_some() && after.suspension.is_none(), "activated");
    say(after.block.is_some() && before.block != after.block, "blocked");
    say(before.block.is_some() && after.block.is_none(), "unblocked");
    if !joins(before, after) && licenses(before) != licenses(after) {
        say(true, &license(before, after));
    }
    say(before.trial.until.is_none() && after.trial.until.is_some(), "trial starts");
    say(before.trial.until.is_some() && after.trial.until.is_none(), "trial ends");
    say(before.source.is_none() && after.source.is_some(), "linked");
    say(before.source.is_some() && after.source.is_none(), "unlinked");
    say(
        before.primary != after.primary,
        if after.primary.key().ends_with(".invalid") { "nameless" } else { "renamed" },
    );
    say(before.secondary.len() > after.secondary.len(), "loses a further address");
    assert_eq!(before.epoch, after.epoch, "the epoch is left to the effect");
    assert_eq!(before.id, after.id, "nobody becomes somebody else");
    list(&words)
}

/// The license someone holds, where it comes from and what they wait for.
pub fn license(before: &User, after: &User) -> String {
    let origin = match after.license_origin {
        LicenseOrigin::Free => "",
        LicenseOrigin::Default => " by default",
        LicenseOrigin::Administrator => " by administrator",
        LicenseOrigin::Group => " by group",
    };
    let same = before.license_origin == after.license_origin && !joins(before, after);
    let mut words = vec![format!("{}{}", after.license, if same { "" } else { origin })];
    match after.waiting {
        Some(waiting) => words.push(format!("waits for {}", waiting.license)),
        None => words.extend(before.waiting.map(|_| "waits no more".to_owned())),
    }
    list(&words)
}

/// Effects but the seats that joining takes.
pub fn effects(effects: &[Effect]) -> String {
    let frees = effects.iter().any(|effect| matches!(effect, Effect::ReleaseSeat { .. }));
    let moves = effects.iter().any(|effect| matches!(effect, Effect::EndKeys { over: Some(_) }));
    let joining = |effect: &&Effect| matches!(effect, Effect::TakeSeat { .. }) && (!frees || moves);
    let words: Vec<String> = effects.iter().filter(|effect| !joining(effect)).map(word).collect();
    list(&words)
}

pub fn word(effect: &Effect) -> String {
    match effect {
        Effect::EndSessions => "sessions".to_owned(),
        Effect::EndKeys { over: None } => "all keys".to_owned(),
        Effect::EndKeys { over: Some(_) } => "keys".to_owned(),
        Effect::EndCredentials => "credentials".to_owned(),
        Effect::TakeSeat { license, .. } => format!("takes {license}"),
        Effect::ReleaseSeat { license, .. } => format!("frees {license}"),
        Effect::Tell(Letter::Joined { .. }) => "tell joined".to_owned(),
        Effect::Tell(Letter::Removed { .. }) => "tell removed".to_owned(),
        Effect::Tell(Letter::Left { .. }) => "tell left".to_owned(),
        Effect::Tell(Letter::SetPassword) => "tell set-password".to_owned(),
    }
}

pub fn list(words: &[String]) -> String {
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

fn joins(before: &User, after: &User) -> bool {
    let account = |user: &User| -> Option<AccountId> { user.membership.map(|membership| membership.account) };
    account(after).is_some() && account(before) != account(after)
}

fn licenses(user: &User) -> (access::BaseLicense, LicenseOrigin, Option<access::user::Waiting>) {
    (user.license, user.license_origin, user.waiting)
}
