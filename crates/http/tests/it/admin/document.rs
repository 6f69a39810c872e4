//! The OpenAPI document says what the routes are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use carillon_http::{Performs, document, routes};
use serde_json::Value;

use crate::app::{App, on_sqlite};

fn parsed() -> Value {
    serde_json::from_str(&document()).unwrap()
}

#[test]
fn document_and_routes_say_the_same() {
    let document = parsed();
    let mut described = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let action = operation["x-action"].as_str().unwrap_or_default().to_owned();
            described.insert((method.to_uppercase(), path.clone(), action));
        }
    }
    let declared = routes().into_iter().filter(|route| route.path.starts_with("/api/"));
    let declared = declared.map(|route| {
        let action = match route.performs {
            Performs::Administration(action) => format!("{action:?}"),
            _ => String::new(),
        };
        (route.method.to_string(), route.path.to_owned(), action)
    });
    assert_eq!(described, declared.collect());
}

#[test]
fn operations_have_ids_of_their_own_and_their_parameters_are_described() {
    let document = parsed();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} twice");
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let named = parameters.iter().filter(|parameter| parameter["in"] == "path");
            let named: BTreeSet<&str> = named.map(|parameter| parameter["name"].as_str().unwrap()).collect();
            let in_path = path.split('/').filter_map(|word| word.strip_prefix('{')?.strip_suffix('}'));
            assert_eq!(named, in_path.collect(), "{id}");
        }
    }
}

/// The names of the shapes in the sources: what a struct is called, or `#[schema(as = ...)]`.
fn shapes(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            shapes(&path, found);
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        // Each shape ends where the next one derives.
        for shape in text.split("#[derive(").skip(1).filter(|part| part.split(')').next().unwrap().contains("ToSchema"))
        {
            let word =
                |after: &str| shape.split(after).nth(1).map(|rest| rest.split([' ', ')', '<', '(']).next().unwrap());
            let head = shape.split('{').next().unwrap();
            let named =
                if head.contains("schema(as = ") { word("schema(as = ") } else { word("struct ").or(word("enum ")) };
            found.push(named.unwrap().to_owned());
        }
    }
}

#[test]
fn no_two_shapes_share_a_name() {
    let mut found = Vec::new();
    shapes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/admin"), &mut found);
    found.sort();
    let twice: Vec<_> = found.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert!(found.len() > 50 && twice.is_empty(), "one of them would stand for both in the document: {twice:?}");
}

#[test]
fn everything_that_is_referred_to_is_there() {
    let (text, document) = (document(), parsed());
    let mut referred = 0;
    for place in text.split("\"$ref\": \"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(place).is_some(), "{place} is nowhere in the document");
        referred += 1;
    }
    assert!(referred > 100, "{referred}");
}

#[test]
fn the_document_in_docs_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let kept = fs::read_to_string(path).unwrap_or_default();
    // Beside other build results, so that the current one is at hand.
    let current = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openapi.json");
    fs::write(&current, document()).unwrap();
    assert!(kept == document(), "docs/openapi.json is old: cp {} docs/openapi.json", current.display());
}

#[test]
fn everybody_may_read_it() {
    on_sqlite(|world| async move {
        let answer = App::new(&world).get("/api/v1/openapi.json").await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
        assert_eq!(answer.json(), parsed());
    });
}
