//! What the verbs are told at the start.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::Domain;
use url::Url;

use crate::directory::reach::Directories;
use crate::dns::Dns;
use crate::password::Cost;

/// Settings of the service.
#[derive(Clone)]
pub struct Settings {
    /// Where people reach Carillon: links in mails come from it, never from a request.
    pub base_url: Url,
    /// Who runs it, as mails name it.
    pub organisation: String,
    /// What a password hash costs.
    pub password_cost: Cost,
    /// How many passwords may wait to be hashed or compared, however many cores there are.
    pub passwords_waiting: usize,
    /// How many mails an account's administrators may cause in a day; 0 for no limit (rule 69).
    pub mails_a_day: u32,
    /// Under what mails are named, so that one is known again when it comes back; derived from the master key.
    pub mail_key: [u8; 32],
    /// Under what doors seal what they hand out and know again: positions of pages, marks of browsers. The same on every
    /// node, derived from the master key.
    pub door_key: [u8; 32],
    /// Where TXT records are looked for (rule 4).
    pub dns: Arc<dyn Dns>,
    /// How directories are reached (rule 11).
    pub directories: Arc<dyn Directories>,
    /// Mail domains that nobody may claim (rule 4).
    pub public_mail: Arc<BTreeSet<Domain>>,
}

/// A base URL without a slash at its end: paths begin with one.
pub fn base(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}
