//! Doors only map words. What an account's type or a user's license means is decided in `access`; a door that asks
//! "is this a Team?" has begun to decide for itself.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::source::{rust_files, shown, syntax};

const DOORS: &[&str] = &["crates/http/src", "crates/carillon/src", "crates/chime/src"];
/// The types whose values a door may carry and name, but not tell apart.
const DECIDED_ELSEWHERE: &[&str] = &["AccountType", "License", "BaseLicense"];

#[test]
fn no_door_decides_by_account_type_or_license() {
    let found: Vec<String> = DOORS
        .iter()
        .flat_map(|door| rust_files(door))
        .flat_map(|path| distinctions(&syntax(&path)).into_iter().map(move |line| format!("{}:{line}", shown(&path))))
        .collect();
    assert!(
        found.is_empty(),
        "a door tells account types or licenses apart; let `access` answer instead:\n{}",
        found.join("\n")
    );
}

#[test]
fn every_way_to_tell_apart_is_seen() {
    for body in [
        "match a { AccountType::Team => 1, _ => 2 }",
        "match a { (_, Some(access::License::Pro)) => 1, _ => 2 }",
        "if let License::Pro = a {}",
        "let License::Pro = a else { return };",
        "matches!(a, BaseLicense::Pro | BaseLicense::Plus)",
        "a.license == License::Pro",
        "License::Pro != a",
    ] {
        let file = format!("fn f() {{ {body} }}");
        assert_eq!(distinctions(&syn::parse_file(&file).expect("Rust")), [1], "{body}");
    }
    for body in
        [r#"match word { "Pro" => License::Pro, _ => License::Basic }"#, "give(License::Pro)", "a.license.name()"]
    {
        let file = format!("fn f() {{ {body} }}");
        assert!(distinctions(&syn::parse_file(&file).expect("Rust")).is_empty(), "{body}");
    }
}

/// The lines on which a value of one of the types is told apart from another.
fn distinctions(file: &syn::File) -> Vec<usize> {
    let mut found = Distinctions(Vec::new());
    found.visit_file(file);
    found.0
}

struct Distinctions(Vec<usize>);

impl Distinctions {
    fn check(&mut self, path: &syn::Path) {
        // A name at the end is not told apart: `Reason::License(..)` says that there is one, not which.
        if path.segments.iter().rev().skip(1).any(|segment| is_decided_elsewhere(&segment.ident)) {
            self.0.push(path.span().start().line);
        }
    }

    fn check_operand(&mut self, operand: &syn::Expr) {
        if let syn::Expr::Path(operand) = operand {
            self.check(&operand.path);
        }
    }
}

impl<'ast> Visit<'ast> for Distinctions {
    /// `match`, `if let`, `let else`: all of them are patterns. A constant or a unit variant is a path in one.
    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        match pattern {
            syn::Pat::Path(pattern) => self.check(&pattern.path),
            syn::Pat::TupleStruct(pattern) => self.check(&pattern.path),
            syn::Pat::Struct(pattern) => self.check(&pattern.path),
            _ => {}
        }
        visit::visit_pat(self, pattern);
    }

    fn visit_expr_binary(&mut self, comparison: &'ast syn::ExprBinary) {
        if matches!(comparison.op, syn::BinOp::Eq(_) | syn::BinOp::Ne(_)) {
            self.check_operand(&comparison.left);
            self.check_operand(&comparison.right);
        }
        visit::visit_expr_binary(self, comparison);
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if called.path.is_ident("matches") && names_one(called.tokens.clone()) {
            self.0.push(called.path.span().start().line);
        }
        visit::visit_macro(self, called);
    }
}

fn names_one(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => is_decided_elsewhere(&ident),
        TokenTree::Group(group) => names_one(group.stream()),
        _ => false,
    })
}

fn is_decided_elsewhere(ident: &proc_macro2::Ident) -> bool {
    DECIDED_ELSEWHERE.iter().any(|name| ident == name)
}
