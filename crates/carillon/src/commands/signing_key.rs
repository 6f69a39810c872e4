//! `carillon signing-key`.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde::Serialize;
use signin::SignIn;
use signin::keys::Former;
use store::SigningKey;

use super::Host;
use super::views::time;
use crate::output::Done;

/// The keys that sign tokens.
#[derive(Debug, Subcommand)]
pub enum SigningKeys {
    /// List the published keys, without their private halves
    List,
    /// Make new keys that sign from now on; the schedule does so every 90 days
    Rotate(Rotate),
}

/// What becomes of the former keys.
#[derive(Debug, Args)]
pub struct Rotate {
    /// Somebody may know a private key: what the former keys signed is not to be believed from now on
    #[arg(long)]
    compromised: bool,
}

/// A key as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    kid: String,
    alg: &'static str,
    state: &'static str,
    created: Timestamp,
    signs_from: Timestamp,
    signs_until: Timestamp,
    published_until: Timestamp,
}

impl Shown {
    fn new(key: SigningKey, at: Timestamp) -> Self {
        let state = key.state(at).name();
        let SigningKey { id, algorithm, created, signs_from, signs_until, published_until, .. } = key;
        Self { kid: id, alg: algorithm.name(), state, created, signs_from, signs_until, published_until }
    }
}

/// Does it.
pub async fn run(host: &mut Host, command: SigningKeys) -> Done {
    let signin = SignIn::new(host.service.clone());
    if let SigningKeys::Rotate(Rotate { compromised }) = command {
        let former = if compromised { Former::Withdrawn } else { Former::Published };
        signin.rotate_signing_keys(&host.cx, former).await?;
    }
    let keys = signin.list_signing_keys(&host.cx).await?;
    let shown: Vec<Shown> = keys.into_iter().map(|key| Shown::new(key, host.cx.at)).collect();
    host.output.list(&shown, &["KID", "ALG", "STATE", "SIGNS FROM", "SIGNS UNTIL", "PUBLISHED UNTIL"], |shown| {
        let times = [shown.signs_from, shown.signs_until, shown.published_until].map(|at| time(Some(at)));
        [vec![shown.kid.clone(), shown.alg.to_owned(), shown.state.to_owned()], times.to_vec()].concat()
    })
}
