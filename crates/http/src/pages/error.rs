//! The pages' errors: HTML with a status, or the form again with a message next to the field.

use access::Refusal;
use access::refusal::Sort;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::page::Page;
use super::sign_in::{see, sign_in_path};
use super::{Pages, texts};
use crate::dialect::Trouble;

/// Why a page could not be shown, or its form not taken.
pub(super) enum Error {
    /// A rule says no, or something does not work.
    Service(service::Error),
    /// The form came from another site.
    OtherSite,
    /// What came is no form.
    NoForm(StatusCode),
}

/// The request that an application sent a person with is none; nobody is sent back with it.
pub(crate) fn wrong_request(why: &str) -> Page {
    texts::wrong_request(why)
}

/// A form came from another site.
pub(crate) fn other_site(root: &str) -> Response {
    Error::OtherSite.at(root)
}

/// Who signed in may not enter an application. A stranger never gets here (rule 21).
pub(crate) fn refused_entrance(refusal: &Refusal, root: &str) -> Response {
    texts::refused_entrance(texts::to_the_person(refusal), root).response(StatusCode::FORBIDDEN, root)
}

/// Something went wrong.
pub(crate) fn failed(error: service::Error, root: &str) -> Response {
    Error::from(error).at(root)
}

impl From<service::Error> for Error {
    fn from(error: service::Error) -> Self {
        Self::Service(error)
    }
}

impl From<FormRejection> for Error {
    fn from(rejection: FormRejection) -> Self {
        Self::NoForm(rejection.status())
    }
}

/// A path that is no text holds no link of ours.
impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Self {
        Self::Service(Refusal::LinkExpired.into())
    }
}

impl Error {
    /// The error as a page of its own.
    pub fn response(self, door: &Pages) -> Response {
        self.at(door.root())
    }

    fn at(self, root: &str) -> Response {
        let (status, page) = match self {
            Self::Service(service::Error::Refused(Refusal::SignInAgain)) => {
                return see(&sign_in_path(root, &format!("{root}/me"), None));
            }
            Self::Service(service::Error::Refused(refusal)) => refused(&refusal),
            Self::Service(service::Error::Conflict(_)) => refused(&Refusal::Changed),
            Self::Service(service::Error::Unavailable(why)) => {
                tracing::warn!(%why, "unavailable");
                let sentence = "Something we need does not answer. Nothing was done by halves; try again in a minute.";
                (StatusCode::SERVICE_UNAVAILABLE, texts::trouble("Not just now", sentence.to_owned()))
            }
            Self::Service(error @ (service::Error::Internal(_) | service::Error::Repeated(_))) => {
                tracing::error!(%error, "fault");
                (StatusCode::INTERNAL_SERVER_ERROR, trouble_page(Trouble::Fault))
            }
            Self::OtherSite => (StatusCode::FORBIDDEN, texts::refused(texts::OTHER_SITE.to_owned())),
            Self::NoForm(status) => (status, texts::refused(texts::NO_FORM.to_owned())),
        };
        let mut response = page.response(status, root);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }

    /// The form again with the error next to its field, when it is one that the person can mend there; what was
    /// typed is in `form`, but for passwords.
    pub fn on_form(self, door: &Pages, form: Page) -> Response {
        let Self::Service(service::Error::Refused(refusal)) = &self else { return self.response(door) };
        let Some(field) = field(refusal) else { return self.response(door) };
        let status = match refusal.sort() {
            Sort::Forbidden => StatusCode::FORBIDDEN,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        form.with_error(Some(field), texts::sentence(&refusal.to_string())).response(status, door.root())
    }
}

/// The field that a refusal is about.
fn field(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::WeakPassword { .. } | Refusal::WrongCredentials => Some("password"),
        Refusal::WrongCode | Refusal::CodesPaused => Some("code"),
        Refusal::MustLeaveTeam => Some("leave"),
        Refusal::AddressNotSupported { .. } => Some("address"),
        Refusal::Invalid { member, .. } => Some(member),
        _ => None,
    }
}

fn refused(refusal: &Refusal) -> (StatusCode, Page) {
    let said = texts::refused(texts::to_the_person(refusal));
    match (refusal, refusal.sort()) {
        (Refusal::LinkExpired | Refusal::InvitationClosed, _) => (StatusCode::GONE, texts::closed()),
        (_, Sort::Invalid) => (StatusCode::UNPROCESSABLE_ENTITY, said),
        (_, Sort::Forbidden) => (StatusCode::FORBIDDEN, said),
        (_, Sort::NotFound) => (StatusCode::NOT_FOUND, said),
        (_, Sort::Conflict | Sort::State) => (StatusCode::CONFLICT, said),
    }
}

/// A trouble in this dialect. It has no style sheet's path to go by but the root.
pub(crate) fn trouble(trouble: Trouble) -> Response {
    trouble_page(trouble).response(trouble.status(), "")
}

fn trouble_page(trouble: Trouble) -> Page {
    let title = match trouble {
        Trouble::NotFound | Trouble::WrongMethod => "Nothing here",
        Trouble::TooFast { .. } | Trouble::TooBusy | Trouble::TooSlow => "Not just now",
        Trouble::Fault => "A fault of ours",
        Trouble::TooLarge { .. } | Trouble::BodyBroken | Trouble::BodySlow => "This did not arrive",
    };
    texts::trouble(title, trouble.to_string())
}
