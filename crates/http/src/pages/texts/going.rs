//! The words about leaving an organisation, and about going for good: what will happen, before it does.

use service::OwnStanding;

use super::super::page::{Button, Form, Link, Page};

const MANAGED: &str = "Your organisation manages your address, so you cannot do this yourself; ask its administrator.";

/// What leaving would do.
pub(in crate::pages) fn leave(account: &str, managed: bool) -> Page {
    let title = format!("Leave {account}");
    if managed {
        return Page { title, paragraphs: vec![MANAGED.to_owned()], ..Page::default() };
    }
    let buttons = vec![Button { label: "Leave", value: "leave", second: false }];
    Page {
        title,
        paragraphs: vec![
            format!("Your membership of {account} ends at once, and with it your license there, your PIN and a trial."),
            "You enter nothing that is for its members only. Its members no longer find you, and you do not find them."
                .to_owned(),
            "You are signed out everywhere. Your password stays, and you can sign in as a free user.".to_owned(),
            "Only an administrator can take you in again.".to_owned(),
        ],
        form: Some(Form { buttons, ..Form::default() }),
        ..Page::default()
    }
}

/// After leaving.
pub(in crate::pages) fn left(root: &str) -> Page {
    Page {
        title: "You have left".to_owned(),
        paragraphs: vec!["You are a free user now, and were signed out everywhere. A mail confirms it.".to_owned()],
        links: vec![Link { label: "Sign in again".to_owned(), to: format!("{root}/signin") }],
        ..Page::default()
    }
}

/// What deleting would do.
pub(in crate::pages) fn delete(standing: &OwnStanding) -> Page {
    let title = "Delete your account".to_owned();
    if standing.managed {
        return Page { title, paragraphs: vec![MANAGED.to_owned()], ..Page::default() };
    }
    let membership = standing.account.as_ref().map(|account| {
        format!(
            "Your membership of {} ends, and with it your license there. Your seat is free for others.",
            account.name
        )
    });
    let mut paragraphs: Vec<String> = membership.into_iter().collect();
    paragraphs.extend([
        "You are signed out everywhere, applications lose all access to you, and nobody can sign in as you again.".to_owned(),
        "Every role you hold as an administrator ends with its keys and tokens.".to_owned(),
        "Your name, your addresses and everything else that tells who you were are destroyed, also in the records of what \
         was done. Figures stay, as those of an erased person."
            .to_owned(),
        format!("{} is free: whoever has that mailbox may register with it, as somebody new.", standing.user.primary),
        "What applications have kept of you themselves stays there.".to_owned(),
        "This cannot be undone, by nobody.".to_owned(),
    ]);
    let buttons = vec![Button { label: "Delete everything", value: "delete", second: false }];
    Page { title, paragraphs, form: Some(Form { buttons, ..Form::default() }), ..Page::default() }
}

/// After deleting.
pub(in crate::pages) fn deleted() -> Page {
    Page {
        title: "You are gone".to_owned(),
        paragraphs: vec!["Your account is deleted. One last mail confirms it. You can close this page.".to_owned()],
        ..Page::default()
    }
}
