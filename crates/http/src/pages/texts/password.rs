//! The words about passwords: forgotten, set and changed.

use super::super::page::{Button, Field, Form, Link, Page};
use super::{ADDRESS, PASSWORD, new_password};

/// The field of the password that a person has.
pub(in crate::pages) const FORMER: &str = "former";

/// Asks for the address whose password was forgotten.
pub(in crate::pages) fn forgot(address: &str) -> Page {
    let field = Field {
        name: ADDRESS,
        label: "E-mail address".to_owned(),
        kind: "email",
        value: address.to_owned(),
        hint: "We send a link to this address. Your password stays as it is until you use the link.".to_owned(),
        autocomplete: "email",
        required: true,
        ..Field::default()
    };
    let buttons = vec![Button { label: "Send the link", value: "send", second: false }];
    Page {
        title: "Set another password".to_owned(),
        form: Some(Form { fields: vec![field], buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// The same for every address, so that nobody learns who has a password.
pub(in crate::pages) fn link_sent() -> Page {
    Page {
        title: "Look into your mailbox".to_owned(),
        paragraphs: vec![
            "If there is a password for this address, a mail with a link to set another one is on its way to it. The \
             link works for an hour."
                .to_owned(),
            "Nothing arrived after some minutes? Look into the spam folder. If your organisation signs you in, you have \
             no password here: ask your organisation."
                .to_owned(),
        ],
        ..Page::default()
    }
}

/// Sets a password by a mailed link.
pub(in crate::pages) fn reset(address: &str) -> Page {
    let buttons = vec![Button { label: "Set the password", value: "set", second: false }];
    Page {
        title: "Set another password".to_owned(),
        paragraphs: vec![format!("For {address}. You are signed out wherever you are signed in now.")],
        form: Some(Form { fields: vec![new_password()], buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// After a mailed link was used.
pub(in crate::pages) fn was_set(root: &str) -> Page {
    Page {
        title: "Your password is set".to_owned(),
        paragraphs: vec!["Sign in with it from now on.".to_owned()],
        links: vec![Link { label: "Sign in".to_owned(), to: format!("{root}/signin") }],
        ..Page::default()
    }
}

/// Changes the password of who knows the one they have.
pub(in crate::pages) fn change(root: &str) -> Page {
    let former = Field {
        name: FORMER,
        label: "The password you have".to_owned(),
        kind: "password",
        autocomplete: "current-password",
        required: true,
        ..Field::default()
    };
    let new = Field { name: PASSWORD, ..new_password() };
    let buttons = vec![Button { label: "Change the password", value: "change", second: false }];
    Page {
        title: "Change your password".to_owned(),
        paragraphs: vec!["You stay signed in here, and are signed out everywhere else.".to_owned()],
        form: Some(Form { fields: vec![former, new], buttons, ..Form::default() }),
        links: vec![Link { label: "I forgot the password I have".to_owned(), to: format!("{root}/forgot") }],
        ..Page::default()
    }
}

/// Who has no password here, but may set one by mail.
pub(in crate::pages) fn none_yet(root: &str) -> Page {
    Page {
        title: "You have no password".to_owned(),
        paragraphs: vec!["You sign in another way. To have a password as well, ask for a link by mail.".to_owned()],
        links: vec![Link { label: "Set a password by mail".to_owned(), to: format!("{root}/forgot") }],
        ..Page::default()
    }
}
