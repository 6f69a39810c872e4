//! The law of layers: which of our crates may use which of ours. `docs/ARCHITECTURE.md` explains it.

use std::process::Command;

use serde_json::Value;

use crate::source::root;

/// A crate and all that it may use of ours, in the build, for its tests or in its build script.
const LAW: &[(&str, &[&str])] = &[
    ("carillon-access", &[]),
    ("carillon-store", &["carillon-access"]),
    ("carillon-service", &["carillon-access", "carillon-store"]),
    ("carillon-chime", &["carillon-access"]),
    ("carillon-oidc", &["carillon-access"]),
    ("carillon-outgoing", &[]),
    ("carillon-directory", &["carillon-access", "carillon-service", "carillon-outgoing"]),
    (
        "carillon-signin",
        &["carillon-access", "carillon-store", "carillon-service", "carillon-oidc", "carillon-outgoing"],
    ),
    (
        "carillon-worker",
        &[
            "carillon-access",
            "carillon-store",
            "carillon-service",
            "carillon-oidc",
            "carillon-outgoing",
            "carillon-signin",
        ],
    ),
    ("carillon-http", &["carillon-access", "carillon-service", "carillon-chime", "carillon-oidc", "carillon-signin"]),
    ("carillon", ANYTHING),
    ("carillon-tests", ANYTHING),
    ("carillon-bench", ANYTHING),
];

const ANYTHING: &[&str] = &["*"];

#[test]
fn every_crate_uses_only_the_layers_below_it() {
    let broken = breaches(&metadata());
    assert!(broken.is_empty(), "the law of layers (tests/layers.rs) is broken:\n{}", broken.join("\n"));
}

#[test]
fn a_use_against_the_law_is_seen() {
    let uses = |name: &str, dependency: &str| {
        serde_json::json!({ "packages": [
            { "name": name, "dependencies": [{ "name": dependency }] },
            { "name": "carillon-service", "dependencies": [] },
        ]})
    };
    assert_eq!(breaches(&uses("carillon-http", "carillon-service")).len(), 0);
    assert_eq!(breaches(&uses("carillon-access", "serde")).len(), 0);
    assert_eq!(breaches(&uses("carillon-store", "carillon-service")).len(), 1);
    assert_eq!(breaches(&uses("carillon-new", "serde")).len(), 1);
}

/// One sentence for each crate without a row and each dependency that its row does not name.
fn breaches(metadata: &Value) -> Vec<String> {
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: Vec<&str> = packages.iter().map(name).collect();
    let mut broken = Vec::new();
    for package in packages {
        let Some((_, allowed)) = LAW.iter().find(|(row, _)| *row == name(package)) else {
            broken.push(format!("{} has no row: decide which crates it may use", name(package)));
            continue;
        };
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let used = name(dependency);
            // A crate may use itself: its tests switch its own features on.
            if used != name(package) && ours.contains(&used) && *allowed != ANYTHING && !allowed.contains(&used) {
                broken.push(format!("{} may not use {used}", name(package)));
            }
        }
    }
    broken
}

fn name(value: &Value) -> &str {
    value["name"].as_str().expect("a name")
}

/// What cargo knows of the workspace's own packages.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}
