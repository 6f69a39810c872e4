//! The words about what was done with a person.

use access::UserId;
use serde_json::Value;
use service::AuditEntry;

use super::super::page::{Item, Link, Page, Section};
use super::me::moment;

/// The records about a person, and where older ones are.
pub(in crate::pages) fn page(records: &[AuditEntry], own: UserId, older: Option<String>) -> Page {
    let items = records.iter().map(|record| item(record, own)).collect();
    let links = older.map(|to| Link { label: "Older ones".to_owned(), to });
    let none = if records.is_empty() { vec!["Nothing.".to_owned()] } else { Vec::new() };
    Page {
        title: "Your history".to_owned(),
        paragraphs: vec![
            "What was done with you and by you, the newest first, as the audit trail keeps it.".to_owned(),
        ],
        sections: vec![Section {
            title: "Records".to_owned(),
            paragraphs: none,
            items,
            links: links.into_iter().collect(),
            ..Section::default()
        }],
        ..Page::default()
    }
}

fn item(record: &AuditEntry, own: UserId) -> Item {
    let title = match &record.refusal {
        None => done(&record.action),
        Some(code) => format!("{}: refused ({code})", done(&record.action)),
    };
    let by_oneself = record.actor == Some(own.0);
    let by = match record.actor_kind.as_str() {
        _ if by_oneself => "By you",
        "administrator" => "By an administrator",
        "host" => "By those who run this service",
        "application" => "By an application",
        "visitor" => "By somebody who was not signed in",
        _ => "By itself",
    };
    let remote = record.actor_personal.as_ref().filter(|_| by_oneself);
    let remote = remote.and_then(|known| known.get("remote")).and_then(Value::as_str);
    let from = remote.map(|remote| format!(", from {remote}")).unwrap_or_default();
    Item { title, lines: vec![format!("{by}{from}, on {}.", moment(record.at))], form: None }
}

/// An action of the trail. One without words of its own is shown as it stands there.
fn done(action: &str) -> String {
    let said = match action {
        "user.sign-in" => "Signed in",
        "session.end" => "Signed out",
        "user.sign-out-everywhere" | "user.log-out" => "Signed out everywhere",
        "user.register" => "Registered",
        "registration.request" => "Asked to register",
        "user.join" | "invitation.accept" => "Joined an organisation",
        "user.leave" => "Left an organisation",
        "user.remove" => "Removed from an organisation",
        "user.create" => "Made a member",
        "license.assign" => "License assigned",
        "license.from-waiting-list" => "License from the waiting list",
        "user.suspend" => "Suspended",
        "user.activate" => "Activated",
        "user.block" => "Blocked",
        "user.unblock" => "Unblocked",
        "user.reset-pin" => "Another PIN",
        "user.set" => "Call settings changed",
        "user.rename" => "Name changed",
        "user.set-private" => "Privacy changed",
        "password.request" => "Asked for another password",
        "password.reset" | "password.change" => "Password changed",
        "address.request" => "Asked for another address",
        "address.change" => "Address changed",
        "application.take-back" => "Taken back from an application",
        "application.authorize" | "application.tokens" => "Entered an application",
        other => other,
    };
    said.to_owned()
}
