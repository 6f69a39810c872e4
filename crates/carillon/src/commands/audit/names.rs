//! Ids as people know them: addresses of people, names of accounts and applications.

use std::collections::HashMap;

use access::{AccountId, ApplicationId};
use serde_json::Value;
use uuid::Uuid;

use crate::commands::Host;

/// What was looked up already.
#[derive(Default)]
pub struct Names(HashMap<Uuid, String>);

impl Names {
    /// A name for an id. The record's own personal part knows people who have no row any more.
    pub async fn of(&mut self, host: &Host, id: Uuid, personal: Option<&Value>) -> String {
        if let Some(known) = self.0.get(&id) {
            return known.clone();
        }
        let name = match personal.and_then(address) {
            Some(address) => address,
            None => look_up(host, id).await.unwrap_or_else(|| id.to_string()),
        };
        self.0.insert(id, name.clone());
        name
    }

    /// The text with the ids in it as names.
    pub async fn within(&mut self, host: &Host, text: &str) -> String {
        let mut words = Vec::new();
        for word in text.split(' ') {
            let end = word.trim_end_matches(';').len();
            match word[..end].parse() {
                Ok(id) => words.push(format!("{}{}", self.of(host, id, None).await, &word[end..])),
                Err(_) => words.push(word.to_owned()),
            }
        }
        words.join(" ")
    }
}

fn address(personal: &Value) -> Option<String> {
    let paths = ["/after/primary", "/after/invitation/address", "/before/primary", "/before/invitation/address"];
    paths.into_iter().find_map(|path| personal.pointer(path)?.as_str()).map(str::to_owned)
}

async fn look_up(host: &Host, id: Uuid) -> Option<String> {
    if let Ok(user) = host.service.find_user(&host.cx, &id.to_string()).await {
        return Some(user.primary.to_string());
    }
    if let Ok(view) = host.service.show_account(&host.cx, AccountId(id)).await {
        return Some(view.account.name);
    }
    host.service.show_application(&host.cx, ApplicationId(id)).await.ok().map(|application| application.name)
}
