//! Whom a provider may sign in, and whom it knows (rule 81).

use access::{AccountId, Domain, Refusal, User};
use serde::{Deserialize, Serialize};
use serde_json::json;
use service::Stage;
use service::mail::SecurityChange;
use store::{Notice, Provider, Record, TokenHash, UpstreamLink, Write};
use uuid::Uuid;

use crate::Error;

pub(crate) const LINK: &str = "user.link-provider";
const UNLINK: &str = "user.unlink-provider";

/// A provider is going to know a person by a subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NewLink {
    pub provider: Uuid,
    pub name: String,
    pub hash: [u8; 32],
    /// Whether the person says so with what they signed in with before; else the provider's word is enough.
    pub confirmed: bool,
}

/// Whether a provider speaks for a person as they are now: an account's for its members, and for who is in no account on
/// a domain that is sent to it; the deployment's for whose address no account manages. `owner`: the account that has
/// verified the domain of their address.
pub(crate) fn speaks(provider: &Provider, user: &User, owner: Option<AccountId>) -> bool {
    match (provider.account, user.membership) {
        (Some(account), Some(membership)) => membership.account == account,
        _ => speaks_on(provider, &user.primary.domain(), owner),
    }
}

/// Whether a provider speaks for addresses on a domain, which `owner` has verified.
pub(crate) fn speaks_on(provider: &Provider, domain: &Domain, owner: Option<AccountId>) -> bool {
    match provider.account {
        Some(account) => owner == Some(account) && provider.domains.contains(domain),
        None => owner.is_none(),
    }
}

/// The same, as it is in a transaction.
pub(crate) async fn speaks_for(w: &mut Write, provider: &Provider, user: &User) -> Result<bool, Error> {
    let domain = user.primary.domain();
    let owner = w.domain_owners(std::slice::from_ref(&domain)).await?.remove(&domain);
    Ok(speaks(provider, user, owner))
}

/// Whether a provider's word is enough to sign a person in: it knows them by this subject, or is going to (`new`), and
/// speaks for them now. Who administers anything is not linked by its word alone.
pub(crate) async fn is_enough(
    w: &mut Write,
    subject: &TokenHash,
    new: Option<&NewLink>,
    user: &User,
) -> Result<bool, Error> {
    let provider = match new {
        Some(new) if new.confirmed || w.grants_of(&[user.id]).await?.is_empty() => new.provider,
        Some(_) => return Ok(false),
        None => match w.upstream_link(subject).await?.filter(|link| link.user == user.id) {
            Some(link) => link.provider,
            None => return Ok(false),
        },
    };
    match w.provider(provider).await? {
        Some(provider) => speaks_for(w, &provider, user).await,
        None => Ok(false),
    }
}

/// From now on the provider knows the person, whom it knew by another's name if at all; they are told. Not when it does
/// not speak for them: they prove who they are each time.
pub(crate) async fn know(
    w: &mut Write,
    stage: &Stage,
    user: &User,
    new: &NewLink,
) -> Result<(Vec<Record>, Vec<Notice>), Error> {
    let provider = w.provider(new.provider).await?;
    let provider = provider.ok_or_else(|| Refusal::UnknownProvider(new.provider.to_string()))?;
    let (subject, account) = (TokenHash(new.hash), user.membership.map(|membership| membership.account));
    let former = w.upstream_link(&subject).await?;
    let known = former.as_ref().is_some_and(|link| link.user == user.id && (link.confirmed || !new.confirmed));
    if known || !speaks_for(w, &provider, user).await? {
        return Ok((vec![], vec![]));
    }
    let mut audit = Vec::new();
    if let Some(former) = former {
        // It does not speak for that person any more: its word was not enough for them.
        w.delete_upstream_link(&subject).await?;
        audit.push(stage.noted(UNLINK, None, former.user.0, json!({ "provider": former.provider })));
    }
    let link = UpstreamLink { provider: new.provider, user: user.id, confirmed: new.confirmed, created: stage.cx.at };
    w.insert_upstream_link(&subject, &link).await?;
    audit.push(stage.noted(LINK, account, user.id.0, json!({ "provider": new.provider })));
    Ok((audit, vec![stage.security_changed(user, SecurityChange::ProviderAdded { name: new.name.clone() })?]))
}
