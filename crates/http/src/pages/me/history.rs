//! `/me/history`: what the trail keeps of oneself (rule 27).

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use service::PageRequest;

use super::{Signed, shown};
use crate::pages::error::Error;
use crate::pages::{Pages, texts};

/// How many records are shown at once.
const SHOWN: u64 = 25;

/// Where a page of it begins.
#[derive(Deserialize)]
pub(in crate::pages) struct From {
    after: Option<String>,
}

/// Shows it, the newest first.
pub(super) async fn get(State(door): State<Pages>, signed: Signed, Query(from): Query<From>) -> Response {
    let page = PageRequest { after: from.after, limit: SHOWN };
    match door.service.own_history(&signed.cx, page).await {
        Ok(found) => {
            let older = found.next.map(|next| {
                let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("after", &next).finish();
                format!("{}/me/history?{query}", door.root())
            });
            let own = signed.session.person.asked.facts.user;
            shown(&door, "/me/history", texts::history::page(&found.items, own, older), None)
        }
        Err(error) => Error::from(error).response(&door),
    }
}
