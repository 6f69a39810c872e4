//! Nothing grows beyond what a reader can hold: files, functions, crates.

use std::collections::BTreeMap;
use std::path::Path;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::source::{extension, files, rust_files, shown, syntax, text};

/// Lines a source file may have, whatever its language.
const FILE: usize = 600;
/// Lines a function may have, from its signature to its closing brace.
const FUNCTION: usize = 80;
/// The share of all lines under `crates/` that one crate may hold, in percent.
const CRATE: usize = 25;
/// Below this many lines in all, shares say nothing: some crates have hardly begun.
const YOUNG: usize = 12_000;
/// Crates that may hold more for now: the share, and why.
const LARGER: &[(&str, usize, &str)] =
    &[("service", 35, "a file for every verb of the main job; the doors that call them are thin")];

#[test]
fn no_file_is_too_long() {
    let written = |path: &Path| {
        let sources = ["rs", "ts", "tsx", "js", "mjs", "py", "sh", "html", "css", "sql"];
        sources.contains(&extension(path)) || shown(path).starts_with("scripts/")
    };
    let long: Vec<String> = files(".", written)
        .iter()
        .map(|path| (shown(path), text(path).lines().count()))
        .filter(|(_, lines)| *lines > FILE)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "files over {FILE} lines:\n{}", long.join("\n"));
}

#[test]
fn no_function_is_too_long() {
    let long: Vec<String> = rust_files(".")
        .iter()
        .flat_map(|path| {
            long_functions(&syntax(path)).into_iter().map(move |function| format!("{}: {function}", shown(path)))
        })
        .collect();
    assert!(long.is_empty(), "functions over {FUNCTION} lines:\n{}", long.join("\n"));
}

#[test]
fn a_long_function_is_seen_wherever_it_is() {
    let body = "f();\n".repeat(FUNCTION);
    for source in [
        format!("fn long() {{\n{body}}}"),
        format!("#[cfg(test)] mod t {{ #[test] fn long() {{\n{body}}} }}"),
        format!("impl A {{ async fn long(&self) {{\n{body}}} }}"),
        format!("trait A {{ fn long(&self) {{\n{body}}} }}"),
        format!("fn short() {{ fn long() {{\n{body}}} }}").replace("short() {", "short() {\n"),
    ] {
        let found = long_functions(&syn::parse_file(&source).expect("Rust"));
        assert!(found.iter().any(|name| name.starts_with("long ")), "{source}");
    }
    assert!(long_functions(&syn::parse_file("fn short() {}").expect("Rust")).is_empty());
}

#[test]
fn no_crate_outgrows_the_others() {
    let mut crates: BTreeMap<String, usize> = BTreeMap::new();
    for path in rust_files("crates") {
        let name = shown(&path).split('/').nth(1).unwrap_or_default().to_owned();
        *crates.entry(name).or_default() += text(&path).lines().count();
    }
    let total: usize = crates.values().sum();
    if total < YOUNG {
        return;
    }
    for (name, lines) in crates {
        let allowed = LARGER.iter().find(|(larger, ..)| *larger == name);
        let allowed = allowed.map_or(CRATE, |(_, share, _)| *share);
        assert!(
            lines * 100 <= total * allowed,
            "crates/{name} holds {lines} of {total} lines, over {allowed} %: split it, or give the reason in LARGER"
        );
    }
}

fn long_functions(file: &syn::File) -> Vec<String> {
    let mut long = LongFunctions(Vec::new());
    long.visit_file(file);
    long.0
}

struct LongFunctions(Vec<String>);

impl LongFunctions {
    fn measure(&mut self, signature: &syn::Signature, end: Span) {
        let lines = end.end().line + 1 - signature.span().start().line;
        if lines > FUNCTION {
            self.0.push(format!("{} has {lines} lines", signature.ident));
        }
    }
}

impl<'ast> Visit<'ast> for LongFunctions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, function.block.span());
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, function.block.span());
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.measure(&function.sig, block.span());
        }
        visit::visit_trait_item_fn(self, function);
    }
}
