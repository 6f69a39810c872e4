//! Every word the pages say: here, and in the files of this module.

use access::Refusal;
use access::license::License;
use oidc::Scope;
use service::password::MIN_CHARACTERS;

use super::page::{Button, Field, Form, Link, Page};

pub(super) mod address;
pub(super) mod applications;
pub(super) mod going;
pub(super) mod history;
pub(super) mod license;
pub(super) mod me;
pub(super) mod password;
pub(super) mod security;
pub(super) mod sessions;
pub(super) mod sign_in;

const NAME: &str = "name";
const PASSWORD: &str = "password";
const LEAVE: &str = "leave";
const ADDRESS: &str = "address";

/// In the console's place, where it was not built.
pub(super) fn no_console() -> Page {
    let what = "This Carillon was built without its console, which needs Node.js. Everything else works: administer \
                it by the command line or the admin API.";
    let how = "To have it, build with `make run`, or run scripts/console before cargo build.";
    Page {
        title: "There is no console here".to_owned(),
        paragraphs: vec![what.to_owned(), how.to_owned()],
        ..Page::default()
    }
}

/// What an invitation's page must know.
pub(super) struct Invited<'a> {
    pub account: &'a str,
    pub address: &'a str,
    pub by: Option<&'a str>,
    /// The person has a password already.
    pub registered: bool,
    /// They would leave another Team.
    pub leaves: bool,
}

