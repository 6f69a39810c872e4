//! The keys that sign (RFC 7517): made when they are needed, replaced in time, published before they sign and after.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use access::application::SigningAlgorithm;
use access::authority::{Action, Over, permit};
use futures::FutureExt;
use jiff::{SignedDuration, Timestamp};
use oidc::jose::{self, Signer};
use serde::Serialize;
use serde_json::{Value, json};
use service::{Context, Outcome, Progress};
use store::Write;

use crate::{Error, SignIn};

pub use store::{KeyState, SigningKey};

const VERB: &str = "signing-key.create";
/// How long a key signs.
const SIGNS: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long before its turn the next key is published, so that whoever keeps the list has it in time.
const AHEAD: SignedDuration = SignedDuration::from_hours(2 * 24);
/// How long a key is published after it signed for the last time: longer than anything it signed is believed.
const AFTER: SignedDuration = SignedDuration::from_hours(2 * 24);

/// Private keys by their ids. A key never changes, so what was read of it may be kept (rule 22).
#[derive(Default)]
pub(crate) struct Signers(Mutex<HashMap<String, Signer>>);

impl SignIn {
    /// The published keys (RFC 7517 section 5).
    pub async fn jwks(&self) -> Result<Value, Error> {
        let at = self.service().clock().now();
        if self.service().store().signing_keys(at).await?.is_empty() {
            self.signer(SigningAlgorithm::ES256).await?;
        }
        let keys = self.service().store().signing_keys(at).await?;
        Ok(json!({ "keys": keys.into_iter().map(|key| key.published).collect::<Vec<_>>() }))
    }

    /// A JWT of claims, under the key that signs now.
    pub async fn sign(
        &self,
        algorithm: SigningAlgorithm,
        kind: &str,
        claims: &impl Serialize,
    ) -> Result<String, Error> {
        sign(&self.signer(algorithm).await?, kind, claims)
    }

    /// The key that signs now; one is made if there is none.
    pub(crate) async fn signer(&self, algorithm: SigningAlgorithm) -> Result<Signer, Error> {
        let key = match self.current(algorithm).await? {
            Some(key) => key,
            None => {
                self.make(&self.service().system(), algorithm, Making::Missing).await?;
                let made = self.current(algorithm).await?;
                made.ok_or_else(|| Error::Internal("there is no key to sign with".to_owned()))?
            }
        };
        if let Some(signer) = self.kept().get(&key.id) {
            return Ok(signer.clone());
        }
        let private = self.service().store().private_key(&key.id).await?;
        let private = private.and_then(|private| String::from_utf8(private).ok());
        let private = private.ok_or_else(|| Error::Internal("a signing key is gone".to_owned()))?;
        let signer = Signer::new(&key.id, algorithm, &private).map_err(|error| Error::Internal(error.to_string()))?;
        self.kept().insert(key.id, signer.clone());
        Ok(signer)
    }

    async fn current(&self, algorithm: SigningAlgorithm) -> Result<Option<SigningKey>, Error> {
        let at = self.service().clock().now();
        let keys = self.service().store().signing_keys(at).await?;
        Ok(keys.into_iter().rfind(|key| key.algorithm == algorithm && key.signs(at)))
    }

    /// Makes the next keys in time, and forgets old ones: for the schedule.
    pub async fn tend_signing_keys(&self) -> Result<Progress, Error> {
        let (cx, at) = (self.service().system(), self.service().clock().now());
        self.service().unrecorded(move |w| async move { Ok(w.drop_old_signing_keys(at).await?) }.boxed()).await?;
        for algorithm in SigningAlgorithm::ALL {
            self.make(&cx, algorithm, Making::Next).await?;
        }
        Ok(Progress::Done)
    }

    /// Every key that signs is replaced at once; an algorithm that has no key gets none.
    ///
    /// **Permission**: `UpdateDeployment` over the deployment.
    pub async fn rotate_signing_keys(&self, cx: &Context, former: Former) -> Result<(), Error> {
        permit(&cx.caller, Action::UpdateDeployment, Over::Deployment)?;
        for algorithm in SigningAlgorithm::ALL {
            self.make(cx, algorithm, Making::Instead(former)).await?;
        }
        Ok(())
    }

    /// The published keys, the oldest first.
    ///
    /// **Permission**: `ViewDeployment` over the deployment.
    pub async fn list_signing_keys(&self, cx: &Context) -> Result<Vec<SigningKey>, Error> {
        permit(&cx.caller, Action::ViewDeployment, Over::Deployment)?;
        Ok(self.service().store().signing_keys(cx.at).await?)
    }

