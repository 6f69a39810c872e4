//! The words of signing in and security: what a person signs in with.

use serde_json::Value;
use signin::security::Security;
use signin::totp::Setup;

use super::super::page::{Button, Ceremony, Field, Form, Item, Page, Section};
use super::me::{day, moment};
use super::sentence;
use super::sign_in::{code_field, link, one_button};

/// What a person signs in with.
pub(in crate::pages) fn page(security: &Security, passkeys: bool, root: &str) -> Page {
    let mut sections = vec![codes_section(security, root)];
    if passkeys || !security.passkeys.is_empty() {
        sections.push(passkeys_section(security, passkeys, root));
    }
    if !(security.providers.is_empty() && security.offered.is_empty()) {
        sections.push(providers_section(security, root));
    }
    if security.directory {
        sections.push(directory_section(root));
    }
    let mut paragraphs = Vec::new();
    if !security.factors.any() {
        paragraphs.extend(match (security.required, security.administers) {
            (true, _) => Some("Your organisation wants a second proof: you set it up when you sign in next."),
            (false, true) => {
                Some("You administer things here. Add a second proof, so that a stolen password alone lets nobody in.")
            }
            (false, false) => None,
        });
    }
    let fresh = "To change something you must have signed in minutes ago; otherwise you are asked to sign in again.";
    paragraphs.push(fresh);
    let paragraphs = paragraphs.into_iter().map(str::to_owned).collect();
    let title = "Signing in and security".to_owned();
    // The button that connects a provider leads to it.
    let leads_away = !security.offered.is_empty();
    Page { title, paragraphs, sections, leads_away, ..Page::default() }
}

fn codes_section(security: &Security, root: &str) -> Section {
    let factors = &security.factors;
    let action = |path: &str| format!("{root}/me/security/{path}");
    let mut items = Vec::new();
    if factors.any() {
        items.push(Item {
            title: "Recovery codes".to_owned(),
            lines: vec![format!(
                "{} are left. Each signs you in once when your second proof is lost.",
                factors.recovery_codes
            )],
            form: Some(one_button("Make new recovery codes", "recovery", action("recovery"))),
        });
    }
    let (says, form) = match factors.totp {
        true => (
            "A code from your app is asked for after your password.",
            one_button("Stop asking for codes", "remove", action("codes/remove")),
        ),
        false => (
            "An app on your phone shows a new code every thirty seconds, which is asked for after your password.",
            one_button("Set up codes", "codes", action("codes")),
        ),
    };
    Section {
        title: "One-time codes".to_owned(),
        paragraphs: vec![says.to_owned()],
        items,
        form: Some(form),
        ..Section::default()
    }
}

fn passkeys_section(security: &Security, offered: bool, root: &str) -> Section {
    let items = security.passkeys.iter().map(|passkey| Item {
        title: passkey.name.clone(),
        lines: vec![match passkey.last_used {
            Some(at) => format!("Added on {}, last used on {}.", day(passkey.created), moment(at)),
            None => format!("Added on {}, not used yet.", day(passkey.created)),
        }],
        form: Some(Form {
            hidden: Some(("passkey", passkey.id.clone())),
            ..one_button("Remove this passkey", "remove", format!("{root}/me/security/passkeys/remove"))
        }),
    });
    let name = Field {
        name: "name",
        label: "Name of the passkey".to_owned(),
        kind: "text",
        hint: "By which you will know it, such as the device it is on.".to_owned(),
        required: true,
        ..Field::default()
    };
    let form = offered.then(|| Form {
        action: Some(format!("{root}/me/security/passkeys")),
        fields: vec![name],
        buttons: vec![Button { label: "Add a passkey", value: "add", second: false }],
        ..Form::default()
    });
    let says = "A passkey is kept by your device or password manager. It signs you in without a password, and is two \
                proofs in one.";
    Section {
        title: "Passkeys".to_owned(),
        paragraphs: vec![says.to_owned()],
        items: items.collect(),
        form,
        ..Section::default()
    }
}

