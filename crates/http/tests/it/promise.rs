//! Every route that answers about access is in the harness of the promise (rule 22), or what answers for it is.

use carillon_http::{Performs, routes};

/// Patterns of routes, and what asks by them.
fn table() -> Vec<(&'static str, &'static str)> {
    let lines = include_str!("../../../../tests/promise/routes.md").lines();
    let rows = lines.filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    rows.filter(|(route, _)| route.contains(" /")).collect()
}

fn is_of(pattern: &str, route: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => route.starts_with(beginning),
        None => route == pattern,
    }
}

#[test]
fn every_route_about_access_is_asked_while_changes_are_made() {
    let table = table();
    let about_access = routes().into_iter().filter(|route| match route.performs {
        Performs::Nothing | Performs::LocalMailbox => false,
        Performs::Evaluation
        | Performs::Joining
        | Performs::SigningIn
        | Performs::Tokens
        | Performs::Oneself
        | Performs::Administration(_) => true,
    });
    let named: Vec<String> = about_access.map(|route| format!("{} {}", route.method, route.path)).collect();
    let missing: Vec<&String> =
        named.iter().filter(|route| !table.iter().any(|(pattern, _)| is_of(pattern, route))).collect();
    assert!(missing.is_empty(), "no door of tests/promise asks by these; see tests/promise/routes.md: {missing:#?}");
    let unused: Vec<&str> = table
        .iter()
        .map(|(pattern, _)| *pattern)
        .filter(|pattern| !named.iter().any(|route| is_of(pattern, route)))
        .collect();
    assert!(unused.is_empty(), "there are no such routes: {unused:#?}");
}

#[test]
fn every_door_that_is_named_is_one_of_the_harness() {
    let harness =
        [include_str!("../../../../tests/promise/mod.rs"), include_str!("../../../../tests/promise/signed_in.rs")];
    for (route, doors) in table() {
        let doors = doors.split(": ").next().unwrap_or_default();
        let says_nothing = doors.contains("says ") || doors.starts_with("what comes back");
        for door in doors.split("; ").filter(|_| !says_nothing) {
            let named = format!("\"{door}\"");
            assert!(harness.iter().any(|text| text.contains(&named)), "{route}: no door {door}");
        }
    }
}
