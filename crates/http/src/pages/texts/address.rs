//! The words about another address.

use service::NewAddress;

use super::super::page::{Button, Field, Form, Page};
use super::ADDRESS;

/// Asks for the new address.
pub(in crate::pages) fn ask(old: &str, typed: &str) -> Page {
    let field = Field {
        name: ADDRESS,
        label: "Your new e-mail address".to_owned(),
        kind: "email",
        value: typed.to_owned(),
        hint: "We send a link to this address. Nothing changes before you confirm it there.".to_owned(),
        autocomplete: "email",
        required: true,
        ..Field::default()
    };
    let buttons = vec![Button { label: "Send the link", value: "send", second: false }];
    Page {
        title: "Change your address".to_owned(),
        paragraphs: vec![format!("You are known by {old}.")],
        form: Some(Form { fields: vec![field], buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// The same, whoever has the address.
pub(in crate::pages) fn sent() -> Page {
    Page {
        title: "Look into your new mailbox".to_owned(),
        paragraphs: vec![
            "If this address can be yours, a mail with a link is on its way to it. Open it while you are signed in here; \
             it works for an hour."
                .to_owned(),
        ],
        ..Page::default()
    }
}

/// What the link would do.
pub(in crate::pages) fn confirm(link: &NewAddress) -> Page {
    let buttons = vec![Button { label: "Change my address", value: "change", second: false }];
    Page {
        title: "Confirm your new address".to_owned(),
        paragraphs: vec![
            format!("From now on you are known by {}, and no more by {}.", link.new, link.old),
            "You stay signed in here, and are signed out everywhere else. The former address is told.".to_owned(),
        ],
        form: Some(Form { buttons, ..Form::default() }),
        ..Page::default()
    }
}
