//! `/invitations/{token}`: an invitation to a Team, from its mail (rule 14). **Permissions**: whoever holds the link.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use service::{Accept, InvitationView};

use super::error::Error;
use super::request::{Link, OwnSite, Sent};
use super::sign_in::browser;
use super::texts::{self, Invited};
use super::{Pages, page::Page};
use crate::frame::Origin;

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Answer {
    answer: Choice,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    leave: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Accept,
    Decline,
}

/// Shows the invitation. Changes nothing: mail scanners open links too.
pub(super) async fn get(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    Link(token): Link,
) -> Response {
    match door.service.invitation(&door.context(origin), &token).await {
        Ok(view) => form(&view, "", false).response(StatusCode::OK, door.root()),
        Err(error) => Error::from(error).response(&door),
    }
}

/// Accepts or declines it, once.
pub(super) async fn post(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    _: OwnSite,
    Link(token): Link,
    headers: HeaderMap,
    Sent(answer): Sent<Answer>,
) -> Response {
    let leave = answer.leave.is_some();
    let name = answer.name.clone();
    let done = match answer.answer {
        Choice::Accept => {
            let accept = Accept { name: answer.name, password: answer.password, leave };
            let browser = browser(&door, &headers);
            let accepted = door.signin.accept(&door.context(origin), &token, accept, &browser).await;
            accepted.map(|accepted| texts::member(Some(&accepted.account_name), accepted.license))
        }
        Choice::Decline => door.service.decline(&door.context(origin), &token).await.map(|()| texts::declined()),
    };
    match done {
        Ok(page) => page.response(StatusCode::OK, door.root()),
        Err(error) => match door.service.invitation(&door.context(origin), &token).await {
            Ok(view) => Error::from(error).on_form(&door, form(&view, &name, leave)),
            Err(_) => Error::from(error).response(&door),
        },
    }
}

fn form(view: &InvitationView, name: &str, leave: bool) -> Page {
    let invited = Invited {
        account: &view.account_name,
        address: &view.address,
        by: view.invited_by.as_deref(),
        registered: view.registered,
        leaves: view.leaves,
    };
    texts::invitation(&invited, name, leave)
}