fn providers_section(security: &Security, root: &str) -> Section {
    let items = security.providers.iter().map(|provider| Item {
        title: provider.name.clone(),
        lines: vec![format!("Signs you in since {}.", day(provider.since))],
        form: Some(Form {
            hidden: Some(("provider", provider.id.to_string())),
            ..one_button("Remove this link", "remove", format!("{root}/me/security/providers/remove"))
        }),
    });
    let offered = security.offered.iter().map(|(id, name)| Item {
        title: name.clone(),
        lines: vec!["Does not sign you in yet. Connect it, and you can sign in there instead of here.".to_owned()],
        form: Some(Form {
            hidden: Some(("provider", id.to_string())),
            ..one_button("Connect it", "connect", format!("{root}/me/security/providers"))
        }),
    });
    Section { title: "Signing in elsewhere".to_owned(), items: items.chain(offered).collect(), ..Section::default() }
}

/// A provider that was not connected, and why.
pub(in crate::pages) fn not_connected(why: &str) -> Page {
    Page { title: "It is not connected".to_owned(), paragraphs: vec![sentence(why)], ..Page::default() }
}

fn directory_section(root: &str) -> Section {
    let item = Item {
        title: "Let the directory sign you in".to_owned(),
        lines: vec![
            "You administer things here, so nobody but you can link you to your organisation's directory. Once you are \
             linked, whoever runs the directory decides how you sign in and whether you may; your password here ends."
                .to_owned(),
        ],
        form: Some(one_button("Link me to the directory", "directory", format!("{root}/me/security/directory"))),
    };
    Section { title: "Your organisation's directory".to_owned(), items: vec![item], ..Section::default() }
}

/// Sets one-time codes up. `required`: the person cannot go on without.
pub(in crate::pages) fn set_up(setup: &Setup, required: bool, action: String) -> Page {
    let why = "Your organisation wants a second proof from everybody who signs in, and you have none yet.";
    let mut paragraphs = vec![
        "Scan the picture with an authenticator app, or type the key into it. Then enter the code that it shows."
            .to_owned(),
        format!("Key: {}", setup.key),
    ];
    if required {
        paragraphs.insert(0, why.to_owned());
    }
    let buttons = vec![Button { label: "Turn codes on", value: "on", second: false }];
    let fields = vec![code_field("The six digits that the app shows now.")];
    Page {
        title: "Set up one-time codes".to_owned(),
        paragraphs,
        picture: Some(setup.picture.clone()),
        form: Some(Form { action: Some(action), fields, buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// Recovery codes, once.
pub(in crate::pages) fn codes(codes: Vec<String>, then: String) -> Page {
    let item = |code: String| Item { title: code, ..Item::default() };
    let says = "Each of these signs you in once when you cannot get at your app or passkey. They are shown this once: print \
                them, or keep them in a password manager.";
    Page {
        title: "Your recovery codes".to_owned(),
        paragraphs: vec![says.to_owned()],
        sections: vec![Section {
            title: "Keep these".to_owned(),
            items: codes.into_iter().map(item).collect(),
            ..Section::default()
        }],
        links: vec![link("I have kept them; go on", then)],
        ..Page::default()
    }
}

/// Asks the browser to make a passkey.
pub(in crate::pages) fn new_passkey(options: &Value, root: &str) -> Page {
    Page {
        title: "Add a passkey".to_owned(),
        paragraphs: vec!["Your device asks you to confirm that it is you.".to_owned()],
        passkey: Some(Ceremony {
            kind: "create",
            options: options.to_string(),
            action: format!("{root}/me/security/passkeys/answer"),
            label: "Make the passkey",
            failed: "No passkey was made: you stopped it, or this device has one for here already. Try again, or go back.",
            no_script: "Passkeys need JavaScript, which is switched off in this browser.",
        }),
        links: vec![link("Back", format!("{root}/me/security"))],
        ..Page::default()
    }
}