    async fn make(&self, cx: &Context, algorithm: SigningAlgorithm, making: Making) -> Result<(), Error> {
        let keys = self.service().store().signing_keys(cx.at).await?;
        if making.begins(&keys, algorithm, cx.at).is_none() {
            return Ok(());
        }
        let generated = jose::generate(algorithm).map_err(|error| Error::Internal(error.to_string()))?;
        let (id, published, private) = (generated.id, generated.published, generated.private);
        let made = self.service().run(cx, VERB, move |w, stage| {
            let (id, published, private) = (id.clone(), published.clone(), private.clone());
            async move {
                let at = stage.cx.at;
                let keys = w.signing_keys(at).await?;
                // Another node may have made one meanwhile.
                let Some(begins) = making.begins(&keys, algorithm, at) else { return Ok(vec![]) };
                if let Making::Instead(former) = making {
                    retire(w, &keys, algorithm, at, former).await?;
                }
                let until = begins.saturating_add(SIGNS).unwrap_or(Timestamp::MAX);
                let key = SigningKey {
                    id,
                    algorithm,
                    published,
                    created: at,
                    signs_from: begins,
                    signs_until: until,
                    published_until: until.saturating_add(AFTER).unwrap_or(Timestamp::MAX),
                };
                w.insert_signing_key(&key, private.as_bytes()).await?;
                let subject = service::fresh::id(&stage.random, at);
                let record = stage.noted(VERB, None, subject, json!({ "kid": key.id, "alg": algorithm.name() }));
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            }
            .boxed()
        });
        made.await.map(drop)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<String, Signer>> {
        self.keys.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What becomes of the keys that are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Former {
    /// They are published for some days more, so that what they signed is believed as long as it says.
    Published,
    /// Somebody may know them: what they signed is not believed any more, but by who keeps the list of keys.
    Withdrawn,
}

/// A JWT of claims, under a key that is at hand.
pub(crate) fn sign(signer: &Signer, kind: &str, claims: &impl Serialize) -> Result<String, Error> {
    signer.sign(kind, claims).map_err(|error| Error::Internal(error.to_string()))
}

/// Why a key is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Making {
    /// None signs now.
    Missing,
    /// The one that signs is about to stop.
    Next,
    /// None that there is shall sign any more.
    Instead(Former),
}

impl Making {
    /// When the new key begins to sign; `None` when none is needed.
    fn begins(self, keys: &[SigningKey], algorithm: SigningAlgorithm, at: Timestamp) -> Option<Timestamp> {
        let last = keys.iter().filter(|key| key.algorithm == algorithm).map(|key| key.signs_until).max();
        let soon = at.saturating_add(AHEAD).unwrap_or(at);
        match (self, last) {
            (Self::Missing, last) => last.is_none_or(|last| last <= at).then_some(at),
            (Self::Next, Some(last)) => (last <= soon).then_some(last.max(at)),
            // An algorithm that nobody asked for has no key.
            (Self::Next | Self::Instead(_), None) => None,
            (Self::Instead(_), Some(_)) => Some(at),
        }
    }
}

async fn retire(
    w: &mut Write,
    keys: &[SigningKey],
    algorithm: SigningAlgorithm,
    at: Timestamp,
    former: Former,
) -> Result<(), Error> {
    let published = match former {
        Former::Published => at.saturating_add(AFTER).unwrap_or(at),
        Former::Withdrawn => at,
    };
    for key in keys.iter().filter(|key| key.algorithm == algorithm) {
        w.retire_signing_key(&key.id, key.signs_until.min(at), key.published_until.min(published)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(algorithm: SigningAlgorithm, until: i64) -> SigningKey {
        let at = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        SigningKey {
            id: until.to_string(),
            algorithm,
            published: Value::Null,
            created: at(0),
            signs_from: at(0),
            signs_until: at(until),
            published_until: at(until),
        }
    }

    #[test]
    fn keys_follow_one_another() {
        let at = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let (es, rs) = (SigningAlgorithm::ES256, SigningAlgorithm::RS256);
        for (making, keys, now, begins) in [
            (Making::Missing, vec![], 0, Some(at(0))),
            (Making::Missing, vec![key(rs, 100)], 0, Some(at(0))),
            (Making::Missing, vec![key(es, 100)], 99, None),
            (Making::Missing, vec![key(es, 100)], 100, Some(at(100))),
            (Making::Next, vec![], 0, None),
            (Making::Next, vec![key(es, 100)], 51, None),
            (Making::Next, vec![key(es, 100)], 52, Some(at(100))),
            (Making::Next, vec![key(es, 100), key(es, 200)], 52, None),
            (Making::Next, vec![key(es, 100)], 120, Some(at(120))),
            (Making::Instead(Former::Published), vec![key(es, 100)], 1, Some(at(1))),
            (Making::Instead(Former::Withdrawn), vec![key(rs, 100)], 1, None),
        ] {
            assert_eq!(making.begins(&keys, es, at(now)), begins, "{making:?} {keys:?} at {now}");
        }
    }
}
