//! Access keys: what a program signs Chime API requests with, on behalf of a grant (rule 28).

use access::authority::{Action, Caller, Grant, Over};
use access::{GrantId, Refusal};
use jiff::Timestamp;
use serde_json::json;
use store::{AccessKey, Held, Record};

use crate::authority::authority;
use crate::facts::Facts;
use crate::grants::{account, within_reach};
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, secret, tokens};

const REVOKE: &str = "key.revoke";

/// A new access key. The secret is shown this once.
#[derive(Clone)]
pub struct NewAccessKey {
    /// The key.
    pub key: AccessKey,
    /// Its secret.
    pub secret: String,
}

impl Service {
    /// Makes a key that carries a grant. It never exceeds the grant, and ends with it.
    pub async fn create_access_key(
        &self,
        cx: &Context,
        grant: GrantId,
        expires: Option<Timestamp>,
    ) -> Result<NewAccessKey, Error> {
        const VERB: &str = "key.create";
        let created = self.run(cx, VERB, move |w, stage| {
            Box::pin(async move {
                let grant = within_reach(w, stage, grant).await?;
                authority(w, stage, Action::ManageGrants, grant.over).await?;
                made_for_oneself(stage, &grant)?;
                if !w.hold_grant(grant.id).await? {
                    return Err(Refusal::UnknownCredential(grant.id.to_string()).into());
                }
                in_the_future(expires, stage.cx.at)?;
                let (id, secret) = (secret::access_key_id(&stage.random), secret::access_key_secret(&stage.random));
                let key = AccessKey { id, grant: grant.id, created: stage.cx.at, expires, revoked: None };
                w.insert_access_key(&key, &secret).await?;
                let record = stage.changed(VERB, account(grant.over), grant.id.0, &Facts::none(), &facts(&key));
                Ok(vec![Outcome { result: Ok(NewAccessKey { key, secret }), audit: vec![record], notices: vec![] }])
            })
        });
        single(created.await)
    }

    /// Revokes a key; it works no longer from here on.
    pub async fn revoke_access_key(&self, cx: &Context, id: &str) -> Result<(), Error> {
        const VERB: &str = REVOKE;
        let id = id.to_owned();
        if !secret::is_access_key_id(&id) {
            return self.refuse(cx, VERB, Refusal::UnknownCredential(id)).await;
        }
        let revoked = self.run(cx, VERB, move |w, stage| {
            let id = id.clone();
            Box::pin(async move {
                let unknown = || Refusal::UnknownCredential(id.clone());
                let key = w.access_key(&id).await?.ok_or_else(unknown)?;
                let grant = within_reach(w, stage, key.grant).await.map_err(|error| hidden(error, unknown()))?;
                authority(w, stage, Action::ManageGrants, grant.over).await?;
                if !w.revoke_access_key(&id, stage.cx.at).await? {
                    return Err(unknown().into());
                }
                let record = stage.changed(
                    VERB,
                    account(grant.over),
                    grant.id.0,
                    &facts(&key),
                    &facts(&ended(key.clone(), stage.cx.at)),
                );
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            })
        });
        single(revoked.await)
    }

    /// The keys of the grants over the deployment or an account, oldest first; revoked ones too. No secrets.
    pub async fn list_access_keys(&self, cx: &Context, over: Over) -> Result<Vec<AccessKey>, Error> {
        Ok(self.permitted(cx, Action::ManageGrants, over)?.access_keys().await?)
    }
}

/// What a key or token does is recorded as its owner's doing, so that nobody makes one for somebody else but the host.
pub(crate) fn made_for_oneself(stage: &Stage, grant: &Grant) -> Result<(), Refusal> {
    match &stage.cx.caller {
        Caller::Administrator { user, .. } if *user != grant.user => {
            Err(Refusal::NotPermitted { action: Action::ManageGrants })
        }
        _ => Ok(()),
    }
}

/// A credential whose holder is out of reach is called unknown by its own id, not by its holder's.
pub(crate) fn hidden(error: Error, unknown: Refusal) -> Error {
    match error {
        Error::Refused(_) => Error::Refused(unknown),
        other => other,
    }
}

/// An expiry that has passed is a mistake.
pub(crate) fn in_the_future(expires: Option<Timestamp>, at: Timestamp) -> Result<(), Refusal> {
    match expires {
        Some(expires) if expires <= at => {
            let why = format!("{expires} is over already; choose a later time or none");
            Err(Refusal::Invalid { member: "expires", why })
        }
        Some(_) | None => Ok(()),
    }
}

fn ended(key: AccessKey, at: Timestamp) -> AccessKey {
    AccessKey { revoked: Some(at), ..key }
}

/// Kept as a fact of its grant: the key's id is no UUID. A revoked key stays one, until its grant goes.
pub(crate) fn facts(key: &AccessKey) -> Facts {
    let kept = json!({ "created": key.created, "expires": key.expires, "revoked": key.revoked });
    Facts::plain(json!({ "access_keys": { key.id.as_str(): kept } }))
}

impl Stage {
    /// The trail of keys and tokens that ended together with something else.
    pub(crate) fn keys_ended(&self, held: Vec<Held>) -> Vec<Record> {
        let mut records = Vec::new();
        for Held { grant, keys, tokens } in held {
            let over = account(grant.over);
            for key in keys {
                let before = facts(&key);
                records.push(self.changed(REVOKE, over, grant.id.0, &before, &facts(&ended(key, self.cx.at))));
            }
            for token in tokens {
                records.push(tokens::ended(self, over, token));
            }
        }
        records
    }
}
