//! OpenID providers that people sign in with (rule 81): the deployment's, and an account's for its verified domains.

use access::application::is_loopback;
use access::authority::{Action, Over, permit};
use access::user::usable_name;
use access::{AccountId, Domain, Refusal, User, change};
use serde_json::json;
use store::{Lock, Notice, Provider, Record, Write};
use url::Url;
use uuid::Uuid;

use crate::accounts::Accounts;
use crate::authority::authority;
use crate::effects::{self, Change};
use crate::facts::Facts;
use crate::mail::SecurityChange;
use crate::run::{Outcome, Stage, single};
use crate::{Context, Error, Service, fresh};

const ADD: &str = "provider.add";
const REMOVE: &str = "provider.remove";
const UNLINK: &str = "user.unlink-provider";

/// A provider that is to be added.
#[derive(Clone, Debug)]
pub struct NewProvider {
    /// What people call it; 1 to 100 characters.
    pub name: String,
    /// Its issuer: https, or http on this machine.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// What we prove that with; `None` for a public client.
    pub secret: Option<String>,
    /// The verified domains whose people are sent to it; of an account's provider only, and at least one.
    pub domains: Vec<Domain>,
}

impl Service {
    /// Adds a provider: from now on people sign in with it.
    ///
    /// **Permission**: `ManageProviders` over the account, or the deployment.
    pub async fn add_provider(&self, cx: &Context, over: Over, wish: NewProvider) -> Result<Provider, Error> {
        let added = self.run(cx, ADD, move |w, stage| {
            let wish = wish.clone();
            Box::pin(async move {
                permit(&stage.cx.caller, Action::ManageProviders, over)?;
                let account = account(over);
                if let Some(id) = account {
                    let found = w.account(id, Lock::Share).await?.filter(|account| !account.is_gone(stage.cx.at));
                    let found = found.ok_or_else(|| Refusal::UnknownAccount(id.to_string()))?;
                    if found.deleted.is_some() {
                        return Err(Refusal::AccountDeleted.into());
                    }
                }
                authority(w, stage, Action::ManageProviders, over).await?;
                let owned = w.domain_owners(&wish.domains).await?;
                let theirs = |domain: &&Domain| account.is_none() || owned.get(*domain).copied() != account;
                if let Some(other) = wish.domains.iter().find(theirs) {
                    return Err(Refusal::UnknownDomain(other.to_string()).into());
                }
                let provider = checked(&wish, account, fresh::id(&stage.random, stage.cx.at), stage.cx.at)?;
                w.insert_provider(&provider, wish.secret.as_deref()).await?;
                let record = stage.changed(ADD, account, provider.id, &Facts::none(), &facts(&provider));
                Ok(vec![Outcome { result: Ok(provider), audit: vec![record], notices: vec![] }])
            })
        });
        single(added.await)
    }

    /// The providers of the deployment, or of an account, the oldest first.
    ///
    /// **Permission**: `ManageProviders` over it.
    pub async fn list_providers(&self, cx: &Context, over: Over) -> Result<Vec<Provider>, Error> {
        Ok(self.permitted(cx, Action::ManageProviders, over)?.providers(account(over)).await?)
    }

    /// Removes a provider: nobody signs in with it any more. Sessions go on.
    ///
    /// **Permission**: `ManageProviders` over its account, or the deployment.
    pub async fn remove_provider(&self, cx: &Context, id: Uuid) -> Result<(), Error> {
        let removed = self.run(cx, REMOVE, move |w, stage| {
            Box::pin(async move {
                // One out of reach is as unknown as one that never was (rule 28).
                let unknown = || Refusal::UnknownProvider(id.to_string());
                let provider = w.provider(id).await?.ok_or_else(unknown)?;
                let over = provider.account.map_or(Over::Deployment, Over::Account);
                permit(&stage.cx.caller, Action::ManageProviders, over).map_err(|_| unknown())?;
                authority(w, stage, Action::ManageProviders, over).await?;
                w.delete_provider(id).await?;
                let record = stage.changed(REMOVE, provider.account, id, &facts(&provider), &Facts::none());
                Ok(vec![Outcome { result: Ok(()), audit: vec![record], notices: vec![] }])
            })
        });
        single(removed.await)
    }
}

/// Whoever gets a grant is not signed in by a provider's word alone (rule 81). Links of the person, who is locked, that
/// they never confirmed go, and with them every session: one may have begun by such a word. They are told.
pub(crate) async fn distrust(w: &mut Write, stage: &Stage, user: &User) -> Result<(Vec<Record>, Vec<Notice>), Error> {
    let (mut audit, mut notices) = (Vec::new(), Vec::new());
    let gone = w.delete_unconfirmed_links(user.id).await?;
    if gone.is_empty() {
        return Ok((audit, notices));
    }
    let mut none = Accounts::lock(w, &[], Lock::Share).await?;
    let change = Change { before: Some(user.clone()), transition: change::log_out(user) };
    for written in effects::write(w, stage, &mut none, UNLINK, vec![change]).await? {
        audit.extend(written.audit);
        notices.extend(written.notices);
    }
    for link in gone {
        let name = w.provider(link.provider).await?.map(|provider| provider.name).unwrap_or_default();
        let of = user.membership.map(|membership| membership.account);
        audit.push(stage.noted(UNLINK, of, user.id.0, json!({ "provider": link.provider })));
        notices.push(stage.security_changed(user, SecurityChange::ProviderRemoved { name })?);
    }
    Ok((audit, notices))
}

fn account(over: Over) -> Option<AccountId> {
    match over {
        Over::Deployment => None,
        Over::Account(account) => Some(account),
    }
}

/// A provider as it is kept.
fn checked(
    wish: &NewProvider,
    account: Option<AccountId>,
    id: Uuid,
    created: jiff::Timestamp,
) -> Result<Provider, Refusal> {
    let invalid = |member: &'static str, why: &str| Refusal::Invalid { member, why: why.to_owned() };
    let issuer = wish.issuer.trim();
    let url =
        Url::parse(issuer).map_err(|_| invalid("issuer", "give the address that the provider's documents name"))?;
    if url.scheme() != "https" && !(is_loopback(&url) && url.scheme() == "http") {
        return Err(invalid("issuer", "it begins with https, or with http on this machine"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || issuer.len() > 500 {
        return Err(invalid("issuer", "it has no query, fragment or user, and at most 500 characters"));
    }
    let client_id = wish.client_id.trim();
    if client_id.is_empty() || client_id.len() > 500 {
        return Err(invalid("client_id", "give what the provider calls this server, in at most 500 characters"));
    }
    if wish.secret.as_ref().is_some_and(|secret| secret.is_empty() || secret.len() > 1000) {
        return Err(invalid("client_secret", "give 1 to 1,000 characters, or none for a public client"));
    }
    let mut domains = wish.domains.clone();
    domains.sort();
    domains.dedup();
    if account.is_some() && domains.is_empty() {
        return Err(invalid("domains", "name at least one verified domain whose people sign in with it"));
    }
    let (name, issuer, client_id) = (usable_name(&wish.name)?, issuer.to_owned(), client_id.to_owned());
    Ok(Provider { id, account, name, issuer, client_id, domains, created })
}

fn facts(provider: &Provider) -> Facts {
    let domains: Vec<String> = provider.domains.iter().map(ToString::to_string).collect();
    Facts::of(&json!({
        "name": provider.name, "issuer": provider.issuer, "client_id": provider.client_id, "domains": domains,
    }))
}
