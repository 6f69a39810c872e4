//! The words about the applications that one lets in.

use service::LetIn;

use super::super::page::{Button, Form, Item, Page, Section};

/// The applications.
pub(in crate::pages) fn page(found: &[LetIn], root: &str) -> Page {
    let none = "None. An application stands here once you entered it, or let it know something of you.";
    Page {
        title: "Applications you let in".to_owned(),
        sections: vec![Section {
            title: "Applications".to_owned(),
            paragraphs: if found.is_empty() { vec![none.to_owned()] } else { Vec::new() },
            items: found.iter().map(|one| item(one, root)).collect(),
            ..Section::default()
        }],
        ..Page::default()
    }
}

fn item(one: &LetIn, root: &str) -> Item {
    let mut lines = vec![match &one.scope {
        Some(scope) => format!("You let it know: {}.", known(scope).join("; ")),
        None => "It belongs to your organisation or to those who run this service, so nobody is asked.".to_owned(),
    }];
    if one.offline {
        lines.push("It has access while you are away.".to_owned());
    }
    let form = Form {
        action: Some(format!("{root}/me/applications")),
        hidden: Some(("application", one.application.id.to_string())),
        buttons: vec![Button { label: "Take it back", value: "take-back", second: true }],
        ..Form::default()
    };
    Item { title: one.application.name.clone(), lines, form: Some(form) }
}

fn known(scope: &str) -> Vec<&'static str> {
    let word = |name: &str| match name {
        "openid" => Some("who you are"),
        "profile" => Some("your name"),
        "email" => Some("your e-mail address"),
        "offline_access" => Some("access while you are away"),
        _ => None,
    };
    scope.split(' ').filter_map(word).collect()
}
