//! When keys and tokens were last used. Noted in memory beside the answer, and written down once in a while: the
//! answer waits for no disk.

use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::FutureExt;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Error, Service};

/// What was used since it was last written down.
#[derive(Default)]
pub(crate) struct Noted(Mutex<store::Uses>);

impl Noted {
    pub(crate) fn token(&self, id: Uuid, at: Timestamp) {
        self.open().tokens.insert(id, at);
    }

    fn session(&self, id: Uuid, at: Timestamp) {
        self.open().sessions.insert(id, at);
    }

    fn open(&self) -> MutexGuard<'_, store::Uses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// Notes that a request was signed with this access key, once that is proved.
    pub fn used_access_key(&self, id: &str, at: Timestamp) {
        self.noted().open().keys.insert(id.to_owned(), at);
    }

    /// Notes that a session was used.
    pub fn used_session(&self, id: Uuid, at: Timestamp) {
        self.noted().session(id, at);
    }

    /// Notes that an application used its credential.
    pub fn used_token(&self, id: Uuid, at: Timestamp) {
        self.noted().token(id, at);
    }

    /// Writes down what this node has noted since. For whoever keeps the time: once a minute, and before the end.
    pub async fn record_uses(&self) -> Result<(), Error> {
        let uses = std::mem::take(&mut *self.noted().open());
        if uses == store::Uses::default() {
            return Ok(());
        }
        let kept = uses.clone();
        let written = self.store().write(move |w| {
            async move {
                w.save_uses(&uses).await?;
                Ok::<_, Error>(w.commit((), vec![], vec![]).await?)
            }
            .boxed()
        });
        if let Err(error) = written.await {
            // The next time, unless they were used again by then.
            let mut noted = self.noted().open();
            kept.keys.into_iter().for_each(|(id, at)| _ = noted.keys.entry(id).or_insert(at));
            kept.tokens.into_iter().for_each(|(id, at)| _ = noted.tokens.entry(id).or_insert(at));
            kept.sessions.into_iter().for_each(|(id, at)| _ = noted.sessions.entry(id).or_insert(at));
            return Err(error);
        }
        Ok(())
    }
}
