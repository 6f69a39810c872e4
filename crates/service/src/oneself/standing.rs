//! What a person is told of their own license, and why it is that one (rules 21 and 27).

use access::decision::{Decision, Reason, decide};
use access::{Account, Feature, License, Refusal, User};
use store::{Scope, Subject};

use super::oneself;
use crate::{Context, Error, Service};

/// How a person stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnStanding {
    /// The person. Personal.
    pub user: User,
    /// The account they are a member of.
    pub account: Option<Account>,
    /// The effective license (rule 9).
    pub license: License,
    /// What it grants.
    pub features: Vec<Feature>,
    /// The chain that led there, in the order the rules were applied.
    pub reasons: Vec<Reason>,
    /// The account that says whose their address is: they stay in it, and with that address (rules 17 and 74).
    pub managed: bool,
}

impl Service {
    /// How the caller stands.
    ///
    /// **Permission**: oneself.
    pub async fn own_standing(&self, cx: &Context) -> Result<OwnStanding, Error> {
        let id = oneself(cx)?;
        let unknown = || Refusal::UnknownUser(id.to_string());
        let asked = self.store().facts(&Subject::Id(id), None).await?.ok_or_else(unknown)?;
        let catalog = self.store().catalog(asked.catalog_version).await?;
        let Decision { license, features, reasons, .. } = decide(&asked.facts, &catalog, None, None, cx.at);
        let read = self.store().read(Scope::Public);
        let user = read.user(id).await?.ok_or_else(unknown)?;
        let account = match user.membership {
            Some(membership) => read.account(membership.account).await?,
            None => None,
        };
        let managed = asked.facts.managed_by.is_some() || user.source.is_some();
        Ok(OwnStanding { user, account, license, features, reasons, managed })
    }
}
