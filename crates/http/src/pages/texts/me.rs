//! The words of a person's own pages: what they have in common, and the profile.

use access::User;
use jiff::Timestamp;
use service::OwnStanding;

use super::super::page::{Beside, Button, Field, Form, Link, Page, Section};
use super::name_field;

/// The field of the password they have is wrong.
pub(in crate::pages) const WRONG_PASSWORD: &str = "This is not the password you have.";

/// The pages beside each other, by path and label.
const BESIDE: [(&str, &str); 7] = [
    ("/me", "Profile"),
    ("/me/license", "License"),
    ("/me/sessions", "Sessions"),
    ("/me/applications", "Applications"),
    ("/me/password", "Password"),
    ("/me/security", "Security"),
    ("/me/history", "History"),
];

/// The pages beside each other.
pub(in crate::pages) fn beside(root: &str, here: &str) -> Vec<Beside> {
    let one = |(path, label): (&str, &'static str)| Beside { label, to: format!("{root}{path}"), here: path == here };
    BESIDE.into_iter().map(one).collect()
}

/// What was done, by the word in the address; another word says nothing.
pub(in crate::pages) fn done(word: &str) -> Option<String> {
    let said = match word {
        "saved" => "Saved.",
        "pin" => "You have a new PIN.",
        "password" => "Your password is changed. You are signed out everywhere else.",
        "address" => "Your address is changed. You are signed out everywhere else.",
        "session" => "That session has ended.",
        "codes-removed" => "No codes are asked for any more.",
        "passkey-added" => "The passkey is added. You can sign in with it.",
        "passkey-removed" => "That passkey signs nobody in any more.",
        "provider-added" => "That provider signs you in from now on.",
        "provider-removed" => "That provider signs you in no more.",
        "directory" => "Confirmed. You are linked to the directory when it is read next.",
        "application" => "That application is let in no more.",
        _ => return None,
    };
    Some(said.to_owned())
}

/// The profile; `typed` is a name that was not taken.
pub(in crate::pages) fn profile(standing: &OwnStanding, root: &str, typed: Option<&str>) -> Page {
    let user = &standing.user;
    let buttons = vec![Button { label: "Sign out", value: "sign-out", second: true }];
    let sign_out = Form { action: Some(format!("{root}/signout")), buttons, ..Form::default() };
    let mut sections = vec![who(user, standing), name(user, root, typed)];
    if standing.account.is_some() {
        sections.push(privacy(user, root));
        sections.push(pin(user, root));
    }
    sections.push(Section {
        title: "Moving on".to_owned(),
        links: moving_on(standing, root),
        form: Some(sign_out),
        ..Section::default()
    });
    Page {
        title: "Your account".to_owned(),
        paragraphs: vec![format!("You are signed in as {}.", user.primary)],
        sections,
        ..Page::default()
    }
}

fn who(user: &User, standing: &OwnStanding) -> Section {
    let mut facts = vec![("Address", user.primary.to_string())];
    facts.extend(user.secondary.iter().map(|address| ("Also", address.to_string())));
    facts.extend(user.registered.map(|at| ("Registered", day(at))));
    facts.push(("Organisation", standing.account.as_ref().map_or("none".to_owned(), |account| account.name.clone())));
    facts.extend(user.membership.map(|membership| ("Member since", day(membership.since))));
    facts.push(("Your id", user.id.to_string()));
    Section { title: "What is known of you".to_owned(), facts, ..Section::default() }
}

fn name(user: &User, root: &str, typed: Option<&str>) -> Section {
    let field: Field = name_field(typed.or(user.display_name.as_deref()).unwrap_or_default());
    let buttons = vec![Button { label: "Save the name", value: "save", second: false }];
    let form = Form { action: Some(format!("{root}/me/name")), fields: vec![field], buttons, ..Form::default() };
    Section { title: "Name".to_owned(), form: Some(form), ..Section::default() }
}

fn privacy(user: &User, root: &str) -> Section {
    let field = Field {
        name: "private",
        label: "Keep me out of contacts".to_owned(),
        kind: "checkbox",
        value: if user.private { "yes".to_owned() } else { String::new() },
        hint: "Colleagues who look for you by name or address do not find you. Administrators still see you."
            .to_owned(),
        ..Field::default()
    };
    let buttons = vec![Button { label: "Save the choice", value: "save", second: false }];
    let form = Form { action: Some(format!("{root}/me/privacy")), fields: vec![field], buttons, ..Form::default() };
    Section { title: "Privacy".to_owned(), form: Some(form), ..Section::default() }
}

fn pin(user: &User, root: &str) -> Section {
    let label = if user.pin.is_some() { "Draw another PIN" } else { "Draw a PIN" };
    let pin = user.pin.clone().unwrap_or_else(|| "none yet".to_owned());
    let buttons = vec![Button { label, value: "draw", second: true }];
    Section {
        title: "Personal PIN".to_owned(),
        paragraphs: vec!["Ten digits that nobody else has. Your administrators see it, too.".to_owned()],
        facts: vec![("PIN", pin)],
        form: Some(Form { action: Some(format!("{root}/me/pin")), buttons, ..Form::default() }),
        ..Section::default()
    }
}

fn moving_on(standing: &OwnStanding, root: &str) -> Vec<Link> {
    let link = |label: &str, path: &str| Link { label: label.to_owned(), to: format!("{root}{path}") };
    let mut links = vec![link("Change your address", "/me/address")];
    links.extend(standing.account.as_ref().map(|account| link(&format!("Leave {}", account.name), "/me/leave")));
    links.push(link("Delete your account", "/me/delete"));
    links
}

/// A day as people write it.
pub(in crate::pages) fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

/// A moment as people write it.
pub(in crate::pages) fn moment(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}
