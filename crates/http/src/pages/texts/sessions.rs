//! The words about where one is signed in.

use service::Session;
use uuid::Uuid;

use super::super::me::Device;
use super::super::page::{Button, Form, Item, Page, Section};
use super::me::moment;

/// The sessions with their devices; `own` is this browser's.
pub(in crate::pages) fn page(sessions: &[(&Session, Device)], own: Uuid, root: &str) -> Page {
    let items = sessions.iter().map(|(session, device)| item(session, device, own, root)).collect();
    let buttons = vec![Button { label: "Sign out everywhere", value: "everywhere", second: true }];
    let everywhere = Form { action: Some(format!("{root}/me/sessions/everywhere")), buttons, ..Form::default() };
    Page {
        title: "Where you are signed in".to_owned(),
        sections: vec![
            Section { title: "Sessions".to_owned(), items, ..Section::default() },
            Section {
                title: "All at once".to_owned(),
                paragraphs: vec![
                    "Ends every session, this one too, and all access that applications have to you. Do it if you do not \
                     know one of these."
                        .to_owned(),
                ],
                form: Some(everywhere),
                ..Section::default()
            },
        ],
        ..Page::default()
    }
}

fn item(session: &Session, device: &Device, own: Uuid, root: &str) -> Item {
    let here = session.id == own;
    let what = match (device.browser, device.system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "A browser we do not know".to_owned(),
    };
    let title = if here { format!("{what}: this one") } else { what };
    let from = device.remote.as_ref().map(|remote| format!(", from {remote}")).unwrap_or_default();
    let lines = vec![
        format!("Signed in on {}{from}.", moment(session.created)),
        format!("Last used on {}. Ends on {} at the latest.", moment(session.last_used), moment(session.expires)),
    ];
    let label = if here { "Sign out here" } else { "Sign out there" };
    let form = Form {
        action: Some(format!("{root}/me/sessions")),
        hidden: Some(("session", session.id.to_string())),
        buttons: vec![Button { label, value: "end", second: true }],
        ..Form::default()
    };
    Item { title, lines, form: Some(form) }
}
