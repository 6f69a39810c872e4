//! Access keys: what a program signs Chime API requests with, on behalf of a grant (rule 28).

use access::authority::{Action, Grant, Over};
use access::{GrantId, Refusal};
use serde_json::json;
use store::{AccessKey, Held, Issued, Record, Write};

use crate::authority::authority;
use crate::facts::Facts;
use crate::grants::{account, within_reach};
use crate::issue::{self, NewCredential, Rotation, hidden, made_for_oneself};
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
    /// Makes a key that carries a grant, or a part of it. It never exceeds the grant, and ends with it.
    pub async fn create_access_key(
        &self,
        cx: &Context,
        grant: GrantId,
        wish: NewCredential,
    ) -> Result<NewAccessKey, Error> {
        const VERB: &str = "key.create";
        let created = self.run(cx, VERB, move |w, stage| {
            let wish = wish.clone();
            Box::pin(async move {
                let grant = within_reach(w, stage, grant).await?;
                issue::restricted(w, stage, &wish).await?;
                authority(w, stage, Action::ManageGrants, grant.over).await?;
                let issued = issue::issued(&wish, Some(&grant), stage.cx.at)?;
                let made = made(w, stage, &grant, issued).await?;
                let record = stage.changed(VERB, account(grant.over), grant.id.0, &Facts::none(), &facts(&made.key));
                Ok(vec![Outcome { result: Ok(made), audit: vec![record], notices: vec![] }])
            })
        });
        single(created.await)
    }

    /// Makes a key in the place of another, which works for the time of the overlap still.
    pub async fn rotate_access_key(&self, cx: &Context, id: &str, rotation: Rotation) -> Result<NewAccessKey, Error> {
        const VERB: &str = "key.rotate";
        let id = id.to_owned();
        let rotated = self.run(cx, VERB, move |w, stage| {
            let id = id.clone();
            Box::pin(async move {
                let (old, grant) = managed(w, stage, &id).await?;
                if !old.issued.works(stage.cx.at) {
                    return Err(Refusal::UnknownCredential(id).into());
                }
                let (issued, ends) = issue::succeeded(&old.issued, rotation, stage.cx.at)?;
                let made = made(w, stage, &grant, issued).await?;
                w.set_key_expiry(&old.id, ends).await?;
                let (before, ending) = (facts(&old), Issued { expires: Some(ends), ..old.issued.clone() });
                let after = facts(&AccessKey { issued: ending, ..old }).and(&facts(&made.key));
                let record = stage.changed(VERB, account(grant.over), grant.id.0, &before, &after);
                Ok(vec![Outcome { result: Ok(made), audit: vec![record], notices: vec![] }])
            })
        });
        single(rotated.await)
    }

    /// Revokes a key; it works no longer from here on.
    pub async fn revoke_access_key(&self, cx: &Context, id: &str) -> Result<(), Error> {
        let id = id.to_owned();
        let revoked = self.run(cx, REVOKE, move |w, stage| {
            let id = id.clone();
            Box::pin(async move {
                let (key, grant) = managed(w, stage, &id).await?;
                if !w.revoke_access_key(&id, stage.cx.at).await? {
                    return Err(Refusal::UnknownCredential(id).into());
                }
                let record = ended(stage, &grant, &key);
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

/// A key and its grant, if the caller may manage it; otherwise it looks unknown.
async fn managed(w: &mut Write, stage: &Stage, id: &str) -> Result<(AccessKey, Grant), Error> {
    let unknown = || Refusal::UnknownCredential(id.to_owned());
    let found = if secret::is_access_key_id(id) { w.access_key(id).await? } else { None };
    let key = found.ok_or_else(unknown)?;
    let grant = within_reach(w, stage, key.grant).await.map_err(|error| hidden(error, unknown()))?;
    authority(w, stage, Action::ManageGrants, grant.over).await?;
    Ok((key, grant))
}

/// A new key for a grant, which is held meanwhile.
async fn made(w: &mut Write, stage: &Stage, grant: &Grant, issued: Issued) -> Result<NewAccessKey, Error> {
    made_for_oneself(stage, grant)?;
    if !w.hold_grant(grant.id).await? {
        return Err(Refusal::UnknownCredential(grant.id.to_string()).into());
    }
    let (id, secret) = (secret::access_key_id(&stage.random), secret::access_key_secret(&stage.random));
    let key = AccessKey { id, grant: grant.id, issued };
    w.insert_access_key(&key, &secret).await?;
    Ok(NewAccessKey { key, secret })
}

/// The trail of a key that was revoked.
fn ended(stage: &Stage, grant: &Grant, key: &AccessKey) -> Record {
    let issued = issue::revoked(&key.issued, stage.cx.at);
    let after = AccessKey { issued, ..key.clone() };
    stage.changed(REVOKE, account(grant.over), grant.id.0, &facts(key), &facts(&after))
}

/// Kept as a fact of its grant: the key's id is no UUID. A revoked key stays one, until its grant goes.
pub(crate) fn facts(key: &AccessKey) -> Facts {
    let facts = Facts {
        plain: json!({ "access_keys": { key.id.as_str(): issue::plain(&key.issued) } }),
        personal: json!({ "access_keys": { key.id.as_str(): { "name": key.issued.name } } }),
    };
    facts.without_nulls()
}

impl Stage {
    /// The trail of keys and tokens that ended together with something else.
    pub(crate) fn keys_ended(&self, held: Vec<Held>) -> Vec<Record> {
        let mut records = Vec::new();
        for Held { grant, keys, tokens } in held {
            records.extend(keys.iter().map(|key| ended(self, &grant, key)));
            records.extend(tokens.iter().map(|token| tokens::ended(self, account(grant.over), token)));
        }
        records
    }
}
