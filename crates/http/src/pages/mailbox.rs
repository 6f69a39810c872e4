//! `GET /mail`: the mails that are kept because no mail server is configured. **Permissions**: anybody on this
//! machine, where the mailbox is switched on; for everybody else there is no such page.

use access::authority::Caller;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use service::{Door, PageRequest};

use super::error::Error;
use super::{Pages, page, texts};
use crate::dialect::{Dialect, Trouble};
use crate::frame::Origin;

/// How many mails are shown.
const SHOWN: u64 = 50;

#[derive(Template)]
#[template(path = "mail.html")]
struct Mailbox<'a> {
    title: &'a str,
    lead: &'a str,
    root: &'a str,
    mails: Vec<Shown>,
}

struct Shown {
    subject: String,
    to: String,
    at: String,
    pieces: Vec<Piece>,
}

/// A part of a mail's text.
struct Piece {
    text: String,
    link: bool,
}

/// Shows the newest mails, their links clickable.
pub(super) async fn get(
    State(door): State<Pages>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Response {
    if !door.settings.local_mailbox || !is_local(origin, &headers) {
        return Dialect::Page.trouble(Trouble::NotFound);
    }
    let context = door.service.context(Caller::Host, Door::Pages, origin.request, origin.remote);
    let newest = PageRequest { after: None, limit: SHOWN };
    let mails = match door.service.list_mails(&context, newest).await {
        Ok(page) => page.items,
        Err(error) => return Error::from(error).response(&door),
    };
    let (title, lead) = texts::mailbox(mails.is_empty());
    let mails = mails.into_iter().map(|mail| Shown {
        subject: mail.mail.subject,
        to: mail.mail.to,
        at: mail.at.to_string(),
        pieces: pieces(&mail.mail.text, door.settings.base_url.as_str()),
    });
    page::plain(StatusCode::OK, &Mailbox { title, lead, root: door.root(), mails: mails.collect() })
}

/// From this machine, through no proxy, and under a local name: another site's page that has its own name resolved to
/// this machine (DNS rebinding) is not local.
fn is_local(origin: Origin, headers: &HeaderMap) -> bool {
    let forwarded = ["forwarded", "via", "x-forwarded-for"].iter().any(|name| headers.contains_key(*name));
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let port = host.rfind(':').filter(|colon| host[*colon..].bytes().skip(1).all(|byte| byte.is_ascii_digit()));
    let local_name = matches!(&host[..port.unwrap_or(host.len())], "localhost" | "127.0.0.1" | "[::1]");
    !forwarded && local_name && origin.remote.is_some_and(|remote| remote.is_loopback())
}

/// Splits a text so that our own addresses can be clicked. Others stay text.
fn pieces(text: &str, base_url: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for line in text.split_inclusive(char::is_whitespace) {
        let word = line.trim_end();
        let link = word.starts_with(base_url);
        pieces.push(Piece { text: word.to_owned(), link });
        pieces.push(Piece { text: line[word.len()..].to_owned(), link: false });
    }
    pieces
}
