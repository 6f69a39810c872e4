//! What a record changed, in one line: `license: Plus -> Pro`.

use std::collections::BTreeMap;

use serde_json::Value;
use store::AuditEntry;

/// Facts that say nothing to people here: the columns beside say it already.
const SILENT: &[&str] = &["id", "created", "epoch", "at", "since", "by", "invited_by", "accepted_by", "user"];

/// Every fact that changed, in the order of their names.
pub fn text(record: &AuditEntry) -> String {
    let personal = |side: &str| record.personal.as_ref().and_then(|personal| personal.get(side));
    let mut before = BTreeMap::new();
    let mut after = BTreeMap::new();
    [record.before.as_ref(), personal("before")].into_iter().flatten().for_each(|facts| leaves("", facts, &mut before));
    [record.after.as_ref(), personal("after")].into_iter().flatten().for_each(|facts| leaves("", facts, &mut after));
    // A whole that went, such as a membership, is told by its parts.
    let gone: Vec<String> =
        after.iter().filter(|(_, value)| *value == "-").map(|(name, _)| format!("{name}.")).collect();
    let parts: Vec<String> =
        before.keys().filter(|part| gone.iter().any(|whole| part.starts_with(whole))).cloned().collect();
    after.extend(parts.into_iter().map(|part| (part, "-".to_owned())));
    let changed = after.iter().filter(|(name, _)| !SILENT.contains(&name.rsplit('.').next().unwrap_or(name)));
    let parts = changed.filter_map(|(name, value)| match (before.get(name), value.as_str()) {
        (None, "-") => None,
        (Some(old), new) if old == new => None,
        (Some(old), new) if old == "-" => Some(format!("{name}: {new}")),
        (Some(old), new) => Some(format!("{name}: {old} -> {new}")),
        (None, new) => Some(format!("{name}: {new}")),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// The plain values inside, by their path; a fact that went is `-`.
fn leaves(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    let text = match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(&if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, member, into);
            }
            return;
        }
        Value::Array(items) if items.is_empty() => return,
        Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(","),
        other => word(other),
    };
    into.insert(path.to_owned(), text);
}

fn word(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
