//! The words of signing in, step by step.

use access::Refusal;
use serde_json::Value;

use super::super::page::{Button, Ceremony, Field, Form, Link, Page, Section};
use super::{ADDRESS, PASSWORD, sentence, to_the_person};

/// Asks for the address, with the one typed so far. `passkey`: where a passkey is asked for.
pub(in crate::pages) fn first(
    address: &str,
    passkey: Option<String>,
    providers: Vec<(String, String)>,
    root: &str,
) -> Page {
    let buttons = vec![Button { label: "Continue", value: "continue", second: false }];
    Page {
        title: "Sign in".to_owned(),
        form: Some(Form { fields: vec![address_field(address)], buttons, ..Form::default() }),
        sections: others(passkey, providers),
        links: vec![link("Register", format!("{root}/register"))],
        ..Page::default()
    }
}

/// Asks for the password that goes with an address.
pub(in crate::pages) fn with_password(address: &str, passkey: Option<String>, root: &str) -> Page {
    let buttons = vec![Button { label: "Sign in", value: "sign-in", second: false }];
    Page {
        title: "Sign in".to_owned(),
        form: Some(Form { fields: vec![address_field(address), password_field()], buttons, ..Form::default() }),
        sections: others(passkey, Vec::new()),
        links: vec![
            link("Forgot your password?", format!("{root}/forgot")),
            link("Register", format!("{root}/register")),
        ],
        ..Page::default()
    }
}

/// Other ways to sign in than the address: where a passkey is asked for; providers, by name and where they are gone to.
fn others(passkey: Option<String>, providers: Vec<(String, String)>) -> Vec<Section> {
    let passkey =
        passkey.map(|action| ("Sign in with a passkey".to_owned(), one_button("Use a passkey", "passkey", action)));
    let providers = providers
        .into_iter()
        .map(|(name, action)| (format!("Sign in with {name}"), one_button("Continue there", "provider", action)));
    let section = |(title, form)| Section { title, form: Some(form), ..Section::default() };
    passkey.into_iter().chain(providers).map(section).collect()
}

/// Asks for the second factor.
pub(in crate::pages) fn second(totp: bool, passkey: bool, recovery_code: bool, root: &str) -> Page {
    let hint = match (totp, recovery_code) {
        (true, true) => "The six digits that your app shows, or one of your recovery codes.",
        (true, false) => "The six digits that your app shows.",
        (false, _) => "One of your recovery codes.",
    };
    let form = (totp || recovery_code).then(|| Form {
        action: Some(format!("{root}/signin/step")),
        fields: vec![code_field(hint)],
        buttons: vec![Button { label: "Sign in", value: "sign-in", second: false }],
        ..Form::default()
    });
    let passkey = passkey.then(|| format!("{root}/signin/passkey"));
    Page {
        title: "Prove it once more".to_owned(),
        paragraphs: vec!["So far it was right. Signing in takes a second proof that it is you.".to_owned()],
        form,
        sections: passkey
            .map(|action| Section {
                title: "With a passkey".to_owned(),
                form: Some(one_button("Use a passkey", "passkey", action)),
                ..Section::default()
            })
            .into_iter()
            .collect(),
        links: vec![link("Sign in as somebody else", format!("{root}/signin"))],
        ..Page::default()
    }
}

/// Asks the browser for a passkey.
pub(in crate::pages) fn passkey(options: &Value, root: &str) -> Page {
    Page {
        title: "Sign in with a passkey".to_owned(),
        paragraphs: vec!["Your device asks you to confirm that it is you.".to_owned()],
        passkey: Some(Ceremony {
            kind: "get",
            options: options.to_string(),
            action: format!("{root}/signin/passkey/answer"),
            label: "Use a passkey",
            failed: "Nothing came of it: no passkey for here, or you stopped it. Try again, or sign in another way.",
            no_script: "Passkeys need JavaScript, which is switched off in this browser. Sign in another way.",
        }),
        links: vec![link("Sign in another way", format!("{root}/signin"))],
        ..Page::default()
    }
}

/// Asks whom a provider named to prove it with the password or passkey they have. The latter is offered to everybody
/// where there are passkeys: who has one is not told.
pub(in crate::pages) fn confirm(address: &str, provider: &str, passkeys: bool, root: &str) -> Page {
    let passkey = passkeys.then(|| Section {
        title: "With a passkey".to_owned(),
        form: Some(Form {
            hidden: Some(("confirms", "provider".to_owned())),
            ..one_button("Confirm with a passkey", "passkey", format!("{root}/signin/passkey"))
        }),
        ..Section::default()
    });
    let way = if passkeys { "password or passkey" } else { "password" };
    Page {
        sections: passkey.into_iter().collect(),
        ..is_it_you(address, provider, way, provider, Some(format!("{root}/signin/step")))
    }
}

/// Asks an administrator whom their organisation's directory knows to prove it with the password they have.
pub(in crate::pages) fn confirm_directory(address: &str) -> Page {
    is_it_you(address, "Your organisation's directory", "password", "the password of the directory", None)
}

/// `way`: what they confirm it with; `then`: what signs them in from then on.
fn is_it_you(address: &str, says: &str, way: &str, then: &str, action: Option<String>) -> Page {
    let buttons = vec![Button { label: "Confirm", value: "confirm", second: false }];
    Page {
        title: "Is it you?".to_owned(),
        paragraphs: vec![format!(
            "{says} says that you are {address}, who is known here already. Confirm it once with the {way} that you have \
             here; from then on {then} signs you in."
        )],
        form: Some(Form { action, fields: vec![password_field()], buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// They have confirmed that the directory is to be linked to them.
pub(in crate::pages) fn confirmed(again: String) -> Page {
    Page {
        title: "Thank you".to_owned(),
        paragraphs: vec![
            "From now on you sign in with the password of your organisation's directory. It takes some seconds until \
             that is so: then sign in again."
                .to_owned(),
        ],
        links: vec![link("Sign in", again)],
        ..Page::default()
    }
}

/// A sign-in that came to nothing.
pub(in crate::pages) fn ended(refusal: &Refusal, again: String) -> Page {
    Page {
        title: "You are not signed in".to_owned(),
        paragraphs: vec![match refusal {
            Refusal::ProviderRefused(why) => sentence(why),
            other => to_the_person(other),
        }],
        links: vec![link("Sign in", again)],
        ..Page::default()
    }
}

/// A code's field.
pub(super) fn code_field(hint: &str) -> Field {
    Field {
        name: "code",
        label: "Code".to_owned(),
        kind: "text",
        hint: hint.to_owned(),
        autocomplete: "one-time-code",
        required: true,
        ..Field::default()
    }
}

/// A form that is one button.
pub(super) fn one_button(label: &'static str, value: &'static str, action: String) -> Form {
    let buttons = vec![Button { label, value, second: true }];
    Form { action: Some(action), buttons, ..Form::default() }
}

pub(super) fn link(label: &str, to: String) -> Link {
    Link { label: label.to_owned(), to }
}

fn address_field(address: &str) -> Field {
    Field {
        name: ADDRESS,
        label: "E-mail address".to_owned(),
        kind: "email",
        value: address.to_owned(),
        autocomplete: "username",
        required: true,
        ..Field::default()
    }
}

fn password_field() -> Field {
    Field {
        name: PASSWORD,
        label: "Password".to_owned(),
        kind: "password",
        autocomplete: "current-password",
        required: true,
        ..Field::default()
    }
}