/// The invitation, with what was typed so far.
pub(super) fn invitation(invited: &Invited<'_>, name: &str, leave: bool) -> Page {
    let Invited { account, address, by, registered, leaves } = invited;
    let by = by.map_or_else(|| "You were invited".to_owned(), |by| format!("{by} invites you"));
    let mut fields = Vec::new();
    if *registered {
        fields.push(known_password());
    } else {
        fields.extend([name_field(name), new_password()]);
    }
    if *leaves {
        fields.push(Field {
            name: LEAVE,
            label: "I leave the team I am in".to_owned(),
            kind: "checkbox",
            value: if leave { "yes".to_owned() } else { String::new() },
            hint: "You can be in one team at a time. Your license there ends, and you enter nothing that is for its \
                   members only."
                .to_owned(),
            required: true,
            ..Field::default()
        });
    }
    let buttons = vec![
        Button { label: "Accept", value: "accept", second: false },
        Button { label: "Decline", value: "decline", second: true },
    ];
    Page {
        title: format!("Join {account}"),
        paragraphs: vec![format!("{by} to join {account} as {address}.")],
        form: Some(Form { fields, buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// After accepting or registering.
pub(super) fn member(account: Option<&str>, license: License) -> Page {
    let standing = match account {
        Some(account) => format!("You are a member of {account} with the license {license}."),
        None => format!("You are registered, in no organisation, with the license {license}."),
    };
    let next = "You can close this page and sign in to your organisation's applications.".to_owned();
    Page { title: "Welcome".to_owned(), paragraphs: vec![standing, next], ..Page::default() }
}

/// After declining.
pub(super) fn declined() -> Page {
    Page {
        title: "Declined".to_owned(),
        paragraphs: vec!["You declined the invitation. Nothing else changed; you can close this page.".to_owned()],
        ..Page::default()
    }
}

/// Asks for the address to register.
pub(super) fn register(address: &str) -> Page {
    let field = Field {
        name: ADDRESS,
        label: "E-mail address".to_owned(),
        kind: "email",
        value: address.to_owned(),
        hint: "We send a link to this address. Nothing is created before you open it.".to_owned(),
        autocomplete: "email",
        required: true,
        ..Field::default()
    };
    let buttons = vec![Button { label: "Send the link", value: "send", second: false }];
    Page {
        title: "Register".to_owned(),
        paragraphs: vec!["Register with the address that your organisation knows you by.".to_owned()],
        form: Some(Form { fields: vec![field], buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// The same for every address, so that nobody learns who is registered.
pub(super) fn link_sent() -> Page {
    Page {
        title: "Look into your mailbox".to_owned(),
        paragraphs: vec![
            "If this address can be registered, a mail with a link is on its way to it. If it is registered already, \
             the mail says so."
                .to_owned(),
            "Nothing arrived after some minutes? Look into the spam folder, or ask your administrator.".to_owned(),
        ],
        ..Page::default()
    }
}

/// The registration, with the account that it leads into, if any, and the name typed so far.
pub(super) fn registration(address: &str, account: Option<&str>, name: &str) -> Page {
    let buttons = vec![Button { label: "Register", value: "register", second: false }];
    let joins = account.map(|account| format!(" The address belongs to {account}, so you become a member of it."));
    Page {
        title: "Register".to_owned(),
        paragraphs: vec![format!("You register as {address}.{}", joins.unwrap_or_default())],
        form: Some(Form { fields: vec![name_field(name), new_password()], buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// The first operator's page, with what was typed so far.
pub(super) fn setup(address: &str, name: &str) -> Page {
    let address = Field {
        name: ADDRESS,
        label: "Your e-mail address".to_owned(),
        kind: "email",
        value: address.to_owned(),
        hint: "Yours as the operator. Write it carefully: no mail is sent to prove it.".to_owned(),
        autocomplete: "email",
        required: true,
        ..Field::default()
    };
    let buttons = vec![Button { label: "Become the operator", value: "set-up", second: false }];
    Page {
        title: "Set up Carillon".to_owned(),
        paragraphs: vec![
            "Nobody administers this Carillon yet. Whoever fills in this page gets full access to everything in it; \
             the link works once."
                .to_owned(),
        ],
        form: Some(Form { fields: vec![address, name_field(name), new_password()], buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// After setting up: what to do next. Secrets are made where they are used, not on a page.
pub(super) fn set_up(address: &str) -> Page {
    Page {
        title: "You are the operator".to_owned(),
        paragraphs: vec![
            format!("{address} has full access to everything here. You can close this page."),
            format!(
                "Next, on the machine that Carillon runs on, make what your programs sign in with: \
                 carillon token create {address} for the admin API, carillon key create {address} for the Chime API. \
                 Each secret is shown once. There is no page to administer with."
            ),
            "If you are ever locked out: carillon admin recover, on that machine.".to_owned(),
        ],
        ..Page::default()
    }
}

/// What a third party wants to know.
pub(crate) fn consent(application: &str, scope: &Scope, address: &str, action: String) -> Page {
    let wants = scope.names().map(|name| match name {
        "openid" => "who you are: an id, your license, what it lets you do, and your organisation",
        "profile" => "your name",
        "email" => "your e-mail address",
        _ => "access while you are away, until you take it back",
    });
    let wants: Vec<&str> = wants.collect();
    let buttons = vec![
        Button { label: "Allow", value: "allow", second: false },
        Button { label: "Do not allow", value: "deny", second: true },
    ];
    Page {
        title: format!("{application} wants to know you"),
        paragraphs: vec![
            format!("You are signed in as {address}. {application} belongs to somebody else than your organisation."),
            format!("It asks for {}.", wants.join("; ")),
        ],
        form: Some(Form { action: Some(action), buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// Asks before signing out, as an application sent the person here without proof that it is their session.
pub(crate) fn sign_out(action: String) -> Page {
    let buttons = vec![Button { label: "Sign out", value: "sign-out", second: false }];
    Page {
        title: "Sign out?".to_owned(),
        paragraphs: vec!["You are signed out here and of the applications that you entered from here.".to_owned()],
        form: Some(Form { action: Some(action), buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// After signing out.
pub(crate) fn signed_out() -> Page {
    Page {
        title: "You are signed out".to_owned(),
        paragraphs: vec!["You can close this page.".to_owned()],
        ..Page::default()
    }
}

/// An application sent the person here with something that is no request.
pub(super) fn wrong_request(why: &str) -> Page {
    Page {
        title: "This application is not set up right".to_owned(),
        paragraphs: vec![
            "It sent you here with a request that cannot be answered. Tell whoever runs it what follows.".to_owned(),
            sentence(why),
        ],
        ..Page::default()
    }
}

/// Who signed in may not enter an application.
pub(super) fn refused_entrance(sentence: String, root: &str) -> Page {
    let links = vec![
        Link { label: "Your license, and why it is that one".to_owned(), to: format!("{root}/me/license") },
        Link { label: "Sign in as somebody else".to_owned(), to: format!("{root}/signin") },
    ];
    Page { title: "You cannot enter".to_owned(), paragraphs: vec![sentence], links, ..Page::default() }
}

/// A link that was used, taken back, is too old, or never was.
pub(super) fn closed() -> Page {
    Page {
        title: "This link cannot be used any more".to_owned(),
        paragraphs: vec![
            "It was used already, taken back, or is too old. If you used it yourself just now, all is done: you can \
             close this page."
                .to_owned(),
            "Otherwise ask for a new one where this one came from: from whoever invited you, by registering, by setting \
             another password, or in your account."
                .to_owned(),
        ],
        ..Page::default()
    }
}

/// A refusal as the person whom it is about should read it: most are written for administrators.
pub(super) fn to_the_person(refusal: &Refusal) -> String {
    match refusal {
        Refusal::PersonSuspended => "You may not sign in at present; ask your organisation's administrator.".to_owned(),
        Refusal::MayNotSignIn => "You may not sign in at present; ask your organisation's administrator.".to_owned(),
        Refusal::AlreadyMember => "You are a member already; there is nothing left to do.".to_owned(),
        Refusal::AccountDeleted => "This organisation has closed its account, so nobody can join it.".to_owned(),
        Refusal::ManagedByDomain | Refusal::ManagedBySource => {
            "Your organisation manages your address and your membership; ask its administrator.".to_owned()
        }
        Refusal::AlreadyExists => "Somebody has this address already; choose another one.".to_owned(),
        Refusal::LastFullAccess => {
            "You are the last administrator with full access to something; give that role to somebody else first."
                .to_owned()
        }
        Refusal::UnknownCredential(_) | Refusal::UnknownApplication(_) => {
            "This has ended already; there is nothing left to do.".to_owned()
        }
        other => sentence(&other.to_string()),
    }
}

/// What cannot be done here, and what to do instead.
pub(super) fn refused(sentence: String) -> Page {
    Page { title: "This is not possible".to_owned(), paragraphs: vec![sentence], ..Page::default() }
}

/// Something went wrong before or beside the page.
pub(super) fn trouble(title: &str, sentence: String) -> Page {
    Page { title: title.to_owned(), paragraphs: vec![sentence], ..Page::default() }
}

/// The title and the lead of the local mailbox.
pub(super) fn mailbox(empty: bool) -> (&'static str, &'static str) {
    let lead = if empty {
        "No mail yet. Invite somebody, or register: what would be sent appears here."
    } else {
        "No mail server is configured, so mails are kept here, the newest first. Only this machine can see this page."
    };
    ("Mailbox", lead)
}

/// A form that came from another site.
pub(super) const OTHER_SITE: &str =
    "This form was sent from another site; open the link in your mail and fill it in there.";
/// A body that is no form.
pub(super) const NO_FORM: &str = "What was sent is not this page's form; open the page again and fill it in there.";

/// A refusal's sentence as people write one.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    let capital: String = first.into_iter().flatten().chain(letters).collect();
    format!("{}.", capital.trim_end_matches('.'))
}

fn name_field(name: &str) -> Field {
    Field {
        name: NAME,
        label: "Your name".to_owned(),
        kind: "text",
        value: name.to_owned(),
        hint: "As colleagues should see it.".to_owned(),
        autocomplete: "name",
        required: true,
        ..Field::default()
    }
}

fn new_password() -> Field {
    Field {
        name: PASSWORD,
        label: "Choose a password".to_owned(),
        kind: "password",
        hint: format!("At least {MIN_CHARACTERS} characters; three or four unrelated words make a good one."),
        autocomplete: "new-password",
        required: true,
        least: Some(MIN_CHARACTERS),
        ..Field::default()
    }
}

fn known_password() -> Field {
    Field {
        name: PASSWORD,
        label: "Your password".to_owned(),
        kind: "password",
        hint: "You have one from an earlier registration.".to_owned(),
        autocomplete: "current-password",
        required: true,
        ..Field::default()
    }
}
